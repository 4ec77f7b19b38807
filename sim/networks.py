"""Networks: which units meet, and the relations of any day as graphs and tables.

The only module that knows networkx.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.specification import GraphSpecification, UnitSpecification

if TYPE_CHECKING:
    import networkx as nx


def unit_graph(units: tuple[UnitSpecification, ...], graph: GraphSpecification) -> nx.Graph[str]:
    """Return the graph of units that share spaces.

    Generators work within each site: ``complete``, ``ring`` (each unit with its ``degree`` nearest
    neighbours in file order; an odd degree counts as the even one below), ``clusters`` (cliques of
    ``degree + 1`` neighbours), ``none``.  Explicit ``edges`` replace the generator.  Raises
    ``ValueError`` for an unknown generator or unit.
    """
    import networkx as nx

    result: nx.Graph[str] = nx.Graph()
    result.add_nodes_from(unit.name for unit in units)
    if graph.edges:
        for a, b in graph.edges:
            if a not in result or b not in result:
                raise ValueError(f"the unit graph names an unknown unit: {a} - {b}")
            result.add_edge(a, b)
        return result
    for site in dict.fromkeys(unit.site for unit in units):
        names = [unit.name for unit in units if unit.site == site]
        result.add_edges_from(_generate(names, graph))
    return result


def _generate(names: list[str], graph: GraphSpecification) -> list[tuple[str, str]]:
    import networkx as nx

    n = len(names)
    if graph.generator == "none" or n < 2:
        shape = nx.empty_graph(n)
    elif graph.generator == "complete":
        shape = nx.complete_graph(n)
    elif graph.generator == "ring":
        degree = min(graph.degree, n - 1)
        shape = nx.complete_graph(n) if degree == n - 1 else nx.watts_strogatz_graph(n, degree, 0.0, seed=0)
    elif graph.generator == "clusters":
        size = graph.degree + 1
        shape = nx.disjoint_union_all([nx.complete_graph(min(size, n - k)) for k in range(0, n, size)])
    else:
        raise ValueError(f"unknown generator of the unit graph: {graph.generator}")
    return [(names[a], names[b]) for a, b in shape.edges]


def edge_indices(units: tuple[UnitSpecification, ...], graph: GraphSpecification) -> list[tuple[int, int]]:
    """Return the edges of the unit graph as sorted pairs of unit numbers, the lower one first."""
    number = {unit.name: k for k, unit in enumerate(units)}
    pairs = [(number[a], number[b]) for a, b in unit_graph(units, graph).edges]
    return sorted((min(a, b), max(a, b)) for a, b in pairs)


def relation_graph(nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> nx.Graph[str]:
    """Return a graph from node rows (with ``id``) and edge rows (with ``source`` and ``target``)."""
    import networkx as nx

    result: nx.Graph[str] = nx.Graph()
    for node in nodes:
        result.add_node(node["id"], **{k: v for k, v in node.items() if k != "id"})
    for edge in edges:
        attributes = {k: v for k, v in edge.items() if k not in ("source", "target")}
        result.add_edge(edge["source"], edge["target"], **attributes)
    return result


def write_graphml(graph: nx.Graph[str], path: str) -> None:
    """Write a graph as GraphML, which Gephi, Cytoscape, igraph and networkx read."""
    import networkx as nx

    nx.write_graphml(graph, path, named_key_ids=True)


def layout(graph: nx.Graph[str], seed: int = 1) -> dict[str, tuple[float, float]]:
    """Return a position for every node; the same graph and seed give the same picture."""
    import networkx as nx

    return {
        node: (float(xy[0]), float(xy[1]))
        for node, xy in nx.spring_layout(graph, seed=seed, weight="weight", iterations=60).items()
    }
