"""One day's forms: what each form that comes with Paivand is told, whatever client fills it in.

Every client by other hands fills in these jobs, and what stands afterwards is judged by the same comparisons
(``standing.py``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.instruments.rules.catalogue import instrument
from paivand.learning.actions import seasons
from paivand.learning.actions.inside import about
from paivand.learning.models import FollowUp, Session
from paivand.learning.rules.courses import course
from paivand.learning.rules.fields import PlotDraft, SeasonDraft, Way
from paivand.learning.rules.states import SessionState
from paivand.referrals.rules.referrals import Way as Road
from paivand.registry.actions.migration import record_absence, record_departure
from paivand.registry.models import FamilyMember
from paivand.registry.rules.drafts import AbsenceDraft, MigrationDraft
from paivand.registry.rules.migration import AbsenceStatus
from tests.cases.case_cast import a_case
from tests.cases.files import photograph
from tests.cast import fresh
from tests.collect.test_takers import REGISTRATION
from tests.learning.schooling import running
from tests.outreach.reaching import DAHANA, planned
from tests.referrals.handshake import sent as referred
from tests.referrals.handshake import service

TODAY = timezone.localdate()
PHOTO_NAME, PHOTO = "photo.jpg", photograph()


@dataclass(frozen=True)
class Photo:
    """The answer to a question that asks for a photograph."""

    name: str = PHOTO_NAME


@dataclass
class Job:
    """A form to be filled in by a worker: answers in the order in which they are given."""

    code: str
    by: Any
    answers: list[tuple[str, Any]]
    """Path and text, list of choices or photograph; "+" adds a repetition. A path may be answered twice."""
    language: str = "tg"
    unoffered: list[str] = field(default_factory=list)
    """Paths whose answer the form must not offer, or that it must not ask, once for each such answer."""

    def told(self) -> dict[str, Any]:
        """What the form holds in the end: the last answer of each path that was taken."""
        refused = Counter(self.unoffered)
        given = Counter(path for path, _value in self.answers)
        return {
            path: value for path, value in self.answers if value != "+" and given[path] > refused[path]
        }  # fmt: skip

    def unasked(self) -> dict[str, Any]:
        """Answers to questions that the form must not ask at all."""
        told = self.told()
        return {path: value for path, value in self.answers if value != "+" and path not in told}


class World:
    """What the forms are about: a family with a case, a course, a field school, a referral, somebody to ask after."""

    def __init__(self, family: Any, zarina: Any, tahmina: Any, nasiba: Any, manija: Any) -> None:
        self.family, self.worker, self.trainer = family, zarina, tahmina
        self.case = a_case(zarina, family, on=TODAY - timedelta(days=20))
        self.group, self.learners = running(tahmina, zarina, n=4, starts_on=TODAY - timedelta(days=14))
        school, pupils = running(
            tahmina, zarina, n=1, families=5, course="ffs_drip_vegetables", starts_on=TODAY - timedelta(days=20),
            anyway=True,
        )  # fmt: skip
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
            away = next(row for row in rows if row.person_id == self.others[0])
            record_departure(member=away, draft=MigrationDraft("RU", date(2025, 5, 1)), by=zarina)
            silent = AbsenceDraft(AbsenceStatus.SILENT_LT6M, TODAY - timedelta(days=90), away.person_id)
            record_absence(family=family, draft=silent, by=zarina)

    @property
    def day(self) -> date:
        """When the session was held."""
        found: date = min(self.session.on_day, TODAY)
        return found

    @property
    def practices(self) -> list[str]:
        """Two of what the field school taught."""
        return [one.code for one in _declared().practices][:2]

    def jobs(self) -> list[Job]:
        """A job for every form that comes with Paivand."""
        return [
            *self._families(), *self._questionnaires(), *self._courses(),
            Job("referral_feedback", self.worker, [
                ("referral", str(self.referral.pk)), ("asked_on", TODAY.isoformat()), ("may_ask", "yes"),
                ("told/received", "completed"), ("told/helped_on", TODAY.isoformat()), ("told/helped", "yes"),
                ("told/problems", ["waited", "treated_badly"]), ("told/more_needed", "no"),
                ("told/words", "Ташаккур"),
            ]),
            Job("information_session", self.worker, [
                ("channel", "theatre"), ("topic", "safe_migration"), ("event_on", _back(1)), ("where/jamoat", DAHANA),
                ("where/village", "Сарчашма"), ("where/venue", "Майдон"), ("where/title", "Роҳи дур"),
                ("way", "sign_in"), ("way", "headcount"), ("counts/n_women", "250"), ("counts/n_men", "60"),
                ("counts/n_girls", "12"), ("counts/n_boys", "9"), ("counts/n_adults", "4"), ("counts/n_children", "3"),
                ("counts/n_contacts", "338"), ("counts/n_repeat", "20"), ("sure", "yes"),
                ("partner", "Кумитаи занон"), ("campaign", str(self.campaign.pk)), ("photo", Photo()),
                ("has_names", "no"), ("reference", "Дафтар 3"), ("note", "Борон борид"),
            ], language="fa", unoffered=["way"]),
        ]  # fmt: skip

    def _families(self) -> list[Job]:
        registration: dict[str, Any] = {
            **REGISTRATION, "consent/purposes": REGISTRATION["consent/purposes"].split(),
            "members[2]/father_name": "Каримович", "members[2]/known_as": "Алик",
        }  # fmt: skip
        return [
            Job("family_registration", self.worker, list(registration.items())),
            Job("home_visit", self.worker, [
                ("family", str(self.family.pk)), ("visit/happened_on", _back(1)), ("visit/way", "school"),
                ("visit/people", [str(self.family.head_id)]), ("visit/others_met", "ҳамсоя"),
                ("visit/outcome", "partly"), ("told/seen", "Хона гарм аст.\nКӯдакон дар мактаб."),
                ("told/agreed", "Ҳуҷҷат меорад."), ("next/next_on", _back(-7)), ("next/next_way", "phone"),
                ("next/next_purpose", "санҷидан"), ("changed/changes", ["village", "housing", "land", "people"]),
                ("changed/village", "Навобод"), ("changed/housing", "rented"), ("changed/land", "own_name"),
                ("somebody[1]/person", str(self.others[1])), ("somebody[1]/differs", ["lives", "absence"]),
                ("somebody[1]/lives", "home"), ("somebody[1]/lives", "abroad"), ("somebody[1]/country", "KZ"),
                ("somebody[1]/left_month", "2026-03-01"), ("somebody[1]/absence", "in_regular_contact_and_remitting"),
                ("somebody", "+"), ("somebody[2]/person", str(self.others[0])),
                ("somebody[2]/differs", ["lives", "absence"]), ("somebody[2]/lives", "home"),
                ("somebody[2]/returned_on", _back(3)), ("somebody[2]/return_kind", "lost_work"),
                ("somebody[2]/absence", "returned_well"),
            ], unoffered=["somebody[1]/lives"]),
            Job("remittances", self.worker, [
                ("family", str(self.family.pk)), ("sender", str(self.others[0])), ("months[1]/month", "2026-09-01"),
                ("months[1]/amount", "12500.50"), ("months[1]/currency", "USD"), ("months[1]/channel", "mobile"),
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
        first, second, third, _fourth = (str(row.pk) for row in self.learners)
        return [
            Job("attendance", self.trainer, [
                ("group", str(self.group.pk)), ("session", str(self.session.pk)), ("on_day", self.day.isoformat()),
                ("marks/absent", [first]), ("marks/excused", [third]), ("marks/late", [first]),
                ("marks/late", [second]), ("has_remarks", "yes"), ("remarks[1]/learner", second),
                ("remarks[1]/note", "автобус"), ("remarks", "+"), ("remarks[2]/learner", third),
                ("remarks[2]/note", "бемор"), ("taught/topics", self.session.topics[:1]),
                ("taught/note_session", "Хуб гузашт"), ("photo", Photo()), ("caption", "Дастгоҳҳо"),
            ], unoffered=["marks/late"]),
            Job("aesa", self.trainer, [
                ("group", str(self.group.pk)), ("group", str(self.plot.group_id)), ("plot", str(self.plot.pk)),
                ("observed_on", _back(1)), ("watchers", "2"), ("plants/stage", "flowering"),
                ("plants/health", "fair"), ("plants/height_cm", "41.5"), ("field/soil", "moist"),
                ("field/water", "2 соат"), ("field/weather", "гарм"), ("seen", ["aphids", "ladybirds"]),
                ("counts/aphids", "34"), ("counts/ladybirds", "5"), ("counts/mites", "5"), ("told", "Баргҳо зард"),
                ("decided_by_group/decided", "biological"), ("decided_by_group/decision", "Занбӯри фоиданок"),
                ("photo", Photo()), ("caption", "Барг"),
            ], unoffered=["group", "counts/mites"]),
            Job("follow_up", self.worker, [
                ("months", "3"), ("follow_up", str(self.task.pk)), ("months", "6"), ("follow_up", str(self.task.pk)),
                ("reached", "yes"), ("on", TODAY.isoformat()), ("now/practices", self.practices),
                ("note", "дар бозор мефурӯшад"), *_what_the_course_asks(),
            ], unoffered=["follow_up"]),
        ]  # fmt: skip


def _back(days: int) -> str:
    """A day before today, as a form writes it."""
    return (TODAY - timedelta(days=days)).isoformat()


def _declared() -> Any:
    found = course("ffs_drip_vegetables")
    assert found is not None
    return found


def _what_the_course_asks() -> list[tuple[str, str]]:
    given = {
        "working": [("now/working", "yes")], "own_business": [("now/own_business", "not_asked")],
        "income": [("now/income_before", "400"), ("now/income_after", "1150.5")], "practices": [],
    }  # fmt: skip
    return [pair for one in _declared().follow_up.asked for pair in given[one]]


def numbers(said: Mapping[str, Any], *paths: str) -> tuple[Decimal | None, ...]:
    """Numbers as they were typed; None where nothing was."""
    return tuple(Decimal(said[path]) if path in said else None for path in paths)
