"""The picture of a whole graph is the same from a process beside the server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson

from api.picture import picture
from kg.communities import groups
from kg.index import Index
from kg.overview import summary
from kg.store import open_revision, write_revision
from tests.sample_graph import sample_graph


def test_a_process_draws_what_the_server_would(tmp_path: Path) -> None:
    """Communities and overview of a stored revision are those of its graph."""
    write_revision(tmp_path / "sample.kg", sample_graph())
    with open_revision(tmp_path / "sample.kg") as revision:
        drawn = asyncio.run(picture(revision))
        communities = groups(revision.graph)
        assert drawn is not None
        assert drawn[0] == communities
        assert drawn[1] == orjson.dumps(summary(Index(revision.graph), communities))


def test_no_picture_of_a_revision_that_is_gone(tmp_path: Path) -> None:
    """Where the process fails, there is no picture, and the server makes it when it is asked."""
    write_revision(tmp_path / "sample.kg", sample_graph())
    with open_revision(tmp_path / "sample.kg") as revision:
        (tmp_path / "sample.kg").rename(tmp_path / "moved.kg")
        assert asyncio.run(picture(revision)) is None
