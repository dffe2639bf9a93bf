"""Devices on the screen: given with a code that is shown once, watched, shut off, and printed for a training."""

from __future__ import annotations

import base64
import json
import re
import zlib
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

import paivand
from paivand.access.models.identity import acting_as
from paivand.collect.actions.device_cards import issue_many
from paivand.collect.actions.devices import issue_device, note_contact, revoke_device
from paivand.collect.models import Device
from paivand.collect.queries.devices import (
    colleagues,
    colleagues_devices,
    held_forms,
    own_devices,
    password_of,
    state_of,
)
from paivand.collect.queries.door import Opened, show_token, token_digest
from paivand.collect.rules.devices import DeviceState, app_of, collect_settings, drawn, setup_text
from paivand.collect.rules.submissions import DeviceKind
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.operate.postgres import OperatingError
from tests.cast import fresh
from tests.collect.field import FORM, Phone, device_of, publish

TODAY = timezone.localdate


# The keys and values that the app knows: others would be dropped or, worse, let it refuse the whole code.
GENERAL: dict[str, Any] = {
    "server_url": str, "app_language": {"fa", "ru", "en"}, "form_update_mode": {"match_exactly"},
    "periodic_form_updates_check": {"every_fifteen_minutes", "every_one_hour", "every_six_hours", "every_24_hours"},
    "hide_old_form_versions": bool, "autosend": {"wifi_and_cellular"}, "delete_send": bool,
    "image_size": {"original", "small", "very_small", "medium", "large"}, "high_resolution": bool, "analytics": bool,
}  # fmt: skip
ADMIN = {
    "change_server", "change_project_display", "form_update_mode", "periodic_form_updates_check", "automatic_update",
    "hide_old_form_versions", "change_autosend", "delete_after_send", "change_constraint_behavior", "high_resolution",
    "image_size", "instance_form_sync", "change_form_metadata", "analytics", "delete_saved",
}  # fmt: skip


@pytest.mark.parametrize(("language", "speaks"), [("tg", "ru"), ("ru", "ru"), ("en", "en"), ("fa", "fa")])
def test_the_code_holds_the_settings_of_collect(language: str, speaks: str) -> None:
    settings = collect_settings("https://h/key/TOKEN", "Paivand · Кӯлоб", language, "01234567")
    told = json.loads(zlib.decompress(base64.b64decode(setup_text(settings))))
    general, admin = told["general"], told["admin"]
    assert general.keys() == GENERAL.keys()
    for key, known in GENERAL.items():
        assert general[key] in known if isinstance(known, set) else isinstance(general[key], known), key
    assert (general["server_url"], general["app_language"]) == ("https://h/key/TOKEN", speaks)
    assert general["delete_send"] is True, "what arrived does not linger on the phone"
    assert (admin.pop("admin_pw"), told["project"]) == ("01234567", {"name": "Paivand · Кӯлоб"})
    assert admin == dict.fromkeys(ADMIN, False)


def test_the_code_stays_large_enough_to_be_scanned() -> None:
    address = "https://paivand.a-rather-long-name.example/key/" + "x" * 43
    code = drawn(setup_text(collect_settings(address, "Paivand · " + "ҷ" * 50, "tg", "01234567")))
    assert code.size <= 105, "64 mm on a card: six tenths of a millimetre for each module are left"


@pytest.mark.django_db
def test_only_whoever_cares_for_a_phone_knows_the_password_of_its_settings(
    zarina: Any, nasiba: Any, farrukh: Any, sign_in: Any
) -> None:
    device, _token = device_of(zarina)
    other, _token = device_of(zarina)
    password = password_of(device)
    assert re.fullmatch(r"\d{8}", password)
    assert password != password_of(other)
    path = f"/field/devices/{device.pk}/"
    hers = sign_in(nasiba).get(path)
    assert password in hers.content.decode()
    assert "no-store" in hers["Cache-Control"]
    assert password not in sign_in(zarina).get(path).content.decode()
    assert sign_in(farrukh).get(path).status_code == 404


def test_the_drawn_code_is_the_one_that_was_meant() -> None:
    import segno

    code = drawn("paivand")
    dark = set()
    for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        dark |= {(int(x) + n - 4, int(y) - 4) for n in range(int(wide))}
    meant = segno.make("paivand", error="l", boost_error=False).matrix
    assert dark == {(x, y) for y, row in enumerate(meant) for x, bit in enumerate(row) if bit}
    assert code.size == len(meant) + 8


def test_an_app_is_named_by_what_it_says() -> None:
    assert app_of("org.koboc.collect.android/v2025.2.3 Dalvik") == "KoboCollect 2025.2.3"
    assert app_of("?") == "?"


