"""Signing in, being locked out, the second factor, idle sessions, and who may stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as one_time
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paivand.access.actions.users import hand_over_link, reset_second_factor
from paivand.access.models import AuditEvent, User
from paivand.access.models.identity import acting_as, for_purpose, identity
from paivand.access.views.users import _link
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from tests.cast import PASSWORD
from tests.conftest import CastClient

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/login/"


@pytest.fixture(autouse=True)
def empty_counters():
    cache.clear()


@pytest.fixture(autouse=True)
def standing_code(monkeypatch):
    """The half a minute of a one-time code does not end between making it and typing it."""
    counters = list(one_time.yield_hotp_counters_from_time())
    monkeypatch.setattr(one_time, "yield_hotp_counters_from_time", lambda: iter(counters))


@pytest.fixture
def with_password(zarina):
    """Zarina with a password."""
    with for_purpose("sign-in"):
        zarina.set_password(PASSWORD)
        zarina.save(update_fields=["password"])
    return zarina


def code_from(secret):
    """The one-time code of this moment."""
    return one_time.format_hotp_value(one_time.hotp_value(secret, next(one_time.yield_hotp_counters_from_time())))


def code_of(user):
    """The one-time code of a user."""
    from allauth.mfa.utils import decrypt

    with identity(user.pk):
        stored = Authenticator.objects.get(user=user, type="totp")
    return code_from(decrypt(stored.data["secret"]))


def try_sign_in(client, username="zarina", password=PASSWORD):
    return client.post(SIGN_IN, {"login": username, "password": password})


def events(dpo, **conditions):
    with acting_as(dpo):
        return list(AuditEvent.objects.filter(**conditions).order_by("id"))


def test_a_user_signs_in_with_password_and_code(with_password, dpo):
    client = CastClient()
    answer = try_sign_in(client)
    assert answer.url == reverse("mfa_authenticate")
    assert client.get("/me/").status_code == 302
    client.post(answer.url, {"code": code_of(with_password)})
    assert client.get("/me/").status_code == 200
    assert [event.outcome for event in events(dpo, event="session.start")] == ["done"]


def test_a_wrong_code_does_not_open(with_password):
    client = CastClient()
    answer = try_sign_in(client)
    wrong = client.post(answer.url, {"code": "000000"})
    assert wrong.status_code == 200
    assert client.get("/me/").status_code == 302


def test_a_wrong_password_says_nothing_about_the_user_and_is_audited(with_password, dpo):
    client = CastClient()
    known = try_sign_in(client, password="not this one").content.decode()
    unknown = try_sign_in(client, username="nobody", password="not this one").content.decode()
    assert "User name or password is not right" in known
    assert "User name or password is not right" in unknown
    refused = events(dpo, event="session.start", outcome="refused")
    assert [event.subject_label for event in refused] == ["zarina", "?"]


def test_guessing_is_locked_out_even_with_the_right_password(with_password):
    client = CastClient()
    for _ in range(5):
        try_sign_in(client, password="guess")
    answer = try_sign_in(client)
    assert answer.status_code == 200
    assert "Too many attempts" in answer.content.decode()


def test_a_suspended_user_does_not_come_in(with_password, admin):
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=with_password.pk).update(is_active=False)
    client = CastClient()
    try_sign_in(client)
    assert client.get("/me/").status_code == 302


def test_a_session_ends_when_its_user_is_suspended(zarina, admin, sign_in):
    client = sign_in(zarina)
    assert client.get("/me/").status_code == 200
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=zarina.pk).update(is_active=False)
    assert client.get("/me/").status_code == 302


def test_an_idle_session_ends_and_a_used_one_goes_on(zarina, sign_in, monkeypatch):
    client = sign_in(zarina)
    client.get("/me/")
    start = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=settings.IDLE_MINUTES - 1))
    assert client.get("/me/").status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=2 * settings.IDLE_MINUTES - 2))
    assert client.get("/me/").status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=3 * settings.IDLE_MINUTES))
    assert client.get("/me/").status_code == 302


def test_a_page_that_asks_again_by_itself_keeps_no_session_alive(zarina, sign_in, monkeypatch):
    client = sign_in(zarina)
    client.get("/me/")
    start = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=settings.IDLE_MINUTES - 1))
    assert client.get("/me/", headers={"x-by-itself": "1"}).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: start + timedelta(minutes=settings.IDLE_MINUTES + 1))
    assert client.get("/me/").status_code == 302


def test_every_page_that_asks_again_by_itself_says_so():
    folder = settings.BASE_DIR / "templates"
    asks = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    polling = {path: words for path, words in asks.items() if 'hx-trigger="every ' in words}
    assert len(polling) > 3
    silent = [path.name for path, words in polling.items() if '{"X-By-Itself": "1"}' not in words]
    assert not silent, silent


def test_without_second_factor_a_sensitive_role_is_led_to_set_one_up(zarina, sign_in):
    with identity(zarina.pk):
        Authenticator.objects.filter(user=zarina).delete()
    client = sign_in(zarina)
    answer = client.get("/families/")
    assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))
    assert client.get(reverse("mfa_index")).status_code == 200


def test_a_role_that_sees_no_one_needs_no_second_factor(everyone, sign_in):
    manager = everyone["manager"]
    with identity(manager.pk):
        Authenticator.objects.filter(user=manager).delete()
    assert sign_in(manager).get("/me/").status_code == 200


@pytest.fixture
def without_factor(outsider):
    """A user with a password and no second factor."""
    with identity(outsider.pk):
        Authenticator.objects.filter(user=outsider).delete()
    with for_purpose("sign-in"):
        outsider.set_password(PASSWORD)
        outsider.save(update_fields=["password"])
    return outsider


def test_one_time_codes_are_set_up_with_recovery_codes_and_asked_for_afterwards(without_factor):
    client = CastClient()
    try_sign_in(client, username="outsider")
    confirm = client.get(reverse("mfa_activate_totp"))
    client.post(confirm.url, {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    code = code_from(page.context["form"].secret)
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "This code is not right" in wrong.content.decode()
    done = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert done.status_code == 302
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert codes.status_code == 200
    recovery = codes.context["unused_codes"][0]
    for attempt, status in ((recovery, 200), (recovery, 302)):  # a recovery code opens once
        again = CastClient()
        answer = try_sign_in(again, username="outsider")
        assert answer.url == reverse("mfa_authenticate")
        again.post(answer.url, {"code": attempt})
        assert again.get("/me/").status_code == status


def test_an_old_session_confirms_the_password_before_it_changes_the_second_factor(without_factor, sign_in):
    answer = sign_in(without_factor).get(reverse("mfa_activate_totp"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))


def test_a_changed_password_ends_the_other_sessions(without_factor, sign_in):
    other = sign_in(without_factor)
    client = CastClient()
    try_sign_in(client, username="outsider")
    new = "another-long-password-of-the-tests"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert other.get("/me/").status_code == 302


@pytest.mark.parametrize("password", ["short", "password1234", "outsiderouts"])
def test_a_weak_password_is_refused(password, without_factor):
    client = CastClient()
    try_sign_in(client, username="outsider")
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_secrets_of_the_second_factor_are_encrypted_in_the_database(zarina):
    with identity(zarina.pk):
        secret = Authenticator.objects.get(user=zarina, type="totp").data["secret"]
    assert secret.startswith("gAAAA")


def test_nobody_but_an_administrator_reaches_anothers_second_factor(zarina, nasiba, dpo):
    for other in (nasiba, dpo):
        with acting_as(other):
            assert not Authenticator.objects.filter(user=zarina).exists()
            assert Authenticator.objects.filter(user=zarina).delete()[0] == 0


def test_a_lost_second_factor_is_removed_and_every_session_with_it(zarina, admin, sign_in):
    client = sign_in(zarina)
    assert client.get("/me/").status_code == 200
    with acting_as(admin):
        reset_second_factor(user=zarina, reason="lost phone", by=admin)
        for again in (zarina, admin):
            with pytest.raises(Refused):
                reset_second_factor(user=again, reason="x", by=admin)
        assert AuditEvent.objects.filter(event="factor.reset", outcome="done", reason="lost phone").count() == 1
    assert client.get("/me/").status_code == 302
    assert sign_in(zarina).get("/families/").url == reverse("mfa_index")


def test_the_first_link_lets_a_user_choose_a_password_once(admin, outsider, rf):
    with acting_as(admin):
        hand_over_link(user=outsider, by=admin)
        link = _link(rf.get("/"), outsider)
    client = CastClient()
    page = client.get(link, follow=True)
    chosen = page.redirect_chain[-1][0]
    done = client.post(chosen, {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302
    again = CastClient().get(link, follow=True)
    assert "used or is too old" in again.content.decode()


@pytest.mark.parametrize("path", ["/account/signup/", "/account/password/reset/", "/account/email/",
                                  "/account/directory/signup/", "/account/password/set/"])  # fmt: skip
def test_what_the_library_offers_and_we_do_not_is_not_there(path, zarina, sign_in):
    assert sign_in(zarina).get(path).status_code == 404


def test_one_click_sign_in_exists_in_the_demonstration_only(zarina):
    assert CastClient().post("/account/demo/social.kulob/").status_code == 404


def test_signing_out_is_audited(zarina, sign_in, dpo):
    client = sign_in(zarina)
    client.post("/account/logout/")
    assert client.get("/me/").status_code == 302
    assert len(events(dpo, event="session.leave")) == 1


def test_a_server_error_writes_nothing(zarina, sign_in, monkeypatch):
    client = sign_in(zarina)
    client.raise_request_exception = False
    monkeypatch.setattr("paivand.access.views.profile.choose_language", lambda **kwargs: 1 / 0)
    before = zarina.language
    assert client.post("/language/", {"language": "tg", "next": "/me/"}).status_code == 500
    with for_purpose("sign-in"):
        assert User.objects.get(pk=zarina.pk).language == before


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_a_change_of_language_never_leads_elsewhere(target):
    answer = Client().post("/language/", {"language": "tg", "next": target})
    assert (answer.status_code, answer.url) == (302, "/")


def test_pages_carry_the_strict_headers(zarina, sign_in):
    answer = sign_in(zarina).get("/me/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
