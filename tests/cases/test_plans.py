"""Plans: versions, their hash, and the approval of that hash."""

from __future__ import annotations

import copy
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import approvals, plans
from paivand.cases.models import Approval, Due, Plan, PlanAction, PlanGoal, PlanNeed
from paivand.cases.queries import plans as queries
from paivand.cases.rules.plans import (
    Area,
    Doer,
    GoalState,
    How,
    NeedDraft,
    Part,
    StepDraft,
    StepState,
    WordsDraft,
    canonical,
    content_hash,
    differences,
    missing,
)
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, WithoutRightError
from paivand.core.rules.writing import writing
from tests.cases.case_cast import (
    a_case,
    a_plan,
    a_protection_case,
    approved,
    assessed,
    fresh_case,
    planned_case,
    refused,
    submitted,
)
from tests.cast import fresh

EMPTY = {
    "own_words": "", "child_view": "", "needs": [],
    "best_interest": {"interest_options": "", "interest_child": "", "interest_decision": "", "interest_deciders": ""},
}  # fmt: skip

_texts = st.text(max_size=12)
_contents = st.recursive(
    _texts | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=12,
)


def a_content() -> dict:
    step = {"key": "s", "what": "sew", "doer": "worker", "user": "", "person": "", "name": "", "by": "2026-12-03",
            "service_type": "", "referral": ""}  # fmt: skip
    goal = {"key": "g", "statement": "earns", "by": "", "steps": [step]}
    need = {"key": "n", "person": "", "area": "income", "statement": "no income", "goals": [goal]}
    return copy.deepcopy({**EMPTY, "own_words": "Мехоҳам дар хона дӯзам.", "needs": [need]})


# --- the hash -------------------------------------------------------------------------------------------------------


@given(st.dictionaries(_texts, _contents, max_size=5))
def test_the_same_content_has_one_canonical_form_however_it_is_ordered(content):
    turned = dict(reversed(list(content.items())))
    assert canonical(content) == canonical(turned)
    assert canonical(json.loads(canonical(content))) == canonical(content)


def test_composed_and_decomposed_letters_are_the_same_text():
    assert content_hash({"a": "Каримӣ"}) == content_hash({"a": "Карими\u0304"})


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(own_words="I want to cook."),
        lambda c: c["best_interest"].update(interest_decision="stays with her aunt"),
        lambda c: c["needs"][0].update(area="home"),
        lambda c: c["needs"][0]["goals"][0].update(by="2027-01-01"),
        lambda c: c["needs"][0]["goals"][0]["steps"][0].update(doer="person"),
        lambda c: c["needs"][0]["goals"][0]["steps"][0].update(by="2026-12-04"),
        lambda c: c["needs"].append(c["needs"][0]),
        lambda c: c["needs"][0]["goals"][0]["steps"].clear(),
    ],
)
def test_any_change_changes_the_hash(change):
    one, other = a_content(), a_content()
    assert content_hash(one) == content_hash(other)
    change(other)
    assert content_hash(one) != content_hash(other)


def test_the_hash_can_be_computed_by_anybody_from_what_the_method_says():
    """docs/methods/plan-hash.md, done by hand: sorted keys, no spaces, UTF-8, SHA-256."""
    import hashlib

    by_hand = '{"a":["б",1],"c":{"d":null}}'
    assert content_hash({"c": {"d": None}, "a": ["б", 1]}) == hashlib.sha256(by_hand.encode()).hexdigest()


# --- what differs ---------------------------------------------------------------------------------------------------


def test_two_versions_are_compared_part_by_part():
    one, other = a_content(), a_content()
    other["needs"][0]["goals"][0]["steps"][0]["by"] = "2026-12-24"
    other["needs"].append({"key": "m", "person": "", "area": "home", "statement": "a roof", "goals": []})
    other["own_words"] = "I want to cook."
    found = differences(one, other)
    assert [(one.part, one.how, one.fields) for one in found] == [
        (Part.WORDS, How.CHANGED, ("own_words",)),
        (Part.STEP, How.CHANGED, ("by",)),
        (Part.NEED, How.ADDED, ()),
    ]
    back = differences(other, one)
    assert [(one.part, one.how) for one in back if one.part is Part.NEED] == [(Part.NEED, How.REMOVED)]


def test_nothing_differs_from_itself():
    assert differences(a_content(), a_content()) == []


def test_a_plan_says_what_it_lacks():
    assert {str(one) for one in missing(EMPTY, best_interest=True, child=True)} == {
        "needs", "own_words", "child_view", "interest",
    }  # fmt: skip
    bare = a_content()
    bare["needs"][0]["goals"][0]["steps"] = []
    assert [str(one) for one in missing(bare, best_interest=False, child=True)] == ["steps"]
    assert missing(a_content(), best_interest=False, child=False) == []


