"""What the wording of entries tells: other names, genus and kind, typed relations.

All sentences that are needed are parsed in one batched pass: of each entry the defining one, and
the others only where they hold both a word that may say a relation and a name of the entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from spacy.language import Language
from spacy.tokens import Doc

from extract import shares
from extract.components import asides, definition, enumerations, genus, openings
from extract.components.clauses import Subject
from extract.components.drafts import Draft
from extract.components.mention import mention as mention_of
from extract.components.openings import Opening
from extract.components.ranking import rank
from extract.components.relations import Reader
from extract.components.sentences import Sentence, split
from extract.components.targets import Found
from extract.components.wording import Plain, plain, zone
from extract.labels import is_acronym, key, singular
from extract.lexicon import Lexicon
from extract.model import Evidence, Relation, Span

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""
Filled = tuple[str | None, str | None, list[Relation], dict[str, object]]
"""Genus, kind, relations and reasons of an entry, as one process hands them to another."""

BATCH = 128
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")
_ANAPHOR = re.compile(r"(?:It|They|He|She|This|These|The|Such)\b")
_FRONTED = re.compile(
    r"(?:When|If|Once|While|Because|Although|As|By|In|For|With|Where|After|Before|Through|At|On|"
    r"Over|Since|Although|Though|Today|However|Often|Typically|Generally|Usually|Additionally|"
    r"Moreover|Furthermore|Together|Ultimately|Instead|Rather|Used|Done|[A-Z][a-z]+ly)\b"
    r"[^.;:]{0,120}?,\s+(?:it|they|this\s+[a-z]+|these\s+[a-z]+)\s"
)
"""A fronted clause, and behind it what stands for the entry: "When done well, it …"."""
_CONDITION = re.compile(r"(?:If|When|While|Although|Because|Since|Unless|Once)\s")
_PRONOUN = re.compile(r"(?:It|They|He|She)(?:'s|'re)?\b|(?:This|These|Such)\s+[a-z]")
_EXPANDED = re.compile(
    r"(?:[A-Z][\w+./]*\s+|(?:of|for|and|the|in|to)\s+){1,7}(?:[-–—]{1,2})\s+(?=[A-Z][a-z]|an?\s|the\s)"
)
"""What a headword is short for, and a dash, before the definition: "Web Assembly - Binary …"."""
_LATEST = 60
"""Sentences of one entry that are read; what follows is no glossary entry's text any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A text for the parser, and what it is for."""

    draft: int
    sentence: Sentence
    text: str
    number: int
    """Of the sentence in its entry; the openings of the first share 0."""
    sense: int
    opening: Opening | None
    plain: Plain
    anaphora: bool


def read(
    drafts: Sequence[Draft], nlp: Language, lexicon: Lexicon, progress: Progress | None = None
) -> None:
    """Fill genus, kind and relations of the drafts, all of English documents. One parse pass.

    Each entry is done with as soon as its sentences are parsed, so memory holds the parses of two
    batches. Many entries are shared out over processes (:mod:`extract.shares`); what comes out is
    the same.
    """
    known: dict[str, dict[str, str]] = {}
    for draft in drafts:
        labels = known.setdefault(draft.document.uri, {})
        for label in draft.labels:
            labels.setdefault(key(label), label)

    def part(start: int, end: int) -> list[Filled]:
        chosen = drafts[start:end]
        _fill(chosen, nlp, lexicon, known)
        return [(d.genus, d.kind, d.relations, d.why) for d in chosen]

    done = 0
    for filled in shares.over(part, len(drafts)):
        for draft, values in zip(drafts[done:], filled, strict=False):
            draft.genus, draft.kind, draft.relations[:], why = values
            draft.why.update(why)
        done += len(filled)
        if progress is not None:
            progress("parsing", done, len(drafts))


def _fill(
    drafts: Sequence[Draft],
    nlp: Language,
    lexicon: Lexicon,
    known: Mapping[str, Mapping[str, str]],
) -> None:
    """Fill genus, kind and relations of these drafts."""
    tasks = (
        (task.text, task)
        for n, draft in enumerate(drafts)
        for task in _tasks(n, draft, lexicon, known[draft.document.uri])
    )
    parsed = ((task, d) for d, task in nlp.pipe(tasks, as_tuples=True, batch_size=BATCH))
    waiting = 0
    for number, group in groupby(parsed, key=lambda pair: pair[0].draft):
        for passed in range(waiting, number):  # entries without a sentence to parse
            _finish(drafts[passed], [], known[drafts[passed].document.uri], lexicon)
        _finish(drafts[number], list(group), known[drafts[number].document.uri], lexicon)
        waiting = number + 1
    for draft in drafts[waiting:]:
        _finish(draft, [], known[draft.document.uri], lexicon)


