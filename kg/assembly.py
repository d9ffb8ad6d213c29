"""Assembly: the concept graph from linked and aligned entries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from extract.labels import is_acronym
from extract.model import Entry, Evidence, Extraction
from kg import drafts
from kg.alignment import Alignment, align
from kg.drafts import Draft
from kg.edges import Said, edges, without_circles
from kg.errors import SourceClash
from kg.link import link
from kg.lookup import LEADING, Lookup, core_phrase, head_words, label_words
from kg.model import Concept, Graph
from kg.names import headword_evidence
from kg.project import Project
from kg.registry import Claim, Registry
from ontology.vocabulary import DEFAULT, Vocabulary

# Subjects that must relate to something for it to be a concept that no entry defines.
SUBJECTS = 2
_LONGEST_LABEL = 4
# Words that name nothing on their own: what they stand before, or a measure of it, does.
_EMPTY_TEXT = """
way percentage percent % number amount type kind form sort set group list term word name thing one
use act ability time how what part lot any something someone everything result case example extent
degree level range variety series combination collection fact reason purpose goal aim focus point
area aspect element component item unit piece rest total sum share entire whole end start it they
them this that these those you we other others people person user users key main more most
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
# Words that make a target a clause rather than a name.
_JOINTS_TEXT = """
of for to in on at by with from into that which who whom whose where when how what between per
through via across within over during as using used without and or than its their your is are be
"""
_JOINTS = frozenset(_JOINTS_TEXT.split())


def build_graph(
    extraction: Extraction,
    *,
    registry: Registry | None = None,
    project: Project | None = None,
    min_confidence: float = 0.0,
    vocabulary: Vocabulary = DEFAULT,
) -> Graph:
    """Return the graph of an extraction: linked, aligned and assembled.

    ``registry`` keeps the names of earlier builds and is brought up to date.

    Raises:
        SourceClash: two documents of different sources have one name.
    """
    project = project or Project()
    linked = link(_titled(extraction, project))
    return assemble(
        linked,
        align(linked),
        registry if registry is not None else Registry(),
        project=project,
        min_confidence=min_confidence,
        vocabulary=vocabulary,
    )


def _titled(extraction: Extraction, project: Project) -> Extraction:
    """The extraction with the titles that the project gives."""
    return replace(
        extraction,
        documents=tuple(
            replace(d, title=project.source(d.source).title or d.title)
            for d in extraction.documents
        ),
    )


def assemble(
    extraction: Extraction,
    alignment: Alignment,
    registry: Registry,
    *,
    project: Project,
    min_confidence: float = 0.0,
    vocabulary: Vocabulary = DEFAULT,
) -> Graph:
    """Return the graph: a concept for each group of entries, and for what several speak of.

    Relations whose confidence is below ``min_confidence`` are left out before anything is counted.
    ``registry`` is brought up to date. The same input gives the same graph.
    """
    _check_names(extraction)
    documents = {document.uri: document for document in extraction.documents}
    entries = {entry.id: entry for entry in extraction.entries}
    groups = [
        drafts.draft([entries[e] for e in group], documents, project.language)
        for group in alignment.groups
    ]
    groups, findings = drafts.settle_acronyms(groups)
    statements = _Statements(extraction, groups, min_confidence, vocabulary)
    concepts = [*groups, *statements.implied(project.language)]
    slugs = registry.assign([_claim(concept) for concept in concepts])
    of_entry = {e.id: slugs[n] for n, concept in enumerate(groups) for e in concept.entries}
    relations, circles = without_circles(edges(statements.said(slugs), vocabulary), vocabulary)
    close = _close(alignment, of_entry)
    built = [
        _concept(concept, slug, close.get(slug, set()))
        for concept, slug in zip(concepts, slugs, strict=True)
    ]
    return Graph(
        base=project.base,
        title=project.title or _graph_title(extraction),
        language=project.language,
        sources=drafts.sources(extraction.documents, extraction.entries, project),
        texts=drafts.texts(extraction.documents),
        concepts=tuple(sorted(built, key=attrgetter("slug"))),
        relations=tuple(relations),
        decisions=alignment.decisions,
        findings=(*extraction.findings, *findings, *circles),
        redirects=dict(sorted(registry.redirects.items())),
    )


