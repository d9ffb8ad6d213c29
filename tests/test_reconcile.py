"""The Reconciliation Service API 0.2: shapes, scores and refusals, clause by clause."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from kg.index import Index
from kg.reconcile import Query, reconcile
from tests.sample_graph import BASE, sample_graph

pytestmark = pytest.mark.anyio
INDEX = Index(sample_graph())


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def _client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Snapshot(sample_graph(), "r1"), settings)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async for each in _client(Settings()):
        yield each


@pytest.fixture
async def public() -> AsyncIterator[httpx.AsyncClient]:
    async for each in _client(Settings(public=True)):
        yield each


async def post(client: httpx.AsyncClient, **fields: object) -> Any:
    form = {name: json.dumps(value) for name, value in fields.items()}
    answer = await client.post("/reconcile", data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()


# --- the manifest ---------------------------------------------------------------------------------


async def test_manifest(client: httpx.AsyncClient) -> None:
    """What must be there is, templates hold what clients replace, every address answers."""
    manifest = (await client.get("/reconcile")).json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["name"]
    assert manifest["identifierSpace"] == f"{BASE}concepts/"
    assert manifest["schemaSpace"].startswith("http")
    assert "{{id}}" in manifest["view"]["url"]
    assert "{{id}}" in manifest["preview"]["url"]
    assert all(isinstance(manifest["preview"][side], int) for side in ("width", "height"))
    assert all(each["id"] and each["name"] for each in manifest["defaultTypes"])
    for each in manifest["extend"]["property_settings"]:
        assert each["type"] in {"number", "text", "checkbox", "select"}
        assert each["name"]
        assert each["label"]
    ids = {"entity": "churn", "type": "metric", "property": "broader"}
    for what, service in manifest["suggest"].items():
        assert "${id}" in service["flyout_service_path"]
        address = service["service_url"] + service["service_path"]
        assert (await client.get(address, params={"prefix": "c"})).status_code == 200
        path = service["flyout_service_path"].replace("${id}", ids[what])
        said = (await client.get(service["flyout_service_url"] + path)).json()
        assert said["id"] == ids[what]
        assert said["html"].startswith("<p>")
    for template in (manifest["view"]["url"], manifest["preview"]["url"]):
        assert (await client.get(template.replace("{{id}}", "churn"))).status_code == 200
    assert (await client.get(manifest["logo"])).headers["content-type"] == "image/svg+xml"


# --- queries --------------------------------------------------------------------------------------


def check_results(batch: dict[str, Any]) -> None:
    """A result batch has the keys and the kinds of values that the specification gives it."""
    for value in batch.values():
        assert list(value) == ["result"]
        scores = [each["score"] for each in value["result"]]
        assert scores == sorted(scores, reverse=True)
        for each in value["result"]:
            assert isinstance(each["id"], str)
            assert isinstance(each["name"], str)
            assert isinstance(each["description"], str)
            assert isinstance(each["match"], bool)
            assert all(type_["id"] and type_["name"] for type_ in each["type"])
            assert len({f["id"] for f in each["features"]}) == len(each["features"])
            assert all(isinstance(f["value"], bool | int | float) for f in each["features"])


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_batch(client: httpx.AsyncClient, method: str) -> None:
    """GET and a form give one result for each key, in their shape, best candidates first."""
    batch = json.dumps(
        {"a": {"query": "churn rates"}, "b": {"query": "nothing at all", "limit": 1}}
    )
    where = {"params" if method == "GET" else "data": {"queries": batch}}
    answer = await client.request(method, "/reconcile", **where)  # type: ignore[arg-type]
    found = answer.json()
    check_results(found)
    assert list(found) == ["a", "b"]
    first = found["a"]["result"][0]
    assert (first["id"], first["match"], first["score"]) == ("churn-rate", True, 100.0)
    assert {"id": "scheme/club", "name": "Words of a Sailing Club"} in first["type"]
    assert found["b"]["result"] == []


@pytest.mark.parametrize(
    ("query", "first", "match"),
    [
        ({"text": "Churn Rate"}, "churn-rate", True),
        ({"text": "customer churn-rates"}, "churn-rate", True),
        ({"text": "NRR"}, "net-revenue-retention", True),
        ({"text": "churn-rate"}, "churn-rate", True),
        ({"text": f"{BASE}concepts/skipper"}, "skipper", True),
        ({"text": "Steuermann"}, "helmsman", True),
        ({"text": "Chrun Rate"}, "churn-rate", False),
        ({"text": "Pilot"}, None, False),
        ({"text": "Pilot", "types": ("scheme/success",)}, "pilot-program", False),
        ({"text": "Churn Rate", "types": ("event",)}, None, False),
        ({"text": "Churn Rate", "types": ("event", "metric")}, "churn-rate", True),
        ({"text": "Churn Rate", "types": ("event", "metric"), "strict": "all"}, None, False),
        ({"text": "Churn Rate", "types": ("event",), "strict": "should"}, "churn-rate", False),
        (
            {"text": "Churn", "properties": (("reducedBy", ("Customer Onboarding",)),)},
            "churn",
            True,
        ),
        ({"text": "Churn", "properties": (("reducedBy", ("Skipper",)),)}, "churn", False),
        ({"text": "Pilot", "properties": (("source", ("club",)),)}, "harbour-pilot", False),
        ({"properties": (("reduces", ("churn",)),)}, "customer-onboarding", False),
    ],
)
async def test_candidates(query: dict[str, Any], first: str | None, match: bool) -> None:
    """The best candidate, and whether it is certain: one label, the type, nothing against it."""
    found = reconcile(INDEX, Query(**query))
    assert [each.match for each in found[1:]] == [False] * len(found[1:])
    if first is None:
        assert not any(each.match for each in found)
    else:
        assert found[0].concept.slug == first
        assert found[0].match is match


async def test_limit_and_strictness() -> None:
    """`limit` bounds the candidates; equal names come with equal scores and no match."""
    assert len(reconcile(INDEX, Query(text="c", limit=2))) == 2
    pilots = reconcile(INDEX, Query(text="pilot"))[:2]
    assert {each.concept.slug for each in pilots} == {"pilot-program", "harbour-pilot"}
    assert [each.score for each in pilots] == [100, 100]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"queries": "{"}, 400),
        ({"queries": "[]"}, 400),
        ({"queries": '{"a": "churn"}'}, 400),
        ({"queries": '{"a": {}}'}, 400),
        ({"queries": '{"a": {"query": 7}}'}, 400),
        ({"queries": '{"a": {"query": "x", "limit": 0}}'}, 400),
        ({"queries": '{"a": {"query": "x", "type": 7}}'}, 400),
        ({"queries": '{"a": {"query": "x", "type_strict": "never"}}'}, 400),
        ({"queries": '{"a": {"query": "x", "properties": [{"pid": "kind"}]}}'}, 400),
        ({"queries": json.dumps({str(n): {"query": "x"} for n in range(201)})}, 400),
        ({"queries": '{"a": {"query": "x"}}', "extend": "{}"}, 400),
        ({"extend": '{"ids": ["churn"]}'}, 400),
        ({"extend": '{"ids": "churn", "properties": []}'}, 400),
        ({"extend": '{"ids": ["churn"], "properties": [{"id": "label", "settings": 1}]}'}, 400),
        ({"question": "x"}, 400),
    ],
)
async def test_malformed_forms(
    client: httpx.AsyncClient, fields: dict[str, str], status: int
) -> None:
    """What the specification does not know is refused with a sentence that names it."""
    answer = await client.post("/reconcile", data=fields)
    assert answer.status_code == status, answer.text
    assert len(answer.json()["detail"]) > 15


async def test_other_bodies_are_refused(client: httpx.AsyncClient) -> None:
    """Only forms are read."""
    assert (await client.post("/reconcile", json={"queries": {}})).status_code == 415


# --- suggestions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "prefix", "expected"),
    [
        ("entity", "churn rate", "churn-rate"),
        ("entity", "NR", "net-revenue-retention"),
        ("entity", "harbour-pilot", "harbour-pilot"),
        ("entity", "", "churn"),
        ("type", "met", "metric"),
        ("type", "scheme/c", "scheme/club"),
        ("type", "sailing", "scheme/club"),
        ("property", "broader", "broader"),
        ("property", "kind of", "broader"),
        ("property", "defi", "definition"),
    ],
)
async def test_suggestions(
    client: httpx.AsyncClient, what: str, prefix: str, expected: str
) -> None:
    """Names and identifiers that begin so are suggested, each with a description."""
    answer = await client.get(f"/reconcile/suggest/{what}", params={"prefix": prefix})
    result = answer.json()["result"]
    assert expected in [each["id"] for each in result]
    assert all(each["name"] and isinstance(each["description"], str) for each in result)
    skipped = await client.get(
        f"/reconcile/suggest/{what}", params={"prefix": prefix, "cursor": "1"}
    )
    assert skipped.json()["result"] == result[1:20] or len(result) == 20


async def test_unknown_suggestions(client: httpx.AsyncClient) -> None:
    """There are three things to suggest."""
    assert (await client.get("/reconcile/suggest/colour?prefix=a")).status_code == 404
    assert (await client.get("/reconcile/flyout/type?id=colour")).status_code == 404
    assert (await client.get("/reconcile/flyout/entity?id=colour")).status_code == 404


# --- data extension -------------------------------------------------------------------------------


async def test_extension(client: httpx.AsyncClient) -> None:
    """Rows for each identifier, values in their forms, nothing for what is unknown."""
    found = await post(
        client,
        extend={
            "ids": ["churn", "churn-rate", "no-such"],
            "properties": [
                {"id": "reducedBy"},
                {"id": "definition", "settings": {"limit": "1"}},
                {"id": "degree"},
                {"id": "colour"},
            ],
        },
    )
    assert [each["id"] for each in found["meta"]] == ["reducedBy", "definition", "degree", "colour"]
    assert found["meta"][0]["type"]["id"] == "Concept"
    rows = found["rows"]
    assert {"id": "customer-onboarding", "name": "Customer Onboarding"} in rows["churn"][
        "reducedBy"
    ]
    assert len(rows["churn-rate"]["definition"]) == 1
    assert rows["churn"]["degree"][0]["int"] > 1
    assert rows["no-such"] == {"reducedBy": [], "definition": [], "degree": [], "colour": []}
    assert rows["churn"]["colour"] == []


async def test_a_relation_is_fetched_as_it_reads(client: httpx.AsyncClient) -> None:
    """What is narrower is no value of ``broader``, nor the other way; candidates are held alike."""
    wanted = [{"id": "broader"}, {"id": "narrower"}]
    rows = (await post(client, extend={"ids": ["churn", "NRR"], "properties": wanted}))["rows"]
    for id_, row in rows.items():
        concept = (await client.get(f"/api/concepts/{id_}")).json()
        for key, values in row.items():
            read = {r["target"]["slug"] for r in concept["relations"] if r["type"] == key}
            assert {each["id"] for each in values} == read, (id_, key)
    assert any(row[key] for row in rows.values() for key in row)


async def test_proposals(client: httpx.AsyncClient) -> None:
    """The properties that concepts of a type have, named, the most frequent first."""
    value = (await client.get("/reconcile/propose?type=metric&limit=6")).json()
    assert value["type"] == "metric"
    assert len(value["properties"]) == value["limit"] == 6
    assert {"id": "label", "name": "preferred label"} in value["properties"]
    none = (await client.get("/reconcile/propose?type=colour")).json()
    assert none["properties"] == []


# --- who may read ---------------------------------------------------------------------------------


async def test_openrefine_may_read_a_private_server(client: httpx.AsyncClient) -> None:
    """Its own origin and no other; frames likewise; JSONP, which any page can use, not at all."""
    ours = await client.get("/reconcile", headers={"Origin": "http://127.0.0.1:3333"})
    assert ours.headers["access-control-allow-origin"] == "http://127.0.0.1:3333"
    foreign = await client.get("/reconcile", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers
    assert "Origin" in foreign.headers["vary"]
    frame = await client.get("/reconcile/preview?id=churn")
    assert "http://127.0.0.1:3333" in frame.headers["content-security-policy"]
    assert (await client.get("/reconcile?callback=f")).status_code == 422


async def test_jsonp_on_a_public_server(public: httpx.AsyncClient) -> None:
    """The callback is called with the answer; what is no name of JavaScript is refused."""
    answer = await public.get("/reconcile?callback=jQuery1_2.call")
    assert answer.headers["content-type"].startswith("text/javascript")
    called = re.fullmatch(r"/\*\*/jQuery1_2\.call\((.*)\);", answer.text)
    assert called is not None
    assert json.loads(called[1])["versions"] == ["0.2"]
    for name in ("alert(1)//", "a-b", "1a", "a" * 101, "<script>"):
        assert (await public.get("/reconcile", params={"callback": name})).status_code == 422
    assert answer.headers["access-control-allow-origin"] == "*"
    frame = await public.get("/reconcile/preview?id=churn")
    assert "frame-ancestors *" in frame.headers["content-security-policy"]


async def test_a_public_server_hands_on_no_more_than_it_may(public: httpx.AsyncClient) -> None:
    """What data extension gives of a definition is what a page would show."""
    found = await post(public, extend={"ids": ["churn-rate"], "properties": [{"id": "definition"}]})
    page = (await public.get("/api/concepts/churn-rate")).json()
    assert [each["str"] for each in found["rows"]["churn-rate"]["definition"]] == [
        each["text"] for each in page["definitions"]
    ]


async def test_preview(client: httpx.AsyncClient) -> None:
    """A page of its own with the name, what it is and whose words these are."""
    answer = await client.get("/reconcile/preview?id=churn-rate")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "&lt;within a year&gt;" in answer.text
    assert "Example Ltd" in answer.text
    assert (await client.get("/reconcile/preview?id=none")).status_code == 404