@pytest.mark.django_db
def test_a_worker_sets_up_her_own_phone_and_the_code_opens_the_door(zarina: Any, sign_in: Any) -> None:
    browser = sign_in(zarina)
    assert b"Set up a phone" in browser.get("/field/devices/").content
    answer = browser.post("/field/devices/give/", {"user": str(zarina.pk), "label": "Samsung 3", "expires_on": ""})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    address = re.search(r'class="device-address">\s*(http://testserver/key/[\w-]{43})\s*<', page)
    assert address
    assert "style=" not in page.split("device-code", 1)[1].split("</svg>")[0]
    assert browser.get(address[1].removeprefix("http://testserver") + "/formList").status_code == 200
    with acting_as(zarina):
        (device,) = own_devices(fresh(zarina))
    assert (device.label, device.seen_at is not None) == ("Samsung 3", True)
    again = browser.get("/field/devices/").content.decode()
    assert "Samsung 3" in again
    assert address[1] not in again


@pytest.mark.django_db
def test_what_cannot_be_given_is_said_on_the_form(zarina: Any, nasiba: Any, farrukh: Any, sign_in: Any) -> None:
    browser = sign_in(nasiba)
    yesterday = (TODAY() - timedelta(days=1)).isoformat()
    late = browser.post("/field/devices/give/", {"user": str(zarina.pk), "label": "x", "expires_on": yesterday})
    assert late.status_code == 422
    assert "This day is over" in late.content.decode()
    unseen = browser.post("/field/devices/give/", {"user": str(zarina.pk), "label": "\u202e\u200b"})
    assert unseen.status_code == 422
    far = browser.post("/field/devices/give/", {"user": str(farrukh.pk), "label": "x"})
    assert far.status_code == 422
    own = sign_in(zarina).post("/field/devices/give/", {"user": str(nasiba.pk), "label": "x"})
    assert own.status_code == 422
    with acting_as(nasiba):
        assert not Device.objects.exists()


@pytest.mark.django_db
def test_a_supervisor_sees_and_shuts_off_the_phones_of_her_people(
    zarina: Any, nasiba: Any, farrukh: Any, sign_in: Any
) -> None:
    device, token = device_of(zarina, "Lost phone")
    elsewhere, _token = device_of(farrukh)
    with acting_as(nasiba):
        by = fresh(nasiba)
        assert [row.pk for row in colleagues_devices(by).rows] == [device.pk]
        assert zarina in colleagues(by)
        assert farrukh not in colleagues(by)
    browser = sign_in(nasiba)
    assert browser.get(f"/field/devices/{elsewhere.pk}/").status_code == 404
    assert b"Shut it off" in browser.get(f"/field/devices/{device.pk}/").content
    assert b"From now on" in browser.get(f"/field/devices/{device.pk}/shut/").content
    assert browser.get(f"/key/{token}/formList").status_code == 200
    assert browser.post(f"/field/devices/{device.pk}/shut/").status_code == 302
    assert browser.get(f"/key/{token}/formList").status_code == 403
    shown = browser.get(f"/field/devices/{device.pk}/").content.decode()
    assert "shut off" in shown
    assert "/shut/" not in shown
    twice = browser.post(f"/field/devices/{device.pk}/shut/", follow=True)
    assert "shut off already" in twice.content.decode()


@pytest.mark.django_db
def test_a_device_tells_its_app_its_forms_and_how_it_stands(zarina: Any, manija: Any, sign_in: Any) -> None:
    publish(manija)
    device, token = device_of(zarina, expires_on=TODAY() + timedelta(days=3))
    now = timezone.now()
    assert state_of(device, TODAY()) is DeviceState.NEW
    with acting_as(zarina):
        opened = show_token(token_digest(token), now)
        assert isinstance(opened, Opened)
        note_contact(
            opened, agent="org.odk.collect.android/v2026.1.2", now=now, fetched=(FORM, "2026-1"), n_waiting=None
        )
    publish(manija, version="2026-2")
    with acting_as(zarina):
        (row,) = own_devices(fresh(zarina))
        assert [(one.version, one.is_current) for one in held_forms(zarina, row)] == [("2026-1", False)]
        assert state_of(row, TODAY()) is DeviceState.USED
        assert state_of(row, TODAY() + timedelta(days=4)) is DeviceState.ENDED
    page = sign_in(zarina).get(f"/field/devices/{device.pk}/").content.decode()
    for words in ("ODK Collect 2026.1.2", "Door &amp; more", "Some forms are older", "does not tell how many"):
        assert words in page
    with acting_as(zarina):
        gone = revoke_device(device=row, by=zarina)
    assert state_of(gone, TODAY()) is DeviceState.SHUT


