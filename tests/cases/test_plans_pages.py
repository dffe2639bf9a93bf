"""The pages of plans and closures."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.cases.actions import plans as actions
from paivand.cases.models import Closure, Plan, PlanAction, PlanGoal, PlanNeed
from paivand.cases.rules.plans import Area, Doer, GoalDraft, NeedDraft, StepDraft, WordsDraft
from paivand.core.models import new_id
from tests.cases.case_cast import (
    a_case,
    a_plan,
    a_protection_case,
    approved,
    asked,
    assessed,
    fresh_case,
    planned_case,
    submitted,
)
from tests.cases.test_cases_pages import page

pytestmark = pytest.mark.django_db


def digits(text: str) -> str:
    """The hash that a page asks a decision about."""
    return re.search(r'name="version_hash" value="([0-9a-f]{64})"', text).group(1)


def test_a_plan_is_written_on_a_phone_need_by_need(zarina, family, sign_in):
    case, client = assessed(zarina, a_case(zarina, family)), sign_in(zarina)
    address = f"/cases/{case.code}/plan"
    answer = client.post(f"{address}/start/")
    assert answer.url == f"{address}/1/"
    assert "Write down at least one need" in page(client, answer.url)
    page(client, f"{address}/1/words/")
    client.post(
        f"{address}/1/words/", {"own_words": "Мехоҳам дар хона дӯзам", "child_view": "She is sad", "version": "1"}
    )
    page(client, f"{address}/1/needs/add/")
    key = new_id()
    need = {"statement": "No income", "area": "income", "person": "", "form_id": str(key), "further": "1"}
    answer = client.post(f"{address}/1/needs/add/", need)
    assert answer.url == f"{address}/1/needs/{key}/goals/add/"
    page(client, answer.url)
    goal_key = new_id()
    answer = client.post(answer.url, {"statement": "She earns", "by_on": "", "form_id": str(goal_key), "further": "1"})
    assert answer.url == f"{address}/1/goals/{goal_key}/steps/add/"
    text = page(client, answer.url)
    assert text.index("Income") < text.index("Safe") if "Income" in text and "Safe" in text else True
    step = {
        "what": "Ask about the course", "doer": "worker", "person": "", "doer_name": "", "service_type": "livelihood",
        "by_on": timezone.localdate().isoformat(), "form_id": str(new_id()),
    }  # fmt: skip
    for _twice in range(2):
        assert client.post(answer.url, step).status_code == 302
    text = page(client, f"{address}/1/")
    assert "Ask about the course" in text
    assert "Мехоҳам дар хона дӯзам" in text
    assert "Send for approval" in text
    with acting_as(zarina):
        assert PlanAction.objects.count() == 1
        plan = Plan.objects.get()
    client.post(f"{address}/1/submit/", {"version": str(plan.version)})
    text = page(client, f"{address}/1/")
    assert "waits for approval" in text
    assert "Add a need" not in text
    client.post(f"{address}/1/take-back/")
    assert "Add a need" in page(client, f"{address}/1/")


def test_parts_are_changed_and_taken_away_on_pages(zarina, family, sign_in):
    case, client = a_case(zarina, family), sign_in(zarina)
    a_plan(zarina, case)
    address, soon = f"/cases/{case.code}/plan/1", (timezone.localdate() + timedelta(days=30)).isoformat()
    with acting_as(zarina):
        need, goal, step = PlanNeed.objects.get(), PlanGoal.objects.get(), PlanAction.objects.first()
    for part, values in (
        (f"needs/{need.pk}", {"statement": "Other", "area": "home", "person": "", "version": need.version}),
        (f"goals/{goal.pk}", {"statement": "Else", "by_on": soon, "version": goal.version}),
        (
            f"steps/{step.pk}",
            {"what": "Another", "doer": "other", "doer_name": "Aunt", "by_on": soon, "version": step.version},
        ),
    ):
        page(client, f"{address}/{part}/")
        assert client.post(f"{address}/{part}/", values).status_code == 302
        answer = client.post(f"{address}/{part}/", values)
        assert answer.status_code == 422
        assert "Somebody else saved changes" in answer.content.decode()
    text = page(client, f"{address}/")
    for said in ("Other", "Else", "Another", "Aunt"):
        assert said in text
    for part in (f"steps/{step.pk}", f"goals/{goal.pk}", f"needs/{need.pk}"):
        assert client.post(f"{address}/{part}/remove/").status_code == 302
        page(client, f"{address}/{part}/", 404)


def test_a_supervisor_reads_exactly_the_version_and_approves_its_digits(zarina, nasiba, family, sign_in):
    case = assessed(zarina, a_case(zarina, family))
    plan = submitted(zarina, a_plan(zarina, case))
    client = sign_in(nasiba)
    assert "A plan waits for your decision" in page(client, f"/cases/{case.code}/")
    address = f"/cases/{case.code}/plan/1/decide/"
    text = page(client, address)
    assert digits(text) == plan.version_hash
    assert "Дар бораи курси дӯзандагӣ пурсидан" in text
    answer = client.post(address, {"version_hash": "0" * 64, "approve": "1"})
    assert answer.status_code == 422
    assert "The plan was changed since this page was opened" in answer.content.decode()
    answer = client.post(address, {"version_hash": plan.version_hash, "return": "1", "comment": ""})
    assert answer.status_code == 422
    assert client.post(address, {"version_hash": plan.version_hash, "approve": "1"}).status_code == 302
    assert fresh_case(zarina, case).state == "planned"
    assert "does not wait for you" in page(client, address)


def test_a_plan_that_changed_while_it_was_read_is_read_anew_and_then_decided(zarina, nasiba, family, sign_in):
    case = assessed(zarina, a_case(zarina, family))
    plan = submitted(zarina, a_plan(zarina, case))
    client, address = sign_in(nasiba), f"/cases/{case.code}/plan/1/decide/"
    answer = client.post(address, {"version_hash": "0" * 64, "return": "1", "comment": "x" * 1001})
    assert answer.context["form"]["version_hash"].value() == "0" * 64  # nothing was said about it yet
    answer = client.post(address, {"version_hash": "0" * 64, "approve": "1"})
    shown = answer.context["form"]["version_hash"].value()
    assert shown == plan.version_hash
    assert client.post(address, {"version_hash": shown, "approve": "1"}).status_code == 302
    assert fresh_case(zarina, case).state == "planned"


def test_a_returned_plan_shows_the_comment_to_the_worker(zarina, nasiba, family, sign_in):
    case = assessed(zarina, a_case(zarina, family))
    plan = submitted(zarina, a_plan(zarina, case))
    answer = sign_in(nasiba).post(
        f"/cases/{case.code}/plan/1/decide/", {"version_hash": plan.version_hash, "return": "1", "comment": "Who pays?"}
    )
    assert answer.status_code == 302
    client = sign_in(zarina)
    assert "came back with a comment" in page(client, f"/cases/{case.code}/")
    assert "Who pays?" in page(client, f"/cases/{case.code}/plan/1/")


def test_a_worker_cannot_open_the_page_of_decisions(zarina, nasiba, family, sign_in):
    case = assessed(zarina, a_case(zarina, family))
    submitted(zarina, a_plan(zarina, case))
    page(sign_in(zarina), f"/cases/{case.code}/plan/1/decide/", 403)


def test_two_versions_stand_beside_each_other(zarina, nasiba, family, sign_in):
    case = planned_case(zarina, nasiba, family)
    client = sign_in(zarina)
    client.post(f"/cases/{case.code}/plan/start/")
    with acting_as(zarina):
        step = PlanAction.objects.filter(goal__need__plan__n=2).select_related("goal__need__plan__case", "case").first()
        actions.edit_step(
            step=step, version=step.version, draft=StepDraft("Ask again", Doer.WORKER, step.by_on), by=zarina
        )  # fmt: skip
    text = page(client, f"/cases/{case.code}/plan/2/compare/")
    assert "Дар бораи курси дӯзандагӣ пурсидан" in text
    assert "Ask again" in text
    page(client, f"/cases/{case.code}/plan/1/compare/", 404)
    submitted(zarina, Plan(pk=step.goal.need.plan_id))
    assert "Ask again" in page(sign_in(nasiba), f"/cases/{case.code}/plan/2/decide/").split("What changes")[1]


def test_steps_and_goals_are_noted_on_pages(zarina, nasiba, family, sign_in):
    case, client = planned_case(zarina, nasiba, family), sign_in(zarina)
    with acting_as(zarina):
        step, goal = PlanAction.objects.first(), PlanGoal.objects.get()
    address, today = f"/cases/{case.code}/plan/1", timezone.localdate().isoformat()
    page(client, f"{address}/steps/{step.pk}/note/")
    values = {"state": "done", "on": today, "note": "", "version": step.version}
    assert client.post(f"{address}/steps/{step.pk}/note/", values).status_code == 302
    page(client, f"{address}/goals/{goal.pk}/judge/")
    values = {"state": "partly", "on": today, "version": goal.version}
    assert client.post(f"{address}/goals/{goal.pk}/judge/", values).status_code == 302
    text = page(client, f"/cases/{case.code}/")
    assert "Steps done: 1 of 2" in text
    assert fresh_case(zarina, case).state == "in_progress"


def a_plan_with_secrets(zarina, nasiba, family):
    """A plan of child protection with lines that must not lie in a house."""
    case = assessed(zarina, a_protection_case(zarina, family))
    words = WordsDraft("Мехоҳам дар хона дӯзам", "I am afraid of my uncle", "Aunt or home", "Home", "Home", "Both")
    plan = a_plan(zarina, case, words=words)
    with acting_as(zarina):
        for area, goal, step in (
            (Area.SAFETY, "She knows where to go at night", "Keep a bag at the neighbour's"),
            (Area.HEALTH, "Her health is looked at", "A doctor of the shelter sees her"),
            (Area.FAMILY, "The grandmother is told", "Talk about the beating with nobody else"),
        ):
            need = actions.add_need(plan=plan, need_id=new_id(), draft=NeedDraft(area, "A secret need"), by=zarina)
            row = actions.add_goal(need=need, goal_id=new_id(), draft=GoalDraft(goal), by=zarina)
            actions.add_step(
                goal=row, step_id=new_id(), draft=StepDraft(step, Doer.WORKER, timezone.localdate()), by=zarina
            )
    approved(nasiba, submitted(zarina, plan))
    return case


def test_the_sheet_for_the_family_betrays_nothing(zarina, nasiba, family, sign_in):
    case, client = a_plan_with_secrets(zarina, nasiba, family), sign_in(zarina)
    text = page(client, f"/cases/{case.code}/sheet/?language=en")
    sheet = text[text.index("<article") : text.index("</article>")]
    for said in (
        "What we agreed",
        "Аз дӯзандагӣ даромад дорад",
        "Дар бораи курси дӯзандагӣ пурсидан",
        "Мехоҳам дар хона дӯзам",
    ):
        assert said in sheet
    for secret in (
        "night", "neighbour", "shelter", "beating", "afraid", "uncle", "secret", "Child protection", "risk",
        "Aunt or home", "Ҳамроҳ", case.code, family.code, "Каримзода",
    ):  # fmt: skip
        assert secret not in sheet, secret
    assert "4 lines are left off" in text
    assert "4 lines" not in sheet


@pytest.mark.parametrize(("language", "title", "direction"), [("ru", "О чём мы", "ltr"), ("fa", "", "rtl")])
def test_the_sheet_speaks_the_familys_language_whatever_the_worker_reads(
    zarina, nasiba, family, sign_in, language, title, direction
):
    case = planned_case(zarina, nasiba, family)
    text = page(sign_in(zarina), f"/cases/{case.code}/sheet/?language={language}")
    assert f'lang="{language}" dir="{direction}"' in text
    assert '<html lang="en"' in text


def test_only_a_plan_in_force_goes_home(zarina, family, sign_in):
    case = a_case(zarina, family)
    a_plan(zarina, case)
    page(sign_in(zarina), f"/cases/{case.code}/sheet/", 404)


# --- closure --------------------------------------------------------------------------------------------------------


def ask_values(client, case) -> dict:
    """Every answer of the form for closure, as it is filled in first."""
    form = client.get(f"/cases/{case.code}/closure/ask/").context["form"]
    values = {"form_id": str(new_id()), "version": case.version, "reason": "asked", "outcome": "reached",
              "story": "She sews"}  # fmt: skip
    for name, field in form.fields.items():
        if name.startswith(("check-", "open-")):
            values[name] = field.choices[0][0]
    return values


def test_a_closure_is_asked_for_and_approved_on_pages(zarina, nasiba, family, sign_in):
    case, client = planned_case(zarina, nasiba, family), sign_in(zarina)
    values = ask_values(client, case)
    assert sum(name.startswith("open-") for name in values) == 4
    answer = client.post(f"/cases/{case.code}/closure/ask/", {**values, "story": ""})
    assert answer.status_code == 422
    for _twice in range(2):
        assert client.post(f"/cases/{case.code}/closure/ask/", values).status_code == 302
    text = page(client, f"/cases/{case.code}/")
    assert "Closure is asked for" in text
    supervisor = sign_in(nasiba)
    text = page(supervisor, f"/cases/{case.code}/closure/")
    assert "She sews" in text
    assert "Дар бораи курси дӯзандагӣ пурсидан" in text
    told = {"version_hash": digits(text), "approve": "1", "comment": ""}
    answer = supervisor.post(f"/cases/{case.code}/closure/", {**told, "version_hash": "0" * 64})
    assert answer.status_code == 422
    assert "not the request that you read" in answer.content.decode()
    assert answer.context["form"]["version_hash"].value() == told["version_hash"]
    assert supervisor.post(f"/cases/{case.code}/closure/", told).status_code == 302
    text = page(client, f"/cases/{case.code}/")
    assert "How it ended" in text
    assert "She sews" in text
    assert "Add somebody" not in text
    page(client, f"/cases/{case.code}/closure/")
    page(client, f"/cases/{case.code}/reopen/")
    case = fresh_case(zarina, case)
    answer = client.post(f"/cases/{case.code}/reopen/", {"reason": "She came back", "version": case.version})
    assert answer.status_code == 302
    assert "reopened" in page(client, f"/cases/{case.code}/")


def test_a_closure_with_a_no_is_waived_or_returned(zarina, nasiba, family, sign_in):
    case, client = planned_case(zarina, nasiba, family), sign_in(zarina)
    values = ask_values(client, case)
    client.post(f"/cases/{case.code}/closure/ask/", {**values, "check-may_come_back": "no"})
    supervisor = sign_in(nasiba)
    text = page(supervisor, f"/cases/{case.code}/closure/")
    assert "Close it nevertheless" in text
    read = digits(text)
    answer = supervisor.post(f"/cases/{case.code}/closure/", {"version_hash": read, "waive": "1", "comment": ""})
    assert answer.status_code == 422
    answer = supervisor.post(f"/cases/{case.code}/closure/", {"version_hash": read, "return": "1", "comment": "Tell"})
    assert answer.status_code == 302
    assert fresh_case(zarina, case).state == "planned"
    assert "Tell" in page(client, f"/cases/{case.code}/")


def test_a_request_is_taken_back_on_a_page_and_nobody_decides_about_the_own(zarina, nasiba, family, sign_in):
    case, client = planned_case(zarina, nasiba, family), sign_in(zarina)
    request = asked(zarina, case)
    text = page(client, f"/cases/{case.code}/closure/")
    assert "Take the request back" in text
    assert 'name="approve"' not in text
    answer = client.post(f"/cases/{case.code}/closure/", {"version_hash": request.version_hash, "approve": "1"})
    assert answer.status_code == 403
    assert client.post(f"/cases/{case.code}/closure/take-back/").status_code == 302
    assert fresh_case(zarina, case).state == "planned"
    with acting_as(zarina):
        assert Closure.objects.get().state == "taken_back"
    page(client, f"/cases/{case.code}/closure/ask/")


def test_what_changed_meanwhile_is_said_before_deciding(zarina, nasiba, family, sign_in):
    case = planned_case(zarina, nasiba, family)
    asked(zarina, case)
    with acting_as(zarina):
        from paivand.cases.actions.dues import set_due
        from paivand.cases.actions.inside import locked_case
        from paivand.core.rules.writing import writing

        with writing("test"):
            set_due(locked_case(case), "consent_withdrawn", timezone.now(), by=zarina)
    assert "Something in the case changed" in page(sign_in(nasiba), f"/cases/{case.code}/closure/")
