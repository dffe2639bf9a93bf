"""The page of a person, the head of a family, and what becomes of its file."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.dates import Birth
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.registry.actions.families import add_member, edit_family
from paivand.registry.actions.particulars import add_document, add_phone, write_particulars
from paivand.registry.actions.states import change_state, set_head
from paivand.registry.models import Family, FamilyMember, Person
from paivand.registry.queries import families as queries
from paivand.registry.queries import lists
from paivand.registry.queries.search import search
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.drafts import (
    AwayDraft,
    DocumentDraft,
    MemberDraft,
    ParticularsDraft,
    PersonDraft,
    PhoneDraft,
)
from paivand.registry.rules.families import FamilyState
from paivand.registry.rules.people import AT_SCHOOL_AGE, MARRIED_EARLY, DocumentKind, DocumentStatus, MayCall, doubts
from paivand.registry.templatetags.people import born, spaced_number
from tests.cast import person, register

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def member_of(family, by, relation):
    return next(row for row in queries.members(by, family) if row.relation == relation)


def path_of(name, family, **more):
    return reverse(f"registry:{name}", kwargs={"code": family.code, **more})


@pytest.fixture
def told(family, zarina):
    """The head of the family with a telephone, a lost passport, and what is known of school and marriage."""
    with acting_as(zarina):
        phone = PhoneDraft("+992918123456", MayCall.YES, "баъд аз 17:00", "хушдоман", "Курси мо", agreed_on=TODAY)
        add_phone(person=family.head, phone_id=new_id(), draft=phone, by=zarina)
        paper = DocumentDraft(DocumentKind.PASSPORT, DocumentStatus.LOST, "А 0123456")
        add_document(person=family.head, document_id=new_id(), draft=paper, by=zarina)
        draft = ParticularsDraft(education="secondary", marital="married", marriage="religious", languages=("tg", "uz"))
        write_particulars(person=family.head, version=0, draft=draft, by=zarina)
        return member_of(family, zarina, "head")


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_page_of_a_person_tells_who_she_is(told, family, zarina, sign_in):
    html = sign_in(zarina).get(path_of("person-open", family, member_id=told.pk)).content.decode()
    for words in ("Ҷамила", "Каримова", "1988, day and month not known", "lost", "А 0123456", "by nikoh only", "Uzbek",
                  "gives no claim before the law", family.code):  # fmt: skip
        assert words in html, words


def test_opening_a_person_is_an_opening_of_the_file(told, family, zarina, sign_in):
    sign_in(zarina).get(path_of("person-open", family, member_id=told.pk))
    with acting_as(zarina):
        assert [event.actor_id for event in queries.openings(zarina, family)] == [zarina.pk]


def test_the_page_of_a_person_is_closed_to_another_district_and_to_who_sees_no_names(
    told, family, farrukh, manija, sign_in
):
    for user in (farrukh, manija):
        assert sign_in(user).get(path_of("person-open", family, member_id=told.pk)).status_code == 404


def test_a_reader_changes_nothing(told, family, rustam, sign_in):
    html = sign_in(rustam).get(path_of("person-open", family, member_id=told.pk)).content.decode()
    assert "phones/add" not in html
    assert sign_in(rustam).get(path_of("particulars-edit", family, member_id=told.pk)).status_code == 403


def test_a_person_of_two_families_shows_both(family, zarina, sign_in):
    other = register(zarina, given="Саодат", surname="Одинаева")
    with acting_as(zarina):
        child = member_of(family, zarina, "child")
        from paivand.core.rules.writing import writing

        with writing("a test"):
            FamilyMember(
                family=other, person=child.person, relation="grandchild", from_on=TODAY - timedelta(days=90),
                until_on=TODAY, district_id=family.district_id, agency_id=family.agency_id, team_id=family.team_id,
                owner_id=family.owner_id,
            ).save()  # fmt: skip
    html = sign_in(zarina).get(path_of("person-open", family, member_id=child.pk)).content.decode()
    assert other.code in html
    assert "grandchild" in html.lower()


@pytest.mark.parametrize(("birth", "words"), [
    (None, ""),
    (Birth.in_month(1984, 3), "March 1984"),
    (Birth.in_year(1984), "1984, day and month not known"),
    (Birth.from_age(42, asked_on=date(2026, 11, 22)), "about 1984, counted from an age that was told"),
])  # fmt: skip
def test_a_birth_is_told_as_exactly_as_it_is_known(birth, words):
    assert born(birth) == words


@pytest.mark.parametrize(("number", "shown"), [
    ("+992918123456", "+992 918 12 34 56"), ("+74951234567", "+7 495 123 45 67"), ("+905301234567", "+905 301 234 567"),
])  # fmt: skip
def test_a_number_is_shown_in_groups(number, shown):
    assert spaced_number(number) == shown


# --- the family's page ----------------------------------------------------------------------------------------------


def test_the_family_page_marks_absence_and_school(family, zarina, sign_in):
    with acting_as(zarina):
        away = MemberDraft(
            PersonDraft("Ҷамшед", Sex.MALE, known_as="Ҷама"), Relation.SPOUSE,
            AwayDraft(country="RU", departed_on=TODAY.replace(day=1)),
        )  # fmt: skip
        add_member(family=family, person_id=new_id(), draft=away, by=zarina)
        child = member_of(family, zarina, "child")
        draft = ParticularsDraft(school="out", out_of_school_reason="work")
        write_particulars(person=child.person, version=0, draft=draft, by=zarina)
    html = sign_in(zarina).get(path_of("family-open", family)).content.decode()
    for words in ("abroad: Russia", "out of school", "known as", "Ҷама"):
        assert words in html, words


# --- the head -------------------------------------------------------------------------------------------------------


def test_another_member_becomes_the_head(family, zarina):
    with acting_as(zarina):
        old, new = (member_of(family, zarina, relation) for relation in ("head", "parent_in_law"))
        set_head(family=family, version=family.version, member=new, former=Relation.CHILD_IN_LAW, by=zarina)
        stands = Family.objects.get(pk=family.pk)
        assert stands.head_id == new.person_id
        assert Person.objects.get(pk=new.person_id).is_head
        assert not Person.objects.get(pk=old.person_id).is_head
        assert FamilyMember.objects.get(pk=old.pk).relation == "child_in_law"
        assert [row.head_id for row in lists.families(zarina).rows] == [new.person_id]
        event = AuditEvent.objects.filter(event="family.edit", outcome="done").latest("id")
        assert event.detail == {"changed": ["head"], "former": "child_in_law"}


def test_the_head_is_not_changed_twice_at_once_nor_to_a_stranger(family, zarina):
    other = register(zarina, given="Саодат")
    with acting_as(zarina):
        new, head = (member_of(family, zarina, relation) for relation in ("parent_in_law", "head"))
        stranger = member_of(other, zarina, "child")
        for member, former in ((head, Relation.CHILD), (stranger, Relation.CHILD), (new, Relation.HEAD)):
            with pytest.raises(Refused) as refused:
                set_head(family=family, version=family.version, member=member, former=former, by=zarina)
            assert refused.value.code == "head"
        set_head(family=family, version=family.version, member=new, former=Relation.CHILD, by=zarina)
        with pytest.raises(Refused) as refused:
            set_head(family=family, version=family.version, member=new, former=Relation.CHILD, by=zarina)
        assert refused.value.code == "stale"


def test_who_heads_another_family_does_not_head_a_second(family, zarina):
    other = register(zarina, given="Саодат")
    with acting_as(zarina):
        from paivand.core.rules.writing import writing

        with writing("a test"):
            FamilyMember(
                family=family, person_id=other.head_id, relation="sibling", from_on=TODAY,
                district_id=family.district_id, agency_id=family.agency_id, team_id=family.team_id,
                owner_id=family.owner_id,
            ).save()  # fmt: skip
        sister = member_of(family, zarina, "sibling")
        with pytest.raises(Refused):
            set_head(family=family, version=family.version, member=sister, former=Relation.SIBLING, by=zarina)
        assert Family.objects.get(pk=family.pk).head_id == family.head_id
        assert member_of(family, zarina, "head").person_id == family.head_id


def test_the_head_is_changed_on_the_screen(family, zarina, sign_in):
    browser = sign_in(zarina)
    with acting_as(zarina):
        new = member_of(family, zarina, "parent_in_law")
    page = browser.get(path_of("head-set", family), {"member": new.pk})
    assert re.search(rf'value="{new.pk}"[^>]*checked', page.content.decode())
    answer = browser.post(path_of("head-set", family), {"member": new.pk, "former": "child", "version": family.version})
    assert answer.status_code == 302
    assert "Хадиҷа" in browser.get(path_of("family-open", family)).content.decode().split("<h1>")[1][:200]


# --- the state ------------------------------------------------------------------------------------------------------


def test_a_family_that_moved_away_leaves_lists_and_comes_back(family, zarina):
    with acting_as(zarina):
        closed = change_state(
            family=family, version=family.version, state=FamilyState.MOVED, on=TODAY, reason="ба Душанбе кӯчид",
            by=zarina,
        )  # fmt: skip
        assert lists.families(zarina).rows == []
        assert search(zarina, "Ҷамила") == []
        assert queries.family_by_code(zarina, family.code) is not None
        with pytest.raises(Refused) as refused:
            edit_family(family=family, version=closed.version, jamoat=family.jamoat, village="", by=zarina)
        assert refused.value.code == "closed"
        change_state(
            family=family, version=closed.version, state=FamilyState.ACTIVE, on=TODAY, reason="баргашт", by=zarina
        )
        assert [row.pk for row in lists.families(zarina).rows] == [family.pk]
        assert Family.objects.get(pk=family.pk).state_reason == ""


@pytest.mark.parametrize(("changes", "code"), [
    ({"state": FamilyState.WITHDRAWN}, "state"),
    ({"state": FamilyState.ACTIVE}, "state"),
    ({"on": TODAY + timedelta(days=2)}, "date"),
    ({"on": TODAY - timedelta(days=9999)}, "date"),
    ({"reason": " "}, "reason"),
    ({"version": 0}, "stale"),
])  # fmt: skip
def test_a_file_is_not_closed_anyhow(changes, code, family, zarina):
    values = {"state": FamilyState.LEFT, "on": TODAY, "reason": "x", "version": family.version}
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            change_state(family=family, by=zarina, **{**values, **changes})
        assert refused.value.code == code


def test_nobody_closes_a_file_of_another_district(family, farrukh):
    with acting_as(farrukh), pytest.raises(OutsideScopeError):
        change_state(family=family, version=1, state=FamilyState.LEFT, on=TODAY, reason="x", by=farrukh)


def test_a_closed_file_says_so_and_offers_no_change(family, zarina, sign_in):
    browser = sign_in(zarina)
    answer = browser.post(
        path_of("state-change", family), {"state": "left", "on": TODAY, "reason": "намехоҳад", "version": 1}
    )
    assert answer.status_code == 302
    html = browser.get(path_of("family-open", family)).content.decode()
    assert "left the programme" in html
    assert "намехоҳад" in html
    assert "members/add" not in html
    assert "Open the file again" in browser.get(path_of("state-change", family)).content.decode()


# --- what looks wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("school", "marital", "years", "found"), [
    ("attending", "", 34, [AT_SCHOOL_AGE]), ("out", "", 5, [AT_SCHOOL_AGE]), ("attending", "", 6, []),
    ("not_yet", "", 12, [AT_SCHOOL_AGE]), ("not_yet", "", 3, []), ("", "married", 16, [MARRIED_EARLY]),
    ("", "single", 16, []), ("out", "married", None, []),
])  # fmt: skip
def test_what_looks_wrong_is_only_remarked(school, marital, years, found):
    assert doubts(school, marital, years) == found


def test_a_doubt_stands_on_the_page_and_is_saved_all_the_same(family, zarina, sign_in):
    browser = sign_in(zarina)
    with acting_as(zarina):
        head = member_of(family, zarina, "head")
    answer = browser.post(path_of("particulars-edit", family, member_id=head.pk), {"school": "attending", "version": 0})
    assert answer.status_code == 302
    html = browser.get(path_of("person-open", family, member_id=head.pk)).content.decode()
    assert "School is asked for children from 6 to 18" in html


def test_a_person_known_by_another_name_is_found_by_it(zarina):
    family = register(zarina, head=PersonDraft("Ҷамила", Sex.FEMALE, known_as="Гулҷон"), members=[
        MemberDraft(person("Али", sex=Sex.MALE), Relation.CHILD)
    ])  # fmt: skip
    with acting_as(zarina):
        assert [one.pk for one in search(zarina, "Гулҷон")] == [family.pk]
