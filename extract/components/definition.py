"""The defining sentence of an entry: how it is worded, and the genus it names.

ISO 704:2022 §6: an intensional definition names the superordinate concept (the genus) and what
sets the concept apart. Glossaries word that as a sentence ("X is a process that …"), as a fragment
("Process that …", "% of customers …"), as a gerund ("Moving customers …") or as a clause ("How fast
…"); only the first two name a genus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from extract.components import phrases
from extract.components.genus import descend, first_noun
from extract.components.mention import Mention
from extract.components.openings import Opening
from extract.labels import key
from extract.lexicon import Lexicon

_GIVEN = frozenset(
    {"given", "assigned", "taught", "granted", "offered", "paid", "sent", "awarded", "called"}
    | {"named", "termed", "told", "shown", "allowed", "charged", "left", "lent", "owed", "asked"}
    | {"denied", "promised", "sold", "dubbed", "made", "considered", "handed", "issued", "provided"}
)
"""Participles that keep an object: "the fee paid a broker", "a knot called a bowline"."""
_BEING = frozenset({"is", "was", "'s", "means", "refers", "describes", "denotes"})


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


def read(
    document: Doc,
    opening: Opening,
    mention: Mention,
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
    if form == "noun" and opening.shift and (_has_verb(root) or _acts(outer)):
        return Reading(form="statement", subject=None, genus=None, outer=None)
    if form == "noun" and _opens_clause(outer, opening):
        return Reading(form=form, subject=subject, genus=None, outer=None)
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
    tokens: list[Token] = []
    for token in document:
        if token.idx >= opening.shift and (tokens or token.tag_ != "DT"):
            tokens.append(token)
        if len(tokens) > 5:
            break
    whole = phrases.text_of(document)
    for size in range(len(tokens) - 1, 0, -1):
        following = tokens[size]
        if key(whole[tokens[0].idx : tokens[size - 1].idx + len(tokens[size - 1])]) not in known:
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


def _acts(noun: Token) -> bool:
    """Whether what looks like a participle behind a noun is its verb: "monks … used a quill".

    What something is done to has no object of its own, unless it is given or called one.
    """
    for verb in phrases.children(noun, "acl", "relcl"):
        thing = phrases.child(verb, "dobj")
        bare = phrases.child(verb, *phrases.SUBJECTS, "aux", "auxpass", "agent", "mark") is None
        done = verb.tag_ in {"VBD", "VBN"} and verb.lower_ not in _GIVEN
        if done and bare and thing is not None and thing.i > verb.i:
            return phrases.child(thing, "det") is not None
    return False


def _has_verb(root: Token) -> bool:
    """Whether a fragment has a main verb of its own besides the "is" that was put before it.

    "A network that has hosts is known as a hub", "The monks of that time used a quill": such a verb
    hangs on ours without a subject and without a conjunction.
    """
    for verb in phrases.children(root, "conj", "ccomp"):
        helper = phrases.child(verb, "aux", "auxpass")
        finite = verb.tag_ in {"VBZ", "VBP", "VBD"} or (
            helper is not None and helper.tag_ in {"VBZ", "VBP", "VBD", "MD"}
        )
        joined = any(t.dep_ == "cc" for t in root.children if t.i < verb.i)
        joined = joined or any(t.text in {";", ":"} for t in root.doc[root.i : verb.i])
        own = phrases.child(verb, *phrases.SUBJECTS, "mark", "expl") is not None
        if finite and not joined and not own and verb.i > root.i:
            return True
    return False


def _opens_clause(noun: Token, opening: Opening) -> bool:
    """Whether what was taken for a fragment's noun is a verb, or the subject of one.

    "Memorializes the standards …", "Arrange or direct the elements …": an article directly behind
    a first word that has none. "A music copyist did fast scores": a statement, no fragment.
    """
    document = noun.doc
    first = next((t for t in document if t.idx >= opening.shift), noun)
    end = phrases.conjuncts(noun)[-1].i + 1
    if opening.shift and end < len(document):
        verb = document[end]
        after = verb.nbor(1).tag_ if end + 1 < len(document) else ""
        finite = verb.tag_ == "VBZ" or (verb.tag_ == "VBD" and after not in {"IN", "TO", "CC"})
        if finite and verb.head.dep_ == "ROOT" and verb.dep_ in {"conj", "ccomp"}:
            return verb.lower_ not in _BEING
    if noun.i != first.i or noun.i + 1 >= len(document):
        return False
    last = noun
    if document[noun.i + 1].lower_ in {"or", "and"} and noun.i + 2 < len(document):
        last = document[noun.i + 2]
    if last.i + 1 >= len(document):
        return False
    following = document[last.i + 1]
    governed = following.head
    clause = governed.dep_ in phrases.SUBJECTS and governed.head.dep_ in {"relcl", "acl"}
    return following.tag_ == "DT" and not clause


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


def _subject(document: Doc, root: Token, mention: Mention, place: int | None) -> Token | None:
    """The subject that names the entry: the one that a mention ends in, or an opening pronoun."""
    if place is not None:
        return next((t for t in document if t.idx == place), None)
    found = mention.search(phrases.text_of(document))
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
        return first_noun(phrases.under(verb, "to"))
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
        return first_noun(phrases.under(verb, "as")) or (
            phrases.child(verb, "oprd") if word == "considered" else None
        )
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
