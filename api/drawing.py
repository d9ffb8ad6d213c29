"""Concept maps as files: their formats, and the words around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.service import Snapshot
from kg.concept_map import Frame, Map, markdown, mermaid, render
from kg.concept_map.png import available, png
from kg.reuse import credit

MOST = 80
"""Concepts that one map may have; it then takes up to a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form that a map is answered in."""

    suffix: str
    media_type: str
    name: str
    write: Callable[[Map, str, Frame], bytes]
    """Of a map, the name of a theme, and the words around it."""
    available: Callable[[], bool] = lambda: True
    """Whether what it needs is installed."""


def _png(drawn: Map, theme: str, frame: Frame) -> bytes:
    text = render(drawn, theme=theme, frame=frame)
    return png(text, width=drawn.width, height=drawn.height)


FORMATS: Mapping[str, Format] = {
    each.suffix: each
    for each in (
        Format(
            suffix="svg",
            media_type="image/svg+xml",
            name="SVG",
            write=lambda drawn, theme, frame: render(drawn, theme=theme, frame=frame).encode(),
        ),
        Format(suffix="png", media_type="image/png", name="PNG", write=_png, available=available),
        Format(
            suffix="md",
            media_type="text/markdown",
            name="Markdown",
            write=lambda drawn, *_: markdown(drawn).encode(),
        ),
        Format(
            suffix="mmd",
            media_type="text/vnd.mermaid",
            name="Mermaid",
            write=lambda drawn, *_: mermaid(drawn).encode(),
        ),
    )
}
"""Formats of a map by suffix."""


def frame(snapshot: Snapshot, drawn: Map, link: str) -> Frame:
    """Return the words around a map: whose words it draws, which revision, and where it is from."""
    return Frame(
        title=drawn.title,
        question=drawn.question,
        credit="; ".join(credit(snapshot.sources[name]) for name in sources_of(snapshot, drawn)),
        revision=snapshot.revision,
        link=link,
        language=drawn.language,
    )


def sources_of(snapshot: Snapshot, drawn: Map) -> list[str]:
    """Return the names of the sources that a map's relations and focus were read from."""
    index = snapshot.index
    found: dict[str, None] = {}
    for said in drawn.propositions:
        relation = index.relation(said.relation)
        found |= dict.fromkeys(relation.sources if relation else ())
    slugs = [drawn.focus] if drawn.focus else [box.slug for box in drawn.boxes]
    for slug in slugs:
        found |= dict.fromkeys(each.source for each in index.concept(slug).definitions)
    return [name for name in sorted(found) if name in snapshot.sources]
