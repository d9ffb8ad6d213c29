"""reStructuredText by docutils: ``.. glossary::``, definition and field lists, ``:term:`` links."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docutils import frontend, nodes, utils
from docutils.parsers.rst import Parser

from extract.model import Document, Role
from extract.readers import columns, rst_sphinx, tables, text
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified
from extract.readers.runs import Run

_PYTHON = re.compile(r"[~!][\w.]+")
_PROBLEM = re.compile(r":([\w:+.-]+):`([^`]*)`|`([^`]*)`(?::[\w:+.-]+:|_{0,2})")
# docutils takes the square of a paragraph's length for some texts: 17 s for 40,000 characters.
_PARAGRAPH = 10_000
_BARE = re.compile(r"(.*?)\s*<[^<>]*>\s*\Z", re.DOTALL)


def parse(content: str) -> nodes.document:
    """Return the tree of a text; nothing is included, run or fetched, and nothing is printed."""
    rst_sphinx.register()
    settings = frontend.get_default_settings(Parser)
    settings.report_level = settings.halt_level = 5
    settings.file_insertion_enabled = settings.raw_enabled = False
    settings.warning_stream = io.StringIO()
    settings.line_length_limit = max(10_000, max(map(len, content.split("\n"))) + 1)
    document = utils.new_document("x", settings)
    Parser().parse(content, document)
    return document


def read(data: bytes, origin: Origin) -> Document:
    """Return the page's text without markup; locator ``line N``.

    Each entry of a ``glossary`` and each item of a definition list is a record, with all terms
    that stand above one definition. Includes and raw parts are left out.
    """
    decoded = decode(data, source=origin.label)
    content = unified(decoded.text)
    try:
        tree = parse(content) if _longest_paragraph(content) <= _PARAGRAPH else None
    except RecursionError:
        tree = None
    if tree is None:
        document = text.lay_out(decoded, origin)
        return replace(document, findings=document.findings + text.too_deep(origin))
    sheet = Sheet(origin)
    text.note_guess(sheet, decoded)
    walk = _Walk(sheet=sheet, targets=_targets(tree))
    _drop_imprint(tree)
    walk.children(tree, _Place())
    heading = next((b for b in sheet.blocks if b.role is Role.HEADING), None)
    if heading and heading.level == 1:
        sheet.title = heading.span.of(sheet.text)
    return sheet.document()


def _drop_imprint(tree: nodes.document) -> None:
    """Take out the fields above a page's first heading: its date, version and author."""
    for number, child in enumerate(tree.children):
        if isinstance(child, nodes.section | nodes.title):
            fields = [x for x in tree.children[:number] if isinstance(x, nodes.field_list)]
            for node in fields:
                tree.remove(node)
            return


def _longest_paragraph(content: str) -> int:
    """Return the characters of the longest run of lines of one indent."""
    longest = length = 0
    indent = -1
    for line in content.split("\n"):
        at = len(line) - len(line.lstrip())
        length = length + len(line) if at == indent and line.strip() else len(line)
        indent = at if line.strip() else -1
        longest = max(longest, length)
    return longest


def lay_glossary(sheet: Sheet, content: str, *, first_record: int) -> int:
    """Lay out the body of a ``glossary`` directive and return the number of the last record."""
    body = "\n".join(f"   {line}" for line in content.split("\n"))
    tree = parse(f".. glossary::\n\n{body}\n")
    walk = _Walk(sheet=sheet, targets={}, record=first_record - 1)
    walk.children(tree, _Place())
    return walk.record


def _targets(tree: nodes.document) -> dict[str, str]:
    """Return where each named target of the page leads, and under ``|name|`` what that shows."""
    found = {
        f"|{name}|": "".join(text.astext() for text in node.findall(nodes.Text))
        for name, node in tree.substitution_defs.items()
    }
    for node in tree.findall(nodes.Element):
        for name in node.get("names", ()):
            anchor = f"#{node['ids'][0]}" if node.get("ids") else ""
            found.setdefault(name, node.get("refuri") or anchor)
    return found


