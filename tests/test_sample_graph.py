"""The sample graph keeps the promises of ``kg.model`` that other tests rest on."""

from itertools import pairwise

from tests.sample_graph import sample_graph


def test_quotes_stand_where_they_say() -> None:
    """Every evidence and definition equals the text at its offsets."""
    graph = sample_graph()
    texts = {text.document: text.text for text in graph.texts}
    evidence = [e for relation in graph.relations for e in relation.evidence]
    evidence += [d.evidence for c in graph.concepts for d in c.designations if d.evidence]
    assert all(texts[e.document][e.span.start : e.span.end] == e.quote for e in evidence)
    definitions = [d for concept in graph.concepts for d in concept.definitions]
    assert all(texts[d.document][d.start : d.end] == d.text for d in definitions)


def test_sorted_and_whole() -> None:
    """Concepts and relations are sorted, unique, and joined only to what is there."""
    graph = sample_graph()
    slugs = [concept.slug for concept in graph.concepts]
    keys = [(r.subject, r.type, r.object) for r in graph.relations]
    assert all(a < b for a, b in pairwise(slugs))
    assert all(a < b for a, b in pairwise(keys))
    assert {r.subject for r in graph.relations} | {r.object for r in graph.relations} <= set(slugs)
    assert all(target in slugs for target in graph.redirects.values())


def test_all_types_and_bases() -> None:
    """Every canonical relation type and each of the four bases occurs."""
    graph = sample_graph()
    types = """broader partOf exampleOf measures increases reduces enables uses usedFor
    responsibleFor contrastsWith precedes computedFrom seeAlso related mentions"""
    assert {r.type for r in graph.relations} == set(types.split())
    assert {r.basis for r in graph.relations} == {"text", "name", "reference", "mention"}
