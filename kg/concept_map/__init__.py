"""Concept maps: layouts of our own, drawn on the server as SVG.

A map is made from an index in one step and rendered in another, so that the same map is an SVG, a
PNG, a slide or text. Same graph, same options: same map, to the last byte.
"""

from kg.concept_map.blank import Exercise, blanked
from kg.concept_map.frame import Frame
from kg.concept_map.model import Box, Leg, Map, Note, Options, Phrase, Proposition
from kg.concept_map.path_map import path_map
from kg.concept_map.rail import rail_map
from kg.concept_map.svg import render, render_part
from kg.concept_map.term_map import term_map
from kg.concept_map.text import markdown, mermaid
from kg.concept_map.topic_map import neighborhood_map, topic_map

__all__ = [
    "Box",
    "Exercise",
    "Frame",
    "Leg",
    "Map",
    "Note",
    "Options",
    "Phrase",
    "Proposition",
    "blanked",
    "markdown",
    "mermaid",
    "neighborhood_map",
    "path_map",
    "rail_map",
    "render",
    "render_part",
    "term_map",
    "topic_map",
]
