"""Evidence on the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from eakte.cli.console import clock
from eakte.cli.exits import Exit
from tests.cli.conftest import ON_SQLITE, Shell
from tests.town import Town
from tests.tsa import Authority

pytestmark = ON_SQLITE


def test_a_file_is_sealed_verified_and_its_evidence_record_written(
    town: Town, shell: Shell, tsa_url: str, authority: Authority, tmp_path: Path
) -> None:
    town.now = clock() - timedelta(hours=2)
    reference = town.filed()[0].file_reference
    stamping = {"EAKTE_TIMESTAMP_URL": tsa_url, "EAKTE_TIMESTAMP_CERTIFICATES": authority.certificates}
    assert "Zeitstempel: 1." in shell("evidence", "seal", **stamping).stdout
    found = shell("evidence", "verify", reference, "--json", **stamping)
    told = json.loads(found.stdout)
    assert (found.exit_code, told["sound"], told["whole"]) == (Exit.DONE, True, True)
    assert {proof["seal"] for proof in told["proofs"]} == {"stamped"}
    target = tmp_path / "proof.ers"
    shell.done("evidence", "record", reference, told["proofs"][0]["sha256"], target, "--as", "brandt")
    assert target.read_bytes()[:1] == b"\x30"
    assert "Erneuert: 1 Zeitstempel." in shell("evidence", "renew", "--everything", **stamping).stdout


def test_a_damaged_file_is_told_and_the_command_fails(town: Town, shell: Shell) -> None:
    reference = town.filed()[0].file_reference
    for path in town.objects.root.glob("??/??/*"):
        path.unlink()
    assert shell("evidence", "verify", reference).exit_code == Exit.REFUSED
    lost = shell("evidence", "check", "--now")
    assert lost.exit_code == Exit.REFUSED
    assert "fehlt" in lost.stdout


def test_renewing_without_a_service_says_what_to_set(shell: Shell, town: Town) -> None:
    del town
    refused = shell("evidence", "renew")
    assert refused.exit_code != Exit.DONE
    assert "timestamp_url" in refused.stderr
