"""The German sentences of a verdict, written for a records manager and for a court."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention.model import CASE_CLOSED, EVERYWHERE, ConflictKind, DisposalAction, Outcome, PeriodStart, RetentionKind

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
    return f"{text} {approved(rule)}"


def approved(rule: Rule) -> str:
    """Who has approved a rule and when; or why it is not to be relied on."""
    if rule.certainty == "sure" and rule.approved_by:
        on = f" am {german_date(rule.approved_on)}" if rule.approved_on else ""
        return f"Freigegeben von {rule.approved_by}{on}."
    doubts = [_CERTAINTY.get(rule.certainty, rule.certainty)]
    if not rule.approved_by:
        doubts.append("nicht freigegeben")
    return f"{DEMO_NOTE} ({', '.join(doubts)})."


def summary(rule: Rule) -> str:
    """How long a rule keeps and from when, in a few words for lists."""
    if rule.ended:
        return "gilt nicht mehr"
    if rule.is_permanent:
        return "dauernd"
    event = "z.d.A." if rule.trigger == CASE_CLOSED else f"„{rule.trigger_label}“"
    if rule.trigger_months:
        event = f"{event} plus {duration(rule.trigger_months)}"
    if not rule.months:
        return f"bis {event}"
    begins = "ab Ende des Jahres von " if rule.period_start is PeriodStart.END_OF_CALENDAR_YEAR else "ab "
    phases = "" if rule.first_phase_months is None else f", nach {duration(rule.first_phase_months)} eingeschränkt"
    return f"{duration(rule.months)} {begins}{event}{phases}"


def asked_place(path: Sequence[str], day: date) -> str:
    """The place and the day of a question."""
    above = f" (darüber: {', '.join(path[1:])})" if path[1:] else ""
    return f"Gefragt ist die Aktenplaneinheit {path[0]}{above} am {german_date(day)}."


def no_rule_then(day: date) -> str:
    """No rule counts at a place on a day."""
    return f"Am {german_date(day)} gilt dort keine Aufbewahrungsregel; Akten bleiben aufbewahrt."


def led(rule: Rule, day: date) -> str:
    """The rule that leads at a place on a day, and what it says."""
    until = f" bis {german_date(rule.valid_to)}" if rule.valid_to else ""
    return (
        f"Am {german_date(day)} führt die Regel {rule.rule_id} „{rule.title}“ (gültig ab "
        f"{german_date(rule.valid_from)}{until}): {summary(rule)}. Rechtsgrundlage: {rule.legal_basis}."
    )


def beside(rule: Rule) -> str:
    """A rule that counts beside the leading one."""
    return f"Daneben zählt die Regel {rule.rule_id} „{rule.title}“: {summary(rule)} ({rule.legal_basis})."


def superseded(rule: Rule, by: Rule) -> str:
    """A younger version has taken the place of the one that counted."""
    if by.ended:
        return f"Die Regel {rule.rule_id} ist seit {german_date(by.valid_from)} beendet ({by.rule_id})."
    return f"Seit {german_date(by.valid_from)} gilt an ihrer Stelle die Fassung {by.rule_id}: {summary(by)}."


def scope_sentences(rule: Rule) -> list[str]:
    """What a rule is narrowed to beyond its unit, if anything."""
    parts = []
    if rule.branch == EVERYWHERE:
        parts.append("für den ganzen Aktenplan")
    if rule.departments:
        parts.append(f"für die Organisationseinheit {_listed(rule.departments)} und alles darunter")
    if rule.file_types:
        parts.append(f"für die Aktenart {_listed(rule.file_types)}")
    return [f"Die Regel gilt {', '.join(parts)}."] if parts else []


def _listed(words: Sequence[str]) -> str:
    return " oder ".join(words)


def chosen(rule: Rule, others: Sequence[Rule], *, alone: bool) -> str:
    """Why this rule leads among several."""
    if rule.kind is RetentionKind.LAW_MAX:
        reason = "denn eine gesetzliche Höchstfrist geht vor"
    elif alone:
        reason = "denn sie trifft am genauesten"
    else:
        reason = "die erste von mehreren gleich genauen"
    names = ", ".join(sorted({other.rule_id for other in others}))
    return f"Mehrere Regeln gelten für die Akte. Es führt {rule.rule_id}, {reason}. Daneben gelten: {names}."


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
    if rule.first_phase_months is not None:
        return (
            f"Die Frist hat zwei Abschnitte: {duration(rule.first_phase_months)} gewöhnliche Nutzung, danach "
            "gesicherte Aufbewahrung mit eingeschränkter Nutzung. Ausgesondert wird erst nach dem zweiten Abschnitt."
        )
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


def trigger(rule: Rule, event_day: date, trigger_day: date, *, moved: bool) -> list[str]:
    """The event, what passes after it, and the closing where that counts instead."""
    label = "Schließung (z.d.A.)" if rule.trigger == CASE_CLOSED else f"„{rule.trigger_label}“"
    steps = [f"Auslöser {label}: {german_date(event_day)}."]
    if moved:
        return [f"Der Auslöser {label} liegt vor der Schließung; gezählt wird ab {german_date(trigger_day)}."]
    if rule.trigger_months:
        length = duration(rule.trigger_months)
        steps.append(f"{german_date(event_day)} plus {length}: Die Frist zählt ab {german_date(trigger_day)}.")
    return steps


def calculation(rule: Rule, start: date, end: date) -> list[str]:
    """The steps from the start to the end, each with its date."""
    if rule.period_start is PeriodStart.END_OF_CALENDAR_YEAR:
        steps = [f"Die Frist beginnt mit Ablauf des Kalenderjahres: {german_date(start)}."]
    else:
        steps = [f"Die Frist beginnt taggenau: {german_date(start)}."]
    if rule.months:
        steps.append(f"{german_date(start)} plus {duration(rule.months)}: Aufbewahrungsende {german_date(end)}.")
    else:
        steps.append(f"Eine weitere Dauer kommt nicht hinzu: Aufbewahrungsende {german_date(end)}.")
    return steps


def phases(restricted_from: date, end: date, today: date) -> str:
    """The two phases with their days, and in which of them the day falls."""
    text = (
        f"Ab {german_date(restricted_from)} ist nur noch eingeschränkte Nutzung erlaubt, bis zum Ende des zweiten "
        f"Abschnitts am {german_date(end)}"
    )
    return f"{text}; dieser Abschnitt hat begonnen." if restricted_from <= today else f"{text}."


def minimum_wins(rule: Rule, start: date, end: date) -> str:
    """Another rule's legal minimum ends later."""
    return (
        f"Die gesetzliche Mindestfrist der übergeordneten Regel {rule.rule_id} „{rule.title}“ "
        f"({rule.legal_basis}) endet später und geht vor: {_sum(rule, start, end)}"
    )


