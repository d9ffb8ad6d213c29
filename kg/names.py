"""Relations that the names of entries say by themselves, basis ``name``.

- A name that ends with another entry's name is a kind of it: *SaaS onboarding*, *Onboarding*.
- A name that is another's with a measure behind it measures it: *Feature adoption rate*.
- Names that share their last words share what these name: *Logo churn* and *Revenue churn* are
  kinds of churn, although no entry defines that; *Churn rate* then measures it.
- A name that begins with another entry's name has to do with it: *Onboarding kickoff*.

Glossaries drop the word that their title says anyway. So a name of one glossary is put below a
name of another only where both speak of the same thing (:func:`domains`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extract.labels import is_acronym, singular, words
from extract.model import Document, Entry, Evidence, Extraction, Relation, Span
from kg import collector
from kg.lookup import Lookup, bare, label_words

# Last words that make a name the measure of what stands before. Not "KPI": those are named for
# whoever keeps them ("partner KPIs").
_MEASURES_TEXT = """
rate score index ratio percentage cost duration frequency volume metric velocity
"""
MEASURES = frozenset(_MEASURES_TEXT.split())
# Last words so wide that sharing them says nothing: every glossary has its processes and tools.
_WIDE_TEXT = """
process system method way type kind form model approach technique practice concept term thing
item set group list name value number time date period level state status unit part area field
point source resource object element component factor feature function operation activity action
work management data information code file line
"""
_WIDE = frozenset(_WIDE_TEXT.split())
# In "time to value" and "voice of the customer" the last word is not what the name is a kind of.
PREPOSITIONS = frozenset(
    {"of", "to", "for", "in", "on", "at", "by", "with", "from", "into", "per", "as", "over"}
)
# "Fepped out" is no out; "cross-platform" is no platform and "non-payment" no payment.
_PARTICLES = frozenset({"out", "up", "off", "down", "away", "back", "through", "around", "again"})
_NEGATING_TEXT = """
ish like based wise non un anti cross multi inter semi pseudo counter mis dis quasi self post
pre ex no near almost former
"""
_NEGATING = frozenset(_NEGATING_TEXT.split())
# Names of programs' own things are no English: "score_samples" is no sample.
_IDENTIFIER = re.compile(r"\w_\w|_$|^_|\(\)|[a-z]\.[a-z]|^[a-z]+[A-Z]\w*$|^\W")
_LINE = re.compile(r"\S.*")
# A first word opens this share of a glossary's names, and twice as many as the next, when the
# glossary is about it.
_DOMAIN_SHARE = 0.08
_DOMAIN_NAMES = 3
# A head is shared by this many names at least.
_FEWEST_SHARING = 2


def domains(extraction: Extraction) -> dict[str, frozenset[str]]:
    """Return for each document's uri the words that say what its glossary is about.

    These are the word that opens most of its names, or else those words of its title that open
    one. A glossary's names may leave them out ("Churn rate" in one on customer success).
    """
    first: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in extraction.entries:
        name = label_words(entry.term)
        if len(name) > 1:
            first[entry.document][name[0]] += 1
    sizes = Counter(entry.document for entry in extraction.entries)
    return {
        document.uri: frozenset(_domain(document, first[document.uri], sizes[document.uri]))
        for document in extraction.documents
    }


def _domain(document: Document, first: Counter[str], size: int) -> Iterator[str]:
    title = label_words(document.title)
    ranked = first.most_common(2)
    if ranked:
        word, number = ranked[0]
        runner_up = ranked[1][1] if len(ranked) > 1 else 0
        if number >= max(_DOMAIN_NAMES, _DOMAIN_SHARE * size, 2 * runner_up):
            yield word
            return
    yield from (word for word in title if any(_related(word, opener) for opener in first))


def _related(one: str, other: str) -> bool:
    """Whether two words are forms of one: "partner" and "partnership"."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 5 and long.startswith(short))


