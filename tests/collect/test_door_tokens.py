"""Who comes in at the door, and what the others are told: nothing."""

from __future__ import annotations

import base64
import io
import logging
import sys
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone, translation

from paivand.access.actions.roles import end_role
from paivand.access.actions.users import choose_language, suspend_user
from paivand.access.models import AuditEvent, RoleAssignment
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import ScopeKind
from paivand.collect.actions.devices import issue_device, revoke_device
from paivand.collect.models import Device, Submission
from paivand.collect.queries import door
from paivand.collect.rules.submissions import DeviceKind
from paivand.collect.rules.tokens import door_limits, new_token
from paivand.collect.views.door import entry
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.masking import Masked
from paivand.core.rules.writing import writing
from paivand.operate.serving import MaskedLogger
from tests.cast import KULOB, fresh
from tests.collect.field import Phone, attach, device_of, filled, kept, message, new_instance, publish

pytestmark = pytest.mark.django_db
WRONG = "This device has no access, or no longer. Ask your supervisor for a new code."


def _revoked(zarina, device, admin):
    with acting_as(zarina):
        revoke_device(device=device, by=zarina)


def _suspended(zarina, device, admin):
    with acting_as(admin):
        suspend_user(user=zarina, reason="left", by=admin)


def _role_ended(zarina, device, admin):
    with acting_as(admin):
        end_role(assignment=zarina.assignments.get(), reason="the project ended", by=admin)


def _expired(zarina, device, admin):
    with acting_as(zarina), writing("tests"):
        Device.objects.filter(pk=device.pk).update(expires_on=timezone.localdate() - timedelta(days=1))


@pytest.mark.parametrize("end", [_revoked, _suspended, _role_ended, _expired])
def test_access_ends_at_once_and_nobody_is_told_why(zarina, manija, admin, end):
    publish(manija)
    device, token = device_of(zarina)
    phone, one = Phone(token), new_instance()
    assert phone.get("/formList").status_code == 200
    end(fresh(zarina), device, fresh(admin))
    wrong = Phone(new_token())
    for mine, theirs in (
        (phone.get("/formList"), wrong.get("/formList")),
        (phone.head(), wrong.head()),
        (phone.send(filled(one)), wrong.send(filled(one))),
        (phone.send(b"no xml"), wrong.send(b"no xml")),
        (phone.get("/lists/families.csv"), wrong.get("/lists/families.csv")),
    ):
        assert (mine.status_code, mine.content) == (theirs.status_code, theirs.content)
        assert mine.status_code == 403
        assert mine["Content-Language"] == theirs["Content-Language"]
        # Our own page is told in a header, so that it keeps what was not sent unless the device was shut off.
        assert mine["X-Paivand-Reason"] == ("revoked" if end in (_revoked, _suspended) else "token")
        assert theirs["X-Paivand-Reason"] == "token"
    assert message(phone.get("/formList")) == WRONG
    assert kept(zarina, one) == []


@pytest.mark.parametrize("token", ["x", "guess" * 40, "a" * 43, "%00", "' or 1=1"])
def test_a_wrong_token_tells_nothing(db, token):
    answer = Phone(token).get("/formList")
    assert answer.status_code == 403
    assert message(answer) == WRONG
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert "WWW-Authenticate" not in answer  # clients would ask for a password


def _guessed(phone_of=Phone):
    """The answers to one wrong token more than an address may show."""
    return [
        phone_of(new_token()).get("/formList").status_code for _ in range(door_limits().wrong_tokens_of_address + 1)
    ]


def test_guessing_is_slowed_and_devices_in_use_are_not(zarina, manija):
    publish(manija)
    phone, fresh_phone = Phone(device_of(zarina)[1]), Phone(device_of(zarina)[1])
    assert phone.get("/formList").status_code == 200
    wrong = _guessed()
    assert (set(wrong[:-1]), wrong[-1]) == ({403}, 429)
    door._known.clear()  # another process, or the same after a restart
    assert phone.get("/formList").status_code == 200
    waits = fresh_phone.get("/formList")
    assert (waits.status_code, waits["Retry-After"]) == (429, "60"), "a guess that hits opens nothing either"
    assert Phone("no token").get("/formList").status_code == 429


def test_whoever_goes_on_guessing_does_not_prolong_the_wait_of_others(zarina, manija, monkeypatch):
    publish(manija)
    limits = door_limits()
    clock = [time.time()]
    monkeypatch.setattr("paivand.access.views.limits.time", SimpleNamespace(time=lambda: clock[0]))
    assert _guessed()[-1] == 429
    phone = Phone(device_of(zarina)[1])
    clock[0] += limits.within_minutes * 60 - 1
    assert Phone(new_token()).get("/formList").status_code == 429
    assert phone.get("/formList").status_code == 429
    clock[0] += 2
    assert phone.get("/formList").status_code == 200


