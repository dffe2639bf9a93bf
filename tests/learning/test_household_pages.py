"""The household plan on the screen and on paper, in a group and with a family."""

from __future__ import annotations

import io
from decimal import Decimal

import pikepdf
import pytest
from django.urls import reverse

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.learning.models import HouseholdPlan
from paivand.registry.actions.merges import merge_people
from paivand.registry.models import FamilyMember
from tests.learning.schooling import registered, running
from tests.learning.test_households import DRAFT, wrote, wrote_at_home

TYPED = {
    "version": "0", "first_month": "2026-05", "method": "snowball", "extra": "150",
    "line.wage": "900", "line.remittance": "1 500", "line.remittance.0": "0", "line.food": "1300",
    "line.reserve": "100",
    "debt.0.lender": "bank", "debt.0.who": "гов", "debt.0": "5000", "debt.0.percent": "28", "debt.0.per": "year",
    "debt.0.n_months": "24", "debt.1.lender": "shop", "debt.1.who": "мағоза", "debt.1": "600", "debt.1.per": "year",
}  # fmt: skip


@pytest.fixture
def group(tahmina, zarina):
    return running(tahmina, zarina, course="financial_literacy")


@pytest.fixture
def member(zarina):
    family = registered(zarina, members=0)
    with acting_as(zarina):
        return family, FamilyMember.objects.get(family=family)


def path(name, cohort, learner):
    return reverse(f"learning:household-{name}", kwargs={"group_code": cohort.code, "enrolment_id": learner.pk})


def home(name, family, row):
    return reverse(f"learning:home-{name}", kwargs={"code": family.code, "member_id": row.pk})


def test_trainer_and_learner_write_the_plan_and_see_both_ways(sign_in, tahmina, group):
    cohort, (learner, other) = group
    browser = sign_in(tahmina)
    listed = browser.get(reverse("learning:group-households", args=[cohort.code])).content.decode()
    assert listed.count("Begin a plan") == 2
    assert browser.get(path("edit", cohort, learner)).status_code == 200
    answer = browser.post(path("edit", cohort, learner), TYPED)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    assert answer.url == path("open", cohort, learner)
    with acting_as(tahmina):
        assert HouseholdPlan.objects.get().household == DRAFT
    html = browser.get(answer.url).content.decode()
    assert "Snowball: the smallest debt first" in html
    assert "Avalanche: the dearest debt first" in html
    assert "62 % of the income comes from abroad" not in html
    assert "of the income comes from abroad" in html
    assert html.count("<polyline") == 2
    assert "May 2026" in html
    listed = browser.get(reverse("learning:group-households", args=[cohort.code])).content.decode()
    assert (listed.count("Begin a plan"), listed.count("Open the plan")) == (1, 1)
    assert browser.get(path("open", cohort, other)).status_code == 200


def test_another_amount_is_tried_without_saving_it(sign_in, tahmina, group):
    cohort, (learner, _other) = group
    wrote(tahmina, cohort, learner)
    html = sign_in(tahmina).get(path("open", cohort, learner), {"extra": "800"}).content.decode()
    assert "This is a try" in html
    with acting_as(tahmina):
        assert HouseholdPlan.objects.get().extra == 150
    html = sign_in(tahmina).get(path("open", cohort, learner), {"extra": "many"}).content.decode()
    assert "Write the amount with digits only" in html
    assert "This is a try" not in html


