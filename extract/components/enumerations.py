"""Relations that lists state: bullets under "types of X:", names behind "such as".

Text rules, without a parse: a bullet is no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extract.components import formulas
from extract.components.bullets import bullets, subtype
from extract.components.clauses import Subject
from extract.components.listed import SEPARATOR, items
from extract.components.sentences import Sentence, split
from extract.components.targets import MATTER, Found
from extract.labels import key, singular
from extract.lexicon import Lexicon
from extract.model import Passage, Span

# "The most common types of X include A, B and C", "Examples are A and B".
_KINDS = re.compile(
    r"(?:(?:The|Some|Its|Other|These|There are|Common|Typical|Popular|Main|Key|Notable)\s+)?"
    r"(?:[\w-]+\s+){0,3}?(?P<noun>[a-z]+|Types|Kinds|Forms|Examples|Varieties|Categories|Stages|"
    r"Phases|Components|Parts|Elements|Steps)"
    r"(?:\s+of\s+(?P<of>[^.;:,]{2,60}?))?"
    r"\s+(?:(?:can |may |might |typically |usually |often |commonly )*include|are|comprise)\s+"
    r"(?P<list>[^:]+)$"
)
# "Analgesics, such as ibuprofen and aspirin, relieve pain".
_SUCH_AS = re.compile(r"\s*,?\s+(?:such as|like|including|e\.g\.,?)\s+")
# Without blanks it is a path through menus: "Element->Font->Lookups".
_CHAIN = re.compile(r"(?:[A-Z][\w' -]{2,30}\s(?:>|→|->|⟶)\s){2,}[A-Z][\w' -]{2,30}")


_RATING = re.compile(
    r"(?:ed|al|ic|ive|ar|ous|ent|ant|y|ful|ble|er|est|in|or|\d|one|two|three|four|five|six|the|some"
    r"|these|those|its|their|our|other|such|many|most|several|various|all|certain|basic)$"
)
"""Words that only rate or count kinds, by their ends."""


def _kinds(sentence: Sentence, subject: Subject, lexicon: Lexicon) -> Iterator[tuple[Found, Span]]:
    match = _KINDS.match(sentence.text)
    if not match:
        return
    if re.search(r"\bwhose\b", sentence.text[: match.start("noun")]):
        return  # "a class whose instances are classes"
    noun = singular(match["noun"].lower())
    of = match["of"]
    before = sentence.text[: match.start("noun")].lower().split()
    known = lexicon["genus.light_adjectives"] | subject.modifiers | subject.heads
    if of is None and before and before[-1] not in known and not _RATING.search(before[-1]):
        return  # "Data types include sets": types of data, and not of the language
    for name in ("narrower", "hasExample", "hasPart"):
        if noun not in lexicon[f"lists.{name}"]:
            continue
        if of is not None:
            named = subject.mention.search(of)
            inside = named is not None and named.end() >= len(of.rstrip())
            if not inside and singular(of.split()[-1].lower()) not in subject.heads:
                return
        elif name == "hasPart" or subject.mention.search(match["list"]):
            return
        stated = re.match(
            r"\S+?(?:ed|ing)\b(?=\s+(?:by|in|for|with|to|on|as|from|at)\b)", match["list"]
        )
        if of is None and sentence.text.startswith("Other "):
            return  # other than what was spoken of
        if stated or (of is None and noun in {"model", "style", "class", "form", "value", "part"}):
            return  # "the models are designed for …" names no kinds
        for item in items(match["list"]):
            type_ = name
            if name == "hasExample":
                type_ = "hasExample" if item[:1].isupper() else "narrower"
            if not subject.is_label(item) and singular(item.lower()) not in subject.heads:
                # "Examples are …" may be examples of what the sentence before speaks of.
                confidence = 0.86 if of is not None or name != "hasExample" else 0.62
                yield (
                    Found(type=type_, target=item, rule="kinds", confidence=confidence),
                    sentence.span,
                )


def _such_as(
    sentence: Sentence, subject: Subject, lexicon: Lexicon
) -> Iterator[tuple[Found, Span]]:
    """Names behind "such as" where a name of the entry stands right before it."""
    for named in subject.mention.finditer(sentence.text):
        match = _SUCH_AS.match(sentence.text, named.end())
        before = sentence.text[: named.start()].split()
        if not match or (before and before[-1].lower() in {"of", "for", "in", "with"}):
            continue
        allowed = {"the", "a", "an", "some", "other", "many", "most"}
        if before and before[-1].lower() not in allowed | lexicon["genus.light_adjectives"]:
            continue
        listed: list[str] = []
        for word in re.findall(r"[^\s,]+|,", sentence.text[match.end() :]):
            if (
                word.lower() in lexicon.verb_forms
                and listed
                and listed[-1] not in {",", "and", "or"}
            ):
                break
            listed.append(word)
        text = re.sub(r"\s+,", ",", " ".join(listed))
        parts = items(text)
        # "X such as A and B, which …": the list ends with its conjunction.
        closing = next(
            (n for n, p in enumerate(SEPARATOR.findall(text)) if "and" in p or "or" in p), None
        )
        if closing is not None:
            parts = parts[: closing + 2]
        elif len(parts) > 1:
            parts = parts[:1]
        for item in parts:
            type_ = "hasExample" if item[:1].isupper() else "narrower"
            if not subject.is_label(item):
                yield Found(type=type_, target=item, rule="such-as", confidence=0.82), sentence.span


def _after_colon(
    sentence: Sentence, subject: Subject, lexicon: Lexicon
) -> Iterator[tuple[Found, Span]]:
    """ "… the stages a customer goes through: onboarding, adoption and renewal"."""
    head, colon, tail = sentence.text.partition(": ")
    if not colon or ":" in tail or not (subject.mention.search(head) or sentence.opens):
        return
    words = {singular(w) for w in re.findall(r"[a-z]+", head.lower()[-70:])}
    for name in ("narrower", "hasPart"):
        if words.isdisjoint(
            lexicon[f"lists.{name}"] - {"model", "class", "style", "feature", "form"}
        ):
            continue
        found = items(tail)
        if len(found) > 1 and len(found) == len(SEPARATOR.split(tail.strip(" ."))):
            for item in found:
                if not subject.is_label(item):
                    yield Found(type=name, target=item, rule="colon", confidence=0.8), sentence.span
        return


def _chain(sentence: Sentence, subject: Subject) -> Iterator[tuple[Found, Span]]:
    """ "Interest > Recruitment > Activation": stages in a row."""
    match = _CHAIN.search(sentence.text)
    if match:
        for stage in re.split(r"\s*(?:>|→|->|⟶)\s*", match[0]):
            if not subject.is_label(stage):
                yield (
                    Found(type="hasPart", target=stage.strip(), rule="chain", confidence=0.8),
                    sentence.span,
                )


_MEMBERS = re.compile(
    r"\b(?:group|set|collection|combination|mixture|blend|suite|bundle|network|mix|alloy|series|"
    r"array|family|compilation|library|catalogu?e?|repository|archive)\s+of\s+(?P<list>[^.;:]+)$",
    re.IGNORECASE,
)
# What may stand before the noun of a collection that defines the entry; "access to one of a
# group of discs" has another.
_AT_GENUS = re.compile(
    r"(?:.{0,70}?\b(?:is|are|refers? to|means?|describes?|comprises?)\s+)?(?:(?:an?|the|any)\s+)?"
    r"(?:[\w'’-]+\s+){0,3}?",
    re.IGNORECASE,
)
# "Databases and objects, and their common metadata": what belongs to the members.
# It may start at a comma or at the first blank behind a word: linear in runs of blanks.
_POSSESSED = re.compile(r"(?:,|(?<=[^\s,]))\s+(?:and|or|with)\s+(?:its|their)\b.*")
# "A style is a set of …" under another term.
_COPULA = re.compile(r"\b(?:is|are|refers?|means?|describes?|comprises?)\b")
_ONE = re.compile(r"(?:an?|the|any|this|that|one)\s", re.IGNORECASE)
_BRACKETED = re.compile(
    r"\((?P<eg>e\.g\.,?|for example,?|such as|like|including)?\s*(?P<list>[^()]+)\)"
)


# "Upsell/cross-sell revenue", "wage and rental income": the sum of two.
_SUMMED = re.compile(
    r"(?:(?:The|All|Total|Combined|Sum of)\s+)?(?P<one>[A-Za-z][\w-]+)(?:\s?/\s?|\s+and\s+)"
    r"(?P<two>[a-z][\w-]+)\s+(?P<sum>revenues?|income|earnings|costs|expenses|sales|spending|"
    r"proceeds|wages|expenditures?)(?=\s+(?:of|from|for|in|that|by|to)\b|[.,;]|$)"
)


_MEANT_FOR = re.compile(
    r"\((?:usually|mostly|often|mainly|typically|chiefly|generally|primarily|commonly|used) for "
    r"(?!example\b|instance\b|short\b|no\b)(?:the |an? )?(?P<list>[a-z][\w' -]{2,40})\)"
)
""" "A coarse net (usually for flour)"."""


def _first(sentence: Sentence, subject: Subject, lexicon: Lexicon) -> Iterator[tuple[Found, Span]]:
    """What the defining sentence lists: the members of a collection, kinds in a parenthesis."""
    text = re.sub(r"\s*\([^()]*\)", "", sentence.text).rstrip(".")
    members = _MEMBERS.search(text)
    before = text[: members.start()] if members else ""
    of_another = _COPULA.search(before) and not (
        subject.mention.search(before) or re.match(r"(?:It|This|These|They)\b", before)
    )
    if members and not of_another and _AT_GENUS.fullmatch(before):
        found = items(_POSSESSED.sub("", members["list"]))
        if len(found) > 1:
            for item in found:
                if (
                    not subject.is_label(item)
                    and item.split()[0].lower() not in lexicon["people.vague"]
                    and singular(item.lower()) not in MATTER
                ):
                    yield (
                        Found(type="hasPart", target=item, rule="members", confidence=0.75),
                        sentence.span,
                    )
    summed = _SUMMED.match(text)
    if summed:
        for part in (summed["one"], summed["two"]):
            found_part = Found(
                type="hasPart", target=f"{part} {summed['sum']}", rule="summed", confidence=0.7
            )
            yield found_part, sentence.span
    if not subject.genus or subject.genus in lexicon["genus.generic"]:
        return
    for meant in _MEANT_FOR.finditer(sentence.text):
        if _follows_genus(sentence.text[: meant.start()], subject):
            for item in items(meant["list"]) or [meant["list"]]:
                yield (
                    Found(type="usedFor", target=item, rule="bracket-for", confidence=0.7),
                    sentence.span,
                )
    for bracket in _BRACKETED.finditer(sentence.text):
        if not _follows_genus(sentence.text[: bracket.start()], subject):
            continue  # kinds of some other noun of the sentence
        pieces = SEPARATOR.split(bracket["list"])
        if "respectively" in bracket["list"] or any(map(_ONE.match, pieces)):
            continue  # "two elements (a keyword and a value)": these are they
        names = items(bracket["list"])
        pair = " or " in bracket["list"] and len(names) == 2 and not bracket["eg"]
        if pair and not all(key(name) in subject.known for name in names):
            continue  # "a unit (liquid or dry)": how it is, no kinds of it
        whole = subject.genus in lexicon["genus.collective"]
        for item in names:
            other = key(item) in subject.known and not subject.is_label(item) and "_" not in item
            if other and (len(names) > 1 or bracket["eg"]):
                yield (
                    Found(
                        type="hasPart" if whole else "narrower",
                        target=item,
                        rule="bracket",
                        confidence=0.65,
                    ),
                    sentence.span,
                )


def _follows_genus(before: str, subject: Subject) -> bool:
    """Whether a parenthesis belongs to the noun that defines the entry, or to its own name.

    At most a short complement stands between: "signals of happiness (…)".
    """
    words = [key(word) for word in before.split()]
    names = {subject.genus} | {key(w) for label in subject.labels for w in label.split()[-1:]}
    places = [i for i, word in enumerate(words) if word in names]
    behind = words[places[-1] + 1 :] if places else []
    return bool(places) and len(behind) <= 2 and behind[:1] in ([], ["of"])


def read(
    text: str,
    definitions: Sequence[Passage],
    formula: Passage | None,
    subject: Subject,
    lexicon: Lexicon,
) -> Iterator[tuple[Found, Span]]:
    """Yield the relations that an entry's lists and formulas state, with their evidence."""
    if formula is not None:
        for operand in formulas.operands(formula.text, subject):
            found = Found(type="computedFrom", target=operand, rule="formula", confidence=0.93)
            yield found, formula.span
    for passage in definitions:
        sentences = split(text, passage.span)
        if sentences:
            yield from _first(sentences[0], subject, lexicon)
        for number, sentence in enumerate(sentences):
            if sentence.text.rstrip().endswith(":"):
                yield from bullets(sentence, sentences[number + 1 :], subject, lexicon)
            if formula is None:  # or the words only repeat it
                yield from formulas.calculation(sentence, subject)
            for clause in re.split(r";\s+", sentence.text):
                part = replace(sentence, text=clause[:1].upper() + clause[1:])
                yield from _kinds(part, subject, lexicon)
            yield from _such_as(sentence, subject, lexicon)
            yield from _chain(sentence, subject)
            yield from _after_colon(sentence, subject, lexicon)
            if sentence.bullet:
                yield from subtype(sentence, subject, lexicon)
