"""The command that writes a site of files: site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli import output
from api.cli.ask import Where, open_snapshot
from api.cli.make import progress_bar


def register(app: typer.Typer) -> None:
    """Add the command of this module to ``app``."""
    app.command()(output.exiting(site))


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
