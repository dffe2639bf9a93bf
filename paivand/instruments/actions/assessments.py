"""Answering a questionnaire: begun, answered section by section, completed; set aside when it was a mistake.

What was completed is not changed any more. Scores are added, never overwritten; red flags are raised with the answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.instruments.actions.flags import flag_rows
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.queries.assessments import current_scores, draft_of
from paivand.instruments.rules.answers import (
    Answer,
    defect,
    kept,
    read_answers,
    unanswered,
    without_evidence,
)
from paivand.instruments.rules.catalogue import instrument as declared_instrument
from paivand.instruments.rules.instruments import Flag, Instrument, Item, Section, Special, Use
from paivand.instruments.rules.scores import Reading, raised_by_answers, raised_by_scores, readings
from paivand.instruments.rules.states import Mode, Stage, State
from paivand.registry.actions.families import demand_fresh, locked_family
from paivand.registry.actions.journey import Help, demand_agreed, demand_possible_help, reverse_step, step_row
from paivand.registry.models import Family, JourneyStep, Person
from paivand.registry.queries.consents import grounds
from paivand.registry.queries.families import members
from paivand.registry.rules.keys import row_key

STEP, COMPLETED, PARTLY = "assessment.made", "completed", "partly"

_ROUGH = 2
"""How far an age that is only estimated may be off, in years."""


@action(Verb.ASSESSMENT_RECORD, on="family")
def begin_assessment(
    *, assessment_id: uuid.UUID, family: Family, person: Person | None, instrument: str, stage: Stage, by: User,
    on: date | None = None, version: str = "", mode: Mode | None = None,
) -> Assessment:  # fmt: skip
    """Begin to answer a questionnaire with a member of ``family``, or with the family as a whole.

    Args:
        assessment_id: made by the form, so that a double tap begins one.
        person: None where the questions are about the household.
        version: the one that was asked, where a device had an older one than is offered now.
        mode: how it was asked, where that was noted.

    Raises:
        Refused: ``twice`` for a double tap; ``draft`` when it is being answered already (``detail`` names it);
            ``instrument``, ``person``, ``age``; ``closed``, ``registration`` or ``consent`` as for any help.
    """
    today = on or timezone.localdate()
    if Assessment.objects.filter(pk=assessment_id).exists():
        raise Refused(_("This form was saved already."), "twice", detail={"assessment": str(assessment_id)})
    declared = declared_instrument(instrument, version)
    if declared is None or declared.retired or declared.use is not Use.FAMILY:
        raise Refused(_("This questionnaire is not in use. Choose one of the list."), "instrument", field="instrument")
    locked = locked_family(family)
    _demand_subject(declared, locked, person, by)
    if person is not None:
        demand_age(declared, person, today)
    _demand_consent(locked, person, by)
    running = draft_of(by, locked, person.pk if person else None, instrument)
    if running:
        raise Refused(
            _("This questionnaire is being answered already. Go on with it, or set it aside."), "draft",
            detail={"assessment": str(running.pk)},
        )  # fmt: skip
    row = Assessment(
        id=assessment_id, family=locked, person=person, instrument=declared.code, instrument_version=declared.version,
        stage=stage, mode=mode or "", recorded_by=by, district_id=locked.district_id, agency_id=locked.agency_id,
        team_id=locked.team_id, owner_id=locked.owner_id,
    )  # fmt: skip
    row.save(force_insert=True)
    remark(act="begin", instrument=declared.code, version=declared.version)
    return row


@action(Verb.ASSESSMENT_RECORD, on="assessment")
def save_answers(
    *, assessment: Assessment, section: str, answers: Mapping[str, Answer], version: int, by: User
) -> Assessment:
    """Keep the answers to one section. What is not answered yet is left out of ``answers``.

    A second sending of the same answers changes nothing. What an answer makes needless elsewhere is taken away with
    it. Red flags are raised at once.

    Raises:
        Refused: ``stale``; ``section`` or ``answer`` (``field`` is the item) for what cannot be; ``completed``;
            ``consent`` when the person withdrew it meanwhile.
    """
    locked = _locked(assessment)
    declared = instrument_of(locked)
    part = declared.section(section)
    if part is None:
        raise Refused(_("This questionnaire has no such part. Begin again from its first page."), "section")
    demand_possible(part, answers)
    before = read_answers(locked.answers)
    own = {item.code for item in part.items}
    merged = kept({**{code: one for code, one in before.items() if code not in own}, **answers}, declared)
    stored = {code: one.stored() for code, one in merged.items()}
    if locked.version != version and stored == locked.answers and locked.section == section:
        remark(act="answer", again=True)
        return locked
    demand_fresh(locked, version)
    _demand_consent(_family_of(locked), locked.person, by)
    locked.answers = stored
    locked.section = section
    locked.version += 1
    locked.save()
    flags = _raise(locked, raised_by_answers(declared, merged), by)
    remark(act="answer", section=section, answered=len(own & set(merged)), flags=flags)
    return locked


@action(Verb.ASSESSMENT_RECORD, on="assessment")
def complete_assessment(
    *, assessment: Assessment, answered_on: date, version: int, by: User, now: datetime | None = None
) -> Assessment:
    """Complete a questionnaire: compute its scores, raise what they reveal, and add a step to the journey.

    What nobody answered is kept as not asked, with no value.

    Raises:
        Refused: ``twice`` when it is completed; ``stale``; ``empty``; ``evidence`` (``detail`` names the items);
            ``date``; ``consent``, ``registration``, ``closed``.
    """
    moment = now or timezone.now()
    locked = _locked(assessment)
    declared = instrument_of(locked)
    demand_fresh(locked, version)
    answers = read_answers(locked.answers)
    demand_answered(answers, declared)
    demand_near(answered_on, timezone.localdate(moment), timezone.localdate(min(locked.created_at, moment)))
    family = _family_of(locked)
    _demand_consent(family, locked.person, by)
    note_unasked(answers, declared)
    found = readings(declared, answers)
    locked.answers = {code: one.stored() for code, one in answers.items()}
    locked.state, locked.answered_on, locked.completed_at = State.COMPLETED, answered_on, moment
    locked.version += 1
    locked.save()
    _write_scores(locked, declared, found, by, moment)
    flags = _raise(locked, raised_by_scores(declared, found), by, moment)
    _write_step(locked, family, found, by)
    remark(act="complete", instrument=locked.instrument, scores=len(found), flags=flags,
           without_value=sum(one.value is None for one in found))  # fmt: skip
    return locked


@action(Verb.ASSESSMENT_RECORD, on="assessment")
def recompute_scores(*, assessment: Assessment, by: User, now: datetime | None = None) -> Assessment:
    """Compute the scores anew by the present rules of the same version, and add them; the earlier ones stay.

    Raises:
        Refused: ``draft`` before it is completed, ``current`` when the present rules made the scores already.
    """
    locked: Assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if not locked.is_completed:
        raise Refused(_("Only a completed questionnaire has scores."), "draft")
    declared = instrument_of(locked)
    scores = current_scores(by, [locked.pk]).get(locked.pk, {})
    if scores and all(score.rules_hash == declared.rules_hash for score in scores.values()):
        raise Refused(_("The scores are up to date: the present rules made them."), "current")
    found = readings(declared, read_answers(locked.answers))
    _write_scores(locked, declared, found, by, now or timezone.now())
    _raise(locked, raised_by_scores(declared, found), by, now)
    remark(act="recompute", instrument=locked.instrument, scores=len(found))
    return locked


@action(Verb.ASSESSMENT_RECORD, on="assessment")
def set_aside_assessment(*, assessment: Assessment, reason: str, version: int, by: User) -> Assessment:
    """Set a questionnaire aside that was a mistake: it counts nowhere any more, and stays with its reason.

    The step of the journey is taken back. Open red flags stay open.

    Raises:
        Refused: ``aside`` when it is set aside already, ``reason``, ``stale``.
    """
    locked: Assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if locked.state == State.SET_ASIDE:
        raise Refused(_("This questionnaire was set aside already."), "aside")
    demand_fresh(locked, version)
    if not reason.strip():
        raise Refused(_("Say why it is set aside."), "reason", field="reason")
    was = locked.state
    locked.state, locked.set_aside_on, locked.set_aside_reason = State.SET_ASIDE, timezone.localdate(), reason.strip()
    locked.version += 1
    locked.save()
    step = JourneyStep.objects.filter(pk=row_key(locked.pk, STEP), reversed_by=None).first()
    if step:
        reverse_step(step=step, reason=reason, by=by)
    remark(act="set_aside", edge=f"{was}>{State.SET_ASIDE}")
    return locked


def instrument_of(row: Assessment) -> Instrument:
    """The version of the questionnaire that was asked.

    Raises:
        Refused: ``version`` where its declaration is not there any more.
    """
    declared = declared_instrument(row.instrument, row.instrument_version)
    if declared is None:
        raise Refused(
            _("The questions of this version are not installed here. Tell your administrator: %(name)s.")
            % {"name": f"{row.instrument}-{row.instrument_version}"}, "version",
        )  # fmt: skip
    return declared


def demand_age(declared: Instrument, person: Person, on: date) -> None:
    """Raise a Refused when a person is too young or too old to be asked; an unknown age is the worker's to judge."""
    age = person.age_on(on)
    if age is None:
        return
    slack = 0 if age.exact else _ROUGH
    if declared.from_age is not None and age.years + slack < declared.from_age:
        raise Refused(_("These questions are for people of %(age)s years and older.") % {"age": declared.from_age},
                      "age", field="person")  # fmt: skip
    if declared.to_age is not None and age.years - slack > declared.to_age:
        raise Refused(_("These questions are for people up to %(age)s years.") % {"age": declared.to_age}, "age",
                      field="person")  # fmt: skip


