"""The directives and roles of Sphinx that glossaries use, taught to docutils without Sphinx."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles

_TITLED = re.compile(r"(.*?)\s*<([^<>]+)>\s*\Z", re.DOTALL)
# Role (without its domain) to kind of link; others are shown as their words.
_LINKS: Mapping[str, str] = {"term": "term", "ref": "anchor", "numref": "anchor", "doc": "href"}
# Roles that show what they number.
_NUMBERED: Mapping[str, str] = {"pep": "PEP", "rfc": "RFC"}
_ROLES = (
    "term ref numref doc any abbr envvar option keyword pep rfc download kbd guilabel menuselection"
    " file samp command program dfn token mod func meth class attr exc data const obj type"
    " py:mod py:func py:meth py:class py:attr py:exc py:data py:const py:obj"
    " c:func c:type c:macro c:member c:data c:expr std:term std:ref std:doc std:option std:label"
)
# What Sphinx shows as a box with text, and what shows nothing where it stands.
_BOXES = "seealso versionadded versionchanged deprecated only centered hlist rubric cssclass"
_SILENT = (
    "index toctree contents currentmodule module highlight default-role tabularcolumns meta"
    " automodule autoclass include raw image figure"
)


class Glossary(Directive):  # type: ignore[misc]
    """``.. glossary::``: unindented lines are terms, indented ones define the terms above them."""

    has_content = True
    optional_arguments = 0
    option_spec = {"sorted": directives.flag}  # noqa: RUF012  (docutils reads it of the class)

    def run(self) -> list[nodes.Node]:
        """Return a definition list with the class ``glossary``."""
        result = nodes.definition_list(classes=["glossary"])
        item = nodes.definition_list_item()
        start: int | None = None
        lines = list(self.content)
        for at, line in enumerate([*lines, "\0"]):
            if line[:1].isspace() or not line:
                start = at if start is None else start
                continue
            if line.startswith(".. ") or line == "..":
                continue
            if start is not None and len(item):
                self._define(item, start, at)
                if len(item) and isinstance(item[-1], nodes.definition):
                    result += item
                    item = nodes.definition_list_item()
            start = None
            if line != "\0":
                # "term : key" gives an index key, which is no part of the term.
                words = re.split(r"\s+:\s+", line.strip())[0]
                inline, _ = self.state.inline_text(words, self.lineno + at)
                term = nodes.term(words, "", *inline)
                term.line = self.content_offset + at + 1
                item += term
        if len(item):
            result += item
        return [result]

    def _define(self, item: nodes.Element, start: int, end: int) -> None:
        block = self.content[start:end]
        indents = [len(line) - len(line.lstrip()) for line in block if line.strip()]
        if not indents:
            return
        block.trim_left(min(indents))
        definition = nodes.definition()
        self.state.nested_parse(block, self.content_offset + start, definition)
        item += definition


class Box(Directive):  # type: ignore[misc]
    """A directive whose content and argument are text of the page."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return a container with the argument as a paragraph and the content."""
        box = nodes.container(classes=[self.name])
        if self.arguments and self.name not in {"only"}:
            inline, _ = self.state.inline_text(self.arguments[0], self.lineno)
            box += nodes.paragraph(self.arguments[0], "", *inline)
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class Silent(Directive):  # type: ignore[misc]
    """A directive that shows nothing where it stands, or that is not run for safety."""

    has_content = True
    optional_arguments = 99
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        return []


def _role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,  # noqa: ARG001
    inliner: Any,  # noqa: ARG001
    options: Mapping[str, Any] | None = None,  # noqa: ARG001
    content: object = (),  # noqa: ARG001
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    text = text.replace("\x00", "")
    found = _TITLED.match(text)
    titled = found is not None and bool(found[1])
    words, target = (found[1], found[2]) if found and titled else (text, text)
    bare = name.rsplit(":", 1)[-1].lower()
    kind = _LINKS.get(bare, "")
    if not titled:
        words = text.removeprefix("!")
        if text.startswith("~"):
            words = text[1:].rsplit(".", 1)[-1]
    if bare == "ref" and not titled:
        words = text.replace("-", " ")  # Sphinx shows the heading there, which is not known here
    node = nodes.inline(rawtext, words)
    if bare in _NUMBERED and not titled:
        node = nodes.inline(rawtext, f"{_NUMBERED[bare]} {words}")
    if kind:
        node["gg_target"] = f"#{target}" if kind == "anchor" else target
        node["gg_kind"] = "href" if kind == "anchor" else kind
    return [node], []


@lru_cache(maxsize=1)
def register() -> None:
    """Make docutils know these directives and roles, once a process."""
    directives.register_directive("glossary", Glossary)
    for name in _BOXES.split():
        directives.register_directive(name, Box)
    for name in _SILENT.split():
        directives.register_directive(name, Silent)
    for name in _ROLES.split():
        roles.register_local_role(name, _role)
