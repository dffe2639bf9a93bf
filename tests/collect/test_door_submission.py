"""What phones send arrives once, whole, and as it was sent."""

from __future__ import annotations

import hashlib

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as, for_purpose
from paivand.collect.actions.moving import Because, move
from paivand.collect.models import Device, Submission, SubmissionFile
from paivand.collect.rules.submissions import FormState
from paivand.collect.rules.taking import Act
from paivand.core.models.files import documents_folder, path_of
from paivand.core.rules.writing import writing
from tests.collect.field import Phone, body, device_of, filled, kept, message, new_instance, publish

pytestmark = pytest.mark.django_db


def files_on_disk():
    return {one for one in documents_folder().rglob("*") if one.is_file()}


@pytest.fixture
def phone(zarina, manija):
    publish(manija)
    return Phone(device_of(zarina)[1])


def test_head_says_how_much_may_be_sent(phone):
    answer = phone.head()
    assert answer.status_code == 204
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert answer["X-OpenRosa-Accept-Content-Length"] == "100000000"


def test_a_filled_form_is_kept_as_it_came(phone, zarina):
    one = new_instance()
    answer = phone.send(filled(one))
    assert answer.status_code == 201
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert answer["Content-Language"] == "en"
    assert answer["Content-Type"].startswith("text/xml")
    assert message(answer) == "Received. Thank you."
    (row,) = kept(zarina, one)
    assert row.content.xml == filled(one)
    assert row.xml_sha256 == hashlib.sha256(filled(one)).hexdigest()
    assert (row.state, row.is_complete, row.is_survey, row.root_id) == ("waiting", True, True, one)
    assert (row.owner_id, row.district_id, row.agency_id, row.team_id) == (
        zarina.pk, "TJ-KT-02", zarina.agency_id, zarina.team_id,
    )  # fmt: skip


def test_the_xml_is_sealed_in_the_database(phone):
    from django.db import connections

    phone.send(filled(new_instance(), name="Ойгул"))
    with connections["default"].cursor() as cursor:
        cursor.execute("select set_config('paivand.purpose', 'upkeep', true)")
        cursor.execute("select xml from collect_submissioncontent")
        assert "Ойгул" not in str(cursor.fetchall())


def test_a_device_counts_what_it_sent(phone, zarina):
    phone.send(filled(new_instance()))
    phone.send(filled(new_instance()))
    with acting_as(zarina):
        device = Device.objects.get(user=zarina)
    assert device.n_sent == 2
    assert device.seen_at is not None


def test_the_same_form_twice_is_one_and_both_are_told_so(phone, zarina):
    one = new_instance()
    assert [phone.send(filled(one)).status_code for _ in range(3)] == [201, 202, 202]
    assert len(kept(zarina, one)) == 1


def test_the_same_number_with_other_answers_is_refused(phone, zarina):
    one = new_instance()
    phone.send(filled(one))
    answer = phone.send(filled(one, name="дигар"))
    assert answer["X-Paivand-Reason"] == "other_xml"
    assert answer.status_code == 409
    assert "other answers" in message(answer)
    assert kept(zarina, one)[0].content.xml == filled(one)


def test_two_people_never_share_a_number(phone, farrukh, zarina):
    one = new_instance()
    phone.send(filled(one))
    answer = Phone(device_of(farrukh)[1]).send(filled(one, name="аз Дӯстӣ"))
    assert answer.status_code == 409
    assert len(kept(zarina, one)) == 1
    assert kept(farrukh, one) == []


def test_files_come_with_the_form_and_are_sealed_beside_the_database(phone, zarina):
    one = new_instance()
    answer = phone.send(filled(one, photo="a.jpg", pictures=["b.jpg"]), [("a.jpg", b"a photograph"), ("b.jpg", b"BBB")])
    assert answer.status_code == 201
    (row,) = kept(zarina, one)
    assert row.is_complete
    with acting_as(zarina):
        files = {file.name: file for file in SubmissionFile.objects.filter(submission=row)}
    assert files["a.jpg"].content == b"a photograph"
    assert (files["b.jpg"].size, files["b.jpg"].mime) == (3, "image/jpeg")
    assert b"photograph" not in path_of(files["a.jpg"].pk).read_bytes()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_parts_may_come_in_any_order(phone, zarina, order):
    one = new_instance()
    xml = filled(one, photo="a.jpg", pictures=["b.jpg"])
    parts = [([("a.jpg", b"AAA")], True), ([("b.jpg", b"BBB")], False)]
    for at in order:
        files, more = parts[at]
        assert phone.send(xml, files, incomplete=more).status_code == 201
    (row,) = kept(zarina, one)
    assert row.is_complete
    assert phone.send(xml, parts[0][0], incomplete=True).status_code == 202


