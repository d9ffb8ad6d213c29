"""The explorer as a folder of files, which any web host or LMS file area serves, from any path.

Pages are those of the server, asked for in this process and followed from link to link; addresses
become relative. What needs a server (SPARQL, the interface) is left out; pages search themselves.
Definitions are cut as a public server cuts them, since a site is handed on.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import relpath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx
import orjson
from starlette.requests import Request

from api import views
from api.app import create_app
from api.drawing import FORMATS
from api.embed import words_in
from api.negotiate import CONCEPT_FORMATS
from api.pages import render
from api.service import Snapshot
from api.settings import Settings
from api.system import STATIC
from kg.export import EXPORTS, export

MARK = ".glossgraph-site"
"""A file that says that a folder is a site of ours and may be replaced."""
_ROOT = "/-site-"
_HOST = "http://site.invalid"
_ADDRESS = re.compile(rf'(\s(?:href|src|action|cite|data-root)=")({_ROOT}[^"]*)(")')
_ABSOLUTE = re.compile(rf"{_HOST}{_ROOT}(/[^\"\s<>&]*)")
_OEMBED = re.compile(r'<section class="panel" id="share-oembed".*?</section>', re.DOTALL)
_STEPS = re.compile(r'<label>[^<]*<select name="depth">.*?</label>', re.DOTALL)
_LANGUAGES = re.compile(r'<nav class="languages".*?</nav>', re.DOTALL)
_FOOT = re.compile(r"</footer>")
_MODULE = re.compile(r'<script type="module" src="[^"]*explorer\.js[^"]*"></script>')
_CANONICAL = re.compile(r'<link rel="canonical" href="[^"]*">')
_OFFERED = re.compile(r"(?:source|community)=[^&]*$")
_SEVERAL = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 120
"""Bytes of a file's name without its suffix; longer ones are cut and told apart by a digest."""
_SAID = 160
"""Code points of a term's summary in the search index."""
_LISTED = 1000
"""Terms that llms.txt names, the most connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a site is written."""

    base_url: str = ""
    """Address that the folder will be served at; for the sitemap and for code to copy."""
    language: str = ""
    """Of the pages; ``""``: the glossary's, or English."""
    pictures: bool = False
    """Whether maps are written as PNG too."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What was written."""

    pages: int = 0
    files: int = 0
    size: int = 0
    """Bytes."""
    broken: list[str] = field(default_factory=list)
    """Addresses that pages name and that were not answered."""


class NotASite(FileExistsError):
    """The folder holds something else; nothing was written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} is not empty and no site of ours. Name another folder, or empty it."
        )


def write_site(
    snapshot: Snapshot,
    folder: Path,
    options: Options | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Report:
    """Write the explorer of a graph to ``folder``, replacing a site that stands there.

    Raises:
        NotASite: the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise NotASite(folder)
    aside = folder.with_name(folder.name + ".part")
    _remove(aside)
    aside.mkdir(parents=True)
    site = _Site(snapshot, aside, options or Options(), progress)
    # In a thread of its own, since the caller may have an event loop already, as notebooks do.
    with ThreadPoolExecutor(max_workers=1) as thread:
        report = thread.submit(lambda: asyncio.run(site.write())).result()
    _remove(folder)
    aside.replace(folder)
    return report