# --- writing it -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_plan_is_written_need_by_need(zarina, family):
    case = a_case(zarina, family)
    plan = a_plan(zarina, case)
    with acting_as(zarina):
        [need] = queries.needs_of(zarina, plan)
        [goal] = need.goals
        assert (plan.n, plan.state, need.row.statement) == (1, "draft", "Даромади худаш нест")
        assert [step.what for step in goal.steps] == [
            "Дар бораи курси дӯзандагӣ пурсидан",
            "Ҷой барои мошини дӯзандагӣ ёфтан",
        ]
        assert goal.steps[0].doer_user_id == zarina.pk
        assert goal.steps[1].doer_user_id is None


@pytest.mark.django_db
def test_sending_a_part_twice_adds_it_once(zarina, family):
    plan = a_plan(zarina, a_case(zarina, family))
    with acting_as(zarina):
        key = new_id()
        plans.add_need(plan=plan, need_id=key, draft=NeedDraft(Area.HOME, "a roof"), by=zarina)
        with refused("twice"):
            plans.add_need(plan=plan, need_id=key, draft=NeedDraft(Area.HOME, "a roof"), by=zarina)
        with refused("exists"):
            plans.start_plan(case=plan.case, plan_id=new_id(), by=zarina)


@pytest.mark.django_db
def test_what_cannot_be_in_a_plan_is_refused(zarina, family):
    case = a_case(zarina, family)
    plan = a_plan(zarina, case)
    with acting_as(zarina):
        goal = PlanGoal.objects.select_related("need__plan", "case").get()
        today = timezone.localdate()
        with refused("statement"):
            plans.add_need(plan=plan, need_id=new_id(), draft=NeedDraft(Area.HOME, " "), by=zarina)
        with refused("person"):
            plans.add_need(plan=plan, need_id=new_id(), draft=NeedDraft(Area.HOME, "x", new_id()), by=zarina)
        for draft, code in (
            (StepDraft("x", Doer.OTHER, today), "doer"),
            (StepDraft(" ", Doer.WORKER, today), "statement"),
            (StepDraft("x", Doer.WORKER, case.opened_on - timedelta(days=1)), "date"),
            (StepDraft("x", Doer.PROVIDER, today, referral_id=new_id()), "referral"),
            (StepDraft("x", Doer.PERSON, today, doer_person_id=new_id()), "person"),
        ):
            with refused(code):
                plans.add_step(goal=goal, step_id=new_id(), draft=draft, by=zarina)


@pytest.mark.django_db
def test_parts_are_changed_and_taken_away_while_it_is_written(zarina, family):
    plan = a_plan(zarina, a_case(zarina, family))
    with acting_as(zarina):
        need = PlanNeed.objects.select_related("plan__case", "case").get()
        plans.edit_need(need=need, version=need.version, draft=NeedDraft(Area.HOME, "A roof"), by=zarina)
        with refused("stale"):
            plans.edit_need(need=need, version=need.version, draft=NeedDraft(Area.HOME, "A floor"), by=zarina)
        step = PlanAction.objects.select_related("goal__need__plan__case", "case").first()
        plans.remove_step(step=step, by=zarina)
        with refused("gone"):
            plans.remove_step(step=step, by=zarina)
        plans.remove_need(need=need, by=zarina)
        assert not PlanAction.objects.exists()
        assert not PlanGoal.objects.exists()
        plan.refresh_from_db()
        with refused("stale"):
            plans.write_words(plan=plan, version=1, draft=WordsDraft("x"), by=zarina)


@pytest.mark.django_db
def test_a_plan_is_nobody_elses(zarina, farrukh, rustam, family):
    plan = a_plan(zarina, a_case(zarina, family))
    for by, error in ((farrukh, OutsideScopeError), (rustam, OutsideScopeError)):
        with acting_as(by):
            assert not Plan.objects.exists()
            with pytest.raises(error):
                plans.write_words(plan=plan, version=plan.version, draft=WordsDraft("x"), by=by)


# --- sending and deciding -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_version_that_was_approved_is_in_force(zarina, nasiba, family):
    case = assessed(zarina, a_case(zarina, family))
    plan = submitted(zarina, a_plan(zarina, case))
    approval = approved(nasiba, plan)
    case = fresh_case(zarina, case)
    with acting_as(nasiba):
        plan.refresh_from_db()
        assert (case.state, plan.state, approval.decision) == ("planned", "approved", "approved")
        assert approval.version_hash == plan.version_hash == queries.hash_now(nasiba, case, plan)
        assert set(PlanAction.objects.values_list("in_force", flat=True)) == {True}
        assert Due.objects.filter(case=case, kind="plan", done_by=zarina).exists()
        event = AuditEvent.objects.filter(event="case.approve").latest("id")
        assert event.detail["edge"] == "assessed>planned"
        assert event.detail["hash"] == plan.version_hash[:12]


