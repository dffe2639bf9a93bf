"""Tells the demonstration's courses through the same actions as the screens: from single sessions to completion."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from paivand.access.models import User
from paivand.access.models.identity import acting_as
from paivand.access.queries.users import placement
from paivand.core.models import Place
from paivand.core.rules.attendance import Mark
from paivand.learning.actions.attendance import take_register
from paivand.learning.actions.completion import finish_group
from paivand.learning.actions.enrolments import Joining, admit, enrol_participants, leave, put_forward_many
from paivand.learning.actions.groups import plan_group, turn_group
from paivand.learning.models import Enrolment, Group, Session
from paivand.learning.rules.course import Feature, Stage, Who
from paivand.learning.rules.drafts import GroupDraft, LearnerDraft, Marked, SessionDraft
from paivand.learning.rules.eligibility import Candidate, may_join
from paivand.learning.rules.states import GroupState, LeftWhy, SessionState
from paivand.operate.population.cohorts import GroupPlan, drawn_groups, marks_of, rest_of, told
from paivand.operate.population.naming import drawn as drawn_name
from paivand.operate.population.naming import fathers_name, surname
from paivand.operate.population.profile import Chance
from paivand.operate.population.results import tell_afterwards, tell_results
from paivand.operate.population.seasons import tell_budgets, tell_season
from paivand.operate.population.stories import Home, Scene
from paivand.operate.population.telling import drawn
from paivand.operate.population.vouching import vouch
from paivand.registry.actions.participants import register_participants
from paivand.registry.models import Participant, Person
from paivand.registry.queries.consents import covered
from paivand.registry.rules import ConsentPurpose, Sex
from paivand.registry.rules.participants import CHILD_UNTIL, ParticipantDraft, ParticipantKind, needs_guardian

Progress = Callable[[Iterable[GroupPlan]], Iterable[GroupPlan]]
PARTS = ("complete", "failed", "left")


def write_learning(scene: Scene, progress: Progress = iter) -> None:
    """Tell every group.

    Args:
        progress: passes the groups through and may show how far it is.
    """
    pools = Pools(scene)
    for plan in progress(drawn_groups(scene.n_families, scene.today)):
        _tell(plan, scene, pools)


def learning_written(users: dict[str, User]) -> bool:
    """Whether there are groups already."""
    with acting_as(users["trainer"]):
        return Group.objects.exists()


@dataclass
class Pools:
    """Who may still be put forward: nobody twice for the same figure."""

    scene: Scene
    used: defaultdict[str, set[object]] = field(default_factory=lambda: defaultdict(set))

    def take(self, plan: GroupPlan, n: int, day: date) -> list[tuple[Home, Person]]:
        """Members of families of the district who may join on that day, at most ``n`` of them."""
        used = self.used[plan.cohort]
        fitting = [
            (home, one)
            for home in self.scene.known[plan.district]
            if home.family.registered_on < day and not home.wavers
            for one in (*home.women, *home.children)
            if one.pk not in used and (not plan.sex or one.sex == plan.sex)
            and may_join(plan.course, Candidate(Who.FAMILY, one.sex, one.age_on(day), "", frozenset()))
            and not (Feature.JUNIOR in plan.course.features and _grows_up(one, plan))
        ]  # fmt: skip
        # Some more than are needed: a few agreed to services later only.
        drawn_first = rest_of(fitting, n + 6, plan.seeds)
        worker = self.scene.workers[plan.district][0]
        with acting_as(worker):
            agree = covered(worker, [one.pk for _home, one in drawn_first], ConsentPurpose.SERVICES, day)
        found = [(home, one) for home, one in drawn_first if one.pk in agree][:n]
        used.update(one.pk for _home, one in found)
        return found


def _grows_up(one: Person, plan: GroupPlan) -> bool:
    """Whether a child is none any more when the group is over: published figures count those who are."""
    age = one.age_on(plan.ends_on)
    return age is not None and age.years >= CHILD_UNTIL


# --- one group -------------------------------------------------------------------------------------------------------


def _tell(plan: GroupPlan, scene: Scene, pools: Pools) -> None:
    """Tell one group to where it has come."""
    lead = scene.users[plan.lead]
    group = _plan(plan, lead, scene.today)
    if plan.state == "planned":
        return
    with acting_as(lead):
        day = min(plan.starts_on - timedelta(days=5), scene.today)
        group = turn_group(group=group, version=group.version, state=GroupState.OPEN, by=lead, on=day)
    rows = _take_in(plan, group, lead, scene, pools)
    # In a very small demonstration nobody may be left for a group: it goes on waiting for people.
    if plan.state == "open" or not any(rows.values()):
        return
    with acting_as(lead):
        group.refresh_from_db()
        group = turn_group(
            group=group, version=group.version, state=GroupState.RUNNING, by=lead, on=plan.starts_on
        )  # fmt: skip
        _run(plan, group, rows, lead, scene.today)
        if plan.state == "cancelled":
            group.refresh_from_db()
            turn_group(
                group=group, version=group.version, state=GroupState.CANCELLED, why=told()["cancelled_why"], by=lead,
                on=plan.starts_on + timedelta(days=9),
            )  # fmt: skip


def _plan(plan: GroupPlan, lead: User, today: date) -> Group:
    rhythm, chance = plan.course.rhythm, plan.seeds
    with acting_as(lead):
        places = sorted(Place.objects.jamoats().filter(parent_id=plan.district), key=lambda place: str(place.pk))
        venues = told()["schools"] if plan.course.has(Feature.JUNIOR) else told()["venues"]
        draft = GroupDraft(
            course=plan.course.code, name=plan.name, language="tg", place=str(chance.choice(places).pk),
            starts_on=plan.starts_on, weekdays=_weekdays(plan, today), starts_at=rhythm.at, session_hours=rhythm.hours,
            capacity=min(plan.course.size.most, max(plan.people + 2, plan.course.size.least)), lead=lead.pk,
            qualification=chance.choice(told()["qualifications"]), every_weeks=rhythm.every_weeks,
            venue=chance.choice(venues), room=str(chance.randint(1, 9)), child_care=chance.random() < 0.4,
            transport=chance.random() < 0.3,
        )  # fmt: skip
        return plan_group(
            scope=placement(lead, plan.district), group_id=plan.id_of("group"), draft=draft, by=lead, anyway=True
        )


def _weekdays(plan: GroupPlan, today: date) -> tuple[int, ...]:
    """The days of the course; for one that is told as meeting today, today's day of the week and as many others."""
    if not plan.example.get("today"):
        return plan.course.rhythm.weekdays
    return tuple(sorted((today.weekday() + 2 * n) % 7 for n in range(len(plan.course.rhythm.weekdays))))


