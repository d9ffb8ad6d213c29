"""Groups of concepts that have more to do with each other than with the rest."""

from __future__ import annotations

from kg.model import Graph


def communities(graph: Graph) -> dict[str, int]:
    """Return a community for each concept, 0 for the largest.

    Louvain's method (Blondel et al. 2008) as NetworkX has it, weighted by basis; seeded and over
    numbers, so that equal graphs give equal communities. Seconds for tens of thousands of concepts.
    """
    import networkx as nx

    number = {concept.slug: place for place, concept in enumerate(graph.concepts)}
    weights: nx.Graph = nx.Graph()
    weights.add_nodes_from(range(len(number)))
    for relation in graph.relations:
        ends = number[relation.subject], number[relation.object]
        known = weights.get_edge_data(*ends, {"weight": 0.0})["weight"]
        weights.add_edge(*ends, weight=known + 1 / graph.vocabulary.bases[relation.basis].cost)
    if not number:
        return {}
    found = nx.community.louvain_communities(weights, seed=7)
    ordered = sorted((sorted(members) for members in found), key=lambda m: (-len(m), m))
    return {
        graph.concepts[place].slug: group
        for group, members in enumerate(ordered)
        for place in members
    }
