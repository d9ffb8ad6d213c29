"""UTF-8 that was read in another encoding, found and read again.

Each run of non-ASCII characters is encoded back and decoded as UTF-8, which may lack the last
byte; a reading counts only if it holds what people type, and a page only if one sequence of three
bytes is whole. ftfy does the encodings of one byte a character where they are mixed or doubled.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

# Encodings in which UTF-8 is read by mistake, likeliest first. Big5 and EUC-KR lose bytes for good.
_CODECS = ("gbk", "gb18030", "cp932", "sloppy-windows-1252", "latin-1", "mac_roman", "cp437")
_WIDE = frozenset({"gb18030", "gbk", "cp932"})
_NAMES = {"sloppy-windows-1252": "cp1252"}
_EASTERN = re.compile("[\u3040-\u9fff\uff61-\uff9f]")
_QUOTES = re.compile("[“”‘’]")
_RUN = re.compile(r"[^\x00-\x7f]+")
# What people type in running text beside letters; all that a wrongly read run may turn into.
_TYPOGRAPHIC = frozenset(
    "‘’‚‛“”„‟«»‹›–—―‐‑−…•·‣◦●○■□▪▶►★☆✓✔✗❌✅™®©°€£¥¢§¶†‡×÷±≈≠≤≥→←↑↓⇒¼½¾²³¹µªº¡¿′″\u00a0\u2002\u2003"
    "\u2009\u200a\u200b\u202f\ufeff\u2028"
)
# Sequences of three bytes that a document must hold whole before anything in it is believed to be
# of this kind: two-byte ones are everyday hanzi in GBK.
_THREE = re.compile(rb"[\xe1-\xef][\x80-\xbf]{2}")
# The first two bytes of General Punctuation, of the euro sign and of the trade mark.
_LOST = re.compile(rb"\xe2[\x80\x82\x84]\Z")
_LOST_SIGNS = {"\x82": "€", "\x84": "™"}


@dataclass(frozen=True, slots=True)
class Change:
    """A replacement in the text as it was read."""

    start: int
    end: int
    after: str
    rule: str


def repairs(text: str) -> list[Change]:
    """Return the repairs of runs that were UTF-8 and were read in another encoding."""
    import ftfy.bad_codecs  # registers the sloppy codecs

    ftfy.bad_codecs.ok()
    runs = [(match.start(), match.end()) for match in _RUN.finditer(text)]
    distinct = Counter(text[start:end] for start, end in runs)
    codec, readings = _codec(distinct)
    changes: list[Change] = []
    fixed: dict[str, str] = {}
    line = _Line()
    for start, end in runs:
        run = text[start:end]
        line.pass_over(text, start)
        if codec and run in readings:
            change = _read(text, start, end, codec, readings[run], line)
            if change:
                changes.append(change)
                line.pass_repaired(change)
                continue
        if run not in fixed:
            fixed[run] = _by_ftfy(run)
        if fixed[run] != run:
            changes.append(Change(start, end, fixed[run], "mojibake:ftfy"))
            line.pass_repaired(changes[-1])
    return changes


@dataclass(slots=True)
class _Line:
    """Which quotes stand open on the line, repaired ones counted."""

    done: int = 0
    opened: str = ""
    """The opening quotes that are not closed, innermost last."""

    def pass_over(self, text: str, end: int) -> None:
        """Count the quotes up to ``end``; a new line begins with none open."""
        between = text[self.done : end]
        line = between.rfind("\n")
        if line >= 0:
            self.opened, between = "", between[line + 1 :]
        self.opened = _opened(self.opened, between)
        self.done = end

    def pass_repaired(self, change: Change) -> None:
        """Count the quotes of a replacement."""
        self.opened = _opened(self.opened, change.after)
        self.done = change.end


def _opened(opened: str, text: str) -> str:
    """Return the quotes open behind ``text``, of which ``opened`` were open before."""
    for c in _QUOTES.findall(text):
        if c in "“‘":
            opened += c
        elif c == "”":
            opened = opened[: max(opened.rfind("“"), 0)]
        elif opened.endswith("‘"):
            opened = opened[:-1]  # any other ’ is an apostrophe
    return opened


def _codec(runs: Mapping[str, int]) -> tuple[str, dict[str, tuple[str, str]]]:
    """Return the encoding in which the text was read by mistake, and how to read its runs.

    The one in which most runs turn into what people type, if one of them holds a whole sequence
    of three bytes; ``""`` and nothing where no encoding does. A reading is the run's text and
    the second byte of its last sign, if that lost its third.
    """
    eastern = sum(times for run, times in runs.items() if _EASTERN.search(run))
    best: tuple[int, str, dict[str, tuple[str, str]]] = (0, "", {})
    for codec in _CODECS:
        readings: dict[str, tuple[str, str]] = {}
        whole = count = 0
        accents: list[str] = []
        for run, times in runs.items():
            data = _encoded(run, codec)
            if data is None:
                continue
            read = _decoded(data)
            if read is None or not _expected(read[0], codec):
                continue
            readings[run] = read
            if _THREE.search(data):
                whole += times
            elif not read[1]:
                accents.append(run)
            count += times
        if codec in _WIDE and count * 10 < eastern * 9:
            # A page that also holds other hanzi: a single one may be UTF-8 of é by chance.
            for run in accents:
                count -= runs[run]
                del readings[run]
        if whole and count > best[0]:
            best = (count, codec, readings)
    return best[1], best[2]


def _encoded(run: str, codec: str) -> bytes | None:
    """Return the bytes that were read as ``run``, without what stands for a lost one at its end."""
    run = run.rstrip("\ufffd")
    if not run:
        return None
    try:
        return run.encode(codec)
    except UnicodeError:
        return None


def _decoded(data: bytes) -> tuple[str, str] | None:
    """Return ``data`` as UTF-8, and the second byte of the sign whose third is lost at its end."""
    lost = _LOST.search(data)
    try:
        read = data[: lost.start() if lost else None].decode("utf-8")
    except UnicodeError:
        return None
    return read, lost[0][1:].decode("latin-1") if lost else ""


def _expected(text: str, codec: str) -> bool:
    """Return whether a reading holds only what people type: signs, accented letters, or one script.

    Of a script other than Latin at least four letters must come out where the encoding is of two
    bytes a character, since shorter runs of hanzi are UTF-8 by chance.
    """
    foreign = [c for c in text if c > "\x7f" and c not in _TYPOGRAPHIC]
    if all("\u00c0" <= c <= "\u017f" for c in foreign):
        return True
    scripts = {unicodedata.name(c, "?").split()[0] for c in foreign if c.isalpha()}
    known = scripts <= {"CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "KATAKANA-HIRAGANA"} or (
        len(scripts) == 1 and scripts <= {"CYRILLIC", "GREEK", "HANGUL", "ARABIC", "HEBREW"}
    )
    return known and len(foreign) >= (4 if codec in _WIDE else 2) and "\ufffd" not in text


_QUESTION = re.compile(r"[\ufffd?]?")


def _read(
    text: str, start: int, end: int, codec: str, reading: tuple[str, str], line: _Line
) -> Change | None:
    """Return the repair of one run, or ``None`` where its place speaks against it."""
    read, lost = reading
    name = _NAMES.get(codec, codec)
    if not lost:
        accents = codec in _WIDE and not _THREE.search(read.encode())
        if accents and not _in_word(text, start, end, read):
            return None
        return Change(start, end, read, f"mojibake:{name}")
    if text[end : end + 1] == "?" and not text[start:end].endswith("\ufffd"):
        # Where decoders put a question mark for the byte, some text follows it at once.
        end += 1
    opened = _opened(line.opened, read)
    before = read[-1:] or text[start - 1 : start]
    sign = _LOST_SIGNS.get(lost) or _lost(before, text[end : end + 1], start, text, opened, codec)
    return Change(start, end, read + sign, f"lost:{name}")


def _lost(before: str, after: str, start: int, text: str, opened: str, codec: str) -> str:
    """Return the sign of General Punctuation that lost its last byte."""
    possible = _can_be_lost(codec, after)
    likely = _likely(before, after, start, text, opened)
    if likely in possible or not possible:
        return likely
    return possible[0]


@lru_cache(maxsize=1024)
def _can_be_lost(codec: str, after: str) -> str:
    """Return the signs whose last byte ``codec`` cannot read before ``after``, likeliest first.

    Of Windows-1252 it is only ”; before a letter GBK loses only … and •.
    """
    signs = ""
    for sign in "”…’—–“•‘":
        try:
            (sign + after).encode("utf-8").decode(codec)
        except UnicodeError:
            signs += sign
    return signs


def _likely(before: str, after: str, start: int, text: str, opened: str) -> str:
    """Return the sign that its surroundings ask for."""
    blank = not after or after.isspace()
    if not text[text.rfind("\n", 0, start) + 1 : start].strip():
        return "•" if blank else "“"
    if before.isspace():
        return "—" if blank else "“"
    if before.isdigit() and after.isdigit():
        return "–"
    if opened:
        return "”" if opened[-1] == "“" else "’"
    if before.isalpha():
        return "’"
    return "…" if blank and before.isdigit() else "”"


def _in_word(text: str, start: int, end: int, read: str) -> bool:
    """Return whether accented letters stand in a Latin word that they fit.

    The word must hold two ASCII letters, and a small letter touch a small one: hanzi behind
    "PC" or "T" are hanzi.
    """
    before = _BEFORE.search(text, max(0, start - 24), start)
    after = _AFTER.match(text, end, end + 24)
    left, right = before[0] if before else "", after[0] if after else ""
    letters = [c for c in left + right if c.isascii() and c.isalpha()]
    touching = (left[-1:], right[:1])
    if len(letters) < 2 or not any(c.isascii() and c.isalpha() for c in touching):
        return False
    if read[-1:].islower():
        return any(c.isascii() and c.islower() for c in touching)
    return (right[:1].isascii() and right[:1].isalpha()) or left[-1:].isupper()


_BEFORE = re.compile(r"[^\s!-@\[-`{-~]+\Z")
_AFTER = re.compile(r"[^\s!-@\[-`{-~]+")


def _by_ftfy(run: str) -> str:
    """Return the run as ftfy repairs it: encodings of one byte a character, nothing else."""
    import ftfy
    from ftfy import badness

    controls = all("\x80" <= c <= "\x9f" for c in run)
    if controls or ord(max(run)) > 0x2FFF or not badness.is_bad(run):
        return run
    config = ftfy.TextFixerConfig(
        unescape_html=False, remove_terminal_escapes=False, fix_latin_ligatures=False,
        fix_character_width=False, uncurl_quotes=False, fix_line_breaks=False,
        fix_c1_controls=False, remove_control_chars=False, normalization=None, explain=False,
    )  # fmt: skip
    return str(ftfy.fix_encoding(run, config))
