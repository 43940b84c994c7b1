"""What protects the browser side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from eakte.web import security
from tests.web.city import City
from tests.web.conftest import Person


def test_every_answer_carries_a_strict_policy(city: City, clerk: Person) -> None:
    for path in ("/posteingang", f"/akten/{city.file_id}", "/akten/nichts", f"/dokumente/{city.filed}/seiten/1.webp"):
        headers = clerk.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'")
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_pages_are_kept_by_no_cache(clerk: Person) -> None:
    assert clerk.get("/posteingang").headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_out_of_reach_of_scripts(visitor: Person) -> None:
    cookie = visitor.sign_in("brandt").headers.get("Set-Cookie", "")
    assert cookie.startswith("ea_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_form_without_its_token_changes_nothing(city: City, clerk: Person) -> None:
    clerk.token = ""
    assert clerk.post(f"/akten/{city.file_id}/zda").status_code == 403
    clerk.token = "0123456789abcdef.00000000000000000000000000000000"
    assert clerk.post(f"/akten/{city.file_id}/zda").status_code == 403


def test_a_token_of_another_session_does_not_fit(city: City, clerk: Person, stranger: Person) -> None:
    stranger.get("/posteingang")
    clerk.token = stranger.token
    assert clerk.post(f"/akten/{city.file_id}/zda").status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://boese.example"}])
def test_a_request_from_a_foreign_page_is_refused(clerk: Person, headers: dict[str, str]) -> None:
    clerk.get("/posteingang")
    assert clerk.client.post("/abmelden", data={"csrf": clerk.token}, headers=headers).status_code == 403


def test_a_wrong_password_says_so_and_five_lock_the_account(visitor: Person) -> None:
    answers = [visitor.sign_in("brandt", "falsch") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "Anmeldename oder Kennwort stimmt nicht." in answers[0].text


def test_after_sign_in_the_person_lands_where_they_wanted(city: City, visitor: Person) -> None:
    wanted = visitor.get(f"/akten/{city.file_id}").headers["Location"]
    visitor.get(wanted, follow_redirects=True)
    answer = visitor.post("/anmelden", login="brandt", password="Musterstadt-2026", next=f"/akten/{city.file_id}")
    assert answer.headers["Location"] == f"/akten/{city.file_id}"


@pytest.mark.parametrize(
    "address",
    ["https://boese.example", "//boese.example", "/\\boese.example", "/\t/boese.example", "javascript:alert(1)", ""],
)
def test_nobody_is_sent_elsewhere_after_sign_in(address: str) -> None:
    assert security.safe_next(address) is None


@given(some.text(max_size=60))
def test_whatever_is_asked_a_redirect_stays_with_us(address: str) -> None:
    kept = security.safe_next(address)
    assert kept is None or (kept[0] == "/" and kept[1:2] not in {"/", "\\"})


@given(some.text(min_size=1), some.text(min_size=1))
def test_a_token_fits_its_own_key_alone(key: str, other: str) -> None:
    token = security.request_token(key)
    assert security.token_fits(key, token)
    assert security.token_fits(other, token) == (other == key)


def test_after_signing_out_the_session_is_over(clerk: Person) -> None:
    clerk.get("/posteingang")
    assert clerk.post("/abmelden").status_code == 303
    assert clerk.get("/posteingang").status_code == 303


def test_a_page_image_is_answered_short_when_the_browser_has_it(city: City, clerk: Person) -> None:
    path = f"/dokumente/{city.filed}/seiten/1.webp"
    first = clerk.get(path)
    assert (first.mimetype, first.headers["Cache-Control"]) == ("image/webp", "private, no-cache")
    assert clerk.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_download_is_never_run_by_the_browser(city: City, clerk: Person) -> None:
    answer = clerk.get(f"/dokumente/{city.filed}/original")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_fault_gives_a_number_and_no_inside(clerk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr("eakte.actions.case_lists.listing", broken)
    answer = clerk.get("/akten")
    assert answer.status_code == 500
    assert answer.headers["X-Correlation-Id"] in answer.text
    assert "inside" not in answer.text


def test_assets_are_kept_for_ever_and_sent_packed(clerk: Person) -> None:
    page = clerk.get("/akten").text
    style = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = clerk.get(style, headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    assert clerk.get("/v/../manifest.json").status_code == 404
    assert clerk.get("/v/manifest.json").status_code == 404
