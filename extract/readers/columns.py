"""What a column, key or field of a glossary is: by its name, else by its values.

One table for CSV, spreadsheets, Markdown and HTML tables, JSON, YAML and front matter: people give
the same names to the columns of a sheet and to the keys of a record.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.model import Role

# Names of fields as people write them, folded (lower case, accents off, ``_`` and ``-`` as
# blanks); from the column heads and keys of terminology exports (MultiTerm, SDL, Wikibase, SKOS
# Play, OpenMetadata, Purview, Collibra, DataHub, Confluence) and of glossary sheets in nine
# languages. In each line the better name for the role stands first.
_NAMES: Mapping[Role, str] = {
    Role.TERM: (
        "term|terms|headword|glossary term|business term|term name|preferred term|preferred label"
        "|pref label|preflabel|lemma|entry|word|phrase|name|title|label|concept|concept name"
        "|keyword|expression|jargon|begriff|benennung|terminus|stichwort|wort|fachbegriff|terme|mot"
        "|vedette|libelle|termino|palabra|concepto|voz|palavra|conceito|verbete|parola|voce"
        "|termine|trefwoord|woord|термин|понятие|слово|术语|術語|词条|名称|中文|用語|単語|용어|المصطلح"
    ),
    Role.DEFINITION: (
        "definition|definitions|def|description|desc|meaning|meanings|explanation|explication"
        "|what it means|what is it|what it is|plain english|short definition|long definition"
        "|full definition|scope|summary|abstract|detail|details|content|text|body|gloss|comment"
        "|short description|long description|definicion|descripcion|significado|explicacion"
        "|definicao|descricao|beschreibung|bedeutung|erklarung|erlauterung|definizione"
        "|descrizione|significato|definitie|betekenis|omschrijving|определение|описание|значение"
        "|толкование|定义|定義|释义|解释|说明|説明|意味|정의|설명|뜻|التعريف|تعريف"
    ),
    Role.ACRONYM: (
        "acronym|acronyms|abbreviation|abbreviations|abbr|abbrev|abbreviated|initialism|short form"
        "|short name|shortname|short|abkurzung|kurzel|kurzform|akronym|acronyme|sigle|abreviation"
        "|acronimo|sigla|siglas|abreviatura|abbreviazione|afkorting|сокращение|аббревиатура|缩写"
        "|縮写|略語|略称|약어"
    ),
    Role.ALIAS: (
        "alias|aliases|aka|a k a|also known as|also called|alternative|alternatives|alternate"
        "|alternative label|alternative term|alternate name|alternate names|alternative names"
        "|alt label|altlabel|alt|synonym|synonyms|other names|other name|other terms|variant"
        "|variants|spelling|hidden label|hiddenlabel|plural|forms|nicknames|synonym s|synonymous"
        "|synonyme|synonymes|synonyma|alternativbegriffe|auch|auch genannt|sinonimo|sinonimos"
        "|sinonimi|synoniemen|синоним|синонимы|同义词|別名|同義語|동의어"
    ),
    Role.EXAMPLE: (
        "example|examples|e g|eg|usage|usage example|example sentence|sample|used in a sentence"
        "|in a sentence|use case|context|beispiel|beispiele|exemple|exemples|ejemplo|ejemplos"
        "|exemplo|exemplos|esempio|esempi|voorbeeld|пример|примеры|例|例句|例子|用例|예|예문"
    ),
    Role.NOTE: (
        "note|notes|remark|remarks|comments|usage note|usage notes|scope note|editorial note|hint"
        "|tip|anmerkung|anmerkungen|hinweis|bemerkung|remarque|remarques|nota|notas|observaciones"
        "|observacoes|note d usage|opmerking|примечание|примечания|备注|注|備考|비고"
    ),
    Role.FORMULA: (
        "formula|formulas|calculation|equation|how to calculate|computed as|calculated as"
        "|expression of|formel|berechnung|formule|calcul|formulas de calculo|calculo|формула|公式"
        "|計算式"
    ),
    Role.PART_OF_SPEECH: (
        "part of speech|pos|word class|grammatical category|grammar|wortart|nature|classe"
        "|categoria gramatical|categorie grammaticale|woordsoort|часть речи|词性|品詞|품사"
    ),
    Role.REFERENCE: (
        "see also|see|seealso|cross reference|cross references|cross ref|xref|refer to|links"
        "|link|reference|references|more|read more|further reading|siehe|siehe auch|voir|voir aussi"
        "|vease|ver|ver tambien|vea tambien|veja tambem|vedi|vedi anche|zie ook|см|см также|参见"
        "|另见|関連項目|参照|참조"
    ),
    Role.RELATED: (
        "related|related terms|related term|related concepts|related concept|related to|rt"
        "|associated terms|associated with|verwandte begriffe|verwandt|termes associes"
        "|termes lies|terminos relacionados|relacionado|relacionados|termos relacionados"
        "|termini correlati|verwante termen|связанные термины|相关术语|相关|関連語|관련 용어"
    ),
    Role.BROADER: (
        "broader|broader term|broader terms|bt|btg|parent|parents|parent term|parent term name"
        "|hypernym|is a|kind of|type of|oberbegriff|ubergeordnet|terme generique|generique"
        "|termino generico|termo generico|gattung|родовой термин|上位词|上位概念|上位語|상위어"
    ),
    Role.NARROWER: (
        "narrower|narrower term|narrower terms|nt|ntg|children|child terms|hyponym|hyponyms"
        "|subterms|unterbegriff|unterbegriffe|terme specifique|termes specifiques"
        "|termino especifico|下位词|下位概念|下位語"
    ),
    Role.SUBJECT_FIELD: (
        "category|categories|subject|subject field|subject area|domain|field|area|topic|topics"
        "|theme|group|section|discipline|branch|kategorie|fachgebiet|sachgebiet|bereich|thema"
        "|categorie|domaine|theme fr|categoria|tema|ambito|dominio|assunto|categoria tematica"
        "|vakgebied|категория|область|тема|类别|分类|领域|分類|分野|カテゴリ|분류|분야"
    ),
    Role.TAG: (
        "tag|tags|keywords|labels|hashtags|schlagworte|schlagworter|mots cles|etiquetas|标签|タグ"
    ),
    Role.NOTATION: (
        "id|identifier|notation|code|number|no|nr|nummer|key|slug|uid|uuid|guid|term id|concept id"
        "|ref|index|numero|序号|编号|番号|번호|номер"
    ),
    Role.IRI: "iri|uri|url|href|permalink|web page|website|address|@id|source url|same as|sameas",
}
_ROLES: Mapping[str, tuple[Role, int]] = {
    name: (role, rank)
    for role, names in reversed(list(_NAMES.items()))
    for rank, name in reversed(list(enumerate(names.split("|"))))
}
# The long form beside an acronym: the term where no other column is it, else another name.
_LONG_FORMS = (
    "expansion|expanded|expanded form|full form|full name|full term|long form|long name|stands for"
    "|spelled out|spelt out|full text|full|ausgeschrieben|langform|forme longue|forma completa"
    "|nombre completo|nome completo|расшифровка|全称|正式名称"
)
_EXPANSIONS = frozenset(_LONG_FORMS.split("|"))
# Names of languages, as heads of the columns of a bilingual glossary.
_LANGUAGES: Mapping[str, str] = {
    name: tag
    for tag, names in {
        "en": "english|englisch|anglais|ingles|inglese|engels|английский|英文|英语|英語|영어",
        "de": "german|deutsch|allemand|aleman|tedesco|duits|немецкий|德文|德语|ドイツ語|독일어",
        "fr": "french|franzosisch|francais|frances|francese|frans|французский|法文|法语|フランス語",
        "es": "spanish|spanisch|espagnol|espanol|spagnolo|spaans|испанский|西班牙语|スペイン語",
        "pt": "portuguese|portugiesisch|portugais|portugues|portoghese|portugees|葡萄牙语",
        "it": "italian|italienisch|italien|italiano|italiaans|итальянский|意大利语",
        "nl": "dutch|niederlandisch|neerlandais|neerlandes|olandese|nederlands",
        "ru": "russian|russisch|russe|ruso|russo|русский|俄语|ロシア語",
        "zh": "chinese|chinesisch|chinois|chino|cinese|китайский|中文|汉语|中国語",
        "ja": "japanese|japanisch|japonais|japones|giapponese|японский|日语|日本語",
        "ko": "korean|koreanisch|coreen|coreano|корейский|韩语|韓国語|한국어",
        "ar": "arabic|arabisch|arabe|arabo|арабский|阿拉伯语|العربية",
        "pl": "polish|polnisch|polonais|polaco|polacco|polski",
        "sv": "swedish|schwedisch|suedois|sueco|svenska",
        "tr": "turkish|turkisch|turc|turco|turkce",
    }.items()
    for name in (tag, *names.split("|"))
}
_LIST_ROLES = frozenset(
    {Role.ALIAS, Role.ACRONYM, Role.REFERENCE, Role.RELATED, Role.BROADER, Role.NARROWER, Role.TAG}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one column is."""

    role: Role
    label: str
    """Its head as the source writes it, or ``""``."""
    language: str = ""
    """Lower-case tag where the head names a language."""


