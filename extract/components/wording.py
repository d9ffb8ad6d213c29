"""Sentences put into plain words before they are parsed, so that a small parser reads them right.

What stands for the entry at the start of a sentence ("The ecosystem propensity model (EPM), also
called …,") becomes "It" or "They"; parentheses, quotation marks and "etc." go; "tools/alerts"
becomes "tools or alerts". Evidence is always the sentence as printed, so nothing is lost by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from extract import inflection
from extract.components.mention import Mention
from extract.labels import singular
from extract.lexicon import Lexicon

_PARENTHESIS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_CONTRAST = re.compile(
    r"\s*\((as (?:opposed|distinct) (?:to|from)\s[^()]+|unlike\s[^()]+|rather than\s[^()]+|"
    r"in contrast to\s[^()]+|not to be confused with\s[^()]+|vs\.?\s[^()]+)\)"
)
_DASHES = re.compile(r"\s[–—-]\s([^–—]{3,90}?)\s[–—-]\s")
_DASH = re.compile(r"\s+[–—]\s*|\s*—\s*|\s-{1,2}\s")
_QUOTED = re.compile(r"(?<!\w)['‘`](\w[^'‘’`]{0,38}\w)['’`](?!\w)")
_SLASH = re.compile(r"(?<=[a-z]{3})/(?=[a-z]{3})")
_PREFIXED = re.compile(
    r"(?<![\w-])([Rr]e|[Cc]o|[Pp]re|[Nn]on|[Mm]ulti|[Ss]ub|[Ii]nter|[Uu]n|[A-Za-z])-(?=[a-z]{3})"
)
_OPEN_END = (
    r"(?:etc\b\.?|&c\.|and so (?:on|forth)\b|and (?:many )?(?:more|others)\b(?=[,.;)]|\s*$)|"
    r"among (?:other things|others)\b|…|\.\.\.)"
)
_SUCH = re.compile(rf",?\s*{_OPEN_END},?|,?\s+in particular\b,?")
# "A, B, C, etc.": the list has lost the conjunction that a parser knows its last member by.
_OPEN_LIST = re.compile(rf",\s+(?!and\b|or\b)(?P<last>[^,;.()]{{1,40}}?),?\s*{_OPEN_END}")
# The parser takes "that lower X" for an adjective; its verb has a plain synonym.
_LOWER = re.compile(
    r"(?<=\bthat )lower\b(?=\s+(?!than\b)[a-z])|(?<=\bwhich )lower\b(?=\s+[a-z])|"
    r"(?<=\bcan )lower\b(?=\s+[a-z])|(?<=\bmay )lower\b(?=\s+[a-z])|"
    r"(?<=\bhelp )lower\b(?=\s+[a-z])|(?<=\bhelps )lower\b(?=\s+[a-z])"
)
_SLASHES = re.compile(r"(?<![\w/])[A-Za-z][\w-]+(?:\s?/\s?[A-Za-z][\w-]+){2,}(?![\w/])")
# "A; B; and C": items, not clauses.
_SEMICOLON = re.compile(r";\s+(?=(?:(?:and|or)\s+)?[\w'-]+(?:\s+[\w'-]+){0,2}\s*(?:[;.]|$))")
# "the process of tracking, analyzing and reducing X": the tagger takes such rows for nouns.
_PROCESS = re.compile(
    r"\b(?P<noun>process|practice|act|procedure|discipline|activity|method|art) of "
    r"(?P<row>(?:[a-z]+ing, )*(?:[a-z]+ing,? (?:and|or) )?[a-z]+ing)"
    r"(?= (?!of\b|is\b|and\b|or\b)[a-z])"
)
_ALIAS = re.compile(
    r"\s*,\s*(?:(?:also|sometimes|often|commonly|usually|frequently|generally|otherwise|better|"
    r"more|simply|formerly|previously|formally)\s+)*(?:known as|called|referred to(?: simply)? as|"
    r"termed|abbreviated(?: as| to)?|shortened to|or|or simply|aka|a\.k\.a\.?)\s+[^,;.:]{2,80},"
)
_LEAD = re.compile(
    r"(?P<intro>(?:(?:In|For|With|As|On|At|Within|Under|When|If|While|Because|Although|Once|"
    r"Formerly|Today|Often|Sometimes|Typically|Generally|Usually|Ultimately|However|Additionally|"
    r"Moreover|Furthermore|Finally|Essentially|Overall|Thus|Therefore|Instead|Rather|Unlike|"
    r"Compared|By|Without|Through|Since|After|Before|During|Used|Also|Known|Short)\b[^.;:]*?,\s+)?)"
    r"(?P<article>(?:(?:an?|the|the (?:term|word|phrase|name|expression|acronym|abbreviation)|"
    r"your|our|their|these|this|many|most|some|all|"
    r"such|every|each|any)\b\s*)?)(?P<adjectives>(?:[\w-]+\s+){0,3}?)[\"'“‘]?$",
    re.IGNORECASE,
)
_DEMONSTRATIVE = re.compile(
    r"(?P<which>This|These|Such|The)\s+(?P<adjectives>(?:[\w-]+\s+){0,2}?)(?P<noun>[a-z]{3,})\b"
    r"(?=\s+(?:\w+ly\s+|also\s+|often\s+|then\s+|can\s+|may\s+|will\s+|must\s+|should\s+)*"
    r"(?P<verb>[a-z]+))"
)
_PLURAL_VERB = frozenset({"are", "were", "have", "do"})
_MODALS = frozenset({"may", "can", "might", "could", "will", "should", "must"})
_ZONE_END = re.compile(
    r"\b(?:that|which|who|whom|whose|where|when|used|to|for|in|by|designed|with|from|on|whereby|"
    r"intended|how|at|between|within|because)\b|[,;:(.]"
)
_COMMON = frozenset({"common", "typical", "popular", "notable", "frequent", "other", "main"})
_DEFINING = re.compile(r"\b(?:is|are|was|were|refers? to|means?|describes?|denotes?|represents?)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A sentence in plain words."""

    text: str
    subject: int | None
    """Offset of the "It" or "They" that stands for the entry; None where nothing was replaced."""
    strength: float
    """How surely it stands for the entry, in (0, 1]."""
    lack: bool = False
    """Whether it stands for less of the entry: "reducing churn increases revenue"."""
    act: tuple[str, str] | None = None
    """(-ing form, object) that the entry itself is said to do: ("reducing", "churn")."""
    joined: tuple[tuple[str, str], ...] = ()
    """(written here, as printed) of words whose hyphen was taken out."""

    def restore(self, target: str) -> str:
        """Return a phrase of :attr:`text` with its words as they were printed."""
        for here, printed in self.joined:
            stem = here[:-1] if here.endswith("e") else here
            target = re.sub(rf"\b{re.escape(stem)}", printed[: len(stem) + 1], target)
        return target


