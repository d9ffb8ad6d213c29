"""Texts that are pasted: read in a process of their own, answered, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kg.store import write_revision
from tests.sample_graph import sample_graph
from tests.serving import serve

TEXT = """Jib – A jib is a triangular sail set ahead of the mast.

Mast – A mast is a spar that supports sails.

Sheet – A sheet is a rope that controls a sail.

Spar – A spar is a pole of wood or metal.
"""
PAGE = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("graph") / "sample.kg"
    write_revision(place, sample_graph(), None)
    return place


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server puts what it has to put somewhere."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def client(folder: Path, scratch: Path) -> Iterator[httpx.Client]:
    with (
        serve(folder, TMPDIR=str(scratch)) as served,
        httpx.Client(base_url=served.address, timeout=90) as client,
    ):
        yield client


def test_a_text_becomes_entries(client: httpx.Client, scratch: Path) -> None:
    """POST /api/extract answers the extraction's JSON, and nothing of the text stays on disk."""
    answer = client.post("/api/extract", json={"text": TEXT})
    assert answer.status_code == 200
    value = answer.json()
    assert value["format"] == "glossgraph-extraction/1"
    assert [each["term"] for each in value["entries"]] == ["Jib", "Mast", "Sheet", "Spar"]
    assert answer.headers["cache-control"] == "no-store"
    assert not list(scratch.glob("glossgraph-pasted-*"))


def test_the_page_draws_and_corrects(client: httpx.Client) -> None:
    """The page shows entries and their map; a corrected headword is in the page and in files."""
    first = client.post("/paste", data={"text": TEXT, "form": "text"}, headers=PAGE)
    assert first.status_code == 200
    assert 'name="term:pasted/jib" value="Jib"' in first.text
    assert '<svg class="cmap topic' in first.text and "is a kind of" in first.text
    corrected = {"text": TEXT, "form": "text", "term:pasted/jib": "Working <jib>"}
    again = client.post("/paste", data=corrected, headers=PAGE)
    assert 'value="Working &lt;jib&gt;"' in again.text
    file = client.post("/paste", data={**corrected, "format": "graphml"}, headers=PAGE)
    assert file.headers["content-disposition"] == 'attachment; filename="glossary.graphml"'
    assert "Working &lt;jib&gt;" in file.text


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"json": {"text": "Hello."}}, 422, "no glossary entries"),
        ({"json": {"text": "  "}}, 422, "There is no text"),
        ({"json": {"text": "a", "html": "b"}}, 400, "only one"),
        ({"content": b"x", "headers": {"Content-Type": "image/png"}}, 415, "application/json"),
        ({"json": {"text": TEXT}, "params": {"format": "docx"}}, 422, "no format"),
    ],
)
def test_what_cannot_be_read(
    client: httpx.Client, sent: dict[str, object], status: int, said: str
) -> None:
    """Each fault is a problem document with a sentence."""
    answer = client.post("/api/extract", **sent)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_public_server_reads_nothing_unless_told(folder: Path) -> None:
    """Reading costs seconds of a processor; a public server's owner has to allow it."""
    with serve(folder, GLOSSGRAPH_PUBLIC="1") as served:
        answer = httpx.post(f"{served.address}/api/extract", json={"text": TEXT})
        assert answer.status_code == 403
        assert "GLOSSGRAPH_EXTRACT=1" in answer.json()["detail"]
        page = httpx.get(f"{served.address}/paste", headers=PAGE)
        assert page.status_code == 403 and "<textarea" not in page.text


def test_a_deadline_ends_the_child(folder: Path, scratch: Path) -> None:
    """What takes too long is stopped and said so; its folder is gone and the server answers."""
    with serve(folder, GLOSSGRAPH_EXTRACT_TIME="0.3", TMPDIR=str(scratch)) as served:
        answer = httpx.post(f"{served.address}/api/extract", json={"text": TEXT}, timeout=30)
        assert answer.status_code == 504
        assert "GLOSSGRAPH_EXTRACT_TIME" in answer.json()["detail"]
        assert not list(scratch.glob("glossgraph-pasted-*"))
        assert httpx.get(f"{served.address}/health/live").status_code == 200


@pytest.mark.parametrize(
    ("format", "begins", "holds"),
    [
        ("html", b"<!doctype html>", b"triangular sail"),
        ("svg", b"<svg", b"Jib"),
        ("png", b"\x89PNG\r\n\x1a\n", b"IEND"),
        ("graphml", b"<?xml", b"Jib"),
        ("turtle", b"@prefix", b"triangular sail"),
        ("concepts-json", b"{", b"Jib"),
        ("extraction", b"{", b"glossgraph-extraction/1"),
    ],
)
def test_every_download(client: httpx.Client, format: str, begins: bytes, holds: bytes) -> None:
    """Each file that the page offers is one of its kind, with the pasted words in it."""
    shown = client.post("/paste", data={"text": TEXT, "form": "text"}, headers=PAGE).text
    assert f'name="format" value="{format}"' in shown
    file = client.post("/paste", data={"text": TEXT, "form": "text", "format": format})
    assert file.status_code == 200
    assert file.headers["content-disposition"].startswith('attachment; filename="glossary.')
    assert file.content.startswith(begins) and holds in file.content
