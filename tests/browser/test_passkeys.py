"""Passkeys, with an authenticator that the browser itself plays."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import owner

PASSWORD = "paivand-demo"


@pytest.fixture
def passkeys_end() -> Iterator[None]:
    """The account signs in by its button again when the test ends: others of this server use it too."""
    yield
    with owner() as connection:
        connection.execute("delete from mfa_authenticator")


def test_a_passkey_is_added_and_signs_in_without_a_password(visit, address, passkeys_end):
    page = visit("trainer")
    # WebAuthn wants a domain: the same server by its name.
    named = address.replace("127.0.0.1", "localhost")
    page.goto(f"{named}/account/login/")
    page.locator("form[action$='/demo/trainer/'] button").click()
    page.wait_for_url(re.compile(r":\d+/$"))
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    client.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    page.goto(f"{named}/account/2fa/webauthn/add/")
    if "reauthenticate" in page.url:
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url("**/webauthn/add/")
    page.locator("[name=name]").fill("My phone")
    passwordless = page.locator("[name=passwordless]")
    if passwordless.count():
        passwordless.check()
    page.locator("main form[action*='webauthn/add'] button").last.click()
    page.wait_for_url(re.compile(r"/account/2fa/(?!webauthn/add/).*"))
    page.goto(f"{named}/account/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("My phone")

    page.context.clear_cookies()
    page.goto(f"{named}/account/login/")
    page.get_by_role("button", name=re.compile("passkey", re.IGNORECASE)).click()
    page.wait_for_url(re.compile(r":\d+/$"))
    expect(page.locator("body")).to_contain_text("Таҳмина Қодирова")
