"""Glossaries in other languages than English, read by text rules alone."""

from __future__ import annotations

import pytest

from extract import lexicon
from extract.components import other_names
from extract.components.head_names import read_head
from extract.model import Entry, Span
from extract.pipeline import analyse
from extract.readers import read_bytes
from kg.assembly import build_graph
from kg.index import Index
from kg.link import link
from kg.search import search

# Language → a line each: headword, definition | other names | what it mentions.
GLOSSARIES = {
    "de": """Fock – Ein Vorsegel (auch Stagsegel genannt) vor dem Mast. | Stagsegel | Mast
Großsegel (GS) – Das Segel hinter dem Mast. | GS | Mast
Mast – Ein Rundholz, das die Segel des Schiffes trägt und oft aus Holz ist. | |
Rat – Ein Gremium, das die Stadt berät. | |
Rate – Der Teil einer Zahlung. Synonym: Teilbetrag | Teilbetrag |
Ratenkauf – Ein Kauf, bei dem in Raten gezahlt wird, auch wenn andere abraten. | | Rate""",
    "fr": """Foc : voile (aussi appelée voile d'avant) établie devant le mât. | voile d'avant | Mât
Mât : pièce de bois qui porte les voiles. Synonyme : espar | espar |
Tableau : plaque sur laquelle on écrit. | |
Vernissage : jour où les tableaux sont montrés pour la première fois. | | Tableau""",
    "es": """Foque: vela (también llamada vela de proa) delante del mástil. | vela de proa | Mástil
Mástil: palo que sostiene las velas. Sinónimo: palo mayor | palo mayor |
Obenque: cabo que sujeta los mástiles por los lados del barco. | | Mástil""",
    "pt": """Cordão: fio que se usa para atar. | |
Laço: nó feito com os cordões de um sapato, também chamado nó corredio. | nó corredio | Cordão
Mastro: peça que suporta as velas (também chamada pau). | pau |""",
    "ru": """Мачта — столб, который несёт паруса (также называется рангоут). | рангоут | Парус
Парус — полотно, которое ловит ветер. | |
Фок — парус, который ставят перед мачтой. | | Парус, Мачта
Шкот — снасть для управления парусами. | | Парус""",
    "zh": """帆：船上利用风力前进的布。 | |
桅杆：支撑帆的杆子，也称“桅柱”。 | 桅柱 | 帆
龙骨（Keel）：船底的中央构件，与桅杆相连。 | Keel | 桅杆
舵：控制船的方向的装置。又称方向舵。 | 方向舵 |""",
    "ja": """帆（ほ）：風を受けて船を進めるための布。マストに張る。 | | マスト
マスト：帆を支える柱。別名：帆柱 | 帆柱 | 帆
竜骨：船底の中央を通る部材。キールともいう。 | キール |
錨：船を止めるための道具である。 | |""",
}


def _entries(language: str) -> dict[str, Entry]:
    lines = [line.split(" | ")[0].split(" |")[0] for line in GLOSSARIES[language].split("\n")]
    page = read_bytes("\n".join(lines).encode(), source="x", name="x.txt")
    assert page.language == language
    return {entry.term: entry for entry in link(analyse([page], None)).entries}


CASES = [
    (language, *(part.strip() for part in line.split("|")))
    for language, text in GLOSSARIES.items()
    for line in text.split("\n")
]


@pytest.mark.parametrize(("language", "said", "names", "mentions"), CASES)
def test_entry(language: str, said: str, names: str, mentions: str) -> None:
    """Names in the wording and inflected mentions are found, and no others."""
    entries = _entries(language)
    entry = entries[max((term for term in entries if said.startswith(term)), key=len)]
    aliases = [d.text for d in entry.designations[1:]]
    assert aliases == [name for name in names.split(", ") if name]
    terms = {e.id: e.term for e in entries.values()}
    found = {terms[r.target_id] for r in entry.relations if r.type == "mentions" and r.target_id}
    assert found == {name for name in mentions.split(", ") if name}


def test_a_label_of_another_language_is_no_mention() -> None:
    """A German label does not turn the same letters in an English text into a mention."""
    text = "term_en,term_de,definition_en\ninstalment,Rate,A part of a payment that is due\n"
    text += "interest,Zins,The rate at which a loan costs money each year\n"
    page = read_bytes(text.encode(), source="x", name="x.csv")
    entries = {e.term: e for e in link(analyse([page], None)).entries}
    assert [d.language for d in entries["instalment"].designations] == ["en", "de"]
    assert not entries["interest"].relations


# Headword line, language of the glossary, names in other languages.
HEADS = [
    ("Sourdough (de: Sauerteig, fr: levain)", "en", {"Sauerteig": "de", "levain": "fr"}),
    ("Yeast (Ger. Hefe; Fr. levure)", "en", {"Hefe": "de", "levure": "fr"}),
    ("Crumb [FR: mie, ES: miga]", "en", {"mie": "fr", "miga": "es"}),
    ("Krume (engl. crumb, franz. mie)", "de", {"crumb": "en", "mie": "fr"}),
    ("Levain (anglais : sourdough starter)", "fr", {"sourdough starter": "en"}),
    ("帆 (英: sail)", "zh", {"sail": "en"}),
    ("Sheet (all sails)", "en", {}),
    ("Watch (port side)", "en", {}),
    ("Bagel (from Yiddish beygl)", "en", {}),
    ("Lien (in law)", "en", {}),
    ("Chef (de cuisine)", "en", {}),
    ("Teig (dt. Wort)", "de", {}),
]


