"""Finding a graph's concepts in running text: where to put a link, and on what.

The rules are those of the automatic links on pages: the longest label wins, a concept is marked
once a section, plurals count and acronyms only in capitals, a label that several concepts have
equally is left alone (or taken for the likelier), and links, code, headings and what authors mark
``nolink`` are no place for one (:data:`kg.prose_html.SKIPPED`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from extract.labels import fold
from extract.matcher import Matcher
from extract.model import Designation
from kg.errors import UnknownKey
from kg.index import Index
from kg.link import uncapitalised
from kg.lookup import bare
from kg.prose import Block, plain
from kg.prose_html import html
from kg.prose_markdown import markdown

FORMS: Mapping[str, Callable[[str], Iterator[Block]]] = {
    "text": plain,
    "html": html,
    "markdown": markdown,
}
"""The forms of pages that are read, each with its reader."""

FIRST = ("section", "page", "all")
"""How often a concept is marked: once a section, once a page, every time."""
AMBIGUOUS = ("skip", "likelier")
"""What is done with a label that several concepts have equally."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is marked on a page."""

    first: str = "section"
    """One of :data:`FIRST`."""
    cap: int = 20
    """Most marks in one section."""
    ambiguous: str = "skip"
    """One of :data:`AMBIGUOUS`; the likelier is the one whose neighbours the page names most."""
    implied: bool = False
    """Whether concepts count that no entry defines."""
    language: str = ""
    """Language of the page where it does not say; empty: the graph's."""
    without: frozenset[str] = frozenset()
    """Slugs of concepts that are not marked, such as the one that a page is about."""

    def __post_init__(self) -> None:
        """Check the keys.

        Raises:
            UnknownKey: ``first`` or ``ambiguous`` is none of those there are.
        """
        for what, asked, known in (
            ("first", self.first, FIRST),
            ("ambiguous", self.ambiguous, AMBIGUOUS),
        ):
            if asked not in known:
                raise UnknownKey(what, asked, known)


class Annotation(NamedTuple):
    """A place on a page that names a concept."""

    start: int
    """Offset of its first character in the page as given, in Unicode code points."""
    end: int
    """Offset behind its last one."""
    text: str
    """What a reader sees there."""
    slug: str
    section: int
    """Number of the section, from 0; headings begin one."""


class _Label(NamedTuple):
    """A label of a concept, as the matcher knows it."""

    concept: int
    folded: str
    preferred: bool


class _Found(NamedTuple):
    """A label found in a block."""

    text: str
    labels: tuple[_Label, ...]
    section: int
    place: tuple[int, int] | None
    """Offsets in the page; ``None`` where markup is inside."""


