"""The side navigation: only what the person may use, with the one count that is cheap."""

from __future__ import annotations

from dataclasses import dataclass

from eakte.records.access import Actor, Permission, permissions_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation; ``key`` follows ``G``."""

    endpoint: str
    label: str
    icon: str
    needs: Permission
    key: str


@dataclass(frozen=True, slots=True)
class Group:
    """A heading with its lines."""

    label: str
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "Arbeit",
        (
            Entry("today.page", "Heute", "home", Permission.SIGNED_IN, "g"),
            Entry("inbox.start", "Posteingang", "inbox", Permission.FILE, "e"),
            Entry("inbox.faults", "Störungen", "warn", Permission.FILE, "t"),
            Entry("follow_ups.listing", "Wiedervorlagen", "clock", Permission.READ, "w"),
            Entry("legibility.page", "Schlecht lesbar", "zoom-in", Permission.FILE, "r"),
            Entry("scanning.listing", "Scanstapel", "scan", Permission.FILE, "c"),
            Entry("upload.form", "Hochladen", "upload", Permission.UPLOAD, "h"),
            Entry("figures.page", "Lage", "chart", Permission.SIGNED_IN, "1"),
        ),
    ),
    Group(
        "Ablage",
        (
            Entry("case_files.listing", "Akten", "case", Permission.READ, "k"),
            Entry("plan.tree", "Aktenplan", "tree", Permission.READ, "p"),
            Entry("find.page", "Suche", "search", Permission.READ, "s"),
        ),
    ),
    Group(
        "Registratur",
        (
            Entry("desk.page", "Fristen und Aussonderung", "hourglass", Permission.DISPOSE, "f"),
            Entry("events.page", "Fehlende Ereignisse", "clock", Permission.EVENT, "v"),
            Entry("disposal_runs.listing", "Aussonderungsläufe", "flag", Permission.DISPOSAL_RUNS, "u"),
            Entry("exchange.page", "Austausch mit dem Archiv", "archive", Permission.EXCHANGE, "y"),
            Entry("paper.loans", "Ausleihen", "archive", Permission.PAPER, "b"),
            Entry("balance.page", "Eingangsbilanz", "check", Permission.HISTORY, "q"),
            Entry("migration.listing", "Migration", "folder", Permission.MIGRATE, "m"),
            Entry("history.listing", "Protokoll", "log", Permission.HISTORY, "l"),
            Entry("evidence.stock", "Unversehrtheit", "check", Permission.HISTORY, "n"),
        ),
    ),
    Group(
        "Aufbewahrung",
        (
            Entry("rules.listing", "Aufbewahrungsregeln", "clock", Permission.DISPOSE, "a"),
            Entry("hold_orders.listing", "Löschsperren", "lock", Permission.HOLD, "j"),
            Entry("rules.conflicts", "Widersprüche", "warn", Permission.DISPOSE, "x"),
        ),
    ),
    Group(
        "Datenschutz",
        (
            Entry("data_requests.listing", "Betroffenenanträge", "mail", Permission.DATA_PROTECTION, "2"),
            Entry("restrictions.listing", "Einschränkungen", "shield", Permission.DATA_PROTECTION, "d"),
        ),
    ),
    Group(
        "Verwaltung",
        (
            Entry("organisation.tree", "Organisation", "tree", Permission.USERS, "o"),
            Entry("accounts.listing", "Zugänge", "lock", Permission.USERS, "z"),
            Entry("search_words.page", "Suchwörter", "search", Permission.USERS, "3"),
            Entry("search_index.page", "Suchindex", "check", Permission.USERS, "i"),
        ),
    ),
)

POWERLESS = permissions_of(()) | {Permission.DEPUTE}
"""What everybody may do whose posts give no power over records."""


def for_actor(actor: Actor) -> tuple[Group, ...]:
    """Return the navigation of a person."""
    if actor.permissions <= POWERLESS:
        return ()
    mine = (Group(group.label, tuple(one for one in group.entries if actor.may(one.needs))) for group in GROUPS)
    return tuple(group for group in mine if group.entries)


def home(actor: Actor) -> str:
    """Return the endpoint a person starts at."""
    return "today.page" if for_actor(actor) else "session.nothing"
