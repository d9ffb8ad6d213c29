"""Text in Inter: how wide it is, and where it breaks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.concept_map.spread import spread
from kg.concept_map.widths import measure, wrap

# Widths that Chromium draws Inter 4.001 with, px, at size 100: (text, weight, width).
DRAWN: list[tuple[str, int, float]] = [
    ("Customer Success Manager", 500, 1351.4),
    ("Customer Success Manager", 550, 1358.5),
    ("is responsible for", 500, 823.3),
    ("Net Revenue Retention (NRR)", 600, 1407.0),
    ("AVAILABLE", 500, 535.5),
    ("Win/loss – 100 %", 500, 815.8),
    ("Win/loss – 100 %", 550, 820.0),
    ("Größe", 600, 296.8),
]


@pytest.mark.parametrize("case", DRAWN, ids=lambda case: f"{case[0]} {case[1]}")
def test_widths_are_those_of_the_browser(case: tuple[str, int, float]) -> None:
    """Measured widths are those that Chromium draws; kerning makes at most 3 % of difference."""
    text, weight, width = case
    assert width * 0.999 <= measure(text, 100, weight) <= width * 1.03


@given(st.text(max_size=120), st.floats(40, 300), st.integers(1, 4))
def test_lines_are_no_wider_than_asked(text: str, width: float, lines: int) -> None:
    """Text comes back in at most so many lines of at most that width, at least one."""
    rows = wrap(text, width, 13.5, 550, lines)
    assert 1 <= len(rows) <= lines
    assert all(measure(row, 13.5, 550) <= width + 0.1 for row in rows)


def test_lines_are_even() -> None:
    """Words are shared out evenly, not one left over on the last line."""
    assert wrap("Customer success manager", 160, 13.5) == ("Customer", "success manager") or wrap(
        "Customer success manager", 160, 13.5
    ) == ("Customer success", "manager")
    assert wrap("Net revenue retention rate", 140, 13.5) == ("Net revenue", "retention rate")


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    """Text of more lines than allowed is cut, visibly."""
    rows = wrap("one two three four five six seven eight nine ten", 60, 13.5, lines=2)
    assert len(rows) == 2
    assert rows[-1].endswith("…")


def test_long_words_break() -> None:
    """A word wider than a line breaks behind its hyphen, else where the line is full."""
    assert wrap("Win-loss-analysis", 70, 13.5)[0] == "Win-loss-"
    assert len(wrap("x" * 30, 100, 13.5)) > 1


@given(
    st.lists(st.floats(-500, 500), min_size=1, max_size=20),
    st.floats(0, 40),
)
def test_spread_keeps_order_and_gaps(wanted: list[float], gap: float) -> None:
    """Places keep their order and at least the gap; wishes that do so already are kept."""
    places = spread(wanted, [gap] * (len(wanted) - 1))
    assert all(b - a >= gap - 1e-6 for a, b in pairwise(places))
    free = [gap * 2 * k for k in range(len(wanted))]
    assert spread(free, [gap] * (len(wanted) - 1)) == pytest.approx(free)