def folded(name: str) -> str:
    """Return the name of a field for comparison: no case, accents, ``_``, ``-``, punctuation."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    name = unicodedata.normalize("NFKD", name.casefold())
    name = "".join(c for c in name if not "\u0300" <= c <= "\u036f")
    name = unicodedata.normalize("NFC", name)
    return " ".join(re.sub(r"[^\w@]+|_", " ", name).split())


def role_of(name: str) -> Role | None:
    """Return the role that a field's name stands for, without its language, or ``None``."""
    known = _known(name)
    return known[0] if known else None


def language_of(name: str) -> str:
    """Return the language that a field's name gives ("term_de", "Definition (fr)"), or ``""``."""
    return _split(name)[1]


def _split(name: str) -> tuple[str, str]:
    """Return a field's folded name without its language, and the language's tag or ``""``."""
    tagged = re.fullmatch(
        r"(.*\w)[@:\[(/_. -]+([a-z]{2})(?:[-_][A-Za-z]{2,4})?[\])]?", name.strip()
    )
    if tagged and tagged[2] in _LANGUAGES and _ROLES.get(folded(tagged[1])):
        return folded(tagged[1]), tagged[2]
    whole = folded(name)
    if whole in _ROLES or whole in _EXPANSIONS:
        return whole, ""
    words = whole.split()
    for at in (-1, 0):
        if len(words) > 1 and words[at] in _LANGUAGES:
            rest = " ".join(words[:-1] if at else words[1:])
            if rest in _ROLES:
                return rest, _LANGUAGES[words[at]]
    return whole, _LANGUAGES.get(whole, "")


