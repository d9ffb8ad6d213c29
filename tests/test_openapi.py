"""The OpenAPI document: complete, and every example of it runs on the served graph."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from kg.store import write_revision
from tests.sample_graph import sample_graph

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    write_revision(tmp_path / "sample.kg", sample_graph())
    app = create_app(tmp_path / "sample.kg", Settings(reload_seconds=0, embed=("*",)))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
        ) as client,
    ):
        yield client


async def ask(client: httpx.AsyncClient, address: str) -> Any:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_example_of_the_document_runs(client: httpx.AsyncClient) -> None:
    """Each operation of the document, with its examples, answers 200; 403 without a token."""
    document = await ask(client, "/openapi.json")
    tried = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            query = {}
            address = path
            for parameter in operation.get("parameters", ()):
                if parameter["required"]:
                    assert "example" in parameter, (path, parameter["name"])
                if "example" not in parameter:
                    continue
                if parameter["in"] == "path":
                    address = address.replace(f"{{{parameter['name']}}}", parameter["example"])
                else:
                    query[parameter["name"]] = parameter["example"]
            bodies = operation.get("requestBody", {}).get("content", {})
            for media_type, each in bodies.items() or [("", {})]:
                if bodies and "example" not in each:
                    continue
                example = each.get("example")
                body = example if isinstance(example, str) else json.dumps(example)
                answer = await client.request(
                    method,
                    address,
                    params=query,
                    content=body if bodies else None,
                    headers={"Content-Type": media_type} if bodies else {},
                )
                expected = 403 if "security" in operation else 200  # no token is set here
                assert answer.status_code == expected, (address, query, answer.text)
                tried += 1
    assert tried > 15


async def test_operations_are_documented_with_their_problems(client: httpx.AsyncClient) -> None:
    """Each operation has a summary, one tag, a unique id, and describes its answers."""
    document = await ask(client, "/openapi.json")
    operations = [o for path in document["paths"].values() for o in path.values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    assert all(o["summary"] and len(o["tags"]) == 1 and "200" in o["responses"] for o in operations)
    shared = document["components"]["responses"]
    assert "Host" in shared["malformed-request"]["description"]
    for operation in operations:  # what the header Host can lead to at every address
        malformed = operation["responses"]["400"]
        assert "Host" in malformed.get("description", "") or malformed == {
            "$ref": "#/components/responses/malformed-request"
        }
        assert operation["responses"]["421"] == {"$ref": "#/components/responses/misdirected"}
    assert not any("HTTPValidationError" in str(o) for o in operations)
