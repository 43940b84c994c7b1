"""Refusals only programs meet; everything else is refused by the actions, with the same classes as on the pages."""

from __future__ import annotations

from dataclasses import dataclass

from eakte.errors import EakteError, InvalidInput


class TokenNeeded(EakteError):
    """No valid access token was sent (RFC 6750), or a browser's session where a token is needed."""

    code, status = "token-needed", 401


class UnknownAddress(EakteError):
    """Nothing of the interface has this address; the same answer as for a record that is not there."""

    code, status = "not-found", 404


class MethodNotAllowed(EakteError):
    """The address is right, the method is not; ``Allow`` names those that are (RFC 9110, 15.5.6)."""

    code, status = "method-not-allowed", 405


class BadJson(EakteError):
    """The body is no JSON text (RFC 8259) in UTF-8, or names a member twice."""

    code, status = "bad-json", 400


class UnreadableRequest(EakteError):
    """The request breaks the rules of HTTP itself."""

    code, status = "bad-request", 400


class WrongContentType(EakteError):
    """The body has a content type this operation does not read (RFC 9110, 15.5.16)."""

    code, status = "wrong-content-type", 415


class RequestTooLarge(EakteError):
    """The body is longer than this operation reads (RFC 9110, 15.5.14)."""

    code, status = "request-too-large", 413


class PreconditionNeeded(EakteError):
    """A record is to be changed without saying which state of it was seen (RFC 6585, 3)."""

    code, status = "precondition-needed", 428


class InvalidCursor(EakteError):
    """The cursor was not given out by this list with these filters."""

    code, status = "invalid-cursor", 422


class KeyReused(EakteError):
    """The Idempotency-Key stands for another request (draft-ietf-httpapi-idempotency-key-header, 2.7)."""

    code, status = "key-reused", 422


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty place of a request: which part, a JSON pointer (RFC 6901) or parameter name, a German sentence."""

    where: str
    """``body``, ``query`` or ``header``."""
    field: str
    detail: str


class InvalidRequest(InvalidInput):
    """Body, query or header do not fit the documented schema; ``faults`` names every place."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(problem=" ".join(f"{fault.field}: {fault.detail}" for fault in faults[:3]))
        self.faults = faults
