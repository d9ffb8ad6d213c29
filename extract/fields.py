"""What the paragraphs of an article are: definition, examples, formula, notes, references.

Rules over text only. Labels (``Example:``, ``See also:``) come from ``languages.toml``; a label
alone on its line governs what follows, a label before text that paragraph alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from extract import languages
from extract.articles import Article, Paragraph
from extract.heading import leading_pos, names_before, read_head
from extract.labels import fold
from extract.layouts.heads import PRONUNCIATION, part_of_speech
from extract.model import (
    Block,
    Document,
    Evidence,
    Passage,
    Reference,
    Role,
    Span,
    Statement,
)
from extract.piles import Pile, piles_of, sends_on
from extract.pointers import RULE, doubtful, embedded, tail
from extract.references import REDIRECT, Named, items, references
from extract.standards import terms_below


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """An article told apart."""

    head: Span | None
    """Where its headword stands, without a part of speech behind it."""
    head_text: str
    pos: tuple[str, ...] = ()
    """Lower-case parts of speech as printed."""
    definitions: tuple[Passage, ...] = ()
    """Senses in order; mostly one."""
    examples: tuple[Passage, ...] = ()
    notes: tuple[Passage, ...] = ()
    formula: Passage | None = None
    references: tuple[Reference, ...] = ()
    doubtful: tuple[Reference, ...] = ()
    """What sentences seem to point to: references where an entry bears the name, else words."""
    redirect: bool = False
    """Whether the article does nothing but send to another: its references say where."""
    named: tuple[Named, ...] = ()
    """Labels given in fields of their own: synonyms, acronyms, antonyms, broader, narrower."""
    subject_field: str = ""
    notation: str = ""
    iri: str = ""
    same_as: tuple[str, ...] = ()
    """Further addresses of the same concept."""
    statements: tuple[Statement, ...] = ()
    """What an RDF source says in properties that have no field here."""


def read(article: Article, document: Document) -> Fields:
    """Return the fields of an article; linear in its length."""
    words = languages.words(document.language)
    pos, head, head_text, aloud = read_head(article, document, words)
    paragraphs = list(article.body)
    spoken: list[Pile] = []
    while paragraphs:
        sound = PRONUNCIATION.match(paragraphs[0].text)
        rest = paragraphs[0].text[sound.end() if sound else 0 :]
        parts = part_of_speech(rest, words)
        if not parts and (sound is None or rest.strip(" ,.")):
            break
        pos += parts
        spoken += [Pile("note", paragraphs[0], 0)] if sound else []
        paragraphs.pop(0)
    below = tuple(terms_below(paragraphs, head_text))
    piles = [*piles_of(paragraphs[len(below) :], words), *spoken]
    if piles and piles[0].key == "definition":
        found, begin = leading_pos(piles[0].paragraph.text[piles[0].begin :], words)
        pos += found
        piles[0].begin += begin
        further, piles[0].begin = names_before(
            article, head, piles[0].paragraph, piles[0].begin, document
        )
        head_text += further
    by_key: dict[str, list[Pile]] = {}
    for pile in piles:
        by_key.setdefault(pile.key, []).append(pile)
    body = by_key.get("definition", [])
    pointers = [p for key in ("see", "related", "resource") for p in by_key.get(key, ())]
    pointers.sort(key=lambda p: p.paragraph.start)
    told = {p.paragraph.start for p in pointers}
    redirect = bool(pointers) and all(p.paragraph.start in told for p in body)
    if not body:
        # "X: see Y" is all that the page says; a reader wants to see it.
        body = [Pile("definition", p.paragraph, 0) for p in pointers]
    formulas = by_key.get("formula", [])
    said = [
        reference
        for p in [*body, *by_key.get("note", ())]
        if p.paragraph.start not in told and p.paragraph.block.role is not Role.CODE
        for reference in embedded(p.paragraph, p.begin, document, words)
    ]
    for p in body:
        at = tail(p.paragraph.text, p.begin, words)
        if at is not None and p.paragraph.block.role is not Role.CODE:
            # Only what is read as a reference may leave the definition.
            offset = p.paragraph.offset(at)
            names = [r.text for r in said if r.evidence.span.start >= offset]
            if any(fold(name.split()[0]) not in words.determiners for name in names):
                p.end = at
    given = _given(article, document)
    pointed = [
        reference
        for p in pointers
        for reference in references(
            p.paragraph,
            p.begin,
            REDIRECT if redirect and sends_on(p, words) else p.key,
            document,
            words,
        )
    ]
    return Fields(
        head=head,
        head_text=head_text,
        pos=tuple(dict.fromkeys(pos + given.pos)),
        definitions=_senses(body) + given.definitions,
        examples=_examples(by_key.get("example", [])) + given.examples,
        notes=aloud + tuple(_passage([p]) for p in by_key.get("note", ())) + given.notes,
        formula=_passage(formulas) if formulas else given.formula,
        references=_once([*pointed, *(r for r in said if not doubtful(r)), *given.references]),
        doubtful=tuple(r for r in said if doubtful(r)),
        redirect=redirect,
        named=tuple(
            Named(text=" ".join(span.of(document.text).split()), span=span, role="synonym")
            for span in article.further
        )
        + below
        + tuple(
            name
            for key in ("synonym", "acronym", "antonym", "broader", "narrower")
            for p in by_key.get(key, ())
            for name in items(p.paragraph, p.begin, key, document)
        )
        + given.named,
        subject_field="; ".join(
            p.paragraph.text[p.begin :].strip(" .") for p in by_key.get("field", ())
        )
        or given.subject_field,
        notation=given.notation,
        iri=given.iri,
        same_as=given.same_as,
        statements=given.statements,
    )


def _once(found: Sequence[Reference]) -> tuple[Reference, ...]:
    """The references without those that a field of the page says again."""
    said: dict[str, Reference] = {}
    for number, reference in enumerate(found):
        again = reference.evidence.rule in ("field", "related-field", RULE)
        said.setdefault(fold(reference.text) if again else f"{number}", reference)
        if not again and (known := fold(reference.text)) not in said:
            said[known] = reference
    return tuple({id(r): r for r in said.values()}.values())


def _senses(piles: Sequence[Pile]) -> tuple[Passage, ...]:
    """The definition, or several where all its paragraphs are numbered from 1."""
    numbers = [re.match(r"\(?(\d+)[.)]", p.paragraph.block.marker) for p in piles]
    if len(piles) > 1 and [int(m[1]) for m in numbers if m] == list(range(1, len(piles) + 1)):
        return tuple(_passage([p]) for p in piles)
    if len(piles) == 1 and (starts := _numbered(piles[0])):
        ends = [*starts[1:], piles[0].end]
        return tuple(
            _stretch(piles[0].paragraph, start, end)
            for start, end in zip(starts, ends, strict=True)
        )
    by_language: dict[str, list[Pile]] = {}
    for pile in piles:
        by_language.setdefault(pile.paragraph.block.language, []).append(pile)
    return tuple(_passage(group) for group in by_language.values())


_SENSE = re.compile(
    r"(?:(?<=[.;:!?)\]\"”’»。；！？])\s*|(?<=\s)|^)(?:\(?(\d{1,2})[.)](?=\s)|([①-⑳]))\s*"
)


def _numbered(pile: Pile) -> list[int]:
    """Where the senses of a definition begin that numbers them within its lines from 1.

    "1. A pair of hawks. 2. A pellet …": the first number opens the definition, each other one
    stands behind the end of a sentence or clause.
    """
    text = pile.paragraph.text[: pile.end]
    if pile.paragraph.block.role is Role.CODE:
        return []
    starts: list[int] = []
    for found in _SENSE.finditer(text, pile.begin):
        number = int(found[1]) if found[1] else ord(found[2]) - ord("①") + 1
        if number != len(starts) + 1:
            continue
        before = text[pile.begin : found.start()].rstrip()
        if before and (not starts or before[-1] not in '.;:!?)]"”’»。；！？'):
            if not starts:
                return []
            continue
        starts.append(found.end())
    return starts if len(starts) > 1 else []


def _end(pile: Pile) -> int:
    if pile.end is None:
        return pile.paragraph.end
    return pile.paragraph.offset(len(pile.paragraph.text[: pile.end].rstrip()) - 1) + 1


def _stretch(paragraph: Paragraph, start: int, end: int | None) -> Passage:
    """A part of a paragraph, up to the number of the next sense, as a passage."""
    text = paragraph.text[start:end]
    if end is not None:
        text = re.sub(r"\s*\(?(?:\d{1,2}[.)]|[①-⑳])\s*$", "", text)
    stop = start + len(text.rstrip(" ;"))
    return Passage(
        text=clean(text.rstrip(" ;")),
        span=Span(start=paragraph.offset(start), end=paragraph.offset(stop - 1) + 1),
        language=paragraph.block.language,
    )


def _examples(piles: Sequence[Pile]) -> tuple[Passage, ...]:
    """One example a bullet; plain paragraphs below one label are one."""
    groups: list[list[Pile]] = []
    for pile in piles:
        plain = not pile.paragraph.block.marker and pile.begin == 0
        if groups and plain and not groups[-1][-1].paragraph.block.marker:
            groups[-1].append(pile)
        else:
            groups.append([pile])
    return tuple(_passage(group) for group in groups)


_MARKUP = (
    (re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]"), r"\1"),
    (re.compile(r"('{2,5}|\*\*)(?=\S)([^*']+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)__(?=\S)([^_]*[\s.][^_]*)(?<=\S)__(?!\w)"), r"\1"),
)

_BREAK = re.compile(r"<br\s*/?>", re.I)


def clean(text: str) -> str:
    """Return ``text`` without the marks of Markdown's and MediaWiki's emphasis, blanks folded.

    On one line but for ``<br>``.
    """
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    if "<br" in text:
        return "\n".join(" ".join(part.split()) for part in _BREAK.split(text))
    return " ".join(text.split())


def _passage(piles: Sequence[Pile]) -> Passage:
    """The paragraphs as one passage, a line each; bullets of all but the first stay."""
    texts = []
    for number, pile in enumerate(piles):
        block = pile.paragraph.block
        content = pile.paragraph.text[pile.begin : pile.end]
        verbatim = block.role is Role.CODE or block.label == "code"
        text = content if verbatim else clean(content)
        bullet = block.marker if number and pile.begin == 0 and block.marker not in ":;" else ""
        texts.append(f"{bullet} {text}".strip())
    start = piles[0].paragraph.offset(piles[0].begin)
    return Passage(
        text="\n".join(texts),
        span=Span(start=start, end=_end(piles[-1])),
        language=piles[0].paragraph.block.language,
    )


# Names of fields that say how far a label may be used: columns, elements, statuses of term bases.
_STATUS: Mapping[str, str] = {
    **dict.fromkeys(("hidden label", "hidden labels", "misspelling", "misspellings"), "hidden"),
    **dict.fromkeys(
        ("deprecated", "deprecated term", "deprecated terms", "superseded term", "obsolete term",
         "obsolete", "prohibited", "restricted", "not recommended term", "forbidden term",
         "do not use", "avoid", "use for"),
        "deprecated",
    ),
}  # fmt: skip


# The address of a page of the site or of another one, where a field names what to read.
_PAGE = re.compile(r"(?:[a-z]+:)?//|/\w", re.IGNORECASE)


def _given(article: Article, document: Document) -> Fields:
    """The fields that the source's own markup names."""
    found: dict[Role, list[Block]] = {}
    for block in article.fields:
        found.setdefault(block.role, []).append(block)
    links = _links(article, document)

    def text(block: Block) -> str:
        return block.span.of(document.text)

    def passages(role: Role) -> tuple[Passage, ...]:
        return tuple(
            Passage(text=" ".join(text(b).split()), span=b.span, language=b.language)
            for b in found.get(role, ())
        )

    def joined(role: Role) -> str:
        return "; ".join(dict.fromkeys(text(b).strip() for b in found.get(role, ())))

    def status(block: Block) -> str:
        if block.role is Role.TERM:
            return "preferred" if block.language != article.language else "admitted"
        return _STATUS.get(fold(_WORDS.sub(r"\1 ", block.label)), "admitted")

    formulas = passages(Role.FORMULA)
    addresses = tuple(dict.fromkeys(text(b).strip() for b in found.get(Role.IRI, ())))
    return Fields(
        head=None,
        head_text="",
        pos=tuple(fold(text(b)) for b in found.get(Role.PART_OF_SPEECH, ())),
        examples=passages(Role.EXAMPLE),
        notes=passages(Role.NOTE),
        formula=formulas[0] if formulas else None,
        references=tuple(
            Reference(
                text=text(b),
                kind="resource" if _PAGE.match(links.get(b.span.start) or text(b)) else "concept",
                evidence=Evidence(
                    document=document.uri, span=b.span, quote=text(b), rule=rule, confidence=0.95
                ),
                href=links.get(b.span.start, ""),
            )
            for role, rule in ((Role.REFERENCE, "field"), (Role.RELATED, "related-field"))
            for b in found.get(role, ())
        ),
        named=tuple(
            Named(text=text(b), span=b.span, role=name, language=b.language, status=status(b))
            for role, name in _NAMED.items()
            for b in found.get(role, ())
        ),
        subject_field=joined(Role.SUBJECT_FIELD),
        notation=joined(Role.NOTATION),
        iri=addresses[0] if addresses else "",
        same_as=addresses[1:],
        statements=tuple(
            _statement(b, text(b), links.get(b.span.start, ""))
            for b in found.get(Role.OTHER, ())
            if "://" in b.label
        ),
    )


def _statement(block: Block, text: str, target: str) -> Statement:
    """The statement that a line ``name: value`` under a property's address holds."""
    value = target.removeprefix("#") or text.partition(": ")[2]
    return Statement(
        property=block.label, value=value, literal=not target,
        language="" if target else block.language, datatype="" if target else block.datatype,
    )  # fmt: skip


_WORDS = re.compile(r"([a-z])(?=[A-Z])")
_NAMED: Mapping[Role, str] = {
    Role.TERM: "synonym",
    Role.ALIAS: "synonym",
    Role.ACRONYM: "acronym",
    Role.BROADER: "broader",
    Role.NARROWER: "narrower",
    Role.WHOLE: "partOf",
    Role.PART: "hasPart",
    Role.CLASS: "exampleOf",
    Role.INSTANCE: "hasExample",
}


def _links(article: Article, document: Document) -> Mapping[int, str]:
    """Targets of the links in an article's fields by where they start; links are in order."""
    if not article.fields:
        return {}
    first = bisect_left(document.links, article.span.start, key=lambda link: link.span.start)
    found: dict[int, str] = {}
    for link in islice(document.links, first, None):
        if link.span.start >= article.span.end:
            break
        found.setdefault(link.span.start, link.target)
    return found
