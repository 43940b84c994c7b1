"""The German sentences of a verdict, written for a records manager and for a court."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention.model import CASE_CLOSED, DisposalAction, PeriodStart, RetentionKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from retention.model import Hold, Rule

DEMO_NOTE = "Demo-Regel, keine Rechtsberatung"

_CERTAINTY = {
    "sure": "Rechtsgrundlage gelesen",
    "memory": "Rechtsgrundlage nicht nachgelesen",
    "illustrative": "Frist nur beispielhaft",
}
_KIND = {
    RetentionKind.MIN: "Die Frist ist eine gesetzliche Mindestfrist; sie zählt nicht früher als ab der Schließung.",
    RetentionKind.LAW_MAX: "Die Frist ist eine gesetzliche Höchstfrist; sie geht anderen Regeln vor.",
    RetentionKind.UNTIL_EVENT_PLUS: "Aufzubewahren ist, bis das Ereignis eintritt, und danach für die Dauer der Frist.",
    RetentionKind.MULTI_PHASE: (
        "Die Frist hat mehrere Abschnitte: zuerst gewöhnliche Nutzung, danach gesicherte Aufbewahrung mit "
        "eingeschränkter Nutzung. Ausgesondert wird erst nach dem letzten Abschnitt."
    ),
}
_ACTION = {
    DisposalAction.ARCHIVE: "Aussonderungsart A: Die Akte ist dem Archiv anzubieten und zu übergeben.",
    DisposalAction.REVIEW: "Aussonderungsart B: Die Akte ist dem Archiv zur Bewertung anzubieten.",
    DisposalAction.DESTROY: "Aussonderungsart V: Die Akte ist zu vernichten, sobald zwei Personen zugestimmt haben.",
}

STOPS = "sie verhindert die Aussonderung"
CLOCK_RUNS = "die Frist läuft weiter"
LATER = "sie verhindert auch eine spätere Aussonderung"


def german_date(day: date) -> str:
    """*day* as TT.MM.JJJJ."""
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def duration(months: int) -> str:
    """A length in months in German, in whole years where possible."""
    if months % 12:
        return "1 Monat" if months == 1 else f"{months} Monate"
    years = months // 12
    return "1 Jahr" if years == 1 else f"{years} Jahre"


def not_closed(reference: str, closed_on: date | None) -> str:
    """The file is open, or its closing directive lies in the future."""
    if closed_on is None:
        return f"Akte {reference} ist offen (keine z.d.A.-Verfügung); es läuft keine Aufbewahrungsfrist."
    return f"Akte {reference} wird erst am {german_date(closed_on)} geschlossen; bis dahin läuft keine Frist."


def closed(reference: str, closed_on: date) -> str:
    """The file is closed."""
    return f"Akte {reference} wurde am {german_date(closed_on)} geschlossen (z.d.A.)."


def no_rule() -> str:
    """No rule on the path."""
    return (
        "Für das Aktenzeichen gilt keine Aufbewahrungsregel; die Akte bleibt aufbewahrt. "
        "Die Schriftgutverwaltung muss eine Regel festlegen."
    )


def rule_sentence(rule: Rule) -> str:
    """Name rule, validity, source and certainty."""
    until = f" bis {german_date(rule.valid_to)}" if rule.valid_to else ""
    text = (
        f"Es gilt die Regel {rule.rule_id} „{rule.title}“ (gültig ab {german_date(rule.valid_from)}{until}); "
        f"Rechtsgrundlage: {rule.legal_basis}."
    )
    if rule.certainty == "sure" and rule.approved_by:
        return f"{text} Freigegeben von {rule.approved_by}."
    doubts = [_CERTAINTY.get(rule.certainty, rule.certainty)]
    if not rule.approved_by:
        doubts.append("nicht freigegeben")
    return f"{text} {DEMO_NOTE} ({', '.join(doubts)})."


def old_version(rule: Rule, closed_on: date) -> str:
    """No version applies today, so that of the closing day does."""
    return (
        f"Heute gilt keine Fassung einer Regel mehr; angewandt wird die am Tag der Schließung "
        f"({german_date(closed_on)}) gültige Fassung {rule.rule_id}."
    )


def changed_version(then: Rule, then_end: date, now: Rule) -> str:
    """A newer version shortens the period: said, never silent."""
    return (
        f"Nach der am Tag der Schließung gültigen Fassung {then.rule_id} hätte die Frist erst am "
        f"{german_date(then_end)} geendet; die Fassung {now.rule_id} verkürzt sie."
    )


def kind_sentence(rule: Rule) -> str | None:
    """What binds in a particular way, if anything."""
    return _KIND.get(rule.kind)


def permanent() -> str:
    """Kept without limit."""
    return (
        "Die Akte ist dauernd aufzubewahren; ein Aufbewahrungsende gibt es nicht. "
        "Das befreit nicht davon, sie dem Archiv anzubieten, wenn sie nicht mehr gebraucht wird."
    )


def waiting(rule: Rule) -> str:
    """The trigger has not been recorded."""
    return (
        f"Die Frist beginnt mit dem Ereignis „{rule.trigger_label}“ ({rule.trigger}). Es ist nicht eingetragen, "
        "die Frist läuft noch nicht. Bitte das Ereignis mit Nachweis eintragen, sobald es eingetreten ist."
    )


def calculation(rule: Rule, trigger_day: date, start: date, end: date, *, moved: bool) -> list[str]:
    """The steps from trigger to end, each with its date."""
    label = "Schließung (z.d.A.)" if rule.trigger == CASE_CLOSED else f"„{rule.trigger_label}“"
    steps = [f"Auslöser {label}: {german_date(trigger_day)}."]
    if moved:
        steps = [f"Der Auslöser {label} liegt vor der Schließung; gezählt wird ab {german_date(trigger_day)}."]
    if rule.period_start is PeriodStart.END_OF_CALENDAR_YEAR:
        steps.append(f"Die Frist beginnt mit Ablauf des Kalenderjahres: {german_date(start)}.")
    else:
        steps.append(f"Die Frist beginnt taggenau: {german_date(start)}.")
    if rule.months:
        steps.append(f"{german_date(start)} plus {duration(rule.months)}: Aufbewahrungsende {german_date(end)}.")
    else:
        steps.append(f"Eine weitere Dauer kommt nicht hinzu: Aufbewahrungsende {german_date(end)}.")
    return steps


def minimum_wins(rule: Rule, end: date) -> str:
    """A higher unit's legal minimum ends later."""
    return (
        f"Die gesetzliche Mindestfrist der übergeordneten Regel {rule.rule_id} „{rule.title}“ "
        f"({rule.legal_basis}) endet später und geht vor: Aufbewahrungsende {german_date(end)}."
    )


