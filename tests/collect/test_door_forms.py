"""What a device fetches: forms, what they need, and lists, as clients by other hands understand them."""

from __future__ import annotations

import csv
import hashlib
import io
import uuid

import pytest
from defusedxml.ElementTree import fromstring

from paivand.access.models.identity import acting_as
from paivand.collect.models import Device
from paivand.collect.rules.openrosa import TURNED_AWAY
from paivand.collect.rules.submissions import FormState
from paivand.collect.views.door import forms as door_forms
from tests.cast import register
from tests.collect.field import FORM, VERSION, XFORM, Phone, attach, device_of, filled, message, new_instance, publish

pytestmark = pytest.mark.django_db
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"


@pytest.fixture
def phone(zarina, manija):
    attach(publish(manija, lists=["families", "places"]), "door.png", b"picture")
    return Phone(device_of(zarina)[1])


def _listed(answer):
    root = fromstring(answer.content)
    assert root.tag == f"{LIST}xforms"
    return [{one.tag.removeprefix(LIST): one.text for one in item} for item in root]


def _files(answer):
    root = fromstring(answer.content)
    assert root.tag == f"{MANIFEST}manifest"
    return {
        item.find(f"{MANIFEST}filename").text: (
            item.get("type"), {one.tag.removeprefix(MANIFEST): one.text for one in item}
        )
        for item in root
    }  # fmt: skip


def test_the_list_of_forms_names_each_with_its_address(phone):
    answer = phone.get("/formList?deviceID=collect:x&verbose=true&listAllVersions=true")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/xml")
    assert answer["X-OpenRosa-Version"] == "1.0"
    (mine,) = (one for one in _listed(answer) if one["formID"] == FORM)
    assert (mine["name"], mine["version"]) == ("Door & more", VERSION)
    assert mine["hash"] == f"md5:{hashlib.md5(XFORM.encode(), usedforsecurity=False).hexdigest()}"
    form = phone.get(mine["downloadUrl"])
    assert (form.status_code, form.content) == (200, XFORM.encode())
    assert phone.get(mine["manifestUrl"]).status_code == 200


def test_a_form_is_asked_for_by_its_code(phone):
    assert [one["formID"] for one in _listed(phone.get(f"/formList?formID={FORM}"))] == [FORM]
    assert _listed(phone.get("/formList?formID=unknown")) == []


def test_a_form_that_is_not_open_is_listed_no_more(phone, manija):
    publish(manija, version="2026-2", state=FormState.CLOSING)
    assert FORM not in [one["formID"] for one in _listed(phone.get("/formList"))]
    assert phone.get(f"/forms/{FORM}/{VERSION}.xml").status_code == 404


def test_an_older_version_can_still_be_fetched(phone, manija):
    publish(manija, version="2026-2")
    assert [one["version"] for one in _listed(phone.get(f"/formList?formID={FORM}"))] == ["2026-2"]
    assert phone.get(f"/forms/{FORM}/{VERSION}.xml").status_code == 200


@pytest.mark.parametrize(
    "path", ["/forms/a%00/1.xml", f"/forms/{FORM}/1%00.xml", f"/forms/{FORM}/%00/manifest",
             f"/forms/{FORM}/{VERSION}/files/door%00.png", "/lists/families%00.csv"],
)  # fmt: skip
def test_a_name_that_no_database_can_hold_is_simply_not_there(phone, path):
    assert phone.get(path).status_code == 404


def test_a_program_that_names_itself_strangely_is_served(phone):
    assert phone.get("/formList", **{"User-Agent": "odd\x00one"}).status_code == 200


def test_the_manifest_names_files_and_lists(phone, family):
    files = _files(phone.get(f"/forms/{FORM}/{VERSION}/manifest"))
    kind, told = files["families.csv"]
    assert kind == "entityList"
    assert phone.get(told["integrityUrl"]).status_code == 200
    assert str(family.pk) in phone.get(told["downloadUrl"]).content.decode()
    for name in ("places.csv", "door.png"):
        kind, told = files[name]
        content = phone.get(told["downloadUrl"]).content
        assert kind is None
        # A plain file is compared with the MD5 of its bytes.
        assert told["hash"] == f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}"
    assert phone.get(files["door.png"][1]["downloadUrl"]).content == b"picture"


