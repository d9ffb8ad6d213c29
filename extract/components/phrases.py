"""Noun phrases and clauses over a parse, in the terms that definitions and relations need.

Only tags and dependencies are read (no lemmas, no coarse parts of speech), so that the model runs
without its lemmatiser and attribute ruler.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from extract.labels import singular

NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
VERBS = frozenset({"VB", "VBD", "VBG", "VBN", "VBP", "VBZ"})
PRONOUNS = frozenset({"PRP", "WP", "WDT", "EX"})
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass"})
# What opens a phrase without naming anything.
_UNNAMED = frozenset({"RB", "RBR", "RBS", "JJR", "JJS", "CC", ",", "HYPH", "``", "''", ":"})
# What tells a kind before a participle: "a genetically modified plant", "a publicly traded firm".
_KIND_ADVERBS = frozenset(
    {"publicly", "privately", "randomly", "digitally", "orally", "remotely", "locally", "centrally"}
    | {"externally", "internally", "mutually", "federally", "commercially", "sexually", "naturally"}
)
_GRADING = frozenset(
    {"typically", "basically", "specifically", "practically", "dramatically", "drastically"}
    | {"radically", "periodically", "systematically", "critically", "intrinsically", "classically"}
)
_IN_STEAD = frozenset({"rather than", "instead of"})
_ORDINALS = frozenset({"first", "second", "third", "last"})
_RANKED = frozenset(
    {"generation", "order", "person", "degree", "class", "party", "level", "line", "language"}
    | {"half", "base", "name", "world", "mile", "aid"}
)
_NEGATIONS = frozenset({"not", "never", "rarely", "seldom", "hardly"})
# What belongs to the name of a thing, left of its head.
_MODIFIERS = frozenset(
    {"compound", "amod", "nmod", "npadvmod", "quantmod", "poss", "punct", "advmod"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A noun phrase without its articles: offsets in the parsed text, and its head."""

    head: Token
    start: int
    end: int
    text: str


def text_of(document: Doc) -> str:
    """Return the parsed text; ``Doc.text`` puts it together anew from its tokens each time."""
    text: str | None = document.user_data.get("text")
    if text is None:
        text = document.user_data["text"] = document.text
    return text


def noun(token: Token) -> str:
    """Return the singular of a noun, folded."""
    return singular(token.text.lower())


def child(token: Token, *labels: str) -> Token | None:
    """Return the first child with one of the dependency labels."""
    for one in token.children:
        if one.dep_ in labels:
            return one
    return None


def children(token: Token, *labels: str) -> list[Token]:
    """Return all children with one of the dependency labels, in order."""
    return [one for one in token.children if one.dep_ in labels]


def conjuncts(token: Token) -> list[Token]:
    """Return the token and what is coordinated with it, in order.

    What stands behind "rather than", "instead of" or "not" is left out: it is denied.
    """
    found = [token]
    for one in found:
        found.extend(c for c in one.children if c.dep_ == "conj" and not _is_denied(c))
    return sorted(found, key=lambda t: t.i)


def _is_denied(conjunct: Token) -> bool:
    """Whether a conjunct stands behind "rather than", "instead of", "but not" or ", not"."""
    for token in reversed(conjunct.doc[max(0, conjunct.left_edge.i - 2) : conjunct.i]):
        if token.lower_ in {"than", "not", "never"}:
            return True
        if token.tag_ in {"IN", "CC"} or token.text == ",":
            return token.lower_ == "of" and token.i > 0 and token.nbor(-1).lower_ == "instead"
    return False


def under(token: Token, preposition: str | frozenset[str] | None = None) -> Iterator[Token]:
    """Yield the objects of the prepositions that hang on ``token``, gerunds included."""
    for prep in token.children:
        if prep.dep_ not in {"prep", "agent", "dative"} or prep.tag_ not in {
            "IN",
            "TO",
            "VBG",
            "RB",
            "RP",
        }:
            continue
        word = prep.text.lower()
        if preposition is not None and word != preposition and word not in preposition:
            continue
        yield from (o for o in prep.children if o.dep_ in {"pobj", "pcomp"})