@pytest.mark.django_db
def test_a_version_that_nobody_read_is_not_approved(zarina, nasiba, family):
    plan = submitted(zarina, a_plan(zarina, assessed(zarina, a_case(zarina, family))))
    with acting_as(nasiba):
        for wrong in ("", "0" * 64):
            with refused("stale"):
                approvals.approve_plan(plan=plan, version_hash=wrong, by=nasiba)


@pytest.mark.django_db
def test_a_version_that_changed_after_it_was_sent_is_not_approved(zarina, nasiba, family):
    """Even by a hand in the database: what stands must be what was read."""
    plan = submitted(zarina, a_plan(zarina, assessed(zarina, a_case(zarina, family))))
    with acting_as(zarina), writing("test"):
        PlanAction.objects.update(what="Something else")
    with acting_as(nasiba), refused("stale"):
        approvals.approve_plan(plan=plan, version_hash=plan.version_hash, by=nasiba)


@pytest.mark.django_db
def test_a_version_that_was_taken_back_and_sent_anew_is_another(zarina, nasiba, family):
    plan = submitted(zarina, a_plan(zarina, assessed(zarina, a_case(zarina, family))))
    read = plan.version_hash
    with acting_as(zarina):
        plan = approvals.take_back_plan(plan=plan, by=zarina)
        assert Due.objects.filter(case=plan.case, kind="plan", done_at=None, cancelled_at=None).exists()
        plan = plans.write_words(plan=plan, version=plan.version, draft=WordsDraft("I want to cook."), by=zarina)
        plan = approvals.submit_plan(plan=plan, version=plan.version, by=zarina)
    with acting_as(nasiba), refused("stale"):
        approvals.approve_plan(plan=plan, version_hash=read, by=nasiba)


@pytest.mark.django_db
def test_nobody_approves_their_own_plan(nasiba, family, zarina):
    plan = submitted(nasiba, a_plan(nasiba, assessed(nasiba, a_case(nasiba, family))))
    with acting_as(nasiba), refused("self"):
        approvals.approve_plan(plan=plan, version_hash=plan.version_hash, by=nasiba)
    # Nor by letting a colleague press the button: whoever is responsible for the case is no judge of it.
    with acting_as(nasiba):
        plan = approvals.take_back_plan(plan=plan, by=nasiba)
    plan = submitted(zarina, plan)
    with acting_as(nasiba), refused("self"):
        approvals.approve_plan(plan=plan, version_hash=plan.version_hash, by=nasiba)


@pytest.mark.django_db
def test_the_database_knows_that_nobody_approves_what_they_asked_for(zarina, family):
    plan = submitted(zarina, a_plan(zarina, assessed(zarina, a_case(zarina, family))))
    with pytest.raises(IntegrityError), acting_as(zarina), writing("test"), transaction.atomic():
        Approval.objects.create(
            case=plan.case, subject="plan", plan=plan, version_hash=plan.version_hash, decision="approved",
            asked_by=zarina, written_by=zarina, decided_at=timezone.now(), district_id=plan.district_id,
        )  # fmt: skip


@pytest.mark.django_db
def test_approving_is_for_supervisors(zarina, gulnoz, family):
    plan = submitted(zarina, a_plan(zarina, assessed(zarina, a_case(zarina, family))))
    with acting_as(gulnoz), pytest.raises(WithoutRightError):
        approvals.approve_plan(plan=plan, version_hash=plan.version_hash, by=gulnoz)


@pytest.mark.django_db
def test_a_plan_comes_back_with_a_comment_and_goes_again(zarina, nasiba, family):
    plan = submitted(zarina, a_plan(zarina, assessed(zarina, a_case(zarina, family))))
    with acting_as(nasiba):
        with refused("comment"):
            approvals.return_plan(plan=plan, version_hash=plan.version_hash, comment=" ", by=nasiba)
        approvals.return_plan(plan=plan, version_hash=plan.version_hash, comment="Who pays?", by=nasiba)
    plan = submitted(zarina, plan)
    approved(nasiba, plan)
    with acting_as(zarina):
        assert [row.decision for row in queries.approvals_of(zarina, plan.case)] == ["approved", "returned"]


@pytest.mark.django_db
def test_before_anybody_was_assessed_no_plan_is_sent(zarina, family):
    plan = a_plan(zarina, a_case(zarina, family))
    with acting_as(zarina), refused("assess"):
        approvals.submit_plan(plan=plan, version=plan.version, by=zarina)