def _known(name: str) -> tuple[Role, int] | None:
    if name.strip() in {"#", "№", "Nº"}:
        return Role.NOTATION, 0
    bare, _ = _split(name)
    if bare in _ROLES:
        return _ROLES[bare]
    # "Term / Acronym", "Description of the term", "Term or phrase": the first known word decides.
    words = bare.split()
    if 1 < len(words) <= 5:
        for part in re.split(r"[/|,(]|\b(?:or|and|of|oder|und|ou|o|y|e)\b", name):
            if part and folded(part) in _ROLES:
                return _ROLES[folded(part)]
        if words[-1] in _ROLES and _ROLES[words[-1]][0] in _NOUN_HEADS:
            return _ROLES[words[-1]]
    return None


# Heads that keep their meaning behind any modifier: "Plain-language definition", "Medical term".
_NOUN_HEADS = frozenset(
    {Role.TERM, Role.DEFINITION, Role.EXAMPLE, Role.NOTE, Role.ACRONYM, Role.ALIAS, Role.FORMULA}
)


def is_header(row: Sequence[str]) -> bool:
    """Return whether ``row`` holds the heads of columns: short cells, names of fields among them.

    One cell that is the name of a term or definition column is enough beside others that are no
    longer than four words; else two known names. A row of language names is a header, too.
    """
    cells = [cell.strip() for cell in row if cell.strip()]
    if not cells or any(len(cell.split()) > 6 or len(cell) > 60 for cell in cells):
        return False
    known = [role for cell in cells if (role := role_of(cell) or _language_term(cell))]
    if sum(role in {Role.TERM, Role.DEFINITION, Role.ACRONYM} for role in known) >= 1:
        return len(known) * 2 >= len(cells) or len(known) >= 2
    return len(known) >= 2 and len(known) * 2 >= len(cells)


def _language_term(cell: str) -> Role | None:
    """Return TERM for the name of a language, which heads the terms in that language."""
    return Role.TERM if folded(cell) in _LANGUAGES else None