class Annotator:
    """Finds the concepts of an index; makes a matcher for each language when first asked.

    Cost: a matcher of 10,000 labels takes 0.1 s to make; text is read at some MB a second.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._matchers: dict[str, Matcher[_Label]] = {}
        self._languages = {
            d.language.partition("-")[0] for c in index.concepts for d in c.designations
        }

    def annotate(
        self, page: str, form: str = "text", rules: Rules | None = None
    ) -> list[Annotation]:
        """Return the places of ``page`` that name a concept, in order, never overlapping.

        Raises:
            UnknownKey: ``form`` is none of :data:`FORMS`.
        """
        if form not in FORMS:
            raise UnknownKey("form", form, FORMS)
        return self.choose(FORMS[form](page), rules or Rules())

    def choose(self, blocks: Iterable[Block], rules: Rules) -> list[Annotation]:
        """Return the places in ``blocks`` that ``rules`` let be marked."""
        found = list(self._found(blocks, rules))
        meant = self._meaning(found, rules)
        marked: list[Annotation] = []
        seen: set[tuple[int, int]] = set()
        used: Counter[int] = Counter()
        for each, concept in zip(found, meant, strict=True):
            section, place = each.section, each.place
            if concept is None or place is None:
                continue
            once = (concept, -1 if rules.first == "page" else section)
            if (rules.first != "all" and once in seen) or used[section] >= rules.cap:
                continue
            seen.add(once)
            used[section] += 1
            marked.append(
                Annotation(
                    start=place[0],
                    end=place[1],
                    text=each.text,
                    slug=self._index.concepts[concept].slug,
                    section=section,
                )
            )
        return marked

    def _found(self, blocks: Iterable[Block], rules: Rules) -> Iterator[_Found]:
        for block in blocks:
            matcher, text = self._matcher(block.language or rules.language), block.text
            for match in matcher.find(text):
                yield _Found(
                    text=text[match.start : match.end],
                    labels=match.payloads,
                    section=block.section,
                    place=block.place(match.start, match.end),
                )

    def _meaning(self, found: list[_Found], rules: Rules) -> list[int | None]:
        """Return the concept that each place means, ``None`` where none or no single one does."""
        concepts = self._index.concepts
        best = [self._best(each, rules) for each in found]
        sure = {numbers[0] for numbers in best if len(numbers) == 1}
        meant: list[int | None] = []
        for numbers in best:
            if len(numbers) > 1:
                near = {n: len(self._around(n) & sure) for n in numbers}
                numbers = sorted(numbers, key=lambda n: (-near[n], -self._index.degree(n), n))
                numbers = numbers[: rules.ambiguous == "likelier"]
            out = not numbers or concepts[numbers[0]].slug in rules.without
            meant.append(None if out else numbers[0])
        return meant

    def _best(self, found: _Found, rules: Rules) -> list[int]:
        """Return the concepts that go best by what was found: preferred labels, then spelling."""
        written = fold(found.text)
        ranks: dict[int, tuple[bool, bool]] = {}
        for label in found.labels:
            if self._index.concepts[label.concept].implied and not rules.implied:
                continue
            rank = (not label.preferred, label.folded != written)
            ranks[label.concept] = min(rank, ranks.get(label.concept, rank))
        least = min(ranks.values(), default=None)
        return [number for number, rank in ranks.items() if rank == least]

    def _around(self, number: int) -> set[int]:
        index = self._index
        return {index.object[r] for r in index.outgoing[number]} | {
            index.subject[r] for r in index.incoming[number]
        }

    def _matcher(self, language: str) -> Matcher[_Label]:
        """Return the matcher for pages in ``language``; one the graph has no labels in: its own."""
        own = self._index.graph.language
        primary = (language or own).partition("-")[0].lower()
        if primary not in self._languages:
            primary = own.partition("-")[0]
        if primary not in self._matchers:
            labels = [
                (bare(d.text), _Label(number, fold(d.text), d.status == "preferred"))
                for number, concept in enumerate(self._index.concepts)
                for d in _in_language(concept.designations, primary)
                if d.status != "hidden"
            ]
            self._matchers[primary] = Matcher(uncapitalised(labels), language=primary)
        return self._matchers[primary]


def _in_language(designations: Iterable[Designation], primary: str) -> list[Designation]:
    """Return the labels of a language, and acronyms; all labels where the language has none."""
    every = list(designations)
    own = [d.language.partition("-")[0] in (primary, "") for d in every]
    return (
        [d for d, is_own in zip(every, own, strict=True) if is_own or d.type == "acronym"]
        if (any(own))
        else every
    )


def insert(
    page: str,
    annotations: Iterable[Annotation],
    mark: Callable[[Annotation, str], str],
    keep: Callable[[str], str] = str,
) -> str:
    """Return ``page`` with each place replaced by what ``mark`` makes of it and its source text.

    ``keep`` is applied to all that stands between.
    """
    parts, at = [], 0
    for each in annotations:
        parts += [keep(page[at : each.start]), mark(each, page[each.start : each.end])]
        at = each.end
    parts.append(keep(page[at:]))
    return "".join(parts)
