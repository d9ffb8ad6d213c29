"""English verb forms, by rule and table: the lemmatiser would cost a fifth of the parse.

Rules after Quirk et al. (1985), §3.5-3.9; the table holds the irregular verbs of the lexicon.
"""

from __future__ import annotations

import re
from functools import lru_cache

# lemma: past, participle (third person and -ing are regular).
_IRREGULAR = {
    "arise": "arose arisen", "become": "became become", "begin": "began begun",
    "bind": "bound bound", "break": "broke broken", "breed": "bred bred",
    "bring": "brought brought", "build": "built built", "buy": "bought bought",
    "catch": "caught caught",
    "choose": "chose chosen", "come": "came come", "cost": "cost cost", "cut": "cut cut",
    "deal": "dealt dealt", "do": "did done", "draw": "drew drawn", "drive": "drove driven",
    "fall": "fell fallen", "feed": "fed fed", "find": "found found", "forbid": "forbade forbidden",
    "get": "got gotten", "give": "gave given", "go": "went gone", "grind": "ground ground",
    "grow": "grew grown", "hang": "hung hung", "lay": "laid laid", "sew": "sewed sewn",
    "sow": "sowed sown", "spin": "spun spun", "throw": "threw thrown", "weave": "wove woven",
    "hold": "held held", "keep": "kept kept", "know": "knew known", "lead": "led led",
    "leave": "left left", "lend": "lent lent", "let": "let let", "lose": "lost lost",
    "make": "made made", "mean": "meant meant", "meet": "met met", "oversee": "oversaw overseen",
    "pay": "paid paid", "put": "put put", "read": "read read", "rise": "rose risen",
    "run": "ran run", "say": "said said", "see": "saw seen", "sell": "sold sold",
    "send": "sent sent", "set": "set set", "show": "showed shown", "shrink": "shrank shrunk",
    "slow": "slowed slowed", "speed": "sped sped", "spend": "spent spent", "stand": "stood stood",
    "take": "took taken", "teach": "taught taught", "tell": "told told",
    "think": "thought thought", "understand": "understood understood", "win": "won won",
    "withdraw": "withdrew withdrawn", "write": "wrote written", "undergo": "underwent undergone",
}  # fmt: skip
# Verbs of two syllables whose last is stressed; those of one double by rule (Quirk §3.8).
_DOUBLED_WORDS = (
    "program permit submit admit emit omit commit transmit remit transfer refer prefer defer infer "
    "confer occur incur recur begin compel propel dispel expel excel repel rebel control patrol "
    "debug rebut abet acquit allot forget regret upset reset offset unplug equip kidnap format "
    "input output overlap"
)
_DOUBLED = frozenset(_DOUBLED_WORDS.split())
_SHORT = re.compile(r"(?:qu|[^aeiou])*[aeiou][^aeiouwxyh]")
_VOWELS = "aeiou"


@lru_cache(maxsize=4096)
def forms(lemma: str) -> tuple[str, ...]:
    """Return the inflected forms of a verb: base, third person, -ing, past, participle."""
    if lemma == "be":
        return ("be", "is", "are", "was", "were", "am", "been", "being", "'s", "'re")
    if lemma == "have":
        return ("have", "has", "having", "had", "'ve")
    past = _IRREGULAR.get(lemma)
    pasts = past.split() if past else [_past(lemma)]
    third = {"do": "does", "go": "goes", "undergo": "undergoes"}.get(lemma) or _third(lemma)
    return (lemma, third, ing(lemma), *pasts)


def _third(lemma: str) -> str:
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "ies"
    return lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s")


def _past(lemma: str) -> str:
    if lemma.endswith("e"):
        return lemma + "d"
    if lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        return lemma[:-1] + "ied"
    return lemma + (lemma[-1] if _doubles(lemma) else "") + "ed"


def ing(lemma: str) -> str:
    """Return the -ing form of a verb's base form."""
    if lemma == "be":
        return "being"
    if lemma.endswith("ie"):
        return lemma[:-2] + "ying"
    if lemma.endswith("e") and not lemma.endswith(("ee", "ye", "oe")):
        return lemma[:-1] + "ing"
    return lemma + (lemma[-1] if _doubles(lemma) else "") + "ing"


@lru_cache(maxsize=4096)
def ing_of_past(form: str) -> str:
    """Return the -ing form of the verb whose past or participle this is ("made" → "making")."""
    lemma = next((v for v, pasts in _IRREGULAR.items() if form in pasts.split()), "")
    if lemma:
        return ing(lemma)
    if form.endswith("eed"):
        return form[:-1] + "ing"
    if form.endswith("ied"):
        return form[:-3] + "ying"
    return (form[:-2] if form.endswith("ed") else form) + "ing"


def _doubles(lemma: str) -> bool:
    """Whether the last consonant is doubled before an ending: "split", "transmit"."""
    return lemma in _DOUBLED or _SHORT.fullmatch(lemma) is not None


@lru_cache(maxsize=4096)
def base(form: str) -> str:
    """Return the base of a third person form ("identifies" → "identify"); others as they are."""
    if form in {"has", "does", "goes", "is"}:
        return {"has": "have", "does": "do", "goes": "go", "is": "be"}[form]
    if form.endswith("ies") and len(form) > 4:
        return form[:-3] + "y"
    if re.search(r"(?:ss|sh|ch|x|zz)es$", form):
        return form[:-2]
    return form[:-1] if form.endswith("s") and not form.endswith("ss") else form


def all_forms(*lemmas: str) -> frozenset[str]:
    """Return the forms of several verbs, together."""
    return frozenset(form for lemma in lemmas for form in forms(lemma))
