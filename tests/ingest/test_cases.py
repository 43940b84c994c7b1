"""Which case file is proposed, how surely and why."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import propose_case_files, weigh
from ingest.likeness import FileText, Likeness
from ingest.model import CaseCandidate, Facts, Finding, Proposal

TODAY = date(2026, 3, 20)


def _case(number: int, subject: str = "Neubau einer Garage, Lindenweg 7", **changes: object) -> CaseCandidate:
    values: dict[str, object] = {
        "case_file_id": f"id-{number}",
        "reference": f"52.01.01-2026/{number:04d}",
        "aliases": (),
        "subject": subject,
        "file_plan_code": "52.01.01",
        "opened_on": date(2026, 1, 5),
        "is_open": True,
        "senders": frozenset(),
        **changes,
    }
    return CaseCandidate(**values)  # type: ignore[arg-type]  # the test's own values


def _facts(*references: str, sender: str | None = None, subject: str | None = None) -> Facts:
    return Facts(
        references=tuple(Finding(reference) for reference in references),
        sender=Finding(sender) if sender else None,
        subject=Finding(subject) if subject else None,
    )


OTHERS = tuple(
    FileText(f"other-{number}", subject, f"Unterlagen zu {subject}")
    for number, subject in enumerate(("Hundesteuer Rex", "Baumfällung Allee", "Kita Sonnenhof", "Gaststätte Anker"))
)


def _propose(facts: Facts, *candidates: CaseCandidate, text: str = "") -> tuple[Proposal, ...]:
    """Propose for a letter that shows its sender and subject, with files that hold letters of their known senders."""
    found = [finding.value for finding in (facts.sender, facts.subject) if finding]
    shown = "\n".join((*found, text))
    texts = [FileText(one.case_file_id, one.subject, "\n".join((one.subject, *one.senders))) for one in candidates]
    likeness = Likeness((*texts, *OTHERS)).of(shown)
    return propose_case_files(weigh(facts, shown, candidates, TODAY, likeness))


def test_a_reference_beats_everything() -> None:
    other = _case(2, senders=frozenset({"Erika Beispiel"}))
    facts = _facts("52.01.01-2026/0001", sender="Erika Beispiel", subject="Neubau einer Garage, Lindenweg 7")
    best, *_ = _propose(facts, other, _case(1, subject="Abbruch der Scheune"))
    assert best.value == "id-1"
    assert best.confidence >= 0.95


def test_a_reference_in_the_subject_is_said_to_stand_there() -> None:
    facts = _facts("52.01.01-2026/0001", subject="Ihr Zeichen 52.01.01-2026/0001")
    assert _propose(facts, _case(1))[0].reason == "Aktenzeichen im Betreff gelesen."


def test_a_reference_only_in_the_running_text_counts() -> None:
    assert _propose(Facts(), _case(1), text="zu 52.01.01-2026/0001 teile ich mit")[0].confidence >= 0.95


def test_an_old_sign_of_the_file_counts_as_its_reference() -> None:
    old = _case(1, aliases=("63.2-17/2019 BA",))
    best = _propose(Facts(), old, text="Unser Antrag, Az. 63.2 – 17/2019 BA, vom Mai")[0]
    assert best.confidence >= 0.95
    assert "Früheres Aktenzeichen" in best.reason


def test_a_short_old_sign_does_not_catch_every_number() -> None:
    assert _propose(Facts(), _case(1, aliases=("17",)), text="am 17 Uhr") == ()


def test_the_second_reference_of_a_letter_is_only_mentioned() -> None:
    best, second = _propose(_facts("52.01.01-2026/0001", "52.01.01-2026/0002"), _case(2), _case(1))
    assert (best.value, second.value) == ("id-1", "id-2")
    assert second.confidence < 0.95


def test_without_a_reference_nothing_is_sure() -> None:
    known = _case(1, senders=frozenset({"Beispiel, Erika"}))
    facts = _facts(sender="Erika Beispiel", subject="Neubau einer Garage, Lindenweg 7")
    best = _propose(facts, known)[0]
    assert 0.7 <= best.confidence < 0.95
    assert best.reason.startswith("Absender ist in dieser Akte bekannt. Betreff ähnelt dem der Akte.")


def test_the_sender_alone_is_not_enough() -> None:
    best = _propose(_facts(sender="Elektro Blitz GmbH"), _case(1, senders=frozenset({"Elektro Blitz"})))[0]
    assert best.confidence < 0.7


@pytest.mark.parametrize("read", ["Gabor Lukacs", "Gäbor Lukäcs"])
def test_accents_lost_in_recognition_do_not_hide_a_known_sender(read: str) -> None:
    known = _case(1, senders=frozenset({"Gábor Lukács"}))
    assert "Absender ist in dieser Akte bekannt." in _propose(_facts(sender=read), known)[0].reason


def test_two_files_that_fit_alike_leave_the_choice_to_the_clerk() -> None:
    both = [_case(number, senders=frozenset({"Erika Beispiel"})) for number in (1, 2)]
    proposals = _propose(_facts(sender="Erika Beispiel", subject="Neubau einer Garage, Lindenweg 7"), *both)
    assert {proposal.value for proposal in proposals} == {"id-1", "id-2"}
    assert all(proposal.confidence < 0.7 for proposal in proposals)


def test_a_closed_file_is_less_likely_and_said_to_be_closed() -> None:
    closed = _case(1, senders=frozenset({"Erika Beispiel"}), is_open=False)
    best = _propose(_facts(sender="Erika Beispiel", subject="Neubau einer Garage, Lindenweg 7"), closed)[0]
    assert best.confidence < 0.7
    assert "abgeschlossen" in best.reason


def test_a_stranger_with_another_matter_gets_no_proposal() -> None:
    assert _propose(_facts(sender="Otto Fremd", subject="Hundesteuer"), _case(1), text="der Hund ist fort") == ()


def test_the_same_unit_alone_says_nothing() -> None:
    assert _propose(_facts("52.01.01-2026/9999"), _case(1)) == ()


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=60))
def test_sure_is_never_said_without_a_reference(text: str, sender: str, subject: str) -> None:
    case = _case(1, senders=frozenset({sender}), subject=subject)
    proposals = _propose(_facts(sender=sender or None, subject=subject or None), case, text=text)
    assert all(0 <= proposal.confidence < 0.95 for proposal in proposals)
