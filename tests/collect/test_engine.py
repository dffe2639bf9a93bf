"""Every form of ours, filled in by the engine of ODK Web Forms in node and sent through the door as a phone sends it.

The engine is a client by other hands: it decides what is asked, what may be chosen from the lists of the worker, and
how the answers are written. What it sends is taken in, and what stands then is compared with what was filled in.
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Submission
from paivand.collect.queries.field_lists import field_lists
from paivand.collect.rules.filled import read_filled
from paivand.collect.rules.shipped import SHIPPED
from paivand.core.models import new_id
from paivand.core.models.files import content_of
from paivand.core.rules.writing import writing
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.rules.catalogue import instrument
from paivand.learning.actions import seasons
from paivand.learning.actions.inside import about
from paivand.learning.models import Attendance, FieldPhoto, FollowUp, Observation, Session
from paivand.learning.rules.fields import PlotDraft, SeasonDraft, Way
from paivand.learning.rules.states import SessionState
from paivand.outreach.models import ReachEntry, ReachFile
from paivand.referrals.models import Referral, ReferralFeedback
from paivand.referrals.rules.referrals import Way as Road
from paivand.registry.models import Family, FamilyMember, MigrationEpisode, Phone, Remittance
from tests.cases.files import photograph
from tests.cast import KULOB, fresh
from tests.collect.field import Phone as Device
from tests.collect.field import device_of
from tests.collect.node import node
from tests.collect.on_phone import current
from tests.learning.schooling import running
from tests.outreach.reaching import planned
from tests.referrals.handshake import sent as referred
from tests.referrals.handshake import service

ROOT = Path(__file__).resolve().parents[2]
FILLER = Path(__file__).parent / "engine" / "fill.mjs"
MODULES = ROOT / "node_modules"
TODAY = timezone.localdate()
PHOTO = photograph()
DAHANA = "TJ-KT-02-02"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (MODULES / "@getodk" / "xforms-engine").is_dir() or not (MODULES / "jsdom").is_dir(),
        reason="the engine of ODK Web Forms is not installed: npm ci",
    ),
]


@dataclass
class Job:
    """A form to be filled in by a worker: answers in the order in which they are given."""

    code: str
    by: Any
    answers: list[tuple[str, Any]]
    language: str = "tg"
    unoffered: list[str] = field(default_factory=list)
    """Paths whose answer the form must not offer."""


def _filled(jobs: list[Job]) -> dict[str, dict[str, Any]]:
    """What the engine makes of these jobs, by the code of the form."""
    told = []
    for job in jobs:
        version = current(job.code)
        with acting_as(job.by):
            lists = field_lists(fresh(job.by), version.lists)
            csv = {f"{name}.csv": one.content().decode() for name, one in lists.items()}
        told.append({
            "name": job.code, "form": version.xml, "lists": csv, "language": job.language, "answers": job.answers,
            "files": {"photo.jpg": {"type": "image/jpeg", "base64": base64.b64encode(PHOTO).decode()}},
        })  # fmt: skip
    run = subprocess.run(
        [node(), str(FILLER)], input=json.dumps(told), capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return {one["name"]: one for one in json.loads(run.stdout)}


class World:
    """A family, a course, a field school, a referral and somebody to ask after: what the forms speak about."""

    def __init__(self, family: Any, zarina: Any, tahmina: Any, nasiba: Any, manija: Any) -> None:
        self.family, self.worker, self.trainer = family, zarina, tahmina
        self.group, self.learners = running(tahmina, zarina, n=3, starts_on=TODAY - timedelta(days=14))
        school, pupils = running(
            tahmina,
            zarina,
            n=1,
            families=5,
            course="ffs_drip_vegetables",
            starts_on=TODAY - timedelta(days=20),
            anyway=True,
        )
        by = fresh(tahmina)
        with acting_as(tahmina):
            seasons.write_season(
                group=school, version=0, by=by,
                draft=SeasonDraft("tomato", school.starts_on, host="Замини деҳаи Даҳана"),
            )  # fmt: skip
            self.plot = seasons.add_plot(
                group=school, plot_id=new_id(), draft=PlotDraft("1", Way.IMPROVED, "drip"), by=by
            )
            self.session = Session.objects.filter(group=self.group, state=SessionState.PLANNED).order_by("n").first()
            with writing("a test"):
                self.task = about(pupils[0], FollowUp(
                    enrolment=pupils[0], kind="after", months=6, due_on=TODAY, for_user_id=zarina.pk
                ))  # fmt: skip
                self.task.save()
        self.referral = referred(family, service(nasiba), zarina, way=Road.SPOKEN)
        self.campaign = planned(manija, topics=("safe_migration",))
        with acting_as(zarina):
            rows = FamilyMember.objects.filter(family=family).order_by("person__birth_on")
            self.others = [row.person_id for row in rows if row.relation != "head"]

    def jobs(self) -> list[Job]:
        """A job for every form that comes with Paivand."""
        return [
            *self._families(), *self._questionnaires(), *self._courses(),
            Job("referral_feedback", self.worker, [
                ("referral", str(self.referral.pk)), ("may_ask", "yes"), ("told/received", "completed"),
                ("told/helped_on", TODAY.isoformat()), ("told/helped", "yes"),
                ("told/problems", ["waited", "treated_badly"]), ("told/more_needed", "no"),
                ("told/words", "Ташаккур"),
            ]),
            Job("information_session", self.worker, [
                ("channel", "theatre"), ("topic", "safe_migration"), ("where/jamoat", DAHANA),
                ("where/village", "Сарчашма"), ("where/venue", "Майдон"), ("where/title", "Роҳи дур"),
                ("way", "sign_in"), ("way", "headcount"), ("counts/n_women", "250"), ("counts/n_men", "60"),
                ("counts/n_girls", "12"), ("counts/n_boys", "9"), ("sure", "yes"), ("partner", "Кумитаи занон"),
                ("campaign", str(self.campaign.pk)), ("photo", {"file": "photo.jpg"}), ("has_names", "no"),
            ], language="fa", unoffered=["way"]),
        ]  # fmt: skip

    def _families(self) -> list[Job]:
        return [
            Job("family_registration", self.worker, [
                ("start_here/agreed", "OK"), ("place/jamoat", DAHANA), ("place/village", "Сарчашма"),
                ("place/housing", "in_laws"), ("place/land", "rented"), ("head/given_name", "Гулнора"),
                ("head/family_name", "Раҳимова"), ("head/sex", "female"), ("head/birth_known", "year"),
                ("head/birth_year", "1985"), ("contact/phone", "918 12 34 56"), ("contact/may_call", "yes"),
                ("contact/hours", "пагоҳӣ"), ("n_others", "2"), ("members[1]/relation", "spouse"),
                ("members[1]/given_name", "Карим"), ("members[1]/sex", "male"), ("members[1]/birth_known", "estimate"),
                ("members[1]/age", "42"), ("members[1]/abroad", "yes"), ("members[1]/country", "RU"),
                ("members[1]/left_known", "month"), ("members[1]/left_month", "2025-03-01"),
                ("members[1]/absence", "remitting_irregularly"), ("members[2]/relation", "child"),
                ("members[2]/given_name", "Али"), ("members[2]/sex", "male"), ("members[2]/birth_known", "day"),
                ("members[2]/birth_day", "2016-05-04"), ("members[2]/abroad", "no"), ("consent/given_by", "self"),
                ("consent/method", "spoken"), ("consent/purposes", ["services", "referral"]),
            ]),
            Job("home_visit", self.worker, [
                ("family", str(self.family.pk)), ("visit/people", [str(self.family.head_id)]),
                ("changed/changes", ["village", "housing"]), ("changed/village", "Навобод"),
                ("changed/housing", "rented"),
            ]),
            Job("remittances", self.worker, [
                ("family", str(self.family.pk)), ("sender", str(self.others[0])), ("months[1]/month", "2026-09-01"),
                ("months[1]/amount", "12500.50"), ("months[1]/currency", "RUB"), ("months[1]/channel", "mobile"),
                ("months[1]/cost", "150"), ("months", "+"), ("months[2]/month", "2026-10-01"),
                ("months[2]/amount", "0"),
            ]),
        ]  # fmt: skip

    def _questionnaires(self) -> list[Job]:
        profile = [
            (f"s_{section.code}/q_{item.code}", "yes" if item.code in {"debt", "homelessness"} else "no")
            for section in instrument("vulnerability").sections for item in section.items
        ]  # fmt: skip
        return [
            Job("vulnerability_profile", self.worker, [
                ("family", str(self.family.pk)), ("circumstances/mode", "others_near"), ("may_ask", "yes"), *profile,
                ("s_income/e_debt", "paper"), ("s_income/e_no_earner", "paper"),
            ], language="ru", unoffered=["s_income/e_no_earner"]),
            Job("phq4", self.worker, [
                ("family", str(self.family.pk)), ("person", str(self.others[-1])),
                ("person", str(self.family.head_id)), ("circumstances/stage", "before"), ("may_ask", "yes"),
                ("s_feelings/q_nervous", "nearly_every_day"), ("s_feelings/q_worry", "several_days"),
                ("s_feelings/q_interest", "-refused"), ("s_feelings/q_down", "not_at_all"),
            ], unoffered=["person"]),
        ]  # fmt: skip

    def _courses(self) -> list[Job]:
        first, second, _third = (str(row.pk) for row in self.learners)
        return [
            Job("attendance", self.trainer, [
                ("group", str(self.group.pk)), ("session", str(self.session.pk)), ("on_day", self.day.isoformat()),
                ("marks/absent", [first]), ("marks/late", [first]), ("marks/late", [second]), ("has_remarks", "yes"),
                ("remarks[1]/learner", second), ("remarks[1]/note", "автобус"),
                ("taught/topics", self.session.topics[:1]), ("taught/note_session", "Хуб гузашт"),
                ("photo", {"file": "photo.jpg"}), ("caption", "Дастгоҳҳо"),
            ], unoffered=["marks/late"]),
            Job("aesa", self.trainer, [
                ("group", str(self.group.pk)), ("group", str(self.plot.group_id)), ("plot", str(self.plot.pk)),
                ("watchers", "2"), ("plants/stage", "flowering"), ("plants/health", "fair"),
                ("plants/height_cm", "41.5"), ("field/soil", "moist"), ("field/water", "2 соат"),
                ("seen", ["aphids", "ladybirds"]), ("counts/aphids", "34"), ("counts/ladybirds", "5"),
                ("counts/mites", "5"), ("told", "Баргҳо зард"), ("decided_by_group/decided", "biological"),
                ("photo", {"file": "photo.jpg"}), ("caption", "Барг"),
            ], unoffered=["group", "counts/mites"]),
            Job("follow_up", self.worker, [
                ("months", "3"), ("follow_up", str(self.task.pk)), ("months", "6"), ("follow_up", str(self.task.pk)),
                ("reached", "yes"), ("now/practices", self.practices), ("note", "дар бозор мефурӯшад"),
                *self._what_the_course_asks(),
            ], unoffered=["follow_up"]),
        ]  # fmt: skip

    @property
    def day(self) -> date:
        """When the session was held."""
        found: date = min(self.session.on_day, TODAY)
        return found

    @property
    def practices(self) -> list[str]:
        """Two of what the field school taught."""
        from paivand.learning.rules.courses import course

        declared = course("ffs_drip_vegetables")
        assert declared is not None
        return [one.code for one in declared.practices][:2]

    def _what_the_course_asks(self) -> list[tuple[str, str]]:
        from paivand.learning.rules.courses import course

        declared = course("ffs_drip_vegetables")
        assert declared is not None
        assert declared.follow_up is not None
        given = {
            "working": [("now/working", "yes")], "own_business": [("now/own_business", "not_asked")],
            "income": [("now/income_before", "400"), ("now/income_after", "1150.5")], "practices": [],
        }  # fmt: skip
        return [pair for one in declared.follow_up.asked for pair in given[one]]


def test_every_form_filled_in_by_odks_engine_arrives_and_stands_as_it_was_filled_in(
    family, zarina, tahmina, nasiba, manija, settings, tmp_path
):
    settings.HOME = tmp_path
    world = World(family, zarina, tahmina, nasiba, manija)
    jobs = world.jobs()
    assert {job.code for job in jobs} == set(SHIPPED)
    results = _filled(jobs)
    phones = {user.pk: Device(device_of(user)[1]) for user in (zarina, tahmina)}
    assert {code: one["error"] for code, one in results.items() if "error" in one} == {}
    assert {
        job.code: (made["status"], made["violations"], made["refused"])
        for job in jobs
        if (made := results[job.code])["status"] != "ready" or [path for path, _why in made["refused"]] != job.unoffered
    } == {}
    for job in jobs:
        made = results[job.code]
        assert all(made["labels"].values()), job.code
        files = [(name, PHOTO) for name in made["files"]]
        answer = phones[job.by.pk].send(made["xml"].encode(), files)
        assert answer.status_code == 201, (job.code, answer.content)
    for user in (zarina, tahmina):
        take_waiting(user.pk)
    rows = {}
    for job in jobs:
        with acting_as(job.by):
            instance = read_filled(results[job.code]["xml"].encode()).instance_id
            rows[job.code] = Submission.objects.get(instance_id=instance)
    assert {code: (one.problem, one.problem_words) for code, one in rows.items() if one.state != "taken"} == {}
    for job in jobs:
        with acting_as(job.by):
            COMPARED[job.code](world, {one["kind"]: one["id"] for one in rows[job.code].taken_as})


# --- what stands then ------------------------------------------------------------------------------------------------


def _registration(_world: World, made: Mapping[str, str]) -> None:
    row = Family.objects.get(pk=made["family"])
    assert (row.jamoat_id, row.village, row.housing, row.land, row.n_members) == (
        DAHANA, "Сарчашма", "in_laws", "rented", 3
    )  # fmt: skip
    members = {one.person.given_name: one for one in FamilyMember.objects.filter(family=row).select_related("person")}
    assert {name: one.relation for name, one in members.items()} == {
        "Гулнора": "head", "Карим": "spouse", "Али": "child"
    }  # fmt: skip
    head, son = members["Гулнора"].person, members["Али"].person
    assert (head.family_name, head.sex, head.birth_on, head.birth_precision) == (
        "Раҳимова", "female", date(1985, 1, 1), "year"
    )  # fmt: skip
    assert (son.sex, son.birth_on) == ("male", date(2016, 5, 4))
    phone = Phone.objects.get(person=head)
    assert (phone.number, phone.may_call, phone.hours) == ("+992918123456", "yes", "пагоҳӣ")
    stay = MigrationEpisode.objects.get(person=members["Карим"].person)
    assert (stay.country, stay.departed_on) == ("RU", date(2025, 3, 1))


def _visit(world: World, _made: Mapping[str, str]) -> None:
    from paivand.registry.models import JourneyStep

    row = Family.objects.get(pk=world.family.pk)
    assert (row.village, row.housing) == ("Навобод", "rented")
    assert JourneyStep.objects.filter(person=row.head_id, happened_on=TODAY, service__startswith="visit").exists()


def _remittances(world: World, _made: Mapping[str, str]) -> None:
    september, october = Remittance.objects.filter(family=world.family).order_by("month")
    assert (september.month, september.amount, september.currency, september.channel, september.cost_amount) == (
        date(2026, 9, 1), Decimal("12500.50"), "RUB", "mobile", Decimal(150)
    )  # fmt: skip
    assert (october.month, october.amount, october.sender_id) == (date(2026, 10, 1), Decimal(0), world.others[0])


def _profile(world: World, made: Mapping[str, str]) -> None:
    row = Assessment.objects.get(pk=made["assessment"])
    assert (row.family_id, row.mode, row.answered_on) == (world.family.pk, "others_near", TODAY)
    assert {code for code, one in row.answers.items() if one["value"] == "yes"} == {"debt", "homelessness"}
    assert row.answers["debt"]["evidence"] == "paper"
    assert len(row.answers) == len(list(instrument("vulnerability").items()))
    assert Score.objects.get(assessment=row, scale="severity").value == 5
    assert list(RedFlag.objects.filter(assessment=row).values_list("code", flat=True)) == ["homelessness"]


def _phq4(world: World, made: Mapping[str, str]) -> None:
    row = Assessment.objects.get(pk=made["assessment"])
    assert (row.person_id, row.stage, row.mode) == (world.family.head_id, "before", "alone")
    assert row.answers == {
        "nervous": {"value": "nearly_every_day"}, "worry": {"value": "several_days"},
        "interest": {"missing": "refused"}, "down": {"value": "not_at_all"},
    }  # fmt: skip
    scores = dict(Score.objects.filter(assessment=row).values_list("scale", "value"))
    assert (scores["anxiety"], scores["total"]) == (4, None)


def _attendance(world: World, _made: Mapping[str, str]) -> None:
    row = Session.objects.get(pk=world.session.pk)
    marks = {one.enrolment_id: (one.mark, one.note) for one in Attendance.objects.filter(session=row)}
    first, second, third = (one.pk for one in world.learners)
    assert marks == {first: ("absent", ""), second: ("late", "автобус"), third: ("present", "")}
    assert (row.state, row.on_day, row.topics, row.note) == (
        "held", world.day, world.session.topics[:1], "Хуб гузашт"
    )  # fmt: skip
    photo = FieldPhoto.objects.get(session=row)
    assert photo.caption == "Дастгоҳҳо"
    assert content_of(photo)


def _aesa(world: World, made: Mapping[str, str]) -> None:
    row = Observation.objects.get(pk=made["observation"])
    assert (row.plot_id, row.observed_on, row.watchers, row.stage, row.health) == (
        world.plot.pk, TODAY, "2", "flowering", "fair"
    )  # fmt: skip
    assert (row.height_cm, row.soil, row.water, row.told, row.decided) == (
        Decimal("41.5"), "moist", "2 соат", "Баргҳо зард", "biological"
    )  # fmt: skip
    assert row.seen == {"aphids": 34, "ladybirds": 5}
    assert FieldPhoto.objects.get(observation=row).caption == "Барг"


def _follow_up(world: World, _made: Mapping[str, str]) -> None:
    row = FollowUp.objects.get(pk=world.task.pk)
    assert (row.state, row.done_on, row.note) == ("done", TODAY, "дар бозор мефурӯшад")
    assert row.practices == world.practices
    given = dict(world._what_the_course_asks())
    assert row.working is (True if "now/working" in given else None)
    assert row.own_business is None
    assert row.income_after == (Decimal("1150.50") if "now/income_after" in given else None)


def _feedback(world: World, _made: Mapping[str, str]) -> None:
    row = ReferralFeedback.objects.get(referral=world.referral)
    assert (row.asked_on, row.received, row.helped, row.helped_on) == (TODAY, "completed", "yes", TODAY)
    assert (row.troubles, row.more_needed, row.words) == (["treated_badly", "waited"], False, "Ташаккур")
    assert Referral.objects.get(pk=world.referral.pk).state == "completed"


def _informed(world: World, made: Mapping[str, str]) -> None:
    row = ReachEntry.objects.get(pk=made["reach_entry"])
    assert (row.channel, row.topic, row.event_on, row.jamoat_id, row.village) == (
        "theatre", "safe_migration", TODAY, DAHANA, "Сарчашма"
    )  # fmt: skip
    assert (row.title, row.venue, row.way, row.partner, row.campaign_id) == (
        "Роҳи дур", "Майдон", "headcount", "Кумитаи занон", world.campaign.pk
    )  # fmt: skip
    assert (row.n_contacts, row.n_women, row.n_men, row.n_girls, row.n_boys) == (331, 250, 60, 12, 9)
    assert (row.state, row.district_id) == ("confirmed", KULOB)
    assert not ReachFile.objects.get(entry=row).has_names


COMPARED = {
    "family_registration": _registration,
    "home_visit": _visit,
    "remittances": _remittances,
    "vulnerability_profile": _profile,
    "phq4": _phq4,
    "attendance": _attendance,
    "aesa": _aesa,
    "follow_up": _follow_up,
    "referral_feedback": _feedback,
    "information_session": _informed,
}