def _check_names(extraction: Extraction) -> None:
    """Raise where two different pages have one address, or two entries one id."""
    counts = Counter(document.uri for document in extraction.documents)
    for uri, number in counts.items():
        if number > 1:
            raise SourceClash(
                f'{number} sources are named "{uri.removeprefix("sources/")}". '
                'Rename a file, or give one a "name" in glossgraph.toml.'
            )


def _graph_title(extraction: Extraction) -> str:
    titles = list(dict.fromkeys(d.title for d in extraction.documents if d.title))
    return titles[0] if len(titles) == 1 else f"{len(titles)} glossaries" if titles else "Glossary"


def _claim(concept: Draft) -> Claim:
    return Claim(
        label=concept.label,
        entries=tuple(entry.id for entry in concept.entries),
        labels=tuple(d.text for d in concept.designations),
    )


def _concept(concept: Draft, slug: str, close: set[str]) -> Concept:
    entries = concept.entries
    return Concept(
        slug=slug,
        label=concept.label,
        kind=concept.kind,
        designations=concept.designations,
        definitions=concept.definitions,
        implied=concept.implied,
        inferred=bool(entries) and all(entry.inferred for entry in entries),
        subject_field=next((e.subject_field for e in entries if e.subject_field), ""),
        notation=next((e.notation for e in entries if e.notation), ""),
        same_as=tuple(sorted({e.iri for e in entries if "://" in e.iri})),
        close=tuple(sorted(close)),
    )


def _close(alignment: Alignment, of_entry: dict[str, str]) -> dict[str, set[str]]:
    """For each slug the slugs of near concepts, both ways."""
    close: dict[str, set[str]] = defaultdict(set)
    for left, right in alignment.close:
        one, other = of_entry[left], of_entry[right]
        if one != other:
            close[one].add(other)
            close[other].add(one)
    return close


# ---------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """What an entry says of something: of a concept of the groups, or of words only."""

    entry: Entry
    subject: int
    """Number of the subject's group."""
    type: str
    object: int | None
    """Number of the object's group; ``None`` where no entry defines it."""
    words: str
    basis: str
    evidence: Evidence