@pytest.mark.django_db
def test_a_case_of_child_protection_needs_the_childs_view_and_the_best_interest(zarina, family):
    case = assessed(zarina, a_protection_case(zarina, family))
    plan = a_plan(zarina, case)
    with acting_as(zarina):
        with refused("missing"):
            approvals.submit_plan(plan=plan, version=plan.version, by=zarina)
        words = WordsDraft("He shall be safe", "I want to stay", "Aunt, or home", "Home", "Home, with visits", "Both")
        plan = plans.write_words(plan=plan, version=plan.version, draft=words, by=zarina)
        assert approvals.submit_plan(plan=plan, version=plan.version, by=zarina).state == "submitted"


# --- later versions -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_changing_a_plan_in_force_makes_the_next_version_and_keeps_the_old(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    with acting_as(zarina):
        old = Plan.objects.select_related("case").get()
        with refused("approved"):
            plans.write_words(plan=old, version=old.version, draft=WordsDraft("x"), by=zarina)
        new = plans.start_plan(case=case, plan_id=new_id(), by=zarina)
        assert (new.n, new.state, new.own_words) == (2, "draft", old.own_words)
        old_content = queries.content_of(case, old, queries.needs_of(zarina, old))
        new_content = queries.content_of(case, new, queries.needs_of(zarina, new))
        assert differences(old_content, new_content) == []
        step = PlanAction.objects.filter(goal__need__plan=new).select_related("goal__need__plan__case", "case").first()
        plans.edit_step(
            step=step, version=step.version, by=zarina,
            draft=StepDraft("Ask twice", Doer.WORKER, step.by_on + timedelta(days=45), service_type="livelihood"),
        )  # fmt: skip
        after = queries.content_of(case, new, queries.needs_of(zarina, new))
        assert [(d.part, d.fields) for d in differences(old_content, after)] == [(Part.STEP, ("what", "by"))]
        # What was approved is still exactly what was approved.
        assert queries.hash_now(zarina, case, old) == old.version_hash
    approved(nasiba, submitted(zarina, new))
    with acting_as(zarina):
        assert dict(Plan.objects.values_list("n", "state")) == {1: "replaced", 2: "approved"}
        assert set(PlanAction.objects.filter(in_force=True).values_list("goal__need__plan__n", flat=True)) == {2}


@pytest.mark.django_db
def test_what_happened_belongs_to_no_hash_and_goes_into_the_next_version(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    with acting_as(zarina):
        plan = Plan.objects.get()
        step = PlanAction.objects.select_related("case").first()
        step = approvals.note_step(
            step=step, version=step.version, state=StepState.DONE, on=timezone.localdate(), note="", by=zarina
        )
        goal = PlanGoal.objects.select_related("need__plan", "case").get()
        approvals.judge_goal(
            goal=goal, version=goal.version, state=GoalState.PARTLY, on=timezone.localdate(), by=zarina
        )  # fmt: skip
        assert queries.hash_now(zarina, case, plan) == plan.version_hash
        new = plans.start_plan(case=case, plan_id=new_id(), by=zarina)
        copied = PlanAction.objects.get(goal__need__plan=new, key=step.key)
        assert (copied.state, copied.state_on, copied.in_force) == ("done", step.state_on, False)
    assert fresh_case(zarina, case).state == "in_progress"


@pytest.mark.django_db
def test_steps_are_answered_only_in_the_plan_in_force_and_never_for_tomorrow(zarina, nasiba, family):
    case = planned_case(zarina, nasiba, family)
    with acting_as(zarina):
        step = PlanAction.objects.select_related("case").first()
        told = {"step": step, "version": step.version, "note": "", "by": zarina}
        with refused("date"):
            approvals.note_step(state=StepState.DONE, on=timezone.localdate() + timedelta(days=1), **told)
        with refused("note"):
            approvals.note_step(state=StepState.NOT_DONE, on=timezone.localdate(), **told)
        new = plans.start_plan(case=case, plan_id=new_id(), by=zarina)
        draft = PlanAction.objects.filter(goal__need__plan=new).select_related("case").first()
        with refused("approved"):
            approvals.note_step(
                step=draft, version=draft.version, state=StepState.DONE, on=timezone.localdate(), note="", by=zarina
            )


@pytest.mark.django_db
def test_a_supervisor_elsewhere_decides_nothing_here(zarina, family, farrukh):
    plan = submitted(zarina, a_plan(zarina, assessed(zarina, a_case(zarina, family))))
    with acting_as(farrukh), pytest.raises((OutsideScopeError, WithoutRightError)):
        approvals.approve_plan(plan=plan, version_hash=plan.version_hash, by=fresh(farrukh))
