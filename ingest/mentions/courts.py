"""Courts and their case numbers: "Verwaltungsgericht Hannover, 4 A 123/25".

A case number is the chamber, the register sign, the running number and the year (Aktenordnung of the Länder). The court
that keeps the register of companies ("Amtsgericht Musterstadt, HRB 1234") stands on every letter of a company and is no
court of a lawsuit.
"""

from __future__ import annotations

import re

from ingest.mentions.found import CERTAIN, LIKELY, POSSIBLE, Found, spaced

_SHORT = {
    "VG": "Verwaltungsgericht", "OVG": "Oberverwaltungsgericht", "VGH": "Verwaltungsgerichtshof", "AG": "Amtsgericht",
    "LG": "Landgericht", "OLG": "Oberlandesgericht", "SG": "Sozialgericht", "LSG": "Landessozialgericht",
    "FG": "Finanzgericht", "ArbG": "Arbeitsgericht", "LAG": "Landesarbeitsgericht",
    "BVerwG": "Bundesverwaltungsgericht", "BVerfG": "Bundesverfassungsgericht", "BGH": "Bundesgerichtshof",
    "BFH": "Bundesfinanzhof", "BSG": "Bundessozialgericht",
    "BAG": "Bundesarbeitsgericht", "EuGH": "Europäischer Gerichtshof",
}  # fmt: skip
_FEDERAL = (
    r"(?:Bundes(?:verwaltungs|verfassungs|sozial|arbeits)gericht|Bundes(?:gerichts|finanz)hof"
    r"|BVerwG|BVerfG|BGH|BFH|BSG|BAG|EuGH)"
)
_NAME = (
    r"(?:(?:Ober|Landes)?[Vv]erwaltungsgericht(?:shof)?|Amtsgericht|Landgericht|Oberlandesgericht"
    r"|(?:Landes)?[Ss]ozialgericht|Finanzgericht|(?:Landes)?[Aa]rbeitsgericht|Staatsgerichtshof)s?"
)
_PLACE = (
    r"(?:(?:Bad|Sankt|St\.)[ ])?[^\W\d_a-zäöüß][a-zäöüß]{1,40}(?:-[^\W\d_][a-zäöüß]{1,40}){0,3}"
    r"(?:[ ](?:am[ ]Main|an[ ]der[ ][A-Z]\w{1,40}|\([A-Z]\w{1,40}\)))?"
)
_NUMBER = (
    r"(?:(?P<social>[S$])\s)?(?P<chamber>\d{1,4}|[IVX]{1,4})\s?(?P<sign>(?!Nr)[A-Z][A-Za-z]{0,4})(?:\s(?P<area>[A-Z]{1,3}))?"
    r"\s?(?P<count>\d{1,6})\s?/\s?(?P<year>\d{4}|\d{2})(?![\d/])"
)
_SIGN_OF = r"(?:Az|Aktenzeichen|Gesch(?:äfts)?\.?-?(?:Nr|[Zz]eichen|nummer))\.?\s?:?\s{0,3}"
_DECISION = r"\w{1,20}\s+vom\s+\S{1,12}\s?\S{0,12}[\s,–-]{1,4}"
_BETWEEN = rf"[\s,;:(–-]{{0,4}}(?:{_SIGN_OF}|zum\s+|unter\s+|{_DECISION}){{0,2}}"
_COURT = re.compile(
    rf"\b(?P<court>(?:{_FEDERAL}s?|{_NAME}\s+{_PLACE}|(?:{'|'.join(_SHORT)})[ ]{_PLACE}))(?P<case>{_BETWEEN}{_NUMBER})?"
)
_ALONE = re.compile(rf"(?<![\w/.-]){_NUMBER}")
_OF_A_LAWSUIT = re.compile(r"(?i)rechtsstreit|rechtssache|\bklage|\burteil|\bbeschluss|gericht|kammer|\bsenat")
_REGISTER = re.compile(
    r"(?i)(?:(?:register\w*|sitz)\W{0,3}(?:beim?|des)?\s*|\bHR[AB][\s:]*\d{1,7}\s?\w?\W{1,3}(?:beim?\s+)?)$"
)
_REGISTER_NUMBER = re.compile(
    r"[\s,;:(|·–-]{0,4}(?:unter\s+)?(?:\w{1,12}[\s:.-]{1,2})?(?:HR[AB]|VR|PR|GnR|GsR|Hand\w*register|Reg)\b"
)
_NO_PLACE = frozenset(("Die", "Der", "Das", "Im", "In", "Und", "Az", "Wir", "Es", "Bei", "Eine", "Ein", "Mit"))


def find_courts(text: str) -> tuple[Found, ...]:
    """Return the courts in *text* with their case numbers, as ``Verwaltungsgericht Hannover, 4 A 123/25``."""
    found = [each for match in _COURT.finditer(text) if (each := _court(text, match))]
    for match in _ALONE.finditer(text):
        inside = any(each.start <= match.start() < each.end for each in found)
        if not inside and _OF_A_LAWSUIT.search(text[max(0, match.start() - 90) : match.start()]):
            found.append(Found(_case_number(match), match.start(), match.end(), POSSIBLE))
    return tuple(sorted(found, key=lambda each: each.start))


def _court(text: str, match: re.Match[str]) -> Found | None:
    if _REGISTER.search(text[max(0, match.start() - 40) : match.start()]) or _REGISTER_NUMBER.match(
        text, match.end("court")
    ):
        return None
    name, _, place = spaced(match["court"]).partition(" ")
    if place.split(" ")[0] in _NO_PLACE:
        place = ""
    short = name in _SHORT
    if short and place and not match["case"]:
        return None  # "AG" is a company, too
    full = _SHORT.get(name, name.removesuffix("s"))
    court = f"{full} {place}".strip()
    if match["case"]:
        return Found(f"{court}, {_case_number(match)}", match.start(), match.end(), LIKELY if short else CERTAIN)
    return Found(court, match.start(), match.end("court"), LIKELY)


def _case_number(match: re.Match[str]) -> str:
    parts = (
        match["social"] and "S",
        match["chamber"],
        match["sign"],
        match["area"],
        f"{match['count']}/{match['year'][-2:]}",
    )
    return " ".join(part for part in parts if part)
