"""What the sentences of a definition point to."""

from __future__ import annotations

import pytest

from extract.fields import read
from extract.labels import key
from extract.model import Reference
from extract.pipeline import analyse
from extract.pointers import kept
from extract.readers import read_bytes
from extract.segmentation import segment
from tests.plain import document

OTHERS = "\nHull – The body of a boat.\nKeel – The spine of a hull.\n"
# Definition; what it surely points to; what it points to only where an entry bears the name.
CASES = [
    ("A change that comes first. See also: 'Descendant'.", ["Descendant"], []),
    ("Denotes it. See 'Branch, topological'. More text.", ["Branch, topological"], []),
    (
        "A lamp. (See: access list, door.  Compare: beacon.)",
        ["access list", "door", "beacon"],
        [],
    ),
    ("Patch wires. Compare {purple wire}, {red wire}.", ["purple wire", "red wire"], []),
    ("A boat; see also sloop and ketch.", ["sloop", "ketch"], []),
    ("A thing that floats (see raft).", [], ["raft"]),
    ('Synonym for "signal lamp".', ["signal lamp"], []),
    ("Same as ketch.", [], ["ketch"]),
    ("The left side. Opposite of starboard.", [], ["starboard"]),
    ("A rope. See the glossary entry for halyard.", [], ["halyard"]),
    ("It is good. See Section 4.2 and http://example.org/x for more.", [], []),
    ("Used to see differences. Users see also other things there.", [], []),
    ("A list. Whoever swaps a watch should see the duty roster, which changes.", [], []),
]


def entry(definition: str) -> tuple[list[Reference], list[Reference]]:
    page = document(f"Sloop – {definition}{OTHERS}")
    fields = read(segment(page).articles[0], page)
    for reference in (*fields.references, *fields.doubtful):
        assert reference.evidence.span.of(page.text) == reference.evidence.quote
    return list(fields.references), list(fields.doubtful)


@pytest.mark.parametrize(("definition", "sure", "open_"), CASES, ids=[c[0][:40] for c in CASES])
def test_pointers(definition: str, sure: list[str], open_: list[str]) -> None:
    """Names that are quoted or follow "see also" are references; others depend on the entries."""
    references, doubtful = entry(definition)
    assert [r.text for r in references] == sure
    assert [r.text for r in doubtful] == open_


def test_two_names_where_each_is_an_entry() -> None:
    """ "sheet bend and rolling hitch" are two names where both are entries, else one."""
    _, doubtful = entry("A knot (see sheet bend and rolling hitch).")
    names = {key("sheet bend"), key("rolling hitch")}
    assert [r.text for r in kept(doubtful, names)] == ["sheet bend", "rolling hitch"]
    assert kept(doubtful, {key("sheet bend")}) == ()


def test_a_bare_see_needs_the_entry() -> None:
    """ "(see hull)" is a reference because an entry is called so; "(see text)" is none."""
    found = analyse([document(f"Sloop – A boat (see hull); it sails (see text).{OTHERS}")], None)
    assert [r.text for r in found.entries[0].references] == ["hull"]


def test_labels_of_other_pages() -> None:
    """A label that is not on the page leads to an entry only where one bears the name."""
    page = (
        "Words\n=====\n\n.. glossary::\n\n   hull\n      A body, on a :term:`keel`. See"
        " :ref:`issue-hulls`.\n\n   keel\n      A spine. See :ref:`the-keel`.\n\n   rig\n"
        "      All masts.\n"
    )
    read_page = read_bytes(page.encode(), source="x", name="x.rst")
    entries = analyse([read_page], None).entries
    assert {entry.term: [r.text for r in entry.references] for entry in entries} == {
        "hull": [], "keel": [], "rig": [],
    }  # fmt: skip


def test_parts_of_an_article_named_by_a_question() -> None:
    """The heading "What is it?" names the definition and is no part of it."""
    pages = {
        name: f"---\ntitle: {name}\n---\n\n## What is it?\n\n{said}\n\n## Why\n\nBoats float.\n"
        for name, said in (("Hull", "A body."), ("Keel", "A spine."), ("Rig", "All masts."))
    }
    read_pages = [
        read_bytes(text.encode(), source="x", part=name.lower(), name=f"{name}.md", single=True)
        for name, text in pages.items()
    ]
    told = {e.term: e.definitions[0].text for e in analyse(read_pages, None).entries}
    assert told == {
        "Hull": "A body.\nWhy\nBoats float.", "Keel": "A spine.\nWhy\nBoats float.",
        "Rig": "All masts.\nWhy\nBoats float.",
    }  # fmt: skip


def test_a_name_with_a_comma_is_one_where_an_entry_bears_it() -> None:
    """ "See also Rate, churn." points to the entry "Rate, churn"; two names stay two."""
    text = (
        "Glossary\n\nCost – What it takes. See also Rate, churn.\n\n"
        "Rate, churn – The share lost. See also Cost, Trial.\n\n"
        "Rate, retention – The share kept.\n\nTrial – A first use.\n"
    )
    found = analyse([read_bytes(text.encode(), source="w", name="w.txt")], None).entries
    assert {e.designations[0].text: [r.text for r in e.references] for e in found} == {
        "Cost": ["Rate, churn"],
        "Rate, churn": ["Cost", "Trial"],
        "Rate, retention": [],
        "Trial": [],
    }