def zone(sentence: str, mention: Mention) -> frozenset[str]:
    """Return the words, singular, among which the genus of a first sentence stands."""
    found = mention.search(sentence)
    start = found.end() if found and found.start() < 40 else 0
    verb = _DEFINING.search(sentence, start)
    body = sentence[verb.end() if verb else 0 :].strip()
    words = re.findall(r"[A-Za-z]+", body)
    kept: list[str] = []
    for word in words:
        opened = len(kept) > 1 or (kept and kept[0].lower() not in {"a", "an", "the", "one"})
        if opened and _ZONE_END.fullmatch(word.lower()):
            break
        kept.append(word)
        if len(kept) > 14:
            break
    return frozenset(singular(w.lower()) for w in kept)


def plain(
    sentence: str,
    mention: Mention,
    *,
    heads: Collection[str],
    classes: Collection[str],
    anaphora: bool,
    lexicon: Lexicon,
    acts: re.Pattern[str] | None = None,
) -> Plain:
    """Return a sentence in plain words.

    ``heads`` are nouns that stand for the entry behind "this" (its label's head, its genus);
    ``classes`` do so only where ``anaphora`` says that the sentence before was about the entry.
    ``acts`` matches what the entry itself does, as a phrase: "reducing churn" of churn management.
    """
    text = _CONTRAST.sub(r", \1", sentence)
    text = _PARENTHESIS.sub("", text)
    text = _DASHES.sub(r", \1, ", text)
    text = _DASH.sub(", ", text).replace("–", "-")
    text = re.sub(r"[\"“”]", "", text)
    text = _QUOTED.sub(r"\1", text)
    text = text.replace("and/or", "or").replace(" as well as ", " and ")
    text = _LOWER.sub("reduce", text)
    text = re.sub(r"(?<=\bhelp)(s?\s+[a-z]+)\s+lower\b(?=\s+[a-z])", r"\1 reduce", text)
    text = re.sub(r"\blowers\b(?=\s+[a-z])", "reduces", text)
    text = _SLASHES.sub(_spelt_out, text)
    text = _SEMICOLON.sub(", ", text)
    text = _OPEN_LIST.sub(r" and \g<last>", text)
    text = _SUCH.sub("", text)
    text = _PROCESS.sub(lambda match: _infinitives(match, lexicon), text)
    text = _SLASH.sub(" or ", text)
    text = re.sub(r"^%", "Percentage", text).replace(" % of", " percent of")
    joined: list[tuple[str, str]] = []

    def join(match: re.Match[str]) -> str:
        rest = re.match(r"[a-z]+", text[match.end() :])
        assert rest is not None
        joined.append((match[1] + rest[0], match[0] + rest[0]))
        return match[1]

    text = _PREFIXED.sub(join, text)
    subject, strength = None, 1.0
    goal = _GOAL.match(text)
    if goal and (anaphora or mention.search(goal[0])) and _of_entry(goal["of"], mention):
        return Plain(
            text="It aims to " + text[goal.end() :], subject=0, strength=0.9, joined=tuple(joined)
        )
    acting = _acting(text, acts, lexicon) if acts is not None else None
    if acting is not None:
        text, subject, act = acting
        return Plain(text=text, subject=subject, strength=0.85, act=act, joined=tuple(joined))
    carried = _carried(text, mention, lexicon)
    if carried is not None:
        text, subject, lack = carried
        return Plain(text=text, subject=subject, strength=0.85, lack=lack, joined=tuple(joined))
    found = mention.search(text[:160])
    if found:
        lead = _LEAD.fullmatch(text[: found.start()])
        activity = _ACTIVITY.match(text, found.end())
        behind = text[activity.end() if activity else found.end() :]
        # "Common ligatures include X" names kinds; "a ligature includes X" would name parts.
        kinds = lead and not _COMMON.isdisjoint(lead["adjectives"].lower().split())
        if kinds and re.match(r"\s+(?:can |may )?(?:includes?|are)\b", behind):
            lead = None
        if lead and _acceptable(lead["adjectives"], lexicon) and re.match(r"[\s,'’]", behind):
            behind = _ALIAS.sub("", behind, count=1) if behind.lstrip()[:1] == "," else behind
            if _is_predicate(behind, lexicon) and not _PARTICIPLE.match(behind):
                intro = lead["intro"]
                pronoun = _pronoun(behind, lead["article"], found[1], lexicon)
                opening = pronoun.lower() if intro else pronoun
                text, subject = intro + opening + behind, len(intro)
                strength = 0.85 if activity else 1.0
    if subject is None:
        demonstrative = _DEMONSTRATIVE.match(text)
        which = demonstrative["which"] if demonstrative else ""
        if demonstrative and (
            which in {"This", "These"} or _acceptable(demonstrative["adjectives"], lexicon)
        ):
            noun = singular(demonstrative["noun"])
            known = noun in heads and (which != "The" or anaphora)
            if known or (anaphora and which != "The" and noun in classes):
                behind = text[demonstrative.end() :]
                plural = which == "These" or (which == "Such" and noun != demonstrative["noun"])
                text = ("They" if plural else "It") + behind
                subject, strength = 0, 0.9 if known else 0.85
    if subject is not None:
        text = text.replace("They lower ", "They reduce ", 1)
    return Plain(text=text, subject=subject, strength=strength, joined=tuple(joined))


