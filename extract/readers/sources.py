"""What a user names as a source, read into documents: files, folders, globs, ``-``, addresses."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from extract.errors import UnreadableSource
from extract.model import Document, Finding
from extract.readers import archive, databases, folders, media, packed
from extract.readers.base import Origin, Reader
from extract.readers.encoding import binary_kind

SUFFIXES = media.SUFFIXES


def _module(name: str) -> Reader:
    """Return the ``read`` of a module of this package, which is imported at its first use."""

    def read(data: bytes, origin: Origin) -> Document:
        reader: Reader = importlib.import_module(f"extract.readers.{name}").read
        return reader(data, origin)

    return read


READERS: Mapping[str, Reader] = {
    "text/plain": _module("text"),
    "text/markdown": _module("markdown"),
    "text/html": _module("html"),
    "application/xhtml+xml": _module("html"),
    "text/x-rst": _module("rst"),
    "text/asciidoc": _module("asciidoc"),
    "text/x-texinfo": _module("texinfo"),
    "text/x-tex": _module("latex"),
    "text/x-info": _module("info"),
    "text/x-pod": _module("pod"),
    "text/troff": _module("man"),
    "text/org": _module("org"),
    "text/csv": _module("delimited"),
    "text/tab-separated-values": _module("delimited"),
    "application/json": _module("records"),
    "application/jsonl": _module("records"),
    "application/yaml": _module("records"),
    SUFFIXES[".xlsx"]: _module("spreadsheet"),
    SUFFIXES[".docx"]: _module("docx"),
    "application/pdf": _module("pdf"),
    "application/docbook+xml": _module("docbook"),
    "application/dita+xml": _module("docbook"),
    "application/x-tbx": _module("tbx"),
    "application/rfc+xml": _module("rfc_xml"),
    "application/tei+xml": _module("tei"),
    "application/x-xdxf": _module("lexicons"),
    "application/x-lift": _module("lexicons"),
    "application/xml": _module("xml_records"),
    "application/mediawiki+xml": _module("mediawiki"),
    "text/x-wiki": _module("mediawiki"),
    **dict.fromkeys(
        (
            "application/rdf+xml",
            "text/turtle",
            "text/n3",
            "application/n-triples",
            "application/n-quads",
            "application/trig",
            "application/ld+json",
        ),
        _module("skos"),
    ),
}
"""Media type to reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceArgument:
    """One source: a file, the parts of a folder, the standard input, or an address."""

    name: str
    """Name of the source: the file's or folder's stem, made safe for an IRI."""
    asked: str
    """What the user named, for messages."""
    paths: tuple[Path, ...] = ()
    """Its files; empty for the standard input and addresses."""
    parts: tuple[str, ...] = ()
    """For the files of a folder that is one source: the part's path; else empty."""
    url: str = ""
    """The address, or ``""``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What :func:`read_all` could read, and what it could not."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    """A finding ``unreadable`` for each file that could not be read."""
    errors: tuple[UnreadableSource, ...]
    """The same as errors, whose texts name the file as the user did."""


def name_of(stem: str) -> str:
    """Return a file's stem as the name of a source: letters, digits, ``.``, ``_`` and hyphens.

    Slashes stay: they part the steps of a part's path.
    """
    return re.sub(r"[^\w./]+", "-", stem).strip("-./") or "source"


def read_bytes(
    data: bytes,
    *,
    source: str,
    name: str = "",
    part: str = "",
    media_type: str | None = None,
    url: str = "",
    single: bool = False,
) -> Document:
    """Return the document that ``data`` holds.

    ``media_type`` goes before the suffix of ``name``, and that before the look of the bytes.
    ``single`` says that it is one of a folder's pages of one term each.

    Raises:
        UnreadableSource: the bytes are empty, binary, or of a kind that is not read.
    """
    label = name or url or source
    if packed.is_packed(data):
        data, name = packed.unpacked(data, label), packed.inner(name)
    if not data.strip():
        raise UnreadableSource(label, "the file is empty")
    kind = media_type if media_type in READERS else media.of_name(name)
    if (kind not in READERS and not data.startswith(b"%PDF-")) or kind == "application/xml":
        if what := binary_kind(data):
            raise UnreadableSource(label, f"this is {what}, which is not read")
        kind = media.of_content(data)
    if kind is None or kind not in READERS:
        kind = "text/plain"
    if kind == "text/plain" and media_type is None:
        kind = media.of_marks(data) or kind
    if kind == "application/json" and media_type is None and media.is_linked(data):
        kind = "application/ld+json"
    origin = Origin(source=source, part=part, name=name, media_type=kind, url=url).of(data)
    document = READERS[kind](data, origin)
    return replace(document, single=True) if single else document


def read(path: Path, *, source: str | None = None) -> list[Document]:
    """Return the documents of a file or folder.

    A folder whose files hold one term each is one source with a document a file (see
    :mod:`extract.readers.folders`); else every file is a source. A file that cannot be read is
    passed over as long as another one of the folder can.

    Raises:
        UnreadableSource: nothing can be read; the sentence says why.
    """
    arguments = expand([str(path)])
    if source is not None and len(arguments) == 1:
        arguments = [_renamed(arguments[0], source)]
    reading = _read_each(arguments, stdin=None)
    if not reading.documents:
        if reading.errors:
            raise reading.errors[0]
        raise UnreadableSource(path, "the folder holds no file that can be read")
    return list(reading.documents)


def _renamed(argument: SourceArgument, name: str) -> SourceArgument:
    return SourceArgument(
        name=name,
        asked=argument.asked,
        paths=argument.paths,
        parts=argument.parts,
        url=argument.url,
    )


def expand(arguments: Sequence[str]) -> list[SourceArgument]:
    """Return the sources that ``arguments`` name, in their order, folders and globs sorted.

    An argument is a file, a folder (read with its subfolders), a glob (``**`` goes down), ``-``
    for the standard input, or an http(s) address.

    Raises:
        UnreadableSource: a file is missing, a folder or glob gives no file.
    """
    found: list[SourceArgument] = []
    for argument in arguments:
        found.extend(_expanded(argument))
    return found


def _expanded(argument: str) -> list[SourceArgument]:
    if argument == "-":
        return [SourceArgument(name="stdin", asked="-")]
    if re.match(r"https?://", argument, re.IGNORECASE):
        return [SourceArgument(name=_name_of_url(argument), asked=argument, url=argument)]
    path = Path(argument)
    if path.is_dir():
        return _folder(path, argument)
    if path.suffix.lower() in _MAPS and path.is_file():
        return [_mapped(path, argument)]
    if path.exists():
        return [_file(path, argument)]
    if re.search(r"[*?\[]", argument):
        anchor = Path(path.anchor or ".")
        pattern = str(path.relative_to(path.anchor)) if path.anchor else argument
        try:
            matches = sorted(p for p in anchor.glob(pattern) if p.is_file())
        except (ValueError, NotImplementedError) as error:
            raise UnreadableSource(argument, f"this is no pattern of files: {error}") from error
        if not matches:
            raise UnreadableSource(argument, "no file fits this pattern")
        return [_file(match, str(match)) for match in matches]
    raise UnreadableSource(argument, "there is no such file or folder")


def _file(path: Path, asked: str) -> SourceArgument:
    name = databases.stem(path.name) or PurePosixPath(packed.inner(path.name)).stem
    return SourceArgument(name=name_of(name), asked=asked, paths=(path,))


# Maps of DITA: lists of the topics that make a book.
_MAPS = frozenset({".ditamap", ".bookmap"})


def _mapped(path: Path, asked: str) -> SourceArgument:
    """Return the topics that a map of DITA names as one source, called after the map."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnreadableSource(asked, (error.strerror or "it cannot be opened").lower()) from error
    names = [n for n in folders.of_map(text) if (path.parent / n).is_file()]
    if not names:
        raise UnreadableSource(asked, "the map names no topic that stands beside it")
    return SourceArgument(
        name=name_of(path.stem),
        asked=asked,
        paths=tuple(path.parent / name for name in names),
        parts=tuple(name_of(str(PurePosixPath(name).with_suffix(""))) for name in names),
    )


