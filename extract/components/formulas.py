"""What formulas and sentences on a calculation say that an entry is computed from.

Text rules, without a parse: a formula is no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.components.clauses import Subject
from extract.components.sentences import Sentence
from extract.components.targets import Found
from extract.labels import key
from extract.model import Span

_OPERATOR = re.compile(
    r"\s*[/÷×*+−–=]\s*|\s+[-x]\s+|\s+(?:divided by|multiplied by|times|minus|plus|less)\s+"
)
_NUMBER = re.compile(r"^[\d.,\s%$€£]*$")
_DIVIDE = re.compile(
    r"\b(?:divid(?:e|es|ed|ing)\s+(?P<top>[^.;:]{3,90}?)\s+by\s+(?P<bottom>[^.;:,]{3,90})"
    r"|(?:is|equals|=)\s+(?P<num>[^.;:,]{3,70}?)\s+divided\s+by\s+(?P<den>[^.;:,]{3,70})"
    r"|subtract(?:ing|s|ed)?\s+(?P<minus>[^.;:]{3,70}?)\s+from\s+(?P<whole>[^.;:,]{3,70}))",
    re.IGNORECASE,
)
_CALCULATED = re.compile(
    r"\b(?:calculated|computed|found|determined|derived|obtained|calculate|compute|determine|formula|divide)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"\s+(?:that|who|which|in a given|in the|in a|during|over a|over the|for a|for the|"
    r"and multipl\w+|and then|then|at the|within|per|from the)\b.*$",
    re.IGNORECASE,
)


_CONDITION = re.compile(
    r"\b(?:if|iff|such that|whenever)\b.{0,200}=|\bfor (?:all|every|any)\b|[<>≤≥]"
)
_PERIOD = re.compile(
    r"\s+(?:in a given|in the|in a|during|over a|over the|for a|for the|at the|within|per|"
    r"and multipl\w+|and then|then)\b.*$",
    re.IGNORECASE,
)


def operands(formula: str, subject: Subject) -> list[str]:
    """Return what a formula computes its result from, without numbers and the result itself."""
    if re.search(r"\bfor example\b|\be\.g\.|\betc\b", formula):
        return []  # a grammar or a list of settings, no arithmetic
    if _CONDITION.search(formula):
        return []  # "f is a homomorphism if f(a * b) = f(a) * f(b) for all a, b"
    sides = re.split(r"\s=\s|=", formula)
    if len(sides) > 1:
        keys = [key(label) for label in subject.labels]
        named = [
            n
            for n, side in enumerate(sides)
            if any(k in key(side) or key(side) in k for k in keys if k)
        ]
        result = named[0] if named else 0
        sides = [side for n, side in enumerate(sides) if n != result]
    found: list[str] = []
    for side in sides:
        for part in _OPERATOR.split(re.sub(r"[()\[\]]", " ", side)):
            name = re.sub(r"\s+", " ", part).strip(" .,:;\"'“”%")
            name = re.sub(
                r"^(?:the|a|an|total number of|number of|sum of)\s+(?:the\s+)?",
                "",
                name,
                flags=re.I,
            )
            short = _CUT.sub("", name)
            name = short if len(short.split()) > 1 else name
            if (
                name
                and not _NUMBER.match(name)
                and len(name) > 1
                and len(name.split()) <= 8
                and not subject.is_label(name)
                and key(name) not in {key(f) for f in found}
            ):
                found.append(name)
    return found


def calculation(sentence: Sentence, subject: Subject) -> Iterator[tuple[Found, Span]]:
    """ "To calculate X, divide A by B": X is computed from both."""
    match = _DIVIDE.search(sentence.text)
    if not match or not _CALCULATED.search(sentence.text):
        return
    named = subject.mention.search(sentence.text)
    opening = re.match(r"(?:It|This)\b", sentence.text)
    if not named and not opening and not sentence.opens:
        return
    for group in ("top", "bottom", "num", "den", "minus", "whole"):
        part = match[group]
        if not part:
            continue
        whole = re.sub(r"^(?:the|a|an)\s+", "", part.strip(), flags=re.I)
        name = _CUT.sub("", _PERIOD.sub("", whole)).strip(" ,")
        if re.match(r"\s+(?:that|who|which)\b", whole[len(name) :]):
            name = _PERIOD.sub("", whole).strip(" ,")  # "users who converted" are not all users
        name = re.sub(r"^(?:total number of|number of|sum of)\s+(?:the\s+)?", "", name, flags=re.I)
        if not name or _NUMBER.match(name) or len(name.split()) > 8 or subject.is_label(name):
            continue
        yield (
            Found(type="computedFrom", target=name, rule="calculation", confidence=0.85),
            sentence.span,
        )
