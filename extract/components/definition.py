"""The defining sentence of an entry: how it is worded, and the genus it names.

ISO 704:2022 §6: an intensional definition names the superordinate concept (the genus) and what
sets the concept apart. Glossaries word that as a sentence ("X is a process that …"), as a fragment
("Process that …", "% of customers …"), as a gerund ("Moving customers …") or as a clause ("How fast
…"); only the first two name a genus.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from extract.components import phrases
from extract.labels import key
from extract.lexicon import Lexicon

# Labels and numbers before the definition proper: "noun: …", "(law) …", "1. …", "[n] …".
_LABEL = re.compile(
    r"(?:\(?(?:n|noun|v|verb|vb|adj|adjective|adv|abbr|pl)\b\.?\)?[:.]?\s+|\([^()]{1,30}\)\s+|"
    r"\[[^\]]{1,30}\]\s+|\d{1,2}[.)]\s+|[-–—:]\s+)+",
    re.IGNORECASE,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A parsed first sentence."""

    form: str
    subject: Token | None
    """What stands for the entry."""
    genus: Token | None
    """Head noun of the genus, transparent nouns skipped."""
    outer: Token | None
    """The noun that the sentence names first: "type" in "a type of tree"."""
    members: bool = False
    """Whether the genus is a collection ("a group of …") rather than a class."""


def open_with(
    text: str, subject: int | None, mention: re.Pattern[str], lexicon: Lexicon
) -> list[Opening]:
    """Return the forms in which the first sentence of a definition is to be parsed.

    ``text`` is the sentence in plain words, ``subject`` where its pronoun for the entry stands.
    One, or two where only the parse can tell a gerund from a noun phrase ("Marketing channel").
    """
    cut = 0
    label = _LABEL.match(text)
    if label and label.end() < len(text) and subject is None:
        cut = label.end()
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
    if first in lexicon["definition.interrogatives"]:
        return [_opening("It is ", opened, cut, "clause")]
    third = first.endswith("s") and first in lexicon.verb_forms and first not in _NOUNS_IN_S
    if (third or first in lexicon["definition.subjectless"]) and not _is_plural_noun(
        first, following
    ):
        return [_opening("It ", opened, cut, "verb")]
    if first == "to" or first in lexicon["definition.participles"]:
        return [_opening("It is ", opened, cut, "participle")]
    if first in {"a", "an", "the", "any", "one", "each", "all", "those", "some", "your", "our"}:
        return [_opening("It is ", opened, cut, "noun")]
    statement = [Opening(text=body, shift=0, cut=cut, form="statement")]
    if not _may_state(body, lexicon):
        statement = []
    gerund = re.match(r"(?:\w+ly\s+)?(?:and\s+)?(?:re-|co-)?\w{2,}ing\b", opened)
    forms = [_opening("They are the ", opened, cut, "noun")]
    if gerund and not mention.match(body):
        forms.insert(0, _opening("It is ", opened, cut, "gerund"))
    return statement + forms


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
        if lower in lexicon.verb_forms and not lower.endswith(("ed", "ing")):
            before = words[number - 1].lower()
            if lower.endswith("s") or before.endswith("s") or before in {"companies", "people"}:
                return True
    return False


def _opening(prefix: str, body: str, cut: int, form: str) -> Opening:
    return Opening(text=prefix + body, shift=len(prefix), cut=cut, form=form)


def _has_subject(body: str, mention: re.Pattern[str]) -> bool:
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
    article = r"(?:(?:an?|the|the term|the word|your|our|these|this)\b\s*)?[\"'“‘]?"
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
_NOUN_FOLLOWS = frozenset(
    {"of", "for", "that", "which", "and", "or", "in", "on", "to", "with", "by", "from", "at", ","}
)


def _is_plural_noun(first: str, following: str) -> bool:
    """Whether "measures" opens a noun phrase: "Measures taken to …", not "Measures how …"."""
    if first in {"is", "are", "was", "has", "can", "may"}:
        return False
    return following in _NOUN_FOLLOWS or bool(re.fullmatch(r"\w+ed|taken|made|done", following))


