"""Labels of a graph by key, by word start and by trigram: the ground under resolving and search.

Three structures, each built when it is first asked for: keys (what spelling does not change),
sorted words (prefixes, by bisection), and trigram postings (spelling mistakes). All plain Python:
a server process loads no numpy.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from extract import labels
from extract.model import Designation
from kg.keyed import Keyed
from kg.model import Concept
from kg.postings import Postings, by_word

# A word of four letters that lost or gained one is still told from others; of eight, two.
_LETTERS_PER_MISTAKE = 4
# Postings read for one misspelt query. Rare trigrams come first, and a label within two mistakes
# keeps all but six of its trigrams, so the common ones add cost and no labels.
_POSTINGS = 2_500
# Of more labels than a hundred thousand, more of them share each trigram: one in so many is read.
_POSTINGS_OF = 40
_CANDIDATES = 80
_SOME = 30
# Words of at most this many letters are also found with one letter left out.
_SHORT = 9
_SHORTENED = "~"
# Labels looked at for a prefix that half of the vocabulary starts with.
_PREFIX_LABELS = 4_000


class Names:
    """The labels of a sequence of concepts; a label's number is its place in :attr:`folded`.

    Hidden labels are found like the others, since that is what they are for (SKOS §5.5.2).
    """

    def __init__(self, concepts: Sequence[Concept]) -> None:
        self._concepts = concepts
        self.owner = array("I")
        """Place of the concept that a label belongs to."""
        self.which = array("H")
        """Place of the label among its concept's designations."""
        self.folded: list[str] = []
        """The labels as :func:`extract.labels.fold` compares them."""
        fold = labels.fold
        for number, concept in enumerate(concepts):
            for place, designation in enumerate(concept.designations[:65535]):
                self.owner.append(number)
                self.which.append(place)
                text, folded = designation.text, fold(designation.text)
                self.folded.append(text if text == folded else folded)  # one text less in memory

    def designation(self, label: int) -> Designation:
        """Return the designation that a label number stands for."""
        return self._concepts[self.owner[label]].designations[self.which[label]]

    @cached_property
    def keys(self) -> Keyed:
        """Label numbers by :func:`extract.labels.compact`."""
        folded, compact = self.folded, labels.compact_once
        return Keyed(len(folded), lambda label: compact(folded[label]))

    @cached_property
    def _sorted(self) -> array[int]:
        """The numbers of the labels in their alphabetical order."""
        return array("I", sorted(range(len(self.folded)), key=self.folded.__getitem__))

    @cached_property
    def _words(self) -> tuple[list[str], Postings]:
        """The vocabulary of the labels in order, and the numbers of the labels with each word."""
        return by_word(dict.fromkeys(labels.words(text)) for text in self.folded)

    @property
    def _most(self) -> int:
        """Postings read for one misspelt query."""
        return max(_POSTINGS, len(self.folded) // _POSTINGS_OF)

    @cached_property
    def _grams(self) -> dict[str, array[int]]:
        """Label numbers, in order, by what :func:`_grams` yields for their words.

        Of those that more labels have than are read for one query, which is a third of them all,
        the words' numbers stand instead: see :meth:`_having`.
        """
        grams: dict[str, array[int]] = {}
        alike: dict[bytes, array[int]] = {}  # a short word's letters left out: ten times the same
        vocabulary, having = self._words
        for number, word in enumerate(vocabulary):  # far fewer than the labels
            for gram in dict.fromkeys(_grams(word)):
                if gram in grams:
                    grams[gram].append(number)
                else:
                    grams[gram] = array("I", (number,))
        for gram, words in grams.items():
            key = words.tobytes()
            if key in alike:
                grams[gram] = alike[key]
                continue
            found: Collection[int] = having[words[0]]
            if len(words) > 1:
                found = set[int]().union(*(having[word] for word in words))
            if len(found) > self._most:
                self._common[gram] = len(found)
            else:
                grams[gram] = alike[key] = array("I", sorted(found))
        return grams

    @cached_property
    def _common(self) -> dict[str, int]:
        """Of each gram that stands for words in :attr:`_grams` how many labels have it."""
        return {}

    def _having(self, gram: str) -> Iterable[int]:
        """Return the labels that have a gram."""
        if gram not in self._common:
            return self._grams[gram]
        having = self._words[1]
        return set[int]().union(*(having[word] for word in self._grams[gram]))

    def warm(self) -> None:
        """Make all structures now instead of when first asked for."""
        _ = self.keys, self._sorted, self._words, self._grams

    def equal(self, asked: str) -> tuple[int, ...]:
        """Return the labels that are ``asked`` but for case, plural, hyphen, spaces, article."""
        return self.keys.get(labels.compact(asked))

    def starting(self, prefix: str, limit: int) -> list[int]:
        """Return at most ``limit`` labels that start with ``prefix``, in alphabetical order."""
        prefix = labels.fold(prefix)
        folded, order = self.folded, self._sorted
        start = bisect_left(order, prefix, key=folded.__getitem__)
        found: list[int] = []
        for label in order[start : start + limit]:
            if not folded[label].startswith(prefix):
                break
            found.append(label)
        return found

    def with_words(self, asked: str) -> list[int]:
        """Return labels in which a word starts with each word of ``asked``, in no useful order.

        Stops at some thousand labels: a single letter is answered by :meth:`starting`.
        """
        parts = labels.words(asked)
        if not parts:
            return []
        vocabulary, postings = self._words
        ranges = []
        for part in parts:
            first = bisect_left(vocabulary, part)
            last = bisect_left(vocabulary, part + "\U0010ffff")
            if first == last:
                return []
            ranges.append((postings.count(first, min(last, first + 500)), first, last))
        _, first, last = min(ranges)
        found: dict[int, None] = {}
        for place in range(first, last):
            found.update(dict.fromkeys(postings[place]))
            if len(found) >= _PREFIX_LABELS:
                break
        if len(parts) == 1:
            return list(found)
        return [label for label in found if _starts(labels.words(self.folded[label]), parts)]

    def near(self, asked: str, limit: int) -> list[tuple[float, int]]:
        """Return at most ``limit`` labels spelt like ``asked``, nearest first, with a likeness.

        The likeness is in (0, 1]. Candidates share rare trigrams (postings); they are ordered by
        optimal string alignment, which counts two swapped letters as one mistake.
        """
        text = labels.fold(asked)
        counts: Counter[int] = Counter()
        read = 0
        known = self._grams
        asked_for = {gram for word in labels.words(text) for gram in _grams(word)} & known.keys()
        sizes = ((self._common.get(gram) or len(known[gram]), gram) for gram in asked_for)
        for size, gram in sorted(sizes):
            if counts and read + size > self._most:
                break
            having = self._having(gram)
            counts.update(having)
            if gram[0] == _SHORTENED:
                counts.update(having)  # tells more than a trigram
            read += size
        candidates = _most_shared(counts)
        found = self._alike(text, candidates)
        if len(found) < limit:
            known_already = {label for _, label in found}
            words = labels.words(text)
            found += [
                (likeness, label)
                for label in candidates[:_SOME]
                if label not in known_already
                and (likeness := _likeness(words, labels.words(self.folded[label])))
            ]
        found.sort(key=lambda item: (-item[0], self.folded[item[1]], item[1]))
        return found[:limit]

    def _alike(self, text: str, candidates: Sequence[int]) -> list[tuple[float, int]]:
        """Return those labels that are as a whole spelt like ``text``, with the likeness."""
        most = (len(text) + 2) // _LETTERS_PER_MISTAKE
        return [
            (1 - mistakes / max(len(text), len(choice)), candidates[place])
            for choice, mistakes, place in process.extract(
                text,
                [self.folded[label] for label in candidates],
                scorer=OSA.distance,
                score_cutoff=most,
                limit=None,
            )
        ]


def _most_shared(counts: Counter[int]) -> list[int]:
    """Return some of the labels with the highest counts, at most a few hundred."""
    least, kept = 0, 0
    for count, labels_with in sorted(Counter(counts.values()).items(), reverse=True):
        least, kept = count, kept + labels_with
        if kept >= _CANDIDATES:
            break
    # A heap of the most common would be as right and take three times as long.
    found = [label for label, count in counts.items() if count >= least]
    if len(found) > 2 * _CANDIDATES:
        found.sort(key=counts.__getitem__, reverse=True)
    return found[: 2 * _CANDIDATES]


def _grams(word: str) -> Iterator[str]:
    """Yield the trigrams of a word, and a short one itself and with each letter left out.

    One mistake in five letters can leave no trigram. Two words that differ by one mistake, of
    whatever sort, agree when a letter is left out of either or both (the SymSpell idea).
    """
    padded = f"^{word}$"
    for start in range(len(padded) - 2):
        yield padded[start : start + 3]
    if len(word) <= _SHORT:
        yield _SHORTENED + word
        for place in range(len(word)):
            yield _SHORTENED + word[:place] + word[place + 1 :]


def _starts(words: list[str], parts: list[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in parts)


def _likeness(asked: list[str], label: list[str]) -> float:
    """Return how well each word of ``asked`` is some word of ``label``, or 0 where one is none.

    For what leaves words out ("onbording" for "Customer Onboarding"); below one half, so that
    whole labels come first.
    """
    mistakes = 0
    for word in asked:
        best = min((OSA.distance(word, other[: len(word) + 2]) for other in label), default=99)
        # Three letters with one of them wrong could be anything: "nps" is no "ops".
        if best and (len(word) < 4 or best * _LETTERS_PER_MISTAKE > len(word) + 1):
            return 0.0
        mistakes += best
    length = sum(map(len, asked))
    return 0.5 * max(0.0, 1 - mistakes / length) * min(1.0, length / sum(map(len, label)))
