"""reStructuredText: ``.. glossary::`` and what else glossaries in it are made of."""

from __future__ import annotations

import re

from extract.model import Role
from extract.readers.base import Sheet


def lay_glossary(sheet: Sheet, content: str, *, first_record: int) -> None:
    """Lay out the body of a ``glossary`` directive: terms, and under them indented definitions."""
    record, termed = first_record - 1, False
    for number, paragraph in enumerate(re.split(r"\n(?=\S)", content)):
        head, _, rest = paragraph.partition("\n")
        if not termed:
            record += 1
        sheet.put(head, Role.TERM, blank=number > 0 and not termed, record=record)
        termed = not rest.strip()
        for part in re.split(r"\n\s*\n", rest):
            sheet.put(" ".join(part.split()), Role.DEFINITION, record=record)
