"""AsciiDoc within a line: references, links, macros, emphasis, inline anchors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from extract.readers.runs import Run

# One alternative for each kind of inline markup, tried at each place from the left. Emphasis is
# "constrained": its marks stand at the edges of words (AsciiDoc Language, "Formatting marks").
_INLINE = re.compile(
    r"""
    \\(?P<plain><<|[*_`#+^~\[{]|\w+:)
  | (?<![\w`])(?P<tick>`{1,2})(?=[^\s`])(?P<code>[^`\n]{1,300})(?P=tick)(?![\w`])
  | (?<![\w+])\+(?=[^\s+])(?P<literal>[^+\n]{0,200}[^\s+])\+(?![\w+])
  | <<(?P<ref>[^<>,\n]{1,200}?)(?:,\s*(?P<words>[^<>]{0,300}))?>>
  | \[\[(?P<anchor>[^\[\],\n]{1,200})(?:,[^\[\]\n]{0,200})?\]\]
  | \[\#(?P<id>[\w.:-]{1,200})\]
  | \(\(\([^()\n]{1,200}\)\)\)[ ]?
  | \(\((?P<index>[^()\n]{1,200})\)\)
  | (?P<url>(?:https?|ftp|irc|mailto):[^\s\[\]<>]{1,600})\[(?P<shown>[^\[\]]{0,300})\]
  | (?P<macro>[A-Za-z][\w-]{0,30}):(?P<target>[^\s:\[\]][^\s\[\]]{0,300})?
    \[(?P<inner>(?:[^\[\]\\]|\\.){0,500})\]
  | \{\{(?P<concept>[^{}\n]{1,200})\}\}
  | \{(?P<name>\w[\w-]{0,60})\}
  | (?<!\w)(?:\[[\w.,\#%\ =-]{0,60}\])?(?P<mark>\*\*|__|\*|_|\#)(?=\S)
  | (?P<close>(?<=\S)(?:\*\*|__|\*|_|\#)(?!\w))
    """,
    re.VERBOSE,
)
_REFERENCES = frozenset({"xref", "link", "term", "glossterm"})
# Metanorma's, of standards: "term:[husked rice, Husked rice]".
_CONCEPTS = frozenset({"term", "concept"})
_HIDDEN = frozenset(
    {"footnote", "footnoteref", "indexterm", "image", "icon", "anchor", "bibanchor"}
)
# What the language itself names by an attribute.
_CHARACTERS: Mapping[str, str] = {
    "nbsp": "\u00a0", "zwsp": "", "empty": "", "blank": "", "sp": " ", "amp": "&",
    "lt": "<", "gt": ">",
    "plus": "+", "asterisk": "*", "caret": "^", "tilde": "~", "startsb": "[", "endsb": "]",
    "backslash": "\\", "backtick": "`", "apos": "'", "quot": '"', "lsquo": "‘", "rsquo": "’",
    "ldquo": "“", "rdquo": "”", "vbar": "|", "two-colons": "::", "two-semicolons": ";;",
    "cpp": "C++",
}  # fmt: skip


def write(
    run: Run, text: str, *, attributes: Mapping[str, str], named: Callable[[str], str]
) -> None:
    """Write AsciiDoc ``text`` to a run as words with links, anchors and the lead of its line.

    ``attributes`` are the page's own; ``named`` gives the words shown for a reference without
    any. Cost: linear in the text.
    """
    at = 0
    opened: list[str] = []
    while found := _INLINE.search(text, at):
        run.write(text[at : found.start()])
        at = found.end()
        if found["plain"] is not None:
            run.write(found["plain"])
        elif found["literal"]:
            run.write(found["literal"])
        elif found["code"]:
            run.open_lead(strong=False)
            _code(run, found["code"], attributes, named)
            run.close_lead()
        elif found["ref"]:
            _link(run, found["ref"].strip(), found["words"], named)
        elif found["anchor"] or found["id"]:
            run.anchor((found["anchor"] or found["id"]).strip())
        elif found["index"]:
            run.write(found["index"])
        elif found["url"]:
            run.open_link(found["url"])
            run.write(_shown(found["shown"]) or found["url"].removeprefix("mailto:"))
            run.close_link()
        elif found["macro"]:
            _macro(run, found, attributes, named)
        elif found["concept"]:
            _concept(run, found["concept"])
        elif found["name"]:
            name = found["name"].lower()
            run.write(attributes.get(name, _CHARACTERS.get(name, found[0])))
        elif (mark := _ended(text, found)) and mark in opened:
            while opened and opened.pop() != mark:
                run.close_lead()
            run.close_lead()
        elif found["mark"] and _closes(text, at, found["mark"]):
            run.open_lead(strong=found["mark"] in ("*", "**"))
            opened.append(found["mark"])
        else:
            run.write(found["mark"] or found["close"] or "")
    run.write(text[at:])
    for _ in opened:
        run.close_lead()


def _code(run: Run, words: str, attributes: Mapping[str, str], named: Callable[[str], str]) -> None:
    """Write what stands in code type: references count there, emphasis does not."""
    words = words.removeprefix("+").removesuffix("+") if words[0] == words[-1] == "+" else words
    if "<<" in words or "{" in words or ":" in words:
        write(run, words, attributes=attributes, named=named)
    else:
        run.write(words)


def _ended(text: str, found: re.Match[str]) -> str:
    """The mark that may end emphasis: the second ``_`` of ``*_Definition:_*`` begins none."""
    if found["close"] or not found["mark"]:
        return found["close"] or ""
    start = found.start("mark")
    return found["mark"] if start and not text[start - 1].isspace() else ""


def _closes(text: str, at: int, mark: str) -> bool:
    """Whether emphasis opened before ``at`` ends, at the end of a word and not at once."""
    end = text.find(mark, at, at + 600)
    return (
        end > at and not text[end - 1].isspace() and not text[end + len(mark) : end + 1].isalnum()
    )


def _link(run: Run, target: str, words: str | None, named: Callable[[str], str]) -> None:
    path, _, fragment = target.rpartition("#")
    inside = not path or path.endswith((".adoc", ".asciidoc", ".asc"))
    run.open_link(f"{path}#{fragment or target}" if inside and not path else target)
    run.write(" ".join((words or "").split()) or named(fragment or target))
    run.close_link()


def _concept(run: Run, inside: str) -> None:
    """Metanorma's mention of a concept: ``{{term}}``, ``{{term, words}}``, ``{{<<id>>, term}}``."""
    parts = [part.strip() for part in inside.split(",")]
    if parts[0].startswith("<<"):
        parts = parts[1:] or [parts[0].strip("<>")]
    run.open_link(parts[0], "term")
    run.write(parts[1] if len(parts) > 1 and parts[1] else parts[0])
    run.close_link()


def _macro(
    run: Run,
    found: re.Match[str],
    attributes: Mapping[str, str],
    named: Callable[[str], str],
) -> None:
    name, target, inner = found["macro"].lower(), found["target"] or "", found["inner"]
    words = _shown(inner)
    if name in _HIDDEN:
        return
    if name in _REFERENCES and (target or name not in _CONCEPTS):
        if name == "xref":
            _link(run, target, words, named)
        else:
            run.open_link(target or words, "href" if name == "link" else "term")
            run.write(words or target)
            run.close_link()
    elif not target and name in _CONCEPTS:
        _concept(run, inner)
    elif target and words.isdigit():
        # A project's own macro for its manual pages: linkgit:git-fetch[1].
        run.write(f"{target}({words})")
    elif target:
        run.write(found[0] if not words and not inner else words or target)
    else:
        write(run, words, attributes=attributes, named=named)


def _shown(inner: str) -> str:
    """Return the words of a macro's brackets, without its attributes."""
    words = " ".join(inner.replace("\\]", "]").split())
    if words.startswith('"') and '"' in words[1:]:
        return words[1 : words.index('"', 1)]
    words = re.sub(r",\s*\w+=.*$", "", words).removesuffix("^")
    return "" if re.match(r"\w+=", words) else words


def plain(text: str, *, attributes: Mapping[str, str]) -> str:
    """Return the words of ``text``."""
    run = Run()
    write(run, text, attributes=attributes, named=lambda target: target)
    return " ".join(run.text.split())
