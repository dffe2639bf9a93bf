"""The door: five minutes, a password, nothing lost; quick exit; headers; and no value in any log."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import IntegrityError
from django.urls import get_resolver, reverse
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, for_purpose
from paivand.protection.models import FollowUp
from paivand.protection.rules.door import MARK
from paivand.protection.urls import urlpatterns
from paivand.protection.views.door import SealedPageError
from tests.protection.stage import ACCOUNT, NAME, PHONE, TODAY, inside
from tests.protection.test_pages import path

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-for-the-door"
NOTE = "имрӯз аз хона баромад"
CONTACT = {
    "happened_on": str(TODAY), "contact": "office", "note": NOTE,
    **{f"goal_{goal}": "in_progress" for goal in ("safety", "health", "psychosocial", "justice", "other")},
}  # fmt: skip


@pytest.fixture
def with_password(gulnoz):
    with for_purpose("sign-in"):
        gulnoz.set_password(PASSWORD)
        gulnoz.save(update_fields=["password"])
    return gulnoz


@pytest.fixture
def outside(with_password, sign_in):
    """Gulnoz's browser before the door."""
    return sign_in(with_password)


def test_every_address_of_the_room_is_behind_the_door():
    """Each view is made by ``sealed``, apart from those of the door itself, which ask for the right by themselves."""
    doors = {"room-unlock", "room-stay", "room-leave"}
    assert {pattern.name for pattern in urlpatterns if not getattr(pattern.callback, "sealed", False)} == doors
    assert all(str(pattern.pattern).startswith("sealed/") for pattern in urlpatterns)


def test_the_door_is_closed_at_first_and_opens_with_the_password(outside):
    first = outside.get(path("room-open"))
    assert first.status_code == 423
    assert "S-" not in first.content.decode()
    wrong = outside.post(path("room-unlock"), {"password": "wrong", "onwards": path("room-open")})
    assert wrong.status_code == 422
    assert outside.get(path("room-open")).status_code == 423
    right = outside.post(path("room-unlock"), {"password": PASSWORD, "onwards": path("room-open") + "?show=due"})
    assert (right.status_code, right["Location"]) == (302, path("room-open") + "?show=due")
    assert outside.get(path("room-open")).status_code == 200


def test_a_wrong_password_is_noted_for_who_watches_over_the_room(outside, dpo):
    outside.post(path("room-unlock"), {"password": "wrong"})
    with acting_as(dpo):
        event = AuditEvent.objects.get(event="survivor.work", outcome="refused")
    assert (event.sealed, event.detail) == (True, {"why": "password", "act": "door"})


def test_tries_are_counted(outside):
    for _each in range(10):
        outside.post(path("room-unlock"), {"password": "wrong"})
    answer = outside.post(path("room-unlock"), {"password": PASSWORD})
    assert answer.status_code == 422
    assert "Too many tries" in answer.content.decode()


@pytest.mark.parametrize(("minutes", "status"), [(4.9, 200), (5, 423), (60, 423), (-1, 423)])
def test_five_minutes_without_a_touch_close_it(minutes, status, outside):
    assert inside(outside, minutes_ago=minutes).get(path("room-open")).status_code == status


def test_each_page_counts_as_a_touch(outside):
    inside(outside, minutes_ago=4).get(path("room-open"))
    assert timezone.now() - timezone.datetime.fromisoformat(outside.session[MARK]) < timedelta(minutes=1)


def test_typing_keeps_it_open_and_tells_when_it_is_closed(outside):
    assert outside.post(path("room-stay")).status_code == 423
    assert inside(outside, minutes_ago=4).post(path("room-stay")).status_code == 204
    assert timezone.now() - timezone.datetime.fromisoformat(outside.session[MARK]) < timedelta(minutes=1)


def test_what_was_being_saved_when_it_closed_is_saved_after_the_password(survivor, outside):
    address = path("follow-up-add", survivor)
    locked = inside(outside, minutes_ago=6).post(address, CONTACT)
    html = locked.content.decode()
    assert locked.status_code == 422  # the front end shows this answer in the page's place
    assert NOTE not in html
    carried = html.split('name="carried" value="')[1].split('"')[0]
    wrong = outside.post(address, {"unlock": "1", "carried": carried, "password": "wrong"})
    assert (wrong.status_code, NOTE in wrong.content.decode()) == (422, False)
    saved = outside.post(address, {"unlock": "1", "carried": carried, "password": PASSWORD})
    assert saved.status_code == 302
    with acting_as(outside_user(outside)):
        assert FollowUp.objects.get().note == NOTE


def outside_user(browser):
    from django.contrib.auth import get_user_model

    with for_purpose("sign-in"):
        return get_user_model().objects.get(pk=browser.session["_auth_user_id"])


def test_what_somebody_else_was_saving_is_not_carried_on(survivor, outside, everyone, sign_in):
    address = path("follow-up-add", survivor)
    html = inside(outside, minutes_ago=6).post(address, CONTACT).content.decode()
    carried = html.split('name="carried" value="')[1].split('"')[0]
    for token in (carried[:-4] + "AAAA", "nonsense"):
        answer = outside.post(address, {"unlock": "1", "carried": token, "password": PASSWORD})
        assert answer.status_code == 200  # the empty form
        inside(outside, minutes_ago=6)
    with acting_as(outside_user(outside)):
        assert not FollowUp.objects.exists()


