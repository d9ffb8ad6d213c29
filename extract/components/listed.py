"""The names of a list in running text: "A, B and C"."""

from __future__ import annotations

import re

# What stands between the members of a list.
SEPARATOR = re.compile(r"\s*,\s*(?:and/or|and|or)?\s+|\s+(?:and/or|and|or)\s+|\s*;\s*")
_TAIL = re.compile(
    r"(?:,?\s+(?:\w+ed\s+(?=in\b|by\b|with\b|to\b|on\b|as\b|from\b|at\b))?"
    r"(?:that|which|who|whom|where|when|whose|used|designed|to|in|with|by|from|on|as|at|like|"
    r"because|while|but|each|depending|based|among|within|during|through)\b.*|\s*\([^()]*\))$"
)
# No name begins with these.
NOT_FIRST = frozenset(
    {"which", "that", "who", "where", "when", "to", "by", "with", "for", "from", "not", "rather"}
    | {"in", "on", "at", "as", "of", "unlike", "than", "if", "whose", "whether", "how"}
    | {"within", "under", "over", "between", "after", "before", "during", "through", "into", "via"}
    | {"per", "against", "without", "upon", "about", "around", "across", "inside", "outside"}
    | {"usually", "often", "typically", "commonly", "possibly", "sometimes", "together", "along"}
    | {
        "especially",
        "particularly",
        "primarily",
        "mainly",
        "mostly",
        "chiefly",
        "notably",
        "namely",
    }
    | {"called", "designed", "created", "used", "made", "available", "based", "found", "defined"}
    | {"known", "given", "required", "written", "located", "named", "usually", "normally", "always"}
    | {"so", "while", "including", "such", "etc", "allowing", "making", "depending", "then"}
)
_VERBAL = frozenset(
    {"is", "are", "was", "were", "can", "will", "may", "has", "have", "helps", "help"}
)


def items(listed: str) -> list[str]:
    """Return the names of a list in running text, up to the first that is no name."""
    found = []
    plain = re.sub(r"\s*\([^()]*\)", "", listed).strip(" .")
    pieces = SEPARATOR.split(plain)
    for number, piece in enumerate(pieces):
        name = _TAIL.sub("", piece.strip())
        name = re.sub(
            r"^(?:an?|the|both|either|also|your|its|their|all|some|any|most|many|certain)\s+",
            "",
            name.strip(),
            flags=re.I,
        )
        words = name.lower().split()
        if (
            not words
            or len(words) > 5
            or words[0] in {"is", "are", "it", "they", "this", "the", "but"}
        ):
            break
        if any(w in _VERBAL for w in words) or words[0] in NOT_FIRST:
            break
        if len(words) == 1 and words[0].endswith(("ly", "ed")):
            break  # "…, generally with one of each", "…, grouped and sorted by colour"
        if words[-1] in {"etc", "etc.", "more", "others"}:
            continue
        complemented = re.search(r"\s(?:for|of)\s", piece)
        if complemented and number + 1 < len(pieces):
            break  # "the options for the TIFF, JPEG and PNG formats": what follows belongs to it
        found.append(name.strip(" ."))
        if _TAIL.search(piece.strip()):
            break  # what follows a relative clause may belong to it
    return found
