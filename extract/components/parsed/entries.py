"""What the wording of entries in other languages than English tells, by a parse.

Every sentence of a definition is parsed: for the relations it states, and for the lemmas by which
inflected names are found (:attr:`extract.model.Document.lemmas`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from spacy.language import Language
from spacy.tokens import Doc

from extract.components.drafts import Draft
from extract.components.parsed.relations import Reader
from extract.components.parsed.trees import Tree, tree
from extract.components.ranking import KNOWN
from extract.components.sentences import Sentence, split
from extract.components.targets import Found
from extract.labels import fold, is_acronym, key
from extract.matcher import Matcher
from extract.model import Evidence, Relation, Span
from extract.patterns import Patterns, scheme_of
from ontology.vocabulary import Vocabulary

Progress = Callable[[str, int, int], None]
BATCH = 64
_LATEST = 40
"""Sentences of one entry that are read."""
_PEOPLE = frozenset({"role", "organisation"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A sentence for the parser."""

    draft: int
    sentence: Sentence
    text: str
    opens: bool


def read(
    drafts: Sequence[Draft],
    nlp: Language,
    patterns: Patterns,
    vocabulary: Vocabulary,
    progress: Progress | None = None,
) -> dict[str, dict[str, str]]:
    """Fill genus, kind and relations of drafts of one language, in one batched parse.

    Returns for each document's uri the lemmas of its words, folded, where they differ from the
    words.
    """
    known: dict[str, set[str]] = {}
    for draft in drafts:
        known.setdefault(draft.document.uri, set()).update(fold(x) for x in draft.labels)
    scheme = scheme_of(nlp.pipe_labels["parser"], patterns.scheme)
    counts: dict[str, dict[str, Counter[str]]] = {}
    tasks = (
        (task.text, task) for n, draft in enumerate(drafts) for task in _tasks(n, draft, patterns)
    )
    parsed = ((task, d) for d, task in nlp.pipe(tasks, as_tuples=True, batch_size=BATCH))
    for number, group in groupby(parsed, key=lambda pair: pair[0].draft):
        draft = drafts[number]
        lemmas = counts.setdefault(draft.document.uri, {})
        sentences = []
        for task, document in group:
            _count(document, lemmas)
            sentences.append((task, tree(document, scheme)))
        fill(draft, sentences, patterns, vocabulary, known[draft.document.uri])
        if progress is not None:
            progress("parsing", number + 1, len(drafts))
    return {uri: _commonest(words) for uri, words in counts.items()}


def _count(document: Doc, lemmas: dict[str, Counter[str]]) -> None:
    for token in document:
        if token.is_alpha and len(token.text) > 2 and token.lemma_:
            lemmas.setdefault(fold(token.text), Counter())[fold(token.lemma_)] += 1


def _commonest(counts: Mapping[str, Counter[str]]) -> dict[str, str]:
    found = {}
    for word, lemmas in sorted(counts.items()):
        lemma = min(lemmas, key=lambda x: (-lemmas[x], x))
        if lemma != word:
            found[word] = lemma
    return found


def _tasks(number: int, draft: Draft, patterns: Patterns) -> Iterator[_Task]:
    count = 0
    for passage in draft.definitions:
        opens = True
        for sentence in split(
            draft.document.text, passage.span, patterns.lists.get("abbreviations", ())
        ):
            if any(a.start <= sentence.span.start < a.end for a in draft.apart):
                continue
            count += 1
            if count > _LATEST or len(sentence.text) > 900:
                break
            yield _Task(
                draft=number,
                sentence=sentence,
                text=_plain(sentence.text, patterns, opens=opens),
                opens=opens,
            )
            opens = False


def _plain(text: str, patterns: Patterns, *, opens: bool) -> str:
    """A sentence as the parser gets it: of the same length, with a small letter at its start."""
    first = text.split(maxsplit=1)[0] if text.split() else ""
    if patterns.small and opens and len(first) > 2 and not is_acronym(first):
        lowered = text[0].lower()
        return (lowered if len(lowered) == 1 else text[0]) + text[1:]
    return text


def fill(
    draft: Draft,
    sentences: Sequence[tuple[_Task, Tree]],
    patterns: Patterns,
    vocabulary: Vocabulary,
    known: set[str],
) -> None:
    """Fill genus, kind and relations of one draft from its parsed sentences."""
    language = draft.document.language
    mentions: Matcher[int] = Matcher([(label, 0) for label in draft.labels], language=language)
    about = False
    reader = Reader(draft.labels, patterns)
    for task, parsed in sentences:
        if task.opens:
            about = True
        places = [(found.start, found.end) for found in mentions.find(task.sentence.text)]
        reading = reader.read(parsed, places, opens=task.opens, about=about)
        if reading.genus is not None and draft.genus is None:
            draft.genus = reading.genus.name or reading.genus.head.text
            kind = vocabulary.kind_of_genus(reading.genus.head.lemma, language)
            draft.kind = None if kind == "none" else kind
            if patterns.has("people", reading.genus.head.lemma) or draft.kind in _PEOPLE:
                reader = Reader(draft.labels, patterns, person=True)
        about = about and (reading.speaks or task.opens)
        for found in reading.relations:
            if found.type == "broader" and draft.genus and not _is_genus(found, draft.genus):
                continue
            _relate(draft, found, task.sentence.span, known)


def _is_genus(found: Found, genus: str) -> bool:
    return fold(found.target) == fold(genus)


def _relate(draft: Draft, found: Found, span: Span, known: set[str]) -> None:
    """Add a relation with its evidence, unless a surer one says the same."""
    quote = span.of(draft.document.text)
    rank = found.confidence * 0.97 ** max(0, quote.count(",") - 1)
    rank *= KNOWN if fold(found.target) in known else 1.0
    rank = round(min(rank, 0.99), 3)
    mark = (found.type, key(found.target))
    for number, held in enumerate(draft.relations):
        if (held.type, key(held.target)) == mark:
            if held.evidence.confidence >= rank:
                return
            del draft.relations[number]
            break
    evidence = Evidence(
        document=draft.document.uri, span=span, quote=quote, rule=found.rule, confidence=rank
    )
    draft.relations.append(
        Relation(
            subject=draft.id, type=found.type, target=found.target, basis="text", evidence=evidence
        )
    )
