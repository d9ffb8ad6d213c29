"""Places on a line that keep their distance: isotonic regression by pooling violators."""

from __future__ import annotations

from collections.abc import Sequence


def spread(
    wanted: Sequence[float], gaps: Sequence[float], weights: Sequence[float] | None = None
) -> list[float]:
    """Return the places nearest to ``wanted`` that keep their order and at least the gaps.

    ``gaps[i]`` lies between places ``i`` and ``i + 1``, so there is one less. Nearest by least
    squares, each place counted by its weight (Barlow et al. 1972, pool adjacent violators). Cost:
    linear.
    """
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    # (sum of weighted wishes, weight, count) of the places that move as one
    pools: list[tuple[float, float, int]] = []
    for place, wish in enumerate(wanted):
        weight = weights[place] if weights else 1.0
        total, count = (wish - offsets[place]) * weight, 1
        while pools and pools[-1][0] * weight >= total * pools[-1][1]:
            before = pools.pop()
            total, weight, count = total + before[0], weight + before[1], count + before[2]
        pools.append((total, weight, count))
    places: list[float] = []
    for total, weight, count in pools:
        places += [total / weight + offsets[len(places) + k] for k in range(count)]
    return places
