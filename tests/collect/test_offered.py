"""Answers of people to whom a survey is not offered: nothing is lost, and nothing counts before somebody says so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models import Agency, AuditEvent
from paivand.access.models.identity import acting_as
from paivand.collect.actions import inbox as actions
from paivand.collect.actions import surveys
from paivand.collect.actions.taking import take_waiting
from paivand.collect.models import FormVersion, Submission, SubmissionStep, SurveyAnswer
from paivand.collect.queries.forms import forms_for
from paivand.collect.rules.offered import Filler, Given, Offer, Unoffered, begun_on, reasons, told, unoffered
from paivand.collect.rules.submissions import FormState, SubmissionState
from paivand.collect.rules.taking import Act
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from tests.cast import DUSTI, KULOB, fresh
from tests.collect.arriving import again
from tests.collect.field import Phone, device_of, kept
from tests.collect.surveys import answered, in_use, workbook

S = SubmissionState
U = Unoffered
DAY = timedelta(days=1)
OURS, THEIRS = uuid.uuid4(), uuid.uuid4()
WHY = "Вай дар он рӯз дар Кӯлоб буд"

# --- the rule --------------------------------------------------------------------------------------------------------

FIRST, LAST = date(2026, 11, 10), date(2026, 11, 20)
OFFER = Offer(OURS, frozenset({KULOB}), FIRST, LAST)
WORKER = Filler(OURS, frozenset({KULOB, DUSTI}))
IN_TIME = Given(date(2026, 11, 15))


@pytest.mark.parametrize(
    ("who", "given", "found"),
    [
        (WORKER, IN_TIME, ()),
        (replace(WORKER, agency=THEIRS), IN_TIME, (U.AGENCY,)),
        (replace(WORKER, agency=None), IN_TIME, (U.AGENCY,)),
        (replace(WORKER, districts=frozenset({DUSTI})), IN_TIME, (U.DISTRICT,)),
        (Filler(THEIRS, frozenset({DUSTI})), IN_TIME, (U.AGENCY, U.DISTRICT)),
        (Filler(OURS, everywhere=True), IN_TIME, ()),
        (WORKER, replace(IN_TIME, version_in_use=False), (U.VERSION,)),
        (WORKER, Given(FIRST), ()),
        (WORKER, Given(LAST), ()),
        (WORKER, Given(FIRST - DAY), (U.EARLY,)),
        (WORKER, Given(FIRST - DAY, begun_on=FIRST), (U.EARLY,)),
        (WORKER, Given(LAST + DAY), (U.OVER,)),
        (WORKER, Given(LAST + DAY, begun_on=LAST), ()),
        (WORKER, Given(LAST + DAY, begun_on=LAST + DAY), (U.OVER,)),
        (WORKER, Given(LAST + DAY, begun_on=FIRST - DAY), (U.OVER,)),
        (WORKER, Given(LAST + DAY, begun_on=LAST, published_on=LAST), ()),
        (WORKER, Given(LAST + DAY, begun_on=LAST - DAY, published_on=LAST), (U.OVER,)),
    ],
)
def test_an_answer_counts_by_itself_when_it_was_offered_to_the_sender_on_that_day(
    who: Filler, given: Given, found: tuple[Unoffered, ...]
):
    assert unoffered(OFFER, who, given) == found
    assert unoffered(Offer(), who, replace(given, version_in_use=True)) == (), "a survey for everybody, at any time"
    assert tuple(reasons(told(found))) == found


def test_the_earliest_day_that_a_form_tells_of_itself_is_when_it_was_begun():
    assert begun_on([("end", "2026-11-20T10:00:00+05:00"), ("today", "2026-11-19"), ("text", "2020-01-01")]) == date(
        2026, 11, 19
    )
    assert begun_on([("start", ""), ("today", "soon")]) is None


# --- the way of an answer --------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def without_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """ODK Validate takes a second for each form."""
    monkeypatch.setattr("paivand.collect.rules.xforms.java_present", lambda: False)


@pytest.fixture
def version(manija: Any) -> FormVersion:
    return in_use(manija)


def offer(
    by: Any, version: FormVersion, districts: Sequence[str] = (), opens: date | None = None, closes: date | None = None
) -> None:
    """Say anew where and when the survey is open."""
    with acting_as(by):
        survey = version.form
        survey.refresh_from_db()
        surveys.edit_survey(
            survey=survey, version=survey.version, titles=survey.titles, districts=districts, opens_on=opens,
            closes_on=closes, by=fresh(by),
        )  # fmt: skip


def counted(by: Any, version: FormVersion) -> list[SurveyAnswer]:
    with acting_as(by):
        return list(SurveyAnswer.objects.filter(form=version.form))


def decide(by: Any, sent: Submission, reason: str = WHY) -> Submission:
    worker = fresh(by)
    with acting_as(worker):
        return actions.decide_submission(sent=sent, version=sent.version, answer="counts", reason=reason, by=worker)


@pytest.fixture
def outside(zarina: Any, manija: Any, version: FormVersion) -> Submission:
    """An answer of Zarina, who works in Kulob, to a survey of Dusti."""
    offer(manija, version, [DUSTI])
    return again(answered(zarina, version, comes="held"), zarina)


def test_an_answer_from_another_district_waits_with_its_reason_and_does_not_count(
    zarina: Any, manija: Any, dpo: Any, version: FormVersion, outside: Submission
):
    assert (outside.state, outside.problem) == (S.HELD, "unoffered")
    assert reasons((outside.problem_words or {})["found"]) == [U.DISTRICT]
    assert counted(manija, version) == []
    with acting_as(dpo):
        event = AuditEvent.objects.filter(event="form.fill", subject_id=outside.pk).get()
    assert event.detail == {"stage": "held", "why": "unoffered", "form": "roofs"}


def test_an_answer_from_another_agency_waits(manija: Any, zarina: Any, everyone: Any):
    version = in_use(everyone["manager"])
    survey = version.form
    with acting_as(everyone["manager"]):
        survey.refresh_from_db()
        other = Agency.objects.exclude(pk=zarina.agency_id).values_list("pk", flat=True)[0]
        surveys.edit_survey(
            survey=survey, version=survey.version, titles=survey.titles, districts=[], opens_on=None, closes_on=None,
            agency=str(other), by=fresh(everyone["manager"]),
        )  # fmt: skip
    sent = again(answered(zarina, version, comes="held"), zarina)
    assert reasons((sent.problem_words or {})["found"]) == [U.AGENCY]


def test_nothing_is_turned_away_at_the_door(zarina: Any, manija: Any, version: FormVersion):
    offer(manija, version, [DUSTI])
    _device, token = device_of(zarina)
    xml = (
        f'<data id="roofs" version="{version.name}"><roof>tin</roof>'
        "<meta><instanceID>uuid:made-up</instanceID></meta></data>"
    ).encode()
    assert Phone(token).send(xml).status_code == 201
    assert take_waiting(zarina.pk) == {S.HELD: 1}
    assert Phone(token).send(xml).status_code in {201, 202}, "and as often as it comes"
    [sent] = kept(zarina, "uuid:made-up")
    assert (bytes(sent.content.xml), sent.state) == (xml, S.HELD)


def test_whoever_mends_there_lets_it_count_and_her_name_and_reason_stay(
    zarina: Any, nasiba: Any, manija: Any, dpo: Any, version: FormVersion, outside: Submission
):
    decide(nasiba, outside)
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    [row] = counted(manija, version)
    assert (row.owner_id, row.values["roof"]) == (zarina.pk, "tin")
    with acting_as(nasiba):
        step = SubmissionStep.objects.get(submission=outside, act=Act.DECIDE)
    assert (step.by_id, step.reason) == (nasiba.pk, WHY)
    with acting_as(dpo):
        event = AuditEvent.objects.get(event="form.fill", subject_id=outside.pk, actor_id=nasiba.pk)
    assert (event.reason, event.detail) == (WHY, {"stage": "decide", "answer": "counts"})


def test_nobody_lets_her_own_answer_count_nor_one_beyond_her_reach_nor_without_a_reason(
    zarina: Any, farrukh: Any, nasiba: Any, manija: Any, anvar: Any, version: FormVersion, outside: Submission
):
    for who in (zarina, manija):
        with pytest.raises(WithoutRightError):
            decide(who, outside)
    for who in (farrukh, anvar):
        with pytest.raises((OutsideScopeError, WithoutRightError)):
            decide(who, outside)
    with pytest.raises(Refused) as refused:
        decide(nasiba, outside, "  ")
    assert (refused.value.code, refused.value.field) == ("reason", "reason")
    with pytest.raises(Refused) as refused, acting_as(nasiba):
        actions.decide_submission(sent=outside, version=outside.version, answer="new", reason=WHY, by=fresh(nasiba))
    assert refused.value.code == "answer"
    # A supervisor who fills in herself does not decide about it either.
    hers = again(answered(nasiba, version, comes="held"), nasiba)
    with pytest.raises(WithoutRightError):
        decide(nasiba, hers)
    assert take_waiting(zarina.pk) == {}
    assert counted(manija, version) == []


def test_running_it_again_changes_nothing_until_the_survey_is_offered_to_her(
    zarina: Any, nasiba: Any, manija: Any, version: FormVersion, outside: Submission, sign_in: Any
):
    def run() -> Any:
        worker = fresh(zarina)
        with acting_as(worker):
            actions.run_again(sent=outside, version=again(outside, zarina).version, by=worker)
        return take_waiting(zarina.pk)

    assert run() == {S.HELD: 1}
    offer(manija, version, [DUSTI, KULOB])
    browser = sign_in(nasiba)
    assert "Run all of them again" in browser.get(reverse("collect:field-inbox")).content.decode()
    answer = browser.post(reverse("collect:field-again"), {"form": "roofs"}, follow=True)
    assert "1 form is taken in anew" in answer.content.decode()
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    assert len(counted(manija, version)) == 1


def test_a_decision_stands_for_the_reasons_that_were_looked_at(
    zarina: Any, nasiba: Any, manija: Any, version: FormVersion, outside: Submission
):
    decide(nasiba, outside)
    offer(manija, version, [DUSTI], opens=timezone.localdate() + DAY)
    assert take_waiting(zarina.pk) == {S.HELD: 1}
    assert reasons((again(outside, zarina).problem_words or {})["found"]) == [U.DISTRICT, U.EARLY]


def test_what_is_set_aside_never_counts(zarina: Any, manija: Any, version: FormVersion, outside: Submission):
    worker = fresh(zarina)
    with acting_as(worker):
        actions.set_aside(sent=outside, version=outside.version, reason="Sent by mistake", by=worker)
    assert take_waiting(zarina.pk) == {}
    assert counted(manija, version) == []


def test_an_edit_from_outside_leaves_the_answer_as_it_stands(zarina: Any, manija: Any, version: FormVersion):
    first = answered(zarina, version)
    offer(manija, version, [DUSTI])
    answered(zarina, version, {"rooms": "9"}, edits=first, comes="held")
    [row] = counted(manija, version)
    assert (row.values["rooms"], row.n_edits) == ("3", 0)


def later(days: int) -> datetime:
    return timezone.now() + days * DAY


def test_what_was_begun_in_time_counts_though_it_arrives_after_the_last_day(
    zarina: Any, manija: Any, version: FormVersion
):
    today = timezone.localdate()
    offer(manija, version, closes=today)
    answered(zarina, version, {"today": today.isoformat()}, at=later(9))
    assert len(counted(manija, version)) == 1
    sent = answered(zarina, version, {"today": (today + DAY).isoformat()}, at=later(9), comes="held")
    assert reasons((again(sent, zarina).problem_words or {})["found"]) == [U.OVER]
    # A day before the version was there, and no day at all, show nothing.
    answered(zarina, version, {"today": (today - DAY).isoformat()}, at=later(9), comes="held")
    answered(zarina, version, {"today": ""}, at=later(9), comes="held")
    assert len(counted(manija, version)) == 1


def test_mending_makes_an_answer_no_older(zarina: Any, manija: Any, version: FormVersion):
    today = timezone.localdate()
    offer(manija, version, closes=today)
    sent = again(answered(zarina, version, {"today": ""}, at=later(9), comes="held"), zarina)
    worker = fresh(zarina)
    with acting_as(worker):
        actions.mend_submission(sent=sent, version=sent.version, values={"today": today.isoformat()}, by=worker)
    assert take_waiting(zarina.pk) == {S.HELD: 1}
    assert counted(manija, version) == []


def test_what_arrives_before_the_first_day_waits_and_counts_when_that_was_a_mistake(
    zarina: Any, nasiba: Any, manija: Any, version: FormVersion
):
    offer(manija, version, opens=timezone.localdate() + 3 * DAY)
    sent = again(answered(zarina, version, {"today": "2091-01-01"}, comes="held"), zarina)
    assert reasons((sent.problem_words or {})["found"]) == [U.EARLY]
    decide(nasiba, sent)
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}


def test_a_version_that_was_never_put_to_use_is_given_to_nobody_and_its_answers_wait(
    zarina: Any, manija: Any, version: FormVersion
):
    with acting_as(manija):
        unused = surveys.upload_version(
            survey=version.form, file_name="roofs.xlsx", files={}, by=fresh(manija),
            content=workbook(settings=[["form_title", "form_id", "version"], ["Roofs", "roofs", "2"]]),
        )  # fmt: skip
    _device, token = device_of(zarina)
    assert Phone(token).get(f"/forms/roofs/{unused.name}.xml").status_code == 404
    sent = answered(zarina, unused, comes="held")
    assert reasons((again(sent, zarina).problem_words or {})["found"]) == [U.VERSION]
    with acting_as(manija):
        surveys.use_version(survey=version.form, form_version=unused, confirmed=True, by=fresh(manija))
    assert Phone(token).get(f"/forms/roofs/{unused.name}.xml").status_code == 200
    assert Phone(token).get(f"/forms/roofs/{version.name}.xml").status_code == 200, "phones keep old ones"
    answered(zarina, version)
    assert len(counted(manija, version)) == 1


@pytest.mark.parametrize("state", [FormState.CLOSING, FormState.CLOSED])
def test_what_had_arrived_before_a_survey_was_closed_counts(
    zarina: Any, manija: Any, version: FormVersion, state: FormState
):
    with acting_as(manija):
        survey = version.form
        survey.refresh_from_db()
        surveys.move_survey(survey=survey, version=survey.version, state=state, by=fresh(manija))
    with acting_as(zarina):
        assert "roofs" not in {one.form.code for one in forms_for(fresh(zarina))}
    answered(zarina, version)
    assert len(counted(manija, version)) == 1


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_page_of_the_survey_says_how_many_wait(
    nasiba: Any, everyone: Any, manija: Any, version: FormVersion, outside: Submission, sign_in: Any
):
    address = reverse("collect:survey-open", kwargs={"survey_id": version.form_id})
    browser = sign_in(manija)
    page = browser.get(address).content.decode()
    assert "1 more came from outside the survey" in page
    way = reverse("collect:field-inbox") + "?state=held&form=roofs"
    assert way.replace("&", "&amp;") in page
    assert reverse("collect:submission-open", kwargs={"submission_id": outside.pk}) in browser.get(way).content.decode()
    decide(nasiba, outside)
    assert "came from outside the survey" not in browser.get(address).content.decode()


def test_the_page_tells_what_speaks_against_it_and_who_decides(
    zarina: Any, nasiba: Any, manija: Any, version: FormVersion, outside: Submission, sign_in: Any
):
    address = reverse("collect:submission-open", kwargs={"submission_id": outside.pk})
    says = "not offered in any district in which the sender works"
    own = sign_in(zarina).get(address).content.decode()
    assert says in own
    assert "your supervisor does" in own
    assert "Let it count" not in own
    assert "Mend the answers" not in own, "no other answer helps"
    reads = sign_in(manija).get(address).content.decode()
    assert "Whoever mends forms in this district decides" in reads
    assert "Let it count" not in reads
    browser = sign_in(nasiba)
    assert "Let it count" in browser.get(address).content.decode()
    acted = reverse("collect:submission-decide", kwargs={"submission_id": outside.pk})
    assert (
        sign_in(zarina).post(acted, {"answer": "counts", "reason": WHY, "version": outside.version}).status_code == 403
    )
    stale = browser.post(acted, {"answer": "counts", "reason": WHY, "version": outside.version - 1})
    assert stale.status_code == 422
    assert WHY in stale.content.decode(), "what was typed is not lost"
    assert browser.post(acted, {"answer": "counts", "version": outside.version}).status_code == 422
    done = browser.post(acted, {"answer": "counts", "reason": WHY, "version": outside.version})
    assert done.status_code == 302
    assert take_waiting(zarina.pk) == {S.TAKEN: 1}
    after = browser.get(address).content.decode()
    assert WHY in after
    assert nasiba.full_name in after
