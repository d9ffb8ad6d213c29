"""Libraries that only some formats need, imported when such a file is read."""

from __future__ import annotations

import importlib
import zipfile
import zlib
from typing import Any

from extract.errors import UnreadableSource

DAMAGED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
    SyntaxError, ValueError, TypeError, LookupError, AttributeError, AssertionError,
)  # fmt: skip
"""What the libraries for office files let through where bytes of an archive or its XML are wrong.

lxml's errors are syntax errors; ``RuntimeError`` is zipfile's word for encrypted members.
"""


def needed(module: str, extra: str, source: str = "") -> Any:
    """Return the module, or say how to get it.

    Raises:
        UnreadableSource: it is not installed; the sentence holds the exact command.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UnreadableSource(
            source, f"this format needs an extra: pip install 'glossgraph[{extra}]'"
        ) from error
