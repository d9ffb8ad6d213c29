"""What a careful editor would object to in a graph: labels, hierarchy, definitions, references.

A table of rules; each reads the graph and yields what it objects to. The conditions of SKOS are
named by their numbers (SKOS Reference, 2009); the others follow the practice of thesaurus checks
such as qSKOS (Mader, Haslhofer & Isaac 2012). Nothing here changes a graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from extract import labels
from extract.model import Finding
from kg import checks_definitions, checks_hierarchy
from kg.errors import UnknownKey
from kg.index import Index
from kg.model import Concept, Graph

SEVERITIES = ("error", "warning", "info")
"""Gravest first; ``off`` switches a rule off."""

Objection = tuple[str, str]
"""What it is about (a slug, a source's name, a label), and a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something to object to."""

    key: str
    severity: str
    title: str
    """What holds of a graph without objections."""
    find: Callable[[Index], Iterator[Objection]] | None = None
    """``None`` where reading or building notes it, see ``Graph.findings``."""


def check(
    graph: Graph,
    *,
    levels: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
    noted: bool = False,
) -> list[Finding]:
    """Return what the rules object to, gravest first, then by rule and subject.

    ``levels`` gives rules another severity, or ``off``; ``only`` runs these rules alone. What was
    noted while the graph was built stands in ``graph.findings`` and comes again only if ``noted``
    asks for it. Cost: a few passes over the graph.

    Raises:
        UnknownKey: ``levels`` or ``only`` names no rule, or no severity.
    """
    levels = levels or {}
    for key in (*levels, *(only or ())):
        if key not in RULES:
            raise UnknownKey("rule", key, RULES)
    for level in levels.values():
        if level not in (*SEVERITIES, "off"):
            raise UnknownKey("severity", level, (*SEVERITIES, "off"))
    # Broken references first: the index cannot be made over them.
    severity = levels.get(_BROKEN, RULES[_BROKEN].severity)
    found = [
        Finding(rule=_BROKEN, subject=subject, message=message, severity=severity)
        for subject, message in _broken_references(graph)
    ]
    if severity == "off" or (only is not None and _BROKEN not in only):
        found = []
    index = Index(_sound(graph))
    for rule in RULES.values():
        severity = levels.get(rule.key, rule.severity)
        if rule.key == _BROKEN or severity == "off" or (only is not None and rule.key not in only):
            continue
        if rule.find is not None:
            found += [
                Finding(rule=rule.key, subject=subject, message=message, severity=severity)
                for subject, message in rule.find(index)
            ]
        if noted:
            found += [
                replace(each, severity=levels.get(rule.key, each.severity))
                for each in graph.findings
                if each.rule == rule.key
            ]
    found.sort(key=lambda f: (SEVERITIES.index(f.severity), f.rule, f.subject, f.message))
    return found


# --- references ----------------------------------------------------------------------------------


def _broken_references(graph: Graph) -> Iterator[Objection]:
    slugs = {concept.slug for concept in graph.concepts}
    sources = {source.name for source in graph.sources}
    for relation in graph.relations:
        for end in (relation.subject, relation.object):
            if end not in slugs:
                said = f"{relation.subject} {relation.type} {relation.object}"
                yield relation.id, f'The relation "{said}" leads to {end}, which is no concept.'
    for old, new in sorted(graph.redirects.items()):
        if new not in slugs and new not in graph.redirects:
            yield old, f"The former name {old} leads to {new}, which is no concept."
        if old in slugs:
            yield old, f"{old} is a former name and a concept at once."
    for concept in graph.concepts:
        for slug in concept.close:
            if slug not in slugs:
                yield concept.slug, f"{concept.label} is near {slug}, which is no concept."
        for definition in concept.definitions:
            if definition.source not in sources:
                yield (
                    concept.slug,
                    f"{concept.label} is defined by {definition.source}, which is no source.",
                )


def _sound(graph: Graph) -> Graph:
    """Return ``graph`` without relations that lead nowhere."""
    slugs = {concept.slug for concept in graph.concepts}
    kept = tuple(r for r in graph.relations if r.subject in slugs and r.object in slugs)
    return graph if len(kept) == len(graph.relations) else replace(graph, relations=kept)


def _evidence(index: Index) -> Iterator[Objection]:
    for relation in index.relations:
        said = f"{relation.subject} {relation.type} {relation.object}"
        if not relation.evidence:
            yield relation.id, f'Nothing is given for the relation "{said}".'
        for evidence in relation.evidence:
            text = index.texts.get(evidence.document)
            if text is not None and evidence.span.of(text.text) != evidence.quote:
                yield (
                    relation.id,
                    f'The quote for "{said}" does not stand at {evidence.span.start} in '
                    f"{evidence.document}.",
                )


# --- labels --------------------------------------------------------------------------------------


def _same_preferred(index: Index) -> Iterator[Objection]:
    found: dict[tuple[str, str], list[Concept]] = defaultdict(list)
    for concept in index.concepts:
        for key in dict.fromkeys(
            (d.language, labels.compact(d.text))
            for d in concept.designations
            if d.status == "preferred"
        ):
            found[key].append(concept)
    for concepts in found.values():
        if len(concepts) > 1:
            names = ", ".join(concept.slug for concept in concepts)
            yield concepts[0].slug, f'"{concepts[0].label}" is the preferred label of {names}.'


def _shared_label(index: Index) -> Iterator[Objection]:
    names = index.names
    for numbers in names.keys.shared():
        owners = {names.owner[number]: number for number in numbers}
        if len(owners) < 2:
            continue
        preferred = [n for n in owners.values() if names.designation(n).status == "preferred"]
        if len(preferred) > 1:
            continue  # another rule's
        shown = names.designation(next(iter(owners.values()))).text
        labelled = ", ".join(sorted(index.concepts[owner].label for owner in owners))
        yield shown, f'"{shown}" names several concepts: {labelled}.'


def _two_preferred(index: Index) -> Iterator[Objection]:
    for concept in index.concepts:
        seen: dict[str, str] = {}
        for designation in concept.designations:
            if designation.status != "preferred":
                continue
            first = seen.setdefault(designation.language, designation.text)
            if first != designation.text:
                yield (
                    concept.slug,
                    f'{concept.label} has two preferred labels in "{designation.language}": '
                    f'"{first}" and "{designation.text}".',
                )


def _overlapping(index: Index) -> Iterator[Objection]:
    for concept in index.concepts:
        seen: dict[tuple[str, str], str] = {}
        for designation in concept.designations:
            status = seen.setdefault((designation.language, designation.text), designation.status)
            if status != designation.status:
                yield (
                    concept.slug,
                    f'"{designation.text}" is both a {status} and a {designation.status} '
                    f"label of {concept.label}.",
                )


def _unexplained(index: Index) -> Iterator[Objection]:
    for concept in index.concepts:
        if labels.is_acronym(concept.label) and not concept.aliases:
            yield concept.slug, f"{concept.label} looks like an acronym, and no long form is given."


# --- what is missing -----------------------------------------------------------------------------


def _alone(index: Index) -> Iterator[Objection]:
    for number, concept in enumerate(index.concepts):
        if not index.degree(number):
            yield concept.slug, f"{concept.label} has no relation to any other concept."


def _only_mentions(index: Index) -> Iterator[Objection]:
    for number, concept in enumerate(index.concepts):
        places = index.outgoing[number] + index.incoming[number]
        if places and all(index.relations[place].basis == "mention" for place in places):
            yield concept.slug, f"{concept.label} is only mentioned, or mentions; nothing says how."


def _implied(index: Index) -> Iterator[Objection]:
    for number, concept in enumerate(index.concepts):
        if concept.implied:
            count = index.degree(number)
            entries = "one relation" if count == 1 else f"{count} relations"
            yield concept.slug, f"{concept.label} is spoken of ({entries}) and never defined."


def _licence(index: Index) -> Iterator[Objection]:
    for source in index.graph.sources:
        if not source.licence and source.reuse != "full":
            yield source.name, f"{source.title} states no licence; only excerpts are republished."


_BROKEN = "broken-reference"
_ALL = (
    Rule(key=_BROKEN, severity="error", title="Every reference leads to something.",
         find=lambda index: _broken_references(index.graph)),
    Rule(key="unreadable", severity="error", title="Every source can be read."),
    Rule(key="evidence", severity="error", title="Every relation has evidence that stands there.",
         find=_evidence),
    Rule(key="hierarchy-circle", severity="error", title="The hierarchy does not run in a circle.",
         find=checks_hierarchy.circles),
    Rule(key="several-preferred", severity="error",
         title="A concept has one preferred label a language (SKOS S14).", find=_two_preferred),
    Rule(key="label-overlap", severity="error",
         title="A label has one role for its concept (SKOS S13).", find=_overlapping),
    Rule(key="label-clash", severity="warning",
         title="No two concepts have one preferred label.", find=_same_preferred),
    Rule(key="no-entries", severity="warning", title="Every source has entries."),
    Rule(key="dangling-reference", severity="warning",
         title="What an entry says to see has an entry."),
    Rule(key="ambiguous-label", severity="warning",
         title="An alias names one concept.", find=_shared_label),
    Rule(key="missing-definition", severity="warning",
         title="Every entry has a definition.", find=checks_definitions.undefined),
    Rule(key="same-definition", severity="warning",
         title="No two concepts are defined alike.", find=checks_definitions.same_definition),
    Rule(key="broken-characters", severity="error",
         title="No word lost a character to a wrong encoding.",
         find=checks_definitions.broken_characters),
    Rule(key="circular-definition", severity="warning",
         title="A definition needs neither its own term nor one that needs it (ISO 704).",
         find=checks_definitions.circular),
    Rule(key="opposed-relations", severity="warning",
         title="No two relations exclude each other.", find=checks_definitions.opposed),
    Rule(key="differing-figures", severity="warning",
         title="Definitions of one concept state the same figures.",
         find=checks_definitions.differing_figures),
    Rule(key="inferred-headword", severity="info",
         title="An entry has its headword.", find=checks_definitions.inferred),
    Rule(key="repaired-encoding", severity="info",
         title="Sources are saved in the encoding that they are read in.",
         find=checks_definitions.repaired_encoding),
    Rule(key="related-in-hierarchy", severity="info",
         title="Nothing is related to what stands above it (SKOS S27).",
         find=checks_hierarchy.related_in_hierarchy),
    Rule(key="unexplained-acronym", severity="info",
         title="An acronym has a long form.", find=_unexplained),
    Rule(key="contested-acronym", severity="info",
         title="An acronym is given for one concept."),
    Rule(key="review-unmatched", severity="warning",
         title="What a reviewer decided on is still there."),
    Rule(key="review-conflict", severity="warning",
         title="What a reviewer decided can all be so at once."),
    Rule(key="markup-passed-over", severity="info",
         title="Markup in a source is what the reader of its format knows."),
    Rule(key="no-model", severity="info",
         title="Definitions are parsed by a model of their language."),
    Rule(key="unfit-model", severity="warning",
         title="Every model that is installed can be loaded."),
    Rule(key="orphan", severity="info",
         title="Every concept is related to another.", find=_alone),
    Rule(key="only-mentions", severity="info",
         title="Every concept has a relation that says how.", find=_only_mentions),
    Rule(key="never-defined", severity="info",
         title="What definitions speak of is defined.", find=_implied),
    Rule(key="licence", severity="info",
         title="Every source states its licence.", find=_licence),
)  # fmt: skip

RULES: Mapping[str, Rule] = MappingProxyType({rule.key: rule for rule in _ALL})
"""Every rule by key."""
