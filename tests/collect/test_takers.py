"""What the forms of registration, visits and remittances become, and what is refused at which question."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.rules.taking import Undecided
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from tests.collect.on_phone import arrived, filled_xml, take

pytestmark = pytest.mark.django_db

JAMOAT = "TJ-KT-02-01"
REGISTRATION = {
    "start_here/agreed": "OK", "place/jamoat": JAMOAT, "place/village": "Сарчашма", "place/registered_on": "2026-11-20",
    "place/housing": "in_laws", "place/land": "rented", "head/given_name": "Гулнора", "head/family_name": "Раҳимова",
    "head/father_name": "Саидовна", "head/known_as": "Гуля", "head/sex": "female", "head/birth_known": "year",
    "head/birth_year": "1985", "contact/phone": "918 12 34 56", "contact/belongs_to": "ҳамсоя",
    "contact/may_call": "through_other", "contact/hours": "пагоҳӣ", "contact/who_may_answer": "модараш",
    "contact/say_what": "дар бораи курс", "n_others": "2",
    "members[1]/relation": "spouse", "members[1]/given_name": "Карим", "members[1]/sex": "male",
    "members[1]/birth_known": "estimate", "members[1]/age": "42", "members[1]/abroad": "yes",
    "members[1]/country": "RU", "members[1]/left_known": "month", "members[1]/left_month": "2025-03-01",
    "members[1]/absence": "remitting_irregularly",
    "members[2]/relation": "child", "members[2]/given_name": "Али", "members[2]/family_name": "Каримов",
    "members[2]/sex": "male", "members[2]/birth_known": "day", "members[2]/birth_day": "2016-05-04",
    "members[2]/abroad": "no",
    "consent/given_by": "self", "consent/method": "spoken", "consent/language": "tg", "consent/given_on": "2026-11-20",
    "consent/purposes": "services referral", "consent/extent": "танҳо Ҳамроҳ", "consent/valid_until": "2027-11-20",
}  # fmt: skip


def _family(by: Any, taken: Any) -> Any:
    from paivand.registry.models import Family

    with acting_as(by):
        return Family.objects.get(pk=taken.what[0].id)


def test_a_registration_from_the_field_becomes_a_family_field_by_field(zarina: Any) -> None:
    from paivand.registry.models import Absence, Consent, FamilyMember, MigrationEpisode, Phone

    xml = filled_xml("family_registration", REGISTRATION)
    family = _family(zarina, take(zarina, xml))
    with acting_as(zarina):
        assert (family.jamoat_id, family.village, family.housing, family.land, family.origin, family.n_members) == (
            JAMOAT, "Сарчашма", "in_laws", "rented", "field", 3,
        )  # fmt: skip
        assert family.registered_on == date(2026, 11, 20)
        assert (family.owner_id, family.agency_id, family.team_id) == (zarina.pk, zarina.agency_id, zarina.team_id)
        members = {m.person.given_name: m for m in FamilyMember.objects.filter(family=family).select_related("person")}
        head, husband, son = members["Гулнора"].person, members["Карим"].person, members["Али"].person
        assert {name: m.relation for name, m in members.items()} == {
            "Гулнора": "head", "Карим": "spouse", "Али": "child",
        }  # fmt: skip
        assert (head.family_name, head.father_name, head.known_as, head.sex) == (
            "Раҳимова", "Саидовна", "Гуля", "female",
        )  # fmt: skip
        assert (head.birth_on, head.birth_precision) == (date(1985, 1, 1), "year")
        assert (husband.birth_precision, husband.birth_on.year) == ("estimate", timezone.localdate().year - 42)
        assert (son.birth_on, son.birth_precision, son.family_name) == (date(2016, 5, 4), "day", "Каримов")
        phone = Phone.objects.get(person=head)
        assert (phone.number, phone.belongs_to, phone.may_call, phone.hours, phone.who_may_answer, phone.say_what) == (
            "+992918123456", "ҳамсоя", "through_other", "пагоҳӣ", "модараш", "дар бораи курс",
        )  # fmt: skip
        assert phone.agreed_on == date(2026, 11, 20)
        stay = MigrationEpisode.objects.get(person=husband)
        assert (stay.country, stay.departed_on, stay.departed_precision) == ("RU", date(2025, 3, 1), "month")
        assert Absence.objects.get(person=husband).status == "remitting_irregularly"
        consents = Consent.objects.filter(person=head)
        assert {c.purpose for c in consents} == {"registration", "services", "referral"}
        assert {(c.given_by, c.method, c.language, c.given_on, c.valid_until, c.extent) for c in consents} == {
            ("self", "spoken", "tg", date(2026, 11, 20), date(2027, 11, 20), "танҳо Ҳамроҳ"),
        }  # fmt: skip


def test_the_keys_that_the_phone_made_are_the_keys_of_family_and_members(zarina: Any) -> None:
    from paivand.collect.rules.filled import read_filled
    from paivand.registry.models import Person

    xml = filled_xml("family_registration", REGISTRATION)
    made = read_filled(xml).entities()
    family = _family(zarina, take(zarina, xml))
    assert family.pk == next(one.entity_id for one in made if one.dataset == "families")
    with acting_as(zarina):
        people = Person.objects.in_bulk([one.entity_id for one in made if one.dataset == "people"])
    assert {person.given_name for person in people.values()} == {"Карим", "Али"}


def test_the_same_registration_taken_twice_makes_one_family(zarina: Any) -> None:
    from paivand.registry.models import Family, Person

    xml = filled_xml("family_registration", REGISTRATION)
    sent = arrived(zarina, xml)
    first = take(zarina, xml, sent=sent)
    with acting_as(zarina):
        before = (Family.objects.count(), Person.objects.count())
    assert take(zarina, xml, sent=sent) == first
    with acting_as(zarina):
        assert (Family.objects.count(), Person.objects.count()) == before


def test_a_family_with_the_number_of_another_form_is_never_passed_over_as_taken(zarina: Any) -> None:
    from paivand.collect.rules.filled import read_filled
    from paivand.registry.models import Family, Person

    xml = filled_xml("family_registration", REGISTRATION)
    first = _family(zarina, take(zarina, xml))
    number = read_filled(xml).instance_id.encode()
    other = xml.replace("Сарчашма".encode(), "Даҳана".encode()).replace(number, number + b"-anew")
    sent = arrived(zarina, other)
    with pytest.raises(Undecided) as undecided:
        take(zarina, other, sent=sent)
    assert undecided.value.kind == "duplicate"
    assert {row["family"] for row in undecided.value.found} == {str(first.pk)}
    assert take(zarina, other, sent=sent, answers={"duplicate": str(first.pk)}).what[0].id == first.pk

    second = _family(zarina, take(zarina, other, sent=sent, answers={"duplicate": "new"}))
    assert (second.pk != first.pk, second.village, second.n_members) == (True, "Даҳана", 3)
    assert take(zarina, other, sent=sent).what[0].id == second.pk
    with acting_as(zarina):
        assert (Family.objects.count(), Person.objects.count()) == (2, 6)


def test_a_child_at_the_head_is_answered_for_by_a_guardian(zarina: Any) -> None:
    from paivand.registry.models import Consent

    answers = REGISTRATION | {
        "head/birth_known": "estimate", "head/age": "16", "consent/given_by": "guardian",
        "consent/guardian_name": "Холида", "consent/assent": "yes",
    }  # fmt: skip
    family = _family(zarina, take(zarina, filled_xml("family_registration", answers)))
    with acting_as(zarina):
        consent = Consent.objects.filter(person_id=family.head_id, purpose="registration").get()
    assert (consent.given_by, consent.guardian_name, consent.assent) == ("guardian", "Холида", True)


AHEAD = str(timezone.localdate() + timedelta(days=2))
"""Still to come where midnight passes before the tests of this file run."""


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"start_here/agreed": ""}, "start_here/agreed"),
        ({"place/jamoat": ""}, "place/jamoat"),
        ({"place/jamoat": "TJ-KT-20-04"}, "place/jamoat"),
        ({"place/registered_on": AHEAD}, "place/registered_on"),
        ({"place/housing": "castle"}, "place/housing"),
        ({"place/village": "д" * 121}, "place/village"),
        ({"head/given_name": ""}, "head/given_name"),
        ({"head/given_name": "Гул9"}, "head/given_name"),
        ({"head/sex": ""}, "head/sex"),
        ({"head/birth_known": "day", "head/birth_day": AHEAD}, "head/birth_day"),
        ({"head/birth_known": "year", "head/birth_year": "1850"}, "head/birth_year"),
        ({"head/birth_known": "year", "head/birth_year": ""}, "head/birth_year"),
        ({"head/birth_known": "estimate", "head/age": "3000"}, "head/age"),
        ({"contact/phone": "12"}, "contact/phone"),
        ({"contact/who_may_answer": ""}, "contact/who_may_answer"),
        ({"members[2]/relation": "head"}, "members[2]/relation"),
        ({"members[2]/birth_day": AHEAD}, "members[2]/birth_day"),
        ({"members[2]/given_name": "  "}, "members[2]/given_name"),
        ({"members[1]/country": "XX"}, "members[1]/country"),
        ({"members[1]/left_month": f"{int(AHEAD[:4]) + 1}-01-01"}, "members[1]/left_month"),
        ({"members[1]/left_known": "year", "members[1]/left_year": "12"}, "members[1]/left_year"),
        ({"members[1]/absence": "returned_well"}, "members[1]/absence"),
        ({"head/birth_known": "estimate", "head/age": "15"}, "consent/given_by"),
        ({"consent/given_by": "guardian"}, "consent/guardian_name"),
        (
            {"consent/given_by": "guardian", "consent/guardian_name": "Холида", "consent/assent": "no"},
            "consent/assent",
        ),
        ({"consent/given_on": AHEAD, "consent/valid_until": ""}, "consent/given_on"),
        ({"consent/valid_until": "2026-11-19"}, "consent/valid_until"),
        ({"consent/language": "xx"}, "consent/language"),
        ({"consent/purposes": "services registration"}, "consent/purposes"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_where_it_stands(zarina: Any, changed: dict[str, str], field: str) -> None:
    from paivand.registry.models import Family

    xml = filled_xml("family_registration", REGISTRATION | changed)
    with pytest.raises(Refused) as refused:
        take(zarina, xml)
    assert refused.value.field == field
    assert str(refused.value.message).endswith(".")
    with acting_as(zarina):
        assert not Family.objects.exists()


def test_an_unreadable_day_is_told_with_its_whole_path(zarina: Any) -> None:
    from paivand.collect.rules.filled import Unreadable

    with pytest.raises(Unreadable) as unreadable:
        take(zarina, filled_xml("family_registration", REGISTRATION | {"members[2]/birth_day": "2016-02-30"}))
    assert unreadable.value.path == "members[2]/birth_day"


def test_more_members_than_the_screen_takes_are_refused(zarina: Any) -> None:
    many = {
        f"members[{n}]/{name}": value
        for n in range(3, 22)
        for name, value in (("relation", "child"), ("given_name", "Лола"), ("sex", "female"), ("abroad", "no"))
    }
    with pytest.raises(Refused) as refused:
        take(zarina, filled_xml("family_registration", REGISTRATION | many))
    assert refused.value.field == "n_others"


def test_a_likely_family_waits_for_a_decision_and_then_either_is_kept(zarina: Any) -> None:
    from paivand.registry.models import DuplicatePair, Family

    first = _family(zarina, take(zarina, filled_xml("family_registration", REGISTRATION)))
    xml = filled_xml("family_registration", REGISTRATION)
    sent = arrived(zarina, xml)
    with pytest.raises(Undecided) as undecided:
        take(zarina, xml, sent=sent)
    assert undecided.value.kind == "duplicate"
    found = undecided.value.found
    assert {row["family"] for row in found} == {str(first.pk)}
    assert "given" in found[0]["evidence"]
    assert found[0]["score"] >= found[-1]["score"]
    with pytest.raises(Undecided):
        take(zarina, xml, sent=sent, answers={"duplicate": str(uuid.uuid4())})

    assert take(zarina, xml, sent=sent, answers={"duplicate": str(first.pk)}).what[0].id == first.pk
    with acting_as(zarina):
        assert Family.objects.count() == 1

    second = _family(zarina, take(zarina, xml, sent=sent, answers={"duplicate": "new"}))
    assert second.pk != first.pk
    with acting_as(zarina):
        assert {pair.verdict for pair in DuplicatePair.objects.all()} == {"different"}


def test_registrations_from_the_field_take_turns_before_they_search(
    zarina: Any, family: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(200) as asked:
        take(zarina, filled_xml("family_registration", REGISTRATION))
    said = [query["sql"] for query in asked.captured_queries]
    turn = next(n for n, one in enumerate(said) if "pg_advisory_xact_lock(7286)" in one)
    search = next(n for n, one in enumerate(said) if "registry_matchkey" in one)
    assert turn < search


def test_nobody_registers_from_the_field_without_the_right(zarina: Any, manija: Any) -> None:
    with pytest.raises((WithoutRightError, Refused)):
        take(manija, filled_xml("family_registration", REGISTRATION))


# --- remittances -----------------------------------------------------------------------------------------------------


def _money(whose: Any, /, **changed: str) -> dict[str, str]:
    return {
        "family": str(whose.pk), "months[1]/month": "2026-10-01", "months[1]/amount": "12500.50",
        "months[1]/currency": "RUB", "months[1]/channel": "mobile", "months[1]/cost": "150",
        "months[2]/month": "2026-09-17", "months[2]/amount": "0", "months[2]/currency": "RUB", "months[2]/channel": "",
        **changed,
    }  # fmt: skip


def _rows(by: Any, family: Any) -> Any:
    from paivand.registry.models import Remittance

    with acting_as(by):
        return list(Remittance.objects.filter(family=family).order_by("-month"))


def test_months_of_money_are_written_down_as_on_the_grid(zarina: Any, family: Any) -> None:
    from paivand.registry.models import FamilyMember

    with acting_as(zarina):
        sender = FamilyMember.objects.filter(family=family).exclude(relation="head").first()
    taken = take(zarina, filled_xml("remittances", _money(family, sender=str(sender.person_id))))
    october, september = _rows(zarina, family)
    assert (october.month, october.amount, october.currency, october.channel, october.cost_amount) == (
        date(2026, 10, 1), Decimal("12500.50"), "RUB", "mobile", Decimal(150),
    )  # fmt: skip
    assert (september.month, september.amount, september.channel, september.cost_amount) == (
        date(2026, 9, 1), Decimal(0), "not_known", None,
    )  # fmt: skip
    assert {row.sender_id for row in (october, september)} == {sender.person_id}
    assert taken.what[0].label == family.code
    assert taken.families == (family.pk,)


def test_the_same_months_taken_twice_change_nothing(zarina: Any, family: Any) -> None:
    xml = filled_xml("remittances", _money(family))
    sent = arrived(zarina, xml)
    take(zarina, xml, sent=sent)
    before = [(row.pk, row.version) for row in _rows(zarina, family)]
    take(zarina, xml, sent=sent)
    assert [(row.pk, row.version) for row in _rows(zarina, family)] == before


def test_another_amount_of_a_known_month_waits_for_a_decision(zarina: Any, family: Any) -> None:
    take(zarina, filled_xml("remittances", _money(family)))
    xml = filled_xml("remittances", _money(family, **{"months[1]/amount": "300", "months[2]/month": "2026-08-01"}))
    sent = arrived(zarina, xml)
    with pytest.raises(Undecided) as undecided:
        take(zarina, xml, sent=sent)
    assert undecided.value.kind == "conflict"
    assert [row["path"] for row in undecided.value.found] == ["months[1]/amount"]
    take(zarina, xml, sent=sent, answers={"conflict": "kept"})
    assert [row.amount for row in _rows(zarina, family)] == [Decimal("12500.50"), 0, 0]
    take(zarina, xml, sent=sent, answers={"conflict": "sent"})
    assert [row.amount for row in _rows(zarina, family)] == [300, 0, 0]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"family": str(uuid.uuid4())}, "family"),
        ({"family": "F-1"}, "family"),
        ({"family": ""}, "family"),
        ({"sender": str(uuid.uuid4())}, "sender"),
        ({"months[2]/month": "2026-10-09"}, "months[2]/month"),
        ({"months[1]/month": f"{int(AHEAD[:4]) + 1}-12-31"}, "months[1]/month"),
        ({"months[1]/amount": ""}, "months[1]/amount"),
        ({"months[1]/amount": "-5", "months[1]/cost": ""}, "months[1]/amount"),
        ({"months[1]/cost": "20000"}, "months[1]/cost"),
        ({"months[1]/currency": "XAU"}, "months[1]/currency"),
        ({"months[2]/channel": "pigeon"}, "months[2]/channel"),
    ],
)
def test_a_month_that_cannot_be_is_refused_where_it_stands(
    zarina: Any, family: Any, changed: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        take(zarina, filled_xml("remittances", _money(family, **changed)))
    assert refused.value.field == field
    assert not _rows(zarina, family)


def test_a_family_of_somebody_else_is_no_choice(zarina: Any, dusti_family: Any) -> None:
    with pytest.raises(Refused) as refused:
        take(zarina, filled_xml("remittances", _money(dusti_family)))
    assert refused.value.field == "family"


def test_money_needs_the_right_to_edit_the_family(manija: Any, family: Any) -> None:
    with pytest.raises((WithoutRightError, OutsideScopeError, Refused)):
        take(manija, filled_xml("remittances", _money(family)))