def test_a_form_without_its_files_waits_for_them(phone, zarina):
    one = new_instance()
    answer = phone.send(filled(one, photo="a.jpg"))
    assert answer.status_code == 201
    assert "awaited" in message(answer)
    assert not kept(zarina, one)[0].is_complete


def test_a_file_that_comes_too_late_has_the_form_run_again(phone, zarina):
    one = new_instance()
    xml = filled(one, photo="a.jpg")
    phone.send(xml)
    (row,) = kept(zarina, one)
    with acting_as(zarina), writing("a test"):
        move(row, Act.REFUSE, by=None, now=timezone.now(), because=Because("missing"))
    phone.send(xml, [("a.jpg", b"AAA")])
    (row,) = kept(zarina, one)
    assert (row.state, row.is_complete) == ("waiting", True)


def test_what_was_erased_stays_erased_however_often_a_phone_sends_it(phone, zarina):
    one = new_instance()
    xml = filled(one, photo="a.jpg")
    phone.send(xml)
    with for_purpose("upkeep"), writing("upkeep"):
        Submission.objects.filter(instance_id=one).update(erased_at=timezone.now())
    assert phone.send(xml, [("a.jpg", b"AAA")]).status_code == 202
    with acting_as(zarina):
        assert not SubmissionFile.objects.exists()


def test_a_file_that_the_form_does_not_name_is_left_out(phone, zarina):
    one = new_instance()
    assert phone.send(filled(one), [("stray.jpg", b"x")]).status_code == 201
    with acting_as(zarina):
        assert not SubmissionFile.objects.exists()


def test_the_same_name_with_other_content_is_refused(phone, zarina):
    one = new_instance()
    xml = filled(one, photo="a.jpg")
    phone.send(xml, [("a.jpg", b"AAA")])
    assert phone.send(xml, [("a.jpg", b"other")]).status_code == 409
    with acting_as(zarina):
        assert SubmissionFile.objects.get().content == b"AAA"


def test_a_file_that_comes_twice_at_once_is_kept_once(phone, zarina):
    one = new_instance()
    xml = filled(one, photo="a.jpg", pictures=["b.jpg"])
    assert phone.send(xml, [("a.jpg", b"AAA"), ("a.jpg", b"AAA")]).status_code == 201
    assert phone.send(xml, [("b.jpg", b"B"), ("a.jpg", b"AAA"), ("b.jpg", b"B")]).status_code == 201
    (row,) = kept(zarina, one)
    assert row.is_complete
    with acting_as(zarina):
        assert sorted(file.name for file in SubmissionFile.objects.all()) == ["a.jpg", "b.jpg"]


def test_two_files_of_one_name_are_refused_and_nothing_is_kept(phone, zarina):
    one = new_instance()
    before = files_on_disk()
    answer = phone.send(filled(one, photo="a.jpg"), [("a.jpg", b"AAA"), ("a.jpg", b"other")])
    assert (answer.status_code, answer["X-Paivand-Reason"]) == (409, "other_file")
    assert kept(zarina, one) == []
    with acting_as(zarina):
        assert not SubmissionFile.objects.exists()
    assert files_on_disk() == before, "the file that was written first is taken away again"


def test_two_filled_forms_in_one_body_are_refused(phone, zarina):
    one, two = new_instance(), new_instance()
    first = body(filled(one)).removesuffix(b"--b0undary--\r\n")
    answer = phone.post(first + body(filled(two)))
    assert (answer.status_code, answer["X-Paivand-Reason"]) == (400, "two_forms")
    assert kept(zarina, one) == kept(zarina, two) == []
    assert phone.post(first + body(filled(one))).status_code == 201, "the same one twice is one"


# --- edits -----------------------------------------------------------------------------------------------------------


def test_an_edit_takes_the_place_of_the_one_before(phone, zarina):
    first, second, third = new_instance(), new_instance(), new_instance()
    phone.send(filled(first))
    assert phone.send(filled(second, name="2", corrects=first)).status_code == 201
    assert phone.send(filled(third, name="3", corrects=second)).status_code == 201
    rows = [kept(zarina, one)[0] for one in (first, second, third)]
    assert [row.root_id for row in rows] == [first] * 3
    assert [row.replaced_by_id for row in rows] == [rows[1].pk, rows[2].pk, None]
    # The same edit once more changes nothing.
    assert phone.send(filled(second, name="2", corrects=first)).status_code == 202


def test_nobody_corrects_what_a_colleague_sent(phone, zarina, nasiba):
    first = new_instance()
    phone.send(filled(first))
    answer = Phone(device_of(nasiba)[1]).send(filled(new_instance(), name="2", corrects=first))
    assert answer.status_code == 404
    assert kept(zarina, first)[0].replaced_by_id is None


