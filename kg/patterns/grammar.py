"""The grammar of plain patterns: a part of SPARQL 1.1's (§19.8), and nothing beside it.

What is read: ``SELECT`` of variables, with ``DISTINCT``, ``LIMIT`` and ``OFFSET``; triple patterns
and property paths with fixed properties; ``OPTIONAL`` at the end; ``FILTER`` of the kind or the
language of one variable. Tokens that are read here are a query of the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.patterns.plan import Constant, Filter, Group, Path, Plan, Triple, Variable
from kg.rdf import A

LONG = ('"""', "'''")
"""What opens literals that may hold line breaks; they are not read."""
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>]*>")
_VARIABLE = re.compile(r"[?$][A-Za-z_]")
_KINDS = {"isliteral": "literal", "isiri": "uri", "isuri": "uri"}
_TYPE = A[1:-1]


class Unread(Exception):
    """The tokens are not of the kind that is read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A query that was read, with the tokens that its constants are."""

    plan: Plan
    constants: tuple[tuple[int, str], ...]
    """Place among the tokens, and language; or -1 and the term itself."""
    limit: int | None
    """Place of the token."""
    offset: int | None
    again: bool
    """Whether others of the same shape are the same but for their constants."""


def is_absolute(token: str) -> bool:
    """Return whether an IRI stands for itself: nothing in it would be resolved."""
    return _ABSOLUTE.fullmatch(token) is not None and "/." not in token


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern as it stands there: variables by name."""

    subject: str | Constant
    path: Path
    object: str | Constant

    def names(self) -> set[str]:
        return {end for end in (self.subject, self.object) if isinstance(end, str)}


class Grammar:
    """Reads the tokens of one query from left to right."""

    def __init__(self, tokens: Sequence[str], prefixes: Mapping[str, str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._prefixes = dict(prefixes)
        self._declared: set[str] = set()
        self._names: dict[str, None] = {}
        """Variables in the order of the text."""
        self._patterns: list[_Pattern] = []
        self._optional: list[list[_Pattern]] = []
        self._filters: list[tuple[str, str, str | None]] = []
        self._constants: list[tuple[int, str]] = []
        self._closures = False
        """Whether a path counts an end once, however it is reached (§9.3)."""
        self._again = True

    def query(self) -> Form:
        """Return the query.

        Raises:
            Unread: it is of another kind.
            IndexError: it breaks off.
        """
        self._prologue()
        if not self._word("select"):
            raise Unread
        distinct = self._word("distinct")
        selected: list[str] = []
        everything = self._mark("*")
        while not everything and _VARIABLE.match(self._tokens[self._at]):
            selected.append(self._next()[1:])
        self._word("where")
        self._group()
        numbers = self._modifiers()
        if everything:
            selected = list(self._names)
        places: dict[str, int] = {}
        triples = _ordered(self._patterns, places)
        optional = self._options(places)
        known = places.keys() >= {*selected, *(name for name, _, _ in self._filters)}
        if not triples or not selected or len(set(selected)) < len(selected) or not known:
            raise Unread
        if self._closures and not distinct:
            raise Unread
        plan = Plan(
            selected=tuple(selected),
            columns=tuple(places[name] for name in selected),
            whole=selected == list(places),
            distinct=distinct,
            triples=triples,
            optional=optional,
            filters=tuple(Filter(places[n], kind, tag) for n, kind, tag in self._filters),
        )
        return Form(
            plan=plan,
            constants=tuple(self._constants),
            limit=numbers.get("limit"),
            offset=numbers.get("offset"),
            again=self._again,
        )

    def _options(self, places: dict[str, int]) -> tuple[Group, ...]:
        """Return the groups that need not match; none uses what only another one binds."""
        required = set(places)
        groups = []
        for patterns in self._optional:
            if any(pattern.names() & (places.keys() - required) for pattern in patterns):
                raise Unread
            groups.append(Group(_ordered(patterns, places), len(places)))
        return tuple(groups)

    # --- tokens -----------------------------------------------------------------------------------

    def _next(self) -> str:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _word(self, word: str) -> bool:
        """Return whether a keyword came."""
        found = self._tokens[self._at].lower() == word
        self._at += found
        return found

    def _mark(self, mark: str) -> bool:
        """Return whether a sign came."""
        found = self._tokens[self._at] == mark
        self._at += found
        return found

    def _need(self, mark: str) -> None:
        if not self._mark(mark):
            raise Unread

    # --- grammar ----------------------------------------------------------------------------------

    def _prologue(self) -> None:
        while self._word("prefix"):
            name, iri = self._next(), self._next()
            prefix = name[:-1]
            again = prefix in self._declared
            if again or not name.endswith(":") or ":" in prefix or not is_absolute(iri):
                raise Unread
            self._declared.add(prefix)
            self._prefixes[prefix] = iri[1:-1]

    def _group(self) -> None:
        """Read ``{ … }`` (GroupGraphPattern)."""
        self._need("{")
        ended = True
        """Whether triples may come: the last ones had their full stop."""
        while not self._mark("}"):
            if self._word("filter"):
                self._filter()
                self._mark(".")
                ended = True
            elif self._word("optional"):
                self._optional.append(self._triples())
                self._mark(".")
                ended = True
            elif not ended or self._optional:  # what stands behind an OPTIONAL is joined with it
                raise Unread
            else:
                self._same_subject(self._patterns)
                ended = self._mark(".")

    def _triples(self) -> list[_Pattern]:
        """Read a group of nothing but triples."""
        patterns: list[_Pattern] = []
        self._need("{")
        ended = True
        while not self._mark("}"):
            if not ended:
                raise Unread
            self._same_subject(patterns)
            ended = self._mark(".")
        return patterns

    def _same_subject(self, patterns: list[_Pattern]) -> None:
        """Read a subject with its properties (TriplesSameSubjectPath)."""
        if self._tokens[self._at][0] in "\"'":
            raise Unread
        subject = self._end()
        while True:
            path = self._alternatives()
            patterns.append(_Pattern(subject, path, self._end()))
            while self._mark(","):
                patterns.append(_Pattern(subject, path, self._end()))
            more = False
            while self._mark(";"):
                more = True
            following = self._tokens[self._at]
            if not more or following in (".", "}") or following.lower() in ("filter", "optional"):
                return

    def _end(self) -> str | Constant:
        """Read a variable or a fixed term."""
        at, token = self._at, self._next()
        if _VARIABLE.match(token):
            self._names[token[1:]] = None
            return token[1:]
        if token[0] in "\"'":
            if len(token) == 1 or token in LONG:
                raise Unread
            following = self._tokens[self._at]
            if following[0] in "^\"'":  # a datatype, or no literal at all
                raise Unread
            language = self._next()[1:].lower() if following[0] == "@" else ""
            self._constants.append((at, language))
        elif token[0] == "<":
            self._constants.append((at, ""))
        else:
            self._constants.append((-1, f"<{self._iri(token)}>"))
        return Constant(len(self._constants) - 1)

    def _iri(self, token: str) -> str:
        if token[0] == "<":
            self._again = False
            if not is_absolute(token):
                raise Unread
            return token[1:-1]
        prefix, colon, local = token.partition(":")
        if not colon or prefix not in self._prefixes:
            raise Unread
        return self._prefixes[prefix] + local

    def _alternatives(self) -> Path:
        parts = [self._sequence()]
        while self._mark("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Path("|", parts=tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._element()]
        while self._mark("/"):
            parts.append(self._element())
        return parts[0] if len(parts) == 1 else Path("/", parts=tuple(parts))

    def _element(self) -> Path:
        inverse = self._mark("^")
        if self._mark("("):
            path = self._alternatives()
            self._need(")")
        elif self._mark("a"):
            path = Path("iri", _TYPE)
        else:
            path = Path("iri", self._iri(self._next()))
        if self._tokens[self._at] in ("?", "*", "+"):
            path = Path(self._next(), parts=(path,))
            self._closures = True
        return Path("^", parts=(path,)) if inverse else path

    def _filter(self) -> None:
        """Read ``isLiteral(?v)`` and its like, or ``(lang(?v) = "en")``."""
        enclosed = 0
        while self._mark("("):
            enclosed += 1
        function = self._next().lower()
        self._need("(")
        name = self._next()
        self._need(")")
        if not _VARIABLE.match(name):
            raise Unread
        if function in _KINDS:
            self._filters.append((name[1:], _KINDS[function], None))
        elif function == "lang" and enclosed:
            self._need("=")
            tag = self._next()
            said = tag[1:-1]
            if tag[0] not in "\"'" or len(tag) == 1 or "\\" in tag or said != said.lower():
                raise Unread
            self._filters.append((name[1:], "literal", said))
        else:
            raise Unread
        for _ in range(enclosed):
            self._need(")")

    def _modifiers(self) -> dict[str, int]:
        """Read ``LIMIT`` and ``OFFSET``; return where their numbers stand."""
        found: dict[str, int] = {}
        while self._at < len(self._tokens):
            name = self._next().lower()
            if name not in ("limit", "offset") or name in found:
                raise Unread
            if not _is_number(self._tokens[self._at]):
                raise Unread
            found[name] = self._at
            self._at += 1
        return found


def _is_number(token: str) -> bool:
    return token.isascii() and token.isdigit()


def _ordered(patterns: Sequence[_Pattern], places: dict[str, int]) -> tuple[Triple, ...]:
    """Return patterns so that each has at most one end that nothing before it binds.

    ``places`` are those of what is bound; what they bind is added. What only takes away comes
    first, and what a type has last.
    """
    left = list(patterns)
    ordered = []
    while left:
        chosen = min(left, key=lambda p: (len(p.names() - places.keys()), p.path.iri == _TYPE))
        left.remove(chosen)
        free = chosen.names() - places.keys()
        if len(free) > 1 or (free and chosen.subject == chosen.object):
            raise Unread
        for name in free:
            places[name] = len(places)
        subject, object_ = (
            Variable(places[end]) if isinstance(end, str) else end
            for end in (chosen.subject, chosen.object)
        )
        ordered.append(Triple(subject, chosen.path, object_))
    return tuple(ordered)
