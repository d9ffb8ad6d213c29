"""Formats that answers to SPARQL queries are written in, and how a long answer is cut.

A cut answer is a whole document: it ends behind its last complete row, is closed as its format
wants it, and says so where the format has room for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

SOLUTIONS, BOOLEAN, GRAPH = "solutions", "boolean", "graph"
"""Kinds of answers: of SELECT, of ASK, of CONSTRUCT and DESCRIBE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFormat:
    """A format of answers."""

    key: str
    media_type: str
    kinds: frozenset[str]
    suffix: str
    """With its dot."""
    charset: bool = False
    """Whether the media type needs a ``charset`` parameter to be read as UTF-8."""


_TABLE = frozenset({SOLUTIONS, BOOLEAN})
_TRIPLES = frozenset({GRAPH})

RESULTS: Mapping[str, ResultFormat] = {
    f.key: f
    for f in (
        ResultFormat(
            key="json",
            media_type="application/sparql-results+json",
            kinds=_TABLE,
            suffix=".srj",
        ),
        ResultFormat(
            key="xml", media_type="application/sparql-results+xml", kinds=_TABLE, suffix=".srx"
        ),
        ResultFormat(key="csv", media_type="text/csv", kinds=_TABLE, suffix=".csv", charset=True),
        ResultFormat(
            key="tsv",
            media_type="text/tab-separated-values",
            kinds=_TABLE,
            suffix=".tsv",
            charset=True,
        ),
        ResultFormat(
            key="turtle", media_type="text/turtle", kinds=_TRIPLES, suffix=".ttl", charset=True
        ),
        ResultFormat(
            key="ntriples", media_type="application/n-triples", kinds=_TRIPLES, suffix=".nt"
        ),
        ResultFormat(
            key="jsonld", media_type="application/ld+json", kinds=_TRIPLES, suffix=".jsonld"
        ),
        ResultFormat(key="rdfxml", media_type="application/rdf+xml", kinds=_TRIPLES, suffix=".rdf"),
    )
}


class UnfitFormat(ValueError):
    """None of the formats asked for can hold the kind of answer that a query has."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        """``solutions``, ``boolean`` or ``graph``."""
        self.formats = tuple(f.media_type for f in RESULTS.values() if kind in f.kinds)
        super().__init__(f"The answer is of the kind {kind}; ask for {', '.join(self.formats)}.")


"""Formats by key; the first that fits a kind of answer is its default."""


def _json_rows(data: bytes) -> tuple[int, int]:
    # Between rows stand },{" and the first letter of a variable. In a literal the quote would be
    # escaped, or be its end, behind which stands a comma or a brace.
    count = data.count(b'},{"') - data.count(b'},{",') - data.count(b'},{"}')
    if not count:
        return 0, 0
    end = data.rfind(b'},{"')
    while data[end + 4 : end + 5] in {b",", b"}"}:
        end = data.rfind(b'},{"', 0, end)
    return count, end + 1


def _xml_rows(data: bytes) -> tuple[int, int]:
    end = data.rfind(b"</result>")
    return data.count(b"</result>"), end + len(b"</result>") if end >= 0 else 0


def _csv_rows(data: bytes) -> tuple[int, int]:
    # A line break between quotes belongs to a value.
    end = data.rfind(b"\r\n")
    while end >= 0 and data.count(b'"', 0, end) % 2:
        end = data.rfind(b"\r\n", 0, end)
    return data.count(b"\r\n", 0, end + 2) if end >= 0 else 0, end + 2 if end >= 0 else 0


def _tsv_rows(data: bytes) -> tuple[int, int]:
    return data.count(b"\n"), data.rfind(b"\n") + 1


_ROWS: Mapping[str, Callable[[bytes], tuple[int, int]]] = {
    "json": _json_rows,
    "xml": _xml_rows,
    "csv": _csv_rows,
    "tsv": _tsv_rows,
}
"""For each format how many rows end in some bytes that begin with a row, and where the last does.

