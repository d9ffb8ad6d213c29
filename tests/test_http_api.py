"""The REST interface, over a graph made by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from api.app import create_app
from api.service import Snapshot
from api.settings import Settings
from tests.sample_graph import relation_id, sample_graph

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Snapshot(sample_graph(), "r1"), Settings(list_limit=100))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


pytestmark = pytest.mark.anyio


async def ask(client: httpx.AsyncClient, address: str) -> Any:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_list_pages_reach_every_concept_once(client: httpx.AsyncClient) -> None:
    """Following `next` gives each concept exactly once, in the order of the labels."""
    found: list[str] = []
    address = "/api/concepts?limit=5"
    while address:
        page = await ask(client, address)
        found += [each["label"] for each in page["concepts"]]
        address = f"/api/concepts?limit=5&cursor={page['next']}" if page["next"] else ""
    assert len(found) == len(sample_graph().concepts) == page["total"]
    assert found == sorted(found, key=str.casefold)


async def test_facets_of_a_search(client: httpx.AsyncClient) -> None:
    """Hits are counted on demand, narrowed by each facet, and paged through narrowed."""
    plain = await ask(client, "/api/search?q=customer")
    assert plain["facets"] == {}
    counted = await ask(client, "/api/search?q=customer&facets=true&limit=1")
    assert set(counted["facets"]) == {"reason", "kind", "source", "language"}
    roles = await ask(client, "/api/search?q=customer&kind=role&source=success&facets=true")
    assert roles["total"] == counted["facets"]["kind"]["role"] == len(roles["hits"])
    first = await ask(client, "/api/search?q=c&kind=metric&limit=1")
    more = await ask(client, f"/api/search?q=c&kind=metric&limit=1&cursor={first['next']}")
    kinds = {each["hits"][0]["kind"] for each in (first, more)}
    assert kinds == {"metric"} and first["hits"] != more["hits"]
    wrong = await client.get("/api/search?q=c&reason=typos")
    assert wrong.status_code == 422 and 'Did you mean "typo"?' in wrong.json()["detail"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("letter=H", {"Harbour Pilot", "Helmsman"}),
        ("letter=h", {"Harbour Pilot", "Helmsman"}),
        ("kind=event", {"Kickoff Call", "Quarterly Business Review", "Safety Briefing"}),
        ("source=club&kind=document", {"Logbook", "Passage Plan"}),
        ("implied=true", {"Win Rate"}),
        ("type=reducedBy", {"Churn", "Customer Lifetime Value"}),
        ("type=reduces", {"Churn", "Customer Onboarding"}),
    ],
)
async def test_list_filters(client: httpx.AsyncClient, query: str, expected: set[str]) -> None:
    """Letter, source, kind, implied and relation type each narrow the list."""
    page = await ask(client, f"/api/concepts?{query}")
    assert {each["label"] for each in page["concepts"]} == expected


@pytest.mark.parametrize(
    "name",
    [
        "churn-rate",
        "Customer%20churn%20rates",
        "http%3A%2F%2Flocalhost%3A8000%2Fconcepts%2Fchurn-rate",
    ],
)
async def test_concept_by_any_name(client: httpx.AsyncClient, name: str) -> None:
    """Slug, label in the plural and IRI give the merged concept with both definitions."""
    answer = await client.get(f"/api/neighbors?concept={name}")
    assert answer.json()["concept"]["slug"] == "churn-rate"


ADDRESSES = ("/api/concepts/{}", "/api/concepts/{}/neighbors", "/api/concepts/{}/neighbors.ttl",
             "/api/concepts/{}/neighbors?depth=3", "/api/concepts/{}/map.svg",
             "/api/paths?from={}&to=NRR", "/api/subgraph?concepts={}&concepts=NRR",
             "/api/explain?a={}&b=NRR")  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
async def test_wherever_a_concept_is_asked_for(client: httpx.AsyncClient, address: str) -> None:
    """Its slug, label, IRI and the address of its page here, wherever the server runs, are one."""
    client.headers["accept-encoding"] = "identity"
    names = ("churn-rate", "Churn rates", f"{sample_graph().base}concepts/churn-rate",
             "http://127.0.0.1:8000/concepts/churn-rate")  # fmt: skip
    found = [await client.get(address.format(quote(name, safe=""))) for name in names]
    assert [answer.status_code for answer in found] == [200] * len(names)
    assert len({answer.content for answer in found}) == 1
    other = quote("http://other.example/concepts/churn-rate", safe="")
    assert (await client.get(address.format(other))).status_code == 404


async def test_a_slash_in_a_name_divides_nothing() -> None:
    """RFC 3986 §2.2: labels hold slashes, and an encoded one is no step of the path."""
    label = "CI/CD pipeline"
    graph = sample_graph()
    churn = next(each for each in graph.concepts if each.slug == "churn")
    head = replace(churn.designations[0], text=label)
    named = replace(churn, label=label, designations=(head,))
    concepts = tuple(named if each is churn else each for each in graph.concepts)
    app = create_app(Snapshot(replace(graph, concepts=concepts), "r1"), Settings(reload_seconds=0))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000"
    ) as client:
        for address in ("/api/concepts/{}", "/api/concepts/{}/neighbors", "/concepts/{}.json"):
            answer = await client.get(address.format(quote(label, safe="")), follow_redirects=True)
            assert answer.status_code == 200 and label in answer.text
        missing = await client.get("/api/concepts/CI%2FCB%20pipelines")
        assert missing.json()["near"][0]["label"] == label


async def test_a_concept_in_a_language(client: httpx.AsyncClient) -> None:
    """``lang`` gives labels and phrases in it where there are some; what has none stays."""
    told = await ask(client, "/api/concepts/skipper?lang=de-AT")
    assert told["label"] == "Schiffsführer" and told["slug"] == "skipper"
    targets = {r["target"]["slug"]: r["target"]["label"] for r in told["relations"]}
    assert targets["crew"] == "Mannschaft" and targets["passage-plan"] == "Passage Plan"
    phrases = {r["phrase"] for r in told["relations"]}
    assert "ist verantwortlich für" in phrases
    assert (await ask(client, "/api/concepts/skipper"))["label"] == "Skipper"


async def test_concept_is_whole(client: httpx.AsyncClient) -> None:
    """A concept has labels, definitions by source with credit, and relations both ways."""
    concept = await ask(client, "/api/concepts/churn-rate")
    assert [d["source"] for d in concept["definitions"]] == ["success", "club"]
    assert concept["definitions"][0]["line"] == 3
    assert "Example Ltd" in concept["definitions"][0]["credit"]
    assert "no licence stated" in concept["definitions"][1]["credit"]
    read = {(r["type"], r["phrase"], r["target"]["slug"]) for r in concept["relations"]}
    assert ("measures", "measures", "churn") in read
    assert ("contrastsWith", "contrasts with", "retention-rate") in read


async def test_inverse_readings(client: httpx.AsyncClient) -> None:
    """An incoming relation reads by its inverse type and phrase."""
    concept = await ask(client, "/api/concepts/churn")
    read = {r["type"]: (r["phrase"], r["direction"]) for r in concept["relations"]}
    assert read["measuredBy"] == ("is measured by", "in")
    assert read["reduces"][1] == "out"


async def test_neighbors_depth_and_limit(client: httpx.AsyncClient) -> None:
    """Neighbours come nearest first, say how they are related, and say when they are cut."""
    answer = await ask(client, "/api/concepts/net-revenue-retention/neighbors?depth=2")
    distances = [each["distance"] for each in answer["neighbors"]]
    assert distances == sorted(distances) and set(distances) == {1, 2} and not answer["cut"]
    cut = await ask(client, "/api/concepts/net-revenue-retention/neighbors?depth=2&limit=2")
    assert cut["cut"] and cut["neighbors"] == answer["neighbors"][:2]
    assert cut["neighbors"][0]["relations"][0]["phrase"]


@pytest.mark.parametrize(
    "query",
    [
        "concept=net-revenue-retention&depth=1",
        "concept=churn&depth=3",
        "concept=churn&depth=3&limit=4",
        "concept=churn&depth=2&family=measurement&implied=false",
        "concept=sea-room&depth=2",
    ],
)
async def test_neighbors_by_name_alone(client: httpx.AsyncClient, query: str) -> None:
    """``detail=names`` says the same without the relations, in the same order."""
    whole = await ask(client, f"/api/neighbors?{query}")
    for each in whole["neighbors"]:
        del each["via"], each["relations"]
    answer = await client.get(f"/api/neighbors?{query}&detail=names")
    assert answer.json() == whole
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["vary"].startswith("Accept")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("concept=churn&type=reducedBy", {"customer-onboarding"}),
        ("concept=churn&type=reduces&direction=out", {"customer-lifetime-value"}),
        ("concept=CLTV", {"churn"}),
        ("concept=NRR&type=computedFrom", {"expansion-revenue", "churn"}),
        ("concept=club-burgee&basis=text,name", set()),
        ("concept=skipper&direction=out&family=people", {"crew", "passage-plan"}),
    ],
)
async def test_neighbors_select(client: httpx.AsyncClient, query: str, expected: set[str]) -> None:
    """Type (in either reading), basis, family and direction choose what is followed."""
    answer = await ask(client, f"/api/neighbors?{query}")
    assert {each["slug"] for each in answer["neighbors"]} == expected


async def test_path_reads_as_sentence(client: httpx.AsyncClient) -> None:
    """A path is typed, has evidence at every step, and reads as a sentence."""
    answer = await ask(client, "/api/paths?from=Customer%20onboarding&to=NRR&k=2")
    first = answer["paths"][0]
    assert first["sentence"].startswith("Customer Onboarding ")
    assert first["sentence"].endswith("Net Revenue Retention.")
    assert [step["object"]["slug"] for step in first["steps"]][-1] == "net-revenue-retention"
    assert all(step["evidence"]["quote"] for step in first["steps"])
    assert [p["cost"] for p in answer["paths"]] == sorted(p["cost"] for p in answer["paths"])


async def test_paths_by_hops(client: httpx.AsyncClient) -> None:
    """Where every step costs 1, a path costs its length, and none shorter is left out."""
    address = "/api/paths?from=Customer%20onboarding&to=NRR&k=3"
    by_hops = (await ask(client, f"{address}&cost=hops"))["paths"]
    assert [path["cost"] for path in by_hops] == [path["length"] for path in by_hops]
    default = (await ask(client, f"{address}&cost=evidence"))["paths"]
    assert default == (await ask(client, address))["paths"]
    assert by_hops[0]["length"] <= min(path["length"] for path in default)
    refused = await client.get(f"{address}&cost=hop")
    assert refused.status_code == 422 and refused.json()["errors"][0]["nearest"] == "hops"


async def test_paths_asked_alike(client: httpx.AsyncClient) -> None:
    """Who asks again for other ends, or the same in another order or spelling, is answered so."""
    client.headers["accept-encoding"] = "identity"
    for start in ("churn", "playbook", "customer-onboarding"):
        addresses = (
            f"/api/paths?from={start}&to=nrr&k=1&cost=hops",
            f"/api/paths?k=1&cost=hops&to=NRR&from={start.replace('-', '+')}",
            f"/api/paths?cost=hops&k=1&from={start.replace('-', '%2D')}&to=nrr",
        )
        found = [await client.get(address) for address in addresses]
        assert len({answer.content for answer in found}) == 1
        assert found[0].json()["from"]["slug"] == start
        for more in ("from=churn", "to=churn", "k=2", "types=broader"):
            assert (await client.get(f"{addresses[0]}&{more}")).status_code == 422
    assert (await client.get("/api/paths?k=1&cost=hops&from=churn&to=")).status_code == 422
    assert (await client.get("/api/paths?k=1&cost=hops&from=churn&to=nowhere")).status_code == 404


async def test_search_gives_reasons(client: httpx.AsyncClient) -> None:
    """Search forgives mistakes, knows acronyms, and says why it found something."""
    typo = await ask(client, "/api/search?q=chrun%20rate")
    assert (typo["hits"][0]["slug"], typo["hits"][0]["reason"]) == ("churn-rate", "typo")
    acronym = await ask(client, "/api/search?q=QBR")
    assert acronym["hits"][0]["reason"] == "acronym"
    suggested = await ask(client, "/api/suggest?q=custo&limit=3")
    assert len(suggested["suggestions"]) == 3
    assert all(s["text"].lower().startswith("custo") for s in suggested["suggestions"])


async def test_relation_shows_its_evidence(client: httpx.AsyncClient) -> None:
    """Evidence stands in the text around it, with source and line."""
    id = relation_id("customer-onboarding", "reduces", "churn")
    relation = await ask(client, f"/api/relations/{id}")
    evidence = relation["evidence"][0]
    line = evidence["before"] + evidence["quote"] + evidence["after"]
    assert line.startswith("It reduces churn") and line.endswith("business review.")
    assert evidence["place"] == "success:10"
    assert relation["sentence"] == "Customer Onboarding reduces Churn"
    assert (await client.get("/api/relations/none")).status_code == 404


async def test_relations_by_type_and_basis(client: httpx.AsyncClient) -> None:
    """The list of relations is chosen by type, basis and source, and pages."""
    everything = await ask(client, "/api/relations?limit=100")
    assert everything["total"] == len(sample_graph().relations)
    named = await ask(client, "/api/relations?basis=name,reference")
    assert {r["basis"] for r in named["relations"]} == {"name", "reference"}
    first = await ask(client, "/api/relations?limit=1")
    second = await ask(client, f"/api/relations?limit=1&cursor={first['next']}")
    assert everything["relations"][:2] == first["relations"] + second["relations"]


async def test_one_source(client: httpx.AsyncClient) -> None:
    """A source has an address of its own; an unknown one names the nearest."""
    [first, *_] = (await ask(client, "/api/sources"))["sources"]
    assert await ask(client, f"/api/sources/{first['name']}") == first
    missing = await client.get(f"/api/sources/{first['name']}s")
    assert missing.status_code == 404
    assert f'Did you mean "{first["name"]}"?' in missing.json()["detail"]


@pytest.mark.parametrize("letter", ["s", "S", "\u015b", "s\u0301"])
async def test_a_letter_with_an_accent(client: httpx.AsyncClient, letter: str) -> None:
    """Labels stand under their letter without accents, whoever asks for it."""
    listed = await ask(client, f"/api/concepts?letter={quote(letter)}")
    assert listed == await ask(client, "/api/concepts?letter=S") and listed["total"]


async def test_explain(client: httpx.AsyncClient) -> None:
    """Two names of one concept are the same; two concepts are not, and the reason is said."""
    same = await ask(client, "/api/explain?a=Churn%20Rate&b=Customer%20Churn%20Rate")
    assert same["same"] and same["reason"]
    apart = await ask(client, "/api/explain?a=Churn%20Rate&b=Retention%20Rate")
    assert not apart["same"] and apart["reason"]
    assert apart["relations"][0]["type"] == "contrastsWith"


async def test_ambiguous_label(client: httpx.AsyncClient) -> None:
    """A label of two concepts answers 300 with both, and their addresses work."""
    answer = await client.get("/api/neighbors?concept=Pilot")
    assert answer.status_code == 300
    assert answer.headers["content-type"] == "application/problem+json"
    choices = answer.json()["choices"]
    assert {each["slug"] for each in choices} == {"pilot-program", "harbour-pilot"}
    for each in choices:
        assert (await client.get(each["url"])).status_code == 200


async def test_unknown_concept_names_near_ones(client: httpx.AsyncClient) -> None:
    """An unknown concept answers 404 with a sentence and near matches."""
    answer = await client.get("/api/concepts/chrun-rate")
    assert answer.status_code == 404
    problem = answer.json()
    assert problem["near"][0]["slug"] == "churn-rate"
    assert "Near: " in problem["detail"]
    assert problem["type"] == "/problems#concept-not-found"


@pytest.mark.parametrize(
    ("address", "parameter", "nearest"),
    [
        ("/api/concepts?lettr=C", "lettr", "letter"),
        ("/api/neighbors?concept=churn&dept=2", "dept", "depth"),
        ("/api/neighbors?concept=churn&type=reduce", "type", "reduces"),
        ("/api/relations?basis=txt", "basis", "text"),
        ("/api/neighbors?concept=churn&depth=9", "depth", None),
        ("/api/neighbors?concept=churn&depth=x", "depth", None),
        ("/api/neighbors", "concept", None),
        ("/api/search?q=", "q", None),
        ("/api/concepts?cursor=%%%", "cursor", None),
        ("/api/concepts?limit=0", "limit", None),
        ("/api/relations?min_confidence=2", "min_confidence", None),
        ("/api/concepts/churn?q=1", "q", None),
        ("/api/search?q=caf%E9", "q", None),
        ("/api/neighbors?concept=churn&relation=broader", "relation", "type"),
        ("/api/paths?from=churn&to=NRR&limit=2", "limit", "k"),
        ("/api/concepts?sort=degree", "sort", "order"),
        ("/api/concepts?letter=ch", "letter", None),
    ],
)
async def test_wrong_parameters(
    client: httpx.AsyncClient, address: str, parameter: str, nearest: str | None
) -> None:
    """An unknown parameter or value answers 422 and names the nearest that exists."""
    answer = await client.get(address)
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert (error["parameter"], error["nearest"]) == (parameter, nearest)


async def test_unchanged_answers_are_not_sent_again(client: httpx.AsyncClient) -> None:
    """A GET with the validator it was given answers 304 without a body; another revision not."""
    first = await client.get("/api/concepts/churn")
    again = await client.get(
        "/api/concepts/churn", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await client.get("/api/concepts/churn", headers={"If-None-Match": '"x", W/"y"'})
    assert other.status_code == 200


async def test_cursors_of_others_are_refused(client: httpx.AsyncClient) -> None:
    """Whatever stands in a cursor, it is answered with what to do."""
    for cursor in ("x", "ä", "2%C2%95", "%F0%9F%98%80", "====", "LTE"):
        for address in ("/api/search?q=a", "/api/relations?limit=1"):
            answer = await client.get(f"{address}&cursor={cursor}")
            assert answer.status_code == 422, (address, cursor, answer.text)


async def test_head_and_options(client: httpx.AsyncClient) -> None:
    """HEAD is GET without the body; OPTIONS and 405 name the methods."""
    head, get = await client.head("/api/stats"), await client.get("/api/stats")
    assert head.content == b"" and head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == get.headers["content-length"]
    options = await client.options("/api/stats")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    refused = await client.delete("/api/stats")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8000", 200), ("localhost", 200), ("[::1]:8000", 200), ("LOCALHOST:1", 200),
     ("192.168.0.7:80", 200), ("evil.example", 421), ("localhost.evil.example", 421), ("", 400)],
)  # fmt: skip
async def test_hosts(client: httpx.AsyncClient, host: str, status: int) -> None:
    """Only the names in the allow-list are answered, whatever the port (DNS rebinding)."""
    answer = await client.get("/api/stats", headers={"Host": host})
    assert answer.status_code == status


@pytest.mark.parametrize("host", ["", "a b", "127.0.0.1:80.b.example", "x@127.0.0.1", "a:b:c"])
async def test_a_host_is_a_name_and_a_port(client: httpx.AsyncClient, host: str) -> None:
    """RFC 9112 §3.2: a Host that is missing, several or none at all is answered with 400."""
    answer = await client.get("/health/live", headers={"Host": host})
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    two = httpx.Headers([("Host", "127.0.0.1"), ("Host", "b.example")])
    assert (await client.get("/health/live", headers=two)).status_code == 400


@pytest.mark.parametrize("name", ["%00", "a%00.css", "..%2Fsettings.py", "%2Fetc%2Fpasswd"])
async def test_no_other_files(client: httpx.AsyncClient, name: str) -> None:
    """Below /static there is nothing but its files, whatever the name."""
    assert (await client.get(f"/static/{name}")).status_code == 404


async def test_other_origins_only_where_public() -> None:
    """CORS headers are sent by a public server and by no other."""
    for public in (False, True):
        app = create_app(Snapshot(sample_graph(), "r1"), Settings(public=public))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            answer = await client.get("/api/stats", headers={"Origin": "https://a.example"})
            assert answer.headers.get("access-control-allow-origin") == ("*" if public else None)
            preflight = await client.options("/api/stats")
            assert ("access-control-allow-methods" in preflight.headers) is public


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/sparql", "GET, HEAD, OPTIONS, POST"),
        ("/api/sources/club", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/api/concepts", "GET, HEAD, OPTIONS"),
        ("/api/annotate", "OPTIONS, POST"),
    ],
)
async def test_allow_names_all_methods(client: httpx.AsyncClient, path: str, allowed: str) -> None:
    """RFC 9110 §15.5.6: 405 and OPTIONS list what every route of the address allows."""
    refused = await client.request("PATCH", path)
    assert refused.status_code == 405
    assert refused.headers["allow"] == allowed
    assert allowed in refused.json()["detail"]
    options = await client.request("OPTIONS", path)
    assert (options.status_code, options.headers["allow"]) == (204, allowed)


async def test_a_length_that_is_not_known_is_not_told(client: httpx.AsyncClient) -> None:
    """RFC 9110 §8.6: HEAD says no other Content-Length than GET would."""
    client.headers["accept-encoding"] = "identity"
    told = await client.head("/api/export/turtle")
    assert told.status_code == 200 and "content-length" not in told.headers
    assert told.headers["etag"] == (await client.get("/api/export/turtle")).headers["etag"]
    length = (await client.head("/api/concepts/churn")).headers["content-length"]
    assert int(length) == len((await client.get("/api/concepts/churn")).content)


@pytest.mark.parametrize(
    "query",
    ["limit=3&limit=4", "letter=a&letter=b", "implied=1&implied=0", "order=label&order=label"],
)
async def test_a_single_value_is_given_once(client: httpx.AsyncClient, query: str) -> None:
    """What may have one value and is given twice is refused by name, not guessed."""
    answer = await client.get(f"/api/concepts?{query}")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["parameter"] == query.partition("=")[0] and "once" in error["detail"]
    several = await client.get("/api/concepts?type=broader&type=partOf")
    assert several.status_code == 200