class _Statements:
    """All relations of all entries, and the concepts that only they speak of."""

    def __init__(
        self,
        extraction: Extraction,
        groups: Sequence[Draft],
        min_confidence: float,
        vocabulary: Vocabulary,
    ) -> None:
        self._vocabulary = vocabulary
        self._groups = groups
        self._group_of = {e.id: n for n, group in enumerate(groups) for e in group.entries}
        self._lookup = Lookup.of(extraction)
        self._documents = {d.uri: d for d in extraction.documents}
        self._statements = [
            statement
            for entry in extraction.entries
            for statement in self._of(entry)
            if statement.evidence.confidence >= min_confidence
        ]
        self._names = self._chosen_names()
        self._heads = self._kinds_by_head(groups)
        self._numbers: dict[str, int] = {}
        self._first_implied = len(groups)

    def _of(self, entry: Entry) -> Iterator[_Statement]:
        subject = self._group_of[entry.id]
        for relation in entry.relations:
            if relation.type == "synonym":
                continue
            yield _Statement(
                entry=entry,
                subject=subject,
                type=relation.type,
                object=self._group(relation.target_id, relation.target, entry),
                words=relation.target,
                basis=relation.basis,
                evidence=relation.evidence,
            )
        for reference in entry.references:
            object = self._group(
                reference.target, reference.text if reference.kind != "resource" else "", entry
            )
            if object is None and reference.kind == "resource":
                continue
            yield _Statement(
                entry=entry,
                subject=subject,
                type="seeAlso",
                object=object,
                words=reference.text,
                basis="reference",
                evidence=reference.evidence,
            )

    def _group(self, target_id: str | None, words: str, entry: Entry) -> int | None:
        found = target_id or (words and self._lookup.exact(words, entry.document)) or None
        return self._group_of.get(found) if found else None

    def _chosen_names(self) -> dict[int, str]:
        """For statements about what no entry defines: the key of the concept that it becomes.

        The whole phrase where enough entries use it; of a genus ("composite metric") else the
        longest end that enough share ("metric").
        """
        forms: list[tuple[int, list[str]]] = []
        subjects: dict[str, set[int]] = defaultdict(set)
        for number, statement in enumerate(self._statements):
            if statement.object is None and statement.basis != "mention":
                ways = self._forms(statement)
                forms.append((number, ways))
                for form in ways:
                    subjects[form].add(statement.subject)
        chosen: dict[int, str] = {}
        for number, ways in forms:
            enough = next((form for form in ways if len(subjects[form]) >= SUBJECTS), None)
            if enough is not None:
                chosen[number] = enough
        # A shorter end that only counted what went to longer ones is no concept.
        left: dict[str, set[int]] = defaultdict(set)
        for number, form in chosen.items():
            left[form].add(self._statements[number].subject)
        return {n: form for n, form in chosen.items() if len(left[form]) >= SUBJECTS}

    def _forms(self, statement: _Statement) -> list[str]:
        """The keys of labels that the words may stand for, the most specific first."""
        label = drafts.plain_label(core_phrase(statement.words))
        parts = [w for w in label.split() if label_words(w)]
        while len(parts) > 1 and parts[0].lower() in LEADING:
            parts.pop(0)
        if not parts or _is_phrase(parts):
            return []
        ways = [parts[start:] for start in range(len(parts) if statement.type == "broader" else 1)]
        forms = [" ".join(label_words(" ".join(way))) for way in ways if len(way) <= _LONGEST_LABEL]
        return [form for form in forms if len(form) > 2 and form not in _EMPTY]

    def _kinds_by_head(self, groups: Sequence[Draft]) -> list[tuple[int, str]]:
        """Groups whose name ends with a genus that definitions share: *Contract value*, value.

        Only those of which nothing wider is known. Their names alone would not make the genus a
        concept: its word may be as wide as "value" or "process".
        """
        shared = {form for n, form in self._names.items() if self._statements[n].type == "broader"}
        known = {
            s.subject for s in self._statements if s.type == "broader" and s.object is not None
        }
        known |= {
            self._statements[n].subject
            for n in self._names
            if self._statements[n].type == "broader"
        }
        found = []
        for number, group in enumerate(groups):
            name = label_words(group.label)
            head = head_words(group.label)
            if number in known or len(head) < 2 or head != name or _is_phrase(group.label.split()):
                continue
            form = next(
                (" ".join(name[i:]) for i in range(1, len(name)) if " ".join(name[i:]) in shared),
                None,
            )
            if form is not None:
                found.append((number, form))
        return found

    def implied(self, language: str) -> list[Draft]:
        """Return the concepts that no entry defines, by their keys."""
        surfaces: dict[str, list[str]] = defaultdict(list)
        for number, form in self._names.items():
            surfaces[form].append(_surface(self._statements[number].words, form))
        found = []
        for number, form in enumerate(sorted(surfaces)):
            self._numbers[form] = self._first_implied + number
            kind = self._vocabulary.kind_of_genus(form, language)
            found.append(drafts.implied(surfaces[form], kind, language))
        return found

    def said(self, slugs: Sequence[str]) -> Iterator[Said]:
        """Yield every statement between two concepts. Call :meth:`implied` first."""
        for number, statement in enumerate(self._statements):
            object = statement.object
            if object is None:
                if number not in self._names:
                    continue
                object = self._numbers[self._names[number]]
            if slugs[statement.subject] == slugs[object]:
                continue
            yield Said(
                subject=slugs[statement.subject],
                type=statement.type,
                object=slugs[object],
                basis=statement.basis,
                evidence=statement.evidence,
                source=self._documents[statement.evidence.document].source,
            )
        for group, form in self._heads:
            for entry in self._groups[group].entries:
                document = self._documents[entry.document]
                yield Said(
                    subject=slugs[group],
                    type="broader",
                    object=slugs[self._numbers[form]],
                    basis="name",
                    evidence=headword_evidence(entry, document, "name-head", 0.6),
                    source=document.source,
                )


def _is_phrase(parts: Sequence[str]) -> bool:
    """Whether words are more than a name: with a preposition or conjunction, or a verb in front."""
    folded = [part.lower() for part in parts]
    if not _JOINTS.isdisjoint(folded):
        return True
    return len(parts) > 1 and (folded[0].endswith("ing") or folded[0] == "not")


def _surface(words: str, form: str) -> str:
    """The words as printed that make up the label ``form``; acronyms keep their capitals."""
    printed = drafts.plain_label(core_phrase(words)).split()
    for start in range(len(printed)):
        rest = printed[start:]
        if " ".join(label_words(" ".join(rest))) == form:
            return " ".join(w if is_acronym(w.rstrip("s")) else w.lower() for w in rest)
    return form
