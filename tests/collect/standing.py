"""What stands in the tables after a form was filled in, sent and taken in, compared with what it was told.

Every client by other hands is judged here: whatever a form was told has to be looked at, so an answer that nothing
keeps is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from paivand.access.models.identity import acting_as
from paivand.cases.models import Visit
from paivand.cases.rules.records import visit_service
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import Device, Submission
from paivand.collect.rules.filled import read_filled
from paivand.core.models.files import content_of
from paivand.instruments.models import Assessment, RedFlag, Score
from paivand.instruments.rules.catalogue import instrument
from paivand.learning.models import Attendance, FieldPhoto, FollowUp, Observation, Session
from paivand.outreach.models import ReachEntry, ReachFile
from paivand.referrals.models import Referral, ReferralFeedback
from paivand.registry.models import (
    Absence,
    Consent,
    Family,
    FamilyMember,
    JourneyStep,
    MigrationEpisode,
    Phone,
    Remittance,
)
from tests.cast import KULOB
from tests.collect.field import Phone as Client
from tests.collect.field import device_of
from tests.collect.jobs import PHOTO, TODAY, Job, Photo, World, numbers

Sent = Mapping[str, bytes]
"""The XML that a client made of each form, by its code."""


class Said(Mapping[str, Any]):
    """What a form was told; remembers what was asked for."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told, self._seen = told, set[str]()

    def __getitem__(self, path: str) -> Any:
        self._seen.add(path)
        return self._told[path]

    def __iter__(self) -> Any:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)

    def day(self, path: str) -> date:
        """A day that was told."""
        return date.fromisoformat(self[path])

    def of(self, *paths: str) -> tuple[Any, ...]:
        """Several answers."""
        return tuple(self[path] for path in paths)

    def unread(self) -> set[str]:
        """What nobody compared."""
        return set(self._told) - self._seen


def send_and_compare(world: World, jobs: Iterable[Job], sent: Sent) -> None:
    """Send each form through the door with its worker's device, let the worker take it in, and compare the rows."""
    jobs = list(jobs)
    workers = {job.by.pk: job.by for job in jobs}
    devices = {key: device_of(by) for key, by in workers.items()}
    for job in jobs:
        told = job.told()
        photos = [(value.name, PHOTO) for value in told.values() if isinstance(value, Photo)]
        phone = Client(devices[job.by.pk][1])
        for code in (201, 202):  # a phone that heard no answer sends it again
            answer = phone.send(sent[job.code], photos)
            assert answer.status_code == code, (job.code, answer.content)
    for key in workers:
        take_waiting(key)
    rows = {}
    for job in jobs:
        with acting_as(job.by):
            filled = read_filled(sent[job.code])
            rows[job.code] = Submission.objects.get(form__code=job.code, instance_id=filled.instance_id)
    assert {code: (one.problem, one.problem_words) for code, one in rows.items() if one.state != "taken"} == {}
    for job in jobs:
        said, row = Said(job.told()), rows[job.code]
        assert (row.owner_id, row.device_id, row.is_complete) == (job.by.pk, devices[job.by.pk][0].pk, True), job.code
        with acting_as(job.by):
            COMPARED[job.code](world, {one["kind"]: one["id"] for one in row.taken_as}, said)
        assert said.unread() == set(), job.code
    for key, by in workers.items():
        with acting_as(by):
            assert Device.objects.get(pk=devices[key][0].pk).n_sent == sum(job.by.pk == key for job in jobs)


# --- families --------------------------------------------------------------------------------------------------------