def read(
    document: Doc,
    opening: Opening,
    mention: re.Pattern[str],
    lexicon: Lexicon,
    place: int | None = None,
) -> Reading | None:
    """Return how the parsed opening defines its entry; None where it does not fit its form.

    None is an answer for ``gerund`` and ``statement`` openings: the next one is then to be read.
    """
    if not len(document):
        return None
    root = next((t for t in document if t.dep_ == "ROOT"), document[0])
    if opening.form == "gerund":
        return _read_gerund(document, opening)
    if opening.form == "statement":
        before = phrases.child(root, *phrases.SUBJECTS)
        helper = phrases.child(root, "aux", "auxpass")
        finite = root.tag_ in {"VBP", "VBZ", "VBD"} or helper is not None
        if finite and before is not None and before.i < root.i and before.tag_ not in {"WDT", "WP"}:
            return Reading(form="statement", subject=None, genus=None, outer=None)
        return None
    if opening.form in {"clause", "verb", "participle"}:
        return Reading(form=opening.form, subject=document[0], genus=None, outer=None)
    subject: Token | None
    if opening.form == "sentence":
        subject = _subject(document, root, mention, place)
        verb = root
        if (
            subject is not None
            and subject.dep_ in phrases.SUBJECTS
            and subject.head.tag_ in phrases.VERBS
        ):
            verb = subject.head
        outer = _predicate(verb)
        if subject is None or outer is None:
            return Reading(form="sentence", subject=subject, genus=None, outer=None)
    else:
        subject = document[0]
        outer = _predicate(root) if root.i < 4 else None
        if outer is None:
            outer = _first_head(document, opening)
        if outer is None:
            return Reading(form="noun", subject=subject, genus=None, outer=None)
    if opening.form == "noun":
        outer = _shared_head(outer)
    genus = descend(outer, lexicon)
    form = opening.form
    if genus is None or genus.tag_ not in phrases.NOUNS | {"FW", "JJ", "CD", "$", "VBG"}:
        return Reading(form=form, subject=subject, genus=None, outer=outer)
    if genus.tag_ == "VBG" and (genus.dep_ == "pcomp" or phrases.child(genus, "dobj") is not None):
        return Reading(form=form, subject=subject, genus=None, outer=outer)
    members = phrases.noun(genus) in lexicon["genus.collective"] and any(
        True for _ in phrases.under(genus, "of")
    )
    return Reading(form=form, subject=subject, genus=genus, outer=outer, members=members)


def known_genus(
    reading: Reading, document: Doc, opening: Opening, known: Mapping[str, str]
) -> Reading:
    """Return the reading with a genus that is itself an entry and opens a fragment.

    "CS driven by data": the parser takes an unknown acronym for anything; the glossary knows it.
    """
    if reading.form != "noun":
        return reading
    tokens = [t for t in document if t.idx >= opening.shift]
    while tokens and tokens[0].tag_ == "DT":
        tokens.pop(0)
    for size in range(min(5, len(tokens) - 1), 0, -1):
        text = document.text[tokens[0].idx : tokens[size - 1].idx + len(tokens[size - 1])]
        following = tokens[size]
        if key(text) not in known:
            continue
        if (
            following.tag_ in {"VBN", "VBD", "VBG", "WDT", "IN", "WRB", "WP"}
            or following.text == ","
        ):
            last = tokens[size - 1]
            if reading.genus is None or reading.genus.i != last.i:
                return replace(reading, genus=last, outer=last, members=False)
        break
    return reading


def _read_gerund(document: Doc, opening: Opening) -> Reading | None:
    """The gerund that a fragment opens with, if the parse takes it for one."""
    for token in document:
        if token.idx < opening.shift or not token.text.lower().endswith("ing"):
            continue
        if token.tag_ == "VBG" and token.dep_ not in {"amod", "compound", "nmod"}:
            return Reading(form="gerund", subject=token, genus=None, outer=None)
        if token.tag_ in phrases.NOUNS and phrases.child(token, "dobj") is not None:
            return Reading(form="gerund", subject=token, genus=None, outer=None)
        return None
    return None


def _subject(
    document: Doc, root: Token, mention: re.Pattern[str], place: int | None
) -> Token | None:
    """The subject that names the entry: the one that a mention ends in, or an opening pronoun."""
    if place is not None:
        return next((t for t in document if t.idx == place), None)
    found = mention.search(document.text)
    if found:
        span = document.char_span(found.start(), found.end(), alignment_mode="expand")
        if span is not None:
            head: Token = span.root
            while (
                head.dep_ in {"compound", "nmod", "appos"}
                and head.head.i < span.end + 4
                and head.i != head.head.i
            ):
                head = head.head
            if head.dep_ in phrases.SUBJECTS:
                return head
            own = phrases.child(root, *phrases.SUBJECTS)
            if own is not None and span.start <= own.i < span.end:
                return own
            if own is not None and found.start() <= own.idx + 30 and head.i <= own.i:
                return own
    own = phrases.child(root, *phrases.SUBJECTS)
    if own is not None and own.text.lower() in {"it", "this", "these", "they"}:
        return own
    return None


def _predicate(verb: Token) -> Token | None:
    """The noun that a defining verb says its subject is."""
    word = verb.text.lower()
    if word in {"is", "are", "was", "were", "be", "'s", "'re", "being", "been"}:
        found = phrases.child(verb, "attr")
        if found is not None and found.tag_ in {"WP", "WDT"}:
            return None
        return found
    if word in {"refers", "refer", "referred", "referring"}:
        return _noun(phrases.under(verb, "to"))
    if word in {
        "means",
        "mean",
        "describes",
        "describe",
        "denotes",
        "denote",
        "represents",
        "represent",
        "signifies",
        "designates",
        "constitutes",
        "constitute",
    }:
        target = phrases.child(verb, "dobj", "attr", "ccomp", "xcomp")
        return target if target is not None and target.tag_ in phrases.NOUNS else None
    if word in {
        "defined",
        "described",
        "understood",
        "known",
        "regarded",
        "considered",
        "seen",
        "viewed",
    }:
        return _noun(phrases.under(verb, "as")) or (
            phrases.child(verb, "oprd") if word == "considered" else None
        )
    return None


