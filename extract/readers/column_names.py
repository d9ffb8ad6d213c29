"""Names of columns, keys and fields as people write them, in a dozen languages."""

from __future__ import annotations

from collections.abc import Mapping

from extract.model import Role

# Names of fields as people write them, folded (lower case, accents off, ``_`` and ``-`` as
# blanks); from the column heads and keys of terminology exports (MultiTerm, SDL, Wikibase, SKOS
# Play, OpenMetadata, Purview, Collibra, DataHub, Confluence) and of glossary sheets in nine
# languages. In each line the better name for the role stands first.
NAMES: Mapping[Role, str] = {
    Role.TERM: (
        "term|terms|headword|glossary term|business term|term name|preferred term|preferred label"
        "|pref label|preflabel|lemma|entry|word|phrase|name|title|label|concept|concept name"
        "|keyword|expression|jargon|display name|display"
        "|begriff|benennung|terminus|stichwort|wort|fachbegriff|terme|mot"
        "|vedette|libelle|termino|palabra|concepto|voz|palavra|conceito|verbete|parola|voce"
        "|termine|trefwoord|woord|термин|понятие|слово|术语|術語|词条|名称|中文|用語|単語|용어|المصطلح|مصطلح|اصطلاح|واژه"
    ),
    Role.DEFINITION: (
        "definition|definitions|def|description|desc|meaning|meanings|explanation|explication"
        "|what it means|what is it|what it is|plain english|short definition|long definition"
        "|full definition|scope|summary|abstract|detail|details|content|text|body|gloss|comment"
        "|short description|long description|definicion|descripcion|significado|explicacion"
        "|definicao|descricao|beschreibung|bedeutung|erklarung|erlauterung|definizione"
        "|descrizione|significato|definitie|betekenis|omschrijving|определение|описание|значение"
        "|толкование|定义|定義|释义|解释|说明|説明|意味|정의|설명|뜻|التعريف|تعريف|تعریف|توضیح|معنی"
    ),
    Role.ACRONYM: (
        "acronym|acronyms|abbreviation|abbreviations|abbr|abbrev|abbreviated|initialism|short form"
        "|short name|shortname|short|abkurzung|kurzel|kurzform|akronym|acronyme|sigle|abreviation"
        "|acronimo|sigla|siglas|abreviatura|abbreviazione|afkorting|сокращение|аббревиатура|缩写"
        "|縮写|略語|略称|약어"
    ),
    Role.ALIAS: (
        "alias|aliases|aka|a k a|abbr syn|also known as|also called"
        "|alternative|alternatives|alternate"
        "|alternative label|alternative term|alternate name|alternate names|alternative names"
        "|alt label|altlabel|alt|synonym|synonyms|other names|other name|other terms|variant"
        "|variants|spelling|hidden label|hiddenlabel|plural|forms|nicknames|synonym s|synonymous"
        "|synonyme|synonymes|synonyma|alternativbegriffe|auch|auch genannt|sinonimo|sinonimos"
        "|sinonimi|synoniemen|синоним|синонимы|同义词|別名|同義語|동의어"
        "|translation|translations|translated term|equivalent|equivalents|ubersetzung|traduction"
        "|traduccion|traducao|traduzione|vertaling|перевод|译文|译名|翻译|訳語|訳|번역|번역문|번역어"
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
        "|link|reference|references|more|read more|further reading|related links|related pages"
        "|related resources|learn more|resources|siehe|siehe auch|voir|voir aussi"
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
    Role.WHOLE: (
        "part of|whole|holonym|belongs to|component of|teil von|partie de|parte de|часть|部分属于"
    ),
    Role.PART: (
        "parts|has part|has parts|meronym|meronyms|components|bestandteile|teile|parties|partes"
    ),
    Role.NARROWER: (
        "narrower|narrower term|narrower terms|nt|ntg|children|child terms|hyponym|hyponyms"
        "|subterms|unterbegriff|unterbegriffe|terme specifique|termes specifiques"
        "|termino especifico|下位词|下位概念|下位語"
    ),
    Role.SUBJECT_FIELD: (
        "category|categories|subject|subject field|subject area|domain|field|area|topic|topics"
        "|theme|group|section|subjects|domains|discipline|branch|kategorie|fachgebiet|sachgebiet|bereich|thema"
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
# The long form beside an acronym: the term where no other column is it, else another name.
LONG_FORMS = (
    "expansion|expanded|expanded form|full form|full name|full term|long form|longform|long name"
    "|stands for|spelled out|spelt out|full text|full|ausgeschrieben|langform|forme longue"
    "|forma completa|nombre completo|nome completo|расшифровка|全称|正式名称"
)
# Names of languages, as heads of the columns of a bilingual glossary.
LANGUAGES: Mapping[str, str] = {
    name: tag
    for tag, names in {
        "en": "eng|english|englisch|anglais|ingles|inglese|engels|английский|英文|英语|英語|영어",
        "de": "deu|ger|german|deutsch|allemand|aleman"
        "|tedesco|duits|немецкий|德文|德语|ドイツ語|독일어",
        "fr": "fra|fre|french|franzosisch|francais|frances"
        "|francese|frans|французский|法文|法语|フランス語",
        "es": "spa|spanish|spanisch|espagnol|espanol|spagnolo|spaans|испанский|西班牙语|スペイン語",
        "pt": "por|portuguese|portugiesisch|portugais|portugues|portoghese|portugees|葡萄牙语",
        "it": "ita|italian|italienisch|italien|italiano|italiaans|итальянский|意大利语",
        "nl": "nld|dut|dutch|niederlandisch|neerlandais|neerlandes|olandese|nederlands",
        "ru": "rus|russian|russisch|russe|ruso|russo|русский|俄语|ロシア語",
        "zh": "zho|chi|chinese|chinesisch|chinois|chino|cinese|китайский|中文|汉语|中国語",
        "ja": "jpn|japanese|japanisch|japonais|japones|giapponese|японский|日语|日本語",
        "ko": "kor|korean|koreanisch|coreen|coreano|корейский|韩语|韓国語|한국어",
        "ar": "ara|arabic|arabisch|arabe|arabo|арабский|阿拉伯语|العربية",
        "pl": "pol|polish|polnisch|polonais|polaco|polacco|polski",
        "sv": "swe|swedish|schwedisch|suedois|sueco|svenska",
        "tr": "tur|turkish|turkisch|turc|turco|turkce",
    }.items()
    for name in (tag, *names.split("|"))
}
# Names that head lists of anything: people, products, settings.
WEAK = frozenset({"name", "title", "label", "key", "entry", "nombre", "nome", "名称"})
_FOREIGN = (
    "email|e mail|mail|phone|phone number|telephone|tel|mobile|fax|birthday|birth date"
    "|date of birth|date|start date|end date|order date|due date|deadline|street|city|zip|zip code"
    "|postal code|postcode|salary|price|unit price|cost|quantity|qty|stock|sku|amount|total|balance"
    "|assignee|priority|latitude|longitude|lat|lon|lng|password|username|user name|login|user"
    "|mimetype|filesize|file size|size|ip|mac|port|employee|company|first name|last name|surname"
    "|preis|menge|telefon|strasse|ort|plz|geburtstag|gehalt|vorname|nachname|prix|quantite|portable"
    "|nom de famille|prenom|apellido|precio|cantidad|correo|telefono|telefone|preco"
)
# Heads of lists of people, goods, dates and files, folded: beside a weak name they say that the
# list is no glossary.
FOREIGN = frozenset(_FOREIGN.split("|"))
