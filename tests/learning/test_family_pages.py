"""Courses in a family's file: who may join what, who was put forward, and the learning record."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from paivand.access.actions.agencies import add_team
from paivand.access.actions.glass import break_glass
from paivand.access.models import Agency
from paivand.access.models.identity import acting_as
from paivand.access.rules.scopes import ScopeKind
from paivand.access.rules.verbs import Verb
from paivand.core.models import Place, new_id
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.learning.actions.enrolments import decline, leave, put_members_forward
from paivand.learning.models import Enrolment, EnrolmentMove
from paivand.learning.queries.enrolments import enrolments_of
from paivand.learning.queries.openings import learners, offers, open_groups
from paivand.learning.rules.drafts import LearnerDraft
from paivand.learning.rules.states import EnrolmentState, LeftWhy
from paivand.registry.actions.merges import merge_people
from paivand.registry.actions.participants import recognise_participant
from tests.cases.team import colleague
from tests.cast import KULOB, fresh
from tests.learning.schooling import (
    enrolled,
    held,
    opened,
    planned,
    professional,
    registered,
    running,
    sent,
    woman,
)

pytestmark = pytest.mark.django_db


def _page(browser, family, rest=""):
    return browser.get(f"/families/{family.code}/courses/{rest}")


def _words(response):
    return " ".join(response.content.decode().split())


# --- who may join ----------------------------------------------------------------------------------------------------


def test_the_page_says_before_anybody_is_chosen_who_may_join_and_why_others_may_not(tahmina, zarina, sign_in):
    opened(tahmina, child_care=True)
    family = registered(zarina)
    words = _words(_page(sign_in(zarina), family, "find/"))
    assert "May join:" in words
    assert "somebody looks after the children" in words
    assert "15 places left of 15" in words
    assert "This course takes people who are 18 or older" in words


def test_planned_groups_and_those_of_other_districts_are_not_offered(tahmina, zarina, sign_in):
    planned(tahmina)
    family = registered(zarina)
    assert "No group takes people in here now" in _words(_page(sign_in(zarina), family, "find/"))


def test_who_is_in_a_group_already_is_not_offered_again(tahmina, zarina):
    group = opened(tahmina)
    her = woman(zarina)
    with acting_as(zarina):
        by = fresh(zarina)
        asked = learners(by, [her], timezone.localdate(), {})
        [offer] = offers(by, open_groups(by, KULOB), asked, "en")
        assert [one.learner.person.pk for one in offer.fitting] == [her.pk]
    row = sent(zarina, group, her)
    with acting_as(zarina):
        [offer] = offers(by, open_groups(by, KULOB), asked, "en")
        assert offer.fitting == []
        assert [one.listed for one in offer.others] == [row]


def test_whoever_withdrew_the_consent_to_services_is_named_and_not_offered(tahmina, zarina, sign_in):
    from paivand.registry.rules import ConsentPurpose
    from tests.registry.talks import agree, withdraw

    opened(tahmina)
    family = registered(zarina, members=0)
    with acting_as(zarina):
        agree(zarina, family.head, ConsentPurpose.SERVICES)
        withdraw(zarina, family.head, ConsentPurpose.SERVICES)
    words = _words(_page(sign_in(zarina), family, "find/"))
    assert "withdrew the consent to services" in words
    assert "May join:" not in words


# --- putting forward -------------------------------------------------------------------------------------------------


def test_somebody_is_put_forward_from_the_page_once_however_often_it_is_sent(tahmina, zarina, sign_in):
    group = opened(tahmina)
    family = registered(zarina, members=0)
    browser, path = sign_in(zarina), f"/families/{family.code}/courses/{group.code}/"
    page = browser.get(path)
    assert page.status_code == 200
    form = {"form_id": str(new_id()), "people": [str(family.head_id)], "said": "мехоҳад дар хона дӯзад"}
    for _time in range(2):
        answer = browser.post(path, form)
        assert answer.status_code == 302, _words(answer)
    assert "1 person is put forward" in _words(browser.get(answer.url))
    with acting_as(zarina):
        row = Enrolment.objects.get(group=group)
        assert (row.person_id, row.state, row.said) == (family.head_id, EnrolmentState.APPLIED, form["said"])
        assert row.home_owner_id == zarina.pk
        group.refresh_from_db()
        assert group.n_asking == 1


def test_nobody_chosen_is_said_and_nothing_is_written(tahmina, zarina, sign_in):
    group = opened(tahmina)
    family = registered(zarina, members=0)
    answer = sign_in(zarina).post(f"/families/{family.code}/courses/{group.code}/", {"form_id": str(new_id())})
    assert answer.status_code == 422
    assert "Choose at least one person." in _words(answer)
    with acting_as(zarina):
        assert not Enrolment.objects.exists()


def test_members_are_put_forward_together_or_not_at_all(tahmina, zarina):
    group = opened(tahmina)
    family = registered(zarina, members=1)
    with acting_as(zarina):
        boy = family.members.exclude(relation="head").get().person
        people = [(new_id(), family.head, LearnerDraft()), (new_id(), boy, LearnerDraft())]
        with pytest.raises(Refused) as refused:
            put_members_forward(family=family, group=group, people=people, by=fresh(zarina))
        assert refused.value.code == "not_eligible"
        assert not Enrolment.objects.exists()


def test_nobody_of_another_family_is_put_forward_with_this_one(tahmina, zarina):
    group = opened(tahmina)
    family, other = registered(zarina, members=0), woman(zarina, 3)
    with acting_as(zarina):
        for people in ([], [(new_id(), other, LearnerDraft())]):
            with pytest.raises(Refused) as refused:
                put_members_forward(family=family, group=group, people=people, by=fresh(zarina))
            assert refused.value.code == "people"


def test_a_worker_who_reaches_only_her_team_sends_people_to_the_groups_of_others(tahmina, zarina, admin):
    group = opened(tahmina)
    with acting_as(admin):
        agency = Agency.objects.get(pk=zarina.agency_id)
        team = add_team(name="Кӯлоб 2", agency=agency, district=Place.objects.get(pk=KULOB), by=admin)
    by = colleague(admin, "of.team", scope=ScopeKind.TEAM, agency=agency, team=team)
    family = registered(by, members=0)
    with acting_as(by):
        assert not by.reach(Verb.LEARNING_ENROL).covers(group)
        people = [(new_id(), family.head, LearnerDraft())]
        [row] = put_members_forward(family=family, group=group, people=people, by=by)
        row.refresh_from_db()
        assert row.state == EnrolmentState.APPLIED
        assert enrolments_of(by, [family.head_id])[family.head_id] == [row]
        gone = leave(enrolment=row, version=row.version, why=LeftWhy.FAR, by=by)
        assert gone.state == EnrolmentState.LEFT


def test_from_elsewhere_it_is_as_if_the_family_were_not_there(tahmina, zarina, farrukh, sign_in):
    group = opened(tahmina)
    family = registered(zarina, members=0)
    browser = sign_in(farrukh)
    for rest in ("", "find/", f"{group.code}/"):
        assert _page(browser, family, rest).status_code == 404
    with acting_as(farrukh), pytest.raises(OutsideScopeError):
        put_members_forward(
            family=family, group=group, people=[(new_id(), family.head, LearnerDraft())], by=fresh(farrukh)
        )


def test_break_glass_lends_no_learning_record(zarina, farrukh, sign_in):
    family = registered(zarina, members=0)
    by = fresh(farrukh)
    with acting_as(by):
        place = Place.objects.get(pk=KULOB)
        break_glass(district=place, reason="кӯдак дар хатар аст, корманд ҷавоб намедиҳад", by=by)
    browser = sign_in(farrukh)
    assert browser.get(f"/families/{family.code}/").status_code == 200
    assert _page(browser, family).status_code == 403
    assert _page(browser, family, "find/").status_code == 403


def test_whoever_only_counts_or_only_teaches_does_not_open_it(zarina, manija, tahmina, sign_in):
    family = registered(zarina, members=0)
    for user in (manija, tahmina):
        assert _page(sign_in(user), family).status_code == 403


# --- the learning record ---------------------------------------------------------------------------------------------


def test_the_record_shows_what_was_attended_and_why_somebody_was_not_taken_in(tahmina, zarina, sign_in):
    group, [row] = running(tahmina, zarina, n=1)
    from paivand.core.rules.attendance import Mark

    held(tahmina, group, {})
    held(tahmina, group, {row: Mark.ABSENT})
    other = opened(tahmina, name="Дӯзандагон 2", room="7", starts_on=date(2029, 3, 5))
    with acting_as(zarina):
        family = row.person.memberships.get().family
    asked = sent(zarina, other, row.person)
    with acting_as(tahmina):
        decline(group=other, enrolments=[asked], why=LeftWhy.NOT_ELIGIBLE, said="бояд аввал", by=fresh(tahmina))
    browser = sign_in(zarina)
    words = _words(_page(browser, family))
    assert "1 of 2 sessions" in words
    assert "not taken in" in words
    assert "does not fulfil what the course asks for" in words
    page = _words(browser.get(f"/learning/learners/{asked.pk}/"))
    assert "бояд аввал" in page


def test_what_a_merged_record_learnt_is_hers(tahmina, zarina, nasiba):
    group = opened(tahmina)
    one, same = woman(zarina, 0), woman(zarina, 1)
    row = sent(zarina, group, same)
    with acting_as(nasiba):
        merge_people(kept=one, absorbed=same, reason="як шиноснома", by=fresh(nasiba))
        assert enrolments_of(fresh(nasiba), [one.pk])[one.pk] == [row]


def test_what_she_learnt_as_a_participant_is_hers_once_she_is_recognised(tahmina, zarina):
    group = opened(tahmina, course="training_social_workers")
    who = professional(zarina)
    [row] = enrolled(tahmina, group, [who])
    her = woman(zarina)
    with acting_as(zarina):
        by = fresh(zarina)
        assert enrolments_of(by, [her.pk])[her.pk] == []
        recognise_participant(participant=who, person=her, by=by)
        assert enrolments_of(by, [her.pk])[her.pk] == [row]


def test_another_district_finds_no_enrolment(tahmina, zarina, farrukh, sign_in):
    row = sent(zarina, opened(tahmina), woman(zarina))
    browser = sign_in(farrukh)
    assert browser.get(f"/learning/learners/{row.pk}/").status_code == 404
    assert browser.get(f"/learning/learners/{row.pk}/leave/").status_code == 404


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_who_does_not_wish_to_come_is_taken_back_with_the_reason(tahmina, zarina, sign_in):
    row = sent(zarina, opened(tahmina), woman(zarina))
    browser, path = sign_in(zarina), f"/learning/learners/{row.pk}/leave/"
    assert "Does not wish to come" in _words(browser.get(path))
    today = timezone.localdate().isoformat()
    answer = browser.post(path, {"version": row.version, "why": "far", "said": "роҳ дур аст", "on": today})
    assert answer.status_code == 302
    assert "the way is too far or too costly" in _words(browser.get(answer.url)).lower()
    with acting_as(zarina):
        row.refresh_from_db()
        assert (row.state, row.left_why) == (EnrolmentState.LEFT, LeftWhy.FAR)
        assert EnrolmentMove.objects.filter(enrolment=row, why=LeftWhy.FAR).get().reason == "роҳ дур аст"


def test_leaving_with_an_old_page_changes_nothing(tahmina, zarina, sign_in):
    row = sent(zarina, opened(tahmina), woman(zarina))
    today = timezone.localdate().isoformat()
    answer = sign_in(zarina).post(
        f"/learning/learners/{row.pk}/leave/", {"version": row.version - 1, "why": "far", "on": today}
    )
    assert answer.status_code == 422
    with acting_as(zarina):
        row.refresh_from_db()
        assert row.state == EnrolmentState.APPLIED


def test_answers_of_trainers_are_no_reasons_to_leave():
    from paivand.learning.forms.enrolments import LeaveForm

    offered = {key for key, _name in LeaveForm().fields["why"].choices}
    assert {LeftWhy.FAR, LeftWhy.MISTAKE} <= offered
    assert offered.isdisjoint({LeftWhy.FULL, LeftWhy.NOT_ELIGIBLE, LeftWhy.CONSENT, LeftWhy.CANCELLED})
