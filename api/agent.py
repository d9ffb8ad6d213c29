"""The Model Context Protocol: six tools with which an agent asks the graph, over HTTP and stdio.

Answers are short Markdown, since that is what models read best; errors name what is near. The
package is an extra and takes a second to import, so it is imported when first asked for.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

from pydantic import Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import Route as Mounted
from starlette.types import Receive, Scope, Send

from api import answers, context, views
from api.docs import software_version
from api.markdown import concept_markdown
from api.problems import Problem, respond
from api.service import Service, Snapshot
from api.settings import Settings
from kg.errors import (
    AmbiguousLabel,
    ConceptNotFound,
    MalformedQuery,
    MissingExtra,
    QueryBusy,
    QueryFailed,
    QueryTimeout,
    QueryTooLarge,
    UnknownKey,
)
from kg.neighbors import MAX_DEPTH, neighbors
from kg.paths import paths
from kg.search import search
from ontology.vocabulary import UnknownRelationType

if TYPE_CHECKING:
    from mcp.server import MCPServer

P = ParamSpec("P")
ROWS = 200
"""Lines of a SPARQL answer that an agent is shown."""

# What went wrong that the agent can mend; the message says how.
_MENDABLE = (AmbiguousLabel, ConceptNotFound, MalformedQuery, QueryBusy, QueryFailed, QueryTimeout,
             QueryTooLarge, UnknownKey, UnknownRelationType, Problem)  # fmt: skip

Name = Annotated[str, Field(description="Any label, alias, acronym, slug or IRI of a concept.")]


def instructions(snapshot: Snapshot) -> str:
    """Return what an agent is told first."""
    sources = ", ".join(source.title for source in snapshot.graph.sources[:8])
    return (
        f"A concept graph read from glossaries ({sources}): {len(snapshot.graph.concepts)} "
        "concepts, how they are related, and the sentence that says so. Begin with `context` for a "
        "question in prose, with `search` for a word. Cite the places in square brackets. Every "
        "tool takes any name of a concept."
    )


def server(service: Service, settings: Settings) -> MCPServer:
    """Return an MCP server that answers from the present snapshot of ``service``.

    Raises:
        MissingExtra: the package mcp is not installed.
    """
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp_types import CallToolResult, InputRequiredResult, Tool, ToolAnnotations
    except ImportError as error:
        raise MissingExtra("mcp", "Agents (MCP)") from error

    class Strict(MCPServer):
        """Refuses arguments that a tool does not take: passed over, they would mislead."""

        async def list_tools(self) -> list[Tool]:
            tools = await super().list_tools()
            for tool in tools:
                tool.input_schema["additionalProperties"] = False
            return tools

        async def call_tool(
            self, name: str, arguments: dict[str, Any], context: Any = None
        ) -> CallToolResult | InputRequiredResult:
            known = {tool.name: tool.input_schema for tool in await self.list_tools()}
            wrong = _wrong(name, arguments, known)
            if wrong:
                raise ToolError(wrong)
            try:
                return await super().call_tool(name, arguments, context)
            except ToolError as error:
                if isinstance(error.__cause__, ValidationError):
                    raise ToolError(_told(error.__cause__)) from error
                raise

    snapshot = service.snapshot
    made = Strict(
        "glossgraph",
        title=snapshot.graph.title,
        instructions=instructions(snapshot),
        version=software_version(),
        log_level="WARNING",
    )
    tools = _Tools(service, settings)
    reads = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

    def mending(tool: Callable[P, Awaitable[str]]) -> Callable[P, Awaitable[str]]:
        @functools.wraps(tool)
        async def run(*arguments: P.args, **options: P.kwargs) -> str:
            try:
                return await tool(*arguments, **options)
            except _MENDABLE as error:
                raise ToolError(str(error)) from error

        return run

    for each in (tools.search, tools.concept, tools.neighbors, tools.path, tools.context,
                 tools.sparql):  # fmt: skip
        made.tool(annotations=reads, structured_output=False)(mending(each))
    return made


def _wrong(name: str, arguments: Iterable[str], known: Mapping[str, Any]) -> str:
    """Return what is wrong with the names in a call, ``""`` where nothing is."""
    if name not in known:
        return f'There is no tool "{name}". There are: {", ".join(known)}.'
    takes, needs = known[name]["properties"], known[name].get("required", ())
    said = [f'There is no argument "{each}".' for each in arguments if each not in takes]
    said += [f'The argument "{each}" is missing.' for each in needs if each not in arguments]
    return " ".join([*said, f"{name} takes: {', '.join(takes)}."]) if said else ""


def _told(error: ValidationError) -> str:
    """Return what is wrong with the values in a call, a sentence for each."""
    return " ".join(
        f'"{".".join(map(str, each["loc"]))}": {each["msg"]}.' for each in error.errors()
    )


class _Tools:
    """The tools; their signatures and first docstrings are what agents read."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._settings = settings

    @contextmanager
    def _snapshot(self) -> Iterator[Snapshot]:
        with self._service.lease() as snapshot:
            yield snapshot

    async def search(
        self,
        query: Annotated[str, Field(description="A few words; typing mistakes are forgiven.")],
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
    ) -> str:
        """Find concepts by label, alias, acronym, misspelling or the words of a definition."""
        with self._snapshot() as snapshot:
            results = await run_in_threadpool(search, snapshot.index, query[:500], limit=limit)
            if not results.hits:
                near = ", ".join(snapshot.index.near(query[:500]))
                return f'Nothing is found for "{query}".' + (f" Near: {near}" if near else "")
            lines = [
                f"- {snapshot.index.label(hit.concept)} (`{hit.concept}`, by {hit.reason}): "
                f"{views.gist(snapshot, hit.concept, public=self._settings.public)}"
                for hit in results.hits
            ]
            if results.more:
                lines.append(f"There are {results.total} in all.")
            return "\n".join(lines)

    async def concept(self, name: Name) -> str:
        """Show one concept: labels, each source's definition with credit, relations with bases."""
        with self._snapshot() as snapshot:
            slug = snapshot.index.resolve(name)
            return concept_markdown(snapshot, slug, public=self._settings.public)

    async def neighbors(
        self,
        name: Name,
        depth: Annotated[int, Field(ge=1, le=MAX_DEPTH)] = 1,
        relation: Annotated[
            str | None,
            Field(description="Only this type, such as broader, narrower, reduces, reducedBy."),
        ] = None,
        limit: Annotated[int, Field(ge=1, le=200)] = 40,
    ) -> str:
        """List the concepts around one, nearest and best founded first, with the reason of each."""
        with self._snapshot() as snapshot:
            slug = snapshot.index.resolve(name)
            steps = await run_in_threadpool(
                functools.partial(
                    neighbors,
                    snapshot.index,
                    slug,
                    depth=depth,
                    types=(relation,) if relation else None,
                    limit=limit + 1,
                )
            )
            lines = [_read(answers.leg_view(snapshot, step.leg)) for step in steps[:limit]]
            if len(steps) > limit:
                lines.append(f"There are more than {limit}; raise limit or name a relation.")
            return "\n".join(lines) or f"{snapshot.index.label(slug)} has no such relation."

    async def path(
        self,
        start: Name,
        end: Name,
        count: Annotated[int, Field(ge=1, le=5, description="So many ways.")] = 2,
    ) -> str:
        """Explain how two concepts are connected: the best typed paths, with evidence."""
        with self._snapshot() as snapshot:
            index = snapshot.index
            one, other = index.resolve_each((start, end))
            found = await run_in_threadpool(
                functools.partial(paths, index, one, other, limit=count)
            )
            if not found:
                return f"No path leads from {index.label(one)} to {index.label(other)}."
            parts = []
            for path in found:
                view = answers.connection(snapshot, path)
                parts.append("\n".join([view["sentence"], *(_read(s) for s in view["steps"])]))
            return "\n\n".join(parts)

    async def context(
        self,
        text: Annotated[str, Field(description="A question or any text; its terms are found.")],
        max_tokens: Annotated[
            int, Field(ge=context.LEAST, le=context.MOST, description="Size of the answer.")
        ] = context.DEFAULT,
    ) -> str:
        """Collect cited definitions and relations of every concept that a question names."""
        with self._snapshot() as snapshot:
            found = await run_in_threadpool(
                functools.partial(
                    context.compose,
                    snapshot,
                    text[:20_000],
                    most=max_tokens,
                    public=self._settings.public,
                )
            )
            return context.to_markdown(snapshot, found)

    async def sparql(
        self,
        query: Annotated[
            str,
            Field(
                description="SPARQL 1.1, read only. Prefixes are declared: skos (prefLabel, "
                "altLabel, definition, broader), gg (kind, and relations such as gg:reduces, "
                "gg:measures), dcterms. The default graph holds each concept once."
            ),
        ],
    ) -> str:
        """Answer a SPARQL query over the RDF of the graph, for counts and joins."""
        with self._snapshot() as snapshot:
            if snapshot.workers is None:
                raise Problem("query-failed", "This server has no store to ask.")
            answer = await snapshot.workers.query(query, formats=("tsv", "turtle", "json"))
            lines = (await answer.read()).decode().splitlines()
            if len(lines) > ROWS:
                lines[ROWS:] = [f"… {len(lines) - ROWS} more lines; add a LIMIT or aggregate."]
            return "\n".join(lines) or "No rows."


