"""The eight rules by which data about violence are kept safe and ethical, each tried as everybody who should fail.

Each rule is tried as social worker (Zarina), supervisor (Nasiba), monitoring officer (Manija) and administrator through
the program and with raw SQL as the application's role, and once as the specialist (Gulnoz), for whom it must work.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import python_calamine
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as, identity
from paivand.access.queries.users import placement
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.protection.actions.exports import export_incidents, look_at_figures
from paivand.protection.actions.survivors import open_file, read_file
from paivand.protection.models import Incident, Survivor, SurvivorConsent
from paivand.protection.queries.figures import caseworker_code
from paivand.protection.rules.consents import Kind
from paivand.protection.rules.recorder import COLUMNS
from paivand.referrals.models import Disclosure, Referral
from tests.cast import KULOB
from tests.protection.stage import (
    ACCOUNT,
    GIVEN,
    NAME,
    PHONE,
    TODAY,
    agreed,
    draft,
    happened,
    inside,
    opened,
    service,
)
from tests.protection.stage import sent as send
from tests.protection.test_help import withdraw

pytestmark = pytest.mark.django_db
OTHERS = ("zarina", "nasiba", "manija", "admin")
TABLES = sorted(model._meta.db_table for model in apps.get_app_config("protection").get_models())
REASON = "ба шӯрои ҳамоҳангсозӣ, ҳисоботи семоҳа"
SECRETS = (NAME.given, NAME.family, PHONE, ACCOUNT)


@contextmanager
def as_role(user) -> Iterator[object]:
    """A cursor of the application's role with the user's identity: raw SQL, as code in the program could send it."""
    with acting_as(user), connection.cursor() as cursor:
        yield cursor


def rows_of(cursor, table):
    cursor.execute(f'select count(*) from "{table}"')
    return cursor.fetchone()[0]


def exported(by):
    into = io.BytesIO()
    with acting_as(by):
        export_incidents(since=TODAY, until=TODAY, reason=REASON, into=into, by=by)
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(into.getvalue()))


@pytest.fixture
def told(survivor, incident, gulnoz):
    """A survivor with an incident, and her consent to be counted."""
    return survivor


# 1 --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_1_only_direct_providers_write_and_only_where_help_is_there(who, gulnoz, nasiba, everyone):
    with pytest.raises(Refused) as refused:  # nothing open in the district: not even the specialist collects
        opened(gulnoz)
    assert refused.value.code == "no_service"
    service(nasiba)
    user = everyone[who]
    with pytest.raises(WithoutRightError), acting_as(user):
        open_file(
            scope=placement(user, KULOB), survivor_id=new_id(), draft=draft(), given=GIVEN, reporting=True,
            told_on=TODAY, by=user,
        )  # fmt: skip
    survivor = opened(gulnoz)
    with acting_as(gulnoz):
        row = Survivor.objects.filter(pk=survivor.pk).values().get()
    columns = ", ".join(f'"{name}"' for name in row)
    statement = (
        f"insert into protection_survivor ({columns}) select {columns} "
        "from json_populate_record(null::protection_survivor, %s)"
    )
    copied = json.dumps({**row, "id": new_id(), "number": 7, "name": "", "contact": ""}, cls=DjangoJSONEncoder)
    with as_role(user) as cursor:
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(statement, [copied])


# 2 --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_2_incidents_carry_a_code_and_never_a_name(who, told, room, everyone):
    html = room.get(reverse("protection:room-open")).content.decode()
    assert told.code in html
    assert not [word for word in SECRETS if word in html]
    for model in (Incident,):
        assert not {"name", "phone", "address", "contact"} & {field.name for field in model._meta.concrete_fields}
    with as_role(everyone[who]) as cursor:
        assert [rows_of(cursor, table) for table in TABLES] == [0] * len(TABLES)


# 3 --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_3_incidents_are_shared_only_with_consent_to_reporting(who, told, gulnoz, everyone):
    silent = opened(gulnoz, reporting=False)
    happened(silent, gulnoz)
    codes = {row[1] for row in exported(gulnoz).get_sheet_by_index(0).to_python()[1:]}
    assert codes == {told.code}
    with acting_as(gulnoz):
        consent = SurvivorConsent.objects.get(survivor=told, kind=Kind.REPORTING)
    withdraw(consent, gulnoz)
    assert len(exported(gulnoz).get_sheet_by_index(0).to_python()) == 1  # the headings alone
    with pytest.raises(WithoutRightError):
        exported(everyone[who])
    with as_role(everyone[who]) as cursor:
        assert rows_of(cursor, "protection_incident") == 0


# 4 --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_4_nothing_of_a_file_leaves_but_by_a_referral_she_agreed_to(who, told, gulnoz, anvar, nasiba, everyone):
    clinic = service(nasiba, focal_user=anvar)
    with acting_as(gulnoz):
        reporting = SurvivorConsent.objects.get(survivor=told, kind=Kind.REPORTING)
    with pytest.raises(Refused) as refused:
        send(told, reporting, clinic, gulnoz)
    assert refused.value.code == "consent"
    referral = send(told, agreed(told, gulnoz), clinic, gulnoz)
    with acting_as(gulnoz):
        left = Disclosure.objects.get(referral=referral).values
    assert not [word for word in SECRETS if word in str(left)]
    user = everyone[who]
    with acting_as(user):
        assert not Referral.objects.filter(pk=referral.pk).exists()
    with as_role(user) as cursor:
        for table in ("referrals_referral", "referrals_disclosure", "referrals_preparation", "referrals_referralstep"):
            assert rows_of(cursor, table) == 0


# 5 --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [*OTHERS, "farrukh", "anvar", "dpo", "rustam", "outsider", "manager", "ministry"])
def test_5_only_the_authorised_reach_it_and_what_they_do_is_noted(who, told, gulnoz, dpo, everyone, sign_in):
    user = everyone[who]
    with pytest.raises((OutsideScopeError, WithoutRightError)), acting_as(user):
        read_file(survivor=told, by=user)
    browser = inside(sign_in(user))
    for name, more in (("room-open", {}), ("survivor-open", {"survivor_id": told.pk}), ("figure-list", {})):
        assert browser.get(reverse(f"protection:{name}", kwargs=more)).status_code == 403
    with as_role(user) as cursor:
        assert [rows_of(cursor, table) for table in TABLES] == [0] * len(TABLES)
        for table in TABLES:
            cursor.execute(f'update "{table}" set version = version where false') if _may_update(
                cursor, table
            ) else None
        cursor.execute("select count(*) from access_auditevent where sealed and actor_id <> %s", [user.pk])
        noted = cursor.fetchone()[0]
    assert (noted > 0) == (who == "dpo")
    with acting_as(dpo):
        assert AuditEvent.objects.filter(actor_id=gulnoz.pk, sealed=True, event="survivor.work").exists()


def _may_update(cursor, table):
    cursor.execute("select has_table_privilege(current_user, %s, 'update')", [table])
    return cursor.fetchone()[0]


def test_5_without_identity_there_is_nothing(told):
    with identity(None), connection.cursor() as cursor:
        assert [rows_of(cursor, table) for table in TABLES] == [0] * len(TABLES)


def test_5_break_glass_does_not_open_the_room(told, farrukh, zarina):
    from paivand.access.actions.glass import break_glass
    from paivand.core.models import Place

    with acting_as(farrukh):
        break_glass(district=Place.objects.get(pk=KULOB), reason="садама дар роҳ, модари бемор танҳо монд", by=farrukh)
        farrukh.forget_rights()
        assert not Survivor.objects.exists()
    with as_role(farrukh) as cursor:
        assert [rows_of(cursor, table) for table in TABLES] == [0] * len(TABLES)


# 6 --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_6_what_must_never_leave_the_file_has_no_column_in_the_table(who, told, gulnoz, everyone):
    happened(told, gulnoz, account="=HYPERLINK(1)", incident_on=TODAY)
    book = exported(gulnoz)
    sheet = book.get_sheet_by_index(0).to_python()
    text = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    assert sheet[0] == [column.heading for column in COLUMNS]
    for word in (*SECRETS, "HYPERLINK", gulnoz.full_name, str(told.pk), str(gulnoz.pk)):
        assert word not in text
    assert {row[2] for row in sheet[1:]} == {caseworker_code(gulnoz.pk)}
    assert {row[16] for row in sheet[1:]} <= {"", "Хатлон"}  # nothing below the district
    user = everyone[who]
    with pytest.raises(WithoutRightError):
        exported(user)
    with as_role(user) as cursor:
        cursor.execute("select count(*) from access_auditevent where event = 'survivor.report' and outcome = 'done'")
        assert cursor.fetchone() == (0,)


# 7 --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_7_figures_are_reports_without_small_cells_and_never_prevalence(who, told, gulnoz, room, everyone, monkeypatch):
    monkeypatch.setattr("paivand.protection.queries.figures.last_day_counted", lambda _year, _today: TODAY)
    with acting_as(gulnoz):
        few = look_at_figures(year=TODAY.year, by=gulnoz)
    assert (few.total, few.tables, few.months) == (None, (), ())
    for _each in range(6):
        happened(opened(gulnoz), gulnoz)
    html = room.get(reverse("protection:figure-list")).content.decode()
    assert "reported to those who help" in html
    assert "never say how frequent" in html
    with acting_as(gulnoz):
        found = look_at_figures(year=TODAY.year, by=gulnoz)
    assert found.total == 7
    shown = [value for table in found.tables for row in table.figures.cells for value in row]
    assert not [value for value in shown if value and value < 5]
    with pytest.raises(WithoutRightError), acting_as(everyone[who]):
        look_at_figures(year=TODAY.year, by=everyone[who])
    with as_role(everyone[who]) as cursor:
        assert rows_of(cursor, "protection_incident") == 0


# 8 --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", OTHERS)
def test_8_consent_comes_before_everything_and_every_question_may_be_declined(who, health, gulnoz, room, everyone):
    html = room.get(reverse("protection:survivor-add")).content.decode()
    order = [html.index(words) for words in ('name="told_on"', 'name="given_on"', 'name="wanted"', 'name="sex"')]
    assert order == sorted(order)
    assert html.count("prefers not to") >= 10
    survivor = opened(gulnoz, sex="", age_group=None, name=type(NAME)(), contact=type(draft().contact)(),
                      declined=frozenset({"sex", "age_group", "name", "contact", "birth_year", "marital"}))  # fmt: skip
    with acting_as(gulnoz):
        kept = Survivor.objects.get(pk=survivor.pk)
        assert "name" in kept.declined
        assert "disability" not in kept.declined  # not asked is another thing
        services = SurvivorConsent.objects.get(survivor=survivor, kind=Kind.SERVICES)
    withdraw(services, gulnoz)
    with pytest.raises(Refused) as refused:
        happened(survivor, gulnoz)
    assert refused.value.code == "consent"
    with as_role(everyone[who]) as cursor:
        assert rows_of(cursor, "protection_survivorconsent") == 0