def demand_answered(answers: Mapping[str, Answer], declared: Instrument) -> None:
    """Raise a Refused while nothing is answered, or where an answer does not say on what it rests."""
    if not any(answer.value for answer in answers.values()):
        raise Refused(_("Nothing is answered yet. Answer at least one question, or set it aside."), "empty")
    bare = without_evidence(answers, declared)
    if bare:
        raise Refused(
            _("With each yes, mark how you know it: it is missing in some answers."), "evidence",
            detail={"items": [item.code for item in bare]},
        )  # fmt: skip


def demand_near(answered_on: date, today: date, written_on: date) -> None:
    """Raise a Refused for a day that is still to come, or lies more than a year before it was written down."""
    if answered_on > today:
        raise Refused(_("The day lies in the future. Check it."), "date", field="answered_on")
    if (written_on - answered_on).days > 366:
        raise Refused(_("The day lies more than a year back. Check it."), "date", field="answered_on")


def note_unasked(answers: dict[str, Answer], declared: Instrument) -> None:
    """Keep what nobody answered as not asked."""
    for item in unanswered(answers, declared):
        answers[item.code] = Answer(missing=Special.NOT_ASKED)


def _locked(assessment: Assessment) -> Assessment:
    """The questionnaire, locked; refused unless it is still being answered."""
    locked: Assessment = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("family__merged_into", "family__jamoat", "family__head", "person")
        .get(pk=assessment.pk)
    )
    if locked.state == State.COMPLETED:
        raise Refused(_("This questionnaire is completed. Its answers are not changed any more."), "twice",
                      detail={"assessment": str(locked.pk)})  # fmt: skip
    if locked.state == State.SET_ASIDE:
        raise Refused(_("This questionnaire was set aside already."), "aside")
    return locked