def _names(labels: tuple[str, ...], known: Mapping[str, str]) -> tuple[str, ...]:
    """The labels, and their ends of two words and more that are not another entry's name.

    Under "Partner enablement tools" the text goes on with "enablement tools".
    """
    ends = []
    for label in labels:
        words = label.split()
        for start in range(1, len(words) - 1):
            end = " ".join(words[start:])
            function_word = words[start].lower() in {"of", "to", "for", "and", "or", "the", "in"}
            if not function_word and not is_acronym(label) and key(end) not in known:
                ends.append(end)
    return (*labels, *ends)


def _tasks(
    number: int, draft: Draft, lexicon: Lexicon, known: Mapping[str, str]
) -> Iterator[_Task]:
    mention = mention_of(_names(draft.labels, known))
    heads = {
        words[-1]
        for label in draft.labels
        if len(words := key(label).split()) > 1 and len(words[-1]) > 3
    }
    nouns = {key(label).split()[-1] for label in draft.labels if len(key(label).split()) > 1}
    classes = lexicon["carriers.classes"]
    count = 0
    for sense, passage in enumerate(draft.definitions):
        about = True
        opens = True
        first = ""
        acts: re.Pattern[str] | None = None
        parts: re.Match[str] | None = None
        for sentence in asides.about(split(draft.document.text, passage.span), draft.document.text):
            if any(a.start <= sentence.span.start < a.end for a in draft.apart):
                continue
            count += 1
            if count > _LATEST or len(sentence.text) > 900:
                break
            if opens and (expansion := _EXPANDED.match(sentence.text)):
                sentence = _behind(sentence, expansion.end())
            if asides.CITED.match(sentence.text):
                opens = opens and not sentence.text.startswith("See ")
                continue
            if opens and key(sentence.text.rstrip(".")) in {key(x) for x in draft.labels}:
                continue  # "API – Application Programming Interface. A set of …"
            if opens:
                opens = False
                first = sentence.text
                nouns |= zone(sentence.text, mention)
                # "Certifications are …" under "Partner certification".
                opening_mention = mention
                if _CONDITION.match(sentence.text) and not mention.search(sentence.text):
                    about = False  # "If records are lost, costs rise. They …" are the costs
                if _by_head(sentence.text, heads) and not mention.search(sentence.text):
                    opening_mention = mention_of((*draft.labels, *sorted(heads)))
                simple = plain(
                    sentence.text,
                    opening_mention,
                    heads=(),
                    classes=(),
                    anaphora=True,
                    lexicon=lexicon,
                )
                for opening in openings.open_with(simple.text, simple.subject, mention, lexicon):
                    yield _Task(
                        draft=number,
                        sentence=sentence,
                        text=opening.text,
                        number=count,
                        sense=sense,
                        opening=opening,
                        plain=simple,
                        anaphora=True,
                    )
                continue
            if first:  # patterns are dear, and most definitions are one sentence
                acts, first = _acts(draft.labels, first, lexicon), ""
            named = mention.search(sentence.text)
            listed, parts = parts, asides.PARTS.search(sentence.text)
            if listed is not None and not named and asides.takes_up(sentence.text, listed["noun"]):
                about = False
                continue
            anaphora = about
            elided = headed(sentence.text, heads)
            if named is not None and named.start() < 45:
                about = True
            elif not (elided or _PRONOUN.match(sentence.text) or _FRONTED.match(sentence.text)):
                about = False
            if (sentence.bullet and not named) or not (
                named
                or elided
                or _ANAPHOR.match(sentence.text)
                or (anaphora and _FRONTED.match(sentence.text))
                or (acts is not None and acts.search(sentence.text))
                or _lists(sentence.text)
            ):
                continue
            said = {w.lower() for w in _WORD.findall(sentence.text)}
            if lexicon.triggers.isdisjoint(said) and "there" not in said:
                continue
            simple = plain(
                sentence.text,
                mention,
                heads=nouns,
                classes=classes,
                anaphora=anaphora,
                lexicon=lexicon,
                acts=acts,
            )
            yield _Task(
                draft=number,
                sentence=sentence,
                text=simple.text,
                number=count,
                sense=sense,
                opening=None,
                plain=simple,
                anaphora=anaphora,
            )


def _behind(sentence: Sentence, start: int) -> Sentence:
    """The sentence from one of its code points on."""
    return replace(
        sentence,
        text=sentence.text[start:],
        offsets=sentence.offsets[start:],
        span=Span(start=sentence.offsets[start], end=sentence.span.end),
    )


def _acts(labels: Sequence[str], definition: str, lexicon: Lexicon) -> re.Pattern[str] | None:
    """Match what an activity does with its object: "reducing churn" of "churn management".

    The verbs are those that its name and the -ing forms of its definition give; the object is what
    its name says before "management".
    """
    objects = [
        " ".join(words[:-1])
        for label in labels
        if len(words := label.split()) > 1
        and words[-1].lower() in lexicon["carriers.activity_heads"]
    ]
    stems = {words[-1].lower()[:5] for label in labels if len(words := label.split()) > 1}
    verbs = set(re.findall(r"\b[a-z]+ing\b", definition)) if objects else set()
    named = "|".join(
        [rf"(?:{re.escape(stem)})[a-z]*ing" for stem in sorted(stems) if len(stem) > 4]
    )
    alternatives = [re.escape(verb) for verb in sorted(verbs)] + [named] * bool(named)
    others = [" ".join(words[:-1]) for label in labels if len(words := label.split()) > 1]
    if not alternatives:
        return None
    names = "|".join(map(re.escape, sorted(set(objects or others))))
    return re.compile(
        rf"\b(?P<verb>{'|'.join(alternatives)})\s+(?:(?:the|an?)\s+)?(?P<object>{names})\b",
        re.IGNORECASE,
    )