def same_domain(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two glossaries speak of the same thing, or nothing says that they do not."""
    return not one or not other or any(_related(a, b) for a in one for b in other)


@collector.paused()
def with_names(extraction: Extraction) -> Extraction:
    """Return the extraction with the relations added that its entries' names say.

    What an entry says of the same thing already is not said again.
    """
    names = _Names(extraction, Lookup.of(extraction))
    entries = []
    for entry in extraction.entries:
        relations = [r for r in entry.relations if r.basis != "name"]
        known = {(r.type, r.target_id or label_words(r.target)) for r in relations}
        relations += [
            r
            for r in names.relations(entry)
            if (r.type, r.target_id or label_words(r.target)) not in known
        ]
        entries.append(replace(entry, relations=tuple(relations)))
    return replace(extraction, entries=tuple(entries))


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a name says: a type, the words it is said of, and the entry these name, if any."""

    type: str
    words: str
    target: str | None
    rule: str
    confidence: float


class _Names:
    """The names of all entries, and what is shared between them."""

    def __init__(self, extraction: Extraction, lookup: Lookup) -> None:
        self._lookup = lookup
        self._documents = {d.uri: d for d in extraction.documents}
        self._domains = domains(extraction)
        self._ends: dict[tuple[str, ...], dict[str, set[tuple[str, ...]]]] = defaultdict(
            lambda: defaultdict(set)
        )
        """For words that no entry goes by: document, names there that end with them."""
        self._said = {entry.id: _names(entry) for entry in extraction.entries}
        for entry in extraction.entries:
            for name in self._said[entry.id][:1]:
                if self._named_end(entry, name) is None and self._measured(entry, name) is None:
                    for end in self._open_ends(entry, name):
                        self._ends[end][entry.document].add(name)

    def relations(self, entry: Entry) -> list[Relation]:
        statements: dict[tuple[str, str], _Statement] = {}
        for name in self._said[entry.id]:
            said = (
                # "Feature adoption rate" is the rate of feature adoption, no kind of adoption rate.
                self._measured(entry, name)
                or self._named_end(entry, name)
                or self._shared_measured(entry, name)
                or self._shared_end(entry, name)
            )
            for statement in (said, self._begun(entry, name)):
                if statement is not None:
                    target = statement.target or statement.words
                    statements.setdefault((statement.type, target), statement)
        document = self._documents[entry.document]
        return [
            Relation(
                subject=entry.id,
                type=said.type,
                target=said.words,
                basis="name",
                evidence=headword_evidence(entry, document, said.rule, said.confidence),
                target_id=said.target,
            )
            for said in statements.values()
        ]

    def _measured(self, entry: Entry, name: tuple[str, ...]) -> _Statement | None:
        """*Feature adoption rate* measures *Feature adoption*."""
        if len(name) < 2 or name[-1] not in MEASURES:
            return None
        rest = name[:-1]
        target = self._named(entry, rest) or self._named_without_domain(entry, rest)
        if target is None:
            return None
        return _Statement("measures", " ".join(rest), target, "name-measure", 0.85)

    def _named_end(self, entry: Entry, name: tuple[str, ...]) -> _Statement | None:
        """*SaaS onboarding* is a kind of *Onboarding*."""
        domain = self._domains[entry.document]
        for size in range(len(name) - 1, 0, -1):
            before, end = name[:-size], name[-size:]
            if before[-1] in _NEGATING:
                continue
            target = self._named(entry, end)
            if target is not None and size == 1 and not self._same_kind(entry, target, end[0]):
                target = None
            if target is None and before[0] in domain and len(before) > 1:
                # "Partner sales manager" is a kind of "Partner manager".
                target = self._named(entry, (before[0], *end))
            if target is None and size > 1 and domain.isdisjoint(before):
                # "Joint success plan" is a kind of "Customer success plan".
                target = self._named_without_domain(entry, end)
            if target is None and domain.isdisjoint(before):
                target = self._topic(entry, end)
            if target is None:
                continue
            other = self._lookup.entries[target]
            if other.document != entry.document and self._domains[other.document].issuperset(
                before
            ):
                return None  # the same thing under its full name; for alignment to judge
            return _Statement("broader", " ".join(end), target, "name-suffix", 0.85)
        return None

    def _topic(self, entry: Entry, end: tuple[str, ...]) -> str | None:
        """What the glossary is about, named by its last words alone.

        A glossary on customer success says "proactive success" and means customer success.
        """
        title = label_words(self._documents[entry.document].title)
        for word in sorted(self._domains[entry.document]):
            full = (word, *end)
            if any(title[i : i + len(full)] == full for i in range(len(title))):
                found = self._named(entry, full)
                if found and self._lookup.entries[found].document == entry.document:
                    return found
        return None

    def _shared_end(self, entry: Entry, name: tuple[str, ...]) -> _Statement | None:
        """*Logo churn* and *Revenue churn* are kinds of churn, which no entry defines."""
        if name not in self._said[entry.id][:1]:
            return None
        for end in self._open_ends(entry, name):
            if self._shared(entry, end, name):
                return _Statement("broader", " ".join(end), None, "name-shared", 0.6)
        return None

    def _shared_measured(self, entry: Entry, name: tuple[str, ...]) -> _Statement | None:
        """*Churn rate* measures churn, which other names share."""
        if len(name) < 2 or name[-1] not in MEASURES:
            return None
        rest = name[:-1]
        domain = self._domains[entry.document]
        while len(rest) > 1 and rest[0] in domain:
            rest = rest[1:]
        if not self._shared(entry, rest):
            return None
        return _Statement("measures", " ".join(rest), None, "name-measure", 0.7)

    def _begun(self, entry: Entry, name: tuple[str, ...]) -> _Statement | None:
        """*Onboarding kickoff* has to do with *Onboarding*."""
        if len(name) == 2 and name[-1] in MEASURES:
            return None  # said better by "measures", where it is meant
        for size in range(len(name) - 1, 0, -1):
            target = self._named(entry, name[:size]) or self._named_without_domain(
                entry, name[:size]
            )
            if target is not None:
                begin = " ".join(name[:size])
                return _Statement("related", begin, target, "name-modifier", 0.5)
        return None

    def _shared(
        self, entry: Entry, end: tuple[str, ...], name: tuple[str, ...] | None = None
    ) -> bool:
        """Whether enough names end like this that speak of the same thing, ``name`` among them."""
        if end not in self._ends:
            return False
        own = self._domains[entry.document]
        alike = [
            found
            for document, found in self._ends[end].items()
            if same_domain(own, self._domains[document])
        ]
        if name is not None and not any(name in found for found in alike):
            return False
        # Thousands may end like this, and each of them asks: they are not put together in vain.
        return any(len(found) >= _FEWEST_SHARING for found in alike) or (
            len(set().union(*alike)) >= _FEWEST_SHARING
        )

    def _open_ends(self, entry: Entry, name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The ends of a name that say something, longest first.

        Where only the glossary's own word stands before, the name is the end ("partner tool").
        """
        if name[-1] in _WIDE | _NEGATING or len(name[-1]) < 3:
            return
        for size in range(len(name) - 1, 0, -1):
            if self._domains[entry.document].issuperset(name[:-size]):
                return
            if name[-size - 1] in _NEGATING:
                continue
            if size > 1 or name[-1] not in MEASURES:
                yield name[-size:]

    def _named(self, entry: Entry, name: tuple[str, ...]) -> str | None:
        """The other entry that goes by this name and speaks of the same thing."""
        asked = " ".join(name)
        short = asked.upper()
        if len(name) == 1 and short in entry.term:
            asked = short  # an acronym at the end of the name: "High touch CS"
        for found in self._lookup.all(asked, entry.document):
            other = self._lookup.entries[found]
            if found == entry.id or not self._agree(entry, other):
                continue
            if _IDENTIFIER.search(other.term) and label_words(other.term) == name:
                continue  # "delay slot" is none of the "__slots__"
            return found
        return None

    def _same_kind(self, entry: Entry, target: str, word: str) -> bool:
        """Whether one word means the same in both: of one glossary, of one field, or of one genus.

        "Mailing list" of one glossary is no kind of the "list" of one on a language.
        """
        other = self._lookup.entries[target]
        if other.document == entry.document or len(label_words(other.term)) > 1:
            return True
        here, there = self._domains[entry.document], self._domains[other.document]
        if here and there and same_domain(here, there):
            return True
        own, its = label_words(entry.genus or "")[-1:], label_words(other.genus or "")[-1:]
        return own == (word,) or own == its

    def _agree(self, entry: Entry, other: Entry) -> bool:
        """Whether a name of one glossary may be put below the other entry.

        They are of one glossary, or of one domain, or nothing in the other entry speaks of its
        glossary's own domain: key performance indicators are anybody's.
        """
        if other.document == entry.document:
            return True
        there = self._domains[other.document]
        if same_domain(self._domains[entry.document], there):
            return True
        texts = [other.term, *(p.text for p in other.definitions)]
        said = {singular(w) for text in texts for w in words(text)}
        return said.isdisjoint(there)

    def _named_without_domain(self, entry: Entry, name: tuple[str, ...]) -> str | None:
        """The entry whose name is this with its glossary's own word before: "customer"."""
        for document, domain in self._domains.items():
            for word in sorted(domain):
                found = self._named(entry, (word, *name))
                if found and self._lookup.entries[found].document == document:
                    return found
        return None


def _names(entry: Entry) -> list[tuple[str, ...]]:
    """The words of the headword and of its full-form aliases, where the last word is the head."""
    names = [
        label_words(d.text)
        for d in entry.designations
        if d.status != "hidden" and not is_acronym(bare(d.text)) and not _IDENTIFIER.search(d.text)
    ]
    return [
        n
        for n in dict.fromkeys(names)
        if n and PREPOSITIONS.isdisjoint(n) and n[-1] not in _PARTICLES
    ]


def headword_evidence(entry: Entry, document: Document, rule: str, confidence: float) -> Evidence:
    """Return where the headword is printed; the entry's first line where it is inferred."""
    given = entry.designations[0].evidence
    if given is not None:
        return replace(given, rule=rule, confidence=confidence)
    span = _printed(entry, document.text)
    return Evidence(
        document=document.uri,
        span=span,
        quote=span.of(document.text),
        rule=rule,
        confidence=confidence,
    )


def _printed(entry: Entry, text: str) -> Span:
    """Where an entry's headword stands, blanks and capitals aside; else its first line."""
    start = text.find(entry.term, entry.span.start, entry.span.end)
    if start >= 0:
        return Span(start=start, end=start + len(entry.term))
    pattern = r"\s+".join(re.escape(word) for word in entry.term.split())
    found = re.compile(pattern, re.IGNORECASE).search(text, entry.span.start, entry.span.end)
    found = found or _LINE.search(text, entry.span.start)
    return Span(start=found.start(), end=found.end()) if found else entry.span
