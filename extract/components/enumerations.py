"""Relations that lists and formulas state: bullets under "types of X:", operands of a formula.

Text rules, without a parse: a bullet is no sentence, a formula no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.components.clauses import Subject
from extract.components.relations import Found
from extract.components.sentences import Sentence, split
from extract.labels import key, singular
from extract.lexicon import Lexicon
from extract.model import Passage, Span

_ITEM = re.compile(r"([^:–—.]{2,60}?)(?::|\s[–—-]\s)\s*\S")
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


def read(
    text: str,
    definitions: Sequence[Passage],
    formula: Passage | None,
    subject: Subject,
    lexicon: Lexicon,
) -> Iterator[tuple[Found, Span]]:
    """Yield the relations that an entry's lists and formulas state, with their evidence."""
    if formula is not None:
        for operand in operands(formula.text, subject):
            found = Found(type="computedFrom", target=operand, rule="formula", confidence=0.93)
            yield found, formula.span
    for passage in definitions:
        sentences = split(text, passage.span)
        for number, sentence in enumerate(sentences):
            if sentence.text.rstrip().endswith(":"):
                yield from _bullets(sentence, sentences[number + 1 :], subject, lexicon)
            yield from _calculation(sentence, subject)


def operands(formula: str, subject: Subject) -> list[str]:
    """Return what a formula computes its result from, without numbers and the result itself."""
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
            name = _CUT.sub("", name)
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


def _bullets(
    intro: Sentence, following: Sequence[Sentence], subject: Subject, lexicon: Lexicon
) -> Iterator[tuple[Found, Span]]:
    """The items under a sentence that says what they are to the entry."""
    type_ = _introduced(intro.text, subject, lexicon)
    if type_ is None:
        return
    for sentence in following:
        if not sentence.bullet:
            break
        item = _ITEM.match(sentence.text)
        name = item[1] if item else sentence.text.rstrip(".;,")
        if not name or len(name.split()) > 6 or (not item and len(name.split()) > 4):
            continue
        confidence = 0.85 if item else 0.75
        found = Found(type=type_, target=name.strip(), rule="list", confidence=confidence)
        if not subject.is_label(found.target):
            yield found, sentence.span


def _introduced(text: str, subject: Subject, lexicon: Lexicon) -> str | None:
    """The relation type that a sentence announces for the list below it."""
    named = subject.mention.search(text)
    words = [singular(w) for w in re.findall(r"[a-z]+", text.lower())]
    tail = words[-14:]
    about = named is not None or any(h in words for h in subject.heads)
    for type_ in ("narrower", "hasExample", "hasPart", "measuredBy"):
        if any(w in lexicon[f"lists.{type_}"] for w in tail) and about:
            return "narrower" if type_ == "hasExample" else type_
    if about and tail[-1:] and tail[-1] in {"include", "comprise", "contain", "includ"}:
        return "hasPart"
    return None


def _calculation(sentence: Sentence, subject: Subject) -> Iterator[tuple[Found, Span]]:
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
        name = _CUT.sub("", re.sub(r"^(?:the|a|an)\s+", "", part.strip(), flags=re.I)).strip(" ,")
        name = re.sub(r"^(?:total number of|number of|sum of)\s+(?:the\s+)?", "", name, flags=re.I)
        if not name or _NUMBER.match(name) or len(name.split()) > 7 or subject.is_label(name):
            continue
        yield (
            Found(type="computedFrom", target=name, rule="calculation", confidence=0.85),
            sentence.span,
        )
