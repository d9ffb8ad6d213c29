"""Finding the terms of a glossary in running text: leftmost-longest, over a trie of word tokens.

Text and labels are cut into the same tokens, so hyphens and spaces are equal ("sign-up" is
"sign up"), and plurals and possessives fall together word by word. What tells words apart stays:
an acronym matches only in capitals ("IT" is not "it"), a function word is never a term. Scripts
without spaces between words are cut into characters, which turns the trie into one of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from extract import languages
from extract.labels import IRREGULAR, SINGULAR_WORDS, fold, is_acronym, singular

T = TypeVar("T")

# Scripts that are written without spaces between words: Han, kana, Thai, Lao, Khmer, Myanmar; and
# Hangul, where particles are written on to the noun.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff"
)
_TOKENS = (
    rf"[{_SPACELESS}\U00020000-\U0002ffff]"
    rf"|(?:(?![{_SPACELESS}])[^\W_])+(?:['’](?:(?![{_SPACELESS}])[^\W_])+)*[+#]*"
    r"|[%&@€$£]"
)
_KATAKANA = re.compile(r"[\u30a0-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
# What may stand between two words of one term: blanks (one line break), a hyphen, slash or dot.
_GAP = re.compile(r"[^\S\n]*(?:[-‐‑‒–/_'’\"”“\u00ad]?|\n)[^\S\n]*|\.")
# Rarer joints, allowed only where the label has such a one itself: "Gross margin, adjusted".
_ODD_GAP = re.compile(r"[^\S\n]*[,;:()\[\]—][^\S\n]*[(]?")
_QUOTES = ("'", "’")
_HYPHENS = frozenset("-‐‑\u00ad")
_PLURAL_ACRONYM = re.compile(r"[A-Z][A-Z0-9]+s")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE)

# A verb and its particle are written open, hyphenated and closed ("hand off", "hand-off",
# "handoff"). The reverse is no rule: "over time" is not "overtime".
_PARTICLES = frozenset(
    {"away", "back", "by", "down", "in", "off", "on", "out", "over", "through", "up"}
)
_FUNCTION_WORDS_TEXT = """
a about after all also an and any are as at be been but by can could did do does each every for
from had has have he her here his how i if in into is it its just like made make may me might
more most must my new no nor not now of off on one only or other our out over own per same shall
she should so some such than that the their them then there these they this those to too up us
use used very via was we well were what when where whether which while who whom whose why will
with within would yes yet you your
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_TEXT.split())


class Match(NamedTuple, Generic[T]):
    """A term found in a text."""

    start: int
    """Offset of its first code point in the text as given."""
    end: int
    """Offset behind its last code point; a possessive ending is left out."""
    payloads: tuple[T, ...]
    """What the labels stand for that read like this, in the order given; several for homonyms."""

    @property
    def payload(self) -> T:
        """The first of ``payloads``."""
        return self.payloads[0]


class _Node(Generic[T]):
    """A step of the trie: the labels that end here and the tokens that may follow."""

    __slots__ = ("labels", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node[T]] = {}
        self.labels: list[_Label[T]] = []


@dataclass(frozen=True, slots=True)
class _Label(Generic[T]):
    """How a label must be written to be found, and what it stands for."""

    payload: T
    capitals: str
    """The acronym as written, or empty: then case does not matter."""
    odd: bool
    """Whether commas or brackets stand inside it."""


def _unchanged(word: str) -> str:
    return word