# The class of Sphinx' box of further reading.
_SEE_ALSO = "seealso"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What the containers around a node say of its text."""

    role: Role = Role.PARAGRAPH
    record: int | None = None
    level: int = 0
    """Of the section."""
    depth: int = 0
    """Of the list."""
    marker: str = ""
    label: str = ""
    path: str = ""


@dataclass(slots=True)
class _Walk:
    sheet: Sheet
    targets: dict[str, str]
    record: int = 0
    lists: list[int] = field(default_factory=list)

    def children(self, node: nodes.Element, place: _Place) -> None:
        """Lay out the children of a node, the first paragraph with the place's marker."""
        for child in node.children:
            if isinstance(child, nodes.Element):
                self.node(child, place)
                if place.marker and not isinstance(child, nodes.comment | nodes.target):
                    role = Role.PARAGRAPH if place.role is Role.ITEM else place.role
                    place = replace(place, marker="", role=role)

    def node(self, node: nodes.Element, place: _Place) -> None:
        """Lay out one node; kinds that show nothing are passed over."""
        if isinstance(node, nodes.system_message):
            return
        for name in (*node.get("ids", ()), *node.get("names", ())):
            self.sheet.anchor(name.replace(" ", "-"))
        if isinstance(node, nodes.section):
            self.children(node, replace(place, level=place.level + 1))
        elif isinstance(node, nodes.title | nodes.subtitle | nodes.rubric):
            level = min(max(place.level, 1), 6)
            self._lay(self.run(node).joined(), replace(place, role=Role.HEADING), node, level=level)
        elif isinstance(node, nodes.paragraph | nodes.line | nodes.attribution | nodes.caption):
            self._lay(self.run(node), place, node)
        elif isinstance(node, nodes.literal_block | nodes.doctest_block | nodes.math_block):
            role = place.role if place.record else Role.CODE
            known = {**self._known(place, node), "label": "code"}
            self.sheet.put(node.astext(), role, blank=True, **known)
        elif isinstance(node, nodes.bullet_list | nodes.enumerated_list):
            self._list(node, place)
        elif isinstance(node, nodes.definition_list_item):
            self._entry(node, place)
        elif isinstance(node, nodes.field | nodes.option_list_item):
            self._field(node, place)
        elif isinstance(node, nodes.table):
            self._table(node, place)
        elif isinstance(node, nodes.footnote | nodes.citation):
            self.children(node, replace(place, role=Role.NOTE))
        elif isinstance(node, nodes.Admonition) and place.record is not None:
            self.children(node, replace(place, role=Role.NOTE, label=node.tagname))
        elif isinstance(node, nodes.container) and _SEE_ALSO in node.get("classes", ()):
            self.children(node, replace(place, role=Role.REFERENCE, label=_SEE_ALSO))
        elif not isinstance(node, nodes.Invisible | nodes.label | nodes.image):
            self.children(node, replace(place, path=f"{place.path}/{node.tagname}".lstrip("/")))

    def _known(self, place: _Place, node: nodes.Element) -> dict[str, Any]:
        line = node.line or next((p.line for p in _ancestors(node) if p.line), 0)
        return {
            "record": place.record,
            "label": place.label,
            "section": f"{place.path}/{node.tagname}".lstrip("/"),
            "locator": f"line {line}" if line else "",
        }

    def _lay(self, run: Run, place: _Place, node: nodes.Element, *, level: int = 0) -> None:
        blank = place.record is None and not place.marker
        run.lay(
            self.sheet,
            place.role,
            blank=blank,
            level=level or place.depth,
            marker=place.marker,
            **self._known(place, node),
        )

    def _list(self, node: nodes.Element, place: _Place) -> None:
        number = int(node.get("start", 1))
        for at, item in enumerate(node.children):
            if isinstance(item, nodes.Element):
                marker = node.get("bullet", "") or f"{number + at}{node.get('suffix', '.')}"
                role = Role.ITEM if place.record is None else place.role
                self.children(item, replace(place, role=role, marker=marker, depth=place.depth + 1))

    def _entry(self, node: nodes.Element, place: _Place) -> None:
        """Lay out an entry of a glossary or definition list as a record.

        A definition list within an entry of a ``glossary`` is a part of its definition: Sphinx
        gives only the directive's own terms an address. One in a box "see also" says what the
        pages it sends to are about.
        """
        further = place.label == _SEE_ALSO
        if further or (place.record is not None and "glossary" in place.path):
            below = replace(place, role=Role.OTHER) if further else place
            for child in node.children:
                if isinstance(child, nodes.term):
                    self._lay(self.run(child), place, child)
                elif isinstance(child, nodes.Element):
                    self.children(child, below)
            return
        self.record += 1
        kind = "/glossary" if "glossary" in (node.parent or node).get("classes", ()) else "/dl"
        place = replace(place, record=self.record, path=(place.path + kind).lstrip("/"), marker="")
        fresh = True
        for child in node.children:
            if isinstance(child, nodes.term):
                for name in child.get("ids", ()):
                    self.sheet.anchor(name)
                known = self._known(place, child)
                self.run(child).lay(self.sheet, Role.TERM, blank=fresh, **known)
                fresh = False
            elif isinstance(child, nodes.classifier):
                known = {**self._known(place, child), "label": "classifier"}
                self.run(child).lay(self.sheet, Role.OTHER, **known)
            elif isinstance(child, nodes.Element):
                self.children(child, replace(place, role=Role.DEFINITION))

    def _field(self, node: nodes.Element, place: _Place) -> None:
        """Lay out ``:name: body`` with the role of its name, else as a term and its definition."""
        if len(node.children) < 2 or not isinstance(node[1], nodes.Element):
            return
        name = node[0].astext()
        role = columns.role_of(name)
        if role is None and place.record is None:
            self.record += 1
            known = self._known(replace(place, record=self.record), node)
            self.sheet.put(name, Role.TERM, blank=True, **known)
            self.children(node[1], replace(place, role=Role.DEFINITION, record=self.record))
            return
        self.children(node[1], replace(place, role=role or Role.OTHER, label=name))

    def _table(self, node: nodes.Element, place: _Place) -> None:
        rows: list[list[Run]] = []
        lines: list[str] = []
        for row in node.findall(nodes.row):
            rows.append([self._cell(cell) for cell in row.findall(nodes.entry)])
            lines.append(self._known(place, row)["locator"])
        self.record = tables.lay(
            self.sheet,
            rows,
            header=next(iter(node.findall(nodes.thead)), None) is not None,
            record=self.record,
            section=f"{place.path}/table".lstrip("/"),
            locators=lines,
            inside=place.record if place.role is Role.DEFINITION else None,
        )

    def _cell(self, cell: nodes.Element) -> Run:
        run = Run()
        for child in cell.children:
            run.newline()
            if isinstance(child, nodes.Element):
                self._inline(child, run)
        return run

    def run(self, node: nodes.Element) -> Run:
        """Return the inline content of a node."""
        run = Run()
        self._inline(node, run)
        return run

    def _inline(self, node: nodes.Element, run: Run) -> None:
        for child in node.children:
            if isinstance(child, nodes.Text):
                run.write(re.sub(r"\s*\n\s*", " ", child.astext()))
            elif isinstance(child, nodes.problematic):
                run.write(_PROBLEM.sub(_shown, child.astext()))
            elif isinstance(child, nodes.target):
                for name in () if child.get("refuri") else child.get("ids", ()):
                    run.anchor(name)
                self._inline(child, run)
            elif isinstance(child, nodes.footnote_reference | nodes.image | nodes.system_message):
                continue
            elif isinstance(child, nodes.substitution_reference):
                name = str(child.get("refname", ""))
                run.write(self.targets.get(f"|{name}|", ""))
            elif isinstance(child, nodes.Element):
                self._marked(child, run)

    def _marked(self, node: nodes.Element, run: Run) -> None:
        """Write inline markup: links with their targets, what may be the lead of a line."""
        target, kind = str(node.get("gg_target", "")), str(node.get("gg_kind", "href"))
        if isinstance(node, nodes.title_reference) and _PYTHON.fullmatch(node.astext()):
            # Without a role, as where "py:obj" is the default one: Sphinx shows the last name.
            run.write(node.astext()[1:].rsplit(".", 1)[-1])
            return
        if isinstance(node, nodes.reference):
            name = node.get("refname", "")
            if node.rawsource == f"{name}_" and name not in self.targets:
                run.write(node.rawsource)  # a name such as classes_, and no reference
                return
            target = node.get("refuri") or self.targets.get(name) or f"#{name.replace(' ', '-')}"
        if target:
            run.open_link(target, kind)
        run.open_lead(strong=isinstance(node, nodes.strong))
        self._inline(node, run)
        run.close_lead()
        if target:
            run.close_link()


def _shown(match: re.Match[str]) -> str:
    """Return the words of a role that docutils does not know."""
    words = match[2] if match[2] is not None else match[3]
    titled = _BARE.match(words)
    return titled[1] if titled and titled[1] else words.lstrip("~!")


def _ancestors(node: nodes.Element) -> Sequence[nodes.Element]:
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found
