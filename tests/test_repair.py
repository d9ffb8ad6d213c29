"""Repair of damaged text: what comes back whole, what is left alone, and where offsets go."""

from __future__ import annotations

import json
import random
from pathlib import Path

import ftfy.bad_codecs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import check, document

from extract.errors import UnreadableSource
from extract.model import Document
from extract.repair import original, repair

WORDS: dict[str, list[str]] = {
    language: words.split()
    for language, words in json.loads(
        (Path(__file__).parent / "cases" / "repair_words.json").read_text(encoding="utf-8")
    ).items()
}
CODECS = "gb18030 gbk cp932 cp1252 sloppy-windows-1252 latin-1 mac_roman cp437"
ftfy.bad_codecs.ok()


def repaired(text: str, name: str = "x.txt") -> Document:
    before = document(text, name)
    after = repair(before)
    assert original(after) == before.text
    check(after)
    return after


def test_seed_001(seeds: list[Path]) -> None:
    """All seven damaged places of page 001 come back; its genuine Chinese words stay."""
    after = repaired(seeds[1].read_text(encoding="utf-8"))
    assert len(after.edits) == 7
    assert after.text.count("partner’s") == 2
    assert after.text.count(" — ") == 5
    assert "色盒直播" in after.text
    assert "鈥" not in after.text


@pytest.mark.parametrize("number", [0, 2, 3, 4])
def test_other_seeds(seeds: list[Path], number: int) -> None:
    """Pages without damage are returned as they are."""
    before = document(seeds[number].read_bytes(), "x.txt")
    assert repair(before) is before


PAGE = """The partner’s plan — “growth”, said: “Yes,” 2010–2015
• Café naïve Zürich €5 — it’s Brand™ work
• “5 ways” to win, the partners’ own
Ärger über Straßen; façade, déjà vu, “a ‘b’ c”.
An entry of plain words stands here to make it a page.
"""


@pytest.mark.parametrize("errors", ["replace", "ignore"])
@pytest.mark.parametrize("codec", CODECS.split())
def test_round_trip(codec: str, errors: str) -> None:
    """UTF-8 read in a wrong encoding, bytes lost or replaced, comes back without one wrong sign."""
    assert repaired(PAGE.encode().decode(codec, errors)).text == PAGE


@pytest.mark.parametrize("codec", ["gbk", "cp932", "cp1252"])
def test_round_trip_of_pages(codec: str) -> None:
    """200 pages of English with French words, quotes and dashes come back whole."""
    rng = random.Random(codec)
    for _ in range(200):
        words = rng.choices(WORDS["en"], k=60)
        for _ in range(8):
            word = rng.choice(WORDS["en"])
            words.insert(
                rng.randrange(60),
                rng.choice([f"“{word}”", f"{word}’s", "—", f"{word}…then", "naïve", "über"]),
            )
        text = "It’s said: " + " ".join(words) + "\n"
        damaged = text.encode().decode(codec, "ignore")
        assert repaired(damaged).text == text


def test_long_texts() -> None:
    """A megabyte of damaged lines, or of hanzi without a break, is repaired in every line."""
    damaged = repaired("The partner鈥檚 plan 鈥 “growth鈥 and Caf茅 ﬁt\n" * 20_000)
    assert len(damaged.edits) == 100_000
    hanzi = repaired("partner鈥檚 " + "".join(WORDS["zh"]) * 1000)
    assert len(hanzi.edits) == 1


def pages(language: str, count: int, evidence: str) -> list[str]:
    """Return pages of a language's words, alone, in English, and beside damaged English."""
    rng = random.Random(language)
    joiner = "" if language in {"zh", "ja"} else " "
    found = []
    for _ in range(count):
        sentence = joiner.join(rng.choices(WORDS[language], k=rng.randint(4, 12)))
        word = joiner.join(rng.choices(WORDS[language], k=rng.randint(1, 2)))
        english = rng.choices(WORDS["en"], k=6)
        found.append(
            f"{' '.join(english)} {word} {english[0]}{word} {word}{english[1]}: {sentence}"
        )
    return [f"{evidence}\n" + "\n".join(found[i : i + 100]) for i in range(0, count, 100)]