def headed(text: str, heads: Collection[str]) -> bool:
    """Return whether a later sentence opens with the head noun of the label: "Lines are …"."""
    opening = re.match(r"[A-Z][a-z]+s\b", text)
    return opening is not None and singular(opening[0].lower()) in heads


def _by_head(text: str, heads: Collection[str]) -> bool:
    """Whether a first sentence has the head noun of the label as its subject."""
    opening = re.match(
        r"(?:(?:An?|The|These|This)\s+)?([A-Za-z]+)\s+"
        r"(?:is|are|was|were|refers?|means?|can|may|represents?|describes?|includes?)\b",
        text,
    )
    return opening is not None and singular(opening[1].lower()) in heads


def _lists(text: str) -> bool:
    """Whether a sentence opens a list about the entry without naming it: "Common types include"."""
    opening = {w.lower() for w in _WORD.findall(text[:60])}
    return not opening.isdisjoint(
        {"types", "kinds", "forms", "examples", "example", "goal", "purpose", "aim"}
    )


def _finish(
    draft: Draft, parsed: Sequence[tuple[_Task, Doc]], known: Mapping[str, str], lexicon: Lexicon
) -> None:
    mention = mention_of(_names(draft.labels, known))
    chosen: dict[int, tuple[_Task, Doc, definition.Reading]] = {}
    for task, document in parsed:
        if task.opening is None or task.sense in chosen:
            continue
        reading = definition.read(document, task.opening, mention, lexicon, task.plain.subject)
        if reading is not None:
            reading = definition.known_genus(reading, document, task.opening, known)
            chosen[task.sense] = (task, document, reading)
    genus_head = ""
    for sense in sorted(chosen):
        task, _, reading = chosen[sense]
        if reading.genus is not None:
            phrase = genus.genus_phrase(reading.genus, lexicon)
            genus_head = reading.genus.text.lower()
            draft.genus = draft.genus or task.plain.restore(phrase.text)
            break
    if genus_head and genus_head != "measures":
        draft.kind = lexicon.vocabulary.kind_of_genus(draft.genus or genus_head)
        if draft.kind == "none":
            draft.kind = None
    if chosen and 0 in chosen:
        draft.why["definition"] = chosen[0][2].form
    subject = Subject.of(
        draft.labels,
        mention,
        genus_head.rstrip("s") if genus_head else "",
        draft.kind or "none",
        known,
        lexicon["people.nouns"],
    )
    reader = Reader(subject, lexicon)
    openings = {id(document) for _, document, _ in chosen.values()}
    for task, document in parsed:
        if task.opening is not None and id(document) not in openings:
            continue
        reading = chosen[task.sense][2] if task.opening is not None else None
        given = None
        if reading is not None and task.plain.lack:
            reading = None
        if reading is None and task.plain.subject is not None:
            given = (task.plain.subject, task.plain.strength)
        if task.plain.act is not None:
            for found in reader.act(*task.plain.act):
                _relate(draft, found, task.sentence.span, known)
        for found in reader.read(
            document,
            anaphora=task.anaphora,
            reading=reading,
            given=given,
            lack=task.plain.lack,
        ):
            restored = replace(found, target=task.plain.restore(found.target))
            _relate(draft, restored, task.sentence.span, known)
    listed = list(
        enumerations.read(draft.document.text, draft.definitions, draft.formula, subject, lexicon)
    )
    members = sum(found.rule == "members" for found, _ in listed)
    parsed_members = sum(r.evidence.rule == "made-of" for r in draft.relations)
    for found, span in listed:
        if found.rule == "members" and parsed_members >= members:
            continue  # the parse has told them, with the nouns that they share
        _relate(draft, found, span, known)


def _relate(draft: Draft, found: Found, span: Span, known: Mapping[str, str]) -> None:
    """Add a relation with its evidence, unless a surer one says the same."""
    mark = (found.type, key(found.target))
    quote = span.of(draft.document.text)
    confidence = rank(found, quote, known=mark[1] in known)
    for number, held in enumerate(draft.relations):
        if held.basis == "text" and (held.type, key(held.target)) == mark:
            if held.evidence.confidence >= confidence:
                return
            del draft.relations[number]
            break
    evidence = Evidence(
        document=draft.document.uri,
        span=span,
        quote=quote,
        rule=found.rule,
        confidence=confidence,
    )
    draft.relations.append(
        Relation(
            subject=draft.id, type=found.type, target=found.target, basis="text", evidence=evidence
        )
    )