def _read(leg: dict[str, Any]) -> str:
    """Return a relation as a line, with its sentence and place."""
    said = f"- {leg['subject']['label']} {leg['phrase']} {leg['object']['label']}"
    evidence = leg["evidence"]
    if not evidence:
        return said
    around = " ".join(f"{evidence['before']}{evidence['quote']}{evidence['after']}".split())
    return f'{said}: "{around}" [{evidence["place"]}, {leg["id"]}]'


# --- over HTTP ------------------------------------------------------------------------------------


class Endpoint:
    """``/mcp``: stateless streamable HTTP, which any number of agents may use at once.

    Host names are checked at the gate, like those of every request; a page of another origin is
    refused here (the transport's rule against DNS rebinding), unless the server is public.
    """

    def __init__(self) -> None:
        self._manager: asyncio.Future[Any] | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        settings: Settings = scope["app"].state.settings
        origin = request.headers.get("origin")
        own = f"{request.url.scheme}://{request.url.netloc}"
        if origin and origin != own and not settings.public:
            problem = Problem("read-only", "Pages of other origins may not use the tools here.")
            await respond(request, problem)(scope, receive, send)
            return
        if self._manager is None:
            self._manager = asyncio.get_running_loop().create_future()
            self._running = asyncio.create_task(self._run(scope["app"].state.service, settings))
        try:
            manager = await asyncio.shield(self._manager)
        except MissingExtra as error:
            await respond(request, Problem("missing-extra", f"{error}."))(scope, receive, send)
            return
        await manager.handle_request(scope, receive, send)

    async def _run(self, service: Service, settings: Settings) -> None:
        """Make the server and keep what answers its requests until the loop ends."""
        assert self._manager is not None
        try:
            made = await run_in_threadpool(server, service, settings)
            from mcp.server.transport_security import TransportSecuritySettings
        except MissingExtra as error:
            self._manager.set_exception(error)
            return
        made.streamable_http_app(
            json_response=True,
            stateless_http=True,
            max_request_body_size=settings.body_limit,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        async with made.session_manager.run():
            self._manager.set_result(made.session_manager)
            await asyncio.Event().wait()


def mounted() -> Mounted:
    """Return the route of ``/mcp``."""
    return Mounted("/mcp", Endpoint(), methods=["POST"])


async def stdio(snapshot: Snapshot, settings: Settings) -> None:
    """Answer an agent on standard input and output until it closes them.

    Raises:
        MissingExtra: the package mcp is not installed.
    """
    made = server(Service(snapshot), settings)
    await snapshot.start(settings)
    try:
        await made.run_stdio_async()
    finally:
        await snapshot.close()
