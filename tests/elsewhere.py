"""A site on another origin, with a policy as strict as they come, for tests of embeds."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGES = Path(__file__).resolve().parent / "pages"


def policy(glossary: str) -> str:
    """What a careful site lets in: our script, its data and frames; no inline code or style."""
    return (
        f"default-src 'none'; script-src {glossary}; connect-src {glossary}; frame-src {glossary}; "
        "style-src 'self'; img-src 'self'; base-uri 'none'; require-trusted-types-for 'script'"
    )


@contextmanager
def elsewhere(
    glossary: str, pages: Mapping[str, str] | None = None, *, policy: str = ""
) -> Iterator[str]:
    """Serve ``pages`` (by path) and the files of ``tests/pages``; yields the site's address.

    ``{glossary}`` in them becomes the address of the glossary.
    """
    given = pages or {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].lstrip("/")
            text = given.get(name)
            if text is None and (PAGES / name).is_file():
                text = (PAGES / name).read_text(encoding="utf-8")
            self.send_response(404 if text is None else 200)
            kind = "text/css" if name.endswith(".css") else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write((text or "").replace("{glossary}", glossary).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("localhost", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