@pytest.mark.parametrize(("head", "language", "names"), HEADS)
def test_names_in_brackets(head: str, language: str, names: dict[str, str]) -> None:
    """Names behind the name of a language are names in it; other brackets name no language."""
    read = read_head(head, lexicon.load(), language=language)
    assert {a.text: a.language for a in read.aliases if a.language} == names


def test_one_concept_with_labels_in_each_language() -> None:
    """Brackets, columns and SKOS give one concept; any label finds it, one is preferred in each."""
    text = "Glossary of baking\n\nSourdough (de: Sauerteig, fr: levain): dough raised by yeast.\n"
    text += "Yeast (de: Hefe, fr: levure): fungus that raises the dough of a loaf.\n"
    text += "Crumb (fr: mie): the soft inside of a loaf that is baked.\n"
    table = "term_en,term_de,definition_en\nyeast,Hefe,A fungus that is used in baking\n"
    table += "crust,Kruste,The hard outside of a loaf\n"
    rdf = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n<http://x.example/l> a "
    rdf += 'skos:Concept ; skos:prefLabel "sourdough"@en, "masa madre"@es ;'
    rdf += ' skos:altLabel "leaven"@en .'
    pages = [
        read_bytes(text.encode(), source="a", name="a.txt"),
        read_bytes(table.encode(), source="b", name="b.csv"),
        read_bytes(rdf.encode(), source="c", name="c.ttl"),
    ]
    index = Index(build_graph(link(analyse(pages, None))))
    for label in ("Sourdough", "Sauerteig", "levain", "masa madre", "leaven"):
        assert index.resolve(label) == "sourdough", label
    assert {index.resolve(label) for label in ("Hefe", "levure", "yeast")} == {"yeast"}
    preferred = [
        (d.language, d.text) for d in index.concept("sourdough").designations
        if d.status == "preferred"
    ]  # fmt: skip
    assert sorted(preferred) == [
        ("de", "Sauerteig"), ("en", "Sourdough"), ("es", "masa madre"), ("fr", "levain"),
    ]  # fmt: skip
    assert index.label("sourdough", "de") == "Sauerteig"
    assert search(index, "Sauerteig", lang="de").hits[0].concept == "sourdough"
    assert not search(index, "Sauerteig", lang="fr").hits


STATED = [
    ("de", "Das größte Segel. Abk.: GS.", ["GS"]),
    ("de", "Das größte Segel (früher: Schönfahrsegel).", ["Schönfahrsegel"]),
    ("de", "Das größte Segel. In Österreich heißt es Hauptsegel.", ["Hauptsegel"]),
    ("de", "Das größte Segel, umgangssprachlich Groß genannt.", ["Groß"]),
    ("de", "Das Segel, das Fock genannt wird, steht davor.", []),
    ("de", "Früher war das Segel aus Leinen.", []),
    ("fr", "Autre nom : maestre. La plus grande voile.", ["maestre"]),
    ("fr", "La plus grande voile. Au Québec, on dit voile majeure.", ["voile majeure"]),
    ("fr", "La voile qui est appelée foc est devant.", []),
    ("es", "La vela más grande (antiguamente: maestra).", ["maestra"]),
    ("es", "La vela más grande. En México se llama maestra.", ["maestra"]),
    ("es", "Antes era de lino.", []),
    ("pt", "A maior vela. Sigla: VG. No Brasil chama-se vela mestra.", ["VG", "vela mestra"]),
    ("pt", "No Brasil chama-se gente para puxar a vela grande do navio velho.", []),
    ("ru", "Другое название: гросс. Самый большой парус. Сокр.: ГП.", ["гросс", "ГП"]),
    ("ru", "Ранее парус шили из льна.", []),
    ("zh", "最大的帆（旧称：大篷）。缩写：ZF。", ["大篷", "ZF"]),
    ("zh", "最大的帆。在台湾称为大帆。", ["大帆"]),
    ("ja", "最大の帆（旧称：大帆）。略称：MS。", ["大帆", "MS"]),
    ("ja", "旧い帆は麻で作られた。", []),
]


@pytest.mark.parametrize(("language", "text", "names"), STATED)
def test_names_that_a_definition_states(language: str, text: str, names: list[str]) -> None:
    """Labels within the text and what a thing is called elsewhere give names, with exact places."""
    found = list(other_names.in_text(text, [Span(start=0, end=len(text))], ["Xyz"], language))
    assert sorted(alias.text for alias in found) == sorted(names)
    assert all(alias.span.of(text) == alias.text for alias in found)


def test_a_semicolon_within_a_definition_is_no_code() -> None:
    """A short glossary whose definitions join clauses with semicolons is read."""
    text = """Abseihen – Das Trennen von Flüssigkeit und festen Stoffen mit einem Sieb.
Bain-Marie – Ein Wasserbad zum sanften Erwärmen von Saucen.
Fond – Die Flüssigkeit, die beim Kochen von Knochen entsteht; Grundlage vieler Saucen.
Julienne – Feine Streifen von Gemüse.
Sieb – Ein Gerät mit Löchern zum Abseihen."""
    page = read_bytes(text.encode(), source="x", name="x.txt")
    terms = [entry.term for entry in analyse([page], None).entries]
    assert terms == ["Abseihen", "Bain-Marie", "Fond", "Julienne", "Sieb"]
