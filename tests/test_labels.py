"""Label forms: what is equal, what is an acronym, what an address looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import labels


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Churn Rate", "churn rates"),
        ("Hand-off Process", "Hand off Processes"),
        ("the Partner’s Badge", "partner's badge"),
        ("Terms of Service", "term of service"),
        ("Value–Added Services", "value-added service"),
        ("Quizzes", "quiz"),
        ("KPIs", "KPI"),
    ],
)
def test_spellings_of_one_label_share_a_key(left: str, right: str) -> None:
    """Case, plural, hyphen, quote and article do not tell labels apart."""
    assert labels.key(left) == labels.key(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("gross churn", "net churn"), ("C", "C++"), ("bus", "bu"), ("analysis", "analyst")],
)
def test_different_labels_keep_different_keys(left: str, right: str) -> None:
    """Words that differ in more than form keep labels apart."""
    assert labels.key(left) != labels.key(right)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_folded_like_all_text(text: str) -> None:
    """The short way for ASCII gives what the long way gives: a soft hyphen is no character."""
    assert labels.fold(text) == labels.fold(text + "\u00ad")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("NRR", True), ("SaaS", True), ("Noun", False), ("A", False), ("a KPI", False)],
)
def test_acronyms(text: str, expected: bool) -> None:
    """Two or more capitals that make up half of a short word."""
    assert labels.is_acronym(text) is expected


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("Customer Lifetime Value (CLTV)", "customer-lifetime-value-cltv"),
        ("C++", "c-plus-plus"),
        ("R&D", "r-and-d"),
        ("Größe", "grosse"),
        ("顧客", "顧客"),
        ("**", "asterisk-asterisk"),
    ],
)
def test_slugs(label: str, slug: str) -> None:
    """Slugs are readable, keep other scripts, and are never empty."""
    assert labels.slug(label) == slug


@given(st.text(min_size=1))
def test_slug_and_key_never_fail(label: str) -> None:
    """Any text has a key; slugs hold no white space or URL delimiters; both are stable."""
    slug = labels.slug(label)
    assert slug
    assert not set(slug) & set("/?#[]@!$&'()*+,;= %")
    assert labels.slug(slug) == slug or not slug.isascii()
    assert labels.key(label) == labels.key(labels.fold(label))


@given(st.one_of(st.text(), st.text(alphabet="aZ9 -'.+#_()%éſ", max_size=30)))
def test_words_are_the_tokens(text: str) -> None:
    """A label of nothing but letters, digits and blanks falls into the same words as any other."""
    assert labels.words(text) == labels._WORD.findall(labels.fold(text))
