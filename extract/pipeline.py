"""The path from documents to entries: repair, segment, read fields, name, parse, relate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from extract import fields as fields_of
from extract import headwords, model_files, patterns, pointers
from extract import lexicon as lexicons
from extract.articles import Article
from extract.components import head_names, spelt_out, tongues
from extract.components.drafts import Draft, read_aliases
from extract.errors import ModelNotFound
from extract.fields import Fields
from extract.headwords import Headword
from extract.labels import fold, is_acronym, key, slug
from extract.languages import primary
from extract.lexicon import Lexicon
from extract.model import (
    Designation,
    Document,
    Entry,
    Evidence,
    Extraction,
    Finding,
    Passage,
    Relation,
    Span,
)
from extract.repair import repair
from extract.segmentation import Segmentation, segment

if TYPE_CHECKING:
    from spacy.language import Language

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


_TOLD_EACH = 500
"""Entries between two reports of how far a document is."""


def load_model(name: str | Path | None = None) -> Language:
    """Return the language model called ``name`` (an installed package or a folder).

    Without a name: spaCy's ``en_core_web_sm`` where it is installed, else the re-upload of it whose
    files are checked. Only what is needed is loaded: of English tokens, tags and the parse; of
    other languages lemmas, too. About 0.3 s, and 1.4 s for spaCy itself.

    Raises:
        ModelNotFound: with one sentence that says how to get a model, or what is wrong with it.
    """
    folder = name if isinstance(name, Path) else model_files.locate(name)
    asked = str(name or folder)
    from extract.components import parser

    language = model_files.language_of(folder)
    unused = model_files.UNUSED if language == "en" else model_files.UNUSED_ELSEWHERE
    try:
        nlp = parser.load(folder, unused)
    except (OSError, ValueError, ImportError) as error:
        # no model there, one of another spaCy, or one whose tokenizer is not installed
        raise ModelNotFound(asked, f"{folder} is no model that can be loaded: {error}") from error
    if nlp.lang != "en" and nlp.lang not in patterns.LANGUAGES:
        known = ", ".join(("en", *patterns.LANGUAGES))
        raise ModelNotFound(
            asked,
            f'The model {folder} is for the language "{nlp.lang}", for which there are no patterns '
            f"of relations (there are for {known}). Leave it out: text rules read it.",
        )
    if "parser" not in nlp.pipe_names:
        raise ModelNotFound(
            asked, f"The model {folder} has no parser, which relations are read with."
        )
    return nlp


def analyse(
    documents: Sequence[Document],
    nlp: Language | Mapping[str, Language] | None,
    *,
    lexicon: Lexicon | None = None,
    progress: Progress | None = None,
) -> Extraction:
    """Return the entries of the documents with their names, kinds and typed relations.

    The documents come back repaired; offsets are in their repaired text. Each is parsed with the
    model of its language: ``nlp``, or that of several by primary tag. Where there is none, text
    rules alone read it (entries, names, references, fields). ``progress`` is told of ``entries`` by
    characters gone through, then of ``parsing`` by entries. Targets of relations are words;
    :func:`kg.link.link` finds the entries they mean. A document that holds no entry becomes a
    finding ``no-entries`` and the others go on. Cost: linear; one batched parse over all documents
    of the sentences that may say something.
    """
    words = lexicon or lexicons.load()
    documents = [repair(document) for document in documents]
    drafts: list[Draft] = []
    entries: list[Entry] = []
    findings: list[Finding] = []
    layouts: dict[str, object] = {}
    ids: Counter[str] = Counter()
    size = sum(len(document.text) for document in documents)
    before = 0
    for document in documents:
        if progress is not None:
            progress("entries", before, size)
        findings += document.findings
        found = segment(document)
        layouts[document.uri] = {
            "layout": found.layout,
            "scores": dict(found.scores),
            "factors": {name: round(value, 3) for name, value in found.parts.items()},
        }
        if not found.articles:
            findings.append(_no_entries(document))
        else:
            for draft, entry in _entries(document, found, words, ids):
                read_aliases(draft, words)
                drafts.append(draft)
                entries.append(entry)
                if progress is not None and len(entries) % _TOLD_EACH == 0:
                    progress("entries", before + entry.span.end, size)
        before += len(document.text)
    spelt_out.read(drafts)
    findings += _settle_acronyms(drafts)
    lemmas = _parse(drafts, _by_language(nlp), words, progress)
    if lemmas:
        documents = [replace(d, lemmas=lemmas.get(d.uri, {})) for d in documents]
    known = {key(label) for draft in drafts for label in draft.labels}
    return Extraction(
        documents=tuple(replace(d, findings=()) for d in documents),
        entries=tuple(_entry(d, e, known) for d, e in zip(drafts, entries, strict=True)),
        findings=tuple(findings),
        layouts=layouts,
    )


def _by_language(nlp: Language | Mapping[str, Language] | None) -> Mapping[str, Language]:
    if nlp is None or isinstance(nlp, Mapping):
        return nlp or {}
    return {str(nlp.lang): nlp}


def _parse(
    drafts: Sequence[Draft],
    models: Mapping[str, Language],
    words: Lexicon,
    progress: Progress | None,
) -> Mapping[str, Mapping[str, str]]:
    """Fill the drafts from the parse of their language; return the lemmas of documents' words."""
    lemmas: dict[str, Mapping[str, str]] = {}
    of_language = {
        language: [d for d in drafts if primary(d.document.language) == language]
        for language in sorted(models)
    }
    count, before = sum(map(len, of_language.values())), 0

    def told(stage: str, done: int, _: int) -> None:
        """Count on from the languages that are done."""
        if progress is not None:
            progress(stage, before + done, count)

    for language, chosen in of_language.items():
        if not chosen:
            continue
        nlp = models[language]
        if language == "en":
            from extract.components import entries as reader

            reader.read(chosen, nlp, words, told)
        else:
            from extract.components.parsed import entries as parsed

            known = patterns.load(language, words.languages.get(language))
            lemmas |= parsed.read(chosen, nlp, known, words.vocabulary, told)
        before += len(chosen)
    return lemmas


