"""Glossaries in other languages than English, read by text rules alone."""

from __future__ import annotations

import pytest

from extract.model import Entry
from extract.pipeline import analyse
from extract.readers import read_bytes
from kg.link import link

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
