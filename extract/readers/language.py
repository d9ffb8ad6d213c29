"""A cheap guess of the language of a text: its script, then its function words."""

from __future__ import annotations

import re
from collections import Counter

_SAMPLE = 20_000

# Script: what decides for a language where no function word does. Kana and Hangul are asked
# before Han, which Japanese and older Korean texts use, too.
_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]+")

# The commonest articles, prepositions and conjunctions of each language that English has not.
_FUNCTION_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to is that for with by are from which this it be or on as when",
        "de": "der die das und ist ein eine einer eines für mit von den dem des zu wird oder auf "
        "auch siehe aus im vor",
        "fr": "le la les des une un est et du dans pour qui que par sur au aux ou avec aussi voir",
        "es": "el la los las una un es y del en para que por con se su o al también véase",
        "pt": "o os as uma um é e do da dos das em para que por com se ou ao não também são",
        "it": "il lo gli una un è e di del della dei che per con si nel da sono",
        "nl": "de het een en van is voor met dat op wordt door zijn te bij of aan",
    }.items()
}


def guess(text: str, *, hint: str = "") -> str:
    """Return the language of ``text`` as a lower-case tag; ``en`` where nothing decides.

    Looks at the first 20,000 code points. Another Latin-script language than English must show
    twice the function words that English shows, and they must make up 8 % of the words, so that
    foreign names and loan words in an English glossary decide nothing. ``hint`` is the language
    that something beside the text speaks for: it is returned unless the text tells another.
    """
    sample = text[:_SAMPLE]
    latin = len(_LATIN.findall(sample))
    for language, script in _SCRIPTS:
        # A letter of these scripts carries more than a Latin one: Han most, so 1 in 3 is enough.
        if len(script.findall(sample)) * 3 > max(latin, 1):
            return language
    words = [w.lower() for w in _WORD.findall(sample)]
    counts = Counter(
        {language: sum(w in known for w in words) for language, known in _FUNCTION_WORDS.items()}
    )
    best, count = max(counts.items(), key=lambda item: (item[1], item[0] == "en"))
    if best != "en" and count > 2 * counts["en"] and count >= 0.08 * len(words) and count >= 5:
        return best
    plainly_english = counts["en"] >= 5 and counts["en"] > 2 * counts.get(hint, 0)
    return hint if hint and not plainly_english else "en"