@pytest.mark.django_db
def test_cards_for_a_training_are_one_document(zarina: Any, nasiba: Any, sign_in: Any) -> None:
    browser = sign_in(nasiba)
    assert "Зарина" in browser.get("/field/devices/training/").content.decode()
    answer = browser.post(
        "/field/devices/training/",
        {"team": str(zarina.team_id), "people": [str(zarina.pk), str(nasiba.pk)], "label": "Training"},
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    with acting_as(nasiba):
        assert {row.user for row in Device.objects.select_related("user")} == {zarina, nasiba}


@pytest.mark.django_db
def test_cards_that_are_asked_for_twice_are_the_same_devices_and_the_first_ones_open_nothing(
    zarina: Any, nasiba: Any
) -> None:
    key = new_id()

    def asked(**more: Any) -> list[tuple[Device, str]]:
        with acting_as(nasiba):
            said = {"label": "Training", "expires_on": None, "form_id": key, **more}
            return issue_many(users=[zarina, nasiba], by=fresh(nasiba), **said)

    first, second = asked(), asked(label="Training 2")
    assert [row.pk for row, _token in first] == [row.pk for row, _token in second]
    assert [row.label for row, _token in second] == ["Training 2"] * 2
    assert {Phone(token).get("/formList").status_code for _row, token in first} == {403}
    assert {Phone(token).get("/formList").status_code for _row, token in second} == {200}
    with pytest.raises(Refused) as used:
        asked()
    assert used.value.code == "twice"
    assert Phone(second[0][1]).get("/formList").status_code == 200
    assert [row.pk for row, _token in asked(form_id=new_id())] != [row.pk for row, _token in first]


@pytest.mark.django_db
def test_a_form_that_gives_access_holds_its_key(zarina: Any, nasiba: Any, sign_in: Any) -> None:
    browser = sign_in(nasiba)
    for page, told in (
        ("training", {"team": str(zarina.team_id), "people": [str(zarina.pk)]}), ("give", {"user": str(zarina.pk)}),
    ):  # fmt: skip
        address = f"/field/devices/{page}/"
        key = re.search(r'name="form_id" value="([^"]+)"', browser.get(address).content.decode())
        assert key, page
        for _time in range(2):
            answer = browser.post(address, {**told, "label": page, "form_id": key[1]})
            assert answer.status_code == 200, page
        with acting_as(nasiba):
            assert Device.objects.filter(label=page).count() == 1


@pytest.mark.django_db
def test_all_of_a_training_get_a_card_or_none(zarina: Any, nasiba: Any, anvar: Any, admin: Any) -> None:
    with acting_as(nasiba), pytest.raises(Refused) as refused:
        issue_many(users=[zarina, anvar], label="Training", expires_on=None, by=fresh(nasiba))
    assert (refused.value.code, anvar.full_name in str(refused.value.message)) == ("people", True)
    with acting_as(nasiba), pytest.raises(Refused) as many:
        issue_many(users=[zarina] * 61, label="Training", expires_on=None, by=nasiba)
    assert many.value.code == "people"
    with acting_as(admin):
        assert not Device.objects.exists()


@pytest.mark.django_db
def test_whoever_sees_no_family_gives_nobody_a_device_that_does(zarina: Any, admin: Any) -> None:
    with acting_as(admin), pytest.raises(Refused) as refused:
        issue_device(user=zarina, kind=DeviceKind.COLLECT, label="Phone", by=fresh(admin))
    assert refused.value.code == "reach"
    with acting_as(admin):
        assert not Device.objects.exists()


@pytest.mark.django_db
def test_the_command_prints_the_address_that_a_client_is_given(zarina: Any, anvar: Any) -> None:
    out = StringIO()
    call_command("device", "zarina", "--label", "test client", "--days", "2", "--address", "https://h/", stdout=out)
    assert re.fullmatch(r"https://h/key/[\w-]{43}\n", out.getvalue())
    with acting_as(zarina):
        (row,) = own_devices(fresh(zarina))
    assert (row.label, row.expires_on) == ("test client", TODAY() + timedelta(days=2))
    for name in ("nobody", "anvar"):
        with pytest.raises(OperatingError):
            call_command("device", name, stdout=out)


@pytest.mark.django_db
def test_whoever_may_set_up_nobodys_phone_is_not_led_to_it(nasiba: Any, admin: Any, sign_in: Any) -> None:
    assert "/field/devices/training/" in sign_in(nasiba).get("/field/devices/").content.decode()
    page = sign_in(admin).get("/field/devices/").content.decode()
    assert 'id="others"' in page
    assert "/field/devices/training/" not in page
    assert "/field/devices/give/" not in page


def test_every_text_is_marked_by_a_name_that_the_catalogues_are_filled_from() -> None:
    """``gettext as _now`` reads well, and what it marks is never translated."""
    package = Path(paivand.__file__).parent
    odd = [
        f"{path.name}: {name}"
        for path in package.rglob("*.py")
        for name in re.findall(r"\bgettext(?:_lazy|_noop)? as (\w+)", path.read_text(encoding="utf-8"))
        if name != "_"
    ]
    assert odd == []
