"""From bytes to text: byte order marks, declarations, UTF-8, and a guess that says it is one."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from extract.errors import UnreadableSource

# Longest first: the UTF-16 mark is the beginning of the UTF-32 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How files of other kinds begin, and what to call them.
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"BZh", "a bzip2 archive: unpack it first"),
    (b"\xfd7zXZ\x00", "an xz archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive: unpack it first"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "a Rich Text document: save it as text, HTML or DOCX"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Microsoft Office document: save it as DOCX, XLSX or CSV",
    ),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a Java class or Mach-O program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"fLaC", "a FLAC recording"),
    (b"wOFF", "a web font"),
    (b"wOF2", "a web font"),
)
# C0 and C1 controls that no text needs; tab, line feed, vertical tab, form feed, carriage return,
# DOS end of file, escape (ISO 2022) and next line do occur in texts.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f-\x84\x86-\x9f]")
_CONTROL_BYTES = bytes(b for b in range(32) if b not in (9, 10, 11, 12, 13, 26, 27))
_DECLARED = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset\s*=\s*["']?|<\?xml[^>]{0,100}?encoding\s*=\s*["']"""
    rb"""|@charset\s+["']|coding[:=]\s*)([A-Za-z0-9._:-]{2,40})""",
    re.IGNORECASE,
)
# Letters and punctuation that Western European texts hold; all else in a text decoded as
# Windows-1252 speaks against it.
_WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŠšŽžŸ"
    "‘’“”‚„‹›«»–—…•·€£¥©®™°±²³µ½¼¾¿¡§†‡‰×÷ªº\u00a0\u00ad"
)
_CYRILLIC = re.compile(r"[А-яЁё–—«»№]")
"""Russian's letters, which are most of any Cyrillic text, and the signs of its typography."""
_CAPITAL_INSIDE = re.compile(r"[a-zà-öø-ÿ][À-ÖØ-Þ][a-zà-öø-ÿ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text with how it was told from its bytes."""

    text: str
    """Without byte order mark; line ends as they were."""
    encoding: str
    """Python's name of the codec."""
    basis: str
    """``mark``, ``pattern``, ``declared``, ``utf-8`` or ``guessed``."""


def binary_kind(data: bytes) -> str | None:
    """Return what to call ``data`` if it is no text ("a PNG picture"), else ``None``."""
    if any(data.startswith(mark) for mark, _ in _MARKS):
        return None
    for magic, kind in _MAGIC:
        # Two-letter magics are words, too ("BMW"): they count only with what text never holds.
        if data.startswith(magic) and (len(magic) > 2 or _controls(data) or magic[0] < 32):
            return kind
    if data[4:8] == b"ftyp":
        return "a video or a HEIC picture"
    if data[257:262] == b"ustar":
        return "a tar archive: unpack it first"
    if _wide(data) is None and _controls(data):
        return "a binary file"
    return None


def _controls(data: bytes) -> bool:
    """Return whether ``data`` holds NUL bytes, or three and more than 1 control in 100 bytes."""
    sample = data[:65536]
    controls = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    return b"\x00" in sample or (controls > 2 and controls * 100 > len(sample))


def _wide(data: bytes) -> str | None:
    """Return the codec of UTF-16 or UTF-32 without mark: NULs at every second or fourth byte."""
    sample = data[:4096]
    if len(sample) < 4 or b"\x00" not in sample:
        return None
    nul = [sample[i::4].count(0) / len(sample[i::4]) for i in range(4)]
    for codec, at, none in (
        ("utf-32-le", (2, 3), (0,)),
        ("utf-32-be", (0, 1), (3,)),
        ("utf-16-le", (1, 3), (0, 2)),
        ("utf-16-be", (0, 2), (1, 3)),
    ):
        if all(nul[i] > 0.4 for i in at) and all(nul[i] < 0.05 for i in none):
            return codec
    return None


def declared(data: bytes) -> str | None:
    """Return the codec that the first 2 KB name (HTML ``meta``, XML declaration), if Python has it.

    ``iso-8859-1`` and ``ascii`` mean Windows-1252, as browsers take them (WHATWG Encoding, §4.2).
    """
    found = _DECLARED.search(data[:2048])
    if not found:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
        b"".decode(name)
    except LookupError:
        return None
    return "cp1252" if name in {"iso8859-1", "ascii"} else name


def decode(data: bytes, *, source: str, charset: str | None = None) -> Decoded:
    """Return the text of ``data``.

    In order: byte order mark, UTF-16/32 by its NULs, strict UTF-8 (which legacy text does not
    pass by chance), ``charset`` (an HTTP header) or the document's own declaration, Windows-1252
    where everything in it is usual, else what charset-normalizer says of the first 64 KB.

    Raises:
        UnreadableSource: the bytes are empty, binary, or no text in any encoding known.
    """
    if not data.strip():
        raise UnreadableSource(source, "the file is empty")
    if kind := binary_kind(data):
        raise UnreadableSource(source, f"this is {kind}, not text")
    return _checked(_told(data, charset) or _guessed(data), source)


def _told(data: bytes, charset: str | None) -> Decoded | None:
    """Return the text where a mark, a pattern, UTF-8 or a declaration tells the encoding."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            # A cut file ends inside a character: better a replacement than no text.
            text = data[len(mark) :].decode(codec, errors="replace")
            return Decoded(text=text, encoding=codec, basis="mark")
    if wide := _wide(data):
        return Decoded(text=data.decode(wide, errors="replace"), encoding=wide, basis="pattern")
    tries = [("iso2022_jp_2004", "pattern")] if b"\x1b$" in data[:65536] else []
    tries.append(("utf-8", "utf-8"))
    tries.extend((codec, "declared") for codec in (charset, declared(data)) if codec)
    for codec, basis in tries:
        if (strict := _strictly(data, codec)) is not None:
            return Decoded(text=strict, encoding=codec, basis=basis)
    return None


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _guessed(data: bytes) -> Decoded:
    """Return the text by the likeliest legacy encoding; Latin-1, which takes any byte, at last."""
    high = sum(1 for b in data[:65536] if b > 127)
    # UTF-8 with a few broken bytes (a cut, a pasted line) is still UTF-8.
    text = data.decode("utf-8", errors="replace")
    if text.count("\ufffd") * 10 <= high - text.count("\ufffd"):
        return Decoded(text=text, encoding="utf-8", basis="guessed")
    western = _strictly(data, "cp1252")
    if western is not None and high * 6 < len(data[:65536]) and not _CAPITAL_INSIDE.search(western):
        strange = {c for c in western if c > "\x7f"} - _WESTERN
        if not strange:
            return Decoded(text=western, encoding="cp1252", basis="guessed")
    from charset_normalizer import from_bytes  # 60 ms to import, for the few that come here

    best = from_bytes(data[:65536]).best()
    codec = best.encoding if best is not None else "cp1252"
    if codec in ("cp1251", "mac_cyrillic"):
        codec = "cp1251" if _is_windows_cyrillic(data[:65536]) else "mac_cyrillic"
    text = data.decode(codec, errors="replace")
    if codec == "utf_8" or text.count("\ufffd") * 100 > len(text):
        codec, text = "latin-1", data.decode("latin-1")
    return Decoded(text=text, encoding=codec, basis="guessed")


def _is_windows_cyrillic(data: bytes) -> bool:
    """Return whether a Cyrillic text is of Windows: its capitals and dashes come out as such.

    The two share their small letters, so that a guess by letters alone falls either way; what are
    capitals in the one (C0-DF; 80-9F on the Macintosh) are rare letters and signs in the other.
    """
    windows, mac = (
        len(_CYRILLIC.findall(data.decode(codec, errors="replace")))
        for codec in ("cp1251", "mac_cyrillic")
    )
    return windows >= mac


def _checked(decoded: Decoded, source: str) -> Decoded:
    """Return ``decoded``, or raise if more than 5 % of it are no characters of any text."""
    text = decoded.text
    if not text.strip("\ufeff\u200b \t\r\n\f\v\x00"):
        raise UnreadableSource(source, "the file is empty")
    sample = text[:65536]
    strange = len(_CONTROL.findall(sample))
    if decoded.basis == "utf-8":
        # What passes as UTF-8 is text; C1 controls and U+FFFD in it are damage done before.
        strange -= sum("\x80" <= c <= "\x9f" for c in sample)
    else:
        strange += sum(
            c == "\ufffd" or (c > "\ue000" and unicodedata.category(c) in {"Co", "Cn"})
            for c in sample
        )
    if strange > 2 and strange * 20 > len(sample):
        raise UnreadableSource(
            source, "its encoding cannot be told: save it as UTF-8 and try again"
        )
    text = text.replace("\x00", "\ufffd")
    return Decoded(text=text, encoding=decoded.encoding, basis=decoded.basis)


def unified(text: str) -> str:
    """Return ``text`` with every line end as a line feed, without a leading byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
