"""The RDF of a revision: as files in the usual formats, and as an rdflib data set to work with."""

from __future__ import annotations

import weakref
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

import pyoxigraph as ox
import rdflib
import rdflib.query
import rdflib.store
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from kg import store_query
from kg.rdf import PREFIXES

if TYPE_CHECKING:
    from kg.store import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A serialisation of RDF."""

    key: str
    media_type: str
    suffix: str
    """With its dot."""
    datasets: bool
    """Whether it can hold several graphs with their names."""
    syntax: ox.RdfFormat


FORMATS: Mapping[str, Format] = {
    f.key: f
    for f in (
        Format(
            key="turtle", media_type="text/turtle", suffix=".ttl", datasets=False,
            syntax=ox.RdfFormat.TURTLE,
        ),
        Format(
            key="ntriples", media_type="application/n-triples", suffix=".nt", datasets=False,
            syntax=ox.RdfFormat.N_TRIPLES,
        ),
        Format(
            key="nquads", media_type="application/n-quads", suffix=".nq", datasets=True,
            syntax=ox.RdfFormat.N_QUADS,
        ),
        Format(
            key="trig", media_type="application/trig", suffix=".trig", datasets=True,
            syntax=ox.RdfFormat.TRIG,
        ),
        Format(
            key="jsonld", media_type="application/ld+json", suffix=".jsonld", datasets=True,
            syntax=ox.RdfFormat.JSON_LD,
        ),
        Format(
            key="rdfxml", media_type="application/rdf+xml", suffix=".rdf", datasets=False,
            syntax=ox.RdfFormat.RDF_XML,
        ),
    )
}  # fmt: skip
"""Formats that RDF is written in, by key."""


class ReadOnlyView(TypeError):
    """A change to a view of a graph, whose revisions do not change."""

    def __init__(self) -> None:
        super().__init__(
            "This is a read-only view of a revision. Copy what you want to change: "
            "copy = rdflib.Graph(); copy += view.default_graph"
        )


def serialise(
    revision: Revision,
    format: str,
    graph_name: str | None = None,
    output: IO[bytes] | None = None,
) -> bytes:
    """Return one named graph of ``revision`` in ``format``, or all of them for ``graph_name=None``.

    Formats without named graphs write the derived graph then. The order is that of the sorted
    N-Quads, so the same revision gives the same bytes. With ``output``, the bytes go there as they
    are made and an empty string comes back.

    Raises:
        KeyError: ``format`` is none of :data:`FORMATS`.
    """
    known = FORMATS[format]
    if graph_name is None and not known.datasets:
        graph_name = revision.default_graph
    if format == "nquads" and graph_name is None:
        return _copy(revision, output)
    prefixes = revision.prefixes
    statements: Iterator[ox.Quad] | Iterator[ox.Triple] = ox.parse(
        path=str(revision.quads), format=ox.RdfFormat.N_QUADS
    )
    if graph_name is not None:
        name = ox.NamedNode(graph_name)
        quads = (q for q in cast("Iterator[ox.Quad]", statements) if q.graph_name == name)
        statements = quads if format == "nquads" else (q.triple for q in quads)
    written = ox.serialize(statements, output, known.syntax, prefixes=prefixes)
    return written or b""


def _copy(revision: Revision, output: IO[bytes] | None) -> bytes:
    with revision.quads.open("rb") as file:
        if output is None:
            return file.read()
        while part := file.read(1 << 20):
            output.write(part)
    return b""


def dataset(revision: Revision) -> rdflib.Dataset:
    """Return a read-only rdflib data set over ``revision``; see :meth:`kg.store.Revision.rdf`."""
    view = rdflib.Dataset(
        store=_View(
            store_query.load(str(revision.quads)), revision.default_graph, revision.prefixes
        )
    )
    view.default_graph = rdflib.Graph(
        store=view.store, identifier=rdflib.URIRef(revision.default_graph)
    )
    return view


class _View(rdflib.store.Store):
    """An rdflib store that reads from pyoxigraph and hands SPARQL to it as text."""

    context_aware = True
    graph_aware = True
    formula_aware = False
    transaction_aware = False

    def __init__(self, store: ox.Store, default: str, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._store = store
        self._default = default
        self._spaces = dict(prefixes)
        self._graphs: weakref.WeakValueDictionary[str, rdflib.Graph] = weakref.WeakValueDictionary()

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
        """Yield the triples of a pattern, each with the graphs it was found in."""
        terms = [_to_ox(term) for term in triple_pattern]
        # What pyoxigraph cannot take at its place (a literal as subject) matches nothing.
        subject, predicate, object_ = terms
        if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode | None):
            return
        graph = None if context is None else ox.NamedNode(str(self._name(context)))
        for quad in self._store.quads_for_pattern(
            cast(Any, subject), predicate, cast(Any, object_), graph
        ):
            found = self._graph(cast(ox.NamedNode, quad.graph_name).value)
            yield (
                (_to_rdflib(quad.subject), _to_rdflib(quad.predicate), _to_rdflib(quad.object)),
                iter((found,)),
            )

    def _name(self, context: Any) -> str:
        name = context.identifier if isinstance(context, rdflib.Graph) else context
        return str(name)

    def _graph(self, name: str) -> rdflib.Graph:
        graph = self._graphs.get(name)
        if graph is None:
            graph = rdflib.Graph(store=self, identifier=rdflib.URIRef(name))
            self._graphs[name] = graph
        return graph

    def __len__(self, context: Any = None) -> int:
        if context is None:
            return len(self._store)
        graph = ox.NamedNode(self._name(context))
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, graph))

    def contexts(self, triple: Any = None) -> Generator[rdflib.Graph, None, None]:
        """Yield the graphs that hold a triple, or all."""
        if triple is None:
            yield from (self._graph(g.value) for g in self._store.named_graphs())
            return
        names = {g.identifier for _, graphs in self.triples(triple) for g in graphs}
        yield from (self._graph(str(name)) for name in sorted(names))

    def query(
        self,
        query: Any,
        initNs: Mapping[str, Any],  # noqa: N803  (rdflib's names)
        initBindings: Mapping[str, Any],  # noqa: N803
        queryGraph: str,  # noqa: N803
        **_options: Any,
    ) -> rdflib.query.Result:
        """Return the results of SPARQL text, or of the text that a prepared query was made of."""
        if not isinstance(query, str):
            # rdflib would walk the prepared query in Python, 60 times slower.
            query, namespaces, _ = query._original_args
            initNs = {**initNs, **namespaces}  # noqa: N806
        if initBindings:
            # VALUES at the end joins before the projection (SPARQL 1.1 §18.2.4.3).
            names = " ".join(f"?{str(name).removeprefix('?')}" for name in initBindings)
            terms = " ".join(term.n3() for term in initBindings.values())
            query = f"{query}\nVALUES ({names}) {{ ({terms}) }}"
        if queryGraph == "__UNION__":
            graphs = [str(g.value) for g in self._store.named_graphs()]
        else:
            name = str(queryGraph)
            graphs = [self._default if name == str(DATASET_DEFAULT_GRAPH_ID) else name]
        checked = store_query.check(
            query,
            default=graphs[0],
            default_graphs=graphs if len(graphs) > 1 else (),
            named_graphs=graphs if len(graphs) > 1 else (),
            prefixes={**self._spaces, **{p: str(n) for p, n in initNs.items()}},
        )
        return _result(store_query.run(self._store, checked))

    def update(self, *_args: Any, **_options: Any) -> None:
        """Raise ReadOnlyView."""
        raise ReadOnlyView

    def add(self, *_args: Any, **_options: Any) -> None:
        """Raise ReadOnlyView."""
        raise ReadOnlyView

    def addN(self, *_args: Any, **_options: Any) -> None:  # noqa: N802
        """Raise ReadOnlyView."""
        raise ReadOnlyView

    def remove(self, *_args: Any, **_options: Any) -> None:
        """Raise ReadOnlyView."""
        raise ReadOnlyView

    def remove_graph(self, *_args: Any, **_options: Any) -> None:
        """Raise ReadOnlyView."""
        raise ReadOnlyView

    def add_graph(self, graph: rdflib.Graph) -> None:
        """Do nothing: naming a graph, which is how rdflib looks one up, changes nothing."""

    def bind(self, prefix: str, namespace: rdflib.URIRef, override: bool = True) -> None:
        """Declare a prefix for this view alone."""
        if override or prefix not in self._spaces:
            self._spaces[prefix] = str(namespace)

    def namespace(self, prefix: str) -> rdflib.URIRef | None:
        """Return what a prefix stands for."""
        space = self._spaces.get(prefix)
        return None if space is None else rdflib.URIRef(space)

    def prefix(self, namespace: rdflib.URIRef) -> str | None:
        """Return the prefix of a namespace."""
        return next((p for p, n in self._spaces.items() if n == str(namespace)), None)

    def namespaces(self) -> Iterator[tuple[str, rdflib.URIRef]]:
        """Yield all prefixes."""
        yield from ((p, rdflib.URIRef(n)) for p, n in self._spaces.items())


def _result(results: store_query.Results) -> rdflib.query.Result:
    if isinstance(results, ox.QueryBoolean):
        result = rdflib.query.Result("ASK")
        result.askAnswer = bool(results)
    elif isinstance(results, ox.QueryTriples):
        result = rdflib.query.Result("CONSTRUCT")
        result.graph = rdflib.Graph()
        for t in results:
            result.graph.add((_to_rdflib(t.subject), _to_rdflib(t.predicate), _to_rdflib(t.object)))
    else:
        result = rdflib.query.Result("SELECT")
        variables = [rdflib.Variable(v.value) for v in results.variables]
        result.vars = variables
        result.bindings = (
            {v: _to_rdflib(t) for v, t in zip(variables, row, strict=True) if t is not None}
            for row in results
        )
    return result


def _to_rdflib(term: Any) -> Any:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype.value == PREFIXES["xsd"] + "string":
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


def _to_ox(term: Any) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if term.language:
        return ox.Literal(str(term), language=term.language)
    if term.datatype is None:
        return ox.Literal(str(term))
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))
