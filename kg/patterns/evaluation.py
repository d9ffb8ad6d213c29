"""Plans carried out over facts, with solutions counted as SPARQL's algebra counts them (§18.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.patterns.facts import Facts, Unanswerable, Value, kind_of, language_of
from kg.patterns.plan import (
    Constant,
    End,
    Filter,
    Group,
    Path,
    Question,
    Triple,
    Variable,
)

Row = tuple[Value | None, ...]
"""A solution: the values of its variables in the order of their places, None where unbound."""
Ends = dict[Value, int]
"""Where a path leads, and in how many ways."""


def solutions(question: Question, facts: Facts, steps: int) -> list[Row]:
    """Return the solutions of a question with the selected columns, in no order.

    Raises:
        Unanswerable: the facts are not here, or more than ``steps`` of them are in question.
    """
    plan = question.plan
    evaluation = _Evaluation(facts, [facts.value(term) for term in question.constants], steps)
    found = evaluation.joined({(): 1}, plan.triples)
    for group in plan.optional:
        found = evaluation.with_optional(found, group)
    for each in plan.filters:
        found = {row: count for row, count in found.items() if _passes(row, each)}
    if not plan.whole:
        found = _projected(found, plan.columns)
    if plan.distinct:
        each_row = list(found)
    else:
        evaluation.spend(sum(found.values()))
        each_row = [row for row, count in found.items() for _ in range(count)]
    end = None if question.limit is None else question.offset + question.limit
    return each_row[question.offset : end]


def _projected(found: Mapping[Row, int], columns: Sequence[int]) -> dict[Row, int]:
    """Return solutions of which only some variables are looked at."""
    chosen: dict[Row, int] = {}
    for row, count in found.items():
        part = tuple([row[column] for column in columns])
        chosen[part] = chosen.get(part, 0) + count
    return chosen


class _Evaluation:
    """One of them, with the steps that it has left."""

    def __init__(self, facts: Facts, constants: Sequence[Value], steps: int) -> None:
        self._facts = facts
        self._constants = constants
        self._left = steps

    def spend(self, steps: int) -> None:
        """Count steps.

        Raises:
            Unanswerable: none are left.
        """
        self._left -= steps
        if self._left < 0:
            raise Unanswerable

    def joined(self, found: dict[Row, int], triples: Iterable[Triple]) -> dict[Row, int]:
        """Return solutions extended by what each pattern says."""
        for triple in triples:
            if not found:
                break
            found = self._extended(found, triple)
        return found

    def with_optional(self, found: dict[Row, int], group: Group) -> dict[Row, int]:
        """Return solutions extended by a group where it matches, and themselves where not."""
        result: dict[Row, int] = {}
        for row, count in found.items():
            unbound = (None,) * (group.width - len(row))
            result |= self.joined({row: count}, group.triples) or {(*row, *unbound): count}
        return result

    def _extended(self, found: dict[Row, int], triple: Triple) -> dict[Row, int]:
        """Return solutions with the variable that a pattern binds behind the others."""
        width = len(next(iter(found)))
        subject, object_ = triple.subject, triple.object
        if subject == Variable(width):
            return self._bound(found, object_, triple.path, forward=False)
        if object_ == Variable(width):
            return self._bound(found, subject, triple.path, forward=True)
        result: dict[Row, int] = {}
        for row, count in found.items():
            start, goal = self._value(row, subject), self._value(row, object_)
            times = self._times(triple.path, start, goal)
            if times:
                result[row] = count * times
        return result

    def _bound(
        self, found: dict[Row, int], end: End, path: Path, *, forward: bool
    ) -> dict[Row, int]:
        """Return solutions with where a path leads from one end."""
        result: dict[Row, int] = {}
        if path.kind == "iri":  # the most frequent, and the quickest
            property = self._facts.property(path.iri)
            beside = property.after if forward else property.before
            for row, count in found.items():
                others = beside(self._value(row, end))
                self.spend(len(others) + 1)
                for value in others:
                    result[(*row, value)] = count
            return result
        known: dict[Value, Ends] = {}
        for row, count in found.items():
            origin = self._value(row, end)
            reached = known.get(origin)
            if reached is None:
                reached = known[origin] = self._walk(path, {origin: 1}, forward=forward)
            self._left -= len(reached)
            if self._left < 0:
                raise Unanswerable
            for value, times in reached.items():
                result[(*row, value)] = count * times
        return result

    def _value(self, row: Row, end: End) -> Value:
        value = self._constants[end.place] if isinstance(end, Constant) else row[end.place]
        if value is None:  # no plan asks so
            raise Unanswerable
        return value

    def _times(self, path: Path, start: Value, goal: Value) -> int:
        """Return in how many ways a path leads from one to the other."""
        self.spend(1)
        if path.kind == "iri":
            return int(self._facts.property(path.iri).holds(start, goal))
        return self._walk(path, {start: 1}, forward=True).get(goal, 0)

    def _walk(self, path: Path, origins: Ends, *, forward: bool) -> Ends:
        """Return where a path leads from ``origins``, or with ``forward`` false comes from."""
        if path.kind == "iri":
            return self._along(path.iri, origins, {}, forward=forward)
        if path.kind == "^":
            return self._walk(path.parts[0], origins, forward=not forward)
        if path.kind == "/":
            for part in path.parts if forward else reversed(path.parts):
                origins = self._walk(part, origins, forward=forward)
            return origins
        if path.kind == "|":
            ends: Ends = {}
            for part in path.parts:
                if part.kind == "iri":
                    self._along(part.iri, origins, ends, forward=forward)
                    continue
                for value, times in self._walk(part, origins, forward=forward).items():
                    ends[value] = ends.get(value, 0) + times
            return ends
        return self._closure(path, origins, forward=forward)

    def _along(self, iri: str, origins: Ends, ends: Ends, *, forward: bool) -> Ends:
        """Add to ``ends`` what is one property away."""
        property = self._facts.property(iri)
        beside = property.after if forward else property.before
        for origin, times in origins.items():
            others = beside(origin)
            self._left -= len(others) + 1
            if self._left < 0:
                raise Unanswerable
            for other in others:
                ends[other] = ends.get(other, 0) + times
        return ends

    def _closure(self, path: Path, origins: Ends, *, forward: bool) -> Ends:
        """Return the ends of ``?``, ``*`` and ``+``, each once: such plans are of distinct rows."""
        (part,) = path.parts
        if path.kind != "+" and any(isinstance(origin, str) for origin in origins):
            raise Unanswerable  # whether a term that is in no triple leads to itself (§9.3)
        seen: Ends = {} if path.kind == "+" else dict.fromkeys(origins, 1)
        edge: Ends = dict.fromkeys(origins, 1)
        while edge:
            reached = self._walk(part, edge, forward=forward)
            edge = {value: 1 for value in reached if value not in seen}
            seen |= edge
            if path.kind == "?":
                break
        return seen


def _passes(row: Row, wanted: Filter) -> bool:
    value = row[wanted.place]
    if value is None:  # an error, which is no truth (§17.2)
        return False
    kind = "uri" if isinstance(value, int) else kind_of(value)
    if wanted.language is None:
        return kind == wanted.kind
    return kind == "literal" and language_of(value) == wanted.language