def test_an_unchanged_list_is_not_sent_again(phone, family, zarina):
    first = phone.get("/lists/families.csv")
    assert first.status_code == 200
    rows = list(csv.DictReader(io.StringIO(first.content.decode())))
    assert [row["name"] for row in rows] == [str(family.pk)]
    for held in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}'):
        again = phone.get("/lists/families.csv", **{"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
    register(zarina, given="Нигора")
    changed = phone.get("/lists/families.csv", **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_family_elsewhere_is_in_no_list(phone, dusti_family):
    assert str(dusti_family.pk) not in phone.get("/lists/families.csv").content.decode()


def test_integrity_knows_what_is_there_and_what_is_not(phone, family, dusti_family):
    on_the_phone = uuid.uuid4()
    answer = phone.get(f"/lists/families/integrity?id={family.pk},{dusti_family.pk},{on_the_phone},no-key")
    told = {one.get("id"): one[0].text for one in fromstring(answer.content)[0]}
    # Of what the device made itself nothing is said, so that it is kept there.
    assert told == {str(family.pk): "false", str(dusti_family.pk): "true"}
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert phone.get("/lists/families/integrity").status_code == 200
    unknown = phone.get(f"/lists/families/integrity?id={uuid.uuid4()},no-key")
    assert (unknown.status_code, len(fromstring(unknown.content)[0])) == (200, 0), "a device keeps what it made itself"
    assert phone.get("/lists/places/integrity").status_code == 404


def test_integrity_answers_for_all_that_fits_into_an_address_and_refuses_more(phone, dusti_family, monkeypatch):
    unknown = [str(uuid.uuid4()) for _ in range(1_700)]  # 64 kB, as much as the proxy of the how-to lets through
    answer = phone.get(f"/lists/families/integrity?id={'%2C'.join([*unknown, str(dusti_family.pk)])}")
    assert [(one.get("id"), one[0].text) for one in fromstring(answer.content)[0]] == [(str(dusti_family.pk), "true")]
    monkeypatch.setattr(door_forms, "MOST_ASKED", 3)
    assert phone.get(f"/lists/families/integrity?id={','.join(unknown[:3])}").status_code == 200
    answer = phone.get(f"/lists/families/integrity?id={','.join(unknown[:4])}")
    assert (answer.status_code, message(answer)) == (414, TURNED_AWAY["too_many"][1])


def test_integrity_knows_families_that_came_in_a_list_and_are_elsewhere_now(phone, farrukh):
    came = register(farrukh, jamoat="TJ-KT-20-04", family_id=uuid.uuid5(uuid.NAMESPACE_URL, "a line of a list"))
    answer = phone.get(f"/lists/families/integrity?id={came.pk}")
    assert [(one.get("id"), one[0].text) for one in fromstring(answer.content)[0]] == [(str(came.pk), "true")]


@pytest.mark.parametrize("path", [
    "/formList", f"/forms/{FORM}/{VERSION}.xml", f"/forms/{FORM}/{VERSION}/manifest",
    f"/forms/{FORM}/{VERSION}/files/door.png", "/lists/families.csv", "/lists/families/integrity",
])  # fmt: skip
def test_whatever_a_device_fetches_is_a_contact(phone, zarina, path):
    assert phone.get(path, **{"User-Agent": "curl/8"}).status_code == 200
    with acting_as(zarina):
        device = Device.objects.get()
    assert device.seen_at is not None
    assert device.agent == "curl/8"


@pytest.mark.parametrize("path", [
    "/forms/unknown/1.xml", f"/forms/{FORM}/1999.xml", f"/forms/{FORM}/{VERSION}/files/none.png",
    "/forms/unknown/1/manifest", "/lists/unknown.csv", "/lists/unknown/integrity",
])  # fmt: skip
def test_what_is_not_there_is_told_in_a_sentence(phone, path):
    answer = phone.get(path)
    assert answer.status_code == 404
    assert b"OpenRosaResponse" in answer.content
    assert answer["X-OpenRosa-Version"] == "1.0"


def test_the_device_remembers_what_it_fetched(phone, zarina):
    phone.get("/formList", **{"User-Agent": "org.odk.collect.android/v2026.1", "X-Paivand-Waiting": "3"})
    phone.get(f"/forms/{FORM}/{VERSION}.xml", **{"User-Agent": "org.odk.collect.android/v2026.1"})
    with acting_as(zarina):
        device = Device.objects.get()
    assert device.forms == {FORM: VERSION}
    assert device.agent == "org.odk.collect.android/v2026.1"
    assert device.n_waiting == 3
    assert device.seen_at is not None


def test_an_address_that_is_not_ours_is_told_so_and_keeps_no_form_from_coming_in(phone):
    for path in ("/formList", f"/forms/{FORM}/{VERSION}/manifest"):
        answer = phone.get(path, Host="192.0.2.7")
        assert (answer.status_code, answer["X-Paivand-Reason"]) == (400, "host")
        assert message(answer) == TURNED_AWAY["host"][1]
        assert answer["X-OpenRosa-Version"] == "1.0"
    assert phone.send(filled(new_instance()), Host="old.example").status_code == 201


def test_what_cannot_be_read_is_no_fault_of_the_server(phone):
    fields = "&".join(f"id={at}" for at in range(1_500))
    for path in (f"/formList?{fields}", f"/lists/families/integrity?{fields}"):
        answer = phone.get(path)
        assert (answer.status_code, message(answer)) == (400, TURNED_AWAY["unreadable"][1])


def test_devices_come_in_past_what_serves_people(phone, zarina, sign_in):
    browser = sign_in(zarina)
    answer = browser.get(f"{phone.base}/formList", headers={"X-OpenRosa-Version": "1.0"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert not hasattr(answer.wsgi_request, "session")
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert browser.get("/").wsgi_request.user.pk == zarina.pk  # and she is signed in elsewhere as before
    assert phone.client.get("/key/").status_code == 404
