"""Closing a case, and opening it again."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import approvals, closure, dues, plans
from paivand.cases.actions import cases as actions
from paivand.cases.actions.cases import Concerned
from paivand.cases.actions.inside import locked_case
from paivand.cases.models import Approval, Case, Closure, Due, Plan, PlanAction, PlanGoal
from paivand.cases.queries.closure import open_things
from paivand.cases.rules.cases import CaseRole, ClosingReason, Outcome, Risk
from paivand.cases.rules.closure import Checked, checklist_on, checklists
from paivand.cases.rules.plans import GoalState
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.registry.actions.consents import record_consent, withdraw_consent
from paivand.registry.models import Consent
from paivand.registry.queries.consents import consequences_of_withdrawal
from paivand.registry.rules import ConsentPurpose
from tests.cases.case_cast import (
    a_case,
    a_plan,
    an_assessment,
    asked,
    assessed,
    closed_case,
    fresh_case,
    people_of,
    planned_case,
    refused,
)
from tests.cast import agreed

ACTIONS = Path(actions.__file__).parent


# --- the checklist --------------------------------------------------------------------------------------------------


def test_every_closing_reason_has_its_ground_and_every_line_four_languages():
    for checklist in checklists().values():
        assert set(checklist.grounds) == set(ClosingReason)
        for line in (*checklist.grounds.values(), *checklist.checks):
            assert set(line.titles) == {"tg", "ru", "en", "fa"}


def test_only_who_cannot_be_spoken_with_is_not_spoken_with():
    safety = next(c for c in checklist_on(timezone.localdate()).checks if c.code == "safety_talked")
    assert Checked.DOES_NOT_APPLY in safety.answers("no_contact")
    assert Checked.DOES_NOT_APPLY not in safety.answers("goals_met")


# --- asking ---------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def test_a_closure_names_everything_that_is_open_and_wants_an_answer(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    with acting_as(zarina):
        kinds = sorted(str(thing.kind) for thing, _row in open_things(zarina, case))
        assert kinds == ["due", "due", "step", "step"]
    with refused("open"):
        asked(zarina, case, answers={})
    request = asked(zarina, case)
    assert len(request.answers) == 4
    assert fresh_case(zarina, case).state == "closure_review"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"story": " "}, "story"),
        ({"checklist": {}}, "checklist"),
        ({"reason": ClosingReason.GOALS_MET}, "goals"),
        ({"reason": ClosingReason.NO_CONTACT}, "contact"),
    ],
)
def test_what_is_not_true_is_no_reason_to_close(zarina, nasiba, family, change, code):
    case = planned_case(zarina, nasiba, family)
    with refused(code):
        asked(zarina, case, **change)


def test_goals_that_are_met_and_a_month_of_silence_are_reasons(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    with acting_as(zarina):
        goal = PlanGoal.objects.select_related("need__plan", "case").get()
        approvals.judge_goal(goal=goal, version=goal.version, state=GoalState.MET, on=timezone.localdate(), by=zarina)
    request = asked(zarina, case, reason=ClosingReason.GOALS_MET)
    with acting_as(zarina):
        closure.take_back_closure(closure=request, by=zarina)
    later = timezone.now() + timedelta(days=31)
    check = {c.code: "does_not_apply" if c.may_not_apply else "yes" for c in checklist_on(timezone.localdate()).checks}
    asked(zarina, case, reason=ClosingReason.NO_CONTACT, now=later, checklist=check)


def test_sending_the_request_twice_asks_once(zarina, nasiba, family):
    from tests.cases.case_cast import closure_draft

    case = planned_case(zarina, nasiba, family)
    key, draft = new_id(), closure_draft(zarina, case)
    with acting_as(zarina):
        closure.ask_closure(case=case, closure_id=key, version=case.version, draft=draft, by=zarina)
        with refused("twice"):
            closure.ask_closure(case=case, closure_id=key, version=case.version, draft=draft, by=zarina)


# --- deciding -------------------------------------------------------------------------------------------------------


def test_a_closed_case_keeps_its_outcome(zarina, nasiba, family):
    case = closed_case(zarina, nasiba, family)
    assert (case.state, case.outcome, case.closing_reason, case.closed_on) == (
        "closed", "partly", "asked", timezone.localdate(),
    )  # fmt: skip
    with acting_as(zarina):
        told = Closure.objects.get(case=case)
        assert (told.state, told.story) == ("approved", "Ҳоло дар хона медӯзад.")
        assert set(PlanAction.objects.values_list("state", flat=True)) == {"done"}
        actions.reopen_case(case=case, version=case.version, reason="she came back", by=zarina)
    case = fresh_case(zarina, case)
    assert (case.state, case.outcome, case.closing_reason, case.closed_on) == ("reopened", "partly", "", None)
    with acting_as(zarina):
        told.refresh_from_db()
        assert (told.state, told.outcome, told.story) == ("approved", "partly", "Ҳоло дар хона медӯзад.")


def test_nothing_is_written_into_a_closed_case(zarina, nasiba, family):
    case = closed_case(zarina, nasiba, family)
    made = an_assessment(zarina, family)
    with acting_as(zarina):
        plan = Plan.objects.select_related("case").get()
        step = PlanAction.objects.select_related("case", "goal__need__plan").first()
        goal = PlanGoal.objects.select_related("case", "need__plan").get()
        due = Due.objects.select_related("case").first()
        grandmother = people_of(family)["Хадиҷа"]
        told = {"case": case, "version": case.version, "by": zarina}
        today = timezone.localdate()
        for attempt in (
            lambda: actions.edit_case(reason="x", **told),
            lambda: actions.change_risk(risk=Risk.HIGH, reason="x", **told),
            lambda: actions.note_assessed(assessment=made, **told),
            lambda: actions.begin_work(**told),
            lambda: actions.take_up_case(**told),
            lambda: actions.add_person(
                case=case, place_id=new_id(), one=Concerned(grandmother, CaseRole.OTHER), by=zarina
            ),
            lambda: plans.start_plan(case=case, plan_id=new_id(), by=zarina),
            lambda: approvals.note_step(
                step=step, version=step.version, state="done", on=today, note="", by=zarina
            ),
            lambda: approvals.judge_goal(goal=goal, version=goal.version, state=GoalState.MET, on=today, by=zarina),
            lambda: approvals.submit_plan(plan=plan, version=plan.version, by=zarina),
            lambda: dues.review_plan(note="x", **told),
            lambda: dues.answer_due(due=due, version=due.version, note="x", by=zarina),
            lambda: locked_case(case),
        ):  # fmt: skip
            with refused("closed"):
                attempt()


OUTSIDE_A_CASE = {
    "view_case": "writes nothing but that somebody looked",
    "open_case": "there is no case yet",
    "reopen_case": "the one act that a closed case allows",
}


@pytest.mark.parametrize("module", ["cases", "plans", "approvals", "closure", "dues"])
def test_every_action_in_a_case_asks_first_whether_it_is_open(module):
    tree = ast.parse((ACTIONS / f"{module}.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def asks(name: str, seen: frozenset[str] = frozenset()) -> bool:
        called = {
            node.func.id for node in ast.walk(functions[name])
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }  # fmt: skip
        return "locked_case" in called or any(
            asks(one, seen | {name}) for one in called & set(functions) - seen if one != name
        )

    decorated = [name for name, node in functions.items() if node.decorator_list and name not in OUTSIDE_A_CASE]
    assert decorated
    assert [name for name in decorated if not asks(name)] == []


def test_a_request_that_nobody_read_closes_nothing(zarina, nasiba, family):
    request = asked(zarina, planned_case(zarina, nasiba, family))
    with acting_as(nasiba), refused("stale"):
        closure.approve_closure(closure=request, version_hash="0" * 64, by=nasiba)


def test_what_changed_since_the_request_closes_nothing(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    request = asked(zarina, case)
    with acting_as(zarina), writing("test"):
        dues.set_due(locked_case(case), "consent_withdrawn", timezone.now(), by=zarina)
    with acting_as(nasiba):
        with refused("stale"):
            closure.approve_closure(closure=request, version_hash=request.version_hash, by=nasiba)
        with refused("stale"):
            closure.waive_closure(closure=request, version_hash=request.version_hash, reason="x", by=nasiba)
        closure.return_closure(closure=request, version_hash=request.version_hash, comment="Look again", by=nasiba)
    assert fresh_case(zarina, case).state == "planned"


def test_a_contact_during_the_review_does_not_make_the_request_stale(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    with acting_as(zarina), writing("test"):
        dues.note_contact(locked_case(case), timezone.localdate(), by=zarina)
    request = asked(zarina, case)
    later = timezone.now() + timedelta(days=2)
    with acting_as(zarina), writing("test"):
        dues.note_contact(locked_case(case), timezone.localdate(later), by=zarina, now=later)
    with acting_as(nasiba):
        closure.approve_closure(closure=request, version_hash=request.version_hash, by=nasiba, now=later)
    assert fresh_case(zarina, case).state == "closed"


def test_a_no_in_the_checklist_is_waived_with_a_reason_or_not_closed(zarina, nasiba, family):
    check = {c.code: "no" if c.code == "may_come_back" else "yes" for c in checklist_on(timezone.localdate()).checks}
    case = planned_case(zarina, nasiba, family)
    request = asked(zarina, case, checklist=check)
    with acting_as(nasiba):
        with refused("checklist"):
            closure.approve_closure(closure=request, version_hash=request.version_hash, by=nasiba)
        with refused("reason"):
            closure.waive_closure(closure=request, version_hash=request.version_hash, reason=" ", by=nasiba)
        closure.waive_closure(
            closure=request, version_hash=request.version_hash, reason="She left in a hurry", by=nasiba
        )
        assert Approval.objects.get(closure=request).comment == "She left in a hurry"
        event = AuditEvent.objects.filter(event="case.approve").latest("id")
        assert (event.reason, event.detail["edge"]) == ("She left in a hurry", "closure_review>closed")
    case = fresh_case(zarina, case)
    assert (case.state, case.outcome) == ("closed", Outcome.PARTLY)


def test_nobody_closes_what_they_asked_to_close(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    request = asked(nasiba, case)
    with acting_as(nasiba):
        for decide in (
            lambda: closure.approve_closure(closure=request, version_hash=request.version_hash, by=nasiba),
            lambda: closure.waive_closure(closure=request, version_hash=request.version_hash, reason="x", by=nasiba),
            lambda: closure.return_closure(closure=request, version_hash=request.version_hash, comment="x", by=nasiba),
        ):
            with refused("self"):
                decide()


def test_closing_is_for_supervisors_of_the_place(zarina, nasiba, farrukh, gulnoz, family):
    request = asked(zarina, planned_case(zarina, nasiba, family))
    for by, error in ((zarina, WithoutRightError), (gulnoz, WithoutRightError), (farrukh, OutsideScopeError)):
        with acting_as(by), pytest.raises(error):
            closure.approve_closure(closure=request, version_hash=request.version_hash, by=by)


def test_a_request_is_returned_or_taken_back_and_the_case_goes_on_where_it_stood(zarina, nasiba, family):
    case = assessed(zarina, a_case(zarina, family))
    request = asked(zarina, case)
    with acting_as(nasiba):
        with refused("comment"):
            closure.return_closure(closure=request, version_hash=request.version_hash, comment="", by=nasiba)
        closure.return_closure(closure=request, version_hash=request.version_hash, comment="Visit once more", by=nasiba)
    assert fresh_case(zarina, case).state == "assessed"
    with acting_as(zarina), refused("decided"):
        closure.take_back_closure(closure=request, by=zarina)
    again = asked(zarina, case)
    with acting_as(zarina):
        closure.take_back_closure(closure=again, by=zarina)
    assert fresh_case(zarina, case).state == "assessed"
    with acting_as(zarina):
        assert list(Closure.objects.order_by("n").values_list("n", "state")) == [(1, "returned"), (2, "taken_back")]


def test_while_a_closure_is_reviewed_the_plan_rests(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    asked(zarina, case)
    with acting_as(zarina), refused("edge"):
        plans.start_plan(case=case, plan_id=new_id(), by=zarina)


# --- opening again --------------------------------------------------------------------------------------------------


def test_reopening_is_an_act_with_a_reason(zarina, nasiba, family):
    case = closed_case(zarina, nasiba, family)
    with acting_as(zarina):
        with refused("reason"):
            actions.reopen_case(case=case, version=case.version, reason=" ", by=zarina)
        with refused("stale"):
            actions.reopen_case(case=case, version=1, reason="x", by=zarina)
        again = actions.reopen_case(case=case, version=case.version, reason="The house was sold", by=zarina)
        assert again.casetransitions.get(act="reopen").reason == "The house was sold"
        assert not Plan.objects.filter(state="approved").exists()
        with refused("edge"):
            actions.reopen_case(case=again, version=again.version, reason="x", by=zarina)
        # A new plan rests on a new assessment.
        assert again.assessment_id is None
        plan = plans.start_plan(case=again, plan_id=new_id(), by=zarina)
        with refused("assess"):
            approvals.submit_plan(plan=plan, version=plan.version, by=zarina)


def test_without_consent_nothing_is_reopened(zarina, nasiba, family):
    case = closed_case(zarina, nasiba, family)
    with acting_as(zarina):
        record_consent(person=family.head, draft=agreed(purposes=(ConsentPurpose.SERVICES,)), by=zarina)
        consent = Consent.objects.get(person=family.head, purpose="services")
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="wants it so", by=zarina)
        with refused("consent"):
            actions.reopen_case(case=case, version=case.version, reason="x", by=zarina)


# --- the database ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [{"state": "approved"}, {"version_hash": "short"}, {"decided_at": timezone.now()}]
)  # fmt: skip
def test_the_database_refuses_a_half_decided_closure(zarina, nasiba, family, wrong):
    request = asked(zarina, planned_case(zarina, nasiba, family))
    with pytest.raises(IntegrityError), acting_as(zarina), writing("test"), transaction.atomic():
        Closure.objects.filter(pk=request.pk).update(**wrong)


# --- a withdrawn consent --------------------------------------------------------------------------------------------


def a_withdrawal(by, person, purpose=ConsentPurpose.SERVICES) -> Consent:
    with acting_as(by):
        if purpose is not ConsentPurpose.REGISTRATION:
            record_consent(person=person, draft=agreed(purposes=(purpose,)), by=by)
        return Consent.objects.get(person=person, purpose=purpose)


@pytest.mark.parametrize("purpose", [ConsentPurpose.SERVICES, ConsentPurpose.REGISTRATION])
def test_a_withdrawn_consent_tells_every_open_case_and_closes_none(zarina, nasiba, family, purpose):
    done = closed_case(zarina, nasiba, family)
    one, other = a_case(zarina, family), a_case(zarina, family, kind="legal_aid")
    consent = a_withdrawal(zarina, family.head, purpose)
    with acting_as(zarina):
        told = {str(row.consequence): row.n for row in consequences_of_withdrawal(zarina, consent)}
        assert told["cases_told"] == 2
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="her husband's brother", by=zarina)
        rows = Due.objects.filter(kind="consent_withdrawn").order_by("case__number")
        assert [row.case_id for row in rows] == [one.pk, other.pk]
        assert {timezone.localdate(row.due_at) for row in rows} == {timezone.localdate()}
        assert Case.objects.get(pk=done.pk).state == "closed"
        assert Case.objects.get(pk=one.pk).next_due_kind == "consent_withdrawn"
        events = AuditEvent.objects.filter(event="case.work", detail__act="consent_withdrawn")
        assert {event.subject_label for event in events} == {one.code, other.code}
        # The reason is told in the case, never in its audit.
        assert {row.note for row in rows} == {"her husband's brother"}
        assert not any("brother" in str(event.detail) + event.reason for event in events)


def test_a_case_out_of_sight_is_told_too(zarina, gulnoz, farrukh, family):
    """The case was handed over to another district; whoever writes the withdrawal down cannot see it."""
    case = a_case(zarina, family)
    consent = a_withdrawal(zarina, family.head)
    with acting_as(gulnoz), writing("test"):  # she reaches both districts
        for rows in (Case.objects.filter(pk=case.pk), case.casepersons.all(), case.dues.all()):
            rows.update(district_id="TJ-KT-20", owner=farrukh)
    with acting_as(zarina):
        assert not Case.objects.exists()
        told = {str(row.consequence): row.n for row in consequences_of_withdrawal(zarina, consent)}
        assert told["cases_told"] == 1
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="moved", by=zarina)
        assert not Due.objects.filter(kind="consent_withdrawn", written_by=farrukh).exists()
    with acting_as(farrukh):
        assert Due.objects.get(kind="consent_withdrawn").case_id == case.pk


def test_the_worker_answers_what_the_withdrawal_made_due(zarina, family):
    case = a_case(zarina, family)
    consent = a_withdrawal(zarina, family.head)
    with acting_as(zarina):
        withdraw_consent(consent=consent, on=timezone.localdate(), reason="wants it so", by=zarina)
        due = Due.objects.select_related("case").get(kind="consent_withdrawn")
        with refused("note"):
            dues.answer_due(due=due, version=due.version, note="", by=zarina)
        dues.answer_due(due=due, version=due.version, note="She wishes to stop.", by=zarina)
        with refused("stale"):
            dues.answer_due(due=due, version=due.version, note="again", by=zarina)
        plan_due = Due.objects.select_related("case").get(kind="plan", cancelled_at=None)
        with refused("kind"):
            dues.answer_due(due=plan_due, version=plan_due.version, note="done", by=zarina)
    assert fresh_case(zarina, case).next_due_kind == "first_contact"


def test_a_plan_that_is_open_does_not_hinder_a_closure_without_one(zarina, family, nasiba):
    case = assessed(zarina, a_case(zarina, family))
    a_plan(zarina, case)
    request = asked(zarina, case, reason=ClosingReason.NOT_NEEDED)
    with acting_as(nasiba):
        closure.approve_closure(closure=request, version_hash=request.version_hash, by=nasiba)
    assert fresh_case(zarina, case).state == "closed"


OPEN_TO_CLOSED = {
    "cases_casetransition": "a constraint lets only the reopening leave the state closed",
    "cases_supervisedcase": "a supervisor and a worker may speak about a case that is closed",
    "cases_reviewedfile": "closed files are reviewed too",
    "cases_correction": "what is put right after a review may concern a closed file",
}


def test_the_database_lets_nothing_new_into_a_closed_case(zarina, nasiba, family):
    case = closed_case(zarina, nasiba, family)
    with pytest.raises(IntegrityError, match="closed"), acting_as(zarina), writing("test"), transaction.atomic():
        Due.objects.create(
            case=case, kind="plan", due_at=timezone.now(), written_by=zarina, district_id=case.district_id
        )  # fmt: skip


def test_every_table_inside_a_case_is_shut_when_it_closes():
    from django.db import connection

    from paivand.cases.models.handover import tables_inside

    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'case_is_open'"
        )
        shut = {name for (name,) in cursor.fetchall()}
    assert shut | set(OPEN_TO_CLOSED) == set(tables_inside()), (
        "A new table inside a case gets the trigger case_is_open in its migration, or a reason in OPEN_TO_CLOSED."
    )
