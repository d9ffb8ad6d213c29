"""How a definition opens: a sentence, or a fragment to be completed before it is parsed.

Glossaries word a definition as a sentence ("X is a process that …"), as a fragment ("Process that
…", "% of customers …"), as a gerund ("Moving customers …") or as a clause ("How fast …"); a parser
reads only the first of these as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.components.mention import Mention
from extract.lexicon import Lexicon

# Labels and numbers before the definition proper: "noun: …", "(law) …", "1. …", "[n] …".
_LABEL = re.compile(
    r"(?:\(?(?:n|noun|v|verb|vb|adj|adjective|adv|abbr|pl)\b\.?\)?[:.]?\s+|\([^()]{1,30}\)\s+|"
    r"\[[^\]]{1,30}\]\s+|/[^/]{2,25}/\s+|\d{1,2}[.)]\s+|[-–—:]\s+)+",
    re.IGNORECASE,
)
# Where a word means that: "US: a tax on …".
_REGION = re.compile(r"[A-Z]{1,3}\.?:\s+(?=(?:[Aa]n?|[Tt]he|[Aa]ny)\s)")
_FIELD = re.compile(r"(?:In|Within|For|On|At|Under|With)\s+[^,.;:]{2,60},\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A first sentence made ready for the parser."""

    text: str
    """What is parsed."""
    shift: int
    """Code points of ``text`` that are ours; the sentence follows them."""
    cut: int
    """Code points of the sentence that were left out at its start."""
    form: str
    """``sentence``, ``noun``, ``verb``, ``participle``, ``gerund`` or ``clause``."""


def open_with(text: str, subject: int | None, mention: Mention, lexicon: Lexicon) -> list[Opening]:
    """Return the forms in which the first sentence of a definition is to be parsed.

    ``text`` is the sentence in plain words, ``subject`` where its pronoun for the entry stands.
    One, or two where only the parse can tell a gerund from a noun phrase ("Marketing channel").
    """
    cut = 0
    label = _LABEL.match(text)
    if label and label.end() < len(text) and subject is None:
        cut = label.end()
    region = _REGION.match(text, cut)
    if region and subject is None:
        cut = region.end()
    body = text[cut:]
    if subject is not None or _has_subject(body, mention):
        return [Opening(text=body, shift=0, cut=cut, form="sentence")]
    field = _FIELD.match(body)
    if field and re.match(r"(?:an?|the|any|one|to)\s|\w+ing\s", body[field.end() :], re.IGNORECASE):
        cut += field.end()
        body = text[cut:]
    word = re.match(r"[\w'’%]+", body)
    first = word[0].lower() if word else ""
    second = re.match(r"[\w'’]+", body[word.end() :].lstrip()) if word else None
    following = second[0].lower() if second else ""
    opened = body[:1].lower() + body[1:] if body[:2].istitle() or body[1:2].islower() else body
    if len(body) > 1 and body[0].isupper() and body[1] == " ":
        opened = body[0].lower() + body[1:]
    if first in {"not", "no", "neither", "never"}:
        return [_opening("It is ", opened, cut, "clause")]
    if first in _COUNTING or (
        first in _PREPOSITIONS and not body[: word.end() if word else 0].isupper()
    ):
        return [Opening(text=body, shift=0, cut=cut, form="clause")]
    if _BY_NAME.match(body):
        return [Opening(text=body, shift=0, cut=cut, form="clause")]
    if _ORDERS.match(body) and _are_verbs(body, lexicon):
        return [_opening("To ", opened, cut, "clause")]  # "Remove, change or hide details"
    if first in lexicon["definition.interrogatives"]:
        return [_opening("It is ", opened, cut, "clause")]
    third = first.endswith("s") and first in lexicon.verb_forms and first not in _NOUNS_IN_S
    if (third or first in lexicon["definition.subjectless"]) and not _is_plural_noun(
        first, following
    ):
        return [_opening("It ", opened, cut, "verb")]
    described = len(first) > 4 and first.endswith("ed") and following in _GOES_ON
    if first == "to" or described or first in lexicon["definition.participles"]:
        return [_opening("It is ", opened, cut, "participle")]
    if first in {"a", "an", "the", "any", "one", "each", "all", "those", "some", "your", "our"}:
        noun = _opening("It is ", opened, cut, "noun")
        if _STATEMENT.match(body) or first in {"all", "each", "some", "those"}:
            return [Opening(text=body, shift=0, cut=cut, form="statement"), noun]
        return [noun]
    statement = [Opening(text=body, shift=0, cut=cut, form="statement")]
    if not _may_state(body, lexicon):
        statement = []
    gerund = re.match(r"(?:\w+ly\s+)?(?:and\s+)?(?:re-|co-)?\w{2,}ing\b", opened)
    forms = [_opening("They are the ", opened, cut, "noun")]
    # "Costing method assigning …": a bare singular is no object, so the -ing form is of the name.
    named = following in lexicon["carriers.classes"] - _MASS or following in _INSTRUMENTS
    if gerund and not named and not mention.match(body):
        forms.insert(0, _opening("It is ", opened, cut, "gerund"))
    return statement + forms


# "A spline is a curve" under another term: a whole sentence about something else.
_STATEMENT = re.compile(
    r"(?:The|This)\s+(?:image|figure|picture|diagram|photo|table|illustration|section)\s+\w+\s+\w+s\s|"
    r"(?:An?|The)\s+(?:(?!(?:that|which|who|whose|where|when|whom|how|what|you|we|it|they|one)\b)"
    r"[\w'-]+\s+){1,9}(?:is|are|was|were|can|may|has|have|had|must|should)\s",
    re.IGNORECASE,
)


