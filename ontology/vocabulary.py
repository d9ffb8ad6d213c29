"""Relation types, families, bases and kinds, as ``glossgraph.ttl`` states them.

The module's tables (``RELATION_TYPES`` …) are those of the shipped vocabulary; :func:`load` gives
a :class:`Vocabulary` with a user's own types and kinds added. Reading takes a few milliseconds and
imports no RDF library, see :mod:`ontology.turtle`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from ontology import additions
from ontology.statements import MalformedVocabulary as MalformedVocabulary
from ontology.statements import Statements, Texts
from ontology.turtle import GG as GG
from ontology.turtle import OWL, RDF, RDFS, XSD, Literal, Triple, UnreadableTurtle, read
from ontology.turtle import SKOS as SKOS

FOLDER = Path(__file__).resolve().parent
"""Where ``glossgraph.ttl``, ``shapes.ttl`` and ``context.jsonld`` are."""

BASE_PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "gg": GG,
        "skos": SKOS,
        "iso-thes": "http://purl.org/iso25964/skos-thes#",
        "dcterms": "http://purl.org/dc/terms/",
        "prov": "http://www.w3.org/ns/prov#",
        "oa": "http://www.w3.org/ns/oa#",
        "schema": "https://schema.org/",
        "owl": OWL,
        "rdf": RDF,
        "rdfs": RDFS,
        "void": "http://rdfs.org/ns/void#",
        "xsd": XSD,
    }
)
"""Prefixes that queries may use undeclared and that exports declare."""


class UnknownRelationType(KeyError):
    """A key that is the name of no relation type, in either direction."""

    def __init__(self, asked: str, known: Iterable[str]) -> None:
        self.asked = asked
        self.known = tuple(known)
        self.near = tuple(get_close_matches(asked, self.known, n=3, cutoff=0.6))
        super().__init__(asked)

    def __str__(self) -> str:
        near = f" Near: {', '.join(self.near)}." if self.near else ""
        return f'No relation type "{self.asked}".{near} Known: {", ".join(self.known)}.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Relation types that are drawn alike."""

    key: str
    iri: str
    label: Texts
    light: str
    """Colour on a light ground, ``#rrggbb``."""
    dark: str
    """Colour on a dark ground, ``#rrggbb``."""
    dash: str
    """SVG ``stroke-dasharray``; ``""`` is a solid line."""
    width: float
    """Line width in px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a relation was read from."""

    key: str
    iri: str
    label: Texts
    cost: int
    """What a step of this basis costs in a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationType:
    """A type of relation in the direction it is stored in; reads "A phrase B"."""

    key: str
    """Its name in JSON and on the command line, such as ``partOf``."""
    inverse: str
    """Name of the other direction; the same as ``key`` where symmetric."""
    iri: str
    """The RDF property."""
    inverse_iri: str
    phrase: Texts
    inverse_phrase: Texts
    family: str
    """Key of a :class:`Family`."""
    symmetric: bool = False
    transitive: bool = False
    """Whether the chain of it means something: a part of a part is a part."""
    hierarchical: bool = False
    """Kind, part or instance: written in both directions; may not run in a circle."""
    skos: str = ""
    """The nearest SKOS property (IRI), for tools that know nothing else; ``""``: none."""
    inverse_skos: str = ""
    also: tuple[str, ...] = ()
    """Standard properties (IRIs) written beside ``iri``; ``skos:related`` only by SKOS S27."""
    inverse_also: tuple[str, ...] = ()
    added: bool = False
    """Whether a user's file states it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A sort of concept that the genus of a definition tells."""

    key: str
    iri: str
    label: Texts
    definition: Texts
    genus: Mapping[str, tuple[str, ...]]
    """Head nouns by language, as the file gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All tables together; the shipped ones, or these with a user's types added."""

    relation_types: Mapping[str, RelationType]
    """By canonical key, in the order of lists and legends."""
    families: Mapping[str, Family]
    bases: Mapping[str, Basis]
    """Strongest first."""
    kinds: Mapping[str, Kind]
    added: tuple[Triple, ...] = field(default=(), repr=False)
    """What a user's file adds, as it would be written in RDF."""
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Prefixes of the namespaces that added types are in."""
    _directions: Mapping[str, tuple[str, bool]] = field(repr=False)
    _nouns: Mapping[str, Mapping[str, str]] = field(repr=False)

    def __hash__(self) -> int:
        """Hash what a user's file adds: the rest is the same for all."""
        return hash(self.added)

    def __reduce__(self) -> tuple[object, ...]:
        """Give what it is made from: to other processes goes what a user's file adds."""
        return with_added, (self.added, dict(self.prefixes))

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that :meth:`canonical` knows, either direction."""
        return tuple(self._directions)

    def canonical(self, type: str) -> tuple[str, bool]:
        """Return the key that ``type`` is stored under, and whether subject and object swap.

        Raises:
            UnknownRelationType: no relation type has this key in either direction.
        """
        try:
            return self._directions[type]
        except KeyError:
            raise UnknownRelationType(type, self._directions) from None

    def phrase(self, type: str, language: str = "en", *, inverse: bool = False) -> str:
        """Return the words between two concepts: "A <phrase> B".

        ``type`` may be a key of either direction; ``inverse`` turns it round. A language that the
        type has no phrase in falls back to its primary tag (``de-at``: ``de``), then English.

        Raises:
            UnknownRelationType: no relation type has this key in either direction.
        """
        return _phrase(self, type, language, inverse)

    def kind_of_genus(self, noun: str, language: str = "en") -> str:
        """Return the key of the kind that a genus tells, ``"none"`` where it tells none.

        ``noun`` may be a phrase: its longest known end decides, in the singular or a regular
        plural ("onboarding health scores" is a score). German compounds go by their end.
        """
        nouns = self._nouns.get(language.lower().partition("-")[0], {})
        words = noun.casefold().replace("-", " ").split()
        for start in range(len(words)):
            for form in _singulars(" ".join(words[start:])):
                if form in nouns:
                    return nouns[form]
        if words and language.lower().startswith("de"):
            for start in range(1, len(words[-1]) - 3):  # no end below four letters: "Rat", "Art"
                if words[-1][start:] in nouns:
                    return nouns[words[-1][start:]]
        return "none"


@lru_cache(maxsize=4096)
def _phrase(known: Vocabulary, type: str, language: str, inverse: bool) -> str:
    """Return what :meth:`Vocabulary.phrase` does: a path of five steps asks ten times."""
    key, swapped = known.canonical(type)
    relation = known.relation_types[key]
    phrases = relation.inverse_phrase if swapped != inverse else relation.phrase
    return in_language(phrases, language)


def in_language(texts: Texts, language: str) -> str:
    """Return the text in ``language``, or its primary tag, or English, or the first there is."""
    tag = language.lower()
    for choice in (tag, tag.partition("-")[0], "en"):
        if choice in texts:
            return texts[choice]
    return next(iter(texts.values()), "")


def _singulars(noun: str) -> tuple[str, ...]:
    """Return ``noun`` and what it may be the regular plural of."""
    forms = [noun]
    if noun.endswith("ies"):
        forms.append(noun[:-3] + "y")
    if noun.endswith("es"):
        forms.append(noun[:-2])
    if noun.endswith("s"):
        forms.append(noun[:-1])
    irregular = {"people": "person", "indices": "index", "criteria": "criterion"}
    return (*forms, irregular[noun]) if noun in irregular else tuple(forms)


def _families(said: Statements) -> dict[str, Family]:
    families = (
        Family(
            key=said.literal(iri, GG + "key"),
            iri=iri,
            label=said.texts(iri, RDFS + "label"),
            light=said.literal(iri, GG + "lightColour"),
            dark=said.literal(iri, GG + "darkColour"),
            dash=said.literal(iri, GG + "dash", ""),
            width=float(said.literal(iri, GG + "lineWidth", "1.7")),
        )
        for iri in sorted(said.of_class(GG + "Family"), key=said.order)
    )
    return {family.key: family for family in families}


def _bases(said: Statements) -> dict[str, Basis]:
    bases = (
        Basis(
            key=said.literal(iri, GG + "key"),
            iri=iri,
            label=said.texts(iri, RDFS + "label"),
            cost=int(said.literal(iri, GG + "pathCost")),
        )
        for iri in sorted(said.of_class(GG + "Basis"), key=said.order)
    )
    return {basis.key: basis for basis in bases}


def _relation_types(said: Statements, added: frozenset[str]) -> dict[str, RelationType]:
    found: dict[str, RelationType] = {}
    inverses = {said.iri(i, OWL + "inverseOf"): i for i in said.of_class(GG + "RelationType")}
    for iri in sorted(said.of_class(GG + "RelationType"), key=said.order):
        if said.literal(iri, GG + "canonical", "true") != "true":
            continue
        symmetric = said.has(iri, RDF + "type", OWL + "SymmetricProperty")
        inverse = iri if symmetric else said.iri(iri, OWL + "inverseOf") or inverses.get(iri, "")
        if not inverse:
            raise MalformedVocabulary(said.file, f"<{iri}> has no owl:inverseOf")
        key = said.literal(iri, GG + "key")
        if key in found:
            raise MalformedVocabulary(said.file, f'two relation types have the key "{key}"')
        skos = said.iri(iri, GG + "plainSkos")
        found[key] = RelationType(
            key=key,
            inverse=said.literal(inverse, GG + "key"),
            iri=iri,
            inverse_iri=inverse,
            phrase=said.texts(iri, GG + "phrase"),
            inverse_phrase=said.texts(inverse, GG + "phrase"),
            family=said.literal(said.iri(iri, GG + "family"), GG + "key"),
            symmetric=symmetric,
            transitive=said.has(iri, RDF + "type", OWL + "TransitiveProperty"),
            hierarchical=skos == SKOS + "broader",
            skos=skos,
            inverse_skos=said.iri(inverse, GG + "plainSkos"),
            also=said.iris(iri, GG + "alsoStates"),
            inverse_also=said.iris(inverse, GG + "alsoStates"),
            added=iri in added,
        )
    return found


def _kinds(said: Statements) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    members = [
        i for i in said.of_class(SKOS + "Concept") if said.has(i, SKOS + "inScheme", GG + "kinds")
    ]
    for iri in sorted(members, key=said.order):
        genus: dict[str, list[str]] = defaultdict(list)
        for noun in said.literals(iri, GG + "genusNoun"):
            genus[noun.language or "en"].append(noun.text)
        key = said.literal(iri, GG + "key")
        kinds[key] = Kind(
            key=key,
            iri=iri,
            label=said.texts(iri, SKOS + "prefLabel"),
            definition=said.texts(iri, SKOS + "definition"),
            genus=MappingProxyType({tag: tuple(nouns) for tag, nouns in genus.items()}),
        )
    return kinds


def _vocabulary(
    triples: Iterable[Triple],
    file: str | Path,
    added: tuple[Triple, ...] = (),
    prefixes: Mapping[str, str] = MappingProxyType({}),
) -> Vocabulary:
    said = Statements(triples, file)
    relation_types = _relation_types(said, frozenset(triple.subject for triple in added))
    kinds = _kinds(said)
    directions: dict[str, tuple[str, bool]] = {}
    for relation in relation_types.values():
        for key, swapped in ((relation.key, False), (relation.inverse, True)):
            if relation.symmetric and swapped:
                continue
            if key in directions:
                raise MalformedVocabulary(file, f'two relation types have the key "{key}"')
            directions[key] = (relation.key, swapped)
    nouns: dict[str, dict[str, str]] = defaultdict(dict)
    for kind in kinds.values():
        for tag, words in kind.genus.items():
            for word in words:
                other = nouns[tag].setdefault(word.casefold(), kind.key)
                if other != kind.key:
                    raise MalformedVocabulary(
                        file, f'"{word}" is a genus noun of both {other} and {kind.key}'
                    )
    return Vocabulary(
        relation_types=MappingProxyType(relation_types),
        families=MappingProxyType(_families(said)),
        bases=MappingProxyType(_bases(said)),
        kinds=MappingProxyType(kinds),
        added=added,
        prefixes=MappingProxyType(dict(prefixes)),
        _directions=MappingProxyType(directions),
        _nouns=MappingProxyType(nouns),
    )


def _read(path: Path) -> list[Triple]:
    try:
        return read(path.read_text(encoding="utf-8"))[0]
    except UnreadableTurtle as error:
        raise MalformedVocabulary(path, str(error)) from error


def load(extra: Path | None = None) -> Vocabulary:
    """Return the shipped vocabulary with the types and kinds of the file ``extra`` added.

    Its two forms, TOML and Turtle, are described in :mod:`ontology.additions`. An added genus noun
    is taken away from the shipped kind that had it.

    Raises:
        MalformedVocabulary: the file cannot be read or says something incomplete, or a key of it
            is taken.
    """
    if extra is None:
        return DEFAULT
    families = {family.key: family.iri for family in FAMILIES.values()}
    kinds = {kind.key: kind.iri for kind in KINDS.values()}
    try:
        added, prefixes = additions.read(extra, families, kinds)
    except additions.MalformedAdditions as error:
        raise MalformedVocabulary(extra, str(error)) from error
    return with_added(added, prefixes, extra)


def with_added(
    added: Iterable[Triple], prefixes: Mapping[str, str], file: str | Path = "types"
) -> Vocabulary:
    """Return the shipped vocabulary with these triples added; ``file`` is named in errors.

    Raises:
        MalformedVocabulary: they say something incomplete, or a key of theirs is taken.
    """
    added = tuple(added)
    if not added:
        return DEFAULT
    for triple in added:
        if triple.predicate == RDF + "type" and triple.object in (GG + "Family", GG + "Basis"):
            reason = "relation types and kinds can be added, families and bases cannot"
            raise MalformedVocabulary(file, f"<{triple.subject}>: {reason}")
    claimed = {_noun(t.object) for t in added if t.predicate == GG + "genusNoun"}
    kept = (
        t for t in _TRIPLES if t.predicate != GG + "genusNoun" or _noun(t.object) not in claimed
    )
    return _vocabulary([*kept, *added], file, added, prefixes)


def _noun(value: str | Literal) -> tuple[str, str]:
    return (value.text.casefold(), value.language) if isinstance(value, Literal) else (value, "")


_TRIPLES = tuple(_read(FOLDER / "glossgraph.ttl"))
DEFAULT: Vocabulary = _vocabulary(_TRIPLES, FOLDER / "glossgraph.ttl")
"""The shipped vocabulary."""
RELATION_TYPES: Mapping[str, RelationType] = DEFAULT.relation_types
"""Relation types by canonical key, in the order of lists and legends."""
FAMILIES: Mapping[str, Family] = DEFAULT.families
"""Families of relation types, in the order of legends."""
BASES: Mapping[str, Basis] = DEFAULT.bases
"""Bases of relations, strongest first."""
KINDS: Mapping[str, Kind] = DEFAULT.kinds
"""Kinds of concepts; the last is ``none``."""
canonical = DEFAULT.canonical
phrase = DEFAULT.phrase
kind_of_genus = DEFAULT.kind_of_genus
