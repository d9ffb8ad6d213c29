"""Plain text, its encodings, and what a user may name as a source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import check

from extract.errors import UnreadableSource
from extract.model import Document
from extract.readers import READERS, SUFFIXES, read, read_all, read_bytes
from extract.readers.encoding import decode
from extract.readers.language import guess


def text(content: str | bytes) -> Document:
    data = content.encode() if isinstance(content, str) else content
    return read_bytes(data, source="x", name="x.txt")


def lines(document: Document) -> list[tuple[str, str, int]]:
    return [(b.marker, b.span.of(document.text), b.indent) for b in document.blocks]


def test_every_suffix_has_a_reader() -> None:
    """The table of suffixes names media types only; those of READERS are callable."""
    assert set(SUFFIXES.values()) - {"application/zip"} <= set(READERS)
    assert all(callable(reader) for reader in READERS.values())


def test_each_line_is_a_block() -> None:
    """Bullets, numbers and indents are told apart from the words; blank lines are no blocks."""
    document = text(
        "Halyard\r\n\r\n  • Jib – a sail\r\n\t3) Keel: fin\n- Luff\n-----\n2.5 mm pin\n"
    )
    assert lines(document) == [
        ("", "Halyard", 0),
        ("•", "Jib – a sail", 2),
        ("3)", "Keel: fin", 8),
        ("-", "Luff", 0),
        ("", "-----", 0),
        ("", "2.5 mm pin", 0),
    ]
    assert [b.locator for b in document.blocks] == [f"line {n}" for n in (1, 3, 4, 5, 6, 7)]
    assert "\r" not in document.text


def test_clause_numbers_are_markers() -> None:
    """Numbers that count up, as in ISO documents, stand before the term and not in it."""
    document = text("3.1 bow\nfront\n3.2 stern\nback\n3.2.1 transom\nflat\n3.3 beam\nwidth\n")
    assert [m for m, _, _ in lines(document) if m] == ["3.1", "3.2", "3.2.1", "3.3"]


def test_wiki_markers() -> None:
    """MediaWiki's semicolon and colon are markers."""
    assert [m for m, _, _ in lines(text("; Tack\n: To turn the bow\n"))] == [";", ":"]


def test_form_feed_ends_a_line() -> None:
    """A page break stands between blocks and stays in the text."""
    document = text("end of page\fKeel\nfin")
    assert [t for _, t, _ in lines(document)] == ["end of page", "Keel", "fin"]
    assert "\f" in document.text
    assert document.blocks[2].locator == "line 2"


def test_no_break_space_stays_but_not_at_the_ends() -> None:
    """U+00A0 stays inside a block; blocks begin and end with something visible."""
    document = text("\u00a0Net\u00a0Promoter \u200b\n\u00a0\n")
    assert lines(document) == [("", "Net\u00a0Promoter", 1)]
    assert document.text == "\u00a0Net\u00a0Promoter \u200b\n\u00a0\n"


def test_title_names_the_glossary() -> None:
    """The title is the line that calls itself a glossary, else the file's name."""
    assert text("top of page\nSailing Glossary\nA\nAft – behind\n").title == "Sailing Glossary"
    assert text("Aft – behind\n").title == "x.txt"


ENCODINGS = {
    "utf-8-sig": ("Café – a “small” place\n", "mark"),
    "utf-16": ("Café – a “small” place\n", "mark"),
    "utf-16-le": ("Halyard: a rope used to hoist sails\n", "pattern"),
    "utf-16-be": ("Halyard: a rope used to hoist sails\n", "pattern"),
    "utf-32": ("Café – a “small” place\n", "mark"),
    "utf-8": ("Café – a “small” place\n", "utf-8"),
    "cp1252": ("Café – a “small” place where people sit down to drink coffee\n", "guessed"),
    "cp1251": ("Глоссарий. Фал: снасть для подъёма парусов на мачту судна. " * 4, "guessed"),
    "shift_jis": (
        "用語集。帆とは、風を受けて船を進めるための布である。これは船の部品です。" * 4,
        "guessed",
    ),
    "gb18030": ("术语表。帆是船上利用风力前进的布。这是船的一个部件，很重要。" * 4, "guessed"),
    "iso2022_jp": ("用語集。帆とは、風を受けて船を進めるための布である。", "pattern"),
}


@pytest.mark.parametrize("codec", ENCODINGS)
def test_encodings(codec: str) -> None:
    """The text comes back whole from every encoding that people save glossaries in."""
    content, basis = ENCODINGS[codec]
    decoded = decode(content.encode(codec), source="x")
    assert decoded.text == content
    assert decoded.basis == basis


CYRILLIC = {
    "Russian": "Компас – Прибор, показывающий север.\nЯкорь – Предмет, держащий судно.\n",
    "Bulgarian": "Котва – Предмет, който държи кораба.\nПлатно – Тъкан, която лови вятъра.\n",
}


@pytest.mark.parametrize("codec", ["cp1251", "mac_cyrillic", "koi8_r"])
@pytest.mark.parametrize("language", CYRILLIC)
def test_short_cyrillic_texts(language: str, codec: str) -> None:
    """Windows, Macintosh and KOI8 are told apart by two lines, though letters are shared."""
    written = CYRILLIC[language]
    if codec == "koi8_r":
        written = written.replace("–", "-")
    assert decode(written.encode(codec), source="x").text == written


def test_a_guessed_encoding_is_a_finding() -> None:
    """A guess is recorded; what the file says itself is not."""
    assert [f.rule for f in text("Café – lieu".encode("cp1252")).findings] == ["encoding-guessed"]
    assert text("Café – lieu").findings == ()


