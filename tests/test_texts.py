"""The words of the pages: the same keys in every language, and the language a reader gets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api import texts
from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from tests.sample_graph import sample_graph

pytestmark = pytest.mark.anyio
ROOM = Path(texts.__file__).resolve().parent.parent
_USED = re.compile(r"""\b(?:t|say|said)\(\s*"([a-z]+\.[a-z_ ]+)\"""")
_BOTH = re.compile(r'"([a-z]+\.[a-z_]+)" if .*? else "([a-z]+\.[a-z_]+)"')


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Snapshot(sample_graph(), "r1"), Settings())
    transport = httpx.ASGITransport(app=app)
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    ) as client:
        yield client


@pytest.mark.parametrize("tag", texts.FILES)
def test_every_language_has_the_same_texts(tag: str) -> None:
    """No key is missing or left over, and each text takes the same values."""
    english, other = texts.texts("en"), texts.texts(tag)
    assert other.keys == english.keys
    holes = re.compile(r"{(\w+)}")
    for key in sorted(english.keys):
        wanted = [set(holes.findall(form)) for form in english.forms(key)]
        found = [set(holes.findall(form)) for form in other.forms(key)]
        assert found == wanted, key
        assert all(form.strip() for form in other.forms(key)), key


def test_every_text_that_is_asked_for_exists_and_none_is_idle() -> None:
    """Keys in templates and handlers are in the files; the files hold no other ones."""
    sources = [*ROOM.glob("templates/*.html"), *ROOM.glob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    used = set(_USED.findall(code)) | {key for pair in _BOTH.findall(code) for key in pair}
    keys = texts.texts("en").keys
    assert used <= keys, sorted(used - keys)
    computed = {
        key
        for key in keys
        if key.partition(".")[0] in {"nav", "reason", "example", "hint", "form", "repair"}
    }
    assert keys - used - computed == set()


@pytest.mark.parametrize(
    ("headers", "address", "language"),
    [
        ({}, "/", "en"),
        ({"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}, "/", "de"),
        ({"Accept-Language": "ja, de;q=0.2, en;q=0.5"}, "/", "en"),
        ({"Accept-Language": "xx;q=nonsense, de;q=0"}, "/", "en"),
        ({"Accept-Language": "de"}, "/?lang=en", "en"),
        ({"Accept-Language": "en", "Cookie": f"{texts.COOKIE}=de"}, "/", "de"),
        ({"Accept-Language": "en", "Cookie": f"{texts.COOKIE}=../../x"}, "/", "en"),
        ({}, "/?lang=qq", "en"),
    ],
)
async def test_which_language(
    client: httpx.AsyncClient, headers: dict[str, str], address: str, language: str
) -> None:
    """Chosen in the address, then remembered, then asked for by the browser."""
    answer = await client.get(address, headers=headers)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert "Accept-Language" in answer.headers["vary"] and "Cookie" in answer.headers["vary"]


async def test_a_choice_is_remembered(client: httpx.AsyncClient) -> None:
    """The links at the foot of a page keep its other parameters and set a cookie, only then."""
    page = await client.get("/concepts?letter=C")
    assert "set-cookie" not in page.headers
    assert 'href="?letter=C&amp;lang=de"' in page.text
    chosen = await client.get("/concepts?letter=C&lang=de")
    assert chosen.headers["set-cookie"].startswith(f"{texts.COOKIE}=de; Path=/;")
    assert "Begriffe unter C" in chosen.text


async def test_a_german_page_says_which_words_are_english(client: httpx.AsyncClient) -> None:
    """Labels and definitions carry their language where the page speaks another (WCAG 3.1.2)."""
    page = await client.get("/concepts/churn-rate?lang=de")
    assert re.search(r'<h1 lang="en">Churn rate</h1>', page.text, re.IGNORECASE)
    assert "Beziehungen" in page.text and "How it connects" not in page.text
    english = await client.get("/concepts/churn-rate?lang=en")
    assert "<h1>" in english.text


async def test_no_reader_gets_anothers_language(client: httpx.AsyncClient) -> None:
    """What was answered before from memory is the answer in the same language only."""
    address = "/concepts/win-rate"
    for cookie, tag in (("en", "en"), ("de", "de"), ("en", "en"), ("x; y=1", "en")):
        headers = {"Cookie": f"other=1; {texts.COOKIE}={cookie}", "Accept-Language": "en"}
        page = await client.get(address, headers=headers)
        assert f'<html lang="{tag}">' in page.text
