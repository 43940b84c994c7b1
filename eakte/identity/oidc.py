"""OpenID Connect: authorisation code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700).

What the provider says is believed only as far as its signature reaches. The client secret goes to its token endpoint
and nowhere else.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from eakte.errors import IdentityRefused, IdentityUnproven, IdentityUnreachable
from eakte.identity.web import TIMEOUT, is_safe, json_of
from eakte.records.identity import Told, told_by

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that only the provider can make; never ``none``, never one with a shared secret."""
DISCOVERY = "/.well-known/openid-configuration"
FRESH = timedelta(hours=1)
"""How long what the provider tells about itself is believed without asking again."""
LEEWAY = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Client:
    """What we are at the provider."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: str
    login_claim: str
    name_claim: str
    groups_claim: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that begins: where to send the browser, and what must come back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Proved:
    """Who signed in at the provider, and the proof, for signing out there."""

    told: Told
    id_token: str


class Provider:
    """One OpenID provider. What it tells about itself is kept for a while, shared by all threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._known: tuple[datetime, dict[str, Any]] | None = None

    def begin(self, now: datetime) -> Begun:
        """Begin a sign-in.

        Raises:
            IdentityUnreachable, IdentityUnproven: The provider does not answer, or not as it must.
        """
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        with self._session() as session:
            url, _ = session.create_authorization_url(
                self._about(now)["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return Begun(url, state, nonce, verifier)

    def finish(self, answer: Mapping[str, str], *, nonce: str, code_verifier: str, now: datetime) -> Proved:
        """Exchange the code for the proof, check it, and return who it is about.

        Args:
            answer: The parameters of the address the browser came back to.
            nonce: What the proof must repeat.
            code_verifier: What proves to the provider that we began.
            now: The moment.

        Raises:
            IdentityRefused: The provider, or the person there, said no.
            IdentityUnreachable: The provider does not answer.
            IdentityUnproven: The proof does not hold.
            IdentityIncomplete: A claim is missing.
        """
        about = self._about(now)
        if answer.get("iss", self._client.issuer) != self._client.issuer:
            raise IdentityUnproven  # RFC 9207: the answer of another provider
        if "error" in answer or "code" not in answer:
            raise IdentityRefused
        tokens = self._exchange(about, answer["code"], code_verifier)
        id_token = str(tokens.get("id_token", ""))
        claims = self._checked(id_token, nonce, str(tokens.get("access_token", "")), about, now)
        values = self._completed(claims, str(tokens.get("access_token", "")), about)
        client = self._client
        told = told_by(
            client.issuer,
            claims["sub"],
            values,
            login=client.login_claim,
            name=client.name_claim,
            groups=client.groups_claim,
        )
        return Proved(told, id_token)

    def sign_out_url(self, id_token: str, back: str, now: datetime) -> str | None:
        """Return where the browser ends its session at the provider (RP-Initiated Logout 1.0); ``None`` if nowhere."""
        end = self._about(now).get("end_session_endpoint")
        if not is_safe(end, self._client.issuer):
            return None
        parameters = {"id_token_hint": id_token, "client_id": self._client.client_id, "post_logout_redirect_uri": back}
        return f"{end}{'&' if '?' in str(end) else '?'}{urlencode(parameters)}"

    def _session(self, **credentials: str | None) -> OAuth2Session:
        client = self._client
        return OAuth2Session(
            **({"client_id": client.client_id} | credentials),
            scope=client.scopes,
            redirect_uri=client.redirect_uri,
            code_challenge_method="S256",
        )

    def _exchange(self, about: dict[str, Any], code: str, code_verifier: str) -> dict[str, Any]:
        client = self._client
        credentials = {"token_endpoint_auth_method": "none"}
        if client.client_secret:  # RFC 6749, 2.3.1: both are form-encoded first, which Authlib leaves to us
            known = {"client_id": quote_plus(client.client_id), "client_secret": quote_plus(client.client_secret)}
            credentials = {"token_endpoint_auth_method": "client_secret_basic", **known}
        try:
            with self._session(**credentials) as session:
                found = session.fetch_token(
                    about["token_endpoint"],
                    code=code,
                    code_verifier=code_verifier,
                    grant_type="authorization_code",
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
        except AuthlibBaseError as error:
            raise IdentityRefused from error
        except requests.JSONDecodeError as error:
            raise IdentityUnproven from error
        except requests.RequestException as error:
            raise IdentityUnreachable(reason=type(error).__name__) from error
        return dict(found)

    def _checked(
        self, id_token: str, nonce: str, access_token: str, about: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        client = self._client
        options = {
            "iss": {"essential": True, "value": client.issuer},
            "aud": {"essential": True, "value": client.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        known = {"nonce": nonce, "client_id": client.client_id, "access_token": access_token}
        try:
            decoded = self._decoded(id_token, about)
            claims = CodeIDToken(decoded.claims, decoded.header, options, known)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, KeyError) as error:
            raise IdentityUnproven from error
        return dict(claims)

    def _decoded(self, id_token: str, about: dict[str, Any]) -> jwt.Token:
        keys = about.get("keys") or self._fetch_keys(about)
        try:
            return jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # the provider has a new key since
            return jwt.decode(id_token, KeySet.import_key_set(self._fetch_keys(about)), algorithms=ALGORITHMS)

    @staticmethod
    def _fetch_keys(about: dict[str, Any]) -> Any:
        about["keys"] = json_of(about["jwks_uri"])
        return about["keys"]

    def _completed(self, claims: dict[str, Any], access_token: str, about: dict[str, Any]) -> dict[str, Any]:
        """Return the claims, those missing in the proof added from the provider's user info (Core 5.3.2)."""
        wanted = {self._client.login_claim, self._client.name_claim, self._client.groups_claim}
        endpoint = about.get("userinfo_endpoint")
        if wanted <= claims.keys() or not access_token or not is_safe(endpoint, self._client.issuer):
            return claims
        more = json_of(str(endpoint), bearer=access_token)
        if more.get("sub") != claims["sub"]:
            raise IdentityUnproven
        return more | claims

    def _about(self, now: datetime) -> dict[str, Any]:
        with self._lock:
            if self._known is None or now - self._known[0] > FRESH:
                self._known = now, self._discover()
            return self._known[1]

    def _discover(self) -> dict[str, Any]:
        issuer = self._client.issuer
        if not is_safe(issuer, issuer):
            raise IdentityUnproven
        about = json_of(issuer.rstrip("/") + DISCOVERY)
        if about.get("issuer") != issuer or not all(is_safe(about.get(name), issuer) for name in ENDPOINTS):
            raise IdentityUnproven
        about.pop("keys", None)
        return about
