"""Numbers by group and things by key, in arrays: the same as dictionaries would say."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from extract.model import Designation
from kg import passages
from kg.keyed import Keyed
from kg.model import Concept, Definition
from kg.postings import by_group, by_word


def words(count: int, most: int) -> list[list[str]]:
    chance = random.Random(5)
    return [[f"w{n}" for n in chance.sample(range(50), chance.randint(0, most))]
            for _ in range(count)]  # fmt: skip


def test_words_and_who_says_them() -> None:
    """The words come in order, each with the numbers that say it, ascending."""
    said = words(200, 6)
    expected: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(said):
        for word in each:
            expected[word].append(number)
    vocabulary, postings = by_word(said)
    assert vocabulary == sorted(expected)
    assert [list(numbers) for numbers in postings] == [expected[word] for word in vocabulary]
    assert postings.count(3, 7) == sum(len(postings[group]) for group in range(3, 7))


def test_numbers_by_group() -> None:
    """Each number is in its group and in no other; a group may be empty."""
    postings = by_group(5, [3, 0, 3, 1, 3])
    assert [list(numbers) for numbers in postings] == [[1], [3], [], [0, 2, 4], []]
    assert len(postings) == 5 and postings.count(0, 5) == 5


def test_nothing_at_all() -> None:
    """No words, no groups, no things: nothing is found, and nothing breaks."""
    vocabulary, postings = by_word([])
    assert vocabulary == [] and len(postings) == 0
    assert list(by_group(0, [])) == []
    assert Keyed(0, str).get("0") == () and list(Keyed(0, str).shared()) == []


@pytest.mark.parametrize("kinds", [1, 7, 400])
def test_things_by_key(kinds: int) -> None:
    """Every key finds its things in order, another one none; keys that several have are told."""
    keys = [f"k{random.Random(n).randrange(kinds)}" for n in range(300)]
    expected: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        expected[key].append(number)
    keyed = Keyed(len(keys), keys.__getitem__)
    assert {key: list(keyed.get(key)) for key in expected} == expected
    assert keyed.get("k-1") == ()
    several = [tuple(numbers) for numbers in expected.values() if len(numbers) > 1]
    assert list(keyed.shared()) == several


class Alike(str):
    """A text whose hash says nothing."""

    def __hash__(self) -> int:
        return 1


def test_keys_with_the_same_hash() -> None:
    """Keys that only hash alike are told apart."""
    keys = [Alike(text) for text in ("a", "b", "a", "c", "b", "a")]
    keyed = Keyed(len(keys), keys.__getitem__)
    assert [keyed.get(Alike(text)) for text in "abcd"] == [(0, 2, 5), (1, 4), (3,), ()]
    assert list(keyed.shared()) == [(0, 2, 5), (1, 4)]


@pytest.mark.parametrize("limit", [0, 3, 500])
def test_definitions_in_blocks(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In however many blocks the words of definitions are held: the same ones are found."""
    concepts = [
        Concept(
            slug=f"c{number}", label=f"c{number}",
            designations=(
                Designation(text=f"c{number}", language="en", type="full form", status="preferred"),
            ),
            definitions=tuple(
                Definition(source="s", entry=f"s#{number}", term="t", text=" ".join(each))
                for each in (said, said[1:])[: 1 + number % 2]
            ),
        )
        for number, said in enumerate(words(100, 9))
    ]  # fmt: skip
    asked = [["w7"], ["w1"], ["w4", "w12"], ["w"], ["w5", "no"], ["no"]]
    together = passages.Passages(concepts)
    expected = [list(together.containing(words, limit)) for words in asked]
    assert expected[1][:1] or not limit
    for size in (1, 7, 149, 150, 151):
        monkeypatch.setattr(passages, "_BLOCK", size)
        divided = passages.Passages(concepts)
        assert [list(divided.containing(words, limit)) for words in asked] == expected
