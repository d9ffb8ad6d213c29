"""Labels of fields in each language: what a line begins with tells what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extract.model import Entry
from extract.pipeline import analyse
from extract.readers import text as plain
from extract.readers.base import Origin

# Two terms that are opposites, with their definitions;
# two labels of an opposite; of an example; of another name; of a see-also; of a remark.
CASES = {
    "de": ("Luv", "Die Seite, von der der Wind kommt.", "Lee", "Die Seite, zu der er weht.",
           "Gegenteil Antonym Gegensatz", "Beispiel", "Synonym", "Siehe auch", "Anmerkung"),
    "fr": ("Amont", "Le côté d'où vient l'eau.", "Aval", "Le côté vers lequel elle coule.",
           "Contraire Antonyme Opposé", "Exemple", "Synonyme", "Voir aussi", "Remarque"),
    "es": ("Barlovento", "El lado de donde viene el viento.", "Sotavento", "El otro lado.",
           "Contrario Antónimo Opuesto", "Ejemplo", "Sinónimo", "Véase también", "Nota"),
    "pt": ("Barlavento", "O lado de onde vem o vento.", "Sotavento", "O outro lado do barco.",
           "Contrário Antônimo Oposto", "Exemplo", "Sinônimo", "Ver também", "Nota"),
    "ru": ("Прилив", "Подъём воды в море.", "Отлив", "Падение воды в море.",
           "Противоположность Антоним Антонимы", "Пример", "Синоним", "См. также", "Примечание"),
    "zh": ("上风", "风吹来的一边。", "下风", "风吹去的一边。",
           "反义词 反义 反義", "例子", "近义词", "参见", "注"),
    "ja": ("風上", "風が吹いてくる側。", "風下", "風が吹いていく側。",
           "対義語 反意語 反対語", "例文", "類義語", "参照", "注"),
}  # fmt: skip
KEEL = ("Kiel|A beam below the hull.", "Mast|A spar that carries sails.", "Deck|The floor of it.")
ELSE = {
    "zh": ("龙骨|船体下面的梁。", "桅杆|挂帆的柱子。", "甲板|船体的顶。"),
    "ja": ("竜骨|船体の下の梁。", "帆柱|帆を張る柱。", "甲板|船体の屋根。"),
}


def _entries(language: str, written: str) -> dict[str, Entry]:
    document = replace(plain.read(written.encode(), Origin(source="g")), language=language)
    return {entry.term: entry for entry in analyse([document], None).entries}


@pytest.mark.parametrize("language", CASES)
def test_labels(language: str) -> None:
    """Opposites, examples, names, see-alsos and remarks are read, and stay out of definitions."""
    one, first, other, second, opposites, example, name, see, note = CASES[language]
    colon = "：" if language in ELSE else ": "
    for opposite in opposites.split():
        more = ELSE.get(language, KEEL)
        written = "\n\n".join(
            [
                f"{one}\n{first}\n{opposite}{colon}{other}\n{example}{colon}{first}\n"
                f"{name}{colon}Abc\n{see}{colon}{other}\n{note}{colon}{second}",
                f"{other}\n{second}",
                *(each.replace("|", "\n") for each in more),
            ]
        )
        read = _entries(language, written)[one]
        assert [d.text for d in read.definitions] == [first]
        assert [(r.type, r.target) for r in read.relations if r.type != "mentions"] == [
            ("contrastsWith", other)
        ]
        assert [e.text for e in read.examples] == [first]
        assert "Abc" in [d.text for d in read.designations]
        assert [r.text for r in read.references] == [other]
        assert [n.text for n in read.notes] == [second]
