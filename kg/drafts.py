"""Concepts in the making: what the entries of one concept say, put together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from extract.labels import fold, is_acronym, singular
from extract.model import Designation, Document, Entry, Finding, Passage
from kg.lookup import bare, initials, label_key, label_words
from kg.model import Definition, Source, Text
from kg.project import Project
from kg.repairs import repairs

# "See also: ", "siehe auch ", "véase también: ".
_LONGEST_SEE = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A concept before it has its slug."""

    label: str
    entries: tuple[Entry, ...] = ()
    designations: tuple[Designation, ...] = ()
    definitions: tuple[Definition, ...] = ()
    kind: str = "none"
    implied: bool = False


def draft(entries: Sequence[Entry], documents: dict[str, Document], language: str) -> Draft:
    """Return the concept of a group of entries."""
    label = _headwords(entries, language)[0]
    telling = [entry for entry in entries if not _points(entry)] or entries
    return Draft(
        label=label.text,
        entries=tuple(entries),
        designations=tuple(_designations(label, entries)),
        definitions=tuple(d for e in telling for d in _definitions(e, documents)),
        kind=_vote(entry.kind for entry in entries),
    )


def _headwords(entries: Sequence[Entry], language: str) -> list[Designation]:
    """The headwords, the one to prefer first; of an entry in several languages, that in each.

    One in the graph's language; one of an entry that says more than where to look; the one most
    entries have; a full form before an acronym; the
    longer, since what one glossary leaves out does not go without saying in several; the first.
    """
    heads = [
        replace(designation, status="preferred")
        for entry in entries
        for number, designation in enumerate(entry.designations)
        if not number or designation.status == "preferred"
    ]
    if len(heads) == 1:
        return heads
    counts = Counter(label_key(head.text) for head in heads)
    pointers = {label_key(entry.term) for entry in entries if _points(entry)}
    return sorted(
        heads,
        key=lambda head: (
            head.language.split("-")[0] != language.split("-")[0],
            label_key(head.text) in pointers,
            -counts[label_key(head.text)],
            is_acronym(head.text),
            -len(label_words(head.text)),
        ),
    )


def _designations(label: Designation, entries: Sequence[Entry]) -> Iterable[Designation]:
    """The preferred label first, then the others; equal ones in a language once."""
    preferred = {label.language}
    seen = {(fold(label.text), label.language): label}
    forms = {(label_key(label.text), label.language)}
    for place in (0, 1):
        for entry in entries:
            for designation in entry.designations[:1] if not place else entry.designations[1:]:
                known = (fold(designation.text), designation.language)
                if not designation.text.strip() or known in seen:
                    continue
                status = designation.status
                form = (label_key(designation.text), designation.language)
                if form in forms and status != "deprecated":
                    status = "hidden"  # another spelling or number of a label that is shown
                elif status == "preferred":
                    status = "admitted" if designation.language in preferred else "preferred"
                    preferred.add(designation.language)
                forms.add(form)
                seen[known] = replace(designation, status=status)
    return seen.values()


def _points(entry: Entry) -> bool:
    """Whether an entry only says where to look: a reference, and no word beside "see"."""
    if not entry.references or entry.examples or entry.notes:
        return False
    if any(reference.evidence.rule == "redirect" for reference in entry.references):
        return True
    left = " ".join(passage.text for passage in entry.definitions)
    for reference in entry.references:
        left = left.replace(reference.text, " ")
    return len(left) <= _LONGEST_SEE and len(left.split()) <= 2


def _definitions(entry: Entry, documents: dict[str, Document]) -> list[Definition]:
    """What an entry says, one a language; none for one that only points to another."""
    document = documents[entry.document]
    if not entry.definitions and _points(entry):
        return []
    by_language: dict[str, list[Passage]] = {}
    for passage in entry.definitions:
        by_language.setdefault(passage.language or document.language, []).append(passage)
    found: list[Definition] = []
    for language, passages in (by_language or {document.language: []}).items():
        spans = [passage.span for passage in passages] or [entry.span]
        first = not found
        term = next((d.text for d in entry.designations if d.language == language), entry.term)
        found.append(
            Definition(
                source=document.source,
                entry=entry.id,
                term=entry.term if first else term,
                text="\n".join(passage.text for passage in passages),
                language=language,
                examples=tuple(p.text for p in entry.examples if first),
                notes=tuple(p.text for p in entry.notes if first),
                formula=entry.formula.text if entry.formula and first else "",
                pos=entry.pos,
                document=entry.document,
                start=spans[0].start,
                end=spans[-1].end,
                locator=entry.locator,
                resources=tuple(
                    (r.text, r.href) for r in entry.references if r.kind == "resource" and first
                ),
            )
        )
    return found


