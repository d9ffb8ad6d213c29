"""Finding concepts by what people type, with the reason."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from extract.model import Designation
from kg.index import Index
from kg.model import Concept, Graph
from kg.search import FACETS, REASONS, search, suggest
from tests.sample_graph import sample_graph


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(sample_graph())


FIRST = [
    pytest.param("churn rate", "churn-rate", "exact label", id="exact but for case"),
    pytest.param("churn rates", "churn-rate", "exact label", id="plural"),
    pytest.param("CSM", "customer-success-manager", "acronym", id="acronym"),
    pytest.param("customer churn rate", "churn-rate", "alias", id="alias"),
    pytest.param("costumer health score", "customer-health-score", "alias", id="hidden label"),
    pytest.param("sicher", "safety-briefing", "prefix", id="prefix in another language"),
    pytest.param("lifetime", "customer-lifetime-value", "word start", id="word inside a label"),
    pytest.param("val cust", "customer-lifetime-value", "word start", id="word starts, any order"),
    pytest.param("log", "log", "exact label", id="preferred label before an alias"),
    pytest.param("chrun", "churn", "typo", id="letters swapped"),
    pytest.param("quaterly busness review", "quarterly-business-review", "typo", id="letters left"),
    pytest.param("onbording", "onboarding", "typo", id="a letter missing"),
    pytest.param("lieftime", "customer-lifetime-value", "typo", id="a misspelt word of a label"),
    pytest.param("mast boom", "rig", "definition text", id="words of a definition"),
]


@pytest.mark.parametrize(("q", "slug", "reason"), FIRST)
def test_first_hit(index: Index, q: str, slug: str, reason: str) -> None:
    """What is typed finds what is meant first, and says why."""
    first = search(index, q).hits[0]
    assert (first.concept, first.reason) == (slug, reason)


def test_each_concept_once_best_reason_first(index: Index) -> None:
    """No concept comes twice; reasons and scores go down."""
    hits = search(index, "log", limit=50).hits
    assert len({hit.concept for hit in hits}) == len(hits)
    assert [REASONS.index(hit.reason) for hit in hits] == sorted(
        REASONS.index(hit.reason) for hit in hits
    )
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 < hit.score <= 1 for hit in hits)


def test_definitions_name_their_source(index: Index) -> None:
    """A hit in a definition says whose; a word inside another word is none."""
    hits = [h for h in search(index, "customers", limit=50).hits if h.reason == "definition text"]
    assert {h.source for h in hits} == {"success"}
    assert not search(index, "ustomers who", limit=50).hits


def test_no_typos_where_the_label_is_right(index: Index) -> None:
    """What is spelt like a label is not taken for a misspelling of others."""
    assert all(hit.reason != "typo" for hit in search(index, "crew").hits)
    assert all(hit.reason != "typo" for hit in search(index, "crow", limit=50).hits[1:])


def test_short_words_are_not_guessed(index: Index) -> None:
    """Three letters with one of them wrong are no word of a label."""
    assert not [hit for hit in search(index, "lob").hits if hit.label == "Logbook"]


def test_language(index: Index) -> None:
    """``lang`` keeps labels of that language, with or without a region."""
    assert [h.label for h in search(index, "mann", lang="de-CH").hits] == ["Mannschaft"]
    assert not suggest(index, "mann", lang="en")
    english = {h.concept for h in search(index, "customers", lang="en").hits}
    assert english and not search(index, "customers", lang="fr").hits  # nor in definitions


def test_implied_concepts_can_be_left_out(index: Index) -> None:
    """Implied concepts are found unless they are not wanted."""
    assert search(index, "win rate").hits[0].concept == "win-rate"
    assert all(h.concept != "win-rate" for h in search(index, "win rate", implied=False).hits)


def test_pages(index: Index) -> None:
    """Pages follow each other without gap or repetition, and say when they end."""
    every = search(index, "c", limit=100)
    assert not every.more
    pages = [search(index, "c", limit=4, offset=offset) for offset in range(0, every.total, 4)]
    assert [hit for page in pages for hit in page.hits] == list(every.hits)
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]


@pytest.mark.parametrize("q", ["", "  ", "%", "§", "zzzzqqqq", "a" * 5000, "\x00", "(", "🙂"])
def test_odd_queries(index: Index, q: str) -> None:
    """Nothing, signs and nonsense find nothing and break nothing."""
    assert search(index, q).hits == ()
    assert suggest(index, q) == []


def test_suggest(index: Index) -> None:
    """Suggestions start with what is typed, shorter labels first, then word starts."""
    found = suggest(index, "cust", limit=4)
    assert {hit.reason for hit in found} == {"prefix"}
    assert [h.label for h in suggest(index, "churn")][:2] == ["Churn", "Churn Rate"]
    assert suggest(index, "retention")[0].label == "Retention Rate"
    assert suggest(index, "qbr")[0].reason == "acronym"


def _misspelt(label: str, chance: random.Random) -> str:
    """One mistake, or two in a label of eight letters or more: letters swapped, left, doubled."""
    for _ in range(1 if len(label) < 8 else chance.choice([1, 2])):
        place = chance.randrange(len(label))
        letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
        label = chance.choice(
            [
                label[:place] + letter + label[place + 1 :],
                label[:place] + label[place + 1 :],
                label[:place] + letter + label[place:],
                label[:place] + label[place + 1 : place + 2] + label[place] + label[place + 2 :],
            ]
        )
    return label


def test_misspelt_labels_are_found() -> None:
    """Of 500 misspelt labels among 3,000 made-up ones at least 97 % are in the first ten hits."""
    chance = random.Random(11)
    parts = ["an", "ber", "cor", "del", "est", "fin", "gar", "hol", "jun", "ker", "lam", "mor"]
    parts += ["nis", "ot", "pral", "qui", "ras", "sten", "tur"]
    words = sorted({"".join(chance.choices(parts, k=chance.choice([2, 3]))) for _ in range(900)})
    texts = sorted(
        {" ".join(chance.choices(words, k=chance.choice([1, 2, 3]))) for _ in range(3000)}
    )
    concepts = tuple(
        Concept(
            slug=text.replace(" ", "-"),
            label=text,
            designations=(Designation(text=text, language="en", status="preferred"),),
        )
        for text in texts
    )
    index = Index(Graph(base="http://localhost/", title="", concepts=concepts))
    asked = [
        (concept, _misspelt(concept.label, chance)) for concept in chance.sample(concepts, 500)
    ]
    found = sum(
        any(hit.concept == concept.slug for hit in suggest(index, q)) for concept, q in asked
    )
    assert found >= 0.97 * len(asked)


def test_facets_count_every_hit(index: Index) -> None:
    """Facets count the hits of all pages, also those that only a definition has."""
    found = search(index, "c", limit=1, facets=True)
    assert found.total > 5 and len(found.hits) == 1 and found.more
    everything = search(index, "c", limit=found.total, facets=True)
    kinds = Counter(index.concept(hit.concept).kind for hit in everything.hits)
    assert found.facets["kind"] == dict(kinds)
    assert found.facets["reason"] == dict(Counter(hit.reason for hit in everything.hits))
    assert list(found.facets) == list(FACETS)
    assert sum(found.facets["language"].values()) == found.total
    assert search(index, "c").facets == {}


@pytest.mark.parametrize("facet", FACETS)
def test_each_facet_narrows(index: Index, facet: str) -> None:
    """Each value finds as many hits as was counted; the other values stay to be chosen."""
    q = "cr" if facet == "language" else "customer"
    counts = search(index, q, facets=True).facets[facet]
    for value, count in counts.items():
        some = search(index, q, limit=100, only={facet: value}, facets=True)
        assert (some.total, len(some.hits)) == (count, count), value
        assert some.facets[facet] == counts
    assert search(index, q, only={facet: "xyzzy"}).total == 0


def test_facets_narrow_together(index: Index) -> None:
    """Two facets at once keep what has both; each counts what the other leaves."""
    only = {"kind": "metric", "source": "club"}
    both = search(index, "customer", limit=50, only=only, facets=True)
    assert [hit.concept for hit in both.hits] == ["churn-rate"]
    assert both.facets["source"]["success"] > 1
