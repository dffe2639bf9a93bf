"""The disclosure record: exactly what left, under a digest; the receiver reads that row and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.referrals.actions import sending
from paivand.referrals.models import Disclosure, Preparation
from paivand.referrals.queries.contents import values_mark, values_of
from paivand.referrals.queries.referrals import disclosures_shown
from paivand.referrals.rules.lenses import digest, fields, lens, lenses, offered_lenses
from paivand.referrals.rules.referrals import Way
from paivand.registry.actions.particulars import add_document, add_phone, write_particulars
from paivand.registry.models import Consent, FamilyMember, Person
from paivand.registry.rules.drafts import DocumentDraft, PhoneDraft
from paivand.registry.rules.people import DocumentKind, DocumentStatus, MayCall
from tests.referrals.handshake import NOW, consented, drafted, sent, service, today

pytestmark = pytest.mark.django_db


def told(row: Any, by: Any) -> dict[str, Any]:
    """What left with a referral, as ``by`` reads it."""
    with acting_as(by):
        shown = Disclosure.objects.get(referral=row)
        assert shown.is_intact
        return dict(shown.values)


@pytest.fixture
def reachable(family: Any, zarina: Any) -> Any:
    """The family, whose head may be called on one number, has another that nobody may call, and lost her passport."""
    with acting_as(zarina):
        head = family.head
        for number, may in (("+992918123456", MayCall.YES), ("+992918999999", MayCall.NO)):
            draft = PhoneDraft(number, may, hours="пас аз 15", who_may_answer="худаш", agreed_on=today())
            add_phone(person=head, phone_id=new_id(), draft=draft, by=zarina)
        paper = DocumentDraft(DocumentKind.PASSPORT, DocumentStatus.LOST, number="A1234567", note="дар Маскав")
        add_document(person=head, document_id=new_id(), draft=paper, by=zarina)
    return family


# --- the lenses ------------------------------------------------------------------------------------------------------


def test_every_lens_names_what_both_sides_speak_of_and_what_is_needed():
    for one in lenses().values():
        assert {"needs", "priority"} <= set(one.needed), one.code
        assert {"reference", "survivor_code"} & set(one.needed), one.code
        assert set(one.titles) == set(one.meanings) == {"tg", "ru", "en", "fa"}


def test_every_field_has_a_source_and_a_title_in_each_language():
    for field in fields().values():
        assert field.source
        assert set(field.titles) == {"tg", "ru", "en", "fa"}


def test_every_kind_of_service_has_a_lens_and_no_sealed_one_is_offered():
    from paivand.referrals.rules.directory import service_types

    for code, kind in service_types().items():
        found = offered_lenses(code)
        assert not any(one.sealed for one in found)
        assert code in found[0].types or found[0].code == "code_only", kind


def test_a_sealed_lens_asks_for_a_name_only_when_ticked():
    for one in lenses().values():
        if one.sealed:
            assert "name" not in one.needed
            assert "name" not in one.ticked


def test_what_identifies_is_said_of_each_field_that_names_or_finds_somebody():
    found = {code for code, field in fields().items() if field.identifies}
    assert found == {"name", "birth", "phones", "village", "guardian"}


# --- what leaves -----------------------------------------------------------------------------------------------------


def test_exactly_the_ticked_fields_leave(reachable, legal, zarina, anvar):
    row = sent(reachable, legal, zarina, lens="legal", fields=["phones", "papers"])
    values = told(row, anvar)
    assert values == {
        "reference": reachable.code,
        "needs": "Шаҳодатномаи таваллуд барои Фарҳод",
        "priority": "normal",
        "name": "Каримова Ҷамила Раҳимовна",
        "phones": [["+992918123456", "yes", "пас аз 15", "худаш", ""]],
        "papers": [["passport", "lost"]],
    }
    with acting_as(zarina):
        shown = Disclosure.objects.get()
        assert shown.fields == ["reference", "needs", "priority", "name", "phones", "papers"]
        assert (shown.lens, shown.lens_version, shown.way) == ("legal", lens("legal").version, "account")
        assert shown.receiver_label == "Маркази ҳуқуқӣ, Маркази ҳуқуқии Кӯлоб"
        assert (shown.by_id, shown.at, shown.values_hash) == (zarina.pk, NOW, digest(shown.content))


def test_the_number_of_a_paper_and_a_number_nobody_may_call_never_leave(reachable, legal, zarina, anvar):
    row = sent(reachable, legal, zarina, lens="legal", fields=list(lens("legal").places))
    text = str(told(row, anvar))
    for secret in ("A1234567", "+992918999999", "дар Маскав"):
        assert secret not in text


def test_the_lens_for_a_child_names_the_guardian_and_her_number(reachable, nasiba, zarina, anvar):
    from tests.referrals.handshake import consented_child

    school = service(nasiba, type="education", name="Мактаби 5", provider_name="Мактаби 5", user=anvar)
    with acting_as(zarina):
        child = Person.objects.get(given_name="Фарҳод")
        from paivand.registry.rules.drafts import ParticularsDraft
        from paivand.registry.rules.people import OutOfSchoolReason, School

        draft = ParticularsDraft(school=School.OUT, out_of_school_reason=OutOfSchoolReason.WORK)
        write_particulars(person=child, version=0, draft=draft, by=zarina)
    consented_child(child, zarina)
    row = sent(reachable, school, zarina, person=child, without_consent=True)
    values = told(row, anvar)
    assert (values["school"], values["out_of_school"], values["guardian"]) == (
        "out", "work", "Каримова Ҷамила Раҳимовна",
    )  # fmt: skip
    assert values["phones"][0][0] == "+992918123456"
    assert "birth" not in values


def test_an_empty_value_is_no_field_that_left(family, legal, zarina, anvar):
    row = sent(family, legal, zarina, lens="legal", fields=["papers", "phones", "marriage"])
    with acting_as(zarina):
        assert Disclosure.objects.get(referral=row).fields == ["reference", "needs", "priority", "name"]


def test_nothing_is_sent_that_does_not_say_what_is_needed(family, legal, zarina):
    consented(family.head, zarina)
    row = drafted(family, legal, zarina, needs="  ")
    with acting_as(zarina), pytest.raises(Refused) as refused:
        sending.send_referral(referral=row, version=row.version, by=zarina, now=NOW)
    assert (refused.value.code, refused.value.field) == ("needs", "needs")


def test_what_is_sent_is_what_was_looked_at(family, legal, zarina):
    consented(family.head, zarina)
    row = drafted(family, legal, zarina, lens="contact")
    with acting_as(zarina):
        prepared = Preparation.objects.get()
        consent = Consent.objects.get(purpose="referral")
        seen = values_mark(values_of(zarina, row, prepared, consent))
        add_phone(
            person=family.head, phone_id=new_id(), by=zarina,
            draft=PhoneDraft("+992918123456", MayCall.YES, agreed_on=today()),
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            sending.send_referral(referral=row, version=row.version, by=zarina, now=NOW, shown=seen)
        assert refused.value.code == "changed"
        seen = values_mark(values_of(zarina, row, prepared, consent))
        assert sending.send_referral(referral=row, version=row.version, by=zarina, now=NOW, shown=seen).state == "sent"


# --- what stays ------------------------------------------------------------------------------------------------------


def test_the_receiver_reads_what_left_also_after_everything_has_changed(reachable, legal, zarina, anvar):
    row = sent(reachable, legal, zarina)
    before = told(row, anvar)
    with acting_as(zarina), writing("a test"):
        Person.objects.filter(pk=reachable.head_id).update(given_name="Дигар", family_name="Ном")
        FamilyMember.objects.filter(family=reachable).update(until_on=today() + timedelta(days=1))
    anvar.forget_rights()
    assert told(row, anvar) == before
    with acting_as(anvar):
        assert disclosures_shown(anvar, [row.pk])[row.pk].values["name"] == "Каримова Ҷамила Раҳимовна"
        assert not Person.objects.exists()


def test_the_receiver_reads_no_more_when_his_own_rights_grow(reachable, legal, zarina, nasiba):
    """A provider who is also a supervisor here sees on the receiver's page what left, not what she could see."""
    hers = service(nasiba, user=nasiba, name="Маркази дигар", provider_name="Дигар")
    row = sent(reachable, hers, zarina, lens="code_only", fields=[])
    with acting_as(nasiba):
        shown = disclosures_shown(nasiba, [row.pk])[row.pk]
        assert set(shown.values) == {"reference", "needs", "priority"}