# "Supply chain designed to adapt": no predicate of the supply chain.
_PARTICIPLE = re.compile(
    r"\s+(?:\w+ly\s+)?\w+ed\s+(?:to|by|for|in|as|with|from|on|at|of)\b|\s+containing\b"
)
_BY = re.compile(r"(?:By|Through)\s+(?:\w+ly\s+)?")
_ABLE = re.compile(
    r"[^,.;:]{0,60},\s+(?P<who>(?:[\w'-]+\s+){1,4}?)"
    r"(?:can|may|could|will|are able to)\s+(?:\w+ly\s+)?"
)
_ADVERBS = re.compile(r"\s+(?:\w+ly\s+|can\s+|may\s+|will\s+|also\s+){0,3}([a-z]+)\b")


def _spelt_out(match: re.Match[str]) -> str:
    """ "CSAT/NPS/CES" → "CSAT, NPS and CES"."""
    *first, last = re.split(r"\s?/\s?", match[0])
    return f"{', '.join(first)} and {last}"


_GOAL = re.compile(
    r"(?:The|Its|Their)\s+(?:\w+\s+){0,2}?(?:goal|purpose|aim|objective|function|intent)"
    r"(?P<of>\s+of\s+[^.,;]{2,60}?)?\s+(?:is|are|was)\s+to\s+"
)


