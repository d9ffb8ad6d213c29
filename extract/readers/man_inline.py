"""The inside of a line of roff: escapes for type, signs and blanks, and arguments of requests."""

from __future__ import annotations

import re

from extract.readers.runs import Run

_ARGUMENT = re.compile(r'"((?:[^"]|"")*)"?|((?:\\ |[^\s"])\S*(?:(?<=\\) \S*)*)')
_ESCAPE = re.compile(
    r"""\\(?:
      f(?P<font>[A-Za-z0-9]|\(..|\[[^\]]*\])
    | \((?P<two>..) | \[(?P<name>[^\]]*)\]
    | \*(?P<string>\(..|\[[^\]]*\]|.)
    | [sS](?:[+-]?\d|[+-]?\(\d\d|\[[^\]]*\]|'[^']*')
    | [hvwoDLlbxX]'[^']*' | n[+-]?(?:\(..|\[[^\]]*\]|.) | [mMFY](?:\(..|\[[^\]]*\]|.)
    | k(?:\(..|\[[^\]]*\]|.)
    | (?P<comment>["\#].*$)
    | (?P<one>.)
    )""",
    re.VERBOSE,
)
# Names of signs in groff_char(7), of the strings that pod2man and troff predefine, and of escapes.
_SIGNS = {
    "em": "—", "en": "–", "hy": "-", "lq": "“", "rq": "”", "oq": "‘", "cq": "’", "aq": "'",
    "dq": '"', "Bq": "„", "bq": "‚", "Fo": "«", "Fc": "»", "bu": "•", "co": "©", "rg": "®",
    "tm": "™", "ti": "~", "ha": "^", "ga": "`", "rs": "\\", "sl": "/", "at": "@", "sh": "#",
    "Do": "$", "mu": "×", "di": "÷", "+-": "±", "<=": "≤", ">=": "≥", "!=": "≠", "->": "→",
    "<-": "←", "de": "°", "sc": "§", "dg": "†", "mc": "µ", "12": "½", "14": "¼", "ss": "ß",
    "a:": "ä", "o:": "ö", "u:": "ü", "e'": "é", "e`": "è", "OE": "Œ", "oe": "œ", "AE": "Æ",
    "ae": "æ", "lB": "[", "rB": "]", "lC": "{", "rC": "}", "la": "⟨", "ra": "⟩", "or": "|",
}  # fmt: skip
_STRINGS = {
    'L"': "“", 'R"': "”", "C`": '"', "C'": '"', "lq": "“", "rq": "”", "--": "—", "PI": "π",
    "Tm": "™", "R": "®", "T<": "<", "T>": ">", "Aq": "'", "Q": '"', "U": '"',
}  # fmt: skip
_ONE = {"-": "-", "e": "\\", "\\": "\\", " ": " ", "~": " ", "0": " ", "'": "'", "`": "`", ".": "."}
_BOLD = re.compile(r"\(?\[?(?:B|3|CB|BI)\]?$")


def arguments(rest: str) -> list[str]:
    """Return the arguments of a request, quotes around them dropped, a comment left out."""
    rest = re.split(r"(?<!\\)\\\"", rest, maxsplit=1)[0]
    found = []
    for match in _ARGUMENT.finditer(rest.strip()):
        quoted = match[1]
        found.append(quoted.replace('""', '"') if quoted is not None else match[2])
    return found


def write(run: Run, text: str) -> None:
    """Write roff ``text`` to a run as words, bold type that opens its line as the line's lead."""
    at = 0
    bold = False
    for match in _ESCAPE.finditer(text):
        run.write(text[at : match.start()])
        at = match.end()
        if font := match["font"]:
            if bold:
                run.close_lead()
            bold = bool(_BOLD.match(font))
            if bold:
                run.open_lead(strong=True)
        else:
            run.write(_shown(match))
    run.write(text[at:])
    if bold:
        run.close_lead()


def _shown(match: re.Match[str]) -> str:
    """What an escape shows."""
    if name := match["two"] or match["name"]:
        if re.fullmatch(r"u[0-9A-F]{4,5}", name):
            return chr(int(name[1:], 16))
        return _SIGNS.get(name, "")
    if string := match["string"]:
        return _STRINGS.get(string.lstrip("([").rstrip("]"), "")
    return _ONE.get(match["one"] or "", "")
