"""The names of concepts: slugs that never move, and redirects from the ones given up.

The registry is an input of every build, kept as JSON in the graph's folder. A concept is known
again by its entries' ids, else by its label; so a new preferred label, a merge or a reordering of
the sources leaves every address as it was, and a slug once given is never given to another.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extract import labels
from kg.lookup import label_key

FORMAT = "glossgraph-registry/1"


class MalformedRegistry(ValueError):
    """A registry's file is no ``glossgraph-registry/1``."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}. Put back the file of an earlier revision.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A concept that needs a name."""

    label: str
    """Its preferred label; a new slug is made of it."""
    entries: tuple[str, ...] = ()
    """Ids of its entries; empty for implied concepts."""
    labels: tuple[str, ...] = ()
    """All its labels, the preferred one too."""
    said: tuple[str, ...] = ()
    """A digest of what each source says of it, see :func:`digest`."""


@dataclass(slots=True)
class _Known:
    """What a slug stood for in the last build that used it."""

    entries: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, list[str]]:
        said = {"said": sorted(self.said)} if self.said else {}
        return {"entries": sorted(self.entries), "labels": sorted(self.labels), **said}


def digest(source: str, term: str, text: str) -> str:
    """Return what stands for the words of a definition, its own term aside, in one source.

    ``""`` for words too few to tell one entry from another.
    """
    rest = " ".join(text.casefold().split()).replace(term.casefold(), "")
    # Without articles, which follow the term's first letter ("a name", "an alias").
    words = " ".join(word for word in rest.split() if len(word) > _ARTICLE)
    if len(words) < _TELLING:
        return ""
    return hashlib.blake2b(f"{source}\n{words}".encode(), digest_size=8).hexdigest()


_TELLING = 16
"""Code points of a definition that set it apart."""
_ARTICLE = 2