def _noun(found: object) -> Token | None:
    for token in found:  # type: ignore[attr-defined]
        if isinstance(token, Token) and token.tag_ in phrases.NOUNS:
            return token
        return None
    return None


def _first_head(document: Doc, opening: Opening) -> Token | None:
    """The head of the first noun phrase of a fragment that the parser read as a clause."""
    for token in document:
        if token.idx < opening.shift:
            continue
        if token.tag_ in phrases.VERBS | {
            "IN",
            "TO",
            "WDT",
            "WP",
            "WRB",
            "MD",
        } and token.dep_ not in {"amod", "compound"}:
            return None
        if token.tag_ in phrases.NOUNS and token.dep_ not in {
            "compound",
            "nmod",
            "poss",
            "npadvmod",
            "amod",
        }:
            return token
    return None


def _shared_head(noun: Token) -> Token:
    """The head that a fragment's first noun shares: "revenue or logo loss" is a loss.

    Also "metric showing past outcomes", where the parse took the participle for the head.
    """
    before = [t for t in noun.lefts if t.dep_ in {"compound", "amod", "nmod"}]
    if noun.text.endswith("ing") and noun.i + 1 < len(noun.doc):
        after = noun.doc[noun.i + 1]
        named = after.tag_[:2] in {"JJ", "NN"} or after.tag_ in {"DT", "PRP$"}
        if before and before[-1].i == noun.i - 1 and (named or after.lower_ == "past"):
            return before[-1]
    article = phrases.child(noun, "det")
    if noun.tag_ == "NN" and (article is None or article.idx < 10):
        for other in phrases.children(noun, "conj", "appos"):
            between = noun.doc[noun.i + 1 : other.i]
            modified = any(t.dep_ in {"compound", "amod"} for t in other.lefts)
            if (
                modified
                and phrases.child(other, "det") is None
                and len(between) <= 5
                and not any(t.tag_ == "IN" for t in between)
                and not before
            ):
                return other
    return noun


def descend(outer: Token, lexicon: Lexicon) -> Token | None:
    """Return the genus that a predicate noun leads to: past "type of", "term for", "one of the"."""
    token, quantified = outer, False
    for _ in range(4):
        word = phrases.noun(token)
        following: Token | None = None
        counted = token.lower_ in lexicon["genus.quantifiers"] and not _is_quantity(token)
        if (
            word in lexicon["genus.transparent"]
            or counted
            or (quantified and word in lexicon["genus.collective"])
        ):
            following = _noun(phrases.under(token, "of"))
        quantified = counted
        if following is not None:
            token = following
            continue
        if word in lexicon["genus.naming"]:
            following = _noun(phrases.under(token, lexicon["genus.naming_prepositions"]))
            following = following or _named(token)
        if following is None:
            break
        token = following
    return token


def _is_quantity(token: Token) -> bool:
    """Whether "the number of X" is meant, a quantity; "a number of X" are several X."""
    article = phrases.child(token, "det")
    return token.lower_ == "number" and article is not None and article.lower_ == "the"


def _named(token: Token) -> Token | None:
    """ "a term used to describe X", "a word that refers to X", "the name given to X"."""
    for verb in phrases.children(token, "acl", "relcl", "advcl", "xcomp"):
        inner = [verb, *phrases.children(verb, "xcomp", "advcl")]
        for one in inner:
            word = one.text.lower()
            if word in {
                "describe",
                "describes",
                "describing",
                "denote",
                "denotes",
                "denoting",
                "mean",
                "means",
                "meaning",
                "indicate",
                "represents",
            }:
                target = phrases.child(one, "dobj")
                if target is not None and target.tag_ in phrases.NOUNS:
                    return target
            if word in {"refer", "refers", "referring", "given", "applied", "used"}:
                found = _noun(phrases.under(one, frozenset({"to", "for"})))
                if found is not None:
                    return found
    return None


def genus_phrase(genus: Token, lexicon: Lexicon) -> phrases.Phrase:
    """Return the genus with its modifiers, without articles and rating adjectives."""
    found = phrases.phrase(genus, lexicon["genus.light_adjectives"], complement=False)
    for possessor in phrases.children(genus, "poss"):
        case = phrases.child(possessor, "case")
        if case is not None and case.i + 1 <= genus.i:
            start = genus.doc[case.i + 1].idx
            if start > found.start:
                text = genus.doc.text[start : found.end]
                return replace(found, start=start, text=text)
    return found
