"""Terms in pages: what is linked, what is left alone, and that nothing else of a page changes."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.app import create_app
from api.cli import command_line
from api.service import Snapshot
from api.settings import Settings
from kg.annotate import FORMS, Annotator, Rules, insert
from kg.errors import UnknownKey
from kg.index import Index
from kg.prose_html import SKIPPED, SKIPPED_ROLES
from kg.store import write_revision
from tests.sample_graph import sample_graph

ANNOTATOR = Annotator(Index(sample_graph()))


def marked(page: str, form: str = "text", **rules: object) -> str:
    """The page with each link written as [words](slug)."""
    found = ANNOTATOR.annotate(page, form, Rules(**rules))  # type: ignore[arg-type]
    return insert(page, found, lambda each, text: f"[{text}]({each.slug})")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("The customer onboarding.", "The [customer onboarding](customer-onboarding)."),
        ("Two churn-rates, CSMs' logs", "Two [churn-rates](churn-rate), "
         "[CSMs](customer-success-manager)' [logs](log)"),
        ("a csm, nrr; the NRR", "a csm, nrr; the [NRR](net-revenue-retention)"),
        ("crew and crew", "[crew](crew) and crew"),
        ("first\n\ncrew\n\ncrew", "first\n\n[crew](crew)\n\ncrew"),
        ("A pilot came.", "A pilot came."),
        ("Win rate is up", "Win rate is up"),
        ("customer\nchurn rate", "[customer\nchurn rate](churn-rate)"),
        ("customer\n\nchurn", "customer\n\n[churn](churn)"),
        ("Die Mannschaft", "Die Mannschaft"),
    ],
)  # fmt: skip
def test_text(page: str, expected: str) -> None:
    """Longest label, plurals, possessives and acronyms in capitals; once; never what is unclear."""
    assert marked(page) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>crew <b>crew</b><h2>x</h2>crew", "<p>[crew](crew) <b>crew</b><h2>x</h2>[crew](crew)"),
        ("<h1>Crew</h1><a href=crew>crew</a> <code>crew</code><pre>crew</pre>", None),
        ("<title>crew</title><script>'crew</b>'</script><style>crew</style>", None),
        ("<textarea>crew</textarea><button>crew</button><kbd>crew</kbd><nav>crew</nav>", None),
        ("<p class='a nolink'>crew</p><p data-nolink>crew<p title='crew'><!-- crew --></p>", None),
        ("<div role=navigation>crew</div><span hidden>crew</span>", None),
        ("<p class=nolink>crew<p>crew", "<p class=nolink>crew<p>[crew](crew)"),
        ("<ul><li class=nolink>crew<li>rig</ul>", "<ul><li class=nolink>crew<li>[rig](rig)</ul>"),
        ("<p>customer&nbsp;onboarding &amp; crew", "<p>[customer&nbsp;onboarding]"
         "(customer-onboarding) &amp; [crew](crew)"),
        ("<p>churn <i>rate</i>", "<p>churn <i>rate</i>"),
        ("<p>customer<p>onboarding", "<p>customer<p>[onboarding](onboarding)"),
        ("<p>churn<br>rate", "<p>[churn](churn)<br>rate"),
        ("<p title='a > b'>a<3 crew", "<p title='a > b'>a<3 [crew](crew)"),
        ("crew<section>crew", "[crew](crew)<section>[crew](crew)"),
        ("<abbr>crew</abbr><footer>crew</footer><i aria-hidden=true>crew</i>", None),
        ("<form><p>crew</form>", "<form><p>[crew](crew)</form>"),
        ("<p lang=de>Die Mannschaft, Log", "<p lang=de>Die [Mannschaft](crew), [Log](log)"),
        ("<table><tr><td>crew<td>rig", "<table><tr><td>[crew](crew)<td>[rig](rig)"),
        ("<a href=x>crew <p>crew</a> crew", "<a href=x>crew <p>crew</a> [crew](crew)"),
        ("crew <b attr='", "[crew](crew) <b attr='"),
    ],
)  # fmt: skip
def test_html(page: str, expected: str | None) -> None:
    """Links stand where readers read, as browsers cut the page; a heading begins a section."""
    assert marked(page, "html") == (page if expected is None else expected)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("# Crew\n\ncrew `crew` ``a ` crew`` crew\n", "# Crew\n\n[crew](crew) `crew` ``a ` crew`` "
         "crew\n"),
        ("---\ntitle: crew\n---\ncrew", "---\ntitle: crew\n---\n[crew](crew)"),
        ("```\ncrew\n```\ncrew", "```\ncrew\n```\n[crew](crew)"),
        ("~~~ md\ncrew\n```\ncrew", None),
        ("[crew](x) ![crew](y) [[crew]] <crew> http://x/crew [^crew]", None),
        ("Crew\n====\n\n    crew\n\n[crew]: http://crew", None),
        ("- x\n\n    crew", "- x\n\n    [crew](crew)"),
        ("crew\n## Two\ncrew", "[crew](crew)\n## Two\n[crew](crew)"),
        ("<a href='x'>crew</a> **crew**", "<a href='x'>crew</a> **[crew](crew)**"),
        ("crew | rig\n--- | ---\nlog | crew", "[crew](crew) | [rig](rig)\n--- | ---\n[log](log) | "
         "crew"),
    ],
)  # fmt: skip
def test_markdown(page: str, expected: str | None) -> None:
    """Code, links, headings, addresses, definitions and front matter stay as they are."""
    assert marked(page, "markdown") == (page if expected is None else expected)


def test_rules() -> None:
    """How often, how many, which of several, without which: each rule does what it says."""
    page = "<p>crew rig crew<h2>x</h2>crew rig log"
    assert marked(page, "html", first="page").count("](") == 3
    assert marked(page, "html", first="all").count("](") == 6
    assert marked(page, "html", cap=1) == "<p>[crew](crew) rig crew<h2>x</h2>[crew](crew) rig log"
    assert "](crew)" not in marked(page, "html", without=frozenset({"crew"}))
    assert marked("The win rate", implied=True) == "The [win rate](win-rate)"
    with pytest.raises(UnknownKey, match="sections"):
        Rules(first="sections")


def test_the_likelier_of_two_is_near_what_the_page_names() -> None:
    """ "Pilot" beside a skipper is the harbour's, beside a playbook the program."""
    assert "[pilot](harbour-pilot)" in marked("A pilot and the skipper.", ambiguous="likelier")
    beside = marked("The pilot program: a pilot.", ambiguous="likelier", first="all")
    assert "a [pilot](pilot-program)" in beside or "a [pilot](harbour-pilot)" in beside


