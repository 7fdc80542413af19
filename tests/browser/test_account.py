"""One's own account in a browser: a passkey from a device of its own, the theme, the zone in one click, and looks."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse, cookie_of
from tests.browser.looking import every_look, faults, overflow
from tests.factories import join, make_cohort, make_user
from tests.tracker.conftest import browser_of
from tracker import feeds
from tracker.models import Mail, User
from tracker.sign_in import create_link

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsanlagenbetreiber"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def with_device(page: Page, **options: Any) -> tuple[Any, str]:
    """An authenticator in the page's browser: how to speak to it, and its id."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | options})
    return device, made["authenticatorId"]


def test_a_passkey_is_added_and_signs_in(browse: Browse, ada: User, server: str) -> None:
    """At `localhost`: browsers keep no passkey for an address that is a number."""
    place = server.replace("127.0.0.1", "localhost")
    page = browse(base_url=place)
    page.context.add_cookies([cookie_of(ada, place)])
    device, key = with_device(page)
    page.goto("/account/")
    page.get_by_role("link", name="Add a passkey").click()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    expect(page.get_by_role("button", name="Add the passkey")).to_be_focused()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.get_by_label("What to call it").fill("My telephone")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes code")).to_have_count(10)
    assert Mail.objects.get().subject == "A passkey was added to your Pathnotes account"
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This device has a passkey")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/account/")
    expect(page.locator("#signing-in")).to_contain_text("My telephone used")
    assert Authenticator.objects.get(type="webauthn").last_used_at is not None


def test_the_theme_goes_with_the_account(browse: Browse, ada: User) -> None:
    page = browse(ada, color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    page.goto("/roadmaps/")
    light = page.evaluate(paper)
    button = page.get_by_role("button", name="Theme:")
    for theme in ("light", "dark"):
        with page.expect_response("**/account/theme/") as answer:
            button.click()
        assert answer.value.status == 204
        assert User.objects.get(pk=ada.pk).theme == theme
    dark = page.evaluate(paper)
    plain = browse(ada, color_scheme="light", java_script_enabled=False)
    plain.goto("/account/")
    expect(plain.locator("html")).to_have_attribute("data-theme", "dark")
    plain.get_by_label("Theme", exact=True).select_option("")
    plain.get_by_role("button", name="Save: Theme").click()
    expect(plain.locator(".messages")).to_contain_text("Saved.")
    page.goto("/roadmaps/")
    assert (page.evaluate(paper), light != dark) == (light, True)
    expect(button).to_have_attribute("aria-label", "Theme: system. Change to light")


def test_the_zone_of_the_device_in_one_click_and_mistakes_stay(browse: Browse, ada: User) -> None:
    page = browse(ada, timezone_id="Asia/Tokyo", width=360)
    page.goto("/account/")
    page.get_by_role("button", name="Use the zone of this device: Asia/Tokyo").click()
    expect(page.locator(".messages")).to_contain_text("Saved.")
    expect(page.locator("#time-zone")).to_contain_text("in Asia/Tokyo")
    expect(page.get_by_role("button", name="Use the zone")).to_be_hidden()
    page.get_by_label("Time zone", exact=True).fill("Mars/Olympus")
    page.get_by_label("Time zone", exact=True).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is no time zone called “Mars/Olympus”")
    expect(page.get_by_label("Time zone", exact=True)).to_have_value("Mars/Olympus")
    assert faults(page) == []
    assert User.objects.get(pk=ada.pk).time_zone == "Asia/Tokyo"


@pytest.fixture
def everything(ada: User) -> None:
    """One of each thing the pages can show; names that are long and Arabic."""
    for title in ("علم البيانات", LONG):
        join(ada, cohort := make_cohort(title))
        join(make_user(f"{LONG} أدا"), cohort, "mentor")
        join(ada, own := make_cohort(f"{LONG} own"), "mentor")
        feeds.say_fetched(user=ada, cohort=own)
        Authenticator.objects.create(user=ada, type="webauthn", data={"name": title, "credential": {}})
    RecoveryCodes.activate(ada)
    browser_of(ada)
    create_link(user=ada)
    EmailAddress.objects.create(user=ada, email=f"{'x' * 60}@{'y' * 60}.example", verified=False)


@every_look
def test_looks(browse: Browse, ada: User, everything: None, theme: str, width: int) -> None:
    page = browse(ada, color_scheme=theme, width=width)
    found = {}
    for address in (
        "/account/",
        "/keyboard/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/recovery-codes/",
    ):
        page.goto(address)
        for details in page.locator("main details").all():
            details.evaluate("details => { details.open = true }")
        found[address] = faults(page)
        page.evaluate("document.documentElement.dir = 'rtl'")
        found[f"{address} from right to left"] = [overflow(page)] if overflow(page) > 0 else []
    EmailAddress.objects.update(verified=True)
    Authenticator.objects.all().delete()
    for address in ("/account/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"):
        page.goto(address)
        found[f"{address} before"] = faults(page)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}