def test_what_a_release_before_counted_hinders_nobody_after_an_upgrade(zarina, manija, monkeypatch):
    publish(manija)
    monkeypatch.setattr("paivand.access.views.limits.cache.get", lambda _name: 7)
    assert Phone(new_token()).get("/formList").status_code == 403
    assert Phone(device_of(zarina)[1]).get("/formList").status_code == 200


def test_what_is_counted_of_wrong_tokens_is_bounded(zarina, settings):
    for n in range(5):  # one subscriber, as many addresses as she likes
        Phone("x").client.get(f"/key/{new_token()}/formList", REMOTE_ADDR=f"2001:db8:1:2::{n}")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from paivand_cache where cache_key like %s", [f"%{entry.WRONG}%"])
        assert cursor.fetchone() == (1,)
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 10_000


# --- what is left behind ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["formList", "submission", "no/such/page", "lists/none.csv"])
def test_no_token_comes_into_a_log(zarina, path, capsys):
    token = device_of(zarina)[1]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Masked("{levelname} {message}", style="{"))
    logging.getLogger().addHandler(handler)
    try:
        Phone(token).client.post(f"/key/{token}/{path}", b"x", content_type="text/plain")
        Phone(token).get(f"/{path}")
        Phone(token).client.get(f"/key/{token}/{path}", headers={"Host": "evil.example:x"})
    finally:
        logging.getLogger().removeHandler(handler)
    assert token not in stream.getvalue()


def test_the_logs_of_the_house_and_of_its_server_cut_tokens_out(settings):
    from gunicorn.config import Config

    assert settings.LOGGING["formatters"]["line"]["()"].endswith(".Masked")
    config = Config()
    config.set("accesslog", "-")
    logs = MaskedLogger(config)
    forms = [handler.formatter for handler in (*logs.error_log.handlers, *logs.access_log.handlers)]
    assert forms
    for form in forms:
        try:
            raise ValueError("Error handling request /key/c2VjcmV0/submission")
        except ValueError:
            record = logging.LogRecord("x", 40, "x", 1, "GET %s", ("/key/c2VjcmV0/formList",), sys.exc_info())
        line = form.format(record)
        assert "/key/***/formList" in line
        assert "c2VjcmV0" not in line


