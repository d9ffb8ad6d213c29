"""Folders and archives: one glossary in parts, or several glossaries."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from extract.errors import UnreadableSource
from extract.pipeline import analyse
from extract.readers import read, read_all
from kg.link import link

TERMS = {"churn-rate": "Churn rate", "nps": "Net Promoter Score", "onboarding": "Onboarding"}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def uris(folder: Path) -> list[str]:
    return [document.uri for document in read(folder)]


# What each file of a folder is called and holds: {0} is the stem, {1} the term.
LAYOUTS = {
    "headings": ("{0}.md", "# {1}\n\nText.\n\n## See also\n\nx\n"),
    "front matter": ("{0}.md", "---\ntitle: {1}\n---\nText.\n"),
    "text": ("{0}.txt", "{1}\n\nText of it.\n"),
    "AsciiDoc": ("{0}.adoc", "= {1}\n\nText.\n"),
    "html": ("{0}.html", "<title>x</title><h1>{1}</h1><p>Text"),
    "folders with an index": ("{0}/index.md", "---\ntitle: {1}\n---\nText.\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pages_of_one_term(tmp_path: Path, layout: str) -> None:
    """A folder of pages of one term each is one source; each page is a part of it."""
    name, text = LAYOUTS[layout]
    files = {name.format(*item): text.format(*item) for item in TERMS.items()}
    folder = write(tmp_path / "terms", {"index.md": "# All terms\n", **files})
    assert sorted(uris(folder)) == [f"sources/terms/{stem}" for stem in sorted(TERMS)]
    assert {document.source for document in read(folder)} == {"terms"}


def test_terms_of_included_files(tmp_path: Path) -> None:
    """Files of a term each that a book includes are one source, linked by their anchors alone.

    Its parts in two languages are one entry with a label in each.
    """
    page = (
        "[#t-{0}]\n// tag::EN[]\n=== {1}\n\n{2}\n// end::EN[]\n"
        "// tag::DE[]\n=== {3}\n\nDeutsch.\n// end::DE[]\n"
    )
    files = {
        "t-keel.adoc": page.format("keel", "Keel", "Beam of a <<t-hull,hull body>>.", "Kiel"),
        "t-hull.adoc": page.format("hull", "Hull", "A body.", "Rumpf"),
        "t-scarf.adoc": page.format("scarf", "Scarf", "A joint.", "Schäftung"),
    }
    found = link(analyse(read(write(tmp_path / "book", files)), None)).entries
    labels = {entry.term: {d.text for d in entry.designations} for entry in found}
    assert labels == {
        "Hull": {"Hull", "Rumpf"}, "Keel": {"Keel", "Kiel"}, "Scarf": {"Scarf", "Schäftung"},
    }  # fmt: skip
    keel = next(entry for entry in found if entry.term == "Keel")
    (linked,) = [r.target_id for r in keel.relations if r.evidence.rule == "link"]
    assert linked == next(entry.id for entry in found if entry.term == "Hull")


def test_pages_of_one_definition_list(tmp_path: Path) -> None:
    """Fragments of HTML with one <dt> each are parts of one glossary."""
    page = "<dt><dfn>{0}</dfn></dt><dd><p>{1} beside a <a>hull</a></p></dd>"
    files = {
        "keel.html": page.format("keel", "beam"),
        "hull.html": page.format("hull", "body"),
        "deck.html": page.format("deck", "floor"),
    }
    found = link(analyse(read(write(tmp_path / "terms", files)), None)).entries
    assert {(e.term, e.document) for e in found} == {
        (name, f"sources/terms/{name}") for name in ("keel", "hull", "deck")
    }
    deck = next(entry for entry in found if entry.term == "deck")
    assert [r.target for r in deck.relations if r.evidence.rule == "link"] == ["hull"]


def test_pages_of_one_letter(tmp_path: Path) -> None:
    """Pages named by letters are parts of one source, however many terms each holds."""
    folder = write(
        tmp_path / "az", {f"terms-{c}.txt": "Jib – a sail\nKeel – a fin\n" for c in "abc"}
    )
    assert uris(folder) == ["sources/az/terms-a", "sources/az/terms-b", "sources/az/terms-c"]


def test_whole_glossaries(tmp_path: Path) -> None:
    """Files that hold glossaries are sources of their own, also where each has one heading."""
    folder = write(
        tmp_path / "all",
        {
            "sailing-glossary.md": "# Sailing glossary\n\n- **Jib** – sail\n",
            "law-terms.md": "# Law terms\n\nTort\n: wrong\n",
            "cooking.csv": "Term,Definition\nRoux,Flour\n",
            "notes/medicine.md": "# Medicine\n\n" + "".join(f"## T{n}\n\nx\n\n" for n in range(20)),
            "glossgraph.toml": "title = 'x'\n",
            "LICENSE": "MIT\n",
            ".hidden.md": "# No\n",
        },
    )
    assert uris(folder) == [
        "sources/cooking", "sources/law-terms", "sources/medicine", "sources/sailing-glossary",
    ]  # fmt: skip


def packed(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_archive(tmp_path: Path) -> None:
    """An archive is one source, its files are parts; a broken one is a finding."""
    path = tmp_path / "pack.zip"
    path.write_bytes(
        packed(
            {
                "top/a glossary.md": "# Sea terms\n",
                "top/sub/b.csv": "Term,Definition\nJib,Sail\n",
                "top/c.txt": b"\x89PNG\r\n\x1a\n\x00",
                "top/../../evil.txt": "x\n",
                "top/readme.bin": "x",
            }
        )
    )
    reading = read_all([str(path)])
    assert [d.uri for d in reading.documents] == ["sources/pack/a-glossary", "sources/pack/sub/b"]
    assert [f.subject for d in reading.documents for f in d.findings] == ["pack.zip/c.txt"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"PK\x03\x04 no", "damaged"),
        (packed({"x.bin": "x"}), "no file that can be read"),
        (packed({"x.txt": b"\x00\x01"}), "no file of the archive can be read"),
    ],
)
def test_broken_archives(tmp_path: Path, data: bytes, sentence: str) -> None:
    """A damaged or useless archive says so."""
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(UnreadableSource, match=sentence):
        read(path)


def test_an_empty_folder(tmp_path: Path) -> None:
    """A folder without any file of a known kind says so."""
    (tmp_path / "x.bin").write_bytes(b"x")
    with pytest.raises(UnreadableSource, match="holds no file"):
        read(tmp_path)
