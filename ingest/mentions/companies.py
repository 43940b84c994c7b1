"""Companies, associations and public bodies of private law, known by their legal form (GmbH, AG, e.V., KG, mbH ...)."""

from __future__ import annotations

import re

from ingest.mentions.found import CERTAIN, LIKELY, Found, spaced

LEGAL_FORM = (
    r"(?:(?:g?GmbH|[Gg]mb[HI]{1,2}|GmbI-I|mbH|UG(?:[ ]?\(haftungsbeschränkt\))?|AG|SE)"
    r"(?:[ ]?&[ ]?Co\.?[ ]?(?:KGaA|KG|OHG))?"
    r"|KGaA|KG|OHG|oHG|GbR|PartG(?:[ ]?mbB|mbB)?|e\.[ ]?V\.|e\.[ ]?K(?:fm|fr)?\.|eG|eGbR|VVaG|AöR)"
)
"""HGB, GmbHG, AktG, BGB §§ 21 and 705, PartGG; the forms in which a name must be carried."""
_UPPER = r"[^\W\d_a-zäöüß]"
_SIGNS = r"[\w’'&+./-]{0,50}"
_TOKEN = rf"(?:{_UPPER}{_SIGNS}|\d{{1,4}}(?=[ ][^\W\d_])|&|\+|und|für)"
_OF_A_CLUB = rf"(?:{_TOKEN}|der|des|die|von|zur|zum|im|in|am|an|gegen)"
_COMPANY = re.compile(
    rf"(?<![\w-])(?P<name>(?:{_UPPER}|\d{{1,3}}(?=[A-Z])){_SIGNS}(?:[ ]{_OF_A_CLUB}){{0,9}}?"
    rf"[ ](?P<form>{LEGAL_FORM}))(?![\w-]|[ ]\d{{3}}\b)"
)
_LEADING = re.compile(
    r"^(?:(?:Die|Der|Das|Den|Dem|Des|Firma|Fa\.|Herren|An|Bei|Mit|Von|Für|Als|Und|Wir|Unsere?|Ihre?|Im|In|Am|Zur|Zum|Gegen"
    r"|Auftraggeber|Absender|Antragstellerin|Auftragnehmer|Lieferant|Verkäufer|Käufer|Antrag|Vertreten|Eingereicht"
    r"|Verwaltung|Kundin|Kunde|Rechnung|Schreiben|Angebot|Gläubigerin|Schuldnerin|Kontoinhaber(?:in)?|Empfänger(?:in)?)"
    r"[ ]:?[ ]?){1,4}"
)
_CLUB = re.compile(
    r"(?i)\w*(?:verein|verband|bund|initiative|gesellschaft|gemeinschaft|genossenschaft|freunde|freundeskreis|kreis|klub|club"
    r"|stiftung|hilfe|kammer|innung|forum|werk)\b"
)
"""First words of names in which articles may stand: "Förderverein der Grundschule"."""
_ARTICLES = re.compile(r"^.*[ ](?:der|des|die|von|zur|zum|im|in|am|an|gegen)[ ]")
_FORMS = {
    "e.V.": re.compile(r"e\.\s?V\."),
    "e.K.": re.compile(r"e\.\s?K\."),
    "GmbH": re.compile(r"(?i)gmb(?:hh?|i-i|ih|i)"),
}
"""Forms in their usual spelling and as they are written and misread."""


def find_companies(text: str) -> tuple[Found, ...]:
    """Return the companies in *text* with their legal form in its usual spelling, in the order they stand."""
    found = []
    for match in _COMPANY.finditer(text):
        written = match["name"]
        bare = written[: len(written) - len(match["form"])]
        bare = _LEADING.sub("", bare)
        if not _CLUB.match(bare) and (article := _ARTICLES.match(bare)):
            bare = _LEADING.sub("", bare[article.end() :])
        bare = bare.lstrip(" &+,")
        if not re.search(rf"{_UPPER}\w", bare):
            continue
        if match["form"] in ("AG", "SE", "KG") and len(bare.strip()) < 3:
            continue
        start = match.start() + written.index(bare)
        form = _usual(match["form"])
        sure = CERTAIN if "." in form or "H" in form else LIKELY
        found.append(Found(spaced(f"{bare.strip()} {form}"), start, match.end(), sure))
    return tuple(found)


def _usual(form: str) -> str:
    for usual, spelled in _FORMS.items():
        if spelled.fullmatch(form):
            return usual
    return spaced(form)
