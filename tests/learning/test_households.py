"""A household plan: made by the trainer of the group, or at home by the social worker; read by nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.access.rules.roles import RoleKey
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.learning.actions.groups import edit_group
from paivand.learning.actions.households import write_household, write_household_at_home
from paivand.learning.models import Group, HouseholdPlan
from paivand.learning.queries.households import household_at_home, household_of, households_in_groups
from paivand.learning.rules.household import Household, Line, Owed, Per
from paivand.methods.debts import Method
from paivand.registry.queries.people import same_person
from tests.cases.team import colleague
from tests.cast import DUSTI, fresh
from tests.learning.schooling import plan_draft, running, woman

DRAFT = Household(
    date(2026, 5, 1),
    (
        Line("wage", Decimal(900)), Line("remittance", Decimal(1500), {0: Decimal(0)}), Line("food", Decimal(1300)),
        Line("reserve", Decimal(100)),
    ),
    (
        Owed("bank", Decimal(5000), "гов", Decimal(28), Per.YEAR, n_months=24),
        Owed("shop", Decimal(600), "мағоза"),
    ),
    extra=Decimal(150),
)  # fmt: skip


@pytest.fixture
def another_trainer(admin, tahmina):
    """A trainer of the same district, who leads no group."""
    return fresh(colleague(admin, "trainer.two", "Саодат Мирзоева", role=RoleKey.TRAINER, like=tahmina))


@pytest.fixture
def group(tahmina, zarina):
    """A running group of financial literacy with two women."""
    return running(tahmina, zarina, course="financial_literacy")


def wrote(by, group, learner, version=0, draft=DRAFT):
    with acting_as(by):
        return write_household(group=group, enrolment=learner, version=version, draft=draft, by=fresh(by))


def wrote_at_home(by, person, version=0, draft=DRAFT):
    with acting_as(by):
        return write_household_at_home(person=person, version=version, draft=draft, by=fresh(by))


def seen(by, learner):
    with acting_as(by):
        return household_of(fresh(by), learner)


def test_trainer_and_learner_make_a_plan(tahmina, group):
    cohort, (learner, _other) = group
    plan = wrote(tahmina, cohort, learner)
    assert (plan.version, plan.household) == (1, DRAFT)
    assert plan.person_id == learner.person_id
    with acting_as(tahmina):
        event = AuditEvent.objects.filter(event="learning.teach").latest("at")
    assert event.detail == {"act": "household.write", "lines": 4, "debts": 2}
    assert event.subject_label == cohort.code


def test_the_social_worker_of_the_family_reads_it_and_nobody_else(
    tahmina, zarina, farrukh, manija, rustam, anvar, gulnoz, outsider, group
):
    cohort, (learner, _other) = group
    plan = wrote(tahmina, cohort, learner)
    assert seen(zarina, learner) == plan
    for stranger in (farrukh, manija, rustam, anvar, outsider):
        assert seen(stranger, learner) is None, stranger
        with acting_as(stranger), connection.cursor() as cursor:
            cursor.execute("select count(*) from learning_householdplan")
            assert cursor.fetchone() == (0,), stranger


def test_a_trainer_of_the_district_who_does_not_lead_the_group_does_not_read_it(tahmina, group, another_trainer):
    cohort, (learner, _other) = group
    wrote(tahmina, cohort, learner)
    assert seen(another_trainer, learner) is None
    with pytest.raises(WithoutRightError):
        wrote(another_trainer, cohort, learner, version=1)


def test_the_second_trainer_works_on_it_too(tahmina, zarina, another_trainer):
    cohort, (learner, _other) = running(
        tahmina, zarina, course="financial_literacy", second=another_trainer.pk, second_qualification="омӯзгор"
    )
    plan = wrote(another_trainer, cohort, learner)
    assert seen(tahmina, learner) == plan


def test_a_second_trainer_of_another_district_reads_it_and_who_may_not_see_money_does_not(
    admin, tahmina, zarina, behruz
):
    elsewhere = colleague(
        admin, "trainer.dusti", "Нозанин Сатторова", role=RoleKey.TRAINER, like=tahmina, districts=(DUSTI,)
    )  # fmt: skip
    for n, (second, reads) in enumerate(((fresh(elsewhere), True), (behruz, False))):
        named = {"course": "financial_literacy", "name": f"Гурӯҳ {n}", "anyway": True}
        cohort, (learner, _other) = running(
            tahmina, zarina, families=4 * n, second=second.pk, second_qualification="омӯзгор", **named
        )  # fmt: skip
        plan = wrote(tahmina, cohort, learner)
        assert (seen(second, learner) == plan) is reads
        if reads:
            assert wrote(second, cohort, learner, version=1).version == 2


def test_a_plan_follows_its_group_to_a_new_trainer(tahmina, zarina, another_trainer, group):
    cohort, (learner, _other) = group
    wrote(tahmina, cohort, learner)
    with acting_as(tahmina):
        cohort = Group.objects.get(pk=cohort.pk)
        draft = plan_draft(another_trainer, course="financial_literacy")
        edit_group(group=cohort, version=cohort.version, draft=draft, by=fresh(tahmina), anyway=True)
    assert seen(tahmina, learner) is None
    with acting_as(another_trainer):
        cohort.refresh_from_db()
        learner.refresh_from_db()
    assert seen(another_trainer, learner).household == DRAFT
    assert wrote(another_trainer, cohort, learner, version=1).version == 2


def test_who_opened_it_earlier_does_not_write_over_it(tahmina, group):
    cohort, (learner, _other) = group
    wrote(tahmina, cohort, learner)
    with pytest.raises(Refused) as refused:
        wrote(tahmina, cohort, learner, version=0)
    assert refused.value.code == "stale"
    assert wrote(tahmina, cohort, learner, 1, replace(DRAFT, method=Method.AVALANCHE)).method == "avalanche"


def test_what_cannot_be_is_refused_with_its_field(tahmina, group):
    cohort, (learner, _other) = group
    with pytest.raises(Refused) as refused:
        wrote(tahmina, cohort, learner, draft=replace(DRAFT, extra=Decimal(-1)))
    assert (refused.value.field, refused.value.code) == ("extra", "amount")
    assert seen(tahmina, learner) is None


def test_who_only_teaches_elsewhere_or_not_at_all_writes_nothing(zarina, farrukh, tahmina, group):
    cohort, (learner, _other) = group
    for by in (zarina, farrukh):
        with pytest.raises((WithoutRightError, OutsideScopeError)):
            wrote(by, cohort, learner)


def test_a_family_makes_a_plan_with_its_social_worker_and_no_trainer_reads_it(zarina, farrukh, tahmina):
    person = woman(zarina)
    plan = wrote_at_home(zarina, person)
    assert plan.household == DRAFT
    assert plan.group is None
    with acting_as(tahmina):
        assert not HouseholdPlan.objects.exists()
    with acting_as(farrukh):
        assert household_at_home(fresh(farrukh), person) is None
    with pytest.raises((WithoutRightError, OutsideScopeError)):
        wrote_at_home(farrukh, person)
    with pytest.raises(Refused) as refused:
        wrote_at_home(zarina, person, version=0)
    assert refused.value.code == "stale"
    assert wrote_at_home(zarina, person, 1, replace(DRAFT, extra=Decimal(0))).version == 2


def test_the_audit_never_names_the_person(zarina, nasiba):
    wrote_at_home(zarina, woman(zarina))
    with acting_as(nasiba):
        event = AuditEvent.objects.filter(event="family.edit").latest("at")
    assert event.subject_label == ""
    assert event.detail["act"] == "household.write"


def test_a_social_worker_finds_what_was_made_in_groups(tahmina, zarina, farrukh, group):
    cohort, (learner, _other) = group
    plan = wrote(tahmina, cohort, learner)
    with acting_as(zarina):
        by = fresh(zarina)
        assert households_in_groups(by, same_person(by, [learner.person_id])) == [plan]
    with acting_as(farrukh):
        by = fresh(farrukh)
        assert households_in_groups(by, {learner.person_id: learner.person_id}) == []
