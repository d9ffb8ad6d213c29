"""Content-codings: which one a client is sent, and what is worth it (RFC 9110 §8.4, §12.5.3)."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import brotli
import zstandard

WORTH = 1_000
"""Bytes from which a body is coded: below, it goes in one packet anyway."""
LARGE = 200_000
"""Bytes from which it is coded outside of the event loop."""

# Levels behind which more time brings little: 22 kB of JSON to a tenth in 0.1 to 0.3 ms.
CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "br": lambda body: brotli.compress(body, quality=4),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
"""Coders by name; of codings that a client likes alike, the first."""

FLUSHED = 32_000
"""Bytes of a long answer after which what is coded is sent, so that it keeps coming."""
SOON = 0.1
"""Seconds after which a part of it is sent, however small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A coder that takes a body in parts."""

    take: Callable[[bytes], bytes]
    flush: Callable[[], bytes]
    """Gives what has been taken so far, for a reader to decode."""
    end: Callable[[], bytes]


def _zstd() -> _Step:
    coder = zstandard.ZstdCompressor(level=3).compressobj()
    block, finish = zstandard.COMPRESSOBJ_FLUSH_BLOCK, zstandard.COMPRESSOBJ_FLUSH_FINISH
    return _Step(
        take=coder.compress, flush=lambda: coder.flush(block), end=lambda: coder.flush(finish)
    )


def _brotli() -> _Step:
    coder = brotli.Compressor(quality=4)
    return _Step(take=coder.process, flush=coder.flush, end=coder.finish)


def _gzip() -> _Step:
    coder = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return _Step(take=coder.compress, flush=lambda: coder.flush(zlib.Z_SYNC_FLUSH), end=coder.flush)


_STEPS: Mapping[str, Callable[[], _Step]] = {"zstd": _zstd, "br": _brotli, "gzip": _gzip}


class Stream:
    """The coded form of an answer that comes in parts."""

    def __init__(self, coding: str) -> None:
        self._step = _STEPS[coding]()
        self._held = 0
        self._sent = time.monotonic()

    def part(self, data: bytes) -> bytes:
        """Return what can be sent after ``data``: nothing while it is little and recent."""
        coded = self._step.take(data)
        self._held += len(data)
        now = time.monotonic()
        if self._held >= FLUSHED or now - self._sent >= SOON:
            coded += self._step.flush()
            self._held, self._sent = 0, now
        return coded

    def end(self, data: bytes) -> bytes:
        """Return the end of the coded form, with ``data`` as last part."""
        return self._step.take(data) + self._step.end()


_TYPES = ("text/", "application/json", "application/xml", "application/n-triples",
          "application/manifest+json", "application/javascript", "image/svg+xml")  # fmt: skip


def compressible(media_type: str) -> bool:
    """Return whether bodies of a media type become smaller: text in whatever syntax."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind.startswith(_TYPES) or kind.endswith(("+json", "+xml"))


def coded(tag: str, coding: str) -> str:
    """Return the validator of the coded form of what ``tag`` stands for (RFC 9110 §8.8.3.3)."""
    if not tag or not coding or tag.endswith(f'-{coding}"'):  # it may be said already
        return tag
    return f'{tag[:-1]}-{coding}"'


@lru_cache(maxsize=256)
def chosen(accept_encoding: bytes) -> str:
    """Return the key of the coding that a client likes best, ``""`` where it is to be none."""
    weights: dict[str, float] = {}
    for element in accept_encoding.decode("latin-1").lower().split(","):
        name, *parameters = (part.strip() for part in element.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        # Older clients say x-gzip (RFC 9110 §8.4.1.3); a weight is between 0 and 1 (§12.4.2).
        weights[name.removeprefix("x-")] = weight if 0 <= weight <= 1 else 0.0
    others = weights.get("*", 0.0)
    liked = {name: weights.get(name, others) for name in CODINGS}
    best = max(liked, key=lambda name: liked[name])
    return best if liked[best] > weights.get("identity", 0.0) or liked[best] >= 1 else ""