def conflict(rule: Rule, end: date) -> str:
    """A legal maximum cuts a legal minimum: for a person to decide."""
    return (
        f"Widerspruch: Die Mindestfrist der Regel {rule.rule_id} ({rule.legal_basis}) liefe bis "
        f"{german_date(end)}. Die Schriftgutverwaltung muss klären, welche Frist gilt."
    )


def still_running(end: date, today: date, kind: RetentionKind) -> str:
    """The period is not over."""
    text = f"Am {german_date(today)} läuft die Frist noch; aufzubewahren bis einschließlich {german_date(end)}."
    days = (end - today).days
    if kind is RetentionKind.LAW_MAX and days <= 90:
        text += f" Die Höchstfrist endet in {days} Tagen: Die Löschung jetzt vorbereiten."
    return text


def over(end: date, due_from: date, today: date) -> str:
    """The period is over."""
    return (
        f"Die Frist endete am {german_date(end)}; seit {german_date(due_from)} ist die Akte zur Aussonderung "
        f"fällig (Stichtag {german_date(today)})."
    )


def action(value: DisposalAction) -> str:
    """What happens with a file whose period is over."""
    return _ACTION[value]


def hold_sentences(holds: Sequence[Hold], effect: str) -> list[str]:
    """Each active hold with its reason and what it does, one of the effects above."""
    return [
        f"Löschsperre seit {german_date(hold.placed_on)}: {hold.reason.rstrip('.')}; {effect}."
        for hold in sorted(holds, key=lambda hold: (hold.placed_on, hold.reason))
    ]
