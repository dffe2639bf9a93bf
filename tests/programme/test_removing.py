"""What was written by mistake is deleted while nothing rests on it, and a refusal names what does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import Scope
from paivand.core.models import new_id
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.programme.actions import plan, removing
from paivand.programme.actions.budgets import draft_budget
from paivand.programme.actions.founding import joint_programme
from paivand.programme.models import Activity, Budget, BudgetLine, BudgetShare, Milestone, Outcome, Output
from paivand.programme.queries.resting import resting_on
from paivand.programme.rules.plan import MilestoneDraft, PartDraft, ProgressDraft
from tests.cast import fresh
from tests.programme.planning import TODAY, agency, founded

pytestmark = pytest.mark.django_db


def page(name, programme, *parts):
    return reverse(f"programme:{name}", args=[programme.code, *parts])


@pytest.fixture
def programme(manager, admin):
    """The Joint Programme, still running."""
    declared = joint_programme()
    return founded(manager, admin, replace(declared, draft=replace(declared.draft, closed_on=None)))


@pytest.fixture
def bare(manager, programme):
    """An outcome with an output and an activity that has not begun, all written by mistake."""
    with acting_as(manager):
        outcome = plan.add_outcome(
            programme=programme, outcome_id=new_id(), draft=PartDraft(code="9", titles={"en": "By mistake"}), by=manager
        )
        fao = agency("FAO")
        output = plan.add_output(
            outcome=outcome, output_id=new_id(), by=manager,
            draft=PartDraft(code="9.1", titles={"en": "By mistake"}, agency_id=fao.pk),
        )  # fmt: skip
        activity = plan.add_activity(
            output=output, where=Scope(agency_id=fao.pk), activity_id=new_id(), by=manager,
            draft=PartDraft(
                code="9.1.1", titles={"en": "By mistake"}, agency_id=fao.pk, starts_on=programme.first_on,
                ends_on=programme.first_on,
            ),
        )  # fmt: skip
    return outcome, output, activity


def refused(run):
    with pytest.raises(Refused) as caught:
        run()
    return caught.value


def test_parts_are_deleted_from_below_and_each_refusal_names_what_rests_on_it(manager, programme, bare):
    outcome, output, activity = bare
    with acting_as(manager):
        told = refused(lambda: removing.remove_outcome(outcome=outcome, version=1, by=manager))
        assert (told.code, told.detail["rests"]) == ("rests", ["outputs 9.1"])
        assert "9 cannot be deleted" in told.message
        told = refused(lambda: removing.remove_output(output=output, version=1, by=manager))
        assert told.detail["rests"] == ["activities 9.1.1"]
        removing.remove_activity(activity=activity, version=1, by=manager)
        removing.remove_output(output=output, version=1, by=manager)
        removing.remove_outcome(outcome=outcome, version=1, by=manager)
        assert not Outcome.objects.filter(programme=programme, code="9").exists()
        events = AuditEvent.objects.filter(event="programme.plan", outcome="done", detail__act__endswith=".remove")
        assert {(one.detail["act"], one.detail["code"]) for one in events} == {
            ("activity.remove", "9.1.1"), ("output.remove", "9.1"), ("outcome.remove", "9"),
        }  # fmt: skip


def test_money_and_indicators_keep_an_output(manager, programme):
    with acting_as(manager):
        output = Output.objects.get(programme=programme, code="2.2")
        words = resting_on(manager, output)
    assert any(one.startswith("activities 2.2.1") for one in words)
    assert any(one.startswith("lines of a budget") for one in words)
    assert any(one.startswith("indicators: ") for one in words)


def test_reach_and_texts_of_reports_keep_an_output(manager, manija, programme, bare):
    from tests.evidence.reports import begun, sections, write

    output = bare[1]
    report = begun(manija, programme)
    with acting_as(manager):
        assert not any("reports" in one for one in resting_on(manager, output)), "an empty section is no text"
    write(manager, sections(manager, report, output="9.1", language="en")[0])
    with acting_as(manager):
        assert "texts of reports: 1" in resting_on(manager, output)


def test_an_activity_that_began_or_has_a_history_is_not_deleted(manager, programme, bare):
    activity = bare[2]
    with acting_as(manager):
        kept = plan.add_milestone(
            activity=activity, milestone_id=new_id(), by=manager,
            draft=MilestoneDraft(titles={"en": "A day"}, due_on=programme.first_on, reached_on=None),
        )  # fmt: skip
        told = refused(lambda: removing.remove_activity(activity=activity, version=1, by=manager))
        assert told.detail["rests"] == ["milestones that are not given up: 1"]
        plan.drop_milestone(milestone=kept, version=kept.version, by=manager, today=TODAY)
        plan.note_progress(
            activity=activity, note_id=new_id(), draft=ProgressDraft(0, programme.first_on, "hanūz"), by=manager,
            today=TODAY,
        )  # fmt: skip
        row = Activity.objects.get(pk=activity.pk)
        told = refused(lambda: removing.remove_activity(activity=row, version=row.version, by=manager))
        assert told.detail["rests"] == ["notes of progress: 1"]
        plan.note_progress(
            activity=activity, note_id=new_id(), draft=ProgressDraft(10, programme.first_on, ""), by=manager,
            today=TODAY,
        )  # fmt: skip
        row = Activity.objects.get(pk=activity.pk)
        assert refused(lambda: removing.remove_activity(activity=row, version=row.version, by=manager)).code == "state"


def test_a_milestone_that_was_given_up_goes_with_its_activity(manager, programme, bare):
    activity = bare[2]
    with acting_as(manager):
        row = plan.add_milestone(
            activity=activity, milestone_id=new_id(), by=manager,
            draft=MilestoneDraft(titles={"en": "A day"}, due_on=programme.first_on, reached_on=None),
        )  # fmt: skip
        plan.drop_milestone(milestone=row, version=row.version, by=manager, today=TODAY)
        removing.remove_activity(activity=activity, version=1, by=manager)
        assert not Milestone.objects.filter(pk=row.pk).exists()


def test_a_part_changed_meanwhile_is_not_deleted(manager, bare):
    with acting_as(manager):
        plan.edit_activity(
            activity=bare[2], where=Scope(agency_id=bare[2].agency_id), version=1, why="", by=manager, today=TODAY,
            draft=PartDraft(
                code="9.1.1", titles={"en": "Meant after all"}, agency_id=bare[2].agency_id,
                starts_on=bare[2].starts_on, ends_on=bare[2].ends_on,
            ),
        )  # fmt: skip
        assert refused(lambda: removing.remove_activity(activity=bare[2], version=1, by=manager)).code == "stale"


def test_who_steers_one_agency_deletes_its_activities_and_no_output(manager, fao_manager, bare, zarina):
    outcome, output, activity = bare
    with acting_as(fao_manager):
        with pytest.raises(WithoutRightError):
            removing.remove_output(output=output, version=1, by=fao_manager)
        removing.remove_activity(activity=activity, version=1, by=fao_manager)
    with pytest.raises(WithoutRightError), acting_as(zarina):
        removing.remove_outcome(outcome=outcome, version=1, by=zarina)


def test_a_draft_of_the_budget_goes_with_its_lines_and_the_budget_that_holds_stays(manager, programme):
    with acting_as(manager):
        before = BudgetLine.objects.count()
        draft = draft_budget(programme=programme, budget_id=new_id(), total=Decimal(2_200_000), by=manager)
        assert BudgetLine.objects.count() > before
        removing.remove_draft(budget=draft, version=draft.version, by=manager)
        assert BudgetLine.objects.count() == before
        assert not BudgetShare.objects.filter(budget_id=draft.pk).exists()
        holds = Budget.objects.get(programme=programme)
        assert refused(lambda: removing.remove_draft(budget=holds, version=holds.version, by=manager)).code == "adopted"
        again = draft_budget(programme=programme, budget_id=new_id(), total=Decimal(2_200_000), by=manager)
        assert again.n == draft.n, "the number is free again"


def test_the_page_says_what_rests_on_it_and_deletes_only_what_is_bare(sign_in, manager, programme, bare):
    browser = sign_in(manager)
    assert "outputs 9.1" in browser.get(page("outcome-remove", programme, "9")).content.decode()
    answer = browser.post(page("outcome-remove", programme, "9"), {"version": 1, "sure": "on"})
    assert (answer.status_code, "It cannot be deleted yet" in answer.content.decode()) == (422, True)
    assert (
        page("activity-remove", programme, "9.1.1")
        in browser.get(page("activity-edit", programme, "9.1.1")).content.decode()
    )
    address = page("activity-remove", programme, "9.1.1")
    assert browser.post(address, {"version": 1}).status_code == 422
    assert browser.post(address, {"version": 1, "sure": "on"})["Location"] == page("programme-open", programme)
    assert browser.get(address).status_code == 404


def test_the_draft_is_deleted_by_its_page(sign_in, manager, programme):
    browser = sign_in(manager)
    address = page("draft-remove", programme)
    assert browser.get(address).status_code == 404
    with acting_as(manager):
        draft = draft_budget(programme=programme, budget_id=new_id(), total=Decimal(2_200_000), by=fresh(manager))
    answer = browser.post(address, {"version": draft.version, "sure": "on"})
    assert answer["Location"] == page("budget-open", programme)