BROKEN = {
    "empty": (b"", "is empty"),
    "blank": (b"\xef\xbb\xbf \n\t", "is empty"),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG picture"),
    "gzip": (b"\x1f\x8b\x08\x00abc", "the packed file is damaged"),
    "pdf as text": (b"%PDF-1.7 abc", "a PDF document"),
    "nul bytes": (b"abc\x00\x01\x02def\x00" * 9, "a binary file"),
}


@pytest.mark.parametrize("label", BROKEN)
def test_what_is_no_text_is_named(label: str) -> None:
    """Empty and binary files give a sentence that names what they are."""
    data, sentence = BROKEN[label]
    with pytest.raises(UnreadableSource, match=sentence):
        text(data)


def test_words_that_begin_like_binaries_are_text() -> None:
    """ "BMW" and "MZ" begin a bitmap and a program, but these files are text."""
    assert text("BMW: a maker of cars\n").text
    assert text("MZ: a maker of motorcycles\n").text


LANGUAGES = {
    "en": "A halyard is a rope that is used to hoist a sail.",
    "de": "Ein Fall ist eine Leine, mit der das Segel auf dem Boot gesetzt wird und oder der Baum.",
    "fr": "La drisse est un cordage qui sert à hisser les voiles et les pavillons sur le mât.",
    "es": "La driza es un cabo que se usa para izar las velas y los pabellones en el palo.",
    "ru": "Фал — снасть для подъёма парусов",
    "zh": "帆是船上利用风力前进的布。CRM 系统",
    "ja": "帆とは、風を受けて船を進めるための布",
    "ko": "돛은 바람을 받아 배를 나아가게 하는 천이다",
    "ar": "الشراع قماش يستخدم لدفع السفينة",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_language(language: str) -> None:
    """Script and function words tell the language; without them it is English."""
    assert guess(LANGUAGES[language]) == language
    assert guess("Mise en place, cul-de-sac, El Niño") == "en"


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """Bytes give a document with valid offsets or the error that says why not."""
    try:
        document = text(data)
    except UnreadableSource as error:
        assert error.reason
    else:
        check(document)


@settings(deadline=None)
@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200
    )
)
def test_text_stays_as_it_is(content: str) -> None:
    """The text is the source's to the letter, with line feeds at line ends."""
    try:
        document = text(content)
    except UnreadableSource:
        return
    check(document)
    if not any("\x00" <= c < " " or "\x7f" <= c < "\xa0" for c in content):
        assert document.text == content.removeprefix("\ufeff").removeprefix("\ufeff")


def test_one_broken_file_does_not_stop_the_others(tmp_path: Path) -> None:
    """What cannot be read is a finding that names the file, not the folder it lies in."""
    (tmp_path / "good.txt").write_text("Jib – a sail\n", encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    reading = read_all([str(tmp_path), str(tmp_path / "missing.txt")])
    assert [d.source for d in reading.documents] == ["good"]
    assert {(f.subject, f.severity) for f in reading.findings} == {
        ("bad.txt", "error"),
        ("missing.txt", "error"),
    }
    assert all(str(tmp_path) not in f.message for f in reading.findings)
    assert any(str(tmp_path) in str(error) for error in reading.errors)


def test_standard_input(tmp_path: Path) -> None:
    """A hyphen reads the standard input, whose format is told from its content."""
    reading = read_all(["-"], stdin=lambda: b"Jib: a sail\n")
    assert [(d.source, d.uri, d.media_type) for d in reading.documents] == [
        ("stdin", "sources/stdin", "text/plain")
    ]


def test_globs_and_missing_files(tmp_path: Path) -> None:
    """A glob is expanded in order; one without a match, and a missing file, say so."""
    for name in ("b.txt", "a.txt", "c.csv"):
        (tmp_path / name).write_text("Jib – a sail\n", encoding="utf-8")
    assert [d.source for d in read_all([str(tmp_path / "*.txt")]).documents] == ["a", "b"]
    assert "no file fits" in str(read_all([str(tmp_path / "*.zzz")]).errors[0])
    with pytest.raises(UnreadableSource, match="no such file"):
        read(tmp_path / "missing.txt")


def test_no_place_on_this_machine_is_kept(tmp_path: Path) -> None:
    """Nothing of a document holds the path it was read from."""
    path = tmp_path / "My terms (v2).txt"
    path.write_text("Jib – a sail\n", encoding="utf-8")
    [document] = read(path)
    assert str(tmp_path) not in repr(document)
    assert document.uri == "sources/My-terms-v2"


def test_words_in_braces_are_links() -> None:
    """A dictionary that links by braces loses them and keeps the links; code keeps its braces."""
    told = "A {token ring} of {nodes},\nsee {data\nlink}, {x (http://example.org/x)} and {OSI}."
    page = text(f"ring\n\n   {told}\n")
    assert "token ring of nodes" in page.text and "{" not in page.text
    assert [(x.span.of(page.text), x.target, x.kind) for x in page.links] == [
        ("token ring", "token ring", "term"),
        ("nodes", "nodes", "term"),
        ("data\nlink", "data link", "term"),
        ("x (http://example.org/x)", "http://example.org/x", "href"),
        ("OSI", "OSI", "term"),
    ]
    code = "a { b = 1; } c { d = 2; } e { f = 3; } g { h = 4; } i { j = 5; }\n"
    assert text(code).text == code and not text(code).links


def test_dollars_before_terms_are_markers() -> None:
    """As RFC 4949 sets them, with a kind of entry in brackets below; a shell's prompt is none."""
    terms = (
        "$ door\n   (I) An opening.\n\n$ key\n   (N) What opens it.\n\n$ lock\n   (I) See: door.\n"
    )
    assert [m for m, _, _ in lines(text(terms)) if m] == ["$", "$", "$"]
    assert not any(m for m, _, _ in lines(text("$ ls\na\n$ cd b\n$ pwd\nb\n")))
