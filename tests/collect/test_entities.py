"""What devices changed in registered families: applied in order, with each conflict told and settled by a person."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET  # only for the tree

import pytest
from django.db import transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.actions.entities import demand_arrived, erase_changes, resolve_conflict, write_entities
from paivand.collect.models import EntityChange, Submission
from paivand.collect.queries.entities import (
    change_by_id,
    changes_of,
    deleted_states,
    family_named,
    open_conflicts,
    sides,
)
from paivand.collect.queries.field_lists import field_list
from paivand.collect.rules.entities import AWAITED, ChangeKind, Conflict, Resolution
from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.taking import Undecided
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.core.rules.writing import writing
from paivand.registry.actions.families import edit_family
from paivand.registry.models import Family
from tests.cast import register
from tests.collect.on_phone import arrived, filled_xml

pytestmark = pytest.mark.django_db


def changed(
    key: Any, *, base: int = 1, trunk: int | None = None, branch: uuid.UUID | None = None, dataset: str = "families",
    told: Mapping[str, str] | None = None, **values: str,
) -> bytes:  # fmt: skip
    """A home visit that changes a family, as a phone sends it."""
    answers = {"family": str(key), "visit/happened_on": "2026-11-20", "changed/changes": " ".join(values)}
    answers |= told or {}
    xml = filled_xml("home_visit", answers | {f"changed/{name}": value for name, value in values.items()})
    root = ET.fromstring(xml)  # noqa: S314  # our own
    entity = root.find("changed/meta/entity")
    assert entity is not None
    entity.attrib.update(
        {
            "id": str(key), "update": "1", "baseVersion": str(base), "trunkVersion": str(trunk or ""),
            "branchId": str(branch or ""), "dataset": dataset,
        }
    )  # fmt: skip
    group = root.find("changed")
    assert group is not None
    for question in list(group):
        if question.tag not in {"changes", "meta"} and question.tag not in values:
            group.remove(question)
    return ET.tostring(root)


def write(by: Any, xml: bytes, *, sent: Submission | None = None, now: Any = None) -> list[EntityChange]:
    """Carry a form out, in one transaction as the engine does."""
    sent = sent or arrived(by, xml)
    by.forget_rights()
    with acting_as(by), transaction.atomic():
        return write_entities(filled=read_filled(xml), sent=sent, by=by, now=now)


def stands(family: Family, by: Any) -> Family:
    """The family as it stands."""
    with acting_as(by):
        found: Family = Family.objects.select_related("jamoat").get(pk=family.pk)
    return found


def on_screen(family: Family, by: Any, **values: str) -> Family:
    """A change of the file on the screen."""
    now = stands(family, by)
    kept = {"village": now.village, "housing": now.housing, "land": now.land}
    with acting_as(by):
        return edit_family(family=now, version=now.version, jamoat=now.jamoat, by=by, **{**kept, **values})


def test_a_change_from_the_field_is_written_with_the_workers_own_action(zarina: Any, family: Family) -> None:
    (change,) = write(zarina, changed(family.pk, housing="rented", village="Даҳана"))
    now = stands(family, zarina)
    assert (now.housing, now.village, now.version) == ("rented", "Даҳана", 2)
    assert (change.conflict, change.seen_version, change.row_version, change.family) == ("", 1, 2, family)
    assert change.told == {
        "sent": {"housing": "rented", "village": "Даҳана"}, "former": {"housing": "", "village": family.village},
    }  # fmt: skip
    with acting_as(zarina):
        edited = AuditEvent.objects.get(event="family.edit", subject_id=str(family.pk))
        carried = AuditEvent.objects.get(event="form.fill", outcome="done", detail__stage="entities")
    assert edited.detail["changed"] == ["village", "housing"]
    assert "Даҳана" not in str(carried.detail)


def test_the_same_form_twice_changes_once(zarina: Any, family: Family) -> None:
    xml = changed(family.pk, housing="rented")
    sent = arrived(zarina, xml)
    first = write(zarina, xml, sent=sent)
    on_screen(family, zarina, housing="parents")
    assert write(zarina, xml, sent=sent) == first
    assert stands(family, zarina).housing == "parents"


def test_edits_on_the_screen_in_between_are_seen(zarina: Any, family: Family) -> None:
    on_screen(family, zarina, land="rented")
    (beside,) = write(zarina, changed(family.pk, housing="rented"))
    assert (beside.conflict, beside.disputed) == (Conflict.SOFT, [])
    on_screen(family, zarina, housing="parents")
    (same,) = write(zarina, changed(family.pk, base=3, housing="public"))
    assert (same.conflict, same.disputed, same.former_values) == (Conflict.HARD, ["housing"], {"housing": "parents"})
    assert stands(family, zarina).housing == "public", "the last write is applied"
    with acting_as(zarina):
        assert [row.pk for row in open_conflicts(zarina).rows] == [same.pk, beside.pk]
        assert [row.pk for row in open_conflicts(zarina, kind=Conflict.HARD).rows] == [same.pk]


def test_a_save_on_the_screen_that_changed_nothing_is_no_change_in_between(zarina: Any, family: Family) -> None:
    stood = stands(family, zarina).version
    assert on_screen(family, zarina).version == stood
    (change,) = write(zarina, changed(family.pk, base=stood, housing="rented"))
    assert (change.conflict, change.seen_version, change.row_version) == (Conflict.NONE, stood, stood + 1)
    with acting_as(zarina):
        assert open_conflicts(zarina).rows == []


def test_a_branch_made_offline_is_applied_in_its_order(zarina: Any, family: Family) -> None:
    branch = uuid.uuid4()
    first = changed(family.pk, base=1, trunk=1, branch=branch, housing="rented")
    second = changed(family.pk, base=2, trunk=1, branch=branch, housing="parents")
    on_screen(family, zarina, village="Сарчашма")
    early = arrived(zarina, second)
    with pytest.raises(Undecided) as waits:
        write(zarina, second, sent=early)
    assert waits.value.kind == "waits"
    assert write(zarina, first)[0].conflict == Conflict.SOFT
    assert write(zarina, second, sent=early)[0].conflict == Conflict.NONE
    assert stands(family, zarina).housing == "parents"


def test_after_five_days_a_change_is_applied_without_the_one_before_it(zarina: Any, family: Family) -> None:
    second = changed(family.pk, base=2, trunk=1, branch=uuid.uuid4(), housing="parents")
    sent = arrived(zarina, second)
    with pytest.raises(Undecided) as waits:
        write(zarina, second, sent=sent, now=sent.received_at + AWAITED - timedelta(seconds=1))
    assert waits.value.until == sent.received_at + AWAITED
    (change,) = write(zarina, second, sent=sent, now=sent.received_at + AWAITED)
    assert (change.is_forced, change.conflict, stands(family, zarina).housing) == (True, Conflict.NONE, "parents")


def test_a_family_that_is_still_on_its_way_is_awaited_and_one_out_of_reach_is_not(
    zarina: Any, farrukh: Any, dusti_family: Family
) -> None:
    new = uuid.uuid4()
    xml = changed(new, housing="rented")
    sent = arrived(zarina, xml)
    with acting_as(zarina), pytest.raises(Undecided):
        demand_arrived(filled=read_filled(xml), sent=sent, by=zarina)
    with pytest.raises(Undecided):
        write(zarina, xml, sent=sent)
    with pytest.raises(Refused) as late:
        write(zarina, xml, sent=sent, now=sent.received_at + AWAITED)
    assert late.value.code == "gone"
    from_a_list = register(farrukh, jamoat="TJ-KT-20-04", family_id=uuid.uuid5(uuid.NAMESPACE_URL, "a line of a list"))
    for elsewhere in (dusti_family, from_a_list):
        with pytest.raises(Refused) as gone:
            write(zarina, changed(elsewhere.pk, housing="rented"))
        assert gone.value.code == "gone"


def test_a_registration_attached_to_a_registered_family_leads_there(zarina: Any, family: Family) -> None:
    key = uuid.uuid4()
    xml = filled_xml("family_registration", {"place/village": "Даҳана"})
    root = ET.fromstring(xml)  # noqa: S314  # our own
    for entity in root.iter("entity"):
        entity.set("id", str(key if entity.get("dataset") == "families" else uuid.uuid4()))
    xml = ET.tostring(root)
    sent = arrived(zarina, xml)
    with acting_as(zarina), writing("form.fill"):
        content = sent.content
        content.answers = {"duplicate": str(family.pk)}
        content.save(update_fields=["answers"])
    rows = write(zarina, xml, sent=sent)
    made = next(row for row in rows if row.dataset == "families")
    assert (made.kind, made.entity_id, made.row_id) == (ChangeKind.CREATE, key, family.pk)
    with acting_as(zarina):
        named = family_named(zarina, key)
        assert named is not None
        assert (named.family, named.is_same) == (family, False)
        assert deleted_states(zarina, "families", [key, family.pk]) == {key: True, family.pk: False}
    (later,) = write(zarina, changed(key, base=1, branch=uuid.uuid4(), housing="rented"))
    assert (later.family, later.conflict, stands(family, zarina).housing) == (family, Conflict.HARD, "rented")


def test_what_a_device_made_itself_is_not_called_gone(zarina: Any, family: Family, dusti_family: Family) -> None:
    own = uuid.uuid4()
    with acting_as(zarina):
        found = deleted_states(zarina, "families", [own, family.pk, dusti_family.pk])
        assert found == {family.pk: False, dusti_family.pk: True}
        with pytest.raises(KeyError):
            deleted_states(zarina, "places", [own])


def test_what_no_form_may_change_is_refused(zarina: Any, family: Family) -> None:
    for xml, code in (
        (changed(family.pk, dataset="people", housing="rented"), "undeclared"),
        (changed(family.pk, housing="palace"), "choose"),
        (changed(family.pk, village="ш" * 121), "long"),
        (changed(family.pk, trunk=1, housing="rented"), "branch"),
    ):
        with pytest.raises(Refused) as refused:
            write(zarina, xml)
        assert refused.value.code == code
        if code in {"choose", "long"}:
            assert refused.value.field.startswith("changed/")
    assert stands(family, zarina).version == 1
    with acting_as(zarina):
        assert not EntityChange.objects.exists()


def test_a_worker_without_the_right_changes_nothing(zarina: Any, tahmina: Any, family: Family) -> None:
    xml = changed(family.pk, housing="rented")
    with pytest.raises((Refused, Undecided)):
        write(tahmina, xml)
    assert stands(family, zarina).housing == ""


@pytest.mark.parametrize(
    ("keeps", "values", "housing"),
    [(Resolution.SENT, None, "rented"), (Resolution.FORMER, None, "parents"),
     (Resolution.OTHER, {"housing": "public"}, "public")],
)  # fmt: skip
def test_a_person_settles_a_conflict(
    keeps: Resolution, values: Any, housing: str, zarina: Any, nasiba: Any, family: Family
) -> None:
    on_screen(family, nasiba, housing="parents")
    (change,) = write(zarina, changed(family.pk, housing="rented"))
    now = stands(family, nasiba)
    with acting_as(nasiba):
        (side,) = sides(nasiba, change)
        assert side.is_disputed
        assert side.sent == side.now != side.former
        row = resolve_conflict(
            change=change, version=change.version, keeps=keeps, seen=now.version, values=values, by=nasiba
        )
        assert (row.resolution, row.resolved_by, row.is_open) == (keeps, nasiba, False)
        assert not open_conflicts(nasiba).rows
        event = AuditEvent.objects.filter(event="form.fill", detail__stage="conflict").get()
        with pytest.raises(Refused) as again:
            resolve_conflict(change=row, version=row.version, keeps=keeps, seen=now.version, by=nasiba)
    assert (again.value.code, event.detail["keeps"]) == ("settled", str(keeps))
    assert stands(family, nasiba).housing == housing


def test_what_was_sent_counts_also_where_something_newer_stands(zarina: Any, nasiba: Any, family: Family) -> None:
    on_screen(family, nasiba, housing="parents")
    (change,) = write(zarina, changed(family.pk, housing="rented"))
    seen = stands(family, nasiba).version
    on_screen(family, nasiba, housing="public")

    def settle(seen: int) -> None:
        with acting_as(nasiba):
            resolve_conflict(change=change, version=change.version, keeps=Resolution.SENT, seen=seen, by=nasiba)

    for wrong in (seen, 9999):
        with pytest.raises(Refused) as late:
            settle(wrong)
        assert late.value.code == "stale"
    settle(stands(family, nasiba).version)
    assert stands(family, nasiba).housing == "rented"


def test_who_settles_late_or_without_right_is_told(zarina: Any, nasiba: Any, farrukh: Any, family: Family) -> None:
    on_screen(family, nasiba, housing="parents")
    (change,) = write(zarina, changed(family.pk, housing="rented"))
    seen = stands(family, nasiba).version

    def settle(by: Any, **said: Any) -> str:
        values = {"change": change, "version": change.version, "keeps": Resolution.FORMER, "seen": seen, **said}
        with acting_as(by), pytest.raises(Refused) as refused:
            resolve_conflict(by=by, **values)
        return refused.value.code

    assert settle(nasiba, version=change.version + 1) == "stale"
    assert settle(nasiba, keeps=Resolution.OTHER) == "choose"
    assert settle(nasiba, keeps=Resolution.OTHER, values={"land": "rented"}) == "choose"
    assert settle(nasiba, keeps=Resolution.OTHER, values={"housing": "palace"}) == "choose"
    on_screen(family, nasiba, housing="public")
    assert settle(nasiba) == "stale", "the family changed since the page was opened"
    with acting_as(farrukh):
        assert change_by_id(farrukh, change.pk) is None
        with pytest.raises(OutsideScopeError):
            resolve_conflict(change=change, version=change.version, keeps=Resolution.SENT, seen=seen, by=farrukh)


def test_values_are_erased_and_the_fact_stays(zarina: Any, family: Family) -> None:
    xml = changed(family.pk, housing="rented")
    sent = arrived(zarina, xml)
    write(zarina, xml, sent=sent)
    with acting_as(zarina), writing("form.fill"):
        assert erase_changes([family.pk]) == 1
        (change,) = changes_of(zarina, sent)
        assert (change.told, change.sent_values, change.row_version) == (None, {}, 2)
        assert sides(zarina, change) == []


def test_the_list_shows_the_version_that_a_change_made(zarina: Any, family: Family) -> None:
    write(zarina, changed(family.pk, housing="rented"))
    with acting_as(zarina):
        (row,) = field_list(zarina, "families").rows
    assert row[2] == "2"
    assert row[9] == "rented"


def test_a_registered_family_learns_its_history_from_the_screens(zarina: Any) -> None:
    family = register(zarina)
    on_screen(family, zarina, housing="rented")
    on_screen(family, zarina, village="Сарчашма")
    assert stands(family, zarina).changed_in == {"housing": 2, "village": 3}