def test_no_row_of_what_left_is_ever_rewritten(family, legal, zarina, nasiba):
    sent(family, legal, zarina)
    for who in (zarina, nasiba):
        for column in ("values_hash", "content", "fields", "lens", "at", "receiver_label", "by_id"):
            with (
                acting_as(who),
                connection.cursor() as cursor,
                pytest.raises(ProgrammingError, match="permission denied"),
            ):
                with transaction.atomic():
                    cursor.execute(f"update referrals_disclosure set {column} = {column}")
    with acting_as(zarina), connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        with transaction.atomic():
            cursor.execute("delete from referrals_disclosure")


def test_a_content_that_does_not_fit_its_digest_is_noticed(family, legal, zarina):
    sent(family, legal, zarina)
    with acting_as(zarina):
        shown = Disclosure.objects.get()
        shown.content["values"]["name"] = "Касе дигар"
        assert not shown.is_intact
        shown = Disclosure.objects.get()
        shown.fields.append("birth")
        assert not shown.is_intact


def test_the_values_are_sealed_and_the_digest_tells_nothing_about_them(family, legal, zarina):
    sent(family, legal, zarina, needs="Алимент")
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute("select content, values_hash from referrals_disclosure")
        content, values_hash = cursor.fetchone()
        cursor.execute("select needs from referrals_preparation")
        [needs] = cursor.fetchone()
        values = dict(Disclosure.objects.get().values)
    assert "Алимент" not in content + needs
    assert values_hash != digest(values)
    assert values_hash != digest({"values": values})


def test_a_disclosure_without_a_digest_is_refused_by_the_database(family, legal, zarina):
    row = sent(family, legal, zarina)
    with (
        acting_as(zarina),
        writing("a test"),
        pytest.raises(IntegrityError, match="has_its_digest"),
        transaction.atomic(),
    ):
        Disclosure.about(
            row, lens="legal", lens_version=1, fields=[], content={"values": {}, "salt": ""}, values_hash="none",
            way="account", receiver_label="", at=NOW, by=zarina,
        ).save()  # fmt: skip


def test_a_lens_lets_nothing_through_that_it_does_not_name(family, legal, zarina):
    from paivand.referrals.actions.disclosing import disclose

    row = sent(family, legal, zarina)
    with acting_as(zarina), writing("a test"), pytest.raises(Refused) as refused:
        disclose(row, "code_only", {"reference": "F", "name": "…"}, way=Way.SPOKEN, receiver="", by=zarina, now=NOW)
    assert refused.value.code == "lens"