def _sum(rule: Rule, start: date, end: date) -> str:
    return f"{german_date(start)} plus {duration(rule.months or 0)}, Aufbewahrungsende {german_date(end)}."


def longer_wins(rule: Rule, start: date, end: date) -> str:
    """A rule just as specific ends later."""
    return (
        f"Die gleich genaue Regel {rule.rule_id} „{rule.title}“ ({rule.legal_basis}) endet später und geht vor: "
        f"{_sum(rule, start, end)}"
    )


def conflict(kind: ConflictKind, leader: Rule, rule: Rule, end: date | None) -> str:
    """Another rule contradicts the leading one."""
    until = f"liefe bis {german_date(end)}" if end else "liefe ohne bekanntes Ende"
    if kind is ConflictKind.BEYOND_MAXIMUM:
        return (
            f"Widerspruch: Die Mindestfrist der Regel {rule.rule_id} ({rule.legal_basis}) {until}. "
            "Die Schriftgutverwaltung muss klären, welche Frist gilt."
        )
    if kind is ConflictKind.EARLIER_MAXIMUM:
        return (
            f"Widerspruch: Die Höchstfrist der Regel {rule.rule_id} ({rule.legal_basis}) {until}, früher als die der "
            f"Regel {leader.rule_id}. Die Schriftgutverwaltung muss klären, welche Frist gilt."
        )
    if kind is ConflictKind.SAME_RANK:
        return (
            f"Widerspruch: Die Regeln {leader.rule_id} und {rule.rule_id} ({rule.legal_basis}) treffen gleich genau "
            f"und unterscheiden sich; nach {rule.rule_id} gilt Aussonderungsart {rule.action.value}, ihre Frist "
            f"{until}. Es zählt die längere Frist; die Schriftgutverwaltung muss die Regeln bereinigen."
        )
    return (
        f"Die allgemeinere Regel {rule.rule_id} ({rule.legal_basis}) {until}; die Regel {leader.rule_id} geht ihr vor."
    )


def undecided(end: date, today: date) -> str:
    """A maximum is over while a minimum binds."""
    return (
        f"Die Frist endete am {german_date(end)} (Stichtag {german_date(today)}), aber die Mindestfrist bindet noch: "
        "Nichts wird ausgesondert, bis eine neue Fassung der Regeln den Widerspruch löst."
    )


def shared(references: Sequence[str]) -> str:
    """A record lies in several case files."""
    return (
        f"Das Schriftgut liegt in {len(references)} Akten ({', '.join(references)}); es bleibt, solange eine davon es "
        "bindet."
    )


def longest(reference: str, outcome: Outcome, end: date | None) -> str:
    """Which of several case files decides."""
    text = f"Am längsten bindet die Akte {reference}"
    if outcome is Outcome.KEEP and end:
        return f"{text}: aufzubewahren bis einschließlich {german_date(end)}."
    if outcome is Outcome.ON_HOLD and end:
        return f"{text}; die Frist endete am {german_date(end)}, eine Löschsperre verhindert die Aussonderung."
    if end and outcome in {Outcome.OFFER, Outcome.DESTROY}:
        return f"{text}: Die Frist endete am {german_date(end)}; auszusondern ist, was dort bestimmt ist."
    reasons = {
        Outcome.KEEP_PERMANENTLY: "Dort ist dauernd aufzubewahren.",
        Outcome.OPEN: "Sie ist noch nicht geschlossen.",
        Outcome.NO_RULE: "Dort gilt keine Regel.",
        Outcome.WAITING_FOR_EVENT: "Dort fehlt noch ein Ereignis.",
    }
    return f"{text}: {reasons.get(outcome, 'Dort widersprechen sich die Regeln.')}"


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
        f"Löschsperre seit {german_date(hold.placed_on)}: {hold.reason.rstrip('.')}{_answered_for(hold)}; {effect}."
        for hold in sorted(holds, key=lambda hold: (hold.placed_on, hold.reason))
    ]


def _answered_for(hold: Hold) -> str:
    """By which law a hold stands, who set it, who answers for it, and when it is looked at again."""
    told = (
        hold.legal_basis,
        f"gesetzt von {hold.placed_by}" if hold.placed_by else "",
        f"zuständig {hold.owner}" if hold.owner else "",
        f"Prüfung am {german_date(hold.review_on)}" if hold.review_on else "",
    )
    found = ", ".join(part for part in told if part)
    return f" ({found})" if found else ""