def _stem_s(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _english(word: str) -> str:
    """The singular of all words but the short ones in -s that are no plurals ("its", "was")."""
    return word if word in _FUNCTION_WORDS else singular(word)


# How plural and singular fall together, by language; anything else is compared as it stands.
_SINGULARS: Mapping[str, Callable[[str], str]] = {
    "en": _english, "fr": _stem_s, "es": _stem_s, "pt": _stem_s,
}  # fmt: skip


_NONE: Mapping[str, str] = MappingProxyType({})
# No stem is shorter: what is left of a short word is left of many.
_SHORTEST_STEM = 3


def _endings(tag: str) -> tuple[tuple[str, str], ...]:
    """Return the endings of a language's nouns, with what stands for each in the singular."""
    if tag == "en":
        return ()
    pairs = (
        entry.partition(">") for entry in languages.table().get(tag, {}).get("inflections", ())
    )
    return tuple((ending, singular_ending) for ending, _, singular_ending in pairs)


def _elisions(tag: str) -> tuple[str, ...]:
    """Return what a language writes on to the next word by an apostrophe: "l" in "l'audit"."""
    return languages.table().get(tag, {}).get("elisions", ()) if tag != "en" else ()


@lru_cache(maxsize=16)
def _token(tag: str) -> re.Pattern[str]:
    """Return what matches a token of a language."""
    elided = "|".join(sorted(_elisions(tag), key=len, reverse=True))
    before = rf"(?<![^\W_])(?:{elided})(?=['’][^\W_])|" if elided else ""
    return re.compile(before + _TOKENS, re.IGNORECASE if elided else 0)


def rules(language: str) -> dict[str, object]:
    """Return what another program needs to find terms as :class:`Matcher` does: its tables.

    ``plural`` names the rule by which plurals fall together: ``english``, ``final-s`` or ``none``.
    """
    tag = language.split("-")[0].lower()
    english = language.lower().startswith("en")
    reduce = _SINGULARS.get(tag, _unchanged)
    return {
        "plural": "english" if reduce is _english else "final-s" if reduce is _stem_s else "none",
        "elisions": sorted(_elisions(tag), key=lambda word: (-len(word), word)),
        "particles": sorted(_PARTICLES),
        "common": sorted(_FUNCTION_WORDS) if english else [],
        "singulars": sorted(SINGULAR_WORDS) if tag == "en" else [],
        "irregular": dict(IRREGULAR) if tag == "en" else {},
    }


class _Forms(dict[str, str]):
    """The form in which a token is compared, remembered for each spelling of it."""

    def __init__(
        self,
        reduce: Callable[[str], str],
        endings: Sequence[tuple[str, str]],
        *,
        capital_nouns: bool = False,
        lemmas: Mapping[str, str] = _NONE,
    ) -> None:
        super().__init__()
        self._lemmas = lemmas
        # Nouns keep their capital in German: "raten" is no "Rate".
        self._capital_nouns = capital_nouns
        self._reduce = reduce
        self._endings = endings
        self._stems: dict[str, tuple[str, bool]] = {}
        """Stem of a label's word → the form it is compared in, and whether it has a capital."""

    def learn(self, token: str) -> str:
        """Return the form of a label's word, whose inflected forms are known from here on."""
        form = self[token] = self._plain(token)[1]
        if self._endings and len(form) >= _SHORTEST_STEM:
            for stem in dict.fromkeys((form, *self._bare(form, own=True))):
                self._stems.setdefault(stem, (form, token[:1].isupper()))
        return form

    def _bare(self, word: str, *, own: bool = False) -> Iterator[str]:
        """The word without each of the endings that it may have.

        A label's ``own`` ending comes off only in languages that decline without a bare form.
        """
        for ending, singular_ending in self._endings:
            declined = not own or ending[-1:] > "\u0400"
            if declined and word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                yield word[: -len(ending)] + singular_ending

    def _inflected(self, token: str, word: str) -> str | None:
        """The form of the label's word that a word of a text is an inflected form of."""
        for stem in self._bare(word):
            known = self._stems.get(stem)
            if known and (token[:1].isupper() or not (known[1] and self._capital_nouns)):
                return known[0]
        return self._stems[word][0] if word in self._stems else None

    def _plain(self, token: str) -> tuple[str, str]:
        """The folded word, and the form that it has by itself."""
        bare = _POSSESSIVE.sub("", token) or token
        if _PLURAL_ACRONYM.fullmatch(bare):
            bare = bare[:-1]
        word = fold(bare)
        return word, "and" if word == "&" else self._reduce(word)

    def __missing__(self, token: str) -> str:
        word, form = self._plain(token)
        if self._endings and form not in self._stems:
            form = self._inflected(token, word) or form
        if self._lemmas and form not in self._stems and (lemma := self._lemmas.get(word)):
            form = self._reduce(lemma) if self._reduce(lemma) in self._stems else form
        self[token] = form
        return form


class Matcher(Generic[T]):
    """Finds labels in texts.

    ``labels`` are pairs of a label and what it stands for; one label may be given several times.
    ``language`` decides how plurals fall together, and ``lemmas`` (inflected word → dictionary
    form, both folded) do what endings cannot. Building and searching take time linear in
    the length of the labels and of the text (the longest label bounds the steps for each word).
    """

    def __init__(
        self,
        labels: Iterable[tuple[str, T]],
        *,
        language: str = "en",
        lemmas: Mapping[str, str] = _NONE,
    ) -> None:
        tag = language.split("-")[0].lower()
        self._forms = _Forms(
            _SINGULARS.get(tag, _unchanged),
            _endings(tag),
            capital_nouns=tag == "de",
            lemmas=lemmas,
        )
        self._token = _token(tag)
        self._root: _Node[T] = _Node()
        self._english = language.lower().startswith("en")
        for label, payload in labels:
            self._add(label, payload)

    def _add(self, label: str, payload: T) -> None:
        bare = unicodedata.normalize("NFKC", label.strip())
        spans = [m.span() for m in self._token.finditer(label)]
        tokens = [self._forms.learn(label[a:b]) for a, b in spans]
        if not tokens or (len(tokens) == 1 and self._too_common(label, tokens[0])):
            return
        gaps = [label[a:b] for (_, a), (b, _) in pairwise(spans)]
        found = _Label(
            payload=payload,
            capitals=bare if is_acronym(bare) or len(bare) == 1 else "",
            odd=any(not _GAP.fullmatch(gap) for gap in gaps),
        )
        for spelling in {tuple(tokens), *_closed(tokens, gaps, self._forms)}:
            node = self._root
            for token in spelling:
                node = node.next.setdefault(token, _Node())
            node.labels.append(found)

    def _too_common(self, label: str, token: str) -> bool:
        """Whether a one-word label would be found everywhere, meaning something else."""
        if is_acronym(label.strip()):
            return False
        return self._english and token in _FUNCTION_WORDS

    def find(self, text: str) -> list[Match[T]]:
        """Return the terms in ``text``, in order, leftmost-longest, never overlapping."""
        tokens = _Tokens(text, self._forms, self._token)
        words, ends, joined = tokens.words, tokens.ends, tokens.joined
        first = self._root.next
        found: list[Match[T]] = []
        at, count = 0, len(words)
        while at < count:
            if words[at] in first or at in joined:
                best = self._longest(text, tokens, at)
                if best is not None:
                    last, payloads = best
                    end = ends[last]
                    if text[end - 2 : end - 1] in _QUOTES or text[end - 1 : end] in _QUOTES:
                        end -= len(_ending(text[tokens.starts[last] : end]))
                    found.append(Match(tokens.starts[at], end, payloads))
                    at = last
            at += 1
        return found

    def _longest(self, text: str, tokens: _Tokens, at: int) -> tuple[int, tuple[T, ...]] | None:
        """The last token of the longest term that begins at token ``at``, and what it means."""
        words, starts, ends, joined = tokens.words, tokens.starts, tokens.ends, tokens.joined
        count = len(words)
        best: tuple[int, tuple[T, ...]] | None = None
        # Steps still to try: node reached, next token, whether a comma or bracket was crossed.
        steps: list[tuple[_Node[T], int, bool]] = [(self._root, at, False)]
        while steps:
            node, here, odd = steps.pop()
            if node.labels and (best is None or here - 1 > best[0]):
                fitting = [
                    label.payload
                    for label in node.labels
                    if label.odd >= odd and _fits(text, label, starts[at], ends[here - 1])
                ]
                if fitting:
                    best = (here - 1, tuple(dict.fromkeys(fitting)))
            if here == count or not node.next:
                continue
            following = node.next.get(words[here])
            closed = node.next.get(joined[here]) if here in joined else None
            if following is None and closed is None:
                continue
            if here > at:
                gap = text[ends[here - 1] : starts[here]]
                if gap != " " and not _GAP.fullmatch(gap):
                    if not _ODD_GAP.fullmatch(gap):
                        continue
                    odd = True
            if closed is not None:
                steps.append((closed, here + 2, odd))
            if following is not None:
                steps.append((following, here + 1, odd))
        return best


class _Tokens:
    """A text cut into tokens: the form each is compared in, and where it stands."""

    __slots__ = ("ends", "joined", "starts", "words")

    def __init__(self, text: str, forms: _Forms, token: re.Pattern[str]) -> None:
        spans = [found.span() for found in token.finditer(text)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]
        self.words = [forms[text[start:end]] for start, end in spans]
        self.joined = {
            i: forms[text[start:end] + text[spans[i + 1][0] : spans[i + 1][1]]]
            for i, (start, end) in enumerate(spans[:-1])
            if spans[i + 1][0] == end + 1 and text[end] in _HYPHENS
        }
        """For each token with a hyphen behind it, the word that it makes with the next one."""


def _ending(word: str) -> str:
    """The possessive ending of a token."""
    found = _POSSESSIVE.search(word)
    return found.group() if found else ""


def _fits(text: str, label: _Label[T], start: int, end: int) -> bool:
    """Whether the words at ``start:end`` are written as the label demands."""
    if label.capitals:
        surface = unicodedata.normalize("NFKC", _POSSESSIVE.sub("", text[start:end]))
        bare = surface[:-1] if surface.endswith("s") else surface
        wanted = label.capitals[:-1] if label.capitals.endswith("s") else label.capitals
        if bare != wanted and not (bare.isupper() and bare == wanted.upper()):
            return False
    first, last = text[start], text[end - 1]
    if first < "\u3000" and last < "\u3000":
        return True
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    # No term begins inside a Hangul word, nor begins or ends inside a run of Katakana.
    if _HANGUL.match(first) and _HANGUL.match(before):
        return False
    return not (
        (_KATAKANA.match(first) and _KATAKANA.match(before))
        or (_KATAKANA.match(last) and _KATAKANA.match(after))
    )


def _closed(tokens: list[str], gaps: list[str], forms: _Forms) -> Iterator[tuple[str, ...]]:
    """The spellings of a label with a hyphenated pair, or verb and particle, in one word."""
    for i, gap in enumerate(gaps):
        if gap in _HYPHENS or (gap == " " and tokens[i + 1] in _PARTICLES and len(gaps) == 1):
            yield (*tokens[:i], forms[tokens[i] + tokens[i + 1]], *tokens[i + 2 :])
