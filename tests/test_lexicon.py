"""A user's own words and patterns (``--lexicon``): what they add, and what is said of faults."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from extract import lexicon, lexicon_form, patterns
from extract.lexicon import MalformedLexicon
from tests.test_cli import run

ROOT = Path(__file__).resolve().parent.parent
DOCS = re.search(
    r"```toml\n(.*?)```", (ROOT / "docs" / "lexicon.md").read_text(encoding="utf-8"), re.DOTALL
)
GLOSSARY = """\
Bilge Pump – A pump that dewaters the hull.
Hull – The body of a boat.
Anode (nicknamed the zinc) – A block which shields the hull against corrosion.
Corrosion – The eating away of metal by sea water.
Winch – A gizmo for ropes.
"""
PATTERN = '[[verb]]\nkey = "x"\ntype = "reduces"\nwords = ["dewater"]\n'


def test_the_file_that_the_docs_show(tmp_path: Path) -> None:
    """Its verbs, their frames and its wording of other names are read, under their keys."""
    assert DOCS is not None
    (tmp_path / "own.toml").write_text(DOCS[1], encoding="utf-8")
    (tmp_path / "boats.txt").write_text(GLOSSARY, encoding="utf-8")
    read = {}
    for options in ((), ("--lexicon", tmp_path / "own.toml")):
        out = tmp_path / "out.json"
        ended = run(tmp_path, "extract", tmp_path / "boats.txt", *options, "-o", out)
        assert ended.returncode == 0, ended.stderr
        read[bool(options)] = {e["term"]: e for e in json.loads(out.read_bytes())["entries"]}
    stated = {
        (term, r["type"], r["target"], r["rule"])
        for term, entry in read[True].items()
        for r in entry["relations"]
        if r["type"] == "reduces"
    }
    assert stated == {
        ("Bilge Pump", "reduces", "hull", "dewater"),
        ("Anode", "reduces", "corrosion", "shield"),
    }
    assert not any(r["type"] == "reduces" for e in read[False].values() for r in e["relations"])
    assert read[True]["Anode"]["aliases"] == ["the zinc"]
    assert read[False]["Anode"]["aliases"] != ["the zinc"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[verbs]]\nkey = 'x'\n", r"\[verbs\] is one table of lists.*\[\[verb\]\]"),
        ("[[aliases]]\nkey = 'x'\n", r"There is no \[aliases\]\. Near: alias"),
        ("[genus]\ntransparant = ['x']\n", "genus.transparant. Near: genus.transparent"),
        ("[genus]\ntransparent = 'x'\n", "genus.transparent is to be a list of texts"),
        ("[genus]\ntransparent = [1]\n", "genus.transparent is to be a list of texts"),
        ("[sentence_weights]\nnone = 'x'\n", "sentence_weights.none is to be a number"),
        ("verb = 'x'\n", r"two brackets: \[\[verb\]\]"),
        (PATTERN.replace('"x"', "1"), "key is to be a text"),
        (PATTERN.replace('type = "reduces"', ""), "lacks the key 'type'"),
        (PATTERN.replace('["dewater"]', '"dewater"'), "words is to be a list of texts"),
        (PATTERN.replace('["dewater"]', "[]"), "words is empty"),
        (PATTERN + "confidence = 8\n", "confidence is to be a number from 0 to 1"),
        (PATTERN + "confidense = 0.8\n", 'takes no "confidense". Near: confidence'),
        (PATTERN + "people = 'no'\n", "people is to be true or false"),
        (PATTERN.replace("reduces", "reduce"), r'No relation type "reduce"\.'),
        ("[[alias]]\nkey='x'\nlead=['y']\ntype='nick'\n", "type is one of abbreviation, acronym"),
        ("[[alias]]\nkey='x'\nlead=['y']\ntype=['nick']\n", "type is to be a text"),
        ("fr = 'x'\n", r"\[\[fr\.verb\]\]"),
        ("[fr]\nverb = 3\n", r"two brackets: \[\[fr\.verb\]\]"),
        ("[fr.genuses]\ngeneric = ['x']\n", r"There is no \[fr\.genuses\]\. Near: fr\.genus"),
        ("foo = [", "docs/lexicon.md shows one"),
        ("\udcff", "not UTF-8"),
        (None, "cannot be read: No such file"),
    ],
)
def test_faults_are_named(text: str | None, said: str, tmp_path: Path) -> None:
    """The place, what stands there and what should, with the file; nothing is read past it."""
    file = tmp_path / "own.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(MalformedLexicon, match=said) as raised:
        lexicon.load(file)
    assert str(raised.value).startswith(str(file))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Editors of Windows write one."""
    file = tmp_path / "own.toml"
    file.write_text('[genus]\ntransparent = ["gizmo"]\n', encoding="utf-8-sig")
    assert "gizmo" in lexicon.load(file)["genus.transparent"]


def test_the_shipped_file_has_the_form_that_is_asked_of_others() -> None:
    """What we ship passes the same look."""
    shipped = (ROOT / "extract" / "lexicon.toml").read_text(encoding="utf-8")
    assert list(lexicon_form.faults(tomllib.loads(shipped), tomllib.loads(shipped))) == []
    for tag in patterns.LANGUAGES:
        own = dict(patterns.shipped(tag))
        assert list(lexicon_form.faults(own, own, tag)) == []


def test_a_missing_file_ends_with_3(tmp_path: Path) -> None:
    """The command names it, without a number of the system."""
    (tmp_path / "boats.txt").write_text(GLOSSARY, encoding="utf-8")
    ended = run(tmp_path, "extract", tmp_path / "boats.txt", "--lexicon", tmp_path / "none.toml")
    assert ended.returncode == 3
    assert "none.toml: No such file" in ended.stderr