# --- who learns ------------------------------------------------------------------------------------------------------


def _take_in(plan: GroupPlan, group: Group, lead: User, scene: Scene, pools: Pools) -> dict[str, list[Enrolment]]:
    """Take everybody in; returns who completes, who does not, and who leaves."""
    day = min(plan.starts_on - timedelta(days=4), scene.today)
    asking = plan.example.get("asking", 0)
    n = min(plan.people, plan.of_families + plan.left + plan.failed) if not plan.example else plan.people
    if not plan.example and not plan.of_families:
        n = 0
    members = pools.take(plan, n + asking, day)
    n_waiting = min(asking, len(members))
    members, waiting = members[: len(members) - n_waiting], members[len(members) - n_waiting :]
    worker = scene.workers[plan.district][0]
    with acting_as(worker):
        forward = [
            (plan.id_of("learner", one.pk), one, _learner_draft(plan, home, one, day))
            for home, one in (*members, *waiting)
        ]
        put = put_forward_many(group=group, people=forward, by=worker, today=day) if forward else []
    with acting_as(lead):
        rows = admit(group=group, enrolments=put[: len(members)], by=lead, on=day) if members else []
        others = _others(plan, plan.people - len(rows), lead, day)
        joining = [Joining(plan.id_of("participant", one.pk), one, _other_draft(plan, one, day)) for one in others]
        if joining:
            rows += enrol_participants(group=group, joining=joining, by=lead, today=day)
    plan.seeds.shuffle(rows)
    ends = {
        "left": rows[: plan.left],
        "failed": rows[plan.left : plan.left + plan.failed],
        "complete": rows[plan.left + plan.failed :],
    }  # fmt: skip
    return {part: ends[part] for part in PARTS}


def _learner_draft(plan: GroupPlan, home: Home, one: Person, day: date) -> LearnerDraft:
    age = one.age_on(day)
    calls = day if plan.course.has(Feature.QUICK) else None
    if age is None or age.years >= CHILD_UNTIL or not home.women:
        return LearnerDraft(calls_agreed_on=calls, destination="RU" if calls else "")
    return LearnerDraft(child_agreed_on=day, guardian_name=home.women[0].full_name, guardian_agreed_on=day)


def _other_draft(plan: GroupPlan, one: Participant, day: date) -> LearnerDraft:
    if one.guardian_name:
        return LearnerDraft(child_agreed_on=day, guardian_name=one.guardian_name, guardian_agreed_on=day)
    quick = plan.course.has(Feature.QUICK)
    return LearnerDraft(calls_agreed_on=day if quick else None, destination="RU" if quick else "")


def _others(plan: GroupPlan, n: int, lead: User, day: date) -> list[Participant]:
    """People of the register of participants who take part besides."""
    if n <= 0:
        return []
    declared = plan.others or {"kind": "departing" if plan.course.has(Feature.QUICK) else _kind(plan)}
    if not declared["kind"]:
        return []
    kind = ParticipantKind(declared["kind"])
    chance = Chance(plan.key)
    drafts = [
        (plan.id_of("person", i), _participant_draft(plan, kind, declared, chance, day)) for i in range(n)
    ]  # fmt: skip
    return register_participants(scope=placement(lead, plan.district), drafts=drafts, by=lead, today=day)