def test_the_browser_leaves_out_the_same() -> None:
    """The script for other pages skips the elements that this skips, but for what has no text."""
    script = Path(__file__).parent.parent / "api/static/embed/autolink.js"
    said = re.search(r"const SKIP = (.*?);", script.read_text(encoding="utf-8"), re.DOTALL)
    assert said is not None
    there = set(re.findall(r"[\w-]+|\[.*?\]|\.nolink", said[1].replace('"', " ")))
    tags = {each for each in there if each[0] not in ".["}
    roles = {each[7:-2] for each in there if each.startswith("[role=")}
    unseen = {"audio", "embed", "head", "noembed", "noframes", "video", "xmp"}
    assert tags == SKIPPED - unseen
    assert roles == SKIPPED_ROLES


@given(st.text(alphabet="<>/ab=\"' &;!-#`[]()\n\tcrewlog{}%$~*h1p", max_size=80), st.sampled_from(
    list(FORMS)))  # fmt: skip
def test_any_page_is_read_and_kept(page: str, form: str) -> None:
    """Whatever stands in a page, marks lie in it in order and nothing of it is lost."""
    found = ANNOTATOR.annotate(page, form, Rules(first="all"))
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert insert(page, found, lambda _, text: text) == page


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<b>", '<a b="', "[", "<!--", "&", "</", "`", "\n", "<pre>", "{{", "<li>", "<p><div>"],
)
def test_time_is_linear(piece: str) -> None:
    """Half a megabyte of what could make a reader go back again and again takes a second or so."""
    for form in FORMS:
        start = time.process_time()
        ANNOTATOR.annotate(piece * (500_000 // len(piece)), form)
        assert time.process_time() - start < 4


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        Snapshot(sample_graph(), "r1"), Settings(public=True, body_limit=2000, hosts=("*",))
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://g.example") as client:
        yield client


@pytest.mark.anyio
async def test_spans_over_http(client: httpx.AsyncClient) -> None:
    """JSON, or a page by its own media type, answers places with label, address and definition."""
    answer = await client.post("/api/annotate", json={"text": "Our churn rates.", "cap": 3})
    assert answer.status_code == 200
    (span,) = answer.json()["spans"]
    assert (span["start"], span["end"], span["text"]) == (4, 15, "churn rates")
    assert span["url"] == "http://g.example/concepts/churn-rate"
    assert span["definition"].startswith("The percentage of customers")
    raw = await client.post(
        "/api/annotate?first=all",
        content="crew crew".encode("utf-16"),
        headers={"Content-Type": "text/plain; charset=utf-16"},
    )
    assert [each["start"] for each in raw.json()["spans"]] == [0, 5]


@pytest.mark.anyio
async def test_linked_pages_over_http(client: httpx.AsyncClient) -> None:
    """HTML comes back as it was, with links, in a sandbox; text becomes paragraphs, escaped."""
    page = "<p onclick='x()'>The <em>crew</em> & more"
    answer = await client.post(
        "/api/annotate", content=page, headers={"Content-Type": "text/html", "Accept": "text/html"}
    )
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith(
        "<p onclick='x()'>The <em><a class=\"glossgraph-term\" "
        'href="http://g.example/concepts/crew" title="The people who sail a boat'
    )
    assert answer.text.endswith(">crew</a></em> & more")
    text = await client.post("/api/annotate", json={"text": " <b> crew\n\nrig ", "format": "html"})
    assert text.text.startswith("<p>&lt;b&gt; <a ")
    assert "</a></p>\n<p><a " in text.text
    markdown = await client.post("/api/annotate", json={"text": "crew", "format": "markdown"})
    assert markdown.text == "[crew](http://g.example/concepts/crew)"
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (415, {"content": "x", "headers": {"Content-Type": "image/png"}}),
        (415, {"content": "x"}),
        (400, {"content": "{", "headers": {"Content-Type": "application/json"}}),
        (400, {"json": ["crew"]}),
        (400, {"json": {}}),
        (400, {"json": {"text": "a", "html": "b"}}),
        (400, {"json": {"text": 7}}),
        (400, {"content": b"\xff", "headers": {"Content-Type": "text/plain"}}),
        (400, {"content": b"x", "headers": {"Content-Type": "text/plain; charset=klingon"}}),
        (406, {"json": {"text": "a"}, "headers": {"Accept": "image/png"}}),
        (413, {"json": {"text": "a" * 3000}}),
        (422, {"json": {"text": "a", "furst": "page"}}),
        (422, {"json": {"text": "a", "first": "sections"}}),
        (422, {"json": {"text": "a", "cap": 0}}),
        (422, {"json": {"html": "a", "format": "markdown"}}),
        (422, {"json": {"text": "a"}, "params": {"first": "x"}}),
    ],
)
async def test_refusals(
    client: httpx.AsyncClient, status: int, request_: dict[str, object]
) -> None:
    """What cannot be read is answered with the status that fits and a sentence."""
    answer = await client.post("/api/annotate", **request_)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert len(answer.json()["detail"]) > 15


def test_the_command(tmp_path: Path) -> None:
    """A text's terms are listed with their lines, an HTML page is written with links."""
    write_revision(tmp_path / "g.kg", sample_graph())
    (tmp_path / "a.txt").write_text("One\ncrew", encoding="utf-8")
    (tmp_path / "a.html").write_text("<p>crew", encoding="utf-8")
    run = CliRunner().invoke
    listed = run(command_line(), ["annotate", str(tmp_path / "g.kg"), str(tmp_path / "a.txt")])
    assert listed.stdout == "line\ttext\tconcept\n2\tcrew\tCrew\n"
    out = tmp_path / "out.html"
    options = ["-o", str(out), "--base", "https://terms.example"]
    run(command_line(), ["annotate", str(tmp_path / "g.kg"), str(tmp_path / "a.html"), *options])
    assert 'href="https://terms.example/concepts/crew"' in out.read_text(encoding="utf-8")
