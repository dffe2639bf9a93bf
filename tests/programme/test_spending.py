"""Spending and budgets through their actions: rates, refusals, reversals, versions, scope and the audit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, identity
from paivand.access.rules.scopes import Scope
from paivand.core.models import new_id
from paivand.core.models.files import content_of
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.writing import writing
from paivand.programme.actions.budgets import adopt_budget, draft_budget, write_share
from paivand.programme.actions.spending import enter_spending, open_evidence, take_back
from paivand.programme.models import Spending
from paivand.programme.queries.money import all_spending, budget_table, share_drafts, spending_page
from paivand.programme.rules.budget import ShareDraft
from paivand.programme.rules.spending import SpendingKind
from tests.cases.files import photograph
from tests.programme.planning import TODAY, agency, spending, spent

pytestmark = pytest.mark.django_db


def refusal(by, programme, **changes):
    with pytest.raises(Refused) as refused:
        spent(by, programme, **changes)
    return refused.value.code, refused.value.field


def test_spending_counts_towards_agency_output_category_and_delivery(programme, manager):
    spent(manager, programme, amount=Decimal("40000"))
    spent(manager, programme, amount=Decimal("1000"), kind=SpendingKind.COMMITMENT)
    with acting_as(manager):
        table = budget_table(manager, programme)
        fao = agency("FAO").pk
    for money in (table.sum_of(agency=fao), table.sum_of(output="2.2"), table.sum_of(category="supplies"), table.total):
        assert (money.expenditure, money.commitments) == (40_000, 1_000)
    assert table.sum_of(agency=fao).delivery == Decimal("10.0")


def test_an_amount_in_somoni_is_worth_dollars_by_the_dated_table(programme, manager):
    row = spent(manager, programme, currency="TJS", amount=Decimal("11300"), spent_on=date(2022, 1, 20))
    assert row.worth == Decimal("1000.00")
    assert "press of January 2022" in row.rate_source


def test_a_typed_rate_needs_its_source(programme, manager):
    typed = {"currency": "TJS", "amount": Decimal("1000"), "rate": Decimal("0.09")}
    assert refusal(manager, programme, **typed) == ("rate_source", "rate_source")
    row = spent(manager, programme, **typed, rate_source="UN rate of May 2022")
    assert (row.worth, row.rate_source) == (Decimal("90.00"), "UN rate of May 2022")


def test_indirect_costs_are_spent_without_an_output(programme, manager):
    row = spent(manager, programme, output="", category="indirect", amount=Decimal("500"))
    assert row.output is None
    assert refusal(manager, programme, category="indirect") == ("output", "output")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"spent_on": date(2026, 11, 21)}, "future"),
        ({"spent_on": date(2021, 7, 31)}, "outside"),
        ({"spent_on": date(2023, 12, 1)}, "outside"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("-5")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"currency": "GBP"}, "currency"),
        ({"output": "9.9"}, "output"),
        ({"output": "1.1"}, "line"),
        ({"category": "transfers"}, "line"),
        ({"category": "bribes"}, "category"),
        ({"activity": "1.1.1"}, "activity"),
        ({"description": "  "}, "description"),
        ({"content": b"MZ\x90\x00 a program"}, "kind"),
        ({"name": "IOM"}, "line"),
        ({"name": "Хадамоти муҳоҷират"}, "agency"),
    ],
)
def test_what_cannot_be_spent_is_refused_and_nothing_is_written(programme, manager, changes, code):
    assert refusal(manager, programme, **changes)[0] == code
    with acting_as(manager):
        assert not Spending.objects.exists()


def test_the_first_and_the_last_day_of_the_programme_count(programme, manager):
    spent(manager, programme, spent_on=date(2021, 8, 1))
    spent(manager, programme, spent_on=date(2023, 11, 30))


def test_an_entry_is_taken_back_once_and_the_sums_are_as_before(programme, manager):
    row = spent(manager, programme, currency="TJS", amount=Decimal("777.77"))
    with acting_as(manager):
        back = take_back(spending=row, reversal_id=new_id(), why="Entered twice", by=manager)
        assert (back.worth, back.spent_on, back.rate) == (-row.worth, row.spent_on, row.rate)
        assert budget_table(manager, programme).total.expenditure == 0
        for again, code in ((row, "already"), (back, "reversal")):
            with pytest.raises(Refused) as refused:
                take_back(spending=again, reversal_id=new_id(), why="Again", by=manager)
            assert refused.value.code == code
        assert len(all_spending(manager, programme)) == 2


def test_the_database_changes_no_entry(programme, manager):
    row = spent(manager, programme)
    with acting_as(manager):
        row.amount = Decimal(1)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), writing("a test"):
            row.save()


def test_a_second_sending_writes_nothing(programme, manager):
    key = new_id()
    spent(manager, programme, spending_id=key)
    assert refusal(manager, programme, spending_id=key)[0] == "twice"


def test_evidence_is_kept_sealed_and_its_opening_is_in_the_audit(programme, manager):
    row = spent(manager, programme, content=photograph(), file_name="receipt.jpg")
    with acting_as(manager):
        opened = open_evidence(spending=row, by=manager)
        assert content_of(opened)[:2] == b"\xff\xd8"
        without = spent_without(manager, programme)
        with pytest.raises(Refused):
            open_evidence(spending=without, by=manager)
    with identity(manager.pk):
        acts = [
            event.detail.get("act")
            for event in AuditEvent.objects.filter(event="spending.enter", outcome="done", actor_id=manager.pk)
        ]
    assert {"spending.enter", "evidence.open"} <= set(acts)


def spent_without(manager, programme):
    fao = agency("FAO").pk
    return enter_spending(
        programme=programme, where=Scope(agency_id=fao), spending_id=new_id(), draft=spending(fao), by=manager,
        today=TODAY,
    )  # fmt: skip


def test_only_an_agencys_own_manager_spends_for_it(programme, manager, fao_manager, zarina, ministry):
    spent(fao_manager, programme)
    with pytest.raises(WithoutRightError):
        spent(fao_manager, programme, name="IOM", output="4.1", category="travel")
    for by in (zarina, ministry):
        with pytest.raises(WithoutRightError):
            spent(by, programme)


def test_the_database_itself_keeps_an_agencys_manager_from_another_agency(programme, manager, fao_manager):
    row = spent(manager, programme, name="IOM", output="4.1", category="travel")
    with acting_as(fao_manager), pytest.raises(ProgrammingError, match="row-level security"):
        saved(programme, row, fao_manager, amount=1, worth=1)


def test_the_list_is_paged_by_key_and_filtered(programme, manager):
    for day in range(1, 4):
        spent(manager, programme, spent_on=date(2022, 5, day), description=f"Day {day}")
    spent(manager, programme, name="IOM", output="4.1", category="travel", spent_on=date(2022, 5, 9))
    with acting_as(manager):
        fao = agency("FAO").pk
        page = spending_page(manager, programme, agency=fao)
        assert [row.description for row in page.rows] == ["Day 3", "Day 2", "Day 1"]
        second = page.rows[0]
        rest = spending_page(manager, programme, agency=fao, after=f"{second.spent_on}~{second.pk}")
        assert [row.description for row in rest.rows] == ["Day 2", "Day 1"]
        assert spending_page(manager, programme, output="4.1").rows[0].agency.name == "IOM"
        assert spending_page(manager, programme, kind="commitment").rows == []
        assert spending_page(manager, programme, after="no~key").rows == []


def revision(manager, programme, change=None, **adopting):
    """A revision begun, one share perhaps changed, and adopted."""
    with acting_as(manager):
        budget = draft_budget(programme=programme, budget_id=new_id(), total=Decimal(2_200_000), by=manager)
        fao = agency("FAO").pk
        if change:
            share = next(one for one in share_drafts(manager, budget) if one.agency_id == fao)
            lines, indirect = change(dict(share.lines), share.indirect)
            write_share(
                budget=budget, where=Scope(agency_id=fao), version=1, share=ShareDraft(fao, lines, indirect),
                anyway=True, by=manager,
            )  # fmt: skip
        values = {"on": date(2023, 1, 1), "reason": "More seed", "today": TODAY, **adopting}
        return adopt_budget(budget=budget, version=1, by=manager, **values)


def test_a_revision_begins_with_the_lines_that_hold_and_both_versions_stay(programme, manager):
    def moved(lines, indirect):
        lines["2.2", "travel"] -= 400
        lines["2.2", "supplies"] += 400
        return lines, indirect

    revised = revision(manager, programme, moved)
    with acting_as(manager):
        table = budget_table(manager, programme)
        original = budget_table(manager, programme, programme.budgets.get(n=1))
    assert (revised.n, table.n, original.n) == (2, 2, 1)
    assert table.sum_of(output="2.2", category="travel").budget == 22_000
    assert original.sum_of(output="2.2", category="travel").budget == 22_400
    assert table.total.budget == original.total.budget


def test_a_revision_with_wrong_sums_says_whose_and_by_how_much(programme, manager):
    def wrong(lines, indirect):
        lines["2.2", "travel"] += 100
        return lines, indirect

    with pytest.raises(Refused) as refused:
        revision(manager, programme, wrong)
    assert refused.value.code == "sums"
    assert "FAO: the indirect support costs are 26,168.22 and must be 26,175.22 USD; 7.00 are missing." in (
        refused.value.message
    )
    assert "the budget is 2,200,000.00 USD: 100.00 too much" in refused.value.message


def test_a_revision_keeps_the_lines_on_which_something_was_spent(programme, manager):
    spent(manager, programme, category="travel", amount=Decimal("10"))

    def without_travel(lines, indirect):
        lines["2.2", "supplies"] += lines.pop(("2.2", "travel"))
        return lines, indirect

    with pytest.raises(Refused) as refused:
        revision(manager, programme, without_travel)
    assert refused.value.code == "spent"
    assert "Travel" in refused.value.message


@pytest.mark.parametrize(
    ("adopting", "code"),
    [
        ({"reason": ""}, "reason"),
        ({"on": date(2026, 11, 21)}, "date"),
        ({"on": date(2021, 1, 1)}, "date"),
    ],
)
def test_a_revision_has_its_reason_and_its_day(programme, manager, adopting, code):
    with pytest.raises(Refused) as refused:
        revision(manager, programme, **adopting)
    assert refused.value.code == code


def test_an_adopted_budget_does_not_change_and_one_draft_is_enough(programme, manager):
    with acting_as(manager):
        adopted = programme.budgets.get(n=1)
        fao = agency("FAO").pk
        with pytest.raises(Refused) as refused:
            write_share(
                budget=adopted, where=Scope(agency_id=fao), version=1, share=ShareDraft(fao, {}, Decimal(0)),
                by=manager,
            )  # fmt: skip
        assert refused.value.code == "adopted"
        draft_budget(programme=programme, budget_id=new_id(), total=Decimal(1), by=manager)
        with pytest.raises(Refused) as refused:
            draft_budget(programme=programme, budget_id=new_id(), total=Decimal(1), by=manager)
        assert refused.value.code == "draft"


def test_a_draft_of_the_same_share_saved_by_two_people_is_stale_for_the_second(programme, manager):
    with acting_as(manager):
        budget = draft_budget(programme=programme, budget_id=new_id(), total=Decimal(2_200_000), by=manager)
        fao = agency("FAO").pk
        share = next(one for one in share_drafts(manager, budget) if one.agency_id == fao)
        for expected in (None, "stale"):
            if expected is None:
                write_share(budget=budget, where=Scope(agency_id=fao), version=1, share=share, by=manager)
                continue
            with pytest.raises(Refused) as refused:
                write_share(budget=budget, where=Scope(agency_id=fao), version=1, share=share, by=manager)
            assert refused.value.code == expected


def test_the_table_refuses_an_entry_of_nothing(programme, manager):
    row = spent(manager, programme)
    with acting_as(manager), pytest.raises(IntegrityError, match="opposite_sign"):
        saved(programme, row, manager, amount=0, worth=0)


def saved(programme, like, by, **values):
    """A row written past the actions, as only a defect could."""
    with transaction.atomic(), writing("a test"):
        Spending(
            programme=programme, agency_id=like.agency_id, output_id=like.output_id, category=like.category,
            kind="expenditure", spent_on=like.spent_on, currency="USD", rate=1, description="x", recorded_by=by,
            **values,
        ).save()  # fmt: skip
