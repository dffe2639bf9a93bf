"""A save that changes nothing leaves row and version as they are; it is noted, and an old page is told all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import Place, new_id
from paivand.core.rules.errors import Refused
from paivand.registry.actions.families import edit_family, edit_member
from paivand.registry.actions.migration import (
    edit_absence,
    edit_ban,
    edit_episode,
    record_absence,
    record_ban,
    record_departure,
)
from paivand.registry.actions.participants import edit_participant, register_participant
from paivand.registry.actions.particulars import (
    add_document,
    add_phone,
    edit_document,
    edit_phone,
    write_particulars,
)
from paivand.registry.models import Family, Person
from paivand.registry.queries import families as queries
from paivand.registry.rules import Relation, Sex
from paivand.registry.rules.drafts import (
    AbsenceDraft,
    BanDraft,
    DocumentDraft,
    MemberDraft,
    MigrationDraft,
    ParticularsDraft,
    PersonDraft,
    PhoneDraft,
    ReturnDraft,
)
from paivand.registry.rules.migration import AbsenceStatus, ReturnKind
from paivand.registry.rules.participants import ParticipantDraft, ParticipantKind
from paivand.registry.rules.people import DocumentKind, DocumentStatus, MayCall
from tests.cast import KULOB, fresh

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR_AGO, WEEK_AGO = TODAY - timedelta(days=365), TODAY - timedelta(days=7)

Edit = Callable[..., Any]


def the_family(by: Any, family: Family) -> tuple[Edit, Any, Any]:
    jamoat = Place.objects.get(pk=family.jamoat_id)

    def edit(version: int, village: str) -> Family:
        return edit_family(
            family=family, version=version, jamoat=jamoat, village=village, housing="own", land="rented", by=by
        )

    edit(family.version, "Чорбоғ")
    return edit, "Чорбоғ", "Сарчашма"


def a_person(by: Any, family: Family) -> tuple[Edit, Any, Any]:
    member = next(row for row in queries.members(by, family) if row.relation == Relation.CHILD)
    draft = MemberDraft(PersonDraft("Фарҳод", Sex.MALE, "Каримов", birth=member.person.birth), Relation.CHILD)

    def edit(version: int, draft: MemberDraft) -> Person:
        return Person.objects.get(pk=edit_member(member=member, version=version, draft=draft, by=by).person_id)

    edit(member.person.version, draft)
    return edit, draft, replace(draft, relation=Relation.GRANDCHILD)


def particulars(by: Any, family: Family) -> tuple[Edit, Any, Any]:
    draft = ParticularsDraft(education="secondary", marital="married", marriage="civil", languages=("tg", "ru"))

    def edit(version: int, draft: ParticularsDraft) -> Any:
        return write_particulars(person=family.head, version=version, draft=draft, by=by)

    edit(0, draft)
    return edit, draft, replace(draft, languages=("tg",))


def a_paper(by: Any, family: Family) -> tuple[Edit, Any, Any]:
    draft = DocumentDraft(DocumentKind.PASSPORT, DocumentStatus.LOST, "А 0123456", issued_on=YEAR_AGO)
    row = add_document(person=family.head, document_id=new_id(), draft=draft, by=by)
    return (
        lambda version, draft: edit_document(document=row, version=version, draft=draft, by=by), draft,
        replace(draft, note="дар хона"),
    )  # fmt: skip


def a_phone(by: Any, family: Family) -> tuple[Edit, Any, Any]:
    draft = PhoneDraft("+992918123456", MayCall.YES, "баъд аз 17:00", agreed_on=TODAY)
    row = add_phone(person=family.head, phone_id=new_id(), draft=draft, by=by)
    return (
        lambda version, draft: edit_phone(phone=row, version=version, draft=draft, by=by), draft,
        replace(draft, hours="пагоҳӣ"),
    )  # fmt: skip


def a_stay(by: Any, family: Family) -> tuple[Edit, Any, Any]:
    member = next(row for row in queries.members(by, family) if row.relation == Relation.HEAD)
    draft, back = MigrationDraft("RU", YEAR_AGO), ReturnDraft(WEEK_AGO, ReturnKind.PLANNED)
    row = record_departure(member=member, draft=draft, came_back=back, by=by)

    def edit(version: int, back: ReturnDraft) -> Any:
        return edit_episode(episode=row, version=version, draft=draft, came_back=back, by=by)

    return edit, back, replace(back, kind=ReturnKind.LOST_WORK)


def a_ban(by: Any, family: Family) -> tuple[Edit, Any, Any]:
    member = next(row for row in queries.members(by, family) if row.relation == Relation.HEAD)
    draft = BanDraft("RU", WEEK_AGO, note="аз шавҳар")
    row = record_ban(member=member, draft=draft, by=by)
    return (
        lambda version, draft: edit_ban(ban=row, version=version, draft=draft, by=by), draft,
        replace(draft, for_life=True),
    )  # fmt: skip


def a_tie(by: Any, family: Family) -> tuple[Edit, Any, Any]:
    draft = AbsenceDraft(AbsenceStatus.REMITTING, WEEK_AGO, told_by="ҳамсар")
    row = record_absence(family=family, draft=draft, by=by)
    return (
        lambda version, draft: edit_absence(absence=row, version=version, draft=draft, by=by), draft,
        replace(draft, note="ду моҳ"),
    )  # fmt: skip


def a_participant(by: Any, _family: Family) -> tuple[Edit, Any, Any]:
    draft = ParticipantDraft(
        ParticipantKind.PROFESSIONAL, "Саодат Назарова", Sex.FEMALE, TODAY, birth_year=1985, post="teacher"
    )
    row = register_participant(scope=placement(by, KULOB), participant_id=new_id(), draft=draft, by=by)
    return (
        lambda version, draft: edit_participant(participant=row, version=version, draft=draft, by=by), draft,
        replace(draft, birth_year=1986),
    )  # fmt: skip


@pytest.mark.parametrize(
    "made", [the_family, a_person, particulars, a_paper, a_phone, a_stay, a_ban, a_tie, a_participant]
)
def test_the_version_counts_changes_only(zarina: Any, tahmina: Any, family: Family, made: Callable[..., Any]):
    by = fresh(tahmina if made is a_participant else zarina)
    with acting_as(by):
        edit, same, other = made(by, family)
        row = edit(_version_of(edit, same), same)
        stood = (row.version, row.changed_at)
        again = edit(row.version, same)
        again.refresh_from_db()
        assert (again.version, again.changed_at) == stood
        with pytest.raises(Refused) as stale:
            edit(row.version - 1, same)
        assert stale.value.code == "stale", "who opened the page before the last change is told"
        changed = edit(row.version, other)
        changed.refresh_from_db()
        assert changed.version == row.version + 1


def _version_of(edit: Edit, same: Any) -> int:
    """The version with which the row lets itself be edited now."""
    for version in range(4):
        try:
            edit(version, same)
        except Refused:
            continue
        return version
    raise AssertionError("No version is the present one.")


def test_an_empty_save_is_noted_as_one(zarina: Any, family: Family):
    with acting_as(zarina):
        edit, same, _other = the_family(zarina, family)
        family.refresh_from_db()
        edit(family.version, same)
        event = AuditEvent.objects.filter(event="family.edit", subject_id=family.pk).order_by("-id").first()
    assert event is not None
    assert event.detail == {"changed": []}


def test_more_exactly_known_is_a_change(zarina: Any, family: Family):
    from paivand.core.rules.dates import Precision

    with acting_as(zarina):
        edit, back, _other = a_stay(zarina, family)
        first_of_month = replace(back, returned_on=back.returned_on.replace(day=1))
        row = edit(1, first_of_month)
        coarser = edit(row.version, replace(first_of_month, precision=Precision.MONTH))
        coarser.refresh_from_db()
    assert (coarser.version, coarser.returned_precision) == (row.version + 1, "month")


def test_a_page_that_is_saved_as_it_was_opened_changes_no_version(zarina: Any, family: Family, sign_in: Any):
    with acting_as(zarina):
        member = next(row for row in queries.members(zarina, family) if row.relation == Relation.CHILD)
    browser = sign_in(zarina)
    for address in (
        reverse("registry:family-edit", kwargs={"code": family.code}),
        reverse("registry:member-edit", kwargs={"code": family.code, "member_id": member.pk}),
    ):
        form = browser.get(address).context["form"]
        told = {one.html_name: one.value() for one in form if one.value() is not None}
        answer = browser.post(address, {name: "on" if value is True else value for name, value in told.items()})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
    with acting_as(zarina):
        assert Family.objects.get(pk=family.pk).version == family.version
        assert Person.objects.get(pk=member.person_id).version == member.person.version
