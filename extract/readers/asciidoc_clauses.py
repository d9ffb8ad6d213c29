"""Standards written in AsciiDoc with Metanorma: what stands below the heading of a term."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extract.model import Role

# What Metanorma, with which standards are written, says of the term in the heading above.
DESIGNATION = re.compile(
    r"(?P<kind>alt|preferred|admitted|deprecated|domain|subject|stem):\[(?P<text>[^\[\]]+)\]$"
)
DESIGNATIONS: Mapping[str, Role] = {
    **dict.fromkeys(("alt", "preferred", "admitted", "deprecated"), Role.ALIAS),
    "domain": Role.SUBJECT_FIELD, "subject": Role.SUBJECT_FIELD, "stem": Role.NOTATION,
}  # fmt: skip
ASIDE = re.compile(r"\[(?:\.source|reviewer\b|\.boilerplate|bibliography|\.nonterm)[^\[\]]*\]$")


def level(lines: Sequence[str], heading: re.Pattern[str]) -> int:
    """Return the level of the headings right below which other names of a term stand, or 0."""
    levels: list[int] = []
    open_ = 0
    for line in lines:
        text = line.strip()
        found = heading.match(text)
        if found:
            open_ = len(found["level"])
        elif open_ and DESIGNATION.match(text):
            levels.append(open_)
        elif text:
            open_ = 0
    return max(levels, key=levels.count) if len(levels) > 1 else 0
