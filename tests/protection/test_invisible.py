"""Nobody outside the room finds a trace of it: in no page, search, count, hint, desk, log or address."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.core.models.sealed import pseudonym
from paivand.desk.queries import desk
from paivand.protection.actions.links import link_person
from paivand.registry.models import JourneyStep
from paivand.registry.queries.journey import steps_of
from paivand.registry.queries.search import search
from paivand.registry.queries.story import story
from tests.protection.stage import ACCOUNT, NAME, PHONE, agreed, answered, opened, service
from tests.protection.stage import sent as send
from tests.protection.test_pages import path

pytestmark = pytest.mark.django_db
WORDS = (NAME.given, NAME.family, PHONE, ACCOUNT)
OTHERS = ["zarina", "nasiba", "manija", "rustam", "behruz", "admin", "dpo", "manager", "ministry", "anvar"]


@pytest.fixture
def worked(nasiba, anvar, gulnoz, family):
    """A survivor who heads a registered family, with an incident's worth of work behind her."""
    clinic = service(nasiba, focal_user=anvar)
    survivor = opened(gulnoz, language="tg")
    with acting_as(gulnoz):
        link_person(survivor=survivor, version=1, person=family.head, by=gulnoz)
    send(survivor, agreed(survivor, gulnoz), clinic, gulnoz)
    return survivor


def pages(family):
    """The pages on which somebody might leave a trace."""
    code = {"code": family.code}
    return [
        reverse("desk:home"), reverse("desk:search") + f"?q={NAME.given} {NAME.family}",
        reverse("desk:search") + f"?q={NAME.family}", reverse("registry:family-list"),
        reverse("registry:family-open", kwargs=code), reverse("registry:pair-list"), reverse("access:audit-list"),
        reverse("registry:family-export"), reverse("access:role-list"), reverse("registry:place-list"),
        reverse("access:profile"),
    ]  # fmt: skip


@pytest.mark.parametrize("who", OTHERS)
def test_no_page_of_anybody_else_shows_a_trace(who, worked, family, everyone, sign_in):
    browser = sign_in(everyone[who])
    for address in pages(family):
        answer = browser.get(address)
        assert answer.status_code in {200, 403, 404, 302}, address
        html = answer.content.decode()
        assert worked.code not in html, address
        assert str(worked.pk) not in html, address
        assert pseudonym(family.head_id) not in html, address
        assert not [word for word in WORDS if word in html.replace(f'value="{NAME.given} {NAME.family}"', "")
                    .replace(f'value="{NAME.family}"', "")
                    .replace(f"{NAME.given} {NAME.family}", "" if "search" in address else NAME.given)
                    .replace(NAME.family, "" if "search" in address else NAME.family)], address  # fmt: skip
        if who != "anvar":
            assert "/sealed/" not in html, address


def test_the_navigation_shows_the_room_to_those_who_work_there_only(everyone, sign_in):
    shown = {}
    for name, user in everyone.items():
        shown[name] = path("room-open") in sign_in(user).get(reverse("desk:home")).content.decode()
    assert {name for name, there in shown.items() if there} == {"gulnoz"}


def test_global_search_finds_neither_code_nor_name(worked, gulnoz):
    with acting_as(gulnoz):
        for sought in (worked.code, worked.code[2:], f"{NAME.given} {NAME.family}", NAME.family):
            assert search(gulnoz, sought) == []


def test_the_journey_and_the_story_of_the_person_tell_nothing(worked, family, gulnoz, zarina):
    for user in (gulnoz, zarina):
        with acting_as(user):
            services = {row.service for row in steps_of(user, [family.head_id])[family.head_id]}
            services |= {row.service for row in story(user, family).steps}
            assert not [service for service in services if service.startswith("survivor.")]


@pytest.mark.parametrize("who", ["zarina", "nasiba", "manija", "rustam", "admin", "dpo"])
def test_raw_sql_finds_no_coded_step_and_nothing_to_join_it_by(who, worked, family, everyone):
    with acting_as(everyone[who]), connection.cursor() as cursor:
        cursor.execute("select count(*) from registry_journeystep where pseudonym <> '' or service like 'survivor%%'")
        assert cursor.fetchone() == (0,)
        cursor.execute("select count(*) from registry_journeystep where pseudonym = %s", [pseudonym(family.head_id)])
        assert cursor.fetchone() == (0,)


def test_a_coded_step_says_month_district_sex_and_age_and_no_more(worked, gulnoz):
    with acting_as(gulnoz):
        for row in JourneyStep.objects.exclude(pseudonym=""):
            assert (row.person_id, row.agency_id, row.team_id, row.owner_id) == (None, None, None, None)
            assert row.happened_on.day == 1
            assert row.place_id == row.district_id
            assert str(worked.pk).replace("-", "") not in row.pseudonym


def test_the_family_page_of_the_specialist_herself_shows_nothing_either(worked, family, room):
    html = room.get(reverse("registry:family-open", kwargs={"code": family.code})).content.decode()
    assert worked.code not in html
    assert "survivor." not in html


def test_the_desk_of_the_specialist_holds_no_code(worked, gulnoz, anvar, room):
    from paivand.referrals.models import Referral

    with acting_as(gulnoz):
        referral = Referral.objects.get()
    answered(referral, anvar, "accept")
    html = room.get(reverse("desk:home")).content.decode()
    assert worked.code not in html
    with acting_as(gulnoz):
        assert worked.code not in str(desk(gulnoz))


def test_nothing_is_sought_in_an_address_and_no_code_stands_in_one(room, worked):
    found = room.post(path("survivor-search"), {"sought": worked.code})
    assert worked.code not in found["Location"]
    assert room.get(path("survivor-search")).status_code == 405
    html = room.get(path("room-open")).content.decode() + room.get(path("survivor-open", worked)).content.decode()
    addresses = re.findall(r'(?:href|action)="([^"]*)"', html)
    assert not [address for address in addresses if worked.code in address or "S-" in address]


def test_messages_tell_nothing(room, worked):
    room.post(path("survivor-search"), {"sought": "ҳеҷ кас"})
    cookies = "".join(morsel.value for morsel in room.cookies.values())
    assert worked.code not in cookies
    assert not [word for word in WORDS if word in cookies]


def test_nothing_is_mailed(worked):
    assert mail.outbox == []


def test_the_session_holds_a_time_and_nothing_of_anybody(room, worked):
    room.get(path("survivor-open", worked))
    held = str(dict(room.session))
    assert str(worked.pk) not in held
    assert worked.code not in held


def test_queues_and_caches_hold_nothing(worked, zarina):
    with acting_as(zarina), connection.cursor() as cursor:
        cursor.execute("select coalesce(string_agg(args::text, ' '), '') from procrastinate_jobs")
        assert str(worked.pk) not in cursor.fetchone()[0]
        cursor.execute("select coalesce(string_agg(cache_key || value, ' '), '') from paivand_cache")
        assert str(worked.pk) not in cursor.fetchone()[0]