class Registry:
    """Slugs given so far and where former ones lead. :meth:`assign` brings it up to date."""

    def __init__(
        self,
        known: Mapping[str, tuple[Iterable[str], ...]] | None = None,
        redirects: Mapping[str, str] | None = None,
    ) -> None:
        self._known = {slug: _Known(*map(set, each)) for slug, each in (known or {}).items()}
        self.redirects: dict[str, str] = dict(redirects or {})
        """Former slug → present slug."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Registry) and self.as_json() == other.as_json()

    __hash__ = None  # type: ignore[assignment]  # it changes

    @classmethod
    def load(cls, path: Path | None) -> Registry:
        """Return the registry in a file; an empty one where there is no file.

        Raises:
            MalformedRegistry: the file holds something else.
        """
        if path is None or not path.is_file():
            return cls()
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise MalformedRegistry(path, f"it is no JSON ({error})") from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise MalformedRegistry(path, f'its "format" is not "{FORMAT}"')
        try:
            return cls.from_json(data)
        except (KeyError, TypeError, AttributeError) as error:
            raise MalformedRegistry(
                path, f"a value is missing or of the wrong form ({error})"
            ) from (error)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Registry:
        """Return the registry that :meth:`as_json` gave."""
        concepts = data["concepts"]
        redirects = data.get("redirects", {})
        if not isinstance(concepts, dict) or not isinstance(redirects, dict):
            raise TypeError("concepts and redirects must be objects")
        return cls(
            {
                slug: (known["entries"], known["labels"], known.get("said", ()))
                for slug, known in concepts.items()
            },
            redirects,
        )

    def as_json(self) -> dict[str, object]:
        """Return the registry as JSON values, sorted: the same registry gives the same bytes."""
        return {
            "format": FORMAT,
            "concepts": {slug: known.as_json() for slug, known in sorted(self._known.items())},
            "redirects": dict(sorted(self.redirects.items())),
        }

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        text = json.dumps(self.as_json(), ensure_ascii=False, indent=1)
        return (text + "\n").encode("utf-8")

    def save(self, path: Path) -> None:
        """Write the registry; a crash leaves the old file or the new one, never half of one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(self.to_bytes())
        beside.replace(path)

    def entries_of(self, slug: str) -> list[str]:
        """Return the ids of the entries that a slug, or a former one, stood for; sorted."""
        known = self._known.get(self.redirects.get(slug, slug))
        return sorted(known.entries) if known else []

    # ------------------------------------------------------------ assigning

    def assign(self, claims: Sequence[Claim]) -> list[str]:
        """Return a slug for each concept, in order, and remember them.

        1. A concept keeps the slug that most of its entries had; of two that claim one, the one
           with more of its entries, then the earlier. 2. Else the slug under which its label was
           known, if no other concept has it. 3. Else a new one made of its label, with ``-2``,
           ``-3`` … where that is taken. Slugs that lost their concept to a merge or a renaming
           become redirects; those of vanished concepts stay reserved. What a source says in the
           same words under another heading, and nowhere else, was renamed.
        """
        chosen = self._kept(claims)
        self._known_labels(claims, chosen)
        new = set(range(len(claims))) - set(chosen)
        taken = set(self._known) | set(self.redirects) | set(chosen.values())
        for number, claim in enumerate(claims):
            if number not in chosen:
                chosen[number] = _free(labels.slug(claim.label), taken)
                taken.add(chosen[number])
        self._redirect(claims, chosen, new)
        for number, claim in enumerate(claims):
            self._known[chosen[number]] = _Known(set(claim.entries), _keys(claim), set(claim.said))
            self.redirects.pop(chosen[number], None)
        return [chosen[number] for number in range(len(claims))]

    def _kept(self, claims: Sequence[Claim]) -> dict[int, str]:
        """The slugs that concepts keep through their entries, by the concept's number."""
        slug_of = {entry: slug for slug, known in self._known.items() for entry in known.entries}
        wishes: list[tuple[int, int, str]] = []
        for number, claim in enumerate(claims):
            votes = Counter(slug_of[entry] for entry in claim.entries if entry in slug_of)
            wishes += [(-count, number, slug) for slug, count in votes.items()]
        chosen: dict[int, str] = {}
        given: set[str] = set()
        for _, number, slug in sorted(wishes):
            if number not in chosen and slug not in given:
                chosen[number] = slug
                given.add(slug)
        return chosen

    def _known_labels(self, claims: Sequence[Claim], chosen: dict[int, str]) -> None:
        """Let concepts without a slug take the free one under which their label was known."""
        slug_of: dict[str, list[str]] = defaultdict(list)
        for slug in sorted(self._known):
            for name in self._known[slug].labels:
                slug_of[name].append(slug)
        given = set(chosen.values())
        present = {entry for claim in claims for entry in claim.entries}
        for number, claim in enumerate(claims):
            if number in chosen:
                continue
            for slug in slug_of[label_key(claim.label)]:
                # The slug of another entry that is still there is not free.
                if slug not in given and not self._known[slug].entries & present:
                    chosen[number] = slug
                    given.add(slug)
                    break

    def _redirect(
        self, claims: Sequence[Claim], chosen: Mapping[int, str], new: Collection[int]
    ) -> None:
        """Point slugs without a concept to the one that has their entries, label or words."""
        by_entry = {e: chosen[n] for n, claim in enumerate(claims) for e in claim.entries}
        by_label: dict[str, str] = {}
        for number, claim in enumerate(claims):
            for name in sorted(_keys(claim)):
                by_label.setdefault(name, chosen[number])
        present = set(chosen.values())
        gone = sorted(set(self._known) - present)
        renamed = self._renamed(claims, chosen, new, gone)
        for slug in gone:
            known = self._known[slug]
            heirs = [by_entry[e] for e in sorted(known.entries) if e in by_entry]
            heirs += [by_label[name] for name in sorted(known.labels) if name in by_label]
            heirs = heirs or renamed.get(slug, [])
            if heirs:
                self.redirects[slug] = Counter(heirs).most_common(1)[0][0]
                del self._known[slug]
        for former, slug in list(self.redirects.items()):
            steps = {former}
            while slug in self.redirects and slug not in present and slug not in steps:
                steps.add(slug)
                slug = self.redirects[slug]
            self.redirects[former] = slug

    def _renamed(
        self,
        claims: Sequence[Claim],
        chosen: Mapping[int, str],
        new: Collection[int],
        gone: Iterable[str],
    ) -> dict[str, list[str]]:
        """For slugs without a concept the new one of which the same is said, if there is one.

        Words that several of either had tell nothing.
        """
        before: dict[str, list[str]] = defaultdict(list)
        for slug in gone:
            for said in self._known[slug].said:
                before[said].append(slug)
        now: dict[str, list[str]] = defaultdict(list)
        for number in sorted(new):
            for said in claims[number].said:
                now[said].append(chosen[number])
        found: dict[str, list[str]] = defaultdict(list)
        for said, slugs in sorted(before.items()):
            if len(slugs) == 1 and len(now.get(said, ())) == 1:
                found[slugs[0]] += now[said]
        return found


def _keys(claim: Claim) -> set[str]:
    return {label_key(text) for text in (claim.label, *claim.labels)}


def _free(wanted: str, taken: set[str]) -> str:
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