# "Partner enablement initiatives include …" is said of partner enablement.
_ACTIVITY = re.compile(
    r"\s+(?:process|strateg|initiative|effort|activit|practice|approach|technique|method)(?:es|ies|y|s)?\b"
)
_GERUND = re.compile(
    r"(?:^|(?<=, )|(?<= and ))(?P<gerund>[A-Za-z]\w+ing)\s+(?P<object>[^.;:,]{2,60}?)\s+"
    r"(?=(?:\w+ly\s+|can\s+|may\s+|will\s+|also\s+){0,3}(?P<verb>[a-z]+)\b)"
)
_MINDED = re.compile(
    r"(?P<gerund>[A-Z]\w+ing)\s+(?:the\s+)?(?P<object>[^.;:,]{2,60}?)\s+(?=(?:is|are)\s+"
    r"(?:\w+ly\s+)?(?:important|essential|critical|crucial|key|vital)\s+(?:to|for|in)\b)"
)  # "knowing X is important for growth" says so of X; "tracking X takes time" does not


def _carried(text: str, mention: Mention, lexicon: Lexicon) -> tuple[str, int, bool] | None:
    """ "Using X helps …", "Reducing X increases …": (the text with "it", its offset, lack)."""
    minded = _MINDED.match(text)
    if minded and minded["gerund"].lower() in map(inflection.ing, lexicon["carriers.minding"]):
        named = mention.search(minded["object"])
        if named is not None and (named.start(), named.end()) == (0, len(minded["object"])):
            return "It " + text[minded.end() :], 0, False
    for match in _GERUND.finditer(text):
        verb = match["verb"]
        named = mention.search(match["object"])
        if named is None or verb not in lexicon.verb_forms or verb.endswith(("ing", "ed")):
            continue
        if named.end() < len(match["object"]) or not _acceptable(
            re.sub(r"^(?:the|an?|your|their)\s+", "", match["object"][: named.start()]), lexicon
        ):
            continue
        gerund = match["gerund"].lower()
        lack = any(
            frame.type == "reduces" and gerund in map(inflection.ing, frame.words)
            for frame in lexicon.verbs
        )
        if not lack and gerund not in map(inflection.ing, lexicon["carriers.verbs"]):
            continue
        at = match.start()
        return text[:at] + ("it " if at else "It ") + text[match.end() :], at, lack
    return None