def _no_entries(document: Document) -> Finding:
    return Finding(
        rule="no-entries",
        subject=document.uri,
        message=f"{document.title or document.source} holds nothing that looks like a glossary.",
        severity="warning",
    )


def _entries(
    document: Document, found: Segmentation, lexicon: Lexicon, ids: Counter[str]
) -> Iterator[tuple[Draft, Entry]]:
    """The articles of a document as drafts, each with the entry made from its fields."""
    fields = [fields_of.read(article, document) for article in found.articles]
    names = headwords.without_homonym_numbers(
        headwords.unnumbered(headwords.assign(found.articles, headwords.propose(fields, document)))
    )
    inverted = head_names.inverted(name.text for name in names)
    for article, read, name in zip(found.articles, fields, names, strict=True):
        if not name.text.strip():
            continue
        body = " ".join(p.text for p in read.definitions)[:2000]
        head = head_names.read_head(
            name.text,
            lexicon,
            body,
            inverted=name.text in inverted,
            language=primary(article.language or document.language),
        )
        yield _draft(document, article, read, name, head, found, ids)


def _draft(
    document: Document,
    article: Article,
    read: Fields,
    name: Headword,
    head: head_names.Head,
    found: Segmentation,
    ids: Counter[str],
) -> tuple[Draft, Entry]:
    step = f"{document.source}/{slug(head.label)}"
    ids[step] += 1
    identifier = step if ids[step] == 1 else f"{step}-{ids[step]}"
    place = name.span
    printed = place is not None and place.of(document.text) == name.text

    def evidence(span: Span, rule: str, confidence: float) -> Evidence:
        return Evidence(
            document=document.uri,
            span=span,
            quote=span.of(document.text),
            rule=rule,
            confidence=confidence,
        )

    language = article.language or document.language
    first = Designation(
        text=head.label,
        language=language,
        type="acronym" if is_acronym(head.label) else "full form",
        status="preferred",
        evidence=evidence(place, name.rule, round(name.score, 3)) if place is not None else None,
    )
    designations = [first]
    for alias in head.aliases:
        span = place
        if printed and place is not None:
            span = Span(start=place.start + alias.span.start, end=place.start + alias.span.end)
        designations.append(
            Designation(
                text=alias.text,
                language=alias.language or language,
                type=alias.type,
                status=alias.status,
                evidence=evidence(span, alias.rule, alias.confidence) if span is not None else None,
            )
        )
    # The author's own names count even where they are but another form of the headword.
    known = {(fold(d.text), d.language) for d in designations}
    for named in read.named:
        language = named.language or document.language
        if named.role not in {"synonym", "acronym"}:
            continue
        text, tongue = tongues.without_marks(named.text, primary(language))
        language = tongue or language
        if (fold(text), language) not in known:
            known.add((fold(text), language))
            kind = "acronym" if named.role == "acronym" or is_acronym(text) else "synonym"
            designations.append(
                Designation(
                    text=text,
                    language=language,
                    type="full form" if named.status == "preferred" else kind,
                    status=named.status,
                    evidence=evidence(named.span, "field", 0.97),
                )
            )
    apart = [r.evidence.span for r in read.references]
    if read.formula is not None:
        apart.append(read.formula.span)
    draft = Draft(
        id=identifier,
        document=document,
        designations=designations,
        definitions=() if read.redirect else _native(read.definitions, document),
        formula=read.formula,
        apart=tuple(apart),
    )
    for named in read.named:
        if named.role not in {"synonym", "acronym"}:
            draft.relations.append(
                Relation(
                    subject=identifier,
                    type="contrastsWith" if named.role == "antonym" else named.role,
                    target=named.text,
                    basis="reference",
                    evidence=evidence(named.span, "field", 0.97),
                )
            )
    draft.why.update(_why(found, name, head.qualifier))
    entry = Entry(
        id=identifier,
        document=document.uri,
        designations=tuple(designations),
        span=article.span,
        definitions=read.definitions,
        examples=read.examples,
        notes=read.notes,
        formula=read.formula,
        pos=read.pos,
        references=(*read.references, *read.doubtful),
        subject_field=read.subject_field,
        notation=read.notation,
        iri=read.iri,
        same_as=read.same_as,
        statements=read.statements,
        inferred=name.inferred,
        locator=article.locator,
    )
    return draft, entry