def _remove(folder: Path) -> None:
    if not folder.exists():
        return
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def file_of(address: str, options: Options) -> str:
    """Return the file that an address (below the root path) becomes, ``""`` where it has none."""
    parts = urlsplit(address)
    path, query = unquote(parts.path), parts.query
    first, _, rest = path.strip("/").partition("/")
    if not first:
        return "index.html"
    if first in {"static", "labels.json", "embed.js", "autolink.js"}:
        return path.strip("/")
    if first == "search":
        return "search.html"
    if first in {"exports", "search.json"}:
        return "exports.html" if not rest else path.strip("/")
    if first == "map" and not rest:
        # Sets of concepts that readers put together need a server.
        return _named(first, query, ".html") if not query or _OFFERED.match(query) else ""
    if first == "tree" and not rest:
        return _named(first, query, ".html")
    if first == "sources" and rest:
        return _named(f"sources/{_short(rest)}", query, ".html")
    if first in {"concepts", "sources"} and not rest:
        # One filter at a time; all pairs of letters and kinds would be pages of one term or none.
        if len([each for each in query.split("&") if not each.startswith("cursor=")]) > 1:
            return ""
        return _named(first, query, ".html")
    if first in {"concepts", "embed"} and rest:
        suffix = PurePosixPath(rest).suffix.removeprefix(".")
        known = {each.suffix for each in CONCEPT_FORMATS}
        stem = rest if suffix not in known else rest.removesuffix(f".{suffix}")
        return f"{first}/{_short(stem)}.{suffix if suffix in known else 'html'}"
    if first == "relations" and rest:
        return f"relations/{_short(rest)}.html"
    if first == "share" and rest and options.base_url:
        return f"share/{_short(rest)}.html"
    drawn = re.fullmatch(r"api/concepts/(.+)/map\.(\w+)", path.strip("/"))
    if drawn and drawn[2] in FORMATS and (options.pictures or drawn[2] != "png"):
        return _named(f"api/concepts/{_short(drawn[1])}/map", query, f".{drawn[2]}")
    return ""


def _named(stem: str, query: str, suffix: str) -> str:
    """Return a file's name with its query in it, in letters, digits and hyphens."""
    if not query:
        return stem + suffix
    said = _SEVERAL.sub("-", unquote(query)).strip("-")
    exact = re.sub("[=&]", "-", unquote(query))
    return f"{stem}-{said}{suffix}" if said == exact else f"{stem}-{said}-{_digest(query)}{suffix}"