def _family_of(row: Assessment) -> Family:
    """The file in which it is asked; the one that stays where files were joined meanwhile."""
    return row.family.merged_into or row.family


def _demand_subject(declared: Instrument, family: Family, person: Person | None, by: User) -> None:
    if not declared.about_person and person is not None:
        raise Refused(_("These questions are about the household as a whole."), "person", field="person")
    if not declared.about_person:
        return
    present = {pk for member in members(by, family) for pk in member.records} if person else set()  # type: ignore[attr-defined]
    if person is None or person.pk not in present:
        raise Refused(_("Choose the member of the family whom you ask."), "person", field="person")


def _demand_consent(family: Family, person: Person | None, by: User) -> None:
    """Raise a Refused unless services are agreed to: by the person, or for a household by its head."""
    asked = person or family.head
    demand_agreed(asked, grounds(by, [asked.pk])[asked.pk])


def demand_possible(part: Section, answers: Mapping[str, Answer]) -> None:
    """Raise a Refused when an answer belongs to another part, or is none that can be given."""
    own: dict[str, Item] = {item.code: item for item in part.items}
    for code, answer in answers.items():
        item = own.get(code)
        wrong = defect(item, answer) if item else ""
        if item is None:
            raise Refused(_("This questionnaire has no such part. Begin again from its first page."), "section")
        if wrong:
            raise Refused(_(wrong) % {"least": item.least, "most": item.most}, "answer", field=code)


def _write_scores(row: Assessment, declared: Instrument, found: list[Reading], by: User, now: datetime) -> None:
    Score.objects.bulk_create(score_rows(row, declared, found, by, now))


def score_rows(row: Assessment, declared: Instrument, found: list[Reading], by: User, now: datetime) -> list[Score]:
    """The unsaved scores of a questionnaire."""
    return [
        Score(
            assessment=row, scale=one.scale, value=one.value, band=one.band, missing_reason=one.reason,
            working={
                "answered": one.n_answered, "asked": one.n_asked,
                "parts": {item: str(part) for item, part in one.parts.items()},
            },
            computed_at=now, computed_by=by, rules_hash=declared.rules_hash, district_id=row.district_id,
            agency_id=row.agency_id, team_id=row.team_id, owner_id=row.owner_id,
        )
        for one in found
    ]  # fmt: skip


def _raise(row: Assessment, flags: list[Flag], by: User, now: datetime | None = None) -> int:
    """Write the flags down that are not there yet; how many were asked for."""
    rows = flag_rows(row, flags, by, now)
    if rows:
        RedFlag.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _write_step(row: Assessment, family: Family, found: list[Reading], by: User) -> None:
    assessment_step(row, family, found, by).save(force_insert=True)


def assessment_step(row: Assessment, family: Family, found: list[Reading], by: User) -> JourneyStep:
    """The unsaved step of the person who was asked, or of the head for the household."""
    outcome = COMPLETED if all(one.value is not None for one in found) else PARTLY
    given = Help(STEP, outcome, row.answered_on or timezone.localdate(), family.jamoat)
    demand_possible_help(given)
    step = step_row(row.person or family.head, given, by)
    step.id = row_key(row.pk, STEP)
    return step
