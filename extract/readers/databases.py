"""Dictionary databases, an index of words beside a text: those of dictd and of StarDict.

dictd serves ``NAME.dict`` (or ``NAME.dict.dz``) by ``NAME.index``, whose lines are a word, an
offset and a length in base 64 (dictfmt(1)). StarDict keeps ``NAME.ifo``, ``NAME.idx``,
``NAME.dict`` and maybe ``NAME.syn`` (its file "StarDictFileFormat").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from extract.errors import UnreadableSource
from extract.model import Document
from extract.readers import articles, packed
from extract.readers.articles import Article
from extract.readers.base import Origin, Sheet
from extract.readers.encoding import decode, unified

DICTD, STARDICT = "application/x-dictd", "application/x-stardict"
# What a file of a database is called behind its name, and the suffix of the one that leads.
_DICT = (".dict", ".dict.dz", ".dict.gz")
_FILES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    ".index": ((".index",), _DICT),
    ".ifo": ((".ifo",), (".idx", ".idx.gz", ".idx.dz"), _DICT, (".syn", ".syn.dz", ".syn.gz")),
}
_PARTS = sorted({s for kinds in _FILES.values() for kind in kinds for s in kind}, key=len)
_DIGITS = {
    character: value
    for value, character in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    )
}
# Headwords of dictd that hold what the database says of itself.
_ABOUT = ("00-database-", "00database")
# Kinds of data of StarDict that are text to read, and those of them with markup.
_SHOWN, _MARKED = frozenset("mlghxkw"), frozenset("ghxk")


def is_part(name: str) -> bool:
    """Return whether a file may be part of a dictionary database, by its suffixes."""
    return any(name.lower().endswith(suffix) for suffix in _PARTS)


def companions(name: str, exists: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the names of the files of the database that ``name`` is part of, the leading first.

    ``exists`` says whether a file stands beside it. Empty where the database is not whole.
    """
    for suffix in sorted(_PARTS, key=len, reverse=True):
        if not name.lower().endswith(suffix):
            continue
        base = name[: len(name) - len(suffix)]
        for kinds in _FILES.values():
            found = [
                name if suffix in kind
                else next((base + s for s in kind if exists(base + s)), "")
                for kind in kinds
            ]  # fmt: skip
            if all(found[:3]) and name in found:
                return tuple(filter(None, found))
    return ()


def stem(name: str) -> str:
    """Return the name of the database that a file is part of, or ``""``."""
    ending = next((s for s in reversed(_PARTS) if name.lower().endswith(s)), "")
    return name[: len(name) - len(ending)] if ending else ""


def led(names: Sequence[str]) -> list[str]:
    """Return the names without the parts of databases, of which the leading file stands for all."""
    known = frozenset(names)
    return [
        name
        for name in names
        if not is_part(name) or companions(name, known.__contains__)[:1] == (name,)
    ]


def read(files: Mapping[str, bytes], *, source: str, part: str = "") -> Document:
    """Return the articles of a database, one record each; locator ``entry N``.

    ``files`` are its files by name, the leading one first.

    Raises:
        UnreadableSource: a file is damaged, or no word leads to an article.
    """
    leading = next(iter(files))
    dictd = leading.lower().endswith(".index")
    origin = Origin(
        source=source, part=part, name=PurePosixPath(leading).name,
        media_type=DICTD if dictd else STARDICT,
    ).of(b"".join(files.values()))  # fmt: skip
    sheet = Sheet(origin)
    plain = {name: packed.unpacked(data, name) for name, data in files.items()}
    found = (_dictd if dictd else _stardict)(plain, sheet)
    record = 0
    for article in found:
        if article.text.strip():
            record += 1
            articles.lay(sheet, replace(article, locator=f"entry {record}"), record)
    if not record:
        raise UnreadableSource(origin.label, "its index leads to no article")
    return sheet.document()


def _part(files: Mapping[str, bytes], *suffixes: str) -> bytes:
    return next((d for n, d in files.items() if n.lower().endswith(suffixes)), b"")


def _text(data: bytes) -> str:
    return unified(data.decode("utf-8", errors="replace")).strip("\0")


