"""Letters that mention things, with the truth about them and much that only looks alike; the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from bench.letters import Letter
from ingest.model import MentionKind as Kind

GIVEN = ("Anna", "Peter", "Ömer", "Kai-Uwe", "Svetlana", "Jörg", "Zoë", "Friederike", "Mehmet", "Lars", "Ngozi", "Hans")
FAMILY = (
    "Müller", "Schmidt-Meier", "Yıldız", "von der Heide", "Çelik", "Brandt", "Groß", "Nowak", "Öztürk", "Ahlborn",
    "Kowalczyk", "Weiß", "Jäger", "Fuchs", "Sommer", "Richter",
)  # fmt: skip
TITLES = ("", "", "", "Dr. ", "Prof. Dr. ", "Dr.-Ing. ")
STREETS = (
    "Lindenweg", "Goethestraße", "Theodor-Heuss-Straße", "Am Markt", "Lange Straße", "Hamburger Allee", "Ringstraße",
    "Schillerplatz", "Mühlengraben", "An der Lune", "Ostufer", "Bergstraße", "Kirchgasse", "Alter Postweg",
)  # fmt: skip
TOWNS = ("30159 Musterstadt", "30880 Laatzen", "31655 Stadthagen", "31542 Bad Nenndorf", "38100 Braunschweig")
DISTRICTS = ("Linden", "Bad Nenndorf", "Ahlem", "Groß-Buchholz", "Ronnenberg", "Linden-Süd", "Neustadt am Rübenberge")
COMPANIES = (
    "Elektro Blitz GmbH", "Müller & Söhne GmbH & Co. KG", "Stadtwerke Nord AG", "Bäckerei Krause OHG", "Bau 3000 GmbH",
    "Förderverein der Grundschule Linden e.V.", "Wohnbau Nord mbH", "Planungsgruppe Süd PartG mbB",
    "Hofladen Wiese e.K.",
    "Sanitär Jansen UG (haftungsbeschränkt)", "Wohnungsgenossenschaft Heimat eG", "Kita Regenbogen gGmbH",
)  # fmt: skip
COURTS = (
    ("Verwaltungsgericht Hannover", "{} A {}/{}"), ("Landgericht Hildesheim", "{} O {}/{}"),
    ("Amtsgericht Springe", "{} C {}/{}"), ("Oberverwaltungsgericht Lüneburg", "{} ME {}/{}"),
    ("Sozialgericht Hannover", "S {} SO {}/{}"), ("Verwaltungsgericht Stade", "{} B {}/{}"),
)  # fmt: skip
EVENTS = ("Zustellung", "Bekanntgabe", "Zugang", "Erhalt", "Eingang")
TIMES = (
    ("eines Monats", "1 Monat"), ("von zwei Wochen", "2 Wochen"), ("von 14 Tagen", "14 Tage"),
    ("von sechs Wochen", "6 Wochen"), ("von 3 Monaten", "3 Monate"), ("eines Jahres", "1 Jahr"),
    ("von zehn Werktagen", "10 Werktage"),
)  # fmt: skip
MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
DISTRACTORS = (
    "Telefon 0511 168-45678, Zimmer 312, dienstags von 9 bis 12 Uhr.",
    "Amtsgericht Musterstadt, HRB 204518, USt-IdNr. DE123456789, Steuernummer 25/201/12345.",
    "Auf § 64 Absatz 2 der Bauordnung und die Entscheidung vom 3. Februar 2026 nehmen wir Bezug.",
    "Die Fläche beträgt 1.284,50 m², das sind 12,5 % des Plangebiets; Maßstab 1:500, Blatt 12.",
    "In den letzten zwölf Monaten kam es alle zwei Wochen zu Störungen, zuletzt im Jahr 2025.",
    "Kundennummer 4711 0815 2026, Vorgang 63.20-2026/0417, Rechnungsnummer 2026-1088.",
    "Zehn Stellplätze im Hof 3 bleiben frei; die Flure im Haus 4 sind barrierefrei.",
    "Sehr geehrte Damen und Herren des Rates, die Firma wurde angehört.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """A letter and what it mentions, as kind and value."""

    letter: Letter
    truth: frozenset[tuple[Kind, str]]


class _Writer:
    """Makes up one letter; every sentence adds to the truth what it says."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.truth: set[tuple[Kind, str]] = set()

    def one(self, choices: tuple[str, ...]) -> str:
        return self.chance.choice(choices)

    def add(self, kind: Kind, value: str, written: str = "") -> str:
        self.truth.add((kind, value))
        return written or value

    def number(self, most: int) -> int:
        return self.chance.randrange(1, most)

    def amount(self) -> str:
        value = Decimal(self.chance.choice((self.number(9_999), self.number(2_000_000)))).scaleb(-2)
        german = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
        whole = Decimal(self.number(900) * 10)
        forms = (
            (value, f"{german} €"), (value, f"{german} Euro"), (value, f"EUR {german}"), (value, f"{german} EUR"),
            (whole, f"{whole},-- EUR"), (whole, f"{whole},– €"), (whole, f"{whole} Euro"),
        )  # fmt: skip
        value, written = self.chance.choice(forms)
        return self.add(Kind.AMOUNT, f"{value:.2f}", written)

    def iban(self) -> str:
        account = f"{self.chance.randrange(10**17, 10**18)}"
        check = 98 - int(f"{account}131400") % 97
        value = f"DE{check:02d}{account}"
        grouped = " ".join(value[start : start + 4] for start in range(0, 22, 4))
        return self.add(Kind.IBAN, value, self.one((value, grouped, grouped)))

    def parcel(self) -> str:
        name, field = self.one(DISTRICTS), self.number(30)
        parcel = f"{self.number(480)}" + self.one(("", f"/{self.number(20)}"))
        value = f"Gemarkung {name}, Flur {field}, Flurstück {parcel}"
        forms = (
            value,
            f"Flurstück {parcel} der Flur {field} (Gemarkung {name})",
            f"Gemarkung {name} Flur {field} Flst. {parcel}",
            f"Gemarkung: {name}; Flur: {field}; Flurstück: {parcel}",
            f"Flur {field}, Flurstück {parcel}, Gemarkung {name}",
        )
        return self.add(Kind.PARCEL, value, self.one(forms))

    def street(self) -> tuple[str, str]:
        """A street as it is kept and as it is written."""
        name, number = self.one(STREETS), f"{self.number(180)}" + self.one(("", "", "a", "-12"))
        short = name.replace("straße", "str.").replace("Straße", "Str.")
        return f"{name} {number}", f"{self.one((name, short))} {number}"

    def property_address(self) -> str:
        kept, written = self.street()
        town = self.one(("", *TOWNS))
        behind = f", {town}" if town else ""
        return self.add(Kind.PROPERTY_ADDRESS, kept + behind, written + behind)

    def person(self) -> str:
        family = self.one(FAMILY)
        given = self.one(("", f"{self.one(GIVEN)} "))
        value = f"{self.one(TITLES)}{given}{family}"
        return self.add(Kind.PERSON, value, f"{self.one(('Herr', 'Frau'))} {value}")

    def company(self) -> str:
        return self.add(Kind.COMPANY, self.one(COMPANIES))

    def deadline(self) -> str:
        day, month, year = self.number(29), self.number(13), 2027
        written = self.one((f"{day:02d}.{month:02d}.{year}", f"{day}. {MONTHS[month - 1]} {year}"))
        return self.add(Kind.DEADLINE, f"{year}-{month:02d}-{day:02d}", written)

    def limit(self) -> str:
        time, kept = self.chance.choice(TIMES)
        event = self.one(("", *EVENTS))
        behind = self.one((f" nach {event}", f" ab {event}")) if event else ""
        value = f"{kept} nach {event}" if event else kept
        lead = self.one(("innerhalb", "binnen")) if not time.startswith("von ") else "innerhalb"
        return self.add(Kind.RUNNING_LIMIT, value, f"{lead} {time}{behind}")

    def court(self) -> str:
        name, form = self.chance.choice(COURTS)
        number = form.format(self.number(30), self.number(900), self.chance.randrange(20, 27))
        between = self.one((", ", ", Az. ", " (", ", Aktenzeichen: "))
        return self.add(Kind.COURT, f"{name}, {number}", f"{name}{between}{number}{')' if '(' in between else ''}")

    def sentence(self) -> str:
        """One of the things letters say."""
        makers = (
            lambda: f"Für die Leistung fordern wir {self.amount()}; bereits gezahlt sind {self.amount()}.",
            lambda: f"Bitte überweisen Sie {self.amount()} auf das Konto {self.iban()} bei der Sparkasse.",
            lambda: f"Betroffen ist das Grundstück {self.parcel()}, das bisher unbebaut ist.",
            lambda: f"Das Bauvorhaben {self.property_address()} wurde geprüft.",
            lambda: f"Die Wohnung liegt im Gebäude {self.property_address()} und steht leer.",
            lambda: f"In der Sache hat {self.person()} mit uns gesprochen, auch {self.person()} war dabei.",
            lambda: f"Beauftragt ist die Firma {self.company()}, vertreten durch {self.person()}.",
            lambda: f"Wir bitten um Antwort bis zum {self.deadline()} und melden uns dann.",
            lambda: f"Die Unterlagen müssen spätestens am {self.deadline()} vorliegen.",
            lambda: f"Dagegen kann {self.limit()} vorgegangen werden.",
            lambda: f"Anhängig ist das Verfahren beim {self.court()} und noch nicht entschieden.",
            lambda: f"Der Vertrag mit der {self.company()} über {self.amount()} wurde gekündigt.",
        )
        return self.chance.choice(makers)()


def told(seed: int) -> Told:
    """Return letter number *seed* with what it mentions."""
    writer = _Writer(seed)
    kept, written = writer.street()
    town = writer.one(TOWNS)
    writer.add(Kind.SENDER_ADDRESS, f"{kept}, {town}")
    sender = writer.company()
    signer = f"{writer.one(GIVEN)} {writer.one(FAMILY)}"
    writer.add(Kind.PERSON, signer)
    paragraphs = [writer.sentence() for _ in range(6)] + writer.chance.sample(DISTRACTORS, 3)
    writer.chance.shuffle(paragraphs)
    letter = Letter(
        sender=f"{sender} · {written} · {town}",
        subject="Unser Schreiben vom 3. Februar 2026",
        body=("Sehr geehrte Damen und Herren,", *paragraphs),
        closing=("Mit freundlichen Grüßen", "", signer),
    )
    return Told(letter, frozenset(writer.truth))