def _kind(plan: GroupPlan) -> str:
    """As what somebody can learn here who is of no registered family; empty where only members of families can."""
    return next((str(who) for who in Who if who in plan.course.who and who is not Who.FAMILY), "")


def _participant_draft(
    plan: GroupPlan, kind: ParticipantKind, declared: Mapping[str, Any], chance: Chance, day: date
) -> ParticipantDraft:
    sex = Sex.FEMALE if plan.sex == "female" or chance.happens(0.55) else Sex.MALE
    if kind is ParticipantKind.DEPARTING:
        sex = Sex.MALE if chance.happens(0.85) else Sex.FEMALE
    child = kind is ParticipantKind.PUPIL and not plan.course.has(Feature.FACILITATOR)
    post = drawn(plan.seeds, declared["posts"]) if "posts" in declared else ""
    young = child or post == "junior_farmer"
    age = chance.between(12, 16) if child else chance.between(18, 24) if young else chance.between(20, 57)
    family = drawn_name(chance, "surnames", dari=False)
    name = " ".join(
        (
            surname(family, "russian", sex, "tg"),
            drawn_name(chance, "women" if sex is Sex.FEMALE else "men", dari=False).written("tg"),
            fathers_name(drawn_name(chance, "men", dari=False), "patronymic", sex, "tg"),
        )
    )
    asks = needs_guardian(day.year - age, day)
    guardian = surname(family, "russian", Sex.FEMALE, "tg") + " " + drawn_name(chance, "women", dari=False).tg
    return ParticipantDraft(
        kind=kind, name=name, sex=sex, agreed_on=day, birth_year=day.year - age,
        organisation=_organisation(plan, kind), post=post, guardian_name=guardian if asks else "",
        guardian_agreed_on=day if asks else None,
    )  # fmt: skip


def _organisation(plan: GroupPlan, kind: ParticipantKind) -> str:
    if kind is ParticipantKind.PROFESSIONAL:
        return str(plan.seeds.choice(told()["organisations"]))
    return str(plan.seeds.choice(told()["schools"])) if kind is ParticipantKind.PUPIL else ""


# --- sessions --------------------------------------------------------------------------------------------------------


def _run(plan: GroupPlan, group: Group, ends: dict[str, list[Enrolment]], lead: User, today: date) -> None:
    """Hold the sessions that are over, with tests, exam and what follows."""
    sessions = list(Session.objects.filter(group=group, state=SessionState.PLANNED, on_day__lt=today).order_by("n"))
    if plan.state == "cancelled":
        sessions = sessions[:3]
    # The latest ones are not written down yet.
    sessions = sessions[: len(sessions) - plan.example.get("unwritten", 0)]
    marks = {
        row.pk: marks_of(plan, len(sessions), part) for part in PARTS for row in ends[part]
    } if sessions else {}  # fmt: skip
    for row in ends["complete"][: plan.example.get("absent", 0)]:
        marks[row.pk][-3:] = [Mark.ABSENT] * len(marks[row.pk][-3:])
    third = max(1, len(sessions) // 3)
    everybody = [row for part in PARTS for row in ends[part]]
    if not everybody:
        return
    tell_results(plan, group, ends, lead, Stage.BEFORE)
    _hold(group, sessions[:third], everybody, marks, lead)
    for row in Enrolment.objects.filter(pk__in=[one.pk for one in ends["left"]]).select_related("group"):
        why = LeftWhy(drawn(plan.seeds, told()["left_why"]))
        leave(enrolment=row, version=row.version, why=why, by=lead, on=sessions[third - 1].on_day)
    gone = {one.pk for one in ends["left"]}
    _hold(group, sessions[third:], [row for row in everybody if row.pk not in gone], marks, lead)
    tell_season(plan, group, ends["complete"], lead, today)
    tell_budgets(plan, group, ends["complete"], lead, today)
    if plan.state == "finished":
        tell_results(plan, group, ends, lead, Stage.AFTER)
        group.refresh_from_db()
        group = finish_group(group=group, version=group.version, by=lead, on=group.ends_on)
        tell_afterwards(plan, group, lead, today)
        vouch(plan, group, lead, today)


def _hold(
    group: Group,
    sessions: Sequence[Session],
    rows: Sequence[Enrolment],
    marks: Mapping[uuid.UUID, Sequence[str]],
    lead: User,
) -> None:
    if not sessions:
        return
    register = [
        (session, SessionDraft(session.on_day, {row.pk: Marked(Mark(marks[row.pk][session.n - 1])) for row in rows}))
        for session in sessions
    ]
    take_register(group=group, told=register, by=lead, now=_evening(sessions[-1].on_day))


def _evening(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time())) + timedelta(hours=18)