def _native(passages: Sequence[Passage], document: Document) -> tuple[Passage, ...]:
    """The passages in the document's own language, which its model can parse."""
    own = primary(document.language)
    return tuple(p for p in passages if not p.language or primary(p.language) == own)


def _why(found: Segmentation, name: Headword, qualifier: str) -> Mapping[str, object]:
    """How the entry was read, for ``extract --why``."""
    why: dict[str, object] = {
        "layout": found.layout,
        "headword": {"rule": name.rule, "score": round(name.score, 3)},
    }
    if name.rivals:
        why["rivals"] = [
            {"text": r.text, "rule": r.rule, "score": round(r.score, 3)} for r in name.rivals
        ]
    if qualifier:
        why["qualifier"] = qualifier
    return why


def _settle_acronyms(drafts: Sequence[Draft]) -> list[Finding]:
    """Leave an acronym with the entry that owns it; tell of those that several heads claim.

    An entry owns what its headword line gives. An acronym that only the wording of another entry
    mentions ("… (NRR)") stays with its owner.
    """
    owners: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        for designation in draft.designations:
            rule = designation.evidence.rule if designation.evidence else ""
            if designation is draft.designations[0] or rule.startswith("head-"):
                owners.setdefault((draft.document.uri, fold(designation.text)), []).append(draft)
    findings = []
    for draft in drafts:
        kept = draft.designations[:1]
        for designation in draft.designations[1:]:
            held = owners.get((draft.document.uri, fold(designation.text)), [])
            if held and not any(d is draft for d in held):
                continue
            kept.append(designation)
        draft.designations[:] = kept
    for (_, short), claimed in owners.items():
        # An entry that only sends to another shares its name with that.
        held = [d for d in claimed if d.definitions or len(claimed) == 1]
        if len(held) > 1 and len({key(d.labels[0]) for d in held}) > 1:
            names = ", ".join(f'"{d.labels[0]}"' for d in held)
            findings.append(
                Finding(
                    rule="contested-acronym",
                    subject=held[0].id,
                    message=f'"{short.upper()}" is given as a name of {names}.',
                    severity="info",
                )
            )
    return findings


def _entry(draft: Draft, entry: Entry, known: Collection[str]) -> Entry:
    own = {key(label) for label in draft.labels}
    return replace(
        entry,
        references=tuple(
            r
            for r in pointers.kept(
                pointers.rejoined(entry.references, draft.document.text, known), known
            )
            if r.evidence.rule != pointers.RULE or key(r.text) not in own
        ),
        designations=tuple(draft.designations),
        relations=tuple(draft.relations),
        genus=draft.genus,
        kind=draft.kind,
        why=draft.why,
    )
