"""What a token may be used for: each scope is a part of the powers its person has, never more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from eakte.records.access import Permission


class Scope(StrEnum):
    """Scopes of a token."""

    READ = "read"
    SUBMIT = "submit"
    FILE = "file"
    CLOSE = "close"
    HISTORY = "history"
    EVERYTHING = "everything"


SCOPE_LABELS: Mapping[Scope, str] = {
    Scope.READ: "Lesen und suchen",
    Scope.SUBMIT: "Einreichungen und Dateien einliefern, sonst nichts",
    Scope.FILE: "Einliefern, ablegen, Akten und Vorgänge anlegen",
    Scope.CLOSE: "z.d.A. verfügen",
    Scope.HISTORY: "Protokoll lesen",
    Scope.EVERYTHING: "Alles, was die Person darf",
}

_OPENS: Mapping[Scope, frozenset[Permission]] = {
    Scope.READ: frozenset({Permission.READ}),
    Scope.SUBMIT: frozenset({Permission.UPLOAD}),
    Scope.FILE: frozenset({Permission.READ, Permission.UPLOAD, Permission.FILE, Permission.OPEN_FILE}),
    Scope.CLOSE: frozenset({Permission.READ, Permission.CLOSE, Permission.EVENT}),
    Scope.HISTORY: frozenset({Permission.HISTORY}),
    # A power that is new belongs to no narrow scope by itself. One's own account is for its person alone: a token that
    # could change the password or make tokens would outlive its own revocation.
    Scope.EVERYTHING: frozenset(Permission) - {Permission.ACCOUNT},
}
_ALWAYS = frozenset({Permission.PUBLIC, Permission.SIGNED_IN})


def powers_of(scopes: Collection[Scope]) -> frozenset[Permission]:
    """Return the most that a token with these scopes may do."""
    return _ALWAYS.union(*(_OPENS[scope] for scope in scopes))
