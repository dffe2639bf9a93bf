"""Every way of the navigation leads somewhere, and a phone shows the four that the day's work needs."""

from __future__ import annotations

from django.urls import reverse

from paivand.access.rules.roles import ROLES, RoleKey
from paivand.desk.rules import NAVIGATION, stands_under


def test_every_item_of_the_navigation_has_a_page():
    for item in NAVIGATION:
        assert reverse(item.url)


def test_a_social_workers_phone_shows_desk_families_cases_and_referrals():
    verbs = ROLES[RoleKey.SOCIAL_WORKER].verbs
    main = [item.url for item in NAVIGATION if item.main and (item.verb is None or item.verb in verbs)]
    assert main[:4] == ["desk:home", "registry:family-list", "cases:case-list", "referrals:referral-list"]


def test_pages_of_cases_stand_under_their_own_item():
    assert stands_under("cases:case-open") == "cases:case-list"
    assert stands_under("cases:supervision-add") == "cases:supervision-list"
    assert stands_under("cases:round-open") == "cases:round-list"
