"""Plain SPARQL patterns answered from the index, where that is exact, short and sure to end.

Most queries of clients ask for what is around a concept: triple patterns and property paths with
fixed properties. The index holds these relations as numbers, so such an answer is made where the
request is, in a fraction of the time that it takes to reach a worker and back. It is an answer to
the letter, or none: what :mod:`kg.patterns.reading` does not know by heart, what asks for other
properties than :mod:`kg.patterns.facts` has, and what takes more than :data:`STEPS` goes to a
worker (:mod:`kg.workers`), which can be killed and has the real evaluator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg import collector
from kg.index import Index
from kg.patterns.evaluation import Row, solutions
from kg.patterns.facts import Facts, Unanswerable
from kg.patterns.reading import Reading
from kg.workers_task import Limits

STEPS = 5_000
"""Triples and rows that one answer may look at: two milliseconds."""


class Patterns:
    """The patterns over one graph that can be answered at once.

    Cost: that of :class:`kg.patterns.facts.Facts`.
    """

    @collector.paused()
    def __init__(
        self, index: Index, prefixes: Mapping[str, str], limits: Limits | None = None
    ) -> None:
        self._limits = limits or Limits()
        self._facts = Facts(index)
        self._reading = Reading(prefixes)

    def answer(self, text: str) -> bytes | None:
        """Return the SPARQL 1.1 results in JSON; None where a worker has to be asked.

        It is asked over the derived graph. None too where the limits would cut the answer.
        """
        question = self._reading.read(text)
        if question is None:
            return None
        try:
            found = solutions(question, self._facts, STEPS)
        except Unanswerable:
            return None
        if len(found) > self._limits.rows:
            return None
        body = self._json(question.plan.selected, found)
        return body if len(body) <= self._limits.bytes else None

    def _json(self, names: Sequence[str], found: Sequence[Row]) -> bytes:
        """Return the Query Results JSON Format (W3C Recommendation of 21 March 2013)."""
        head = ",".join([f'"{name}"' for name in names])
        columns = [self._facts.terms(column) for column in zip(*found, strict=True)]
        if any(None in column for column in columns):
            lines = [
                ",".join(f'"{n}":{term}' for n, term in zip(names, row, strict=True) if term)
                for row in zip(*columns, strict=True)
            ]
        else:
            line = ",".join([f'"{name}":%s' for name in names])
            lines = [line % row for row in zip(*columns, strict=True)]
        bindings = "},{".join(lines)
        bindings = f"{{{bindings}}}" if lines else ""
        return f'{{"head":{{"vars":[{head}]}},"results":{{"bindings":[{bindings}]}}}}'.encode()
