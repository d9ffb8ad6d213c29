"""Other names that a definition gives in another language than English, by text rules.

The wordings stand in ``languages.toml``: ``called`` before a name ("auch bekannt als X"), ``or``
before one in brackets alone ("(auch X)"), ``behind`` after one ("(auch X genannt)", "Xともいう"),
``aside`` before one that needs a word behind it ("Sie wird auch X genannt"), ``stands`` before what
a short form is short for ("sigle de X").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from extract import languages
from extract.components.aliases import Alias
from extract.labels import is_acronym, key
from extract.letters import is_short_for
from extract.model import Span

_CJK = "\u2e80"
# A name ends at punctuation; in scripts without blanks at a comma or a full stop of their own.
_NAME = r"(?P<name>[^\s,;:.()（）\[\]\"“”„«»]+(?:[ \u00a0-][^\s,;:.()（）\[\]\"“”„«»]+){0,4}?)"
_JOINED = r"[“\"「『]?(?P<name>[^，,。；;、：:（）()“”\"「」『』\s]{1,15}?)[”\"」』]?"
_LONG = r"[^,;:.()\[\]\"“”„«»\n]{4,90}?"
_OPEN, _SHUT = r"[(（]\s*", r"\s*(?=[)）,;，])"
_QUOTE, _UNQUOTE = "[\"“„«']?\\s*", "\\s*[\"”“»']?"


def in_text(
    text: str, spans: Sequence[Span], labels: Sequence[str], language: str
) -> Iterator[Alias]:
    """Yield the names that the passages ``spans`` give to what ``labels`` name.

    ``language`` is the tag of the document; nothing is found for English, which
    :mod:`extract.components.aliases` reads, and for languages without wordings.
    """
    patterns = _patterns(language.split("-")[0].lower())
    known = {key(label) for label in labels}
    for span in spans:
        for pattern, rule, confidence in patterns:
            for found in pattern.finditer(text, span.start, span.end):
                name = found["name"].strip()
                if key(name) in known or not any(c.isalpha() for c in name):
                    continue
                if rule == "stands-for" and not any(is_short_for(x, name) for x in labels[:1]):
                    continue
                known.add(key(name))
                start = found.start("name")
                yield Alias(
                    text=name, type=_type(name, rule),
                    status="admitted", span=Span(start=start, end=start + len(found["name"])),
                    rule=rule, confidence=confidence,
                )  # fmt: skip


def _type(name: str, rule: str) -> str:
    if rule == "stands-for":
        return "full form"
    return "acronym" if is_acronym(name) else "synonym"


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str, float], ...]:
    table = languages.table().get(language, {})
    if language == "en" or not table.get("called"):
        return ()

    def either(*names: str) -> str:
        words = sorted((w for n in names for w in table.get(n, ())), key=len, reverse=True)
        # "*" stands for one or two words: "in * heißt es".
        places = r"[^\s,.;:。，]+(?:\s[^\s,.;:。，]+)?"
        sources = (re.escape(w).replace(r"\ ", r"\s+").replace(r"\*", places) for w in words)
        return "|".join(sources) or r"(?!)"

    behind = either("behind")
    if table["called"][0] >= _CJK:
        end = r"(?=[，,。；;、）)]|$)"
        sources = [
            (rf"(?:(?<=[，,。；;、（(])|^)(?:{either('called')})(?:为|作)?[：:]?{_JOINED}(?:とも)?{end}",
             "called", 0.9),
            (rf"(?:(?<=[，,。；;、（(])|^){_JOINED}(?:{behind})", "called-behind", 0.9),
            (rf"(?:{either('synonym', 'acronym', 'earlier')})[：:]\s*{_JOINED}{end}", "label", 0.9),
            (rf"(?:^|(?<=[。；]))(?:{either('elsewhere')}){_JOINED}{end}", "elsewhere", 0.85),
        ]  # fmt: skip
    else:
        name = f"{_QUOTE}{_NAME}{_UNQUOTE}"
        stop = r"\s*(?=[,;.)(]|$)"
        sources = [
            (rf"{_OPEN}(?:{either('called', 'or')})\s*:?\s*{name}(?:\s+(?:{behind}))?{_SHUT}",
             "called", 0.92),
            (rf"(?<=[,;.]\s)(?:{either('called')})\s*:?\s*{name}{stop}", "called", 0.85),
            (rf"(?<=[,;.]\s)(?:(?:{either('or', 'aside', 'earlier')})\s+)+{name}\s+(?:{behind})"
             rf"{stop}", "called", 0.9),
            (rf"(?:^|(?<=[.;]\s)|(?<=\())(?:{either('synonym', 'acronym', 'earlier')})\.?\s*:\s*"
             rf"{name}{stop}", "label", 0.9),
            (rf"(?:^|(?<=[.;]\s))(?:{either('elsewhere')})\s+{name}{stop}", "elsewhere", 0.85),
            (rf"(?:{either('stands')})\s*:?\s*{_QUOTE}(?P<name>{_LONG}){_UNQUOTE}{stop}",
             "stands-for", 0.95),
        ]  # fmt: skip
    flags = re.IGNORECASE | re.MULTILINE
    return tuple((re.compile(source, flags), rule, rank) for source, rule, rank in sources)
