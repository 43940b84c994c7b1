import threading
from collections.abc import Callable

import psycopg
import pytest
from botocore.exceptions import EndpointConnectionError
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm.exc import StaleDataError

from eakte.errors import OnHold
from eakte.worker import workflow
from eakte.worker.workflow import DONE, ENOUGH, PUT_OFF, TRIES, UNEXPECTED, Later, Stopped, perform
from ingest.errors import EncryptedFile
from search.errors import IndexBroken, SearchAway, TooManyKeys


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "PAUSE", 0.0)


def failing(error: Exception, times: int = 1000) -> tuple[Callable[..., None], list[tuple[object, ...]]]:
    calls: list[tuple[object, ...]] = []

    def step(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) <= times:
            raise error

    return step, calls


def run(step: Callable[..., str | None]) -> str:
    return perform(step, "services", ("id-1", "id-2"), threading.Event())


def away(cause: Exception) -> OperationalError:
    return OperationalError("SELECT 1", {}, cause)


def test_a_step_gets_the_services_and_its_ids() -> None:
    step, calls = failing(Later(), times=0)
    assert run(step) == DONE
    assert calls == [("services", "id-1", "id-2")]


def test_a_step_may_say_that_the_rest_has_nothing_to_do() -> None:
    assert run(lambda *_: ENOUGH) == ENOUGH


@pytest.mark.parametrize(
    ("answer", "code"), [(EncryptedFile(), "encrypted-file"), (OnHold(), "on-hold"), (TooManyKeys(), "too-many-keys")]
)
def test_an_answer_of_the_domain_is_not_tried_again(answer: Exception, code: str) -> None:
    step, calls = failing(answer)
    assert run(step) == code
    assert len(calls) == 1


@pytest.mark.parametrize(
    "error",
    [
        Later(),
        ConnectionResetError(),
        TimeoutError(),
        EndpointConnectionError(endpoint_url="s3"),
        StaleDataError(),
        OSError("disk full"),
        SearchAway(),
        IndexBroken(),
    ],
)
def test_what_is_away_is_tried_again_and_then_put_off(error: Exception) -> None:
    step, calls = failing(error)
    assert run(step) == PUT_OFF
    assert len(calls) == TRIES


def test_a_hiccup_is_over_with_the_next_try() -> None:
    step, _ = failing(Later(), times=TRIES - 1)
    assert run(step) == DONE


@pytest.mark.parametrize("mistake", [ZeroDivisionError(), ProgrammingError("SELECT", {}, Exception("no such table"))])
def test_a_mistake_of_ours_becomes_a_fault_and_stops_nothing(mistake: Exception) -> None:
    step, calls = failing(mistake)
    assert run(step) == UNEXPECTED
    assert len(calls) == TRIES


@pytest.mark.parametrize("cause", [psycopg.OperationalError("connection refused"), Exception("database is locked")])
def test_a_step_waits_for_the_database_as_long_as_it_takes(cause: Exception) -> None:
    step, calls = failing(away(cause), times=5 * TRIES)
    assert run(step) == DONE
    assert len(calls) == 5 * TRIES + 1


def test_a_missing_table_is_not_waited_for() -> None:
    step, calls = failing(away(Exception("no such table: item")))
    assert run(step) == PUT_OFF
    assert len(calls) == TRIES


def test_a_process_that_ends_begins_no_step() -> None:
    closing = threading.Event()
    closing.set()
    step, calls = failing(Later(), times=0)
    with pytest.raises(Stopped):
        perform(step, "services", (), closing)
    assert calls == []
