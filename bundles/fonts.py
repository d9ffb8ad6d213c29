"""Type for pages: a font file with only the signs, weights and features that pages use."""

from __future__ import annotations

import io
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FEATURES = ("ccmp", "kern", "liga", "locl", "mark", "mkmk")
"""OpenType features that a browser applies by itself, or that languages need; no others are kept.

Left out is ``calt``: Inter's arrows and raised punctuation, a sixth of its file, which the widths
that boxes are measured by do not know either.
"""


def subset_font(source: Path, target: Path, *, weights: tuple[float, float], name: str) -> None:
    """Write the variable font ``source`` as woff2 with its weight axis cut to ``weights``.

    All characters stay. Hints go: pages set type at sizes and on screens that do without. ``name``
    is what the font calls itself, since a changed font may not bear a reserved name (OFL 1.1 §3).
    Equal input gives equal bytes, under one version of fonttools and brotli.
    """
    font = TTFont(source, recalcTimestamp=False)
    whole = io.BytesIO()
    instancer.instantiateVariableFont(font, {"wght": weights}).save(whole)
    font = TTFont(whole, recalcTimestamp=False)  # written and read: the instancer leaves gaps
    options = subset.Options()
    options.layout_features = list(FEATURES)
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    compact = name.replace(" ", "")
    for identifier, text in ((1, name), (3, f"glossgraph;{compact}"), (4, name), (6, compact)):
        font["name"].setName(text, identifier, 3, 1, 0x409)
    font.flavor = "woff2"
    font.save(target)
