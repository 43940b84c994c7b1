"""The key that signs exports of the history and separator sheets: made on first use, readable for us alone."""

from __future__ import annotations

import base64
import binascii
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from eakte.errors import InvalidInput

NAME = "protokoll-schluessel.pem"


class SigningKey:
    """The Ed25519 key of one installation, in its data folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def sign(self, content: bytes) -> str:
        """Return the signature in base64."""
        return base64.b64encode(self._key().sign(content)).decode()

    def signed(self, content: bytes, signature: str) -> bool:
        """Whether the signature (base64) is this key's over exactly these bytes."""
        return PublicKey(self._key().public_key()).signed(content, signature)

    def public_pem(self) -> bytes:
        """Return the public key for whoever verifies."""
        return self._key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def _key(self) -> Ed25519PrivateKey:
        with suppress(FileExistsError):  # made before, or just now by another process
            self._make()
        key = load_pem_private_key(self.path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{self.path} holds another kind of key")
        return key

    def _make(self) -> None:
        if self.path.exists():
            raise FileExistsError(self.path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        ready = self.path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(ready, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(ready, self.path)  # whole or not at all, and never over another one
        finally:
            ready.unlink()


def verifier(file: Path) -> PublicKey:
    """Return the public key in a PEM file.

    Raises:
        InvalidInput: The file holds no Ed25519 key.
    """
    try:
        key = load_pem_public_key(file.read_bytes())
    except ValueError as error:
        raise InvalidInput(problem=f"„{file}“ ist kein öffentlicher Schlüssel.", field="key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise InvalidInput(problem=f"„{file}“ ist kein Ed25519-Schlüssel.", field="key")
    return PublicKey(key)


class PublicKey:
    """A key that signatures are held against."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def signed(self, content: bytes, signature: str) -> bool:
        """Whether the signature (base64) is the key's over exactly these bytes."""
        try:
            self._key.verify(base64.b64decode(signature, validate=True), content)
        except (InvalidSignature, binascii.Error):
            return False
        return True
