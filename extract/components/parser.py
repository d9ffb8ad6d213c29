"""The parser: spaCy, imported without its command line, and a model without its unused parts."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

_COMMANDS = ("spacy.cli", "spacy.cli.info")


def load(folder: Path, unused: Iterable[str]) -> Language:
    """Return the model in ``folder`` without the parts named ``unused``.

    Sentences are cut before it is asked (:mod:`extract.components.sentences`), so a component
    keeps the parser from cutting further where there is a parser.

    Raises:
        OSError, ValueError: there is no model, or one of another spaCy.
    """
    spacy = _spacy()
    from extract.components import sentences

    nlp: Language = spacy.load(folder, exclude=list(unused))
    if "parser" in nlp.pipe_names:
        nlp.add_pipe(sentences.COMPONENT, before="parser")
    return nlp


def _spacy() -> Any:
    """Import spaCy without its command line, which it imports for ``spacy.info`` alone.

    That would load four more packages and an HTTP client (a third of the time spaCy takes to
    import). Stand-ins take its place while spaCy is imported; they are gone afterwards, so that
    ``spacy.info`` and ``import spacy.cli`` work as ever for who embeds us.
    """
    if "spacy" in sys.modules:
        return sys.modules["spacy"]
    package, module = (types.ModuleType(name) for name in _COMMANDS)
    package.__path__ = []  # what has a path is a package
    vars(module)["info"] = _info
    stand_ins = dict(zip(_COMMANDS, (package, module), strict=True))
    sys.modules.update(stand_ins)
    try:
        spacy = importlib.import_module("spacy")
    finally:
        for name in _COMMANDS:
            if sys.modules.get(name) is stand_ins[name]:
                del sys.modules[name]
    if vars(spacy).get("cli") is package:
        del vars(spacy)["cli"]
    return spacy


def _info(*arguments: Any, **options: Any) -> Any:
    """Do what ``spacy.info`` does."""
    return importlib.import_module("spacy.cli.info").info(*arguments, **options)
