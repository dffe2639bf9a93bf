"""The verb mechanism: permission, scope, transaction and audit event from one name."""

from __future__ import annotations

import pytest
from django.db import transaction

from paivand.access.actions import mechanism
from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import Place
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError, WriteOutsideActionError
from paivand.registry.actions.consents import record_consent
from paivand.registry.actions.families import add_member, edit_family, open_family
from paivand.registry.models import Family, FamilyMember, JourneyStep, Person
from paivand.registry.rules import ConsentPurpose, Relation
from paivand.registry.rules.drafts import MemberDraft
from tests.cast import agreed, person, register

pytestmark = pytest.mark.django_db
JAMOAT = "TJ-KT-02-03"


def edit(family, by, **changes):
    values = {"version": family.version, "jamoat": Place.objects.get(pk=JAMOAT), "village": "Сари Пул"}
    return edit_family(family=family, by=by, **{**values, **changes})


def test_an_action_leaves_one_event_with_the_names_of_what_changed(family, zarina):
    with acting_as(zarina):
        edit(family, zarina)
        event = AuditEvent.objects.filter(event="family.edit").get()
    assert event.outcome == "done"
    assert event.actor_id == zarina.pk
    assert event.subject_label == family.code
    assert event.detail == {"changed": ["jamoat_id", "village"]}
    assert event.district_id == family.district_id
    assert "Сари Пул" not in str(event.detail)


def test_a_failed_audit_undoes_the_write(family, zarina, monkeypatch):
    def broken(self, *args, **kwargs):
        raise RuntimeError("the audit is away")

    with acting_as(zarina):
        monkeypatch.setattr(AuditEvent, "save", broken)
        with pytest.raises(RuntimeError, match="audit is away"):
            edit(family, zarina)
        monkeypatch.undo()
        family.refresh_from_db()
        assert family.village == ""
        assert family.version == 1


def test_a_failed_audit_leaves_no_trace_of_a_registration(zarina, monkeypatch):
    monkeypatch.setattr(AuditEvent, "save", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        register(zarina)
    monkeypatch.undo()
    with acting_as(zarina):
        assert [table.objects.count() for table in (Family, Person, FamilyMember, JourneyStep)] == [0, 0, 0, 0]


def test_a_refusal_undoes_the_write_and_is_audited(family, zarina):
    with acting_as(zarina):
        with pytest.raises(Refused) as refused:
            edit(family, zarina, version=99)
        event = AuditEvent.objects.filter(event="family.edit").get()
    assert refused.value.code == "stale"
    assert (event.outcome, event.detail) == ("refused", {"why": "stale"})


def test_outside_the_scope_a_record_does_not_exist(family, farrukh):
    with acting_as(farrukh):
        with pytest.raises(OutsideScopeError):
            edit(family, farrukh)
        event = AuditEvent.objects.filter(event="family.edit").get()
    assert event.outcome == "refused"


def test_inside_the_scope_without_the_right_it_is_forbidden(family, rustam):
    with acting_as(rustam):
        with pytest.raises(WithoutRightError):
            edit(family, rustam)
        assert AuditEvent.objects.filter(event="family.edit", outcome="refused").count() == 1


def test_a_record_cannot_be_written_outside_an_action(family, zarina):
    with acting_as(zarina):
        for write in (
            family.save,
            family.delete,
            lambda: Family.objects.update(village="x"),
            Family.objects.create,
            lambda: Person.objects.bulk_create([]),
            lambda: Person.objects.bulk_update([], ["sex"]),
            lambda: Person.objects.all().delete(),
        ):
            with pytest.raises(WriteOutsideActionError), transaction.atomic():
                write()


def test_an_action_takes_keywords_only_and_wants_an_actor(family, zarina):
    with pytest.raises(TypeError, match="keyword"):
        open_family(family, by=zarina)
    with pytest.raises(TypeError, match="by="):
        open_family(family=family, by=None)


def test_a_remark_belongs_to_an_action():
    with pytest.raises(RuntimeError, match="body of an action"):
        mechanism.remark(x=1)


def test_an_audit_event_is_never_changed_or_deleted(family, zarina):
    with acting_as(zarina):
        event = AuditEvent.objects.filter(actor_id=zarina.pk).first()
        with pytest.raises(TypeError):
            event.save()
        with pytest.raises(TypeError):
            event.delete()


def test_the_audit_names_no_person(family, zarina):
    with acting_as(zarina):
        draft = MemberDraft(person("Дилором", "Саидова"), Relation.SIBLING)
        add_member(family=family, person_id=family.id, draft=draft, by=zarina)
        record_consent(person=family.head, draft=agreed(purposes=(ConsentPurpose.TRACING,)), by=zarina)
        told = " ".join(f"{e.subject_label} {e.detail} {e.reason}" for e in AuditEvent.objects.all())
    for name in ("Дилором", "Саидова", "Каримова", "Ҷамила"):
        assert name not in told
