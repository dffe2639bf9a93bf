"""Legal matters: each with its own steps, papers and outcomes; the next step is due, and what is obtained counts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.cases.actions import legal as actions
from paivand.cases.actions.legal import MatterDraft, StepDraft
from paivand.cases.models import Due, FormerVersion, LegalMatter, LegalStep
from paivand.cases.queries.legal import matter_by_id, matters_told
from paivand.cases.rules.legal import StepState, deadline, matter_kinds, next_step, title_of
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.registry.models import JourneyStep
from paivand.registry.queries.journey import steps_of
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.catalogue import services
from tests.cases.case_cast import a_case, people_of
from tests.registry.talks import agree

TODAY = timezone.localdate
KINDS = list(matter_kinds().values())
DONE, OPEN, NOT_NEEDED = StepState.DONE, StepState.OPEN, StepState.NOT_NEEDED


# --- the parameters --------------------------------------------------------------------------------------------------


def test_the_eleven_kinds_of_matters_are_there():
    assert [kind.code for kind in KINDS] == [
        "birth_registration", "identity_documents", "marriage_registration", "paternity", "alimony", "divorce",
        "housing", "land", "inheritance", "missing_migrant", "body_repatriation",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_kind_is_declared_wholly(kind):
    service = services()[kind.journey]
    assert service.code.startswith("legal.")
    assert kind.steps[0].code == "advice"
    assert len({step.code for step in kind.steps}) == len(kind.steps)
    assert any(not step.optional for step in kind.steps[1:])
    assert all(step.days > 0 for step in kind.steps)
    assert all(step.service in {"", *services()} for step in kind.steps)
    assert {outcome.step for outcome in kind.outcomes} <= {"", *service.outcomes}
    assert "completed" in {outcome.step for outcome in kind.outcomes}
    for one in [kind, *kind.steps, *kind.papers, *kind.bodies, *kind.outcomes]:
        assert set(one.titles) == {"tg", "ru", "en", "fa"}, one.code


def test_each_kind_is_another_service_of_the_journey():
    assert len({kind.journey for kind in KINDS}) == len(KINDS)


def test_a_code_that_is_gone_stands_for_itself():
    assert title_of("bodies", "old_office", "tg") == "old_office"


def rows_of(kind, states):
    return [
        SimpleNamespace(code=step.code, state=state, due_on=None, done_on=date(2026, 5, 1) if state == DONE else None)
        for step, state in zip(kind.steps, states, strict=True)
    ]


@given(st.data())
def test_the_step_that_waits_is_open_needed_and_the_first_such(data):
    kind = matter_kinds()[data.draw(st.sampled_from(sorted(matter_kinds())))]
    states = data.draw(st.lists(st.sampled_from(StepState), min_size=len(kind.steps), max_size=len(kind.steps)))
    rows = rows_of(kind, states)
    found = next_step(kind, rows)
    needed = [row for row in rows if row.state == OPEN and not kind.step(row.code).optional]
    assert found is (needed[0] if needed else None)


def test_a_term_that_is_set_makes_an_optional_step_wait():
    kind = matter_kinds()["birth_registration"]
    rows = rows_of(kind, [DONE, DONE] + [OPEN] * (len(kind.steps) - 2))
    hearing = next(row for row in rows if row.code == "claim_filed")
    assert deadline(kind, rows, date(2026, 4, 1))[0].code == "application_filed"
    hearing.due_on = date(2026, 5, 3)
    assert deadline(kind, rows, date(2026, 4, 1)) == (hearing, date(2026, 5, 3))
    hearing.due_on = date(2026, 6, 1)
    assert deadline(kind, rows, date(2026, 4, 1)) == (rows[3], date(2026, 5, 8))


def test_usual_days_count_from_what_was_done_last():
    kind = matter_kinds()["birth_registration"]
    rows = rows_of(kind, [DONE] + [OPEN] * (len(kind.steps) - 1))
    assert deadline(kind, rows, date(2026, 4, 1))[1] == date(2026, 5, 15)
    assert deadline(kind, rows_of(kind, [OPEN] * len(kind.steps)), date(2026, 4, 1))[1] == date(2026, 4, 4)


# --- the actions -----------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(zarina, family):
    return a_case(zarina, family, kind="legal_aid", on=TODAY() - timedelta(days=40))


def begun(case, family, by, kind="birth_registration", name="Нигина", **changes):
    with acting_as(by):
        values = {
            "kind": kind, "person": people_of(family)[name].pk, "opened_on": TODAY() - timedelta(days=30),
            "wish": "шаҳодатнома гирад", "body": "civil_registry", **changes,
        }  # fmt: skip
        return actions.open_matter(case=case, matter_id=new_id(), draft=MatterDraft(**values), by=by)


def step(matter, code):
    return LegalStep.objects.select_related("matter__case", "case").get(matter=matter, code=code)


def done(matter, code, by, days_ago=0, **changes):
    with acting_as(by):
        row = step(matter, code)
        draft = StepDraft(DONE, done_on=TODAY() - timedelta(days=days_ago), **changes)
        return actions.note_legal_step(step=row, version=row.version, draft=draft, by=by)


def waits(matter):
    found = Due.objects.filter(kind="legal_step", about=matter.pk, done_at=None, cancelled_at=None).first()
    return found and timezone.localdate(found.due_at)


def counting(by, family, prefix="legal."):
    with acting_as(by):
        found = steps_of(by, [person.pk for person in people_of(family).values()])
        return sorted(
            (one.person.given_name, one.service, one.outcome)
            for steps in found.values()
            for one in steps
            if one.service.startswith(prefix)
        )


def refused(code, run, **given):
    with pytest.raises(Refused) as error:
        run(**given)
    assert error.value.code == code


def test_a_matter_begins_with_the_steps_of_its_kind_and_its_first_day(zarina, family, case):
    matter = begun(case, family, zarina)
    with acting_as(zarina):
        codes = list(LegalStep.objects.filter(matter=matter).values_list("code", flat=True))
        assert sorted(codes) == sorted(one.code for one in matter_kinds()["birth_registration"].steps)
        assert waits(matter) == matter.opened_on + timedelta(days=3)
        [told] = matters_told([matter_by_id(zarina, case, matter.pk)], TODAY())
        assert (told.next.code, told.is_late, told.n_done) == ("advice", True, 0)


def test_two_matters_wait_at_once(zarina, family, case):
    one, other = begun(case, family, zarina), begun(case, family, zarina, "alimony", "Ҷамила", body="court")
    with acting_as(zarina):
        assert waits(one)
        assert waits(other)


def test_what_cannot_be_begun_is_refused(zarina, family, case):
    with acting_as(zarina):
        person = people_of(family)["Нигина"].pk
        good = {"kind": "alimony", "person": person, "opened_on": TODAY(), "wish": "алимент"}
        for changes, code in [
            ({"kind": "parking_fine"}, "kind"), ({"wish": " "}, "wish"), ({"body": "maternity"}, "body"),
            ({"person": people_of(family)["Хадиҷа"].pk}, "people"),
            ({"opened_on": TODAY() + timedelta(days=1)}, "date"),
        ]:  # fmt: skip
            draft = MatterDraft(**{**good, **changes})
            refused(code, actions.open_matter, case=case, matter_id=new_id(), draft=draft, by=zarina)
        key = new_id()
        actions.open_matter(case=case, matter_id=key, draft=MatterDraft(**good), by=zarina)
        refused("twice", actions.open_matter, case=case, matter_id=key, draft=MatterDraft(**good), by=zarina)


def test_a_search_needs_the_consent_to_tracing(zarina, family, case):
    with pytest.raises(Refused) as error:
        begun(case, family, zarina, "missing_migrant", "Ҷамила", body="red_crescent")
    assert error.value.code == "consent"
    with acting_as(zarina):
        agree(zarina, family.head, ConsentPurpose.TRACING)
    assert begun(case, family, zarina, "missing_migrant", "Ҷамила", body="red_crescent").pk


def test_the_advice_is_a_service_by_itself(zarina, family, case):
    matter = begun(case, family, zarina)
    done(matter, "advice", zarina, days_ago=20)
    assert counting(zarina, family) == [("Нигина", "legal.advised", "completed")]
    with acting_as(zarina):
        assert waits(matter) == TODAY() - timedelta(days=20) + timedelta(days=14)
        assert Due.objects.filter(kind="legal_step", about=matter.pk).exclude(done_at=None).count() == 1


def test_a_step_carries_its_term_its_costs_and_its_paper(zarina, family, case):
    matter = begun(case, family, zarina)
    with acting_as(zarina):
        row = step(matter, "claim_filed")
        draft = StepDraft(OPEN, due_on=TODAY() + timedelta(days=1), cost_amount=Decimal("42.50"), note="суд")
        actions.note_legal_step(step=row, version=1, draft=draft, by=zarina)
        done(matter, "advice", zarina, days_ago=20)
        done(matter, "papers_collected", zarina, days_ago=4)
        assert waits(matter) == TODAY() + timedelta(days=1)
        [told] = matters_told([matter_by_id(zarina, case, matter.pk)], TODAY())
        assert (told.costs, told.next.code, told.is_late) == (Decimal("42.50"), "claim_filed", False)
        for bad, code in [
            (StepDraft(DONE), "date"), (StepDraft(DONE, done_on=TODAY() + timedelta(days=1)), "date"),
            (StepDraft(OPEN, cost_amount=Decimal(-1)), "cost"), (StepDraft(OPEN, document=new_id()), "document"),
        ]:  # fmt: skip
            refused(code, actions.note_legal_step, step=row, version=2, draft=bad, by=zarina)


def test_a_step_that_was_wrongly_done_is_taken_back_with_a_reason(zarina, family, case):
    matter = begun(case, family, zarina)
    row = done(matter, "advice", zarina)
    with acting_as(zarina):
        given = {"step": row, "version": row.version, "draft": StepDraft(OPEN), "by": zarina}
        refused("reason", actions.note_legal_step, **given)
        actions.note_legal_step(reason="маслиҳат нашуд", **given)
        [former] = FormerVersion.objects.filter(about=row.pk)
        assert former.values["state"] == "done"
    assert counting(zarina, family) == []


def test_what_is_obtained_counts_for_the_child_whose_birth_is_registered(zarina, family, case):
    matter = begun(case, family, zarina)
    with acting_as(zarina):
        given = {"matter": matter, "version": 1, "outcome": "obtained", "ended_on": TODAY(), "note": "", "by": zarina}
        row = actions.end_matter(**given)
        refused("twice", actions.end_matter, **given)
        assert (row.outcome, row.is_open) == ("obtained", False)
        assert waits(matter) is None
        refused(
            "ended", actions.note_legal_step, step=step(matter, "advice"), version=1, draft=StepDraft(OPEN), by=zarina
        )
    assert counting(zarina, family) == [("Нигина", "legal.birth_registered", "completed")]


@pytest.mark.parametrize(
    ("kind", "outcome", "counted"),
    [
        ("alimony", "partly_obtained", [("Ҷамила", "legal.alimony_settled", "partly")]),
        ("alimony", "agreed", [("Ҷамила", "legal.alimony_settled", "completed")]),
        ("divorce", "not_wanted", [("Ҷамила", "legal.divorce_settled", "declined")]),
        ("housing", "refused", []),
        ("land", "written_by_mistake", []),
    ],
)
def test_each_outcome_counts_as_it_is_declared(zarina, family, case, kind, outcome, counted):
    matter = begun(case, family, zarina, kind, "Ҷамила", body="court")
    with acting_as(zarina):
        actions.end_matter(matter=matter, version=1, outcome=outcome, ended_on=TODAY(), note="", by=zarina)
    assert counting(zarina, family) == counted


def test_an_end_that_was_wrong_is_taken_back_and_nothing_counts(zarina, family, case):
    matter = begun(case, family, zarina)
    with acting_as(zarina):
        row = actions.end_matter(matter=matter, version=1, outcome="obtained", ended_on=TODAY(), note="а", by=zarina)
        row = actions.reopen_matter(matter=row, version=row.version, reason="ҳанӯз не", by=zarina)
        assert row.is_open
        assert waits(matter)
        assert FormerVersion.objects.get(about=matter.pk).values["outcome"] == "obtained"
        actions.end_matter(matter=row, version=row.version, outcome="obtained", ended_on=TODAY(), note="", by=zarina)
        assert JourneyStep.objects.filter(service="legal.birth_registered").count() == 3
    assert counting(zarina, family) == [("Нигина", "legal.birth_registered", "completed")]


def test_an_outcome_belongs_to_its_kind_and_has_a_possible_day(zarina, family, case):
    matter = begun(case, family, zarina)
    with acting_as(zarina):
        given = {"matter": matter, "version": 1, "note": "", "by": zarina}
        refused("outcome", actions.end_matter, outcome="found", ended_on=TODAY(), **given)
        refused("date", actions.end_matter, outcome="obtained", ended_on=matter.opened_on - timedelta(days=1), **given)
        refused("stale", actions.end_matter, **{**given, "version": 9}, outcome="obtained", ended_on=TODAY())
        refused("open", actions.reopen_matter, matter=matter, version=1, reason="x", by=zarina)


def test_what_is_wanted_is_changed_with_its_former_wording(zarina, family, case):
    matter = begun(case, family, zarina)
    with acting_as(zarina):
        draft = MatterDraft(matter.kind, matter.person_id, matter.opened_on, "ду шаҳодатнома", "court")
        row = actions.edit_matter(matter=matter, version=1, draft=draft, reason="боз якто", by=zarina)
        assert (row.wish, row.body) == ("ду шаҳодатнома", "court")
        assert FormerVersion.objects.get(about=matter.pk).values["wish"] == "шаҳодатнома гирад"


def test_who_works_elsewhere_and_who_has_no_right(zarina, farrukh, anvar, family, case):
    matter = begun(case, family, zarina)
    with acting_as(zarina):
        matter = LegalMatter.objects.select_related("case").get(pk=matter.pk)
    for who in (farrukh, anvar):
        with acting_as(who), pytest.raises(OutsideScopeError):
            actions.end_matter(matter=matter, version=1, outcome="obtained", ended_on=TODAY(), note="", by=who)


def test_the_event_tells_kind_and_step_only(zarina, family, case):
    matter = begun(case, family, zarina)
    done(matter, "advice", zarina, note="ба Ҷамила гуфтам")
    with acting_as(zarina):
        event = AuditEvent.objects.filter(event="case.work").latest("id")
    assert event.detail == {"act": "legal_step.note", "kind": "birth_registration", "step": "advice", "state": "done"}
