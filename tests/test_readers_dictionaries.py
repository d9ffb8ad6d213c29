"""Dictionary databases and packed files: dictd, StarDict, gzip, bzip2, xz."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import check

from extract.errors import UnreadableSource
from extract.model import Document
from extract.readers import databases, read

TEXT = "# Deck words\n\n**Jib**: A small sail.\n\n**Keel**: The spine of a hull.\n"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ARTICLES = {
    "00-database-short": "00-database-short\n  Words of the Quay\n",
    "berth": "berth /bɜːθ/ <n, pl>\n1. place at a {quay}\n   where a ship lies\n2. bunk\n",
    "captains table": "Captain's table\nTable of the best guests.\nHeight: low\n",
    "quay": "quay\n    n 1: wall at which ships lie [syn: {kay}, {wharf}]\n",
}
BLOCKS = [
    "term: berth", "part of speech: n", "definition: place at a quay where a ship lies",
    "definition: bunk", "term: Captain's table", "definition: Table of the best guests.",
    "note: low", "term: quay", "alias: key", "part of speech: n", "alias: kay", "alias: wharf",
    "definition: wall at which ships lie",
]  # fmt: skip


def base64(number: int) -> str:
    digits = ""
    while number or not digits:
        digits = DIGITS[number % 64] + digits
        number //= 64
    return digits


def dictd(folder: Path, suffix: str = ".dict.dz") -> None:
    """Write a database of dictd, whose index also holds "key" for the article of "quay"."""
    data, lines = b"", []
    for word, text in ARTICLES.items():
        place = f"{base64(len(data))}\t{base64(len(text.encode()))}"
        lines += [f"{name}\t{place}" for name in ([word, "key"] if word == "quay" else [word])]
        data += text.encode()
    (folder / "quay.index").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / f"quay{suffix}").write_bytes(gzip.compress(data) if suffix[-1] == "z" else data)


def shown(page: Document) -> list[str]:
    return [f"{b.role}: {b.span.of(page.text)}" for b in page.blocks]


@pytest.mark.parametrize("name", ["quay.index", "quay.dict.dz", "."])
def test_dictd(name: str, tmp_path: Path) -> None:
    """Any file of a database, or its folder, is the whole: words, senses, synonyms, links."""
    dictd(tmp_path)
    (page,) = read(tmp_path / name)
    check(page)
    assert (page.title, page.source) == ("Words of the Quay", page.source)
    assert shown(page) == BLOCKS
    assert [(link.span.of(page.text), link.kind) for link in page.links] == [("quay", "term")]


def test_dictd_in_an_archive(tmp_path: Path) -> None:
    """A database within a zip archive is one document, whatever lies beside it."""
    dictd(tmp_path, ".dict")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ("quay.index", "quay.dict"):
            archive.write(tmp_path / name, f"dict/{name}")
        archive.writestr("dict/deck.md", TEXT)
    pages = read(tmp_path / "all.zip")
    assert [shown(page)[0] for page in pages] == ["heading: Deck words", "term: berth"]


def test_text_of_dictd_without_its_index(tmp_path: Path) -> None:
    """A database whose index is missing is read as the text that it is."""
    (tmp_path / "quay.dict").write_text("Jib\n  A small sail.\n\nKeel\n  A spine.\n", "utf-8")
    (page,) = read(tmp_path / "quay.dict")
    assert page.media_type == "text/plain"


def stardict(folder: Path, kinds: str, articles: list[tuple[str, bytes]]) -> None:
    """Write a database of StarDict with one synonym for its first article."""
    data, index = b"", b""
    for word, text in articles:
        index += word.encode() + b"\0" + len(data).to_bytes(4, "big") + len(text).to_bytes(4, "big")
        data += text
    told = f"StarDict's dict ifo file\nversion=2.4.2\nbookname=Deck words\n{kinds}\n"
    (folder / "deck.ifo").write_text(told, encoding="utf-8")
    (folder / "deck.idx.gz").write_bytes(gzip.compress(index))
    (folder / "deck.dict").write_bytes(data)
    (folder / "deck.syn").write_bytes(b"foresail\0" + (0).to_bytes(4, "big"))


@pytest.mark.parametrize(
    ("kinds", "jib"),
    [
        ("sametypesequence=m", b"A small sail, see {Keel}."),
        ("sametypesequence=h", b"<b>A small sail</b>, see <a href='bword://Keel'>Keel</a>."),
        ("sametypesequence=tx", b"dz\0A small sail, see <kref>Keel</kref>."),
        ("", b"tdz\0mA small sail, see {Keel}.\0P\0\0\0\2\1\2"),
    ],
    ids=["plain", "HTML", "spoken and XDXF", "kinds told in the article"],
)
def test_stardict(kinds: str, jib: bytes, tmp_path: Path) -> None:
    """Articles of each kind are text with links; pronunciations, pictures and sounds are not."""
    keel = b"mA spine." if not kinds else b"\0A spine." if kinds[-2:] == "tx" else b"A spine."
    stardict(tmp_path, kinds, [("Jib", jib), ("Keel", keel)])
    (page,) = read(tmp_path / "deck.ifo")
    check(page)
    assert page.title == "Deck words"
    assert shown(page) == [
        "term: Jib", "alias: foresail", "definition: A small sail, see Keel.",
        "term: Keel", "definition: A spine.",
    ]  # fmt: skip
    assert [link.target for link in page.links] == ["Keel"]


@given(index=st.binary(max_size=80), data=st.binary(max_size=80), kinds=st.text(max_size=4))
@pytest.mark.parametrize("leading", ["x.index", "x.ifo"])
def test_any_database(leading: str, index: bytes, data: bytes, kinds: str) -> None:
    """Whatever stands in an index and a text, offsets are valid, or the error says why not."""
    told = f"bookname=x\nsametypesequence={kinds}".encode("utf-8", "replace")
    ifo = {"x.ifo": told, "x.idx": index, "x.dict": data, "x.syn": index}
    files = {"x.index": index, "x.dict": data} if leading == "x.index" else ifo
    try:
        check(databases.read(files, source="x"))
    except UnreadableSource as error:
        assert error.reason


@pytest.mark.parametrize(
    ("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_packed_file(suffix: str, pack: object, tmp_path: Path) -> None:
    """A packed file is read as what it holds, and its name tells the format."""
    assert callable(pack)
    (tmp_path / f"deck.md{suffix}").write_bytes(pack(TEXT.encode()))
    (page,) = read(tmp_path / f"deck.md{suffix}")
    assert (page.media_type, page.title, page.source) == ("text/markdown", "Deck words", "deck")
    assert [d.source for d in read(tmp_path)] == ["deck"]


def test_damaged_packed_file(tmp_path: Path) -> None:
    """A packed file that ends too early is refused with a sentence."""
    (tmp_path / "deck.md.gz").write_bytes(gzip.compress(TEXT.encode() * 50)[:60])
    with pytest.raises(UnreadableSource, match="damaged"):
        read(tmp_path / "deck.md.gz")