@pytest.mark.parametrize("evidence", ["No damage.", "The partner鈥檚 plan", "The partner窶冱 plan"])
@pytest.mark.parametrize(
    ("language", "count"),
    [("zh", 7000), ("ja", 2000), ("ko", 2000), ("fr", 2000), ("ru", 2000), ("ar", 2000)],
)
def test_genuine_text_stays(language: str, count: int, evidence: str) -> None:
    """Not one of 20,000 Chinese words in English, nor of the other languages, is touched.

    Also where the page holds real damage, which is what lets repairs begin at all. Each line
    holds the word three times: apart, and joined to English letters before and behind.
    """
    for page in pages(language, count, evidence):
        first = page.index("\n")
        after = repaired(page)
        assert after.text[after.text.index("\n") :] == page[first:], [e.before for e in after.edits]


SINGLES = {
    "c1": ("It\x92s a \x93test\x94", "It’s a “test”"),
    "ligature": ("The ﬁrst oﬃce ﬂoor", "The first office floor"),
    "invisible": ("on\u200bboard\u00ading \u200d x", "onboarding \u200d x"),
    "escape": ("\x1b[1mBold\x1b[0m text", "Bold text"),
    "control": ("a\x07b and more words", "ab and more words"),
    "entity": ("Q&amp;A and R&#38;D", "Q&A and R&D"),
}


@pytest.mark.parametrize("rule", SINGLES)
def test_single_characters(rule: str) -> None:
    """Controls, ligatures, invisible characters and doubled escapes go, with their rule named."""
    before, wanted = SINGLES[rule]
    after = repaired(before)
    assert after.text == wanted
    assert {edit.rule for edit in after.edits} == {rule}


def test_what_stays() -> None:
    """Curly quotes, full-width forms, superscripts, fractions and quoted entities stay."""
    text = "“Curly” ‘q’ ＡＢＣ m² ½ Ⅳ … no\u00a0break\n&amp; – the ampersand, “&quot;” a quote\n"
    assert repaired(text).text == text


def test_offsets_move_along() -> None:
    """Blocks, bold leads, links and anchors cover the same words after the repair."""
    page = "- **Partner鈥檚 ﬁt**: see [the ﬁne 鈥 art](#x)\n\n## Oﬃce鈥檚 {#x}\n\nText.\n"
    before = document(page, "x.md")
    after = repair(before)
    check(after)
    assert [b.span.of(after.text) for b in after.blocks] == [
        "Partner’s fit: see the fine — art",
        "Office’s",
        "Text.",
    ]
    assert after.blocks[0].bold is not None
    assert after.blocks[0].bold.of(after.text) == "Partner’s fit"
    assert [link.span.of(after.text) for link in after.links] == ["the fine — art"]
    assert after.text[after.anchors["x"] :].startswith("Office’s")
    for edit in after.edits:
        assert edit.rule
        assert edit.before != after.text[edit.start : edit.end]


def test_repair_twice() -> None:
    """A repaired document is left as it is."""
    once = repaired("The partner鈥檚 plan")
    assert repair(once) is once


PIECES = ["鈥檚", "鈥", "窶冱", "â€™", "Ã©", "ﬁ", "\x92", "\u200b", "é", "中文", "Привет"]
PIECES += [" ", "\n", "a", "?", "\ufffd", "&amp;", "\x1b[0m", "1", "“", "”"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30), st.sampled_from("tm"))
def test_any_text(pieces: list[str], kind: str) -> None:
    """Any text can be repaired, restored from its edits, and keeps valid offsets."""
    text = "".join(pieces).encode("utf-8", "replace").decode()
    try:
        before = document(text, "x.txt" if kind == "t" else "x.md")
    except UnreadableSource:
        return
    after = repair(before)
    check(after)
    assert original(after) == before.text
    end = 0
    for edit in after.edits:
        assert end <= edit.start <= edit.end <= len(after.text)
        end = edit.end
