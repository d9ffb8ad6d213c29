"""Words of LaTeX without their commands: accents composed, references to entries as links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from extract.readers.runs import Run

Names = Mapping[str, tuple[str, str]]
"""Label of an entry to its name and the name's plural."""

# Accents by their combining characters.
_ACCENTS: Mapping[str, str] = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328",
    "r": "\u030a", "d": "\u0323", "b": "\u0331",
}  # fmt: skip
_SHOWN: Mapping[str, str] = {
    "LaTeX": "LaTeX", "Cpp": "C++", "TeX": "TeX", "LaTeXe": "LaTeX2e", "ldots": "…", "dots": "…",
    "textellipsis": "…", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø",
    "aa": "å", "AA": "Å", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ", "textendash": "–",
    "textemdash": "—", "textbackslash": "\\", "textasciitilde": "~", "textbar": "|",
    "textless": "<", "textgreater": ">", "textbullet": "•", "copyright": "©",
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "degree": "°", "euro": "€",
    "pounds": "£", "S": "§", "P": "¶", "dag": "†", "quad": " ", "qquad": " ", "newline": "\n",
    "times": "×", "cdot": "·", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "neq": "≠",
    "to": "→", "rightarrow": "→", "infty": "∞", "approx": "≈", "in": "∈", "sum": "∑", "mu": "μ",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "lambda": "λ",
    "pi": "π", "sigma": "σ", "theta": "θ", "omega": "ω", "Omega": "Ω", "Delta": "Δ",
}  # fmt: skip
# Commands whose argument is no word of the text.
_ASIDE = frozenset(
    {
        "label",
        "index",
        "cite",
        "citep",
        "citet",
        "autocite",
        "parencite",
        "ref",
        "pageref",
        "autoref",
    }
    | {"autoref", "footnote", "vspace", "hspace", "input", "include", "includegraphics", "todo"}
    | {"caption", "pagestyle", "footnotetext", "thispagestyle"}
    | {
        "glsadd",
        "glsaddall",
        "glsreset",
        "bibliography",
        "documentclass",
        "usepackage",
        "pagestyle",
    }
    | {"footcite", "cref", "Cref", "eqref", "setlength", "marginpar", "printbibliography"}
)
# Remarks to the other authors: "\\psnote{…}", "\\fixme{…}".
_REMARK = re.compile(r"\w{0,8}(?:note|fixme|todo)$", re.IGNORECASE)
_BOLD = frozenset({"textbf", "bfseries", "strong"})
# An entry's name in the text; "\\glslink" and "\\glsdisp" give words of their own.
_NAMED = re.compile(
    r"(?:gls(?:pl|name|text|first|symbol|desc|xtrshort|xtrlong|xtrfull)?|acr(?:short|long|full)"
    r"|ac(?:s|l|f|p|sp|lp|fp|reset)?)$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"glspl|ac[slf]?p$", re.IGNORECASE)
_WORDED = frozenset({"glslink", "glsdisp", "Glslink", "Glsdisp"})
_TOKEN = re.compile(
    r"\\(?P<name>[A-Za-z@]+)\*?[^\S\n]*|\\(?P<sign>[^A-Za-z])|(?P<brace>[{}])|(?P<math>\$\$?)|(?P<tie>~)"
    r"|(?P<quote>``|''|(?<=[\w\s,])---?(?=[\w\s]))|(?P<feed>\s*\n\s*)"
)
_QUOTES: Mapping[str, str] = {"``": "“", "''": "”", "---": "—", "--": "–"}


def braced(text: str, at: int, pair: str = "{}") -> int:
    """Return the offset behind the bracket that closes the one at ``at``; linear.

    Braces within square brackets hide those; a text that ends before gives its length.
    """
    depth = hidden = 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 2
            continue
        if pair == "[]" and character in "{}":
            hidden += 1 if character == "{" else -1
        elif not hidden and character in pair:
            depth += 1 if character == pair[0] else -1
            if depth == 0:
                return at + 1
        at += 1
    return len(text)


def inline(text: str, names: Names | None = None) -> Run:
    """Return words without commands, and references to entries as links.

    ``names`` gives entries' names: ``\\gls{tcp}`` reads as the name of ``tcp``.
    Linear in the length, but for commands within arguments, at most as often as they nest.
    """
    run = Run()
    _write(text.strip(), names or {}, run, depth=0)
    return run


# Arguments within arguments; deeper ones are read as they stand.
_DEEPEST = 12


def _write(text: str, names: Names, run: Run, depth: int) -> None:
    at = 0
    while found := _TOKEN.search(text, at):
        run.write(text[at : found.start()])
        at = found.end()
        if found["name"]:
            at = _command(found["name"], text, at, names, run, depth)
        elif found["sign"]:
            at = _sign(found["sign"], text, at, run)
        elif found["tie"] or found["feed"]:
            run.write(" ")
        elif found["quote"]:
            run.write(_QUOTES[found["quote"]])
    run.write(text[at:])


def _sign(sign: str, text: str, at: int, run: Run) -> int:
    """An accent over the letter that follows, a line end, a sign that would else mean something."""
    if sign in _ACCENTS:
        letter = re.compile(r"\{?\\?([^\W\d_])\}?").match(text, at)
        if letter:
            run.write(unicodedata.normalize("NFC", letter[1] + _ACCENTS[sign]))
            return letter.end()
    elif sign == "\\":
        run.newline()
    else:
        run.write(sign if sign in "%&_#${}" else " " if sign in " ,;:\n" else "")
    return at


def _argument(text: str, at: int) -> tuple[str, int] | None:
    """The argument in braces at ``at``, options before it passed over, and where it ends."""
    while text[at : at + 1] == "[":
        at = braced(text, at, "[]")
    if text[at : at + 1] != "{":
        return None
    stop = braced(text, at)
    return text[at + 1 : stop - 1], stop


def _command(name: str, text: str, at: int, names: Names, run: Run, depth: int) -> int:
    """Write what a command shows, and return where what it takes in ends."""
    if name in _SHOWN:
        run.write(_SHOWN[name] if _SHOWN[name] != "\n" else " ")
        if name == "Cpp" and text[at : at + 1].isalnum():
            run.write(" ")  # its macro minds the blank that TeX takes away
        return at + 2 if text[at : at + 2] == "{}" else at
    argument = _argument(text, at) if depth <= _DEEPEST else None
    if argument is None:
        return at
    inside, stop = argument
    if name in _ACCENTS and len(inside) == 1:
        run.write(unicodedata.normalize("NFC", inside + _ACCENTS[name]))
    elif name in _ASIDE or name.startswith("index") or _REMARK.fullmatch(name):
        pass
    elif name in ("href", *_WORDED):
        words = _argument(text, stop)
        run.open_link(inside if name == "href" else f"#{inside}")
        _write(words[0] if words else inside, names, run, depth + 1)
        run.close_link()
        return words[1] if words else stop
    elif name == "url":
        run.open_link(inside)
        run.write(inside)
        run.close_link()
    elif _NAMED.match(name):
        label = " ".join(inside.split())
        run.open_link(f"#{label}")
        one, several = names.get(label, (label, f"{label}s"))
        run.write(several if _SEVERAL.match(name) else one)
        run.close_link()
    elif name in _BOLD:
        run.open_lead(strong=True)
        _write(inside, names, run, depth + 1)
        run.close_lead()
    elif name not in ("begin", "end"):
        _write(inside, names, run, depth + 1)
    return stop