def is_negated(verb: Token) -> bool:
    """Return whether a verb stands under "not", "never", "no longer", or a negating verb.

    Also where it shares the helper of a negated one: "does not occupy or manage".
    """
    if any(c.dep_ == "neg" or c.lower_ in _NEGATIONS for c in verb.children):
        return True
    if verb.dep_ == "pcomp" and verb.head.lower_ == "without":
        return True
    if any(t.lower_ == "nor" for t in verb.doc[max(0, verb.i - 4) : verb.i]):
        return True  # "nor does it require a connection"
    shares = (
        verb.dep_ == "conj" and verb.head.tag_ == verb.tag_ and verb.tag_ in {"VB", "VBN", "VBG"}
    )
    return shares and child(verb, *SUBJECTS, "aux", "auxpass") is None and is_negated(verb.head)


def left_edge(head: Token) -> Token:
    """Return the first token of the name that ``head`` ends: articles, numbers left out."""
    edge = head
    stop = head
    for token in reversed(list(head.lefts)):
        if token.dep_ not in _MODIFIERS or token.tag_ in {"PRP$", "WP$", "DT", "PDT", "CD"}:
            break
        if token.dep_ == "punct" and token.text not in {"-", "/"}:
            if token.text in {",", '"', "'"} and token.i != stop.i - 1:
                continue
            break
        if token.dep_ == "advmod" and token.head is head and token.tag_ in {"RB", "WRB"}:
            break
        first = token.left_edge
        if any(t.tag_ in {"DT", "PRP$", "WP$"} for t in token.subtree if t.i < token.i):
            # "a partner's customer base": the possessor keeps no article of its own.
            inner = [t for t in token.subtree if t.tag_ in {"DT", "PRP$", "WP$"}]
            first = head.doc[inner[-1].i + 1]
        edge, stop = first, first
    while edge.i < head.i and edge.text in {"-", ",", "/", '"', "'", "'s"}:
        edge = edge.nbor(1)
    return edge


def phrase(head: Token, light: frozenset[str], *, complement: bool = True) -> Phrase:
    """Return the noun phrase of ``head``: modifiers, head, and a short "of"-complement.

    Adjectives in ``light`` at its start are dropped ("key metric" → "metric").
    """
    document = head.doc
    start = left_edge(head).i
    while start < head.i:
        following = document[start + 1]
        if following.text in {"-", "/"} and following.i + 1 < head.i:
            joined = document[start : start + 3].text.lower()
            if joined not in light:
                break
            start += 3
            continue
        token = document[start]
        if f"{token.lower_} {following.lower_}" in light:
            break  # "key performance indicator" is a term of its own
        if token.lower_ in _ORDINALS and following.lower_ in _RANKED:
            break  # "first generation computer"
        if _tells_a_kind(token) and following.tag_ in {"VBN", "VBG", "JJ"}:
            break
        if token.tag_ == "NNP" and following.tag_ == "NNP" and token.text[0].isupper():
            break  # "New England fishermen"
        named = token.text.lower() in light or token.text in {"/", '"', "'", "-"}
        if not named and token.tag_ not in _UNNAMED:
            break
        start += 1
    last = head.i
    if complement:
        last = _complement_end(head)
    numbered = head.tag_ == "NNP" and last == head.i and head.i + 1 < len(document)
    if numbered and document[head.i + 1].tag_ == "CD":
        last = head.i + 1  # "IBM 704"
    first, stop = document[start], _word_end(document, document[last])
    return Phrase(head=head, start=first.idx, end=stop, text=text_of(document)[first.idx : stop])


def _tells_a_kind(word: Token) -> bool:
    """Whether an adverb belongs to a name: those of "-ic" words tell how or in what respect."""
    said = word.lower_
    kind = said in _KIND_ADVERBS or (said.endswith("ically") and said not in _GRADING)
    return kind and word.tag_ == "RB"