_INSTRUMENTS = frozenset(
    {"instrument", "apparatus", "appliance", "utensil", "implement", "machine"}
)
_ADVERBS = frozenset({"no", "longer", "often", "also", "never", "always", "sometimes", "seldom"})


def _may_state(body: str, lexicon: Lexicon) -> bool:
    """Whether a sentence without the entry as subject may be whole: "Lenders use X to …"."""
    words = re.findall(r"[\w'-]+|[,;:]", body[:90])
    if re.match(
        r"(?:(?:The|Some|Other)\s+)?(?:\w+\s+){0,2}(?:[Ee]xamples|[Tt]ypes|[Kk]inds|[Ff]orms)\s+of\b.*\s(?:include|are)\b",
        body,
    ):
        return True
    for number, word in enumerate(words[1:9], start=1):
        lower = word.lower()
        if lower in {"that", "which", "who", "where", "when", "to"} and number < 4:
            return False
        if lower in {"is", "are", "was", "were", "can", "may", "must", "should", "will"}:
            return True
        if "by" in words[number + 1 : number + 3] and not lower.endswith("s"):
            continue  # "CS driven primarily by data": a participle
        if lower in lexicon.verb_forms and not lower.endswith(("ed", "ing")):
            at = number - 1
            while at and (words[at].lower() in _ADVERBS or words[at].lower().endswith("ly")):
                at -= 1
            before = words[at].lower()
            if lower.endswith("s") or before.endswith("s") or before in {"companies", "people"}:
                return True
            if words[0].lower() in {"most", "many", "several"} and words[1].endswith("s"):
                return True  # "Most functions in the library accept X"
    return False


def _opening(prefix: str, body: str, cut: int, form: str) -> Opening:
    return Opening(text=prefix + body, shift=len(prefix), cut=cut, form=form)


def _has_subject(body: str, mention: Mention) -> bool:
    """Whether a sentence has the entry, or a pronoun for it, as its subject."""
    if re.match(r"(?:It|This|These|They|He|She|You|There|We|That|Here)\b(?:\s|')", body):
        return True
    found = mention.search(body[:160])
    if not found:
        return False
    before = body[: found.start()].strip()
    after = body[found.end() :].lstrip(" \"'”’")
    if re.match(r"(?:of|for)\b", after):
        return False
    opening = (
        r"(?:(?:In|For|With|As|On|At|Within|Under|When|Formerly|Also|Short|Often|Sometimes)\b"
        r"[^.;:]*,\s*)?"
    )
    article = (
        r"(?:(?:an?|the|the (?:term|word|phrase|name|expression|acronym|abbreviation)|"
        r"your|our|these|this)\b\s*)?[\"'“‘]?"
    )
    if not re.fullmatch(opening + article, before, re.IGNORECASE):
        return False
    return bool(
        re.match(
            r"(?:[,(–—-].{0,160}?[,)–—-]\s*)?(?:\w+ly\s+|also\s+|often\s+|simply\s+|then\s+)*"
            r"(?:(?:for|in|at|on|within)\s(?:\w+\s){1,4})?"
            r"(?:is|are|was|were|isn't|can|may|will|has|have|had|be|does|do|\w+s|mean|refer|"
            r"include|involve|"
            r"describe|measure|help|provide|use|allow|enable|represent|consist|contain|occur|let|serve|act)\b",
            after,
            re.IGNORECASE,
        )
    )


_NOUNS_IN_S = frozenset(
    {"records", "services", "reports", "systems", "forms", "documents", "programs", "plans"}
    | {"tests", "stores", "models", "markets", "lists", "funds", "charges", "processes", "uses"}
)
_MASS = frozenset({"software", "material", "technology", "value", "activity", "data"})
_COUNTING = frozenset({"most", "many"})
"""What opens a statement on some of the things that a definition is about."""
_PREPOSITIONS = frozenset(
    {"in", "for", "with", "by", "from", "at", "through", "while", "if", "after", "before", "during"}
    | {"since", "because", "although", "unlike", "under", "within", "without", "until", "unless"}
)
# "Ada Lovelace first described …": somebody did something.
_BY_NAME = re.compile(
    r"[A-Z][a-z]+ [A-Z][\w-]+ (?:\w+ly |first |later )?\w+ed "
    r"(?!(?:to|by|in|for|with|as|on|from|at|of|through|into|and|or)\b)\w"
)
_ORDERS = re.compile(r"(\w+),\s+(?:(\w+),?\s+)?(?:and|or)\s+(\w+)\s+(?!of\b)\w")


def _are_verbs(body: str, lexicon: Lexicon) -> bool:
    """Whether coordinated first words are all verbs, as verbs are defined."""
    match = _ORDERS.match(body)
    words = [w.lower() for w in match.groups() if w] if match else []
    return bool(words) and all(w in lexicon.base_verbs for w in words)


_GOES_ON = frozenset({"in", "by", "as", "with", "from", "to", "on", "at", "through", "when", "out"})
_ONLY_VERBS = frozenset(
    {"indicates", "describes", "specifies", "determines", "allows", "enables", "provides", "helps"}
    | {"contains", "includes", "involves", "combines", "consists", "occurs", "happens", "ensures"}
    | {"reflects", "identifies", "defines", "represents", "quantifies", "gives", "creates"}
)
_NOUN_FOLLOWS = frozenset(
    {"of", "for", "that", "which", "and", "or", "in", "on", "to", "with", "by", "from", "at", ","}
)


def _is_plural_noun(first: str, following: str) -> bool:
    """Whether "measures" opens a noun phrase: "Measures taken to …", not "Measures how …"."""
    if first in {"is", "are", "was", "has", "can", "may", "stands", "refers", "means", "denotes"}:
        return False
    if first in _ONLY_VERBS:
        return False
    return following in _NOUN_FOLLOWS or bool(re.fullmatch(r"\w+ed|taken|made|done", following))