@pytest.mark.parametrize(("corrects", "status"), [("uuid:nowhere", 404), ("itself", 400)])
def test_an_edit_of_nothing_is_refused(phone, zarina, corrects, status):
    one = new_instance()
    answer = phone.send(filled(one, corrects=one if corrects == "itself" else corrects))
    assert answer.status_code == status
    assert kept(zarina, one) == []


def test_an_edit_of_what_is_not_the_newest_is_refused(phone, zarina):
    first, second, late = new_instance(), new_instance(), new_instance()
    phone.send(filled(first))
    phone.send(filled(second, corrects=first))
    answer = phone.send(filled(late, corrects=first))
    assert answer.status_code == 409
    assert kept(zarina, late) == []


# --- versions and states of forms ------------------------------------------------------------------------------------


def test_an_old_version_is_taken(phone, zarina, manija):
    publish(manija, version="2026-2")
    one = new_instance()
    assert phone.send(filled(one, version="2026-1")).status_code == 201
    assert kept(zarina, one)[0].form_version.name == "2026-1"


@pytest.mark.parametrize("other", [{"form": "unknown"}, {"version": "1999"}])
def test_an_unknown_form_or_version_is_refused(phone, zarina, other):
    one = new_instance()
    assert phone.send(filled(one, **other)).status_code == 404
    assert kept(zarina, one) == []


def test_a_closing_form_is_taken_and_a_closed_one_is_not(phone, zarina, manija):
    one, two = new_instance(), new_instance()
    publish(manija, version="2026-2", state=FormState.CLOSING)
    assert phone.send(filled(one)).status_code == 201
    publish(manija, version="2026-3", state=FormState.CLOSED)
    assert phone.send(filled(two)).status_code == 409
    # What arrived before is confirmed all the same, so that the phone can let go of it.
    assert phone.send(filled(one)).status_code == 202


# --- bodies ----------------------------------------------------------------------------------------------------------


def test_a_body_that_was_cut_off_is_refused_and_nothing_is_kept(phone, zarina):
    one = new_instance()
    whole = body(filled(one, photo="a.jpg"), [("a.jpg", b"A" * 500)])
    for length in (10, 200, len(whole) - 20):
        assert phone.post(whole[:length]).status_code == 400
    assert kept(zarina, one) == []


def test_a_body_without_a_form_is_refused(phone):
    for content, kind in (
        (body(None, [("a.jpg", b"A")]), "multipart/form-data; boundary=b0undary"),
        (filled(new_instance()), "text/xml"),
        (b"", "multipart/form-data; boundary=b0undary"),
    ):
        answer = phone.post(content, kind)
        assert answer.status_code == 400
        assert message(answer)


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\windows.ini", "/etc/shadow", "..", "", "a\x00b", "a" * 256])
def test_tricks_in_names_of_files_are_refused(phone, zarina, name):
    one = new_instance()
    answer = phone.send(filled(one, photo="x"), [(name, b"root")])
    assert answer.status_code == 400
    assert "name" in message(answer)
    assert kept(zarina, one) == []


@pytest.mark.parametrize("xml", [
    b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><data id="door_survey">&b;</data>',
    b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><data id="door_survey">&a;</data>',
    b'<?xml version="1.0" encoding="windows-1251"?><data id="door_survey"/>',
    b"<a>" * 100,
    b"\x00\x01\x02",
])  # fmt: skip
def test_harmful_xml_is_refused_with_a_sentence(phone, xml):
    answer = phone.send(xml)
    assert answer.status_code == 400
    assert message(answer)


def test_the_date_of_the_client_and_the_missing_version_do_not_matter(phone, zarina):
    one = new_instance()
    answer = phone.client.post(
        f"{phone.base}/submission", body(filled(one)), content_type='multipart/form-data; boundary="b0undary"'
    )
    assert answer.status_code == 201


def test_utf_16_is_kept_to_the_last_byte(phone, zarina):
    one = new_instance()
    xml = filled(one).decode().replace("version='1.0'", "version='1.0' encoding='UTF-16'").encode("utf-16")
    assert phone.send(xml).status_code == 201
    assert kept(zarina, one)[0].content.xml == xml


@pytest.mark.parametrize(("length", "status"), [("\u00b2", 400), ("9" * 5_000, 413), ("-1", 400)])
def test_a_length_that_is_none_is_no_fault_of_the_server(phone, length, status):
    answer = phone.client.generic(
        "POST", f"{phone.base}/submission", body(filled(new_instance())), "multipart/form-data; boundary=b0undary",
        CONTENT_LENGTH=length,
    )  # fmt: skip
    assert answer.status_code == status
    assert message(answer)


def test_other_methods_are_refused(phone):
    assert phone.get("/submission").status_code == 405
    answer = phone.client.put(f"{phone.base}/submission", b"")
    assert answer.status_code == 405
    assert answer["X-OpenRosa-Version"] == "1.0"