def test_who_saves_an_older_version_compares_first(sign_in, tahmina, group):
    cohort, (learner, _other) = group
    browser = sign_in(tahmina)
    wrote(tahmina, cohort, learner)
    answer = browser.post(path("edit", cohort, learner), {**TYPED, "line.food": "1250"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Compare before you save" in html
    assert "1250" in html
    answer = browser.post(path("edit", cohort, learner), {**TYPED, "line.food": "1250", "version": "1"})
    assert answer.status_code == 302


@pytest.mark.parametrize(("changed", "words"), [
    ({"line.food": "lots"}, "digits only"),
    ({"line.food": "2000000"}, "from 0 to 1,000,000"),
    ({"debt.0.lender": ""}, "Choose who lent the money"),
    ({"debt.1": ""}, "owed today, or 0"),
    ({"debt.0.percent": "140"}, "from 0 to 100"),
    ({"first_month": "May"}, "as 2026-12"),
])  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field(sign_in, tahmina, group, changed, words):
    cohort, (learner, _other) = group
    answer = sign_in(tahmina).post(path("edit", cohort, learner), {**TYPED, **changed})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_amount_that_does_not_cover_the_interest_says_so(sign_in, tahmina, group):
    cohort, (learner, _other) = group
    typed = {
        **TYPED, "extra": "", "debt.0.n_months": "", "debt.0.least": "0", "debt.0.percent": "10", "debt.0.per": "month",
    }  # fmt: skip
    browser = sign_in(tahmina)
    assert browser.post(path("edit", cohort, learner), typed).status_code == 302
    html = browser.get(path("open", cohort, learner)).content.decode()
    assert "The debts would not end" in html
    assert "<polyline" not in html
    assert browser.get(path("print", cohort, learner)).status_code == 200


def test_the_social_worker_of_the_family_reads_and_does_not_write(sign_in, tahmina, zarina, farrukh, rustam, group):
    cohort, (learner, other) = group
    wrote(tahmina, cohort, learner)
    browser = sign_in(zarina)
    html = browser.get(path("open", cohort, learner)).content.decode()
    assert "Two ways out" in html
    assert path("edit", cohort, learner) not in html
    assert browser.get(path("edit", cohort, learner)).status_code == 403
    assert browser.get(path("open", cohort, other)).status_code == 404  # no plan, and not hers to begin
    assert sign_in(farrukh).get(path("open", cohort, learner)).status_code == 404
    assert sign_in(rustam).get(path("open", cohort, learner)).status_code == 403


@pytest.mark.parametrize("language", ["tg", "ru", "en", "fa"])
def test_the_plan_is_printed_in_four_languages(sign_in, tahmina, group, language):
    cohort, (learner, _other) = group
    wrote(tahmina, cohort, learner)
    answer = sign_in(tahmina).get(path("print", cohort, learner), {"language": language})
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) >= 2
        assert str(pdf.Root.Lang).startswith(language)
        assert learner.name not in str(pdf.docinfo.get("/Title", ""))
    with acting_as(tahmina):
        event = AuditEvent.objects.filter(event="learning.view", outcome="done").latest("at")
    assert event.detail == {"act": "household.print", "language": language}


def test_a_family_makes_its_plan_at_home(sign_in, zarina, farrukh, manija, member):
    family, row = member
    browser = sign_in(zarina)
    assert "There is no plan yet" in browser.get(home("open", family, row)).content.decode()
    assert browser.get(home("print", family, row)).status_code == 404
    assert browser.post(home("edit", family, row), TYPED).status_code == 302
    assert "Two ways out" in browser.get(home("open", family, row)).content.decode()
    assert browser.get(home("print", family, row)).status_code == 200
    assert sign_in(farrukh).get(home("open", family, row)).status_code == 404
    assert sign_in(manija).get(home("open", family, row)).status_code == 403


def test_the_family_s_page_leads_to_what_was_made_in_groups(sign_in, tahmina, zarina, group):
    cohort, (learner, _other) = group
    wrote(tahmina, cohort, learner)
    with acting_as(zarina):
        row = FamilyMember.objects.select_related("family").get(person_id=learner.person_id)
    browser = sign_in(zarina)
    assert path("open", cohort, learner) in browser.get(home("open", row.family, row)).content.decode()
    person_page = reverse("registry:person-open", kwargs={"code": row.family.code, "member_id": row.pk})
    assert home("open", row.family, row) in browser.get(person_page).content.decode()


def test_a_debt_more_than_the_page_had_room_for_is_kept(sign_in, zarina, member):
    family, row = member
    with acting_as(zarina):
        person = row.person
    wrote_at_home(zarina, person)
    browser = sign_in(zarina)
    html = browser.get(home("edit", family, row)).content.decode()
    assert 'name="debt.3"' in html
    assert 'name="debt.4"' not in html
    typed = {**TYPED, "version": "1", "debt.4": "50", "debt.4.lender": "relative", "debt.4.per": "year"}
    assert browser.post(home("edit", family, row), typed).status_code == 302
    with acting_as(zarina):
        assert [debt.balance for debt in HouseholdPlan.objects.get().household.debts][-1] == Decimal(50)


def test_a_plan_of_a_record_that_was_joined_is_shown_and_written_on_as_hers(sign_in, zarina, nasiba):
    stays, gone = registered(zarina, 0, members=0), registered(zarina, 1, members=0)
    with acting_as(zarina):
        absorbed, row = gone.head, FamilyMember.objects.get(family=stays)
    wrote_at_home(zarina, absorbed)
    with acting_as(nasiba):
        merge_people(kept=stays.head, absorbed=absorbed, reason="Як зан, ду рӯйхат.", by=nasiba, join=True)
    browser = sign_in(zarina)
    assert "Two ways out" in browser.get(home("open", stays, row)).content.decode()
    form = browser.get(home("edit", stays, row)).content.decode()
    assert 'name="version" value="0"' in form
    assert 'value="1300"' in form
    assert browser.post(home("edit", stays, row), {**TYPED, "line.food": "1250"}).status_code == 302
    with acting_as(zarina):
        assert HouseholdPlan.objects.count() == 2
    assert browser.post(home("edit", stays, row), {**TYPED, "version": "1"}).status_code == 302
