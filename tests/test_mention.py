"""Facts about finding an entry's own labels in running text."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.components.mention import Mention, _compiled

WORDS = st.sampled_from(
    ["churn", "Churn", "IT", "it", "rates", "rate", "policies", "Policy", "sign-up", "Über", "a"]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@given(labels=st.lists(TEXTS, min_size=1, max_size=3), text=TEXTS)
def test_text_is_passed_over_only_where_the_pattern_cannot_match(
    labels: list[str], text: str
) -> None:
    """The quick look before the pattern changes no answer."""
    wanted = _compiled(tuple(labels))
    mention = Mention(tuple(labels))
    assert [m.span() for m in mention.finditer(text)] == [m.span() for m in wanted.finditer(text)]
    found, expected = mention.search(text), wanted.search(text)
    assert (found and found.span(1)) == (expected and expected.span(1))


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("Policy", "These policies apply", "policies"),
        ("IT", "use it well", None),
        ("Sign-up", "each sign up counts", "sign up"),
        ("Churn Rate", "the churn rates (monthly) fall", "churn rates"),
    ],
)
def test_label_in_either_number_and_case(label: str, text: str, expected: str | None) -> None:
    """Group 1 is the label as written; acronyms keep their case."""
    found = Mention((label,)).search(text)
    assert (found[1] if found else None) == expected


def test_spacy_is_whole_after_it_was_imported_without_its_commands() -> None:
    """The commands are not loaded with the model, and can be afterwards."""
    program = """
import sys
from extract.pipeline import load_model
load_model()
assert not [name for name in sys.modules if name.startswith("spacy.cli")]
import spacy, spacy.cli.info
assert spacy.info(silent=True)["spacy_version"] == spacy.__version__
assert callable(spacy.cli.download)
assert "weasel" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