def _registration(world: World, made: Mapping[str, str], said: Said) -> None:
    row = Family.objects.get(pk=made["family"])
    assert said["start_here/agreed"] == "OK"
    assert (row.jamoat_id, row.village, row.housing, row.land) == said.of(
        "place/jamoat", "place/village", "place/housing", "place/land"
    )
    assert (row.registered_on, row.n_members, row.origin, row.owner_id) == (
        said.day("place/registered_on"), int(said["n_others"]) + 1, "field", world.worker.pk,
    )  # fmt: skip
    members = {one.relation: one.person for one in FamilyMember.objects.filter(family=row).select_related("person")}
    assert set(members) == {"head", said["members[1]/relation"], said["members[2]/relation"]}
    head, husband, son = members["head"], members["spouse"], members["child"]
    for person, at in ((head, "head"), (husband, "members[1]"), (son, "members[2]")):
        for name in ("given_name", "family_name", "father_name", "known_as", "sex"):
            assert getattr(person, name) == said.get(f"{at}/{name}", ""), (at, name)
        assert person.birth_precision == said[f"{at}/birth_known"], at
    assert head.birth_on == date(int(said["head/birth_year"]), 1, 1)
    assert husband.birth_on.year == TODAY.year - int(said["members[1]/age"])
    assert son.birth_on == said.day("members[2]/birth_day")
    _phone(head, said)
    assert said.of("members[1]/abroad", "members[2]/abroad") == ("yes", "no")
    stay = MigrationEpisode.objects.get(person__in=[one.pk for one in members.values()])
    assert (stay.person_id, stay.country, stay.departed_precision, stay.departed_on) == (
        husband.pk, *said.of("members[1]/country", "members[1]/left_known"), said.day("members[1]/left_month"),
    )  # fmt: skip
    assert Absence.objects.get(person=husband).status == said["members[1]/absence"]
    _consents(head, said)


def _phone(head: Any, said: Said) -> None:
    phone = Phone.objects.get(person=head)
    assert phone.number == "+992" + said["contact/phone"].replace(" ", "")
    for name in ("belongs_to", "may_call", "hours", "who_may_answer", "say_what"):
        assert getattr(phone, name) == said[f"contact/{name}"], name


def _consents(head: Any, said: Said) -> None:
    consents = Consent.objects.filter(person=head)
    assert {one.purpose for one in consents} == {"registration", *said["consent/purposes"]}
    for one in consents:
        assert (one.given_by, one.method, one.language, one.extent) == said.of(
            "consent/given_by", "consent/method", "consent/language", "consent/extent"
        )
        assert (one.given_on, one.valid_until) == (said.day("consent/given_on"), said.day("consent/valid_until"))


def _people(said: Said, at: str, person: Any) -> None:
    """What the visit told of one person stands in her stays abroad, and in the tie to those at home."""
    assert said[f"{at}person"] == str(person)
    assert said[f"{at}differs"] == ["lives", "absence"]
    stay = MigrationEpisode.objects.get(person_id=person)
    if said[f"{at}lives"] == "abroad":
        assert (stay.country, stay.departed_on) == (said[f"{at}country"], said.day(f"{at}left_month"))
        assert stay.returned_on is None
    else:
        assert (stay.returned_on, stay.return_kind) == (said.day(f"{at}returned_on"), said[f"{at}return_kind"])
    tie = Absence.objects.get(person_id=person, is_current=True)
    assert (tie.status, tie.since_on) == (said[f"{at}absence"], said.day("visit/happened_on"))


def _visit(world: World, made: Mapping[str, str], said: Said) -> None:
    assert said["family"] == str(world.family.pk)
    row = Family.objects.get(pk=world.family.pk)
    assert (row.village, row.housing, row.land) == said.of("changed/village", "changed/housing", "changed/land")
    assert set(said["changed/changes"]) == {"village", "housing", "land", "people"}
    _people(said, "somebody[1]/", world.others[1])
    _people(said, "somebody[2]/", world.others[0])
    visit = Visit.objects.get(pk=made["visit"])
    assert (visit.case_id, visit.state, visit.happened_on) == (
        world.case.pk, "made", said.day("visit/happened_on")
    )  # fmt: skip
    assert (visit.way, visit.outcome, visit.others_met, visit.seen, visit.agreed) == said.of(
        "visit/way", "visit/outcome", "visit/others_met", "told/seen", "told/agreed"
    )
    assert [str(one.person_id) for one in visit.people.all() if one.was_met] == said["visit/people"]
    after = Visit.objects.get(after=visit)
    assert (after.state, after.planned_on) == ("planned", said.day("next/next_on"))
    assert (after.way, after.purpose) == said.of("next/next_way", "next/next_purpose")
    assert JourneyStep.objects.filter(
        person=row.head_id, happened_on=visit.happened_on, outcome=visit.outcome, service=visit_service(visit.way)
    ).exists()


