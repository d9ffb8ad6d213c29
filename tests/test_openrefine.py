"""OpenRefine itself, headless, reconciles a column against a running server and fetches columns."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from kg.store import write_revision
from tests.sample_graph import sample_graph
from tests.serving import serve

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(shutil.which("openrefine") is None, reason="needs the openrefine package"),
]

TABLE = """\
term,family
Churn rates,success
NRR,success
pilot,club
Chrun,
mainsail,club
zebra crossing,
"""


class Refine:
    """The commands that OpenRefine's own pages send (version 3.6)."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=f"{address}/command/core/", timeout=60)
        self.project = ""

    def post(self, command: str, **fields: Any) -> Any:
        token = self.client.get("get-csrf-token").json()["token"]
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}
        answer = self.client.post(
            command, params={"project": self.project, "csrf_token": token}, data=form
        )
        answer.raise_for_status()
        return answer.json()

    def create(self, table: str) -> None:
        token = self.client.get("get-csrf-token").json()["token"]
        answer = self.client.post(
            "create-project-from-upload",
            params={"csrf_token": token},
            data={
                "project-name": "terms",
                "format": "text/line-based/*sv",
                "options": json.dumps({"separator": ",", "encoding": "UTF-8"}),
            },
            files={"project-file": ("terms.csv", table, "text/csv")},
        )
        assert answer.status_code == 302, answer.text
        (self.project,) = parse_qs(urlsplit(answer.headers["location"]).query)["project"]

    def wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while self.client.get("get-processes", params={"project": self.project}).json()[
            "processes"
        ]:
            assert time.monotonic() < deadline, "OpenRefine did not come to an end"
            time.sleep(0.3)

    def rows(self) -> list[dict[str, Any]]:
        """Each row by column: the cell's value, and what OpenRefine judged of it."""
        model = self.client.get("get-models", params={"project": self.project}).json()
        names = [(c["name"], c["cellIndex"]) for c in model["columnModel"]["columns"]]
        found = self.post("get-rows", start="0", limit="50", engine=ENGINE)
        # A judged cell holds the number of its reconciliation, which stands beside the rows.
        recons = found.get("pool", {}).get("recons", {})
        rows = []
        for row in found["rows"]:
            cells = {}
            for name, place in names:
                cell = row["cells"][place] if place < len(row["cells"]) else None
                cell = dict(cell or {})
                if "r" in cell:
                    cell["r"] = recons[str(cell["r"])]
                cells[name] = cell
            rows.append(cells)
        return rows


ENGINE = {"facets": [], "mode": "row-based"}


@contextmanager
def running(folder: Path) -> Iterator[Refine]:
    """Run OpenRefine on a free port; stop it and all it started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["./refine", "-p", str(port), "-i", "127.0.0.1", "-d", str(folder), "-m", "300M"]
    process = subprocess.Popen(
        [*command, "-x", "refine.headless=true"],
        cwd="/usr/share/openrefine",
        env={**os.environ, "REFINE_MIN_MEMORY": "100M", "HOME": str(folder)},
        stdout=(folder / "log").open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 120
        while True:
            try:
                httpx.get(f"{address}/command/core/get-csrf-token", timeout=5).json()
                break
            except (httpx.HTTPError, ValueError):
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.5)
        yield Refine(address)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_openrefine(tmp_path: Path) -> None:
    """Types are guessed, sure cells matched, others get candidates, definitions are fetched."""
    write_revision(tmp_path / "g.kg", sample_graph())
    (tmp_path / "refine").mkdir()
    with serve(tmp_path / "g.kg") as served, running(tmp_path / "refine") as refine:
        service = f"{served.address}/reconcile"
        manifest = httpx.get(service).json()
        spaces = {key: manifest[key] for key in ("identifierSpace", "schemaSpace")}
        refine.create(TABLE)

        guessed = refine.post("guess-types-of-column", columnName="term", service=service)
        assert guessed["code"] == "ok", guessed
        assert "Concept" in [each["id"] for each in guessed["types"]]

        config = {
            "mode": "standard-service",
            "service": service,
            **spaces,
            "type": {"id": "Concept", "name": "Concept"},
            "autoMatch": True,
            "columnDetails": [],
            "limit": 0,
        }
        refine.post("reconcile", columnName="term", config=config, engine=ENGINE)
        refine.wait()
        judged = {row["term"]["v"]: row["term"].get("r", {}) for row in refine.rows()}
        assert {term: (r.get("j"), r.get("m", {}).get("id")) for term, r in judged.items()} == {
            "Churn rates": ("matched", "churn-rate"),
            "NRR": ("matched", "net-revenue-retention"),
            "pilot": ("none", None),
            "Chrun": ("none", None),
            "mainsail": ("matched", "mainsail"),
            "zebra crossing": ("none", None),
        }
        candidates = {term: [c["id"] for c in r.get("c", [])] for term, r in judged.items()}
        assert set(candidates["pilot"][:2]) == {"harbour-pilot", "pilot-program"}
        assert "churn" in candidates["Chrun"]
        assert candidates["zebra crossing"] == []

        wanted = [
            {"id": "broader", "name": "broader"},
            {"id": "definition", "name": "definition", "settings": {"limit": 1}},
        ]
        refine.post(
            "extend-data",
            baseColumnName="term",
            endpoint=service,
            **spaces,
            extension={"properties": wanted},
            columnInsertIndex="1",
            engine=ENGINE,
        )
        refine.wait()
        row = next(row for row in refine.rows() if row["term"].get("v") == "mainsail")
        said = [cell.get("v") for cell in row.values()]
        assert "A sail behind the mast; it is a part of the rig." in said
        broader = [cell for cell in row.values() if cell.get("v") == "Sail"]
        assert broader[0]["r"]["m"]["id"] == "sail"
