"""Assembly: the concept graph from linked and aligned entries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TypeVar

from extract.model import Entry, Extraction, Finding
from kg import collector, drafts
from kg.alignment import Alignment, align
from kg.drafts import Draft
from kg.edges import Said, edges, without_circles
from kg.errors import SourceClash
from kg.implied import Implied, Statement, hints
from kg.link import link
from kg.lookup import Lookup
from kg.model import Concept, Graph
from kg.names import domains, with_names
from kg.project import Project
from kg.registry import Claim, Registry, digest
from kg.review import Review
from kg.ruled import Ruled
from kg.rulings import EntryNames, admitted, kept_labels, pairs, revised
from kg.skos_names import concept_iri
from ontology.vocabulary import DEFAULT, Vocabulary

T = TypeVar("T")


def build_graph(
    extraction: Extraction,
    *,
    registry: Registry | None = None,
    project: Project | None = None,
    min_confidence: float = 0.0,
    vocabulary: Vocabulary = DEFAULT,
    review: Review | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Graph:
    """Return the graph of an extraction: linked, aligned and assembled.

    ``registry`` keeps the names of earlier builds and is brought up to date; what a ``review``
    decides goes before every rule. ``progress`` is called
    with each of these stages before it begins and after it has ended.

    Raises:
        SourceClash: two documents of different sources have one name.
    """
    project, review = project or Project(), review or Review()
    known = registry if registry is not None else Registry()
    count = len(extraction.entries)

    def stage(name: str, work: Callable[[], T]) -> T:
        """Do a stage; it goes over all entries, so it is told how many there are."""
        if progress is not None:
            progress(name, 0, count)
        result = work()
        if progress is not None:
            progress(name, count, count)
        return result

    names = EntryNames(extraction, known, review)

    def renamed(read: Extraction) -> Extraction:
        return revised(read, review, names)

    titled = renamed(_titled(extraction, project))
    linked = stage("linking", lambda: link(titled, renamed))
    linked = stage("reading names", lambda: with_names(linked))
    alignment = stage("aligning", lambda: align(linked, pairs(review, names)))
    return stage(
        "assembling",
        lambda: assemble(
            linked,
            alignment,
            known,
            project=project,
            min_confidence=min_confidence,
            vocabulary=vocabulary,
            review=review,
            names=names,
        ),
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


@collector.paused()
def assemble(
    extraction: Extraction,
    alignment: Alignment,
    registry: Registry,
    *,
    project: Project,
    min_confidence: float = 0.0,
    vocabulary: Vocabulary = DEFAULT,
    review: Review | None = None,
    names: EntryNames | None = None,
) -> Graph:
    """Return the graph: a concept for each group of entries, and for what several speak of.

    Relations whose confidence is below ``min_confidence`` are left out before anything is counted.
    ``names`` are those of the entries as they were read, which the rows of ``review`` mean.
    ``registry`` is brought up to date. The same input gives the same graph.
    """
    _check_names(extraction)
    documents = {document.uri: document for document in extraction.documents}
    entries = {entry.id: entry for entry in extraction.entries}
    language = project.language or _spoken(extraction)
    groups = [
        drafts.draft([entries[e] for e in group], documents, language) for group in alignment.groups
    ]
    review = review or Review()
    names = names or EntryNames(extraction, registry, review)
    groups, findings = drafts.settle_acronyms(groups, kept_labels(review, names))
    statements = _Statements(extraction, groups, min_confidence, vocabulary, review, names)
    concepts = [*groups, *statements.implied(language)]
    dangling = statements.dangling()
    slugs = registry.assign([_claim(concept) for concept in concepts])
    of_entry = {e.id: slugs[n] for n, concept in enumerate(groups) for e in concept.entries}
    ruled = Ruled(review, names, concepts, slugs, vocabulary)
    relations, circles = without_circles(
        edges(ruled.obeyed(statements.said(slugs)), vocabulary), vocabulary, ruled.sure()
    )
    idle = ruled.idle(concepts, slugs, relations)
    rulings = ruled.recorded()
    close, exact = _both_ways(alignment.close, of_entry), _both_ways(alignment.exact, of_entry)
    built = [
        _concept(
            concept,
            slug,
            close.get(slug, set()),
            {concept_iri(project.base, each) for each in exact.get(slug, ())},
        )
        for concept, slug in zip(concepts, slugs, strict=True)
        if slug not in idle
    ]
    return Graph(
        base=project.base,
        title=project.title or _graph_title(extraction),
        language=project.language or "en",
        sources=drafts.sources(extraction.documents, extraction.entries, project),
        texts=drafts.texts(extraction.documents),
        concepts=tuple(sorted(built, key=attrgetter("slug"))),
        relations=tuple(relations),
        decisions=alignment.decisions,
        rulings=rulings,
        findings=(*extraction.findings, *findings, *dangling, *circles, *ruled.findings),
        redirects=dict(sorted(registry.redirects.items())),
        vocabulary=vocabulary,
    )


def _spoken(extraction: Extraction) -> str:
    """The language of most headwords; English where there are none or as many."""
    counts = Counter(e.designations[0].language.split("-")[0] for e in extraction.entries)
    most = max(counts.values(), default=0)
    return "en" if counts["en"] == most else max(counts, key=counts.__getitem__)


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
    titles = {d.source: d.title for d in extraction.documents if d.title}
    if len(titles) == 1:
        return next(iter(titles.values()))
    return f"{len(titles)} glossaries" if titles else "Glossary"


def _claim(concept: Draft) -> Claim:
    return Claim(
        label=concept.label,
        entries=tuple(entry.id for entry in concept.entries),
        labels=tuple(d.text for d in concept.designations),
        said=tuple(said for d in concept.definitions if (said := digest(d.source, d.term, d.text))),
    )


def _concept(concept: Draft, slug: str, close: set[str], exact: set[str]) -> Concept:
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
        same_as=tuple(
            sorted({iri for e in entries for iri in (e.iri, *e.same_as) if "://" in iri} | exact)
        ),
        statements=tuple(sorted({s for e in entries for s in e.statements})),
        close=tuple(sorted(close)),
    )


def _both_ways(pairs: Iterable[tuple[str, str]], of_entry: dict[str, str]) -> dict[str, set[str]]:
    """For each slug the slugs of the concepts that it is in a pair with."""
    found: dict[str, set[str]] = defaultdict(set)
    for left, right in pairs:
        one, other = of_entry[left], of_entry[right]
        if one != other:
            found[one].add(other)
            found[other].add(one)
    return found


# ---------------------------------------------------------------- statements


class _Statements:
    """All relations of all entries, and the concepts that only they speak of."""

    def __init__(
        self,
        extraction: Extraction,
        groups: Sequence[Draft],
        min_confidence: float,
        vocabulary: Vocabulary,
        review: Review,
        names: EntryNames,
    ) -> None:
        self._vocabulary = vocabulary
        self._groups = groups
        self._group_of = {e.id: n for n, group in enumerate(groups) for e in group.entries}
        self._lookup = Lookup.of(extraction)
        self._documents = {d.uri: d for d in extraction.documents}
        wanted = admitted(review, names, self._group_of, vocabulary)
        self._statements = [
            statement
            for entry in extraction.entries
            for statement in self._of(entry)
            if statement.evidence.confidence >= min_confidence or wanted(statement)
        ]
        domain = domains(extraction)
        self._statements += [
            hint
            for entry in extraction.entries
            for hint in hints(
                entry,
                self._group_of[entry.id],
                self._documents[entry.document],
                domain[entry.document],
            )
            if hint.evidence.confidence >= min_confidence
        ]
        self._implied = Implied(
            self._statements,
            defined=lambda key: bool(self._lookup.all(key)),
            vocabulary=self._lookup.vocabulary,
        )
        self._numbers: dict[str, int] = {}
        self._first_implied = len(groups)

    def _of(self, entry: Entry) -> Iterator[Statement]:
        subject = self._group_of[entry.id]
        for relation in entry.relations:
            if relation.type == "synonym":
                continue
            yield Statement(
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
            yield Statement(
                entry=entry,
                subject=subject,
                type="related" if reference.evidence.rule == "related-field" else "seeAlso",
                object=object,
                words=reference.text,
                basis="reference",
                evidence=reference.evidence,
            )

    def _group(self, target_id: str | None, words: str, entry: Entry) -> int | None:
        found = target_id or (words and self._lookup.exact(words, entry.document)) or None
        return self._group_of.get(found) if found else None

    def implied(self, language: str) -> list[Draft]:
        """Return the concepts that no entry defines, by their keys."""
        found = []
        for number, (key, surfaces) in enumerate(self._implied.surfaces().items()):
            self._numbers[key] = self._first_implied + number
            kind = self._vocabulary.kind_of_genus(key, language)
            found.append(drafts.implied(surfaces, kind, language))
        return found

    def dangling(self) -> list[Finding]:
        """Return a finding for each reference to what no entry defines, nor several speak of."""
        return [
            Finding(
                rule="dangling-reference",
                subject=statement.entry.id,
                message=f'"{statement.entry.term}" refers to "{statement.words}", and no entry '
                "has that name.",
            )
            for number, statement in enumerate(self._statements)
            if statement.object is None
            and statement.basis == "reference"
            and number not in self._implied.chosen
        ]

    def said(self, slugs: Sequence[str]) -> Iterator[Said]:
        """Yield every statement between two concepts. Call :meth:`implied` first."""
        for number, statement in enumerate(self._statements):
            object = statement.object
            if object is None:
                if number not in self._implied.chosen:
                    continue
                object = self._numbers[self._implied.chosen[number]]
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
        yield from self._between_implied(slugs)

    def _between_implied(self, slugs: Sequence[str]) -> Iterator[Said]:
        """*Revenue retention* is a kind of *retention*, though no entry defines either."""
        first: dict[str, Statement] = {}
        for number, key in sorted(self._implied.chosen.items()):
            first.setdefault(key, self._statements[number])
        for key, statement in first.items():
            parts = key.split()
            evidence = replace(statement.evidence, rule="name-suffix", confidence=0.6)
            source = self._documents[evidence.document].source
            ends = (" ".join(parts[start:]) for start in range(1, len(parts)))
            wider = next((self._numbers[end] for end in ends if end in self._numbers), None)
            if wider is not None:
                yield Said(
                    subject=slugs[self._numbers[key]],
                    type="broader",
                    object=slugs[wider],
                    basis="name",
                    evidence=evidence,
                    source=source,
                )