def _merged(words: Mapping[tuple[int, int], list[str]], data: bytes) -> Iterator[Article]:
    """Yield the articles in the order of the text, with all words that lead to each."""
    for (offset, length), names in sorted(words.items()):
        text = unified(data[offset : offset + length].decode("utf-8", errors="replace"))
        yield Article(word=names[0], text=text, further=tuple(names[1:]))


def _dictd(files: Mapping[str, bytes], sheet: Sheet) -> Iterator[Article]:
    data = _part(files, *_DICT)
    words: dict[tuple[int, int], list[str]] = {}
    for line in decode(_part(files, ".index"), source=sheet.origin.label).text.split("\n"):
        word, *places = line.rstrip("\r").split("\t")
        if len(places) < 2:
            continue
        offset, length = _number(places[0]), _number(places[1])
        if offset is None or length is None or offset + length > len(data):
            continue
        if word.startswith(_ABOUT):
            told = _text(data[offset : offset + length]).strip().split("\n")
            if "short" in word:
                sheet.title = told[-1].strip()
            elif "url" in word:
                sheet.url = told[-1].strip()
            continue
        # A fourth column is the word as written, where the second is how it is sorted.
        names = words.setdefault((offset, length), [])
        names.append(places[2].strip() if len(places) > 2 and places[2].strip() else word)
    return _merged(words, data)


def _number(digits: str) -> int | None:
    """The number that dictd writes in base 64, most significant digit first."""
    value = 0
    if not 0 < len(digits) <= 10:
        return None
    for digit in digits:
        if digit not in _DIGITS:
            return None
        value = value * 64 + _DIGITS[digit]
    return value


def _stardict(files: Mapping[str, bytes], sheet: Sheet) -> Iterator[Article]:
    told = dict(
        line.split("=", 1) for line in _text(_part(files, ".ifo")).split("\n") if "=" in line
    )
    sheet.title = told.get("bookname", "").strip()
    sheet.publisher = told.get("author", "").strip()
    sheet.url = told.get("website", "").strip()
    data, index = _part(files, *_DICT), _part(files, ".idx", ".idx.gz", ".idx.dz")
    wide = 8 if told.get("idxoffsetbits", "").strip() == "64" else 4
    places: list[tuple[int, int]] = []
    words: dict[tuple[int, int], list[str]] = {}
    at = 0
    while (end := index.find(b"\0", at)) >= 0 and end + 1 + wide + 4 <= len(index):
        word = index[at:end].decode("utf-8", errors="replace")
        offset = int.from_bytes(index[end + 1 : end + 1 + wide], "big")
        length = int.from_bytes(index[end + 1 + wide : end + 5 + wide], "big")
        at = end + 5 + wide
        places.append((offset, length))
        if word.strip() and offset + length <= len(data):
            words.setdefault((offset, length), []).append(word)
    synonyms, at = _part(files, ".syn", ".syn.dz", ".syn.gz"), 0
    while (end := synonyms.find(b"\0", at)) >= 0 and end + 5 <= len(synonyms):
        number = int.from_bytes(synonyms[end + 1 : end + 5], "big")
        if number < len(places) and places[number] in words:
            words[places[number]].append(synonyms[at:end].decode("utf-8", errors="replace"))
        at = end + 5
    kinds = told.get("sametypesequence", "").strip()
    for (offset, length), names in sorted(words.items()):
        shown = "\n".join(_shown(data[offset : offset + length], kinds))
        yield Article(word=names[0], text=shown, further=tuple(names[1:]))


def _shown(data: bytes, kinds: str) -> Iterator[str]:
    """Yield the texts of an article of StarDict: ``kinds`` of its data, else told before each."""
    given = iter(kinds)
    left = len(kinds)
    while data:
        kind = next(given, "") if kinds else chr(data[0])
        left -= 1
        if not kind:
            return
        data = data if kinds else data[1:]
        if kind.isupper():
            last = kinds and not left
            size = len(data) if last else int.from_bytes(data[:4], "big")
            data = b"" if last else data[4 + size :]
            continue
        if kinds and not left:
            piece, data = data, b""
        else:
            piece, _, data = data.partition(b"\0")
        if kind in _SHOWN:
            text = unified(piece.decode("utf-8", errors="replace"))
            yield articles.unmarked(text) if kind in _MARKED else text
