"""Master keys kept by another system: an HSM, a key service, a vault, behind a program of the city's choice.

The program is called as ``PROGRAM make|wrap|unwrap|destroy NAME [ABOUT]``, ABOUT in hexadecimal. For ``wrap`` and
``unwrap`` it reads one line of base64 and writes one. It ends with 0; with 3 where there is no such key, with 4 where
the key does not fit. Anything else is a fault, as is taking longer than a minute.
"""

from __future__ import annotations

import base64
import binascii
import subprocess
from pathlib import Path

from eakte.store.master_keys import KeysUnusable, MasterKeyMissing, MasterKeyWrong, checked_name

SECONDS = 60
MISSING, WRONG = 3, 4


class ProgramKeys:
    """Master keys behind a program; they never enter this process."""

    def __init__(self, program: Path) -> None:
        self._program = program

    def make(self, name: str) -> None:
        """Have a key made."""
        self._ask("make", name)

    def wrap(self, name: str, key: bytes, about: bytes) -> bytes:
        """Have *key* closed."""
        return self._ask("wrap", name, about, key)

    def unwrap(self, name: str, wrapped: bytes, about: bytes) -> bytes:
        """Have opened what was closed."""
        return self._ask("unwrap", name, about, wrapped)

    def destroy(self, name: str) -> None:
        """Have a key destroyed."""
        self._ask("destroy", name)

    def _ask(self, act: str, name: str, about: bytes | None = None, content: bytes = b"") -> bytes:
        words = [str(self._program), act, checked_name(name), *([about.hex()] if about is not None else [])]
        asked = base64.b64encode(content) + b"\n"
        try:
            answer = subprocess.run(words, input=asked, capture_output=True, timeout=SECONDS, check=False)
            if answer.returncode == MISSING:
                raise MasterKeyMissing(name=name)
            if answer.returncode == WRONG:
                raise MasterKeyWrong(name=name)
            if answer.returncode:
                raise KeysUnusable(problem=self._problem(f"endete mit {answer.returncode}"))
            return base64.b64decode(answer.stdout.strip(), validate=True)
        except subprocess.TimeoutExpired:
            raise KeysUnusable(problem=self._problem("antwortet nicht")) from None
        except (OSError, binascii.Error) as error:
            raise KeysUnusable(problem=self._problem(f"ist nicht zu gebrauchen ({type(error).__name__})")) from error

    def _problem(self, what: str) -> str:
        return f"Das Programm der Hauptschlüssel „{self._program}“ {what}. Prüfen Sie den Schlüsseldienst."
