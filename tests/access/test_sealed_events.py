"""Audit events that betray the sealed room, receivers' columns, one-time links and histories that only move."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from paivand.access.actions.mechanism import record_event
from paivand.access.models import AuditEvent
from paivand.access.models.identity import LINK, acting_as, for_link, for_purpose, identity
from paivand.access.models.policies import ForLink, InScope, Is, IsNot, Policy, SignedIn
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import SEALED_VERBS, Verb
from tests.cast import KULOB

pytestmark = pytest.mark.django_db


def seen(user, event):
    with acting_as(user):
        filtered = AuditEvent.objects.filter(AuditEvent.policy.visible(user), event=event).count()
        assert filtered == AuditEvent.objects.filter(event=event).count()  # both walls say the same
    return filtered


def test_only_the_data_protection_officer_sees_that_the_sealed_room_was_worked_in(gulnoz, nasiba, dpo, zarina):
    with acting_as(gulnoz):
        for verb in sorted(SEALED_VERBS):
            record_event(verb, by=gulnoz, scope=Scope(KULOB))
    for verb in SEALED_VERBS:
        assert seen(dpo, verb) == 1
        assert seen(gulnoz, verb) == 1
        assert seen(nasiba, verb) == 0
        assert seen(zarina, verb) == 0


def test_an_event_about_a_sealed_thing_is_sealed_whatever_the_verb(family, gulnoz, nasiba):
    family.is_sealed = True
    with acting_as(gulnoz):
        record_event(Verb.REFERRAL_SEND, by=gulnoz, subject=family, scope=Scope(KULOB))
    assert seen(nasiba, Verb.REFERRAL_SEND) == 0
    assert seen(gulnoz, Verb.REFERRAL_SEND) == 1


def test_a_link_shows_its_own_rows_and_ends_with_its_block():
    def asked():
        with connection.cursor() as cursor:
            cursor.execute("select paivand_link(), paivand_user(), paivand_purpose(%s)", [LINK])
            return cursor.fetchone()

    with for_link("abc"):
        assert asked() == ("abc", None, True)
        with for_purpose("upkeep"):
            assert asked() == ("abc", None, False)
        assert asked() == ("abc", None, True)
    with identity(None):
        assert asked() == (None, None, False)


def test_a_receivers_right_looks_at_the_receivers_columns(anvar, nasiba):
    rule = InScope(Verb.REFERRAL_ANSWER, district=None, agency="receiver_agency_id", team=None, owner="receiver_id")
    mine = SimpleNamespace(receiver_id=anvar.pk, receiver_agency_id=None, district_id=KULOB, owner_id=None)
    not_mine = SimpleNamespace(receiver_id=uuid.uuid4(), receiver_agency_id=None, district_id=KULOB, owner_id=anvar.pk)
    with acting_as(anvar):
        assert rule.allows(anvar, mine, None)
        assert not rule.allows(anvar, not_mine, None)
        assert "district_id" not in str(rule.q(anvar, None))
    with acting_as(nasiba):  # her districts do not count where no district column is named
        assert not rule.allows(nasiba, mine, None)
    assert "district" not in rule.sql(None).replace("paivand_districts", "")


def test_rules_on_values_say_the_same_in_all_three_ways(zarina):
    row = SimpleNamespace(pseudonym="", sealed=True)
    for rule, allowed, sql in (
        (Is("pseudonym", ""), True, "pseudonym = ''"),
        (IsNot("pseudonym", ""), False, "pseudonym <> ''"),
        (Is("sealed", True), True, "sealed = true"),
    ):
        assert rule.allows(zarina, row, None) is allowed
        assert rule.sql(None) == sql
    assert not ForLink("digest").allows(zarina, row, None)
    assert ForLink("digest").sql(None) == "digest = (select paivand_link())"


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_history_moves_but_is_never_rewritten():
    from django.db import connections

    role = connection.settings_dict["USER"]
    policy = Policy(view=SignedIn(), add=SignedIn(), change=SignedIn(), only=("owner_id",))
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("create table told (id int primary key, words text, owner_id uuid)")
        for statement in policy.statements("told", role):
            cursor.execute(statement)
        rights = {}
        for column in ("words", "owner_id"):
            cursor.execute("select has_column_privilege(%s, 'told', %s, 'update')", [role, column])
            rights[column] = cursor.fetchone()[0]
        transaction.set_rollback(True, using="owner")
    assert rights == {"words": False, "owner_id": True}