def test_lists_of_families_are_kept_by_nobody_on_the_way(zarina, manija):
    version = publish(manija, lists=["families"])
    attach(version, "a.png", b"x")
    phone = Phone(device_of(zarina)[1])
    answer = phone.get("/lists/families.csv")
    again = phone.get("/lists/families.csv", **{"If-None-Match": answer["ETag"]})
    shown = phone.get("/forms/door_survey/2026-1/files/a.png")
    assert (answer["Cache-Control"], again["Cache-Control"], again.status_code) == ("private, no-store",) * 2 + (304,)
    assert phone.get("/formList")["Cache-Control"] == "no-store"
    for one in (answer, again, shown):
        assert one["X-Content-Type-Options"] == "nosniff"
        assert one["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in one["Content-Security-Policy"]


def test_a_form_of_somebody_without_a_place_lies_where_her_device_does(nasiba, admin, manija):
    publish(manija)
    phone, one = Phone(device_of(manija)[1]), new_instance()
    with acting_as(admin), writing("tests"):  # her role reaches everywhere from now on, and names no district
        RoleAssignment.objects.filter(user=manija).update(scope=ScopeKind.PROGRAMME, districts=[])
    user = fresh(manija)
    with acting_as(user), pytest.raises(Refused) as refused:
        issue_device(user=user, kind=DeviceKind.COLLECT, label="another", by=user)
    assert refused.value.code == "no_place", "before she fills anything in, she is told in words"
    answer = phone.send(filled(one))
    assert answer.status_code == 201, message(answer)
    assert [row.district_id for row in kept(user, one)] == [KULOB]
    with acting_as(nasiba):
        assert Submission.objects.filter(instance_id=one).exists(), "whoever guides the work there finds it"


def test_a_phone_that_was_shut_off_may_go_on_asking(zarina):
    device, token = device_of(zarina)
    with acting_as(zarina):
        revoke_device(device=device, by=fresh(zarina))
    answers = {Phone(token).get("/formList").status_code for _ in range(door_limits().wrong_tokens_of_address + 2)}
    assert answers == {403}


def test_a_sentence_comes_in_the_language_of_the_worker(zarina, manija):
    publish(manija)
    user = fresh(zarina)
    phone = Phone(device_of(user)[1])
    with acting_as(user):
        choose_language(language="ru", by=user)
    answer = phone.send(filled(new_instance(), version="1999"))
    assert answer["Content-Language"] == "ru"
    assert translation.get_language() != "ru"


def test_whoever_is_signed_in_on_the_same_browser_is_nobody_at_the_door(zarina, farrukh, manija, sign_in):
    publish(manija)
    browser = sign_in(farrukh)
    phone, one = Phone(device_of(zarina)[1]), new_instance()
    phone.client = browser
    answer = phone.send(filled(one))
    assert answer.status_code == 201
    assert kept(zarina, one)[0].owner_id == zarina.pk
    assert browser.get("/").status_code == 200  # and Farrukh stays signed in


# --- Basic -----------------------------------------------------------------------------------------------------------


def _basic(username, token):
    said = base64.b64encode(f"{username}:{token}".encode()).decode()
    return {"Authorization": f"Basic {said}"}


def test_user_name_and_token_open_the_same_door_over_https(zarina, manija):
    publish(manija)
    token = device_of(zarina)[1]
    client = Phone(token).client
    answer = client.get("/openrosa/formList", headers=_basic("Zarina", token), secure=True)
    assert answer.status_code == 200
    assert b"https://testserver/openrosa/forms/door_survey/2026-1.xml" in answer.content
    assert token.encode() not in answer.content
    head = client.head("/openrosa/submission", headers=_basic("zarina", token), secure=True)
    assert head.status_code == 204


@pytest.mark.parametrize("headers", [
    {}, {"Authorization": "Basic x"}, {"Authorization": "Digest y"}, _basic("zarina", "wrong"), _basic("farrukh", ""),
    {"Authorization": "Basic \u00fc"}, {"Authorization": "Basic /w=="},
])  # fmt: skip
def test_whoever_has_not_signed_in_is_asked_to(zarina, headers):
    answer = Phone("x").client.get("/openrosa/formList", headers=headers, secure=True)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Basic realm="Paivand", charset="UTF-8"'
    assert answer["X-OpenRosa-Version"] == "1.0"


def test_the_token_of_another_is_no_password(zarina, farrukh):
    token = device_of(farrukh)[1]
    answer = Phone("x").client.get("/openrosa/formList", headers=_basic("zarina", token), secure=True)
    assert answer.status_code == 401


def test_no_password_is_taken_without_https(zarina, settings):
    token = device_of(zarina)[1]
    client = Phone(token).client
    assert client.get("/openrosa/formList", headers=_basic("zarina", token)).status_code == 403
    settings.DEMO = True
    assert client.get("/openrosa/formList", headers=_basic("zarina", token)).status_code == 200
    away = client.get("/openrosa/formList", headers=_basic("zarina", token), REMOTE_ADDR="192.0.2.7")
    assert away.status_code == 403


# --- giving and shutting off -----------------------------------------------------------------------------------------


def test_a_token_is_written_nowhere(zarina):
    device, token = device_of(zarina)
    with acting_as(zarina):
        row = Device.objects.filter(pk=device.pk).values().get()
        event = AuditEvent.objects.filter(actor_id=zarina.pk, detail__act="device.issue").get()
    assert token not in str(row)
    assert token not in str(event.detail)
    assert (event.event, event.outcome) == ("form.fill", "done")


def test_a_supervisor_gives_and_shuts_off_in_her_district(nasiba, zarina, farrukh):
    nasiba, zarina, farrukh = fresh(nasiba), fresh(zarina), fresh(farrukh)
    with acting_as(nasiba):
        device, _token = issue_device(user=zarina, kind=DeviceKind.COLLECT, label="for the training", by=nasiba)
        assert (device.user_id, device.issued_by_id, device.district_id) == (zarina.pk, nasiba.pk, "TJ-KT-02")
        assert revoke_device(device=device, by=nasiba).revoked_by_id == nasiba.pk
        with pytest.raises(WithoutRightError):
            issue_device(user=farrukh, kind=DeviceKind.COLLECT, label="elsewhere", by=nasiba)
    theirs, _token = device_of(farrukh)
    with acting_as(nasiba):
        assert not Device.objects.filter(pk=theirs.pk).exists()
        with pytest.raises(OutsideScopeError):
            revoke_device(device=theirs, by=nasiba)


def test_nobody_else_gives_or_shuts_off(zarina, farrukh, rustam, outsider):
    for by in (fresh(rustam), fresh(outsider)):
        with acting_as(by), pytest.raises(WithoutRightError):
            issue_device(user=by, kind=DeviceKind.BROWSER, label="mine", by=by)
    device, _token = device_of(farrukh)
    zarina = fresh(zarina)
    with acting_as(zarina), pytest.raises(OutsideScopeError):
        revoke_device(device=device, by=zarina)


@pytest.mark.parametrize(("said", "code"), [
    ({"label": "  "}, "label"), ({"label": "x" * 81}, "label"),
    ({"expires_on": timezone.localdate() - timedelta(days=1)}, "expires"),
])  # fmt: skip
def test_what_cannot_be_given_is_refused(zarina, said, code):
    zarina = fresh(zarina)
    with acting_as(zarina), pytest.raises(Refused) as refused:
        issue_device(**{"user": zarina, "kind": DeviceKind.COLLECT, "label": "phone", "by": zarina, **said})
    assert refused.value.code == code


def test_a_device_is_shut_off_once(zarina):
    device, _token = device_of(zarina)
    zarina = fresh(zarina)
    with acting_as(zarina):
        revoke_device(device=device, by=zarina)
        with pytest.raises(Refused) as refused:
            revoke_device(device=device, by=zarina)
    assert refused.value.code == "already"
