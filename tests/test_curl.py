"""The requests that README and docs/http.md show, sent with curl to a running server."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import ROOT, Served, serve

REQUESTS = [
    line.replace("\\\n", " ")
    for name in ("README.md", "docs/http.md")
    for block in re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    for line in re.split(r"(?<!\\)\n", block)
    if line.startswith("curl ")
]

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("curl")
    build = ["build", "examples", "-o", str(folder / "sample.kg"), "--quiet"]
    environment = {**os.environ, "GLOSSGRAPH_CACHE": str(folder / "cache")}
    subprocess.run([sys.executable, "-m", "api.cli", *build], cwd=ROOT, env=environment, check=True)
    with serve(folder / "sample.kg") as served:
        yield served


def test_there_are_requests() -> None:
    """Both documents show some."""
    assert len(REQUESTS) >= 8


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda line: line[5:70])
def test_shown_requests_are_answered(request_: str, server: Served, tmp_path: Path) -> None:
    """As it stands there, each is answered with success and something in it."""
    (tmp_path / "page.html").write_text("<p>Churn is what a playbook is for.</p>")
    port = server.address.rpartition(":")[2]
    arguments = shlex.split(request_.replace("localhost:8000", f"localhost:{port}"))
    done = subprocess.run(
        [*arguments, "--fail-with-body", "--silent", "--show-error", "--max-time", "20"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    written = tmp_path / "churn.svg"
    assert len(done.stdout) > 20 or written.stat().st_size > 1000