A line break within a CSV value counts as a row; the others are exact."""
_HEADERS = {"csv": 1, "tsv": 1}
"""Rows that are no solution."""
_HEADS = {"json": b'"bindings":[', "xml": b"<results>", "csv": b"\r\n", "tsv": b"\n"}
"""What ends the part of an answer before its first row."""
_CLOSINGS: Mapping[str, str] = {
    "json": ']}},"cut":{{"rows":{rows},"reason":"{reason}"}}}}',
    "xml": "</results><!-- {reason} --></sparql>",
    "csv": "",
    "tsv": "",
    "turtle": "# {reason}\n",
    "ntriples": "# {reason}\n",
    "jsonld": "",
    "rdfxml": "<!-- {reason} -->\n",
}
"""What ends a cut answer; for graphs, what stands behind their regular end."""


class Cut(BaseException):
    """Raised by :meth:`Table.write` through the serialiser when an answer has grown too long."""


class Table:
    """Takes the bytes of a table of solutions and passes them on, row by row, up to limits."""

    def __init__(
        self, format: str, send: Callable[[bytes], None], *, rows: int, size: int, part: int = 65536
    ) -> None:
        self.format = format
        self.rows = -_HEADERS.get(format, 0)
        """How many were passed on; fewer where they cannot reach the limit and are not counted."""
        self.size = 0
        self.cut = False
        self._send = send
        self._most_rows, self._most_bytes, self._part = rows, size, part
        self._pending = bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes of the serialiser.

        Raises:
            Cut: the limits are reached; the answer has been closed.
        """
        if not self.cut:  # the serialiser may empty its buffer on its way out of the exception
            self._pending += data
            if len(self._pending) >= self._part:
                self._pass_on()
        return len(data)

    def flush(self) -> None:
        """Do nothing: the serialiser flushes at its end, :meth:`close` then passes on the rest."""

    def close(self) -> None:
        """Pass on what is left of an answer that is complete.

        Raises:
            Cut: the limits are reached by it; the answer has been closed.
        """
        data = bytes(self._pending)
        rows = 0
        if self.rows + len(data) > self._most_rows:  # a row has at least one byte
            rows, _ = _ROWS[self.format](data)
            if self.format == "json" and b'"bindings":[]' not in data:
                rows += 1  # the last one, behind which no other begins
        if self.rows + rows > self._most_rows or self._too_long():
            self._stop()
        self._forward(data, rows)
        self.rows = max(self.rows, 0)  # where the line of names was not counted

    def _pass_on(self) -> None:
        rows, end = _ROWS[self.format](bytes(self._pending))
        if self.rows + rows > self._most_rows or self._too_long():
            self._stop()
        self._forward(bytes(self._pending[:end]), rows)

    def _too_long(self) -> bool:
        return self.size + len(self._pending) > self._most_bytes

    def _stop(self) -> NoReturn:
        """Pass on the rows within the limits, and the end that says that it was cut."""
        data = bytes(self._pending)
        if self._too_long():
            data = data[: max(self._most_bytes - self.size, 0)]
        rows, end = _ROWS[self.format](data)
        if self.rows + rows > self._most_rows:
            rows = self._most_rows - self.rows
            end = self._row_end(data, rows)
        if not end and not self.size:
            head = _HEADS[self.format]
            end = self._pending.find(head) + len(head)
            data = bytes(self._pending)
        self._forward(data[:end], rows)
        self.cut = True
        self._send(closing(self.format, self.rows))
        raise Cut

    def _forward(self, data: bytes, rows: int) -> None:
        self.rows += rows
        self.size += len(data)
        del self._pending[: len(data)]
        if data:
            self._send(data)

    def _row_end(self, data: bytes, wanted: int) -> int:
        """Return where the row number ``wanted`` of ``data`` ends."""
        low, high = 0, len(data)
        while low < high:
            middle = (low + high) // 2
            if _ROWS[self.format](data[:middle])[0] >= wanted:
                high = middle
            else:
                low = middle + 1
        return _ROWS[self.format](data[:low])[1]


def closing(format: str, rows: int) -> bytes:
    """Return what ends an answer that was cut behind ``rows`` rows."""
    reason = f"Cut: these are the first {rows} only. Narrow the query, or use LIMIT and OFFSET."
    return _CLOSINGS[format].format(rows=rows, reason=reason).encode()
