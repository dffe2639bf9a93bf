"""The pages of a group, as those who teach it, follow it or only count it see them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.attendance import Mark
from tests.cast import fresh
from tests.learning.schooling import held, opened, running

pytestmark = pytest.mark.django_db


def address(group, name="group-open", **parts):
    return reverse(f"learning:{name}", kwargs={"group_code": group.code, **parts})


def read(client, group, name="group-open", **parts):
    answer = client.get(address(group, name, **parts))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_group_shows_its_timetable_with_what_was_held(tahmina, zarina, sign_in):
    group, [one, _other] = running(tahmina, zarina, n=2)
    held(tahmina, group, {one: Mark.ABSENT})
    page = read(sign_in(tahmina), group)
    assert group.code in page
    assert "Seamstress" in page
    assert "1 of 40 sessions held" in page
    assert "1 of 2 there" in page
    assert "Navruz" in page
    assert "39 sessions are not written down yet" in page


def test_a_group_elsewhere_is_not_found_and_leaves_a_refusal(tahmina, farrukh, dpo, sign_in):
    group = opened(tahmina)
    assert sign_in(farrukh).get(address(group)).status_code == 404
    with acting_as(fresh(dpo)):
        refused = AuditEvent.objects.filter(actor_id=farrukh.pk, event="learning.view", outcome="refused")
        assert [event.detail["why"] for event in refused] == ["OutsideScopeError"]


def test_who_counts_sees_the_group_without_a_learner(tahmina, zarina, manija, sign_in):
    group, [one] = running(tahmina, zarina, n=1)
    held(tahmina, group, {})
    page = read(sign_in(manija), group)
    assert "1 of 1 there" in page
    assert one.name not in page
    assert "Take attendance" not in page


def test_the_list_shows_groups_within_reach_only(tahmina, zarina, farrukh, sign_in):
    group = opened(tahmina)
    assert group.code in sign_in(zarina).get(reverse("learning:group-list")).content.decode()
    assert group.code not in sign_in(farrukh).get(reverse("learning:group-list")).content.decode()
    assert "No groups here" in sign_in(farrukh).get(reverse("learning:group-list") + "?over=1").content.decode()
