"""glossgraph: point it at a glossary, get a concept graph.

::

    import glossgraph

    graph = glossgraph.open("five.kg")            # or the glossary itself: "terms.md"
    for step in graph.neighbors("Churn Rate", depth=2):
        print(step.distance, step.label, step.phrase)
    graph.query("SELECT ?label WHERE { ?c gg:kind gg:metric ; skos:prefLabel ?label }")
    graph.to_networkx()
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path as Path_
from typing import TYPE_CHECKING, Any

from api import opening
from api.analyses import Options
from kg import export as _exports
from kg import kinship as _kinship
from kg import neighbors as _neighbors
from kg import paths as _paths
from kg import search as _search
from kg import store as _store
from kg.annotate import Annotation, Annotator, Rules
from kg.explain import Place, place
from kg.index import Index
from kg.model import Concept, Relation
from kg.statistics import Statistics, statistics

if TYPE_CHECKING:
    import networkx
    import rdflib

    from api.service import Snapshot

__all__ = ["Graph", "Hit", "Path", "Step", "build", "open"]
__version__ = "0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A concept near another, and the relation that leads to it."""

    concept: Concept
    distance: int
    """Relations from the concept asked about."""
    via: str
    """Label of the concept one step nearer."""
    phrase: str
    """How the relation reads from ``via`` to ``concept``: "is a kind of"."""
    relation: Relation
    evidence: Place
    """Where the strongest evidence stands, with its sentence."""

    @property
    def label(self) -> str:
        """The concept's preferred label."""
        return self.concept.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way from one concept to another."""

    sentence: str
    """The path in words."""
    concepts: tuple[str, ...]
    """Labels, from start to end."""
    relations: tuple[Relation, ...]
    evidence: tuple[Place, ...]
    """The strongest evidence of each relation."""
    cost: float
    """See :mod:`kg.paths`; smaller is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A concept that was found, and why."""

    concept: Concept
    reason: str
    """Such as ``exact label``, ``acronym`` or ``definition text``."""
    label: str
    """The label that matched."""


class Graph:
    """An immutable concept graph: one revision of a graph folder."""

    def __init__(self, revision: _store.Revision) -> None:
        self._revision = revision
        self.index = Index(revision.graph)
        """The index that all answers come from, for what this class does not offer."""
        self._annotator: Annotator | None = None
        self._snapshot: Snapshot | None = None

    @property
    def title(self) -> str:
        """The graph's title."""
        return self._revision.graph.title

    @property
    def revision(self) -> str:
        """The revision's id: a digest of its content."""
        return self._revision.id

    def __len__(self) -> int:
        """Return the number of concepts."""
        return len(self.index.concepts)

    def __iter__(self) -> Iterator[Concept]:
        """Yield the concepts by slug."""
        return iter(self.index.concepts)

    def __repr__(self) -> str:
        relations = len(self.index.relations)
        return f"<glossgraph.Graph {self.title!r}: {len(self)} concepts, {relations} relations>"

    def __contains__(self, asked: object) -> bool:
        """Return whether a label, slug or IRI names one or several concepts."""
        from kg.errors import AmbiguousLabel, ConceptNotFound

        try:
            self.index.resolve(str(asked))
        except ConceptNotFound:
            return False
        except AmbiguousLabel:
            return True
        return True

    def concept(self, asked: str) -> Concept:
        """Return the concept that a label, slug or IRI names.

        Raises:
            ConceptNotFound: with labels that are near.
            AmbiguousLabel: with the slugs to choose from.
        """
        return self.index.concept(self.index.resolve(asked))

    def neighbors(self, asked: str, **options: Any) -> list[Step]:
        """Return the concepts around one, nearest first.

        ``options`` are those of :func:`kg.neighbors.neighbors`: ``depth`` (1 to 5), ``types``,
        ``families``, ``bases``, ``direction``, ``min_confidence``, ``implied``, ``limit``.
        """
        index = self.index
        language = index.graph.language
        return [
            Step(
                concept=index.concept(step.concept),
                distance=step.distance,
                via=index.label(step.via),
                phrase=step.leg.phrase(index.vocabulary, language),
                relation=step.relation,
                evidence=place(index, step.relation.evidence[0]),
            )
            for step in _neighbors.neighbors(index, index.resolve(asked), **options)
        ]

    def paths(self, start: str, end: str, **options: Any) -> list[Path]:
        """Return the cheapest ways from one concept to another, cheapest first.

        ``options`` are those of :func:`kg.paths.paths`: ``limit``, ``cost`` and what
        :meth:`neighbors` takes but ``depth``.
        """
        index = self.index
        found = _paths.paths(index, *index.resolve_each((start, end)), **options)
        return [
            Path(
                sentence=_paths.sentence(index, path),
                concepts=tuple(index.label(slug) for slug in path.concepts),
                relations=tuple(leg.relation for leg in path.legs),
                evidence=tuple(place(index, leg.relation.evidence[0]) for leg in path.legs),
                cost=path.cost,
            )
            for path in found
        ]

    def common(self, *asked: str) -> list[Concept]:
        """Return the concepts that all of several are related to, the most telling first."""
        slugs = self.index.resolve_each(asked)
        return [self.index.concept(each.concept) for each in _kinship.common(self.index, slugs)]

    def subgraph(self, *asked: str) -> list[Relation]:
        """Return the relations among some concepts."""
        return _kinship.subgraph(self.index, self.index.resolve_each(asked))

    def annotate(self, page: str, form: str = "text", **rules: Any) -> list[Annotation]:
        """Return the places of a page that name concepts; ``form`` is text, html or markdown.

        ``rules`` are those of :class:`kg.annotate.Rules`: ``first``, ``cap``, ``ambiguous`` …
        """
        if self._annotator is None:
            self._annotator = Annotator(self.index)
        return self._annotator.annotate(page, form, Rules(**rules))

    def context(self, text: str, *, max_tokens: int = 2000) -> str:
        """Return what is known about the concepts that ``text`` names, as Markdown for a model.

        Definitions and relations with the places they were read at, and the sources' credit lines,
        within ``max_tokens`` (bounded by the bytes: no common tokenizer makes more).
        """
        from api import context
        from api.service import Snapshot

        if self._snapshot is None:
            self._snapshot = Snapshot(self.index.graph, self.revision, index=self.index)
        found = context.compose(self._snapshot, text, most=max_tokens)
        return context.to_markdown(self._snapshot, found)

    def stats(self) -> Statistics:
        """Return degrees, central concepts, communities, coverage and languages."""
        return statistics(self.index)

    def search(self, words: str, *, lang: str | None = None, limit: int = 20) -> list[Hit]:
        """Return the concepts that ``words`` may mean, best first."""
        results = _search.search(self.index, words, lang=lang, limit=limit)
        return [
            Hit(concept=self.index.concept(h.concept), reason=h.reason, label=h.label)
            for h in results.hits
        ]

    def query(self, sparql: str) -> Any:
        """Return what rdflib returns for a SPARQL query: rows, a bool, or a graph.

        The store answers it in this process, and nothing stops a query that runs away; the server
        and ``glossgraph query`` use processes that can be killed.

        Raises:
            MalformedQuery: the text does not parse, is an update or calls a service.
        """
        result = self.rdf().query(sparql)
        if result.type == "ASK":
            return bool(result.askAnswer)
        if result.type in ("CONSTRUCT", "DESCRIBE"):
            return result.graph
        return list(result)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """Return the graph for NetworkX: nodes by slug, edges keyed by relation type."""
        from kg.view import to_networkx

        return to_networkx(self.index.graph)

    def rdf(self) -> rdflib.Dataset:
        """Return a read-only rdflib view; its default graph is the deduplicated one."""
        return self._revision.rdf()

    def export(self, file: str | Path_, format: str | None = None, **options: object) -> None:
        """Write the graph for another program; the suffix tells the format.

        Raises:
            UnknownKey: no format has this key, or the suffix.
        """
        chosen = _exports.choose(format, file)
        pieces = _exports.export(self.index.graph, chosen, **options)  # type: ignore[arg-type]
        target = Path_(file)
        aside = target.with_name(target.name + ".part")
        with aside.open("wb") as stream:
            stream.writelines(pieces)
        aside.replace(target)

    def close(self) -> None:
        """Let the revision be pruned once it is an old one."""
        self._revision.close()

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _repr_html_(self) -> str:
        """Return the table that Jupyter shows: the most connected concepts."""
        index = self.index
        numbers = sorted(range(len(self)), key=lambda n: (-index.degree(n), n))[:10]
        rows = "".join(
            f"<tr><td>{html.escape(index.concepts[n].label)}</td><td>{index.degree(n)}</td></tr>"
            for n in numbers
        )
        return (
            f"<p><b>{html.escape(self.title)}</b>: {len(self)} concepts, "
            f"{len(index.relations)} relations</p>"
            f"<table><tr><th>Most connected</th><th>Relations</th></tr>{rows}</table>"
        )


def open(place: str | Path_) -> Graph:
    """Return the graph in a folder, or that of a glossary, which is built into the cache first.

    Raises:
        GraphNotFound: the folder holds no graph and no glossary.
        SourceError: the glossary cannot be read.
    """
    return Graph(_store.open_revision(opening.folder_of([str(place)], Options())))


def build(
    sources: str | Path_ | Sequence[str | Path_],
    folder: str | Path_,
    *,
    model: str | Sequence[str] | None = None,
    min_confidence: float = 0.0,
) -> Graph:
    """Build the graph of glossaries into ``folder`` and return it.

    ``model`` names spaCy models, each for the language it is of or, as ``LANG=NAME``, for another.

    Raises:
        SourceError: nothing could be read.
        GraphLocked: another process writes the folder.
    """
    given = [sources] if isinstance(sources, str | Path_) else sources
    models = (model,) if isinstance(model, str) else tuple(model or ())
    options = Options(models=models, min_confidence=min_confidence)
    opening.build([str(each) for each in given], Path_(folder), options)
    return Graph(_store.open_revision(folder))
