"""The path from documents to entries: repair, segment, read fields, parse, name, relate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract import model_files
from extract.errors import ModelNotFound

if TYPE_CHECKING:
    from spacy.language import Language


def load_model(name: str | None = None) -> Language:
    """Return the language model called ``name`` (an installed package or a folder).

    Without a name: spaCy's ``en_core_web_sm`` where it is installed, else the re-upload of it whose
    files are checked. Only what is needed is loaded: tokens, tags and the parse; lemmas and
    entities are not (they cost half of spaCy's time). About 0.3 s, and 1.4 s for spaCy itself.

    Raises:
        ModelNotFound: with one sentence that says how to get a model.
    """
    folder = model_files.locate(name)
    import spacy

    from extract.components import sentences

    try:
        nlp = spacy.load(folder, exclude=list(model_files.UNUSED))
    except (OSError, ValueError) as error:  # no model there, or one of another spaCy
        raise ModelNotFound(str(name or folder), f"{folder} is no model: {error}") from error
    if "parser" not in nlp.pipe_names:
        raise ModelNotFound(
            str(name or folder), f"The model {folder} has no parser, which relations are read with."
        )
    nlp.add_pipe(sentences.COMPONENT, before="parser")
    return nlp
