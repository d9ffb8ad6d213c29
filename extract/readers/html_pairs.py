"""Pages whose class names alone say which blocks are terms and which their definitions."""

from __future__ import annotations

from dataclasses import replace

from extract.model import Role
from extract.readers import html_marks
from extract.readers.base import Sheet


def pair_by_class(sheet: Sheet) -> None:
    """Make records of blocks whose class names say term and definition, where they take turns.

    Only where at least three pairs stand on the page and no markup says more: class names are
    chosen for looks, and one ``title`` above one ``content`` is any page at all.
    """
    if any(b.record is not None for b in sheet.blocks):
        return
    hints = [
        html_marks.hint(b.section) if b.role in {Role.PARAGRAPH, Role.HEADING, Role.ITEM} else None
        for b in sheet.blocks
    ]
    terms = [i for i, hint in enumerate(hints) if hint is Role.TERM]
    paired = [i for i in terms if i + 1 < len(hints) and hints[i + 1] is Role.DEFINITION]
    keys = {sheet.blocks[i].section for i in paired}
    if len(paired) < 3 or len(keys) > 2 or len(paired) * 10 < len(terms) * 8:
        return
    record = 0
    inside = False
    for i, hint in enumerate(hints):
        block = sheet.blocks[i]
        if i + 1 < len(hints) and hint is Role.TERM and hints[i + 1] is Role.DEFINITION:
            record += 1
            inside = True
            sheet.blocks[i] = replace(block, role=Role.TERM, record=record)
        elif inside and hint is Role.DEFINITION:
            sheet.blocks[i] = replace(block, role=Role.DEFINITION, record=record)
        else:
            inside = False