def _acting(
    text: str, acts: re.Pattern[str], lexicon: Lexicon
) -> tuple[str, int, tuple[str, str]] | None:
    """ "Reducing churn increases Y" of churn management: (the text with "it", where, the act)."""
    for match in acts.finditer(text):
        before = text[: match.start()]
        act = (match["verb"].lower(), match["object"])
        by = _BY.fullmatch(before)
        able = _ABLE.match(text, match.end()) if by else None
        if able:
            # "By reviewing code, teams can reduce defects" → "It helps teams reduce defects".
            return f"It helps {able['who']} {text[able.end() :]}", 0, act
        behind = _ADVERBS.match(text, match.end())
        if before and not re.search(r"(?:^|,\s)(?:and\s+)?$", before):
            continue
        if behind and behind[1] in lexicon.verb_forms and not behind[1].endswith(("ing", "ed")):
            pronoun = "it" if before else "It"
            return before + pronoun + text[match.end() :], len(before), act
    return None


def _infinitives(match: re.Match[str], lexicon: Lexicon) -> str:
    """ "process to track, analyze and reduce", where all verbs are known."""
    gerunds = re.findall(r"[a-z]+ing", match["row"])
    if len(gerunds) > 3 or not all(g in lexicon.gerunds for g in gerunds):
        return match[0]
    row = re.sub(r"[a-z]+ing", lambda found: lexicon.gerunds[found[0]], match["row"])
    return f"{match['noun']} to {row}"


def _of_entry(of: str | None, mention: Mention) -> bool:
    """Whether "the goal of X" is that of the entry."""
    return (
        of is None
        or mention.search(of) is not None
        or re.search(r"\bof (?:this|these)\b", of) is not None
    )


def _acceptable(adjectives: str, lexicon: Lexicon) -> bool:
    """Whether the words before a name only rate it: "effective customer onboarding"."""
    return all(
        word in lexicon["genus.light_adjectives"] or word.endswith(("ly", "ful", "ed"))
        for word in adjectives.lower().split()
    )


def _is_predicate(behind: str, lexicon: Lexicon) -> bool:
    """Whether a verb follows: "PAB meetings serve" is not about the PAB."""
    words = re.findall(r"[\w'’-]+", behind[:120])
    if not words or behind[:2] in {"'s", "’s"}:
        return False
    for number, word in enumerate(words[:12]):
        lower = word.lower()
        if lower in {"of", "and", "or", "from", "between"} and number == 0:
            return False
        if lower in {
            "is",
            "are",
            "was",
            "were",
            "can",
            "may",
            "will",
            "has",
            "have",
            "must",
            "should",
            "could",
            "might",
            "does",
            "do",
            "would",
        }:
            return (
                number == 0
                or behind.lstrip()[:1] in {",", "-"}
                or words[0].lower()
                in {
                    "in",
                    "for",
                    "on",
                    "at",
                    "with",
                    "within",
                    "also",
                    "often",
                    "by",
                    "to",
                    "then",
                    "alone",
                }
            )
        if number == 0 and (lower.endswith("ly") or lower in {"also", "often", "then", "both"}):
            continue
        if number == 0 and behind.lstrip()[:1] != ",":
            return (
                lower in {"in", "for", "on", "at", "with", "within", "to"}
                or lower in lexicon.verb_forms
            )
        if number and words[number - 1].lower().endswith("ly") and lower in lexicon.verb_forms:
            return True
    return behind.lstrip()[:1] == ","


def _pronoun(behind: str, article: str, name: str, lexicon: Lexicon) -> str:
    """ "It" or "They", by the verb that follows; behind "may" by the name."""
    if article.strip().lower() in {"a", "an", "this", "every", "each"}:
        return "It"
    if article.strip().lower() in {"these", "many", "most", "some", "all"}:
        return "They"
    for word in re.findall(r"[a-z]+", behind[:60].lower())[:4]:
        if word in _PLURAL_VERB | {"is", "was", "has", "does"}:
            return "They" if word in _PLURAL_VERB else "It"
        if word in _MODALS:
            return "They" if singular(name.lower()) != name.lower() else "It"
        if word in lexicon.verb_forms and word not in {"in", "for"}:
            return "It" if word.endswith("s") and not word.endswith("ss") else "They"
    return "It"
