"""Facts about the names of concepts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.registry import Claim, MalformedRegistry, Registry, digest


def claim(label: str, *entries: str, labels: tuple[str, ...] = ()) -> Claim:
    return Claim(label=label, entries=entries, labels=labels)


def test_new_names() -> None:
    """A slug is made of the label; a second concept of the same name gets a number."""
    assert Registry().assign([claim("Lead", "a/1"), claim("lead", "a/2")]) == ["lead", "lead-2"]


def test_names_stay_whatever_the_order() -> None:
    """Concepts keep their slugs in another order and with another preferred label."""
    registry = Registry()
    registry.assign([claim("Lead", "a/1"), claim("Lead", "a/2")])
    assert registry.assign([claim("Metal", "a/2"), claim("Lead", "a/1")]) == ["lead-2", "lead"]


def test_merge_leaves_a_redirect() -> None:
    """Of two concepts merged later one keeps its slug, and the other's leads there."""
    registry = Registry()
    registry.assign([claim("Churn rate", "a/1"), claim("Customer churn rate", "b/1")])
    assert registry.assign([claim("Customer churn rate", "a/1", "b/1")]) == ["churn-rate"]
    assert registry.redirects == {"customer-churn-rate": "churn-rate"}


def test_split_takes_the_redirect_back_never_the_name() -> None:
    """When merged concepts part again, nobody's slug moves and the new one gets a fresh slug."""
    registry = Registry()
    registry.assign([claim("A", "a/1"), claim("B", "b/1")])
    registry.assign([claim("A", "a/1", "b/1")])
    slugs = registry.assign([claim("A", "a/1"), claim("B", "b/1")])
    assert slugs == ["a", "b-2"]
    assert registry.redirects == {"b": "a"}


def test_renamed_entry_leaves_a_redirect() -> None:
    """A headword that changed leads from its old slug, if the old one is still among its labels."""
    registry = Registry()
    registry.assign([claim("Hand-off", "a/hand-off")])
    (slug,) = registry.assign([claim("Handover", "a/handover", labels=("Hand-off",))])
    assert (slug, registry.redirects) == ("handover", {"hand-off": "handover"})


def test_a_heading_renamed_without_an_alias_leaves_a_redirect() -> None:
    """What one source says in the same words under a new name is the same concept."""
    said = digest("a", "Hand-off", "A hand-off gives the account from sales to support.")
    again = digest(
        "a", "Order handover", "An order handover gives the account from sales to support."
    )
    registry = Registry()
    registry.assign([Claim(label="Hand-off", entries=("a/hand-off",), said=(said,))])
    registry = Registry.from_json(registry.as_json())
    (slug,) = registry.assign([Claim(label="Order handover", entries=("a/order",), said=(again,))])
    assert (slug, registry.redirects) == ("order-handover", {"hand-off": "order-handover"})


def test_equal_words_tell_nothing_of_a_renaming() -> None:
    """Of two that were said alike, in another source, or of one there before: no redirect."""
    same = digest("a", "", "Words that are said of several things.")

    def redirects(before: list[Claim], now: list[Claim]) -> dict[str, str]:
        registry = Registry()
        registry.assign(before)
        registry.assign(now)
        return registry.redirects

    old = Claim(label="Old", entries=("a/old",), said=(same,))
    other = Claim(label="Other", entries=("a/other",), said=(same,))
    new = Claim(label="New", entries=("a/new",), said=(same,))
    assert redirects([old], [new]) == {"old": "new"}
    assert redirects([old, other], [new]) == {}
    assert redirects([old], [new, other]) == {}
    assert redirects([old, other], [other]) == {}
    elsewhere = digest("b", "", "Words that are said of several things.")
    assert redirects([old], [Claim(label="New", entries=("b/new",), said=(elsewhere,))]) == {}
    assert digest("a", "Churn", "The loss of churn.") == ""


def test_implied_concept_keeps_its_name_when_defined() -> None:
    """A concept that only others spoke of keeps its slug when a glossary defines it."""
    registry = Registry()
    registry.assign([claim("Win rate")])
    assert registry.assign([claim("Win rates", "a/win-rates")]) == ["win-rate"]


def test_vanished_names_stay_reserved() -> None:
    """The slug of a concept that is gone is given to no other, and returns with its entry."""
    registry = Registry()
    registry.assign([claim("Log", "a/log")])
    registry.assign([claim("Sail", "a/sail")])
    assert registry.assign([claim("Log", "a/log"), claim("Log", "b/log")]) == ["log", "log-2"]


def test_chains_of_redirects_are_one_step() -> None:
    """A redirect leads to the present slug, however often it was merged."""
    registry = Registry()
    registry.assign([claim("A", "1"), claim("B", "2"), claim("C", "3")])
    registry.assign([claim("A", "1", "2"), claim("C", "3")])
    registry.assign([claim("C", "1", "2", "3")])
    slug = {**registry.redirects}
    assert set(slug) | set(slug.values()) == {"a", "b", "c"}
    assert len(set(slug.values())) == 1


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(0, 9)), unique=True, max_size=8),
        max_size=4,
    )
)
def test_every_slug_ever_given_leads_somewhere_or_is_reserved(
    builds: list[list[tuple[str, int]]],
) -> None:
    """Slugs of a build are distinct, and none is given to entries that never had it while known."""
    registry = Registry()
    owner: dict[str, str] = {}
    for build in builds:
        claims = [claim(label, f"{label}{number}") for label, number in build]
        slugs = registry.assign(claims)
        assert len(set(slugs)) == len(slugs)
        assert not set(slugs) & set(registry.redirects)
        assert set(registry.redirects.values()) <= set(registry.as_json()["concepts"])
        for slug, made in zip(slugs, claims, strict=True):
            label = made.label
            assert owner.setdefault(slug, label) == label


def test_file(tmp_path: Path) -> None:
    """A registry is the same after writing and reading; no file is an empty registry."""
    path = tmp_path / "g" / "registry.json"
    assert Registry.load(path) == Registry()
    registry = Registry()
    registry.assign([claim("Größe", "a/1"), claim("B", "a/2")])
    registry.assign([claim("B", "a/1", "a/2")])
    registry.save(path)
    assert Registry.load(path) == registry
    assert Registry.load(path).to_bytes() == path.read_bytes()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "glossgraph-registry/1"}'])
def test_damaged_file(tmp_path: Path, content: str) -> None:
    """A damaged registry is refused in a sentence: silently new names would break every link."""
    path = tmp_path / "registry.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MalformedRegistry, match=r"registry\.json: .+\. Put back"):
        Registry.load(path)