def _remittances(world: World, _made: Mapping[str, str], said: Said) -> None:
    assert said["family"] == str(world.family.pk)
    first, second = Remittance.objects.filter(family=world.family).order_by("month")
    assert {str(first.sender_id), str(second.sender_id)} == {said["sender"]}
    assert (first.month, second.month) == (said.day("months[1]/month"), said.day("months[2]/month"))
    assert (first.amount, first.cost_amount, second.amount) == numbers(
        said, "months[1]/amount", "months[1]/cost", "months[2]/amount"
    )
    assert (first.currency, first.channel) == said.of("months[1]/currency", "months[1]/channel")
    assert (second.currency, second.channel, second.cost_amount) == ("RUB", "not_known", None)


# --- questionnaires --------------------------------------------------------------------------------------------------


def _answers(code: str, said: Said) -> dict[str, dict[str, str]]:
    """The answers of a questionnaire as its table keeps them."""
    found: dict[str, dict[str, str]] = {}
    for section in instrument(code).sections:
        for item in section.items:
            value = said[f"s_{section.code}/q_{item.code}"]
            found[item.code] = {"missing": value[1:]} if value.startswith("-") else {"value": value}
            rests = f"s_{section.code}/e_{item.code}"
            if rests in said:
                found[item.code]["evidence"] = said[rests]
    return found


def _profile(world: World, made: Mapping[str, str], said: Said) -> None:
    row = Assessment.objects.get(pk=made["assessment"])
    assert said.of("family", "may_ask") == (str(world.family.pk), "yes")
    assert (row.family_id, row.mode, row.answered_on) == (world.family.pk, said["circumstances/mode"], TODAY)
    assert row.answers == _answers("vulnerability", said)
    assert Score.objects.get(assessment=row, scale="severity").value == 5
    assert list(RedFlag.objects.filter(assessment=row).values_list("code", flat=True)) == ["homelessness"]


def _phq4(world: World, made: Mapping[str, str], said: Said) -> None:
    row = Assessment.objects.get(pk=made["assessment"])
    assert (str(row.family_id), str(row.person_id), row.stage) == said.of("family", "person", "circumstances/stage")
    assert (said["may_ask"], row.mode, row.answered_on) == ("yes", "alone", TODAY)
    assert row.family_id == world.family.pk
    assert row.answers == _answers("phq4", said)
    scores = dict(Score.objects.filter(assessment=row).values_list("scale", "value"))
    assert (scores["anxiety"], scores["total"]) == (4, None)


# --- courses ---------------------------------------------------------------------------------------------------------


def _attendance(world: World, _made: Mapping[str, str], said: Said) -> None:
    assert said.of("group", "session") == (str(world.group.pk), str(world.session.pk))
    row = Session.objects.get(pk=world.session.pk)
    notes = {said[f"remarks[{n}]/learner"]: said[f"remarks[{n}]/note"] for n in (1, 2)}
    assert said["has_remarks"] == "yes"
    expected = {str(one.pk): ("present", "") for one in world.learners}
    for mark in ("absent", "excused", "late"):
        expected |= {key: (mark, notes.get(key, "")) for key in said[f"marks/{mark}"]}
    assert {
        str(one.enrolment_id): (one.mark, one.note) for one in Attendance.objects.filter(session=row)
    } == expected  # fmt: skip
    assert sorted(mark for mark, _note in expected.values()) == ["absent", "excused", "late", "present"]
    assert (row.state, row.on_day, row.taken_by_id) == ("held", said.day("on_day"), world.trainer.pk)
    assert (row.topics, row.note) == said.of("taught/topics", "taught/note_session")
    _photo(FieldPhoto.objects.get(session=row), said)