def _word_end(document: Doc, last: Token) -> int:
    """Offset at which the written word of a token ends: "store.Session", "account well-being"."""
    stop = last.idx + len(last)
    text = text_of(document)
    if text[stop : stop + 1] in {".", "_"} and text[stop + 1 : stop + 2].isalnum():
        while stop < len(text) and (text[stop].isalnum() or text[stop] in "._"):
            stop += 1
        return stop - (text[stop - 1] == ".")
    if text[stop : stop + 1] == "-" and text[stop + 1 : stop + 2].isupper():
        while stop < len(text) and (text[stop].isalnum() or text[stop] == "-"):
            stop += 1
        return stop  # "Hyper-V"
    behind = document[last.i + 1 : last.i + 4]
    if len(behind) == 3 and [t.lower_ for t in behind[:2]] == ["well", "-"]:
        return behind[2].idx + len(behind[2]) if behind[2].lower_.endswith("ing") else stop
    return stop


def _complement_end(head: Token) -> int:
    """Index of the last token of the phrase with its "of"-complement, where that is short."""
    for prep in head.children:
        if prep.dep_ == "prep" and prep.text.lower() == "of" and prep.i == head.i + 1:
            target = child(prep, "pobj")
            if target is None or target.tag_ not in NOUNS:
                return head.i
            tokens = [t for t in target.subtree if t.i <= target.i]
            if target.i - prep.i <= 7 and len(tokens) == target.i - prep.i:
                return target.i
    return head.i


def phrases(head: Token, light: frozenset[str], *, complement: bool = True) -> list[Phrase]:
    """Return the phrase of ``head``, or two where its modifiers are coordinated.

    "customer or partner attrition" gives "customer attrition" and "partner attrition"; their
    offsets are those of the whole.
    """
    whole = phrase(head, light, complement=complement)
    for modifier in head.lefts:
        if modifier.dep_ not in {"compound", "nmod", "amod"}:
            continue
        siblings = [m for m in conjuncts(modifier) if m.i < head.i]
        if len(siblings) < 2 or modifier.i < left_edge(head).i:
            continue
        if not any(c.dep_ == "cc" for m in siblings for c in m.children):
            continue
        if len(siblings) == 2 and siblings[0].lower_.endswith("ing"):
            continue  # "planning and budget management": planning needs no management
        between = head.doc[siblings[-1].i + 1 : head.i]
        tail = text_of(head.doc)[between.start_char if len(between) else head.idx : whole.end]
        return [
            Phrase(
                head=head,
                start=whole.start,
                end=whole.end,
                text=f"{head.doc[left_edge(m).i : m.i + 1].text} {tail}",
            )
            for m in siblings
        ]
    return [whole]


def is_own(head: Token) -> bool:
    """Return whether a noun is one's own, or none: "its own skills and networks", "needs no X"."""
    if any(c.lower_ in {"own", "no", "neither"} for c in head.lefts):
        return True
    first = head
    while first.dep_ == "conj" and first.head.tag_ in NOUNS:
        first = first.head
    bare = not any(c.tag_ in {"DT", "PRP$"} for c in head.lefts)
    return bare and first.i != head.i and any(c.lower_ == "own" for c in first.lefts)


def is_passed_over(head: Token) -> bool:
    """Return whether something else is taken in its stead: "uses runners instead of wheels".

    Where the parser takes it for a second object, and not for what is coordinated.
    """
    first = head.left_edge.i
    return head.doc[max(0, first - 2) : first].text.lower() in _IN_STEAD


def is_last(word: Token) -> bool:
    """Return whether nothing hangs on a word and no preposition follows it."""
    after = word.nbor(1) if word.i + 1 < len(word.doc) else word
    return not any(True for _ in word.children) and after.tag_ not in {"IN", "TO", "DT"}