def assign(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, guess: bool = True
) -> list[Column]:
    """Return what each column is, from its head and, where heads leave it open, its values.

    ``header`` is empty where the table has none. Exactly one column a language is the term. The
    result is as long as the longest of ``header`` and the ``rows`` looked at (the first 200).
    Without ``guess`` only heads decide.
    """
    sample = rows[:200]
    width = max([len(header), *(len(row) for row in sample)], default=0)
    names = [*header, *[""] * (width - len(header))]
    known = [_known(name) for name in names]
    languages = [language_of(name) for name in names]
    roles: list[Role | None] = [k[0] if k else None for k in known]
    bare = [_split(name)[0] for name in names]
    for i, name in enumerate(bare):
        if languages[i] and name in _LANGUAGES and roles[i] in (None, Role.TERM):
            roles[i] = Role.TERM
    _settle_terms(roles, known, bare, languages)
    if guess:
        lengths = [_mean([row[i] for row in sample if i < len(row)]) for i in range(width)]
        _settle_by_values(roles, lengths, sample)
    return [
        Column(role=roles[i] or Role.OTHER, label=names[i].strip(), language=languages[i])
        for i in range(width)
    ]


def _settle_terms(
    roles: list[Role | None],
    known: Sequence[tuple[Role, int] | None],
    bare: Sequence[str],
    languages: Sequence[str],
) -> None:
    """Leave one term column a language; long forms and acronyms step in where there is none."""
    expansions = [i for i, name in enumerate(bare) if name in _EXPANSIONS]
    terms = [i for i, role in enumerate(roles) if role is Role.TERM]
    acronyms = [i for i, role in enumerate(roles) if role is Role.ACRONYM]
    for i in expansions:
        roles[i] = Role.ALIAS
    if not terms and expansions:
        # Two columns, "ABC | stands for": the acronym is what is looked up there.
        other = any(role is Role.DEFINITION for role in roles)
        roles[expansions[0]] = Role.TERM if other else Role.DEFINITION
        if not other and acronyms:
            roles[acronyms[0]] = Role.TERM
        return
    if not terms and acronyms:
        roles[acronyms[0]] = Role.TERM
        return
    best: dict[str, int] = {}
    for i in terms:
        kept = best.get(languages[i])
        if kept is None or _rank(known[i]) < _rank(known[kept]):
            best[languages[i]] = i
    for i in terms:
        if best[languages[i]] != i:
            roles[i] = Role.OTHER


def _rank(known: tuple[Role, int] | None) -> int:
    return known[1] if known else 999


def _mean(cells: Sequence[str]) -> float:
    filled = [len(cell.strip()) for cell in cells if cell.strip()]
    return sum(filled) / len(filled) if filled else 0.0


def _settle_by_values(
    roles: list[Role | None], lengths: Sequence[float], rows: Sequence[Sequence[str]]
) -> None:
    """Make the term a column of short values that hardly repeat, the definition the longest."""
    if Role.TERM not in roles:
        for i, length in enumerate(lengths):
            values = [row[i].strip() for row in rows if i < len(row) and row[i].strip()]
            wordy = sum(any(c.isalpha() for c in value) for value in values)
            if (
                roles[i] in (None, Role.NOTATION, Role.TAG)
                and 0 < length <= 60
                and wordy * 2 > len(values)
                and len(set(values)) * 10 >= len(values) * 8
                and len(values) * 2 >= len(rows)
            ):
                roles[i] = Role.TERM
                break
    if Role.DEFINITION not in roles and Role.TERM in roles:
        open_ = [i for i, role in enumerate(roles) if role is None and lengths[i] > 0]
        longest = max(open_, key=lambda i: lengths[i], default=None)
        term = roles.index(Role.TERM)
        if longest is not None and lengths[longest] > min(lengths[term], 25):
            roles[longest] = Role.DEFINITION


def values(role: Role, text: str) -> list[str]:
    """Return the single values of a field: lists of names are cut at ``;``, ``|``, line ends or
    commas.

    Commas cut only where each piece is at most five words and nothing else cuts.
    """
    if role not in _LIST_ROLES:
        return [text]
    pieces = re.split(r"\s*(?:[;|\n•]|，|、|；)\s*", text.strip())
    if len(pieces) == 1:
        commas = re.split(r",\s+(?:and\s+|or\s+)?|,(?=\w)", text)
        short = all(0 < len(piece.split()) <= 5 for piece in commas)
        # "Smith, John" and "1,000" are one value each.
        numeric = any(piece.strip()[:1].isdigit() for piece in commas[1:])
        pieces = commas if short and not numeric else pieces
    return [piece.strip() for piece in pieces if piece.strip()]
