"""How wide text is in Inter, and where it breaks into lines; without a font engine.

``inter_widths.json`` holds the advances of Inter 4.001 (SIL Open Font License 1.1) at weights 500
and 600; the weights between are linear, as the font's own variation is. Kerning is left out, which
makes text at most a few per mille narrower than said.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from kg.own_code import at

_FILE = Path(__file__).resolve().parent / "inter_widths.json"
# A sign that Inter lacks comes from some other font: an em where East Asian, else a wide letter.
_WIDE, _OTHER = 1.0, 0.75
_ELLIPSIS = "…"
# Signs that a line may end behind.
_BREAKS = "-/–—"


@cache
def _advances() -> Mapping[str, tuple[float, float]]:
    """Return for each sign its advance in em at weights 500 and 600."""
    data = json.loads(at(_FILE).read_text(encoding="utf-8"))
    units = data["units"]
    return {
        sign: (medium / units, bold / units)
        for medium, bold, signs in data["advances"]
        for sign in signs
    }


def measure(text: str, size: float, weight: int = 500) -> float:
    """Return the width in px of one line of ``text`` at ``size`` px; ``weight`` 500 to 600."""
    advances = _advances()
    share = (weight - 500) / 100
    total = 0.0
    for sign in text:
        known = advances.get(sign)
        if known is not None:
            total += known[0] + (known[1] - known[0]) * share
        elif unicodedata.east_asian_width(sign) in "WF":
            total += _WIDE
        elif unicodedata.category(sign) not in ("Mn", "Me", "Cf", "Cc"):
            total += _OTHER
    return total * size


def known(text: str) -> bool:
    """Return whether Inter has every sign of ``text``."""
    advances = _advances()
    return all(sign in advances for sign in set(text) - set("\n\t"))


def tidy(text: str) -> str:
    """Return ``text`` on one line: white space as single spaces, control signs left out."""
    return " ".join(
        "".join(s if unicodedata.category(s) not in ("Cc", "Cs") else " " for s in text).split()
    )


def wrap(
    text: str, width: float, size: float, weight: int = 500, lines: int = 3
) -> tuple[str, ...]:
    """Return ``text`` in at most ``lines`` lines of at most ``width`` px, as even as can be.

    Lines break at spaces and behind hyphens, within a word only where it is wider than a line; what
    does not fit ends in "…". Never empty: no text is one empty line.
    """
    pieces = [part for word in tidy(text).split(" ") for part in _parts(word, width, size, weight)]
    widths = [measure(piece.rstrip(), size, weight) for piece in pieces]
    space = measure(" ", size, weight)
    rows = _fill(pieces, widths, width, space)
    if len(rows) > lines:
        return (*(_join(row) for row in rows[: lines - 1]), _cut(rows, lines, width, size, weight))
    # The narrowest width that takes no more lines makes the lines even.
    low, high = max(widths, default=0.0), width
    while high - low > 1:
        middle = (low + high) / 2
        if len(_fill(pieces, widths, middle, space)) <= len(rows):
            high = middle
        else:
            low = middle
    return tuple(_join(row) for row in _fill(pieces, widths, high, space))


def _parts(word: str, width: float, size: float, weight: int) -> list[str]:
    """Return a word in pieces that may stand on lines of their own, the last with its space."""
    parts: list[str] = []
    part = ""
    for place, sign in enumerate(word):
        if part and measure(part + sign, size, weight) > width:
            parts.append(part)
            part = ""
        part += sign
        if sign in _BREAKS and 1 < place < len(word) - 2:
            parts.append(part)
            part = ""
    return [*parts, part + " "]


def _fill(
    pieces: Sequence[str], widths: Sequence[float], width: float, space: float
) -> list[list[str]]:
    """Return the pieces in rows, each as full as it goes."""
    rows: list[list[str]] = []
    used = 0.0
    for piece, wide in zip(pieces, widths, strict=True):
        gap = space if rows and rows[-1][-1].endswith(" ") else 0.0
        if rows and used + gap + wide <= width + 0.01:
            rows[-1].append(piece)
            used += gap + wide
        else:
            rows.append([piece])
            used = wide
    return rows


def _join(row: Sequence[str]) -> str:
    return "".join(row).rstrip()


def _cut(rows: Sequence[Sequence[str]], lines: int, width: float, size: float, weight: int) -> str:
    """Return the last line that fits, ending in an ellipsis."""
    rest = "".join("".join(row) for row in rows[lines - 1 :])
    while rest and measure(rest.rstrip() + _ELLIPSIS, size, weight) > width:
        rest = rest[:-1]
    return rest.rstrip(" ,;:-") + _ELLIPSIS