def _vote(kinds: Iterable[str | None]) -> str:
    """The kind most entries have; the first of those that tie."""
    known = [kind for kind in kinds if kind and kind != "none"]
    return Counter(known).most_common(1)[0][0] if known else "none"


def settle_acronyms(
    drafts: Sequence[Draft], kept: Container[tuple[str, str]] = ()
) -> tuple[list[Draft], list[Finding]]:
    """Return the drafts with each contested acronym left to the concept whose initials it is.

    Those of an entry that ``kept`` has (its id, the folded label) stay.

    "Business Review (QBR/EBR)" keeps no QBR beside "Quarterly Business Review (QBR)". Where no
    long form decides, all keep it. Each one taken away is a finding.
    """
    holders: dict[str, list[int]] = {}
    for number, concept in enumerate(drafts):
        for designation in concept.designations:
            if is_acronym(designation.text):
                holders.setdefault(designation.text, []).append(number)
    settled, findings = list(drafts), []
    for acronym, numbers in sorted(holders.items()):
        owners = [
            n
            for n in numbers
            if any(initials(d.text) == acronym.upper() for d in drafts[n].designations)
        ]
        if len(numbers) < 2 or len(owners) != 1:
            continue
        for number in numbers:
            if (
                number == owners[0]
                or settled[number].label == acronym
                or any((entry.id, fold(acronym)) in kept for entry in settled[number].entries)
            ):
                continue
            settled[number] = replace(
                settled[number],
                designations=tuple(d for d in settled[number].designations if d.text != acronym),
            )
            findings.append(
                Finding(
                    rule="contested-acronym",
                    subject=settled[number].entries[0].id if settled[number].entries else acronym,
                    message=f'{acronym}{_TOO} "{settled[number].label}" too; it was left '
                    f'to "{drafts[owners[0]].label}", whose initials it is.',
                    severity="info",
                )
            )
    return settled, findings


_TOO = " is given for"


def contested(finding: Finding) -> str:
    """Return the acronym that a finding of :func:`settle_acronyms` is about."""
    return finding.message.partition(_TOO)[0]


def implied(surfaces: Sequence[str], kind: str, language: str) -> Draft:
    """Return the concept that no entry defines, named as most of the texts name it."""
    counts = Counter(_singular(surface, language) for surface in surfaces)
    text = min(counts, key=lambda s: (-counts[s], surfaces.index(s) if s in surfaces else 0, s))
    label = text if is_acronym(text.split()[0]) else text[:1].upper() + text[1:]
    return Draft(
        label=label,
        designations=(Designation(text=label, language=language, status="preferred"),),
        kind=kind,
        implied=True,
    )


def _singular(surface: str, language: str) -> str:
    """The words with the last one in the singular: how a glossary names a thing."""
    if not language.startswith("en"):
        return surface
    *before, last = surface.split()
    bare = last[:-1] if last.endswith("s") and is_acronym(last[:-1]) else singular(last)
    return " ".join((*before, bare if bare.lower() != last.lower() else last))


def sources(
    documents: Iterable[Document], entries: Iterable[Entry], project: Project
) -> tuple[Source, ...]:
    """Return the sources in the order read, with what the project says about them."""
    parts: dict[str, list[Document]] = {}
    for document in documents:
        parts.setdefault(document.source, []).append(document)
    counts = Counter(entry.document for entry in entries)
    found = []
    for name, pages in parts.items():
        first, said = pages[0], project.source(name)
        digest = first.digest
        if len(pages) > 1:
            digest = hashlib.sha256("\n".join(d.digest for d in pages).encode()).hexdigest()
        found.append(
            Source(
                name=name,
                title=said.title or (first.title if len(pages) == 1 else "") or name,
                document=first.uri if len(pages) == 1 else f"sources/{name}",
                language=said.language or first.language,
                media_type=first.media_type,
                publisher=said.publisher or first.publisher,
                url=said.url or first.url,
                retrieved=said.retrieved or first.retrieved,
                licence=said.licence or first.licence,
                reuse=replace(said, licence=said.licence or first.licence).republished(),
                digest=digest,
                entries=sum(counts[d.uri] for d in pages),
                repairs=repairs(pages),
            )
        )
    return tuple(found)


def texts(documents: Iterable[Document]) -> tuple[Text, ...]:
    """Return the texts that evidence points into, in the order read."""
    return tuple(
        Text(
            document=document.uri,
            source=document.source,
            text=document.text,
            digest=hashlib.sha256(document.text.encode("utf-8")).hexdigest(),
            original=document.digest,
        )
        for document in documents
    )


def plain_label(text: str) -> str:
    """Return a target's words as a label: without determiners, brackets and outer punctuation."""
    return bare(" ".join(text.split()).strip(" .,;:\"'“”’()"))
