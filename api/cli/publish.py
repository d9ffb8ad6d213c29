"""Commands that bring a graph elsewhere, and back: site, push, pull."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import opening
from api.cli import output
from api.cli.ask import Where, open_snapshot
from api.cli.make import AsJson, progress_bar

if TYPE_CHECKING:
    from api.pull import Pulled


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(output.exiting(site))
    app.command()(output.exiting(push))
    app.command()(output.exiting(pull))


def site(
    where: Where,
    out: Annotated[Path, typer.Option("-o", "--output", metavar="FOLDER")],
    base_url: Annotated[
        str, typer.Option("--base-url", metavar="URL", help="Where it will be served.")
    ] = "",
    lang: Annotated[str, typer.Option("--lang", help="Language of the pages.")] = "",
    png: Annotated[bool, typer.Option("--png", help="Maps as PNG too.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> int:
    """Write the whole explorer as files for any web host or LMS file area."""
    from api.site import NotASite, Options, write_site  # the server's packages, for this alone

    snapshot = open_snapshot(where)
    options = Options(base_url=base_url, language=lang, pictures=png)
    try:
        with progress_bar(quiet, {"files": 1}) as progress:
            report = write_site(snapshot, out, options, progress)
    except NotASite as error:
        output.say(str(error))
        return 2
    for address in report.broken:
        output.say(f"Not answered: {address}")
    if not quiet:
        output.say(
            f"{report.pages} pages and {report.files - report.pages} other files, "
            f"{report.size / 1e6:.1f} MB, in {out}"
        )
    return 1 if report.broken else 0


def push(
    where: Annotated[
        str,
        typer.Argument(metavar="GRAPH[@REVISION]|SOURCE", help="What is pushed."),
    ],
    endpoint: Annotated[
        str,
        typer.Argument(
            metavar="ENDPOINT", help="Of the Graph Store Protocol: http://…/store, http://…/data …"
        ),
    ],
    query: Annotated[
        str, typer.Option("--query", metavar="URL", help="For queries, where it is no such server.")
    ] = "",
    update: Annotated[
        str | None, typer.Option("--update", metavar="URL", help="For updates; empty for none.")
    ] = None,
    default: Annotated[
        bool, typer.Option("--default", help="The concepts as the store's default graph, too.")
    ] = False,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> int:
    """Load the graph into a SPARQL 1.1 server in place of its last revision, and count it there."""
    from api import push as pushing  # httpx takes 80 ms to import

    store = pushing.addresses(endpoint, query, update)
    with opening.revision_of(where) as revision, progress_bar(quiet, {"sending": 1}) as told:
        found = pushing.push(revision, store, default=default, told=told)
        pushed = revision.id
    if as_json:
        output.emit_json({"revision": pushed, "store": store.graphs, "graphs": found})
    elif not quiet:
        output.emit_rows(("triples", "graph"), ((count, name) for name, count in found.items()))
        output.say(f"{sum(found.values())} triples of revision {pushed} in {store.graphs}")
    return 0


def pull(
    endpoint: Annotated[
        str, typer.Argument(metavar="ENDPOINT", help="Takes SPARQL queries: http://…/query …")
    ],
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="GRAPH", help="The graph's folder.")
    ],
    base: Annotated[
        str, typer.Option("--base", metavar="IRI", help="Of several graphs pushed there, one.")
    ] = "",
    graph: Annotated[
        str, typer.Option("--graph", metavar="IRI", help="A named graph of SKOS of any origin.")
    ] = "",
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> int:
    """Read the graph that a SPARQL 1.1 server holds, pushed there or any SKOS, into a folder."""
    from api import pull as pulling

    with progress_bar(quiet, {"reading": 1}) as told:
        found = pulling.pull(endpoint, out, base=base, graph=graph, told=told)
    if as_json:
        output.emit_json({"graph": str(out), **asdict(found)})
    elif not quiet:
        output.say(pulled(found, out))
    return 0


def pulled(found: Pulled, folder: Path) -> str:
    """Return what was read, in a sentence or two."""
    other = ", ".join(found.other)
    return (
        f"{found.concepts} concepts and {found.relations} relations of {found.triples} triples in "
        f"{folder} (revision {found.revision})."
        + (f" Left out is what others wrote into {other}." if other else "")
    )
