"""What a language model is told: contexts within a budget, and the tools of MCP over both wires."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from typer.testing import CliRunner

from api import context
from api.app import create_app
from api.cli import command_line
from api.service import Snapshot
from api.settings import Settings
from kg.store import write_revision
from tests.sample_graph import sample_graph
from tests.serving import Served, serve

pytestmark = pytest.mark.anyio
SNAPSHOT = Snapshot(sample_graph(), "r1")
QUESTION = "How does onboarding of customers change the churn rate and NRR?"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# --- context --------------------------------------------------------------------------------------


def test_a_context_is_cited() -> None:
    """Each concept named comes with its definitions and relations, their places and sources."""
    found = context.compose(SNAPSHOT, QUESTION)
    text = context.to_markdown(SNAPSHOT, found)
    assert {"churn-rate", "net-revenue-retention", "onboarding"} <= set(found.concepts)
    assert "## Net Revenue Retention (NRR" in text
    assert "The percentage of customers who leave in a period." in text
    assert "[success:" in text
    assert "- success: Customer Success Terms, Example Ltd" in text
    relations = [r for each in found.concepts.values() for r in each["relations"]]
    assert all(SNAPSHOT.index.relation(each["id"]) for each in relations)
    assert len({each["id"] for each in relations}) == len(relations)


@pytest.mark.parametrize("most", [100, 150, 200, 300, 500, 1000])
def test_a_context_keeps_its_budget(most: int) -> None:
    """The Markdown never has more tokens than allowed; with room for all, nothing is cut."""
    found = context.compose(SNAPSHOT, QUESTION, most=most)
    assert context.tokens(context.to_markdown(SNAPSHOT, found)) <= found.tokens <= most
    assert found.cut is (most < 534)


def test_definitions_come_before_relations() -> None:
    """Where there is room for little, every concept is defined before any is related."""
    found = context.compose(SNAPSHOT, "Churn, Crew and Sail", most=200)
    assert list(found.concepts) == ["churn", "crew", "sail"]
    assert all(each["definitions"] for each in found.concepts.values())
    assert found.cut


def test_words_find_what_names_do_not() -> None:
    """A question without a term is answered by what its words find; nonsense by a sentence."""
    assert "sail" in context.compose(SNAPSHOT, "catches the wind").concepts
    nothing = context.compose(SNAPSHOT, "xyzzy")
    assert context.to_markdown(SNAPSHOT, nothing).endswith("Nothing here is about that.\n")


async def test_context_over_http() -> None:
    """JSON or Markdown, by member or by Accept; a public server excerpts what has no licence."""
    app = create_app(SNAPSHOT, Settings(public=True))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        answer = await client.post("/api/context", json={"text": "NRR", "max_tokens": 300})
        value = answer.json()
        assert value["concepts"][0]["slug"] == "net-revenue-retention"
        assert value["tokens"] <= value["max_tokens"] == 300
        markdown = await client.post("/api/context", json={"text": "NRR", "format": "markdown"})
        assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
        assert markdown.text.startswith("# ")
        for status, request in (
            (400, {"content": "[", "headers": {"Content-Type": "application/json"}}),
            (415, {"content": "NRR"}),
            (422, {"json": {"text": ""}}),
            (422, {"json": {"text": "NRR", "max_tokens": 7}}),
            (422, {"json": {"text": "NRR", "tokens": 700}}),
            (422, {"json": {"question": "NRR"}}),
            (422, {"json": {"text": {"a": "NRR"}}}),
        ):
            refused = await client.post("/api/context", **request)  # type: ignore[arg-type]
            assert refused.status_code == status, refused.text
        squeezed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        refused = await client.post("/api/context", content=b"x", headers=squeezed)
        assert (refused.status_code, refused.headers["accept-encoding"]) == (415, "identity")


# --- MCP ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("agent") / "g.kg"
    write_revision(place, sample_graph())
    return place


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serve(folder) as each:
        yield each


@pytest.fixture(params=["http", "stdio"])
async def client(request: pytest.FixtureRequest, folder: Path) -> AsyncIterator[Client]:
    """A client of the protocol, over each wire."""
    where: Any
    if request.param == "http":
        where = f"{request.getfixturevalue('served').address}/mcp"
    else:
        root = str(Path(__file__).resolve().parent.parent)
        where = StdioServerParameters(
            command=sys.executable, args=["-m", "api.cli", "mcp", str(folder)], cwd=root
        )
    yield Client(where, read_timeout_seconds=60)


CALLS: list[tuple[str, dict[str, object], str]] = [
    ("search", {"query": "onbording"}, "`customer-onboarding`, by typo"),
    ("concept", {"name": "NRR"}, "Net Revenue Retention"),
    ("neighbors", {"name": "churn", "relation": "reducedBy"}, "- Churn is reduced by Customer On"),
    ("neighbors", {"name": "churn", "relation": "broader"}, "Churn has no such relation."),
    ("path", {"start": "Customer Onboarding", "end": "NRR"}, "Net Revenue Retention."),
    ("context", {"text": "What is churn?", "max_tokens": 400}, "Customers who stop paying."),
    ("sparql", {"query": "SELECT ?c { ?c gg:kind gg:event }"}, "kickoff-call"),
]
MISTAKES: list[tuple[str, dict[str, object], str]] = [
    ("concept", {"name": "chrun rate"}, "Churn Rate"),
    ("concept", {"name": "pilot"}, "harbour-pilot"),
    ("neighbors", {"name": "churn", "relation": "reduced"}, "reducedBy"),
    ("neighbors", {"name": "churn", "depth": 99}, '"depth": Input should be less than or equal'),
    ("neighbors", {"name": "churn", "type": "reducedBy"}, "name, depth, relation, limit"),
    ("search", {"q": "churn"}, 'The argument "query" is missing.'),
    ("find", {"query": "churn"}, "search, concept, neighbors"),
    ("sparql", {"query": "SELECT ?c { ?c "}, ""),
    ("sparql", {"query": "DELETE WHERE { ?a ?b ?c }"}, ""),
]


async def test_an_agent_needs_no_manual(client: Client) -> None:
    """Six tools say what they do and take; each answers; a mistake says what is near."""
    async with client as agent:
        tools = (await agent.list_tools()).tools
        assert {each.name for each in tools} == {name for name, _, _ in CALLS}
        for each in tools:
            assert each.description is not None
            assert len(each.description) > 40
            assert each.input_schema["properties"]
            assert each.input_schema["additionalProperties"] is False
        for name, arguments, expected in CALLS:
            answer = await agent.call_tool(name, arguments)
            text = "".join(part.text for part in answer.content if part.type == "text")
            assert not answer.is_error, text
            assert expected in text, (name, text)
        for name, arguments, expected in MISTAKES:
            answer = await agent.call_tool(name, arguments)
            text = "".join(part.text for part in answer.content if part.type == "text")
            assert answer.is_error, (name, text)
            assert expected in text, (name, text)
            assert "Traceback" not in text and "pydantic" not in text


async def test_foreign_pages_have_no_tools(served: Served) -> None:
    """A page of another origin, and a request to another host, are turned away."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    head = {"Accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient(base_url=served.address) as client:
        for more, status in (
            ({"Origin": "https://evil.example"}, 403),
            ({"Host": "evil.example"}, 421),
            ({"Origin": served.address}, 200),
            ({}, 200),
        ):
            answer = await client.post("/mcp", json=call, headers={**head, **more})
            assert answer.status_code == status, (more, answer.text)
        assert (await client.get("/mcp")).status_code == 405
        too_much = json.dumps(call) + " " * 1_100_000
        answer = await client.post(
            "/mcp", content=too_much, headers={**head, "Content-Type": "application/json"}
        )
        assert answer.status_code == 413


def test_the_command_prints_a_context(folder: Path) -> None:
    """`glossgraph context` prints Markdown, and says by its code that nothing was found."""
    run = CliRunner().invoke
    said = run(command_line(), ["context", str(folder), "What is NRR?"])
    assert "## Net Revenue Retention" in said.stdout
    assert run(command_line(), ["context", str(folder), "xyzzy"]).exit_code == 1