def _short(name: str) -> str:
    raw = name.encode()
    if len(raw) <= _LONGEST:
        return name
    return raw[: _LONGEST - 9].decode(errors="ignore") + "-" + _digest(name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


class _Site:
    """A site while it is written."""

    def __init__(
        self, snapshot: Snapshot, folder: Path, options: Options, progress: Callable[..., None]
    ) -> None:
        self.snapshot = snapshot
        self.folder = folder
        self.options = options
        self.progress = progress
        self.base = options.base_url.rstrip("/")
        self.language = words_in(options.language or snapshot.graph.language).language
        self.report = Report()
        self.waiting: deque[str] = deque()
        self.known: dict[str, str] = {}
        """File by address, of all that were met."""
        self.written: set[str] = set()

    async def write(self) -> Report:
        settings = Settings(public=True, root_path=_ROOT, hosts=("*",), reload_seconds=0)
        transport = httpx.ASGITransport(app=create_app(self.snapshot, settings))
        headers = {"Accept": "text/html,*/*;q=0.1", "Accept-Language": self.language}
        async with httpx.AsyncClient(
            transport=transport, base_url=_HOST, headers=headers, timeout=None
        ) as client:
            self.exports()
            self.search_index()
            self.meet("/", "/labels.json", "/embed.js", "/autolink.js", "/concepts")
            for name in sorted(path.name for path in (STATIC / "embed").iterdir()):
                self.meet(f"/static/embed/{name}")
            self.meet(
                "/static/site.js",
                "/static/explorer.js",
                "/static/combobox.js",
                "/static/share.css",
                "/static/share.js",
            )
            for concept in self.snapshot.graph.concepts:
                self.meet(views.path(concept.slug))
                self.meet(views.path(concept.slug).replace("/concepts/", "/embed/", 1))
                self.meet(views.path(concept.slug).replace("/concepts/", "/embed/", 1) + ".json")
            while self.waiting:
                await self.take(client, self.waiting.popleft())
                done = self.report.files
                self.progress("files", done, done + len(self.waiting))
        self.own_pages()
        self.redirects()
        self.for_machines()
        (self.folder / MARK).write_text(f"{self.snapshot.revision}\n", encoding="utf-8")
        return self.report

    # --- pages of the server ----------------------------------------------------------------------

    def meet(self, *addresses: str) -> None:
        """Remember addresses; those with a file are asked for once."""
        for address in addresses:
            bare = address.partition("#")[0]
            if bare.startswith("/static/"):
                bare = bare.partition("?")[0]
            if bare in self.known:
                continue
            file = self.known[bare] = file_of(bare, self.options)
            own = file in {"search.html", "exports.html"} or file.startswith("exports/")
            if file and not own and file not in self.written:
                self.written.add(file)
                self.waiting.append(bare)

    async def take(self, client: httpx.AsyncClient, address: str) -> None:
        """Write what the server answers for an address."""
        answer = await client.get(address)
        if answer.status_code != 200:
            self.report.broken.append(f"{address} ({answer.status_code})")
            return
        body = answer.content
        kind = answer.headers["content-type"]
        file = self.known[address]
        if kind.startswith("text/html"):
            body = self.page(answer.text, file).encode()
            self.report.pages += 1
        elif self.base and kind.startswith(("image/svg", "text/markdown", "text/vnd.mermaid")):
            body = self.absolute(answer.text).encode()
        elif kind.startswith("text/css"):
            for name in re.findall(r'url\("([^"]+)"\)', answer.text):
                self.meet(f"{address.rpartition('/')[0]}/{name}")
        self.save(file, body)

    def save(self, file: str, body: bytes) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        self.report.files += 1
        self.report.size += len(body)

    def page(self, text: str, file: str) -> str:
        """Return a page of which every address is relative, and nothing asks a server."""
        text = _LANGUAGES.sub("", text)
        text = _ADDRESS.sub(lambda found: self.relative(found, file), text)
        for tag in ("a", "form"):
            text = re.sub(rf'<{tag}\b[^>]*="{_ROOT}"[^>]*>.*?</{tag}>', "", text, flags=re.DOTALL)
        text = re.sub(rf'<(?:link|script)\b[^>]*="{_ROOT}[^"]*"[^>]*>(?:</script>)?\n?', "", text)
        # Files know maps of one step only.
        text = _STEPS.sub("", text)
        text = re.sub(r'<link rel="alternate" type="application/json\+oembed"[^>]*>\n?', "", text)
        up = relpath(".", PurePosixPath(file).parent.as_posix())
        module = f'<script type="module" src="{up}/static/site.js"></script>\n'
        text = _MODULE.sub(lambda found: module + found[0], text)
        words = words_in(self.language)
        link = f'<a href="{up}/exports.html">{words("site.exports")}</a>\n</footer>'
        if "embed/" not in file:
            text = _FOOT.sub(link, text, count=1)
        if self.base:
            text = _OEMBED.sub("", text)
            text = _ABSOLUTE.sub(self.at_home, text)
            here = html.escape(f"{self.base}/{quote(file)}")
            text = _CANONICAL.sub(f'<link rel="canonical" href="{here}">', text)
        return text

    def relative(self, found: re.Match[str], file: str) -> str:
        """Return an attribute with its address relative to ``file``; without one, as the root."""
        before, value, after = found.groups()
        address = html.unescape(value)[len(_ROOT) :]
        up = PurePosixPath(file).parent.as_posix()
        if before.strip().startswith("data-root"):
            return before + html.escape(relpath(".", up)) + after
        address, mark, fragment = (address or "/").partition("#")
        self.meet(address)
        bare = address.partition("?")[0] if address.startswith("/static/") else address
        target = self.known[bare]
        if not target:
            return before + _ROOT + after
        return before + html.escape(quote(relpath(target, up)) + mark + fragment) + after

    def at_home(self, found: re.Match[str]) -> str:
        """Return an address of code to copy, on the site."""
        return f"{self.base}/{quote(file_of(found[1], self.options))}"

    def absolute(self, text: str) -> str:
        """Return a file of which concepts' IRIs lead to their pages on the site."""
        iri = re.escape(f"{self.snapshot.graph.base}concepts/")
        return re.sub(
            rf"{iri}([^\s\"<>()]+)",
            lambda found: f"{self.base}/{quote(file_of(f'/concepts/{found[1]}', self.options))}",
            text,
        )

    # --- what is only on a site -------------------------------------------------------------------

    def render(self, template: str, **more: Any) -> str:
        """Return a page of a site from a template, as a server would."""
        scope = {
            "type": "http", "method": "GET", "path": "/", "root_path": _ROOT, "scheme": "http",
            "query_string": b"", "server": ("site.invalid", 80), "snapshot": self.snapshot,
            "headers": [(b"accept-language", self.language.encode())],
        }  # fmt: skip
        return render(Request(scope), template, **more).decode()

    def exports(self) -> None:
        """Write the graph in every format."""
        stem = _SEVERAL.sub("-", self.snapshot.graph.title.lower()).strip("-")[:60] or "graph"
        self.files: list[dict[str, str]] = []
        for each in EXPORTS.values():
            body = b"".join(export(self.snapshot.published, each, mentions=each.mentions))
            name = f"{stem}{each.suffixes[0]}"
            self.save(f"exports/{name}", body)
            size = f"{len(body) / 1000:,.0f} kB"
            self.files.append(
                {"file": name, "title": each.title, "tools": each.tools, "size": size}
            )

    def search_index(self) -> None:
        rows = [
            [
                file_of(views.path(concept.slug), self.options).removeprefix("concepts/"),
                concept.label,
                views.kind_name(self.snapshot, concept.kind, self.language),
                views.summary(concept, _SAID),
                *(each.text for each in concept.designations if each.text != concept.label),
            ]
            for concept in self.snapshot.published.concepts
        ]
        self.save("search.json", orjson.dumps(rows))

    def own_pages(self) -> None:
        pages: Mapping[str, Mapping[str, Any]] = {
            "site_search.html": {}, "site_exports.html": {"files": self.files},
        }  # fmt: skip
        for template, more in pages.items():
            file = template.removeprefix("site_")
            self.save(file, self.page(self.render(template, **more), file).encode())
            self.report.pages += 1

    def redirects(self) -> None:
        """Write a page for each former slug, in both rooms, that leads to the present one."""
        for old in self.snapshot.graph.redirects:
            slug = self.snapshot.index.resolve(old)
            label = html.escape(self.snapshot.index.label(slug))
            for room in ("concepts", "embed"):
                target = file_of(f"/{room}/{quote(slug)}", self.options)
                name = html.escape(quote(target.rpartition("/")[2]))
                page = (
                    f'<!doctype html><html lang="{self.language}"><meta charset="utf-8">'
                    f'<meta http-equiv="refresh" content="0; url={name}"><title>{label}</title>'
                    f'<link rel="canonical" href="{name}"><p><a href="{name}">{label}</a></p>'
                    "</html>\n"
                )
                self.save(file_of(f"/{room}/{quote(old)}", self.options), page.encode())

    def for_machines(self) -> None:
        """Write robots.txt, llms.txt and, where the address is known, the sitemap."""
        robots = "User-agent: *\nAllow: /\n"
        if self.base:
            robots += f"Sitemap: {self.base}/sitemap.xml\n"
            self.save("sitemap.xml", "".join(self.sitemap()).encode())
        self.save("robots.txt", robots.encode())
        self.save("llms.txt", "\n".join(self.for_assistants()).encode())
        self.save(".nojekyll", b"")

    def sitemap(self) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        files = ["index.html", "concepts.html", "map.html", "tree.html", "sources.html"]
        files += ["exports.html"]
        slugs = self.snapshot.catalogue.slugs
        files += [file_of(views.path(slug), self.options) for slug in slugs]
        for file in files:
            yield f"<url><loc>{html.escape(f'{self.base}/{quote(file)}')}</loc></url>\n"
        yield "</urlset>\n"

    def for_assistants(self) -> Iterator[str]:
        """Yield the lines of llms.txt (https://llmstxt.org): what is here, in Markdown."""
        graph, index = self.snapshot.graph, self.snapshot.index
        base = f"{self.base}/" if self.base else ""
        yield f"# {graph.title}\n"
        yield (
            f"> {len(graph.concepts)} concepts of {len(graph.sources)} glossaries, with "
            f"{len(graph.relations)} relations; each says where it was read.\n"
        )
        yield "## Terms\n"
        for slug in self.snapshot.hubs[:_LISTED]:
            file = file_of(f"{views.path(slug)}.md", self.options)
            said = views.summary(self.snapshot.published.concepts[index.number[slug]], _SAID)
            yield f"- [{index.label(slug)}]({base}{quote(file)})" + (f": {said}" if said else "")
        yield "\n## Data\n"
        for each in self.files:
            yield f"- [{each['title']}]({base}exports/{quote(each['file'])})"
        yield ""
