"""Concept maps as PNG: the SVG file, drawn by resvg (the extra ``[png]``) with our own Inter.

``fonts`` holds Inter 4.001 at weights 500 and 600 (SIL Open Font License 1.1, see ``OFL.txt``):
Latin, Greek and Cyrillic, made from the files of the npm package @fontsource-variable/inter 5.3.0.
resvg reads no woff2, which pages use. Other scripts come from the system's fonts.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from kg.concept_map.widths import known
from kg.errors import MissingExtra
from kg.own_code import at

FONTS = tuple(str(p) for p in sorted((Path(__file__).resolve().parent / "fonts").glob("*.ttf")))
"""The font files that maps are drawn with."""
# A picture of more would take seconds and hundreds of megabytes.
_MOST_PIXELS = 40_000_000


def available() -> bool:
    """Return whether PNG can be written: whether the extra ``[png]`` is installed."""
    return find_spec("resvg_py") is not None


def png(svg: str, *, width: float, height: float, scale: float = 2.0) -> bytes:
    """Return an SVG file of :func:`kg.concept_map.render` as PNG, ``scale`` pixels for each px.

    ``width`` and ``height`` are the file's, in px; very large maps get a smaller scale, so that no
    picture has more than 40 million pixels. The same file gives the same bytes.

    Raises:
        MissingExtra: resvg is not installed.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise MissingExtra("png", "PNG pictures") from error
    fits = (_MOST_PIXELS / max(1.0, width * height)) ** 0.5
    drawn: bytes = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=min(scale, fits),
        font_files=[str(at(Path(font))) for font in FONTS],
        skip_system_fonts=known(svg),
        font_family="Inter",
        sans_serif_family="Inter",
    )
    return drawn
