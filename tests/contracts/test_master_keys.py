"""Every keeper of master keys keeps the same promises: files of a folder, and a program."""

import secrets
import sys
from pathlib import Path

import pytest

from eakte.store.master_keys import FolderKeys, KeysUnusable, MasterKeyMissing, MasterKeys, MasterKeyWrong
from eakte.store.master_keys_program import ProgramKeys

SERVICE = """#!{python}
# A small key service: each key is a file; AES-CTR by openssl, HMAC over what is closed and what it is about.
import base64, hashlib, hmac, pathlib, secrets, subprocess, sys
act, name, *about = sys.argv[1:]
file = pathlib.Path({folder!r}) / name
if act == "make":
    file.exists() or file.write_bytes(secrets.token_bytes(64))
    sys.exit(0)
if act == "destroy":
    file.unlink(missing_ok=True)
    sys.exit(0)
if not file.exists():
    sys.exit(3)
key, proof = file.read_bytes()[:32], file.read_bytes()[32:]
given = base64.b64decode(sys.stdin.readline())
def crypt(nonce, text):
    words = ["openssl", "enc", "-aes-256-ctr", "-K", key.hex(), "-iv", nonce.hex()]
    return subprocess.run(words, input=text, stdout=subprocess.PIPE, check=True).stdout
def tag(content):
    return hmac.new(proof, content + bytes.fromhex(about[0]), hashlib.sha256).digest()
if act == "wrap":
    nonce = secrets.token_bytes(16)
    closed = nonce + crypt(nonce, given)
    print(base64.b64encode(closed + tag(closed)).decode())
else:
    closed = given[:-32]
    if not hmac.compare_digest(tag(closed), given[-32:]):
        sys.exit(4)
    print(base64.b64encode(crypt(closed[:16], closed[16:])).decode())
"""
KEY = bytes(range(32))
ABOUT = b"whose"


def service(folder: Path, text: str = SERVICE) -> Path:
    (folder / "kept").mkdir(exist_ok=True)
    program = folder / "service"
    program.write_text(text.replace("{python}", sys.executable).replace("{folder!r}", repr(str(folder / "kept"))))
    program.chmod(0o700)
    return program


@pytest.fixture(params=["folder", "program"])
def masters(request: pytest.FixtureRequest, tmp_path: Path) -> MasterKeys:
    return FolderKeys(tmp_path / "masters") if request.param == "folder" else ProgramKeys(service(tmp_path))


def test_what_is_closed_is_opened_by_the_same_key_alone(masters: MasterKeys) -> None:
    masters.make("one")
    masters.make("two")
    wrapped = masters.wrap("one", KEY, ABOUT)
    assert KEY not in wrapped
    assert masters.unwrap("one", wrapped, ABOUT) == KEY
    with pytest.raises(MasterKeyWrong):
        masters.unwrap("two", wrapped, ABOUT)


def test_what_is_closed_is_about_one_thing_and_cannot_be_changed(masters: MasterKeys) -> None:
    masters.make("one")
    wrapped = masters.wrap("one", KEY, ABOUT)
    for changed, about in (
        (wrapped, b"another"),
        (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), ABOUT),
        (wrapped[3:], ABOUT),
    ):
        with pytest.raises(MasterKeyWrong):
            masters.unwrap("one", changed, about)


def test_making_a_key_twice_is_once(masters: MasterKeys) -> None:
    masters.make("one")
    wrapped = masters.wrap("one", KEY, ABOUT)
    masters.make("one")
    assert masters.unwrap("one", wrapped, ABOUT) == KEY


def test_a_destroyed_key_opens_nothing_and_destroying_twice_is_once(masters: MasterKeys) -> None:
    masters.make("one")
    wrapped = masters.wrap("one", KEY, ABOUT)
    masters.destroy("one")
    masters.destroy("one")
    with pytest.raises(MasterKeyMissing):
        masters.unwrap("one", wrapped, ABOUT)
    masters.make("one")
    with pytest.raises(MasterKeyWrong):
        masters.unwrap("one", wrapped, ABOUT)


def test_a_key_that_never_was_closes_nothing(masters: MasterKeys) -> None:
    with pytest.raises(MasterKeyMissing):
        masters.wrap("none", KEY, ABOUT)


@pytest.mark.parametrize("name", ["", "../one", "One", "a" * 65, ".one"])
def test_a_key_has_a_plain_name(masters: MasterKeys, name: str) -> None:
    with pytest.raises(ValueError, match="master key"):
        masters.make(name)


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho 'not base64!'\n", "#!/no/such/interpreter\n"])
def test_a_program_that_fails_is_told_with_its_name(tmp_path: Path, text: str) -> None:
    program = service(tmp_path, text)
    with pytest.raises(KeysUnusable) as refused:
        ProgramKeys(program).wrap("one", secrets.token_bytes(32), ABOUT)
    assert str(program) in refused.value.detail["problem"]