def _name_of_url(url: str) -> str:
    host, _, rest = url.split("://", 1)[1].partition("/")
    steps = [step for step in re.split(r"[?#]", rest)[0].split("/") if step]
    stem = re.sub(r"\.\w{1,5}$", "", steps[-1]) if steps else ""
    return name_of(stem or host.partition(":")[0])


def _folder(folder: Path, asked: str) -> list[SourceArgument]:
    names = [
        name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and archive.is_wanted(name := path.relative_to(folder).as_posix())
    ]
    names = databases.led(names)
    if not names:
        raise UnreadableSource(asked, "the folder holds no file that can be read")

    def head(name: str, count: int) -> bytes:
        try:
            with (folder / name).open("rb") as file:
                return file.read(count)
        except OSError:
            return b""  # it is named when it is read

    parts = folders.parts(names, head)
    if not parts:
        return [_file(folder / name, str(Path(asked) / name)) for name in names]
    return [
        SourceArgument(
            name=name_of(folder.resolve().name),
            asked=asked,
            paths=tuple(folder / name for name in parts),
            parts=tuple(parts.values()),
        )
    ]


def read_all(
    arguments: Sequence[str | SourceArgument],
    *,
    stdin: Callable[[], bytes] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Return every document that ``arguments`` name, and a finding for every one unreadable.

    One broken file never stops the others. ``stdin`` gives the bytes of ``-`` (the process's own
    by default); ``progress`` is called with each file's name before it is read.
    """
    expanded: list[SourceArgument] = []
    errors: list[UnreadableSource] = []
    for argument in arguments:
        if isinstance(argument, SourceArgument):
            expanded.append(argument)
            continue
        try:
            expanded.extend(_expanded(argument))
        except UnreadableSource as error:
            errors.append(error)
    reading = _read_each(expanded, stdin=stdin, progress=progress)
    errors.extend(reading.errors)
    findings = tuple(_finding(error, error.source) for error in errors)
    return Reading(documents=reading.documents, findings=findings, errors=tuple(errors))


def _finding(error: UnreadableSource, subject: str) -> Finding:
    """Return the error as a finding that names the file without its folder."""
    name = subject if "://" in subject else Path(subject).name
    return Finding(rule="unreadable", subject=name, message=error.reason, severity="error")


def _read_each(
    arguments: Iterable[SourceArgument],
    *,
    stdin: Callable[[], bytes] | None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    documents: list[Document] = []
    errors: list[UnreadableSource] = []
    for argument in arguments:
        parts = argument.parts or ("",) * len(argument.paths)
        single = folders.single(argument.parts)
        for path, part in zip(argument.paths, parts, strict=True):
            shown = str(path) if argument.parts else argument.asked
            if progress:
                progress(path.name)
            try:
                documents.extend(_read_file(path, argument.name, part, single))
            except UnreadableSource as error:
                errors.append(UnreadableSource(shown, error.reason))
        if argument.paths:
            continue
        if progress:
            progress(argument.asked)
        try:
            documents.append(_read_stream(argument, stdin))
        except UnreadableSource as error:
            errors.append(UnreadableSource(argument.asked, error.reason))
    return Reading(documents=tuple(documents), findings=(), errors=tuple(errors))


def _read_file(path: Path, source: str, part: str, single: bool) -> list[Document]:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise UnreadableSource(path, reason) from error
    if path.suffix.lower() == ".zip" or archive.is_archive(data):
        return _read_archive(data, source, path.name)
    if names := databases.companions(path.name, lambda name: (path.parent / name).is_file()):
        try:
            files = {name: (path.parent / name).read_bytes() for name in names}
        except OSError as error:
            reason = (error.strerror or "it cannot be opened").lower()
            raise UnreadableSource(path, reason) from error
        return [databases.read(files, source=source, part=part)]
    return [read_bytes(data, source=source, name=path.name, part=part, single=single)]


def _read_archive(data: bytes, source: str, name: str) -> list[Document]:
    """Return the documents of an archive, parts of one source; broken ones are findings."""
    files = archive.open_archive(data, name)
    below = archive.common(list(files))
    files = {inside.removeprefix(below): content for inside, content in files.items()}
    documents: list[Document] = []
    errors: list[UnreadableSource] = []
    parts, single = archive.parts({n: files[n] for n in databases.led(list(files))})
    for inside, part in parts.items():
        try:
            if names := databases.companions(inside, files.__contains__):
                whole = {n: files[n] for n in names}
                documents.append(databases.read(whole, source=source, part=name_of(part)))
                continue
            documents.append(
                read_bytes(
                    files[inside],
                    source=source,
                    name=inside.rsplit("/", 1)[-1],
                    part=name_of(part),
                    single=single,
                )
            )
        except UnreadableSource as error:
            errors.append(error)
    if not documents:
        raise UnreadableSource(name, f"no file of the archive can be read: {errors[0]}")
    left_out = tuple(
        Finding(rule="unreadable", subject=f"{name}/{e.source}", message=e.reason, severity="error")
        for e in errors
    )
    documents[0] = replace(documents[0], findings=documents[0].findings + left_out)
    return documents


def _read_stream(argument: SourceArgument, stdin: Callable[[], bytes] | None) -> Document:
    if argument.url:
        from extract.readers.fetch import fetch  # httpx takes 80 ms to import

        page = fetch(argument.url)
        return read_bytes(
            page.data,
            source=argument.name,
            name=page.name,
            media_type=page.media_type,
            url=argument.url,
        )
    data = stdin() if stdin else sys.stdin.buffer.read()
    return read_bytes(data, source=argument.name)
