"""What signing in leaves behind: sessions, tokens of programs, attempts, identities of other services, throttles.

No secret lies here in the clear: of sessions and tokens only the SHA-256 is stored. They are random with 256 bits, so a
slow hash would protect nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eakte.store.base import Base, UtcDateTime


class WebSession(Base):
    """A signed-in browser. Only the SHA-256 of its token is stored."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    """The name of the session in lists; it opens nothing."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The last request of the person, within a minute."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    way: Mapped[str] = mapped_column(String(20))
    """How the person signed in: ``password``, ``ldap`` or ``oidc``."""
    address: Mapped[str] = mapped_column(String(60))
    browser: Mapped[str] = mapped_column(String(80))
    id_token: Mapped[str | None] = mapped_column(Text)
    """What the OpenID provider asks for when the person signs out there too."""


class SignIn(Base):
    """One attempt to sign in to an account that exists. Names nobody has are not kept: they may be passwords."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person_id_at", "person_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    way: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(60))
    browser: Mapped[str] = mapped_column(String(80))


class ApiToken(Base):
    """A key for programs: acts for a person, within its scopes, until it expires or is revoked."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(20))
    """The first characters, by which people know it again."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Identity(Base):
    """Whom another service means: the subject of an OpenID provider, or an entry of the directory."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the directory no longer knows the person: what it closed it may open again."""


class OidcFlow(Base):
    """A sign-in that is under way at the OpenID provider; used once, by the browser that began it."""

    __tablename__ = "oidc_flow"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    visitor_hash: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(100))
    code_verifier: Mapped[str] = mapped_column(String(128))
    next_path: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Throttle(Base):
    """How far ahead of its allowance somebody is; rows of the past mean nothing and are swept away."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    arrival: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """When the next one would come on time (GCRA's theoretical arrival time)."""