@pytest.mark.parametrize(
    "onwards", ["https://example.org/", "//example.org/sealed/", "/families/", "/sealed/../families/"]
)
def test_the_password_leads_into_the_room_and_nowhere_else(onwards, outside):
    answer = outside.post(path("room-unlock"), {"password": PASSWORD, "onwards": onwards})
    assert answer["Location"] == path("room-open")


def test_signing_in_a_moment_ago_opens_it_and_leaving_closes_it_for_good(outside, gulnoz):
    session = outside.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time() - 5}]
    session["account_authentication_methods_user"] = str(gulnoz.pk)
    session.save()
    assert outside.get(path("room-open")).status_code == 200
    left = outside.get(path("room-leave"))
    assert (left.status_code, left["Location"]) == (302, reverse("registry:place-list"))
    assert outside.get(path("room-open")).status_code == 423


def test_signing_in_two_minutes_ago_does_not(outside, gulnoz):
    session = outside.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 120}]
    session["account_authentication_methods_user"] = str(gulnoz.pk)
    session.save()
    assert outside.get(path("room-open")).status_code == 423


def test_in_the_demonstration_one_click_opens_it(outside, settings):
    settings.DEMO = True
    page = outside.get(path("room-open")).content.decode()
    assert 'name="unlock"' in page
    assert "password" not in page.lower()
    assert outside.post(path("room-unlock"), {"onwards": path("room-open")}).status_code == 302
    assert outside.get(path("room-open")).status_code == 200


def test_pages_are_kept_nowhere_and_their_title_tells_nothing(room, survivor, incident):
    for address in (path("room-open"), path("survivor-open", survivor), path("incident-add", survivor)):
        answer = room.get(address)
        html = answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "noindex" in answer["X-Robots-Tag"]
        assert html.split("<title>")[1].split("</title>")[0].strip() == "Paivand"
        assert "prefetch" not in html
        assert "prerender" not in html
        assert "data-quick-exit" in html
        assert survivor.code not in address


def test_every_form_of_the_room_asks_the_browser_to_remember_nothing(room, survivor):
    for name in ("incident-add", "follow-up-add", "survivor-edit", "plan-write", "consent-give"):
        html = room.get(path(name, survivor)).content.decode()
        form = next(part for part in html.split("<form")[1:] if "sealed-form" in part.split(">")[0])
        assert 'autocomplete="off"' in form.split(">")[0]
        assert 'hx-replace-url="true"' in form.split(">")[0]


def test_handing_the_device_over_closes_the_door_and_the_answers_are_taken(room):
    page = room.get(path("feedback-give"))
    html = page.content.decode()
    assert page.status_code == 200
    assert f'href="{path("room-open")}' not in html  # nothing leads from here into the room
    assert MARK not in room.session
    key = html.split('name="form_id" value="')[1].split('"')[0]
    sent = room.post(path("feedback-give"), {"form_id": key, "district": "TJ-KT-02", "safer": "yes"})
    assert (sent.status_code, "Thank you" in sent.content.decode()) == (200, True)
    assert room.get(path("room-open")).status_code == 423


# --- what breaks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [
    ValueError(f"bad value {ACCOUNT} {PHONE}"),
    IntegrityError(f'new row violates check\nDETAIL:  Failing row contains ({NAME.given}, {PHONE}).'),
])  # fmt: skip
def test_an_error_of_the_program_leaves_no_value_in_logs(error, room, survivor, monkeypatch, caplog, capsys):
    def broken(*_args, **_kwargs):
        told = {"name": NAME.full, "account": ACCOUNT}
        raise error from KeyError(told)

    monkeypatch.setattr("paivand.protection.views.survivors.file_of", broken)
    room.raise_request_exception = False
    with caplog.at_level(logging.DEBUG):
        answer = room.get(path("survivor-open", survivor))
    assert answer.status_code == 500
    said = caplog.text + capsys.readouterr().err + answer.content.decode()
    said += "".join(logging.Formatter().formatException(row.exc_info) for row in caplog.records if row.exc_info)
    assert "SealedPageError" in said
    for word in (ACCOUNT, PHONE, NAME.given, NAME.family, survivor.code, "Failing row"):
        assert word not in said


def test_the_error_that_leaves_has_no_memory_of_the_first(room, survivor, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ValueError(ACCOUNT)

    monkeypatch.setattr("paivand.protection.views.survivors.file_of", broken)
    with pytest.raises(SealedPageError) as raised:
        room.get(path("survivor-open", survivor))
    error = raised.value
    assert error.__cause__ is None
    assert error.__context__ is None
    assert ACCOUNT not in str(error)
    assert str(error).startswith("ValueError in ")


def test_no_other_room_has_an_address_with_a_survivor():
    def names(resolver):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                if getattr(pattern, "namespace", "") != "protection":
                    yield from names(pattern)
            else:
                yield str(pattern.pattern)

    assert not [name for name in names(get_resolver()) if "survivor" in name or "sealed" in name]
