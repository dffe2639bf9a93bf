"""Incidents, needs, safety plan, actions, contacts, consents and feedback."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import Scope
from paivand.core.models import new_id
from paivand.core.models.sealed import pseudonym
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.protection.actions.consents import record_consent, withdraw_consent
from paivand.protection.actions.feedback import give_feedback
from paivand.protection.actions.help import (
    assess_needs,
    end_action,
    plan_action,
    record_follow_up,
    write_safety_plan,
)
from paivand.protection.actions.incidents import edit_incident
from paivand.protection.models import (
    Feedback,
    FollowUp,
    Incident,
    NeedsAssessment,
    PlannedAction,
    SafetyPlan,
    Survivor,
    SurvivorConsent,
)
from paivand.protection.queries.figures import feedback
from paivand.protection.queries.survivors import file_of, survivors
from paivand.protection.rules.consents import Kind
from paivand.protection.rules.drafts import ActionDraft, ConsentDraft, FollowUpDraft, IncidentDraft
from paivand.protection.rules.feedback import QUESTIONS, quarter_before, quarter_of
from paivand.protection.rules.sectors import Sector
from paivand.protection.rules.states import ActionState, Contact, Domain, Goal, NeedLevel, Progress
from paivand.protection.rules.violence import HarmfulPractice, Violence
from paivand.registry.models import JourneyStep
from tests.cast import KULOB
from tests.protection.stage import ACCOUNT, GIVEN, TODAY, YESTERDAY, agreed, happened, opened

pytestmark = pytest.mark.django_db
AHEAD = TODAY + timedelta(days=2)
"""Still to come where midnight passes before the tests of this file run."""
GOALS = dict.fromkeys(Goal, Progress.IN_PROGRESS)


def follow(survivor, by, **changes):
    values = {"happened_on": TODAY, "contact": Contact.OFFICE, "goals": GOALS, "note": "оромтар", **changes}
    with acting_as(by):
        return record_follow_up(survivor=survivor, follow_up_id=new_id(), draft=FollowUpDraft(**values), by=by)


def withdraw(consent, by, **changes):
    with acting_as(by):
        return withdraw_consent(consent=consent, by=by, **{"version": consent.version, "on": TODAY, **changes})


def services_consent(survivor, by):
    with acting_as(by):
        return SurvivorConsent.objects.get(survivor=survivor, kind=Kind.SERVICES)


# --- incidents --------------------------------------------------------------------------------------------------------


def test_an_incident_is_numbered_within_its_file_and_its_words_are_sealed(incident, survivor, gulnoz):
    again = happened(survivor, gulnoz, violence=Violence.DENIAL)
    with acting_as(gulnoz):
        rows = list(Incident.objects.order_by("ordinal"))
        assert [row.ordinal for row in rows] == [1, 2]
        assert rows[0].account == ACCOUNT
        assert rows[0].age_group == "26-40"
        assert again.violence == "denial"


@pytest.mark.parametrize(("changes", "field"), [
    ({"reported_on": AHEAD}, "reported_on"),
    ({"incident_on": TODAY, "reported_on": YESTERDAY}, "incident_on"),
    ({"declined": frozenset({"account"})}, "account"),
    ({"violence": Violence.PSYCHOLOGICAL, "harmful_practice": HarmfulPractice.EARLY_MARRIAGE}, "harmful_practice"),
    ({"services": {"health": "yes"}}, None),
    ({"services": {"magic": "provided"}}, None),
])  # fmt: skip
def test_an_incident_that_cannot_be_is_refused(changes, field, survivor, gulnoz):
    with pytest.raises(Refused) as refused:
        happened(survivor, gulnoz, **changes)
    assert refused.value.field == field


def test_the_database_knows_what_fits_together(incident, gulnoz):
    for changes in (
        {"harmful_practice": "early_marriage", "violence": "denial"},
        {"declined": ["incident_on"]},
        {"incident_on": AHEAD},
        {"incident_on": None, "day_is_estimate": True},
    ):
        with acting_as(gulnoz), writing("test"), pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(**changes)


def test_everything_about_it_may_be_declined(survivor, gulnoz):
    declined = frozenset({"incident_on", "account", "perpetrator_tie", "abduction"})
    incident = happened(survivor, gulnoz, incident_on=None, account="", declined=declined)
    with acting_as(gulnoz):
        assert Incident.objects.get(pk=incident.pk).declined == sorted(declined)


def test_mending_an_incident_notices_who_was_faster(incident, gulnoz):
    told = IncidentDraft(TODAY, Violence.RAPE, account="дигар")
    with acting_as(gulnoz):
        mended = edit_incident(incident=incident, version=1, draft=told, by=gulnoz)
        assert (mended.violence, mended.account, mended.version) == ("rape", "дигар", 2)
        with pytest.raises(Refused) as refused:
            edit_incident(incident=incident, version=1, draft=told, by=gulnoz)
    assert refused.value.code == "stale"


def test_the_day_of_the_incident_gives_the_age(health, gulnoz):
    survivor = opened(gulnoz, birth_year=TODAY.year - 26, age_group=None)
    old = happened(survivor, gulnoz, incident_on=TODAY.replace(year=TODAY.year - 10, day=1), reported_on=TODAY)
    assert old.age_group == "12-17"


def test_health_help_that_cannot_wait_stands_in_the_list_until_it_is_settled(survivor, gulnoz):
    incident = happened(survivor, gulnoz, violence=Violence.RAPE, incident_on=TODAY)
    with acting_as(gulnoz):
        assert [window.key for window in survivors(gulnoz).rows[0].windows] == [
            "prevention_of_hiv", "emergency_contraception",
        ]  # fmt: skip
        assert len(file_of(gulnoz, survivor).windows) == 2
        told = IncidentDraft(TODAY, Violence.RAPE, incident_on=TODAY, services={"health": "provided"})
        edit_incident(incident=incident, version=1, draft=told, by=gulnoz)
        assert survivors(gulnoz).rows[0].windows == []


@pytest.mark.parametrize("who", ["zarina", "nasiba", "manija", "admin", "dpo"])
def test_nobody_else_writes_into_a_file(who, survivor, everyone):
    with pytest.raises((WithoutRightError, OutsideScopeError)):
        happened(survivor, everyone[who])


# --- needs, plan, actions, contacts -----------------------------------------------------------------------------------


def test_needs_are_asked_part_by_part_and_urgent_ones_show(survivor, gulnoz):
    with acting_as(gulnoz):
        assess_needs(
            survivor=survivor, assessment_id=new_id(), assessed_on=TODAY, needs={Domain.SAFETY: NeedLevel.URGENT},
            notes={Domain.SAFETY: "имшаб ҷои хоб нест", Domain.HEALTH: " "}, by=gulnoz,
        )  # fmt: skip
        row = NeedsAssessment.objects.get()
        assert (row.needs, row.notes) == ({"safety": "urgent"}, {"safety": "имшаб ҷои хоб нест"})
        assert survivors(gulnoz).rows[0].urgent == ["safety"]
        with pytest.raises(Refused):
            assess_needs(survivor=survivor, assessment_id=new_id(), assessed_on=TODAY, needs={}, notes={}, by=gulnoz)
        with connection.cursor() as cursor:
            cursor.execute("select notes from protection_needsassessment")
            assert "имшаб" not in cursor.fetchone()[0]


def test_a_safety_plan_is_one_and_is_gone_through_again(survivor, gulnoz):
    def write(version, **content):
        return write_safety_plan(survivor=survivor, version=version, content=content, reviewed_on=TODAY, by=gulnoz)

    with acting_as(gulnoz):
        plan = write(0, people="хоҳарам", nonsense="x")
        assert plan.content == {"people": "хоҳарам"}
        assert write(1, people="хоҳарам ва ҳамсоя").version == 2
        with pytest.raises(Refused) as refused:
            write(1, people="x")
        assert refused.value.code == "stale"
        with pytest.raises(Refused) as refused:
            write(2, people=" ")
        assert refused.value.code == "empty"
        assert SafetyPlan.objects.count() == 1


def test_an_action_is_planned_with_a_consent_of_its_sector_and_ends_once(survivor, gulnoz):
    consent = agreed(survivor, gulnoz)
    told = ActionDraft(Sector.HEALTH, "дард", "ба духтур мебарем", due_on=AHEAD)
    with acting_as(gulnoz):
        planned = plan_action(survivor=survivor, action_id=new_id(), draft=told, consent=consent, by=gulnoz)
        other = ActionDraft(Sector.LEGAL, "ҳуқуқ", "адвокат")
        with pytest.raises(Refused) as refused:
            plan_action(survivor=survivor, action_id=new_id(), draft=other, consent=consent, by=gulnoz)
        assert refused.value.code == "consent"
        with pytest.raises(Refused) as refused:
            plan_action(survivor=survivor, action_id=new_id(), draft=ActionDraft(Sector.LEGAL, "", "x"), consent=None,
                        by=gulnoz)  # fmt: skip
        assert refused.value.code == "words"

        def end(version):
            return end_action(
                planned=planned, version=version, state=ActionState.DONE, outcome="рафт", done_on=TODAY, by=gulnoz
            )

        assert end(1).done_on == TODAY
        with pytest.raises(Refused) as refused:
            end(2)
        assert refused.value.code == "state"
        with connection.cursor() as cursor:
            cursor.execute("select need || action || outcome from protection_plannedaction")
            assert "дард" not in cursor.fetchone()[0]
        assert PlannedAction.objects.count() == 1


def test_a_contact_says_of_each_goal_how_far_it_is_and_counts_as_one_help_more(survivor, gulnoz):
    follow(survivor, gulnoz, next_on=AHEAD)
    with acting_as(gulnoz):
        row = FollowUp.objects.get()
        assert (row.safety, row.other, row.note) == ("in_progress", "in_progress", "оромтар")
        fresh = Survivor.objects.get(pk=survivor.pk)
        assert (fresh.last_contact_on, fresh.next_on) == (TODAY, AHEAD)
        steps = JourneyStep.objects.filter(pseudonym=pseudonym(survivor.pk))
        assert steps.count() == 2  # the first talk, and this contact
        assert {step.happened_on for step in steps} == {TODAY.replace(day=1)}


@pytest.mark.parametrize(("changes", "code"), [
    ({"goals": {Goal.SAFETY: Progress.MET}}, "goals"), ({"happened_on": AHEAD}, "date"),
    ({"happened_on": YESTERDAY}, "date"), ({"next_on": TODAY}, "date"),
])  # fmt: skip
def test_a_contact_that_cannot_be_is_refused(changes, code, survivor, gulnoz):
    with pytest.raises(Refused) as refused:
        follow(survivor, gulnoz, **changes)
    assert refused.value.code == code


def test_what_is_due_stands_in_its_list(survivor, gulnoz):
    follow(survivor, gulnoz, next_on=AHEAD)
    with acting_as(gulnoz):
        assert survivors(gulnoz, due=True).rows == []
        with writing("test"):
            Survivor.objects.filter(pk=survivor.pk).update(next_on=YESTERDAY)
        rows = survivors(gulnoz, due=True).rows
        assert [row.survivor.is_late for row in rows] == [True]


@pytest.mark.parametrize("table", ["protection_followup", "protection_needsassessment", "protection_feedback",
                                   "protection_survivortransition"])  # fmt: skip
def test_histories_are_never_rewritten(table, survivor, gulnoz):
    with acting_as(gulnoz), connection.cursor() as cursor:
        cursor.execute(
            "select has_table_privilege(current_user, %s, 'update') or has_table_privilege(current_user, %s, 'delete')",
            [table, table],
        )
        assert cursor.fetchone() == (False,)


# --- consents ---------------------------------------------------------------------------------------------------------


def test_a_referral_is_agreed_to_by_sector_and_name(survivor, gulnoz):
    consent = agreed(survivor, gulnoz)
    assert (consent.sector, consent.organisation, consent.may_tell) == ("health", "Маркази Умед", "рамз")
    with pytest.raises(Refused) as refused:
        agreed(survivor, gulnoz)
    assert refused.value.code == "already"
    with pytest.raises(Refused) as refused:
        agreed(survivor, gulnoz, organisation=" ")
    assert refused.value.code == "organisation"
    with acting_as(gulnoz), writing("test"), pytest.raises(IntegrityError), transaction.atomic():
        SurvivorConsent.objects.filter(pk=consent.pk).update(organisation="")


def test_consent_to_reporting_is_asked_apart_and_withdrawn_apart(survivor, gulnoz):
    with acting_as(gulnoz):
        reporting = SurvivorConsent.objects.get(survivor=survivor, kind=Kind.REPORTING)
    withdraw(reporting, gulnoz)
    with acting_as(gulnoz):
        file = file_of(gulnoz, survivor)
    assert not file.agreed_to_reporting
    assert file.agreed_to_help


@pytest.mark.parametrize(("changes", "code"), [({"on": AHEAD}, "date"), ({"version": 5}, "stale")])
def test_a_withdrawal_is_refused(changes, code, survivor, gulnoz):
    with pytest.raises(Refused) as refused:
        withdraw(services_consent(survivor, gulnoz), gulnoz, **changes)
    assert refused.value.code == code


def test_without_consent_to_be_helped_nothing_more_is_written(survivor, gulnoz):
    consent = agreed(survivor, gulnoz)
    withdraw(services_consent(survivor, gulnoz), gulnoz)
    with acting_as(gulnoz):
        assert SurvivorConsent.objects.get(pk=consent.pk).withdrawn_on == TODAY  # referrals end with it
    for write in (lambda: happened(survivor, gulnoz), lambda: follow(survivor, gulnoz)):
        with pytest.raises(Refused) as refused:
            write()
        assert refused.value.code == "consent"
    with acting_as(gulnoz):
        told = ConsentDraft(Kind.SERVICES, GIVEN)
        record_consent(survivor=survivor, consent_id=new_id(), draft=told, agency=None, by=gulnoz)
    assert happened(survivor, gulnoz).ordinal == 1


def test_a_consent_that_would_have_ended_is_none(survivor, gulnoz):
    with pytest.raises(Refused) as refused:
        agreed(survivor, gulnoz, valid_until=YESTERDAY)
    assert refused.value.code == "until"


# --- feedback ---------------------------------------------------------------------------------------------------------


def answer(by, key=None, **answers):
    with acting_as(by):
        give_feedback(scope=Scope(KULOB), feedback_id=key or uuid.uuid4(), answers=answers or {"safer": "yes"}, by=by)


def test_feedback_holds_nothing_that_leads_back(survivor, gulnoz):
    answer(gulnoz, safer="yes", nonsense="x", again="maybe")
    with acting_as(gulnoz):
        row = Feedback.objects.get()
        event = AuditEvent.objects.filter(detail__act="feedback.give").get()
    assert row.answers == {"safer": "yes"}
    assert (row.owner_id, row.agency_id, row.team_id) == (None, None, None)
    assert row.pk.version == 4  # a key of version 7 tells the minute
    assert row.created_at == row.changed_at
    assert (timezone.localdate(row.created_at), row.quarter) == (quarter_of(TODAY), quarter_of(TODAY))
    assert event.subject_id is None
    assert not any(field.name == "survivor" for field in Feedback._meta.concrete_fields)


def test_a_key_that_tells_the_time_is_no_key_of_feedback(gulnoz):
    with pytest.raises(ValueError, match="uuid4"):
        answer(gulnoz, new_id())


def test_a_double_tap_answers_once_and_an_empty_answer_is_none(gulnoz):
    key = uuid.uuid4()
    answer(gulnoz, key)
    answer(gulnoz, key)
    with acting_as(gulnoz):
        assert Feedback.objects.count() == 1
    with pytest.raises(Refused) as refused:
        answer(gulnoz, safer="not_said")
    assert refused.value.code == "empty"


def test_sums_show_once_five_of_a_whole_quarter_have_answered(gulnoz, monkeypatch):
    last = quarter_before(quarter_of(TODAY))
    monkeypatch.setattr("paivand.protection.actions.feedback.quarter_of", lambda _day: last)
    for _each in range(4):
        answer(gulnoz)
    with acting_as(gulnoz):
        assert feedback(gulnoz)[0] == (last, None)
    answer(gulnoz, safer="no")
    with acting_as(gulnoz):
        quarter, found = feedback(gulnoz)[0]
    assert quarter == last
    assert len(found) == len(QUESTIONS)
    assert next(one.counts for one in found if one.key == "safer")["yes"] == 4


@pytest.mark.parametrize("who", ["zarina", "nasiba", "manija", "admin", "dpo"])
def test_nobody_else_reads_or_writes_feedback(who, gulnoz, everyone):
    answer(gulnoz)
    with pytest.raises(WithoutRightError):
        answer(everyone[who])
    with acting_as(everyone[who]):
        assert not Feedback.objects.exists()
