"""SPARQL text to pyoxigraph: which data set it is asked over, and what it may not do.

A query is checked by the real parser, not by looking for words: ``SERVICE`` in a literal, a
comment or an IRI is no service call. The parser does not tell what it read, but it can be asked
twice: where every "service" of the text is misspelt and the text still parses, none was a keyword;
where it does not, one was. The same tells ``FROM`` clauses. (A tokenizer of our own could be
misled: in ``?a<'b>c'`` only the grammar tells the comparison from an IRI.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import MalformedQuery

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Results = ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean

_EMPTY: Final = ox.Store()
_POSITION = re.compile(r"error at (\d+):(\d+)")
_UPDATE = re.compile(
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b", re.IGNORECASE
)
_BLANK = r"(?:\s|\#[^\n\r]*(?:[\n\r]|\Z))*"
_PROLOGUE = re.compile(
    rf"""{_BLANK}(?:(?:BASE{_BLANK}<[^<>]*>|PREFIX{_BLANK}[^\s:<>]*:{_BLANK}<[^<>]*>
    |VERSION{_BLANK}(?:"[^"\n]*"|'[^'\n]*')){_BLANK})*""",
    re.IGNORECASE | re.VERBOSE,
)
_FROM = re.compile(
    rf"FROM{_BLANK}(NAMED(?=[\s<\#]))?{_BLANK}(<[^<>]*>|[^\s<>{{}}\#]*:[^\s<>{{}}\#]*){_BLANK}",
    re.IGNORECASE,
)
_SILENT = re.compile(rf"{_BLANK}SILENT", re.IGNORECASE)
_MOST_KEYWORDS = 100
_PIECE = 1 << 16
OWN: Final = ""
"""In place of a graph's IRI: the default graph of the store."""
# What could put a triple term or a base direction of RDF 1.2 into an answer.
_NEWER = ("<<", "{|", "~", "triple", "langdir")
_DIRECTION = re.compile(r"@[a-z-]+--")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A checked SPARQL text with the data set it is asked over."""

    text: str
    prefixes: Mapping[str, str] = field(default_factory=dict)
    base: str | None = None
    default_graphs: tuple[str, ...] = ()
    """IRIs; several are merged as SPARQL wants it, without doubles."""
    named_graphs: tuple[str, ...] | None = None
    """IRIs; None: all there are."""


def check(
    text: str,
    *,
    default: str,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    prefixes: Mapping[str, str] | None = None,
    base: str | None = None,
) -> Query:
    """Return the query that ``text`` is, over the graphs asked for.

    Those given here go before the text's own ``FROM`` (SPARQL 1.1 Protocol §2.1.4); where neither
    names any, ``default`` (an IRI, or :data:`OWN`) is the default graph and all graphs are named
    graphs.

    Raises:
        MalformedQuery: the text calls a remote service, or was parsed here and does not parse.
    """
    prefixes = dict(prefixes or {})
    try:
        # SERVICE [SILENT] and GRAPH take the same arguments.
        if "service" in text.lower() and _keywords(text, "service", "GRAPH  ", prefixes, base):
            raise MalformedQuery(
                text,
                "SERVICE is not served: this endpoint calls no other. "
                "Ask each endpoint by itself and join the answers where you are.",
            )
        if not default_graphs and not named_graphs:
            clauses = _clauses(text, prefixes, base)
            if not clauses:
                return Query(text=text, prefixes=prefixes, base=base, default_graphs=(default,))
            default_graphs, named_graphs = _graphs(text, clauses, prefixes, base)
    except SyntaxError as error:
        raise MalformedQuery(text, _reason(text, error)) from error
    return Query(
        text=text,
        prefixes=prefixes,
        base=base,
        default_graphs=tuple(dict.fromkeys(default_graphs)),
        named_graphs=tuple(dict.fromkeys(named_graphs)),
    )


def load(quads: str) -> ox.Store:
    """Return an in-memory store of an N-Quads file that we wrote ourselves.

    Its terms are not checked again (a quarter less time).
    """
    store = ox.Store()
    for lines in _pieces(quads, Path(quads).stat().st_size):
        store.bulk_load(input=lines, format=ox.RdfFormat.N_QUADS, lenient=True)
    return store


def load_graph(quads: str, size: int, graph: str) -> ox.Store:
    """Return an in-memory store with the graph at the beginning of such a file alone.

    ``size`` is how many bytes it takes, ``graph`` its IRI. It becomes the default graph
    (:data:`OWN`): queries over it take an eighth less time than over a named one.
    """
    store = ox.Store()
    end = b" <" + graph.encode() + b"> .\n"
    for lines in _pieces(quads, size):
        triples = lines.replace(end, b" .\n")
        store.bulk_load(input=triples, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    return store


def _pieces(quads: str, size: int) -> Iterator[bytes]:
    """Yield the lines at the beginning of a file, a few hundred at a time.

    The store holds what it loads at once as separate texts before it takes it in; the room between
    those of a million quads stays lost to it: 45 MB where the derived graph of 100,000 concepts is
    650. There are no blank nodes in our files, whose names would not hold over several pieces.
    """
    with Path(quads).open("rb") as file:
        while size > 0 and (lines := file.read(min(_PIECE, size))):
            if not lines.endswith(b"\n"):
                lines += file.readline()
            size -= len(lines)
            yield lines


def run(store: ox.Store, query: Query) -> Results:
    """Return the results of a checked query, mostly not computed yet.

    Raises:
        MalformedQuery: the text does not parse or is an update, or the answer would hold terms of
            RDF 1.2.
    """
    if _may_be_newer(query.text.lower()) and _newer(_run(store, query)):
        raise MalformedQuery(
            query.text,
            "The answer holds triple terms or base directions of RDF 1.2; "
            "this endpoint answers in RDF 1.1. Return their parts instead.",
        )
    return _run(store, query)


def _run(store: ox.Store, query: Query) -> Results:
    default: list[GraphName] = [ox.NamedNode(g) for g in query.default_graphs if g != OWN]
    named: list[ox.NamedNode | ox.BlankNode] | None = None
    if query.named_graphs is not None:
        named = [ox.NamedNode(g) for g in query.named_graphs]
    if len(default) > 1:
        # Oxigraph counts a triple once for each graph it is in; SPARQL 1.1 §13.1 merges them.
        store = _merged(store, default, named or [])
        default = [ox.DefaultGraph()]
    # The parser reads every prefix that it is given: those whose name does not stand in the text
    # would cost a quarter of a short query.
    text = query.text
    prefixes = {name: iri for name, iri in query.prefixes.items() if name in text}
    try:
        return store.query(
            text,
            prefixes=prefixes,
            base_iri=query.base,
            default_graph=None if OWN in query.default_graphs else default,
            named_graphs=named,
        )
    except SyntaxError as error:  # pyoxigraph raises the builtin for malformed SPARQL
        raise MalformedQuery(query.text, _reason(query.text, error)) from error


def _merged(
    store: ox.Store, default: Iterable[GraphName], named: Iterable[ox.NamedNode | ox.BlankNode]
) -> ox.Store:
    """Return a store of these graphs alone, the first ones merged into its default graph."""
    merged = ox.Store()
    for graph in default:
        merged.bulk_extend(
            ox.Quad(q.subject, q.predicate, q.object)
            for q in store.quads_for_pattern(None, None, None, graph)
        )
    for graph in named:
        merged.add_graph(graph)
        merged.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    return merged


def _may_be_newer(text: str) -> bool:
    return any(part in text for part in _NEWER) or ("--" in text and bool(_DIRECTION.search(text)))


def _newer(results: Results) -> bool:
    """Return whether results hold what RDF 1.1 cannot say; they are used up by it."""
    if isinstance(results, ox.QueryBoolean):
        return False
    if isinstance(results, ox.QueryTriples):
        return any(_is_newer(t) for triple in results for t in (triple.subject, triple.object))
    return any(_is_newer(term) for solution in results for term in solution)


def _is_newer(term: object) -> bool:
    return isinstance(term, ox.Triple) or (
        isinstance(term, ox.Literal) and term.direction is not None
    )


def _misspell(text: str, word: str) -> tuple[str, list[int]]:
    """Return ``text`` with every ``word`` spelt so that it is no keyword, and where they stood."""
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    places = [m.start() for m in re.finditer(word, lowered)]
    other = next((c for c in "qzxjkvwy0123456789" if word[:-1] + c not in lowered), None)
    if other is None:
        raise SyntaxError(f'"{word}" stands here in too many spellings')
    changed = list(text)
    for at in places:
        changed[at + len(word) - 1] = other
    return "".join(changed), places


def _keywords(
    text: str, word: str, stand_in: str, prefixes: dict[str, str], base: str | None
) -> list[int]:
    """Return places among which ``word`` is a keyword of ``text``; none if it is one nowhere.

    What is run, over an empty store, is never the text itself but a copy with every ``word``
    misspelt. Where that fails, those before the point of failure take ``stand_in`` (of the same
    length, with the same grammar) one by one until it parses.

    Raises:
        SyntaxError: the text does not parse for another reason.
    """
    changed, places = _misspell(text, word)
    found: list[int] = []
    while True:
        try:
            _EMPTY.query(changed, prefixes=prefixes, base_iri=base)
            return found
        except SyntaxError as error:  # pyoxigraph raises the builtin for malformed SPARQL
            stop = _offset(text, str(error))
            at = max((p for p in places if p < stop and p not in found), default=-1)
            if at < 0 or len(found) >= _MOST_KEYWORDS:
                raise
            found.append(at)
            end = at + len(stand_in)
            silent = _SILENT.match(text, end)
            blank = silent.end() - end if silent and word == "service" else 0
            changed = changed[:at] + stand_in + " " * blank + changed[end + blank :]


def _clauses(text: str, prefixes: dict[str, str], base: str | None) -> list[re.Match[str]]:
    """Return the text's ``FROM`` clauses: those without which, and misspelt else, it parses."""
    if "from" not in text.lower():
        return []
    for at in sorted(_keywords(text, "from", "FROM", prefixes, base)):
        clauses, end = [], at
        while clause := _FROM.match(text, end):
            clauses.append(clause)
            end = clause.end()
        rest, _ = _misspell(text[:at] + " " * (end - at) + text[end:], "from")
        try:
            _EMPTY.query(rest, prefixes=prefixes, base_iri=base)
        except SyntaxError:
            continue
        return clauses
    return []


def _offset(text: str, message: str) -> int:
    """Return where in ``text`` the parser stopped, -1 if it does not say."""
    position = _POSITION.search(message)
    if not position:
        return -1
    line, column = int(position[1]), int(position[2])
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _graphs(
    text: str, clauses: Iterable[re.Match[str]], prefixes: dict[str, str], base: str | None
) -> tuple[list[str], list[str]]:
    """Return the default and the named graphs that ``FROM`` clauses name."""
    default: list[str] = []
    named: list[str] = []
    prologue = _PROLOGUE.match(text)
    opening = prologue[0] if prologue else ""
    for clause in clauses:
        question = f"{opening}\nSELECT * {{ VALUES ?g {{ {clause[2]} }} }}"
        results = _EMPTY.query(question, prefixes=prefixes, base_iri=base)
        assert isinstance(results, ox.QuerySolutions)
        for solution in results:
            (named if clause[1] else default).append(solution["g"].value)
    return default, named


def _reason(text: str, error: SyntaxError) -> str:
    """Return a sentence for a text that does not parse."""
    prologue = _PROLOGUE.match(text)
    if _UPDATE.match(text, prologue.end() if prologue else 0):
        return (
            "This is an update; the endpoint only reads. "
            "Change the sources and build the graph again."
        )
    message = " ".join(str(error).split())
    place = _POSITION.search(message)
    if place is None:
        return f"The query does not parse: {message}"
    line, column = int(place[1]), int(place[2])
    rest = (text.splitlines() or [""])[line - 1 : line]
    near = " ".join("".join(rest)[column - 1 :].split())[:40] or "the end"
    # What could have stood there is a list of character classes, which helps nobody.
    why = " A prefix is not declared there." if "Prefix not found" in message else ""
    return f"The query does not parse at line {line}, column {column}, near {near}.{why}"