def _photo(photo: Any, said: Said) -> None:
    assert isinstance(said["photo"], Photo)
    assert photo.caption == said["caption"]
    assert content_of(photo)


def _aesa(world: World, made: Mapping[str, str], said: Said) -> None:
    row = Observation.objects.get(pk=made["observation"])
    assert (str(row.group_id), str(row.plot_id)) == said.of("group", "plot")
    assert (row.plot_id, row.observed_on, row.recorded_by_id) == (
        world.plot.pk, said.day("observed_on"), world.trainer.pk
    )  # fmt: skip
    assert (row.watchers, row.stage, row.health, row.soil, row.water, row.weather) == said.of(
        "watchers", "plants/stage", "plants/health", "field/soil", "field/water", "field/weather"
    )
    assert (row.height_cm,) == numbers(said, "plants/height_cm")
    assert (row.told, row.decided, row.decision) == said.of(
        "told", "decided_by_group/decided", "decided_by_group/decision"
    )
    assert row.seen == {animal: int(said[f"counts/{animal}"]) for animal in said["seen"]}
    _photo(FieldPhoto.objects.get(observation=row), said)


def _follow_up(world: World, _made: Mapping[str, str], said: Said) -> None:
    row = FollowUp.objects.get(pk=said["follow_up"])
    assert (row.pk, said.of("reached", "months")) == (world.task.pk, ("yes", str(row.months)))
    assert (row.state, row.done_on, row.note) == ("done", said.day("on"), said["note"])
    assert row.practices == said["now/practices"]
    spoken = {"yes": True, "no": False}
    assert row.working is spoken.get(said.get("now/working", ""))
    assert row.own_business is spoken.get(said.get("now/own_business", ""))
    assert (row.income_before, row.income_after) == numbers(said, "now/income_before", "now/income_after")


# --- help and information --------------------------------------------------------------------------------------------


def _feedback(world: World, _made: Mapping[str, str], said: Said) -> None:
    row = ReferralFeedback.objects.get(referral=said["referral"])
    assert (row.referral_id, said["may_ask"], row.heard_by_id) == (world.referral.pk, "yes", world.worker.pk)
    assert (row.asked_on, row.helped_on) == (said.day("asked_on"), said.day("told/helped_on"))
    assert (row.received, row.helped, row.words) == said.of("told/received", "told/helped", "told/words")
    assert (row.troubles, row.more_needed) == (sorted(said["told/problems"]), said["told/more_needed"] == "yes")
    assert Referral.objects.get(pk=row.referral_id).state == "completed"


def _informed(world: World, made: Mapping[str, str], said: Said) -> None:
    row = ReachEntry.objects.get(pk=made["reach_entry"])
    assert (row.channel, row.topic, row.jamoat_id, row.village) == said.of(
        "channel", "topic", "where/jamoat", "where/village"
    )
    assert (row.title, row.venue, row.way, row.partner, str(row.campaign_id)) == said.of(
        "where/title", "where/venue", "way", "partner", "campaign"
    )
    assert (row.event_on, row.campaign_id) == (said.day("event_on"), world.campaign.pk)
    for name in ("n_contacts", "n_women", "n_men", "n_girls", "n_boys", "n_adults", "n_children", "n_repeat"):
        assert getattr(row, name) == int(said[f"counts/{name}"]), name
    assert (row.reference, row.note) == said.of("reference", "note")
    assert (said["sure"], row.doubts) == ("yes", []), "a theatre may draw so many"
    assert (row.state, row.district_id, row.recorded_by_id) == ("confirmed", KULOB, world.worker.pk)
    assert isinstance(said["photo"], Photo)
    assert ReachFile.objects.get(entry=row).has_names is (said["has_names"] == "yes")


COMPARED: dict[str, Callable[[World, Mapping[str, str], Said], None]] = {
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
