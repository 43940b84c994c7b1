import os
import socket
import subprocess
import sys

import pytest

from eakte.worker import executor
from eakte.worker.executor import is_gone, new_executor_id, own_host


def id_of(number: int) -> str:
    return f"{socket.gethostname()}-{number}-{'a' * 32}"


def test_every_start_has_a_new_id() -> None:
    assert new_executor_id() != new_executor_id()


def test_a_running_process_is_not_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert not is_gone(id_of(process.pid), own_host())
        process.kill()


def test_an_ended_process_of_this_host_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert is_gone(id_of(process.pid), own_host())


def test_a_process_that_only_waits_for_its_parent_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.read()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(id_of(process.pid), own_host())


def test_whoever_had_our_own_number_before_us_is_gone() -> None:
    assert is_gone(id_of(os.getpid()), own_host())


@pytest.mark.parametrize("host", ["", "another/1234/pid:[1]", own_host().replace("pid", "other")])
def test_nothing_is_known_of_processes_elsewhere(host: str) -> None:
    assert not is_gone(id_of(2**22 - 1), host)


def test_a_host_without_process_spaces_judges_by_silence_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "_process_space", lambda: "")
    assert not is_gone(id_of(2**22 - 1), own_host())
