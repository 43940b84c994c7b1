"""Subjects a city office writes about, for judged letters: titles of case files and sentences of their letters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class World:
    """One field of work: what its files are called, what letters in it are about, who writes besides the citizen."""

    code: str
    titles: tuple[str, ...]
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]
    others: tuple[str, ...]


WORLDS = (
    World(
        "52.01.01",
        ("Neubau {thing}, {street} {hnr}", "Bauantrag {name}, {thing}", "{thing} {street} {hnr}, {name}"),
        ("Nachreichung Lageplan", "Statik", "Fertigstellung", "Einwendung des Nachbarn", "Baubeginn", "Prüfbericht"),
        (
            "anbei reichen wir den geforderten amtlichen Lageplan in dreifacher Ausfertigung nach.",
            "Die Abstandsfläche zur nördlichen Grenze beträgt nach unserer Berechnung {num} Meter.",
            "Der Prüfingenieur hat die statische Berechnung ohne Beanstandung freigegeben.",
            "Mit den Erdarbeiten soll am {date} begonnen werden.",
            "Der Nachbar hat der Grenzbebauung auf dem Flurstück {parcel} schriftlich zugestimmt.",
            "Die Traufhöhe wurde gegenüber dem Entwurf um {num} cm verringert.",
            "Wir bitten um Mitteilung, ob die Unterlagen nunmehr vollständig sind.",
            "Der Entwässerungsplan wird derzeit vom Planungsbüro überarbeitet.",
        ),
        ("Architekturbüro {last}", "Ingenieurbüro {last} und Partner", "Rechtsanwälte {last} & {last2}"),
    ),
    World(
        "32.04.02",
        ("Gaststätte {house}, {street} {hnr}", "Gaststättenerlaubnis {name}", "Konzession {house}, {name}"),
        ("Sperrzeitverkürzung", "Führungszeugnis", "Lärmbeschwerde", "Außenbewirtschaftung", "Übernahme des Betriebs"),
        (
            "hiermit beantrage ich die Verkürzung der Sperrzeit für das Wochenende ab dem {date}.",
            "Das Führungszeugnis und der Auszug aus dem Gewerbezentralregister liegen bei.",
            "In den letzten Wochen kam es nach 23 Uhr wiederholt zu erheblichem Lärm durch Gäste.",
            "Auf der Terrasse sollen {num} Sitzplätze entstehen.",
            "Die Unterrichtung bei der Industrie- und Handelskammer habe ich besucht.",
            "Der Pachtvertrag wurde mit Wirkung zum {date} auf mich übertragen.",
            "Die Lebensmittelkontrolle hat keine Mängel festgestellt.",
        ),
        ("Brauerei {last} KG", "Anwohnergemeinschaft {street}", "Polizeiinspektion Nord"),
    ),
    World(
        "50.03.01",
        ("Wohngeld {name}", "Wohngeldantrag {name}, {street} {hnr}", "{name}, Mietzuschuss"),
        ("Verdienstbescheinigung", "Mieterhöhung", "Weiterleistungsantrag", "Umzug", "Anhörung wegen Überzahlung"),
        (
            "meine Miete beträgt seit dem {date} monatlich {amount} Euro ohne Heizkosten.",
            "Die Verdienstbescheinigung meines Arbeitgebers füge ich bei.",
            "In unserem Haushalt leben nunmehr {small} Personen.",
            "Der Bewilligungszeitraum endet demnächst, deshalb bitte ich um Weiterleistung.",
            "Für den Zeitraum seit {date} wurde zu viel gezahlt, die Überzahlung beläuft sich auf {amount} Euro.",
            "Die Rente wurde zum Jahreswechsel angepasst, den Bescheid lege ich vor.",
        ),
        ("Hausverwaltung {last} GmbH", "Deutsche Rentenversicherung", "Jobcenter Musterstadt"),
    ),
    World(
        "22.05.00",
        ("Hundesteuer {name}", "{name}, Hund {dog}", "Hundesteuer {street} {hnr}, {name}"),
        ("Abmeldung", "Befreiung", "Anmeldung eines Hundes", "Widerspruch", "Ersatzmarke"),
        (
            "unser Hund {dog} ist am {date} verstorben, die Bescheinigung der Tierärztin liegt bei.",
            "Die Hundemarke Nr. {id} ging beim Spaziergang verloren.",
            "Ich beantrage die Befreiung, da das Tier als Rettungshund geprüft ist.",
            "Gegen den Steuerbescheid über {amount} Euro wende ich mich, weil der Hund nur zeitweise bei mir lebt.",
            "Die Abbuchung von meinem Konto ist nicht erfolgt.",
            "Das Tier wurde an einen Halter in einer anderen Gemeinde abgegeben.",
        ),
        ("Tierarztpraxis Dr. {last}", "Tierheim Musterstadt", "Rechtsanwältin {last}"),
    ),
    World(
        "67.02.03",
        ("Baumfällung {street} {hnr}", "Baumschutz {name}, {tree}", "Fällantrag {tree}, {street} {hnr}"),
        ("Gutachten zum Baum", "Ersatzpflanzung", "Ortstermin", "Ausnahmegenehmigung", "Sturmschaden"),
        (
            "der Stammumfang der {tree} beträgt in einem Meter Höhe {num} cm.",
            "Das Gutachten weist eine Morschung des Stammfußes nach.",
            "Als Ersatz schlagen wir zwei Hainbuchen in der Qualität {small}xv vor.",
            "Bei dem Sturm am {date} brach ein Starkast und beschädigte die Garage.",
            "Wir bitten um einen Ortstermin vor Beginn der Schonzeit.",
            "Die Wurzeln heben inzwischen die Platten der Einfahrt an.",
        ),
        ("Baumpflege {last}", "Sachverständigenbüro {last}", "Naturschutzverein Musterstadt e. V."),
    ),
    World(
        "40.06.01",
        ("Kita-Platz {name}", "Elternbeitrag {name}", "Kindertagesstätte {house}, {name}"),
        (
            "Einkommensnachweis",
            "Betreuungszeiten",
            "Kündigung des Platzes",
            "Geschwisterermäßigung",
            "Wechsel der Kita",
        ),
        (
            "wir benötigen ab dem {date} eine Betreuung von {small} Stunden am Tag.",
            "Unsere Tochter besucht bereits die Gruppe der Schmetterlinge.",
            "Der Einkommensteuerbescheid des Vorjahres liegt in Kopie bei.",
            "Der Beitrag von {amount} Euro erscheint uns zu hoch angesetzt.",
            "Bitte berücksichtigen Sie die Ermäßigung für Geschwisterkinder.",
            "Wegen unseres Umzugs kündigen wir den Betreuungsvertrag fristgerecht.",
        ),
        ("Elternbeirat {house}", "Träger {last} gGmbH", "Kinderarztpraxis {last}"),
    ),
    World(
        "66.01.04",
        ("Ausbau {street}", "Straßenausbaubeitrag {street} {hnr}, {name}", "Sondernutzung {street}, {name}"),
        ("Anliegerbeitrag", "Gerüst auf dem Gehweg", "Bauzeitenplan", "Schlussrechnung", "Absenkung des Bordsteins"),
        (
            "das Gerüst steht voraussichtlich bis zum {date} auf dem Gehweg.",
            "Die Schlussrechnung über {amount} Euro für die Asphaltarbeiten reichen wir ein.",
            "Der Beitragsbescheid setzt eine Grundstücksfläche von {num} m² an, was nicht zutrifft.",
            "Für die Zufahrt wird eine Absenkung auf {small} Meter Länge benötigt.",
            "Die Umleitung ist mit dem Verkehrsbetrieb abgestimmt.",
            "Im zweiten Bauabschnitt werden die Hausanschlüsse erneuert.",
        ),
        ("Tiefbau {last} GmbH & Co. KG", "Gerüstbau {last}", "Stadtwerke Musterstadt"),
    ),
    World(
        "32.01.07",
        ("Bußgeld {name}", "Ordnungswidrigkeit {name}, Kennzeichen {plate}", "{name}, Verstoß vom {date}"),
        ("Einspruch", "Anhörungsbogen", "Ratenzahlung", "Akteneinsicht", "Fahrerermittlung"),
        (
            "gegen den Bescheid vom {date} lege ich Einspruch ein.",
            "Zur fraglichen Zeit war das Fahrzeug mit dem Kennzeichen {plate} verliehen.",
            "Ich bitte darum, den Betrag von {amount} Euro in {small} Raten zahlen zu dürfen.",
            "Namens und in Vollmacht meines Mandanten beantrage ich Akteneinsicht.",
            "Das Messprotokoll und der Eichschein sind beizufügen.",
            "Auf dem Foto bin ich nicht zu erkennen.",
        ),
        ("Rechtsanwalt {last}", "Autovermietung {last}", "Verkehrsüberwachung Mitte"),
    ),
)
COMMON = (
    "für Rückfragen stehe ich Ihnen gern zur Verfügung.",
    "Bitte bestätigen Sie mir den Eingang dieses Schreibens.",
    "Ich nehme Bezug auf unser Telefonat vom {date}.",
    "Die Unterlagen übersende ich Ihnen in der Anlage.",
    "Um eine baldige Entscheidung wird gebeten.",
    "Vielen Dank für Ihr Schreiben vom {date}.",
    "Sollten weitere Angaben nötig sein, bitte ich um Nachricht.",
    "in der vorbezeichneten Angelegenheit teile ich Folgendes mit.",
)
FIRST = [
    "Anna",
    "Jonas",
    "Leyla",
    "Mehmet",
    "Petra",
    "Klaus",
    "Sabine",
    "Dieter",
    "Olga",
    "Piotr",
    "Heike",
    "Uwe",
    "Fatma",
    "Lars",
    "Nadine",
    "Tobias",
    "Ingrid",
    "Walter",
    "Yusuf",
    "Claudia",
    "Bernd",
    "Jana",
    "Frank",
    "Elke",
]
LAST = [
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Yılmaz",
    "Kowalski",
    "Petersen",
    "Hollmann",
    "Brinkmann",
    "Sander",
    "Lüders",
    "Krämer",
    "Öztürk",
    "Nowak",
    "Vogt",
    "Dierksen",
    "Harms",
    "Thiele",
    "Rautenberg",
    "Ahlers",
    "Wittkop",
    "Sommer",
]
STREETS = (
    (
        "Gartenweg Lindenallee Mühlenstraße Bahnhofstraße Am Anger,Kirchgasse Schillerstraße Feldweg,Hasenwinkel "
        "Uferpromenade Goethestraße Ringstraße Eichenweg Marktstraße Birkenhain Steinweg"
    )
    .replace(",", " ")
    .replace("Am Anger", "Am_Anger")
    .split()
)
THINGS = ("Einfamilienhaus", "Carport", "Garage", "Wintergarten", "Doppelhaushälfte", "Dachgaube", "Lagerhalle")
HOUSES = ("Zum Anker", "Goldener Hirsch", "Sonnenhof", "Alte Post", "Regenbogen", "Bella Vista", "Zur Linde")
TREES = ("Linde", "Rotbuche", "Eiche", "Kastanie", "Blutbuche", "Platane")
DOGS = ("Bello", "Luna", "Rocky", "Emma", "Balu", "Nala", "Oskar")
