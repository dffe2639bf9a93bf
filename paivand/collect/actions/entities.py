"""Writing into the registry what devices did with the entries of their lists, and settling what met another change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.collect.actions.members import Told, write_again, write_instead, write_person
from paivand.collect.models import EntityChange, Submission, SubmissionContent
from paivand.collect.queries.entities import FAMILIES, Named, family_named, taken_in_once
from paivand.collect.queries.members import PEOPLE, NamedPerson, as_told, person_named, standing_of, there
from paivand.collect.rules.answered import chosen
from paivand.collect.rules.entities import (
    AWAITED,
    UPDATABLE,
    ChangeKind,
    Conflict,
    Declared,
    Resolution,
    Standing,
    Step,
    Verdict,
    demand_once,
    demand_sound,
    judge,
)
from paivand.collect.rules.filled import EntityWrite, Filled, local
from paivand.collect.rules.members import IN_FILE, carried
from paivand.collect.rules.taking import Undecided
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.privacy import DataClass
from paivand.registry.actions.families import demand_fresh, edit_family, locked_family
from paivand.registry.models import Family, Person
from paivand.registry.rules.families import Housing, LandTenure
from paivand.registry.rules.keys import row_key

_CHOICES: Mapping[str, frozenset[str]] = {"housing": frozenset(Housing), "land": frozenset(LandTenure)}
_LONGEST_VILLAGE = 120


@dataclass(frozen=True)
class _Form:
    """A form that is being taken in."""

    sent: Submission
    filled: Filled
    answers: Mapping[str, Any]
    now: datetime
    by: User


def write_entities(
    *, filled: Filled, sent: Submission, by: User, answers: Mapping[str, Any] | None = None, now: datetime | None = None
) -> list[EntityChange]:
    """Carry out what a form says about entries of lists, after its taker did its work; all of it or nothing.

    A form that was carried out before changes nothing more. A survey may correct what its entities declare, which was
    looked at when it was uploaded.

    Args:
        answers: what a person decided about the form; read with it unless given.

    Raises:
        Refused: the form does what it does not declare, or a rule of the registry says no at a question, its ``field``.
        Undecided: ``waits``, for what must arrive before.
    """
    writes = list(filled.entities(sent.form_version.questions))
    if not writes:
        return []
    if answers is None:
        answers = SubmissionContent.objects.get(submission=sent).answers or {}
    return apply_writes(writes=writes, filled=filled, sent=sent, answers=answers, now=now or timezone.now(), by=by)


@action(Verb.FORM_FILL, on="sent")
def apply_writes(
    *, writes: list[EntityWrite], filled: Filled, sent: Submission, answers: Mapping[str, Any], now: datetime, by: User
) -> list[EntityChange]:
    """The body of ``write_entities``."""
    declared = declared_by(sent.form_version.xml)
    form = _Form(sent, filled, answers, now, by)
    for write in writes:
        _say(demand_sound, write, declared)
    _say(demand_once, writes)
    done = []
    for n, write in enumerate(writes):
        key = row_key(sent.pk, "entity", n)
        row = EntityChange.objects.filter(pk=key).first()
        if row is None:
            row = _carried_out(write, form)
            row.pk = key
            row.save(force_insert=True)
        done.append(row)
    remark(
        stage="entities", entries=len(done), conflicts=sum(row.conflict == Conflict.HARD for row in done),
        beside=sum(row.conflict == Conflict.SOFT for row in done),
    )  # fmt: skip
    return done


def _carried_out(write: EntityWrite, form: _Form) -> EntityChange:
    """Update what is there, or note what the taker made."""
    if write.updates and write.dataset == PEOPLE:
        person = person_named(form.by, write.entity_id)
        if person is not None or not write.creates:
            return _person_updated(write, person, form)
    elif write.updates:
        named = family_named(form.by, write.entity_id)
        if named is not None or not write.creates:
            return _updated(write, named, form)
    return _created(write, form)


def _created(write: EntityWrite, form: _Form) -> EntityChange:
    """Note which row the taker made of a new entry, or which one a person attached it to."""
    row = _change(write, ChangeKind.CREATE, form)
    family, person = None, None
    if write.dataset == FAMILIES:
        # A person may have said that it is another family than the one that bears its number: then it has its own.
        keys = [row_key(form.sent.pk, "family"), write.entity_id]
        there = {one.pk: one for one in Family.objects.seen_by(form.by).filter(pk__in=keys)}
        family = there.get(keys[0]) or there.get(keys[1]) or _attached_to(form.answers, form.by)
        if family is None:
            raise Refused(_("This form did not register the family that it names. Tell your administrator."), "entity")
    else:
        person = Person.objects.seen_by(form.by).filter(pk=write.entity_id).first()
    made = family or person
    row.family = family
    row.row_id = made.pk if made else None
    row.row_version = made.version if made else 1
    return row


def _attached_to(answers: Mapping[str, Any], by: User) -> Family | None:
    try:
        chosen = uuid.UUID(str(answers.get("duplicate", "")))
    except ValueError:
        return None
    named = family_named(by, chosen)
    return named.family if named else None


def _updated(write: EntityWrite, named: Named | None, form: _Form) -> EntityChange:
    if named is None:
        _await(write, form)
        raise Refused(
            _("The family that this form changes is not among those you work with. Ask your supervisor."), "gone"
        )
    family = Family.objects.select_for_update(of=("self",)).select_related("jamoat").get(pk=named.family.pk)
    values = {name: str(getattr(family, name)) for name in UPDATABLE[FAMILIES]}
    standing = Standing(family.version, values, family.changed_in, known=named.is_same)
    verdict = _judged(write, standing, form)
    if verdict.values:
        _demand_possible(verdict.values, form.sent)
        family = edit_family(
            family=family, version=family.version, jamoat=family.jamoat, by=form.by, **{**values, **verdict.values}
        )
    row = _with_verdict(_change(write, ChangeKind.UPDATE, form), verdict)
    row.family, row.row_id, row.row_version = family, family.pk, family.version
    row.told = {"sent": dict(write.values), "former": {name: values[name] for name in write.values}}
    return row


def _person_updated(write: EntityWrite, named: NamedPerson | None, form: _Form) -> EntityChange:
    if named is None:
        _await(write, form)
        raise Refused(
            _("Somebody whom this form changes is not among the people you work with. Write it down in the family's "
              "file, or ask your supervisor."),
            "gone", field=write.at.rstrip("/"),
        )  # fmt: skip
    family = locked_family(named.family)
    person = Person.objects.select_for_update(of=("self",)).get(pk=named.person.pk)
    # What was not asked about stays as it is.
    write = replace(write, values={name: value for name, value in write.values.items() if value})
    values = standing_of(form.by, named)
    changed_in = dict(person.changed_in)
    if carried(values["absence"]) == IN_FILE:
        changed_in["absence"] = person.version + 1  # no phone carries it, so none has seen it
    verdict = _judged(write, Standing(person.version, values, changed_in, known=named.is_same), form)
    if verdict.values:
        day = form.filled.day("visit/happened_on") or timezone.localdate(form.sent.received_at)
        told = Told(write.part or form.filled, write.at, day)
        write_person(named=named, values=verdict.values, told=told, by=form.by)
        person.refresh_from_db()
    row = _with_verdict(_change(write, ChangeKind.UPDATE, form), verdict)
    row.family, row.row_id, row.row_version = family, person.pk, person.version
    row.told = {"sent": dict(write.values), "former": as_told({name: values[name] for name in write.values})}
    return row


def _await(write: EntityWrite, form: _Form) -> None:
    """Raise an Undecided while what a form changes may still be on its way."""
    until = form.sent.received_at + AWAITED
    if not taken_in_once([write.entity_id]) and form.now < until:
        raise Undecided("waits", [{"entity": str(write.entity_id)}], until)


def _with_verdict(row: EntityChange, verdict: Verdict) -> EntityChange:
    row.seen_version, row.conflict, row.is_forced = verdict.base, verdict.conflict, verdict.forced
    row.disputed = list(verdict.disputed)
    return row


def _judged(write: EntityWrite, standing: Standing, form: _Form) -> Verdict:
    """What becomes of an update; an Undecided while the one before it in its branch may still come."""
    until = form.sent.received_at + AWAITED
    rows = EntityChange.objects.filter(entity_id=write.entity_id, dataset=write.dataset, kind=ChangeKind.UPDATE)
    if form.filled.deprecated_id:
        # The same form, filled in anew: it stands on what its former self became.
        before = rows.filter(submission__form_id=form.sent.form_id, submission__instance_id=form.filled.deprecated_id)
        own = before.order_by("at").last()
        if own is not None:
            stands_on = EntityWrite(
                write.dataset, write.entity_id, False, True, own.row_version, None, None, write.label, write.values
            )
            return judge(stands_on, standing, (), may_wait=False)
    steps = [Step(row.branch_id, row.base_version, row.row_version) for row in rows.order_by("at", "id")]
    verdict = judge(write, standing, steps, may_wait=form.now < until)
    if verdict.waits:
        raise Undecided("waits", [{"entity": str(write.entity_id), "base": write.base_version}], until)
    return verdict


def demand_arrived(*, filled: Filled, sent: Submission, by: User, now: datetime | None = None) -> None:
    """Raise while a form chose a family or a person of a registration that was not taken in yet.

    Raises:
        Undecided: ``waits``; five days after the form arrived it is tried without, and its taker says what is missing.
    """
    until = sent.received_at + AWAITED
    if (now or timezone.now()) >= until:
        return
    lists = chosen(filled, sent.form_version.questions)
    absent_keys = _not_seen(lists, by)
    awaited = sorted(absent_keys - taken_in_once(absent_keys)) if absent_keys else []
    if awaited:
        raise Undecided("waits", [{"entity": str(key)} for key in awaited], until)


def _not_seen(lists: Mapping[str, Iterable[str]], by: User) -> set[uuid.UUID]:
    families, people = _keys(lists.get(FAMILIES, ())), _keys(lists.get(PEOPLE, ()))
    return {key for key in families if family_named(by, key) is None} | (people - there(by, people))


def _keys(said: Iterable[str]) -> set[uuid.UUID]:
    """The keys among what was chosen; a taker says what is wrong with the others."""
    found = set()
    for one in said:
        try:
            found.add(uuid.UUID(one))
        except ValueError:
            continue
    return found


@action(Verb.FORM_FILL, on="change")
def resolve_conflict(
    *, change: EntityChange, version: int, keeps: Resolution, seen: int, by: User,
    values: Mapping[str, str] | None = None, now: datetime | None = None,
) -> EntityChange:  # fmt: skip
    """Settle a conflict: what was sent counts, what stood there before comes back, or something else is written.

    What counts stands in the registry afterwards, whatever was written there since the form came.

    Args:
        version: of the change, as the page was opened; ``seen`` is that of the family, or of the person.
        values: with ``Resolution.OTHER``, the new values of disputed properties.

    Raises:
        Refused: ``stale``; ``settled`` when somebody decided already; ``erased``; ``choose`` for an impossible value.
    """
    row: EntityChange = EntityChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if row.owner_id != by.pk and not by.reach(Verb.FORM_MEND, DataClass.FIELD).covers(row):
        raise WithoutRightError(Verb.FORM_MEND)
    if row.version != version:
        raise Refused(_("Somebody else worked on this conflict meanwhile. Look at it again, then decide."), "stale")
    if not row.is_open or keeps is Resolution.OPEN:
        raise Refused(_("This conflict is settled already."), "settled")
    if row.told is not None or keeps is not Resolution.SENT:
        _write_instead(row, keeps, seen, values or {}, by)
    row.resolution, row.resolved_at, row.resolved_by = keeps, now or timezone.now(), by
    if row.submission.erased_at is not None:  # they were kept for this decision alone
        row.told = None
    row.version += 1
    row.save()
    remark(stage="conflict", keeps=str(keeps), properties=row.disputed)
    return row


def _write_instead(row: EntityChange, keeps: Resolution, seen: int, values: Mapping[str, str], by: User) -> None:
    if row.told is None:
        raise Refused(_("What this form said was erased. Change it in the family's file."), "erased")
    if row.dataset == PEOPLE:
        _write_instead_of_person(row, keeps, seen, values, by)
        return
    named = family_named(by, row.family_id) if row.family_id else None
    if named is None:
        raise Refused(_("The family is not within your reach any more. Ask your supervisor."), "gone")
    family = named.family
    disputed = set(row.disputed) or set(row.sent_values)
    chosen_values = {Resolution.SENT: row.sent_values, Resolution.FORMER: row.former_values}.get(keeps)
    new = {name: chosen_values[name] for name in disputed} if chosen_values is not None else dict(values)
    if set(new) - disputed or not new:
        raise Refused(_("Write what is to stand there."), "choose")
    _demand_possible(new)
    stands = {name: str(getattr(family, name)) for name in UPDATABLE[FAMILIES]}
    if keeps is Resolution.SENT and stands == {**stands, **new}:
        demand_fresh(locked_family(family), seen)
        return
    edit_family(family=family, version=seen, jamoat=family.jamoat, by=by, **{**stands, **new})


def _write_instead_of_person(
    row: EntityChange, keeps: Resolution, seen: int, values: Mapping[str, str], by: User
) -> None:
    named = person_named(by, row.row_id) if row.row_id else None
    if named is None:
        raise Refused(_("The family is not within your reach any more. Ask your supervisor."), "gone")
    locked_family(named.family)
    demand_fresh(Person.objects.select_for_update(of=("self",)).get(pk=named.person.pk), seen)
    disputed = set(row.disputed) or set(row.sent_values)
    if keeps is Resolution.SENT:
        write_again(named=named, sent={name: row.sent_values[name] for name in disputed}, by=by)
        return
    other = None if keeps is Resolution.FORMER else dict(values)
    if other is not None and set(other) - disputed:
        raise Refused(_("Write what is to stand there."), "choose")
    write_instead(named=named, sent=row.sent_values, former=row.former_values, disputed=disputed, other=other, by=by)


def erase_changes(families: Iterable[uuid.UUID], people: Iterable[uuid.UUID] = ()) -> int:
    """Erase what forms said of these families, and of these people in other families; a part of a withdrawal.

    Returns of how many changes.
    """
    theirs = list(people)
    of_people = Q(dataset=PEOPLE) & (Q(row_id__in=theirs) | Q(entity_id__in=theirs))
    found = EntityChange.objects.filter(Q(family_id__in=list(families)) | of_people, told__isnull=False)
    return int(found.update(told=None, changed_at=timezone.now()))


def erase_values_of(sent: Submission, *, is_withdrawn: bool) -> int:
    """Erase the values that this form sent and met; a part of erasing the form. Returns of how many changes.

    A conflict that nobody has settled keeps them until it is, unless the consent was withdrawn.
    """
    found = EntityChange.objects.filter(submission=sent, told__isnull=False)
    if not is_withdrawn:
        found = found.filter(Q(conflict="") | ~Q(resolution=""))
    return int(found.update(told=None, changed_at=timezone.now()))


def _demand_possible(values: Mapping[str, str], sent: Submission | None = None) -> None:
    for name, value in values.items():
        if value and name in _CHOICES and value not in _CHOICES[name]:
            raise Refused(_("This is none of the answers. Choose one."), "choose", field=_asked_at(name, sent))
        if name == "village" and len(value) > _LONGEST_VILLAGE:
            raise Refused(_("This is too long. Write at most 120 signs."), "long", field=_asked_at(name, sent))


def _asked_at(name: str, sent: Submission | None) -> str:
    """The question of the form that fills a property."""
    questions = sent.form_version.questions if sent else ()
    return next((str(one["path"]) for one in questions if one.get("saveto") == name), name)


def _change(write: EntityWrite, kind: ChangeKind, form: _Form) -> EntityChange:
    sent = form.sent
    return EntityChange(
        submission=sent, dataset=write.dataset, entity_id=write.entity_id, kind=kind, at=form.now,
        base_version=write.base_version, trunk_version=write.trunk_version, branch_id=write.branch_id,
        district_id=sent.district_id, agency_id=sent.agency_id, team_id=sent.team_id, owner_id=sent.owner_id,
    )  # fmt: skip


def _say(demand: Any, *values: Any) -> None:
    """Let a rule refuse in the reader's language."""
    try:
        demand(*values)
    except Refused as refused:
        raise Refused(_(refused.message), refused.code, field=refused.field, detail=refused.detail) from refused


@lru_cache(maxsize=256)
def declared_by(xml: str) -> Mapping[str, Declared]:
    """What a form declares to do with entries, by list, and in which of its parts: its ``entity`` elements say so."""
    found: dict[str, Declared] = {}
    instance = next((one for one in fromstring(xml).iter() if local(str(one.tag)) == "instance" and len(one)), None)
    for within, node in _declaring(instance[0], "") if instance is not None else ():
        dataset = str(node.get("dataset"))
        said = found.get(dataset, Declared(within=frozenset()))
        found[dataset] = Declared(
            said.creates or node.get("create") is not None, said.updates or node.get("update") is not None,
            said.within | {within},
        )  # fmt: skip
    return found


def _declaring(node: Element, within: str) -> Iterator[tuple[str, Element]]:
    """Every declaration of an entry in an empty form, patterns of repetitions too, with the part that it stands in."""
    for child in node:
        name = local(str(child.tag))
        if name == "meta":
            yield from ((within, one) for one in child if local(str(one.tag)) == "entity" and one.get("dataset"))
        else:
            yield from _declaring(child, f"{within}{name}/")
