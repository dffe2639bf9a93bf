"""Each morning a worker is told how many things are due: once, with a number only."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import override_settings
from django.utils import timezone
from django.utils.translation import get_language

from paivand.access.models.identity import acting_as
from paivand.cases.actions import reminders
from paivand.cases.actions.notices import see_notices
from paivand.cases.actions.reminders import remind
from paivand.cases.models import WorkerNotice
from paivand.cases.queries.oversight import unseen
from paivand.core.rules.writing import writing
from tests.cases.case_cast import a_case
from tests.cases.team import colleague

pytestmark = pytest.mark.django_db
ZONE = timezone.get_current_timezone()
MAILS = override_settings(EMAIL_HOST="mail.example", EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")


def at(hour, days=0):
    today = timezone.localdate() + timedelta(days=days)
    return datetime(today.year, today.month, today.day, hour, tzinfo=ZONE)


@pytest.fixture
def case(zarina, family):
    """A case whose first contact and assessment are due within days."""
    return a_case(zarina, family)


def days_told(user):
    with acting_as(user):
        return list(WorkerNotice.objects.filter(kind="day").order_by("day").values_list("day", "n", "seen_at"))


def test_nobody_is_told_before_the_morning_or_twice_a_day(case, zarina):
    late = 20
    assert remind(now=at(5, days=late)) == 0
    assert remind(now=at(6, days=late)) == 1
    assert remind(now=at(9, days=late)) == 0
    ((day, count, seen),) = days_told(zarina)
    assert (day, seen) == (timezone.localdate() + timedelta(days=late), None)
    assert count >= 2


def test_the_list_of_a_day_puts_that_of_the_day_before_aside(case, zarina):
    remind(now=at(7, days=20))
    remind(now=at(7, days=21))
    (first, second) = days_told(zarina)
    assert first[2] is not None
    assert second[2] is None


def test_who_has_nothing_due_is_told_nothing(zarina, farrukh, nasiba, case):
    remind(now=at(7, days=20))
    assert days_told(farrukh) == days_told(nasiba) == []


@MAILS
def test_a_mail_says_a_number_and_nothing_about_anybody(case, zarina, family):
    with acting_as(zarina), writing("tests"):
        zarina.email = "zarina@example.org"
        zarina.save()
    remind(now=at(7, days=20))
    (sent,) = mail.outbox
    assert sent.to == ["zarina@example.org"]
    assert sent.subject == sent.body
    assert sent.body.endswith("things are due today in Paivand.")
    for secret in (case.code, family.code, family.head.given_name, "Kulob", zarina.full_name):
        assert secret not in sent.message().as_string()


@MAILS
def test_a_mail_is_written_in_the_readers_language(case, zarina, monkeypatch):
    monkeypatch.setattr(reminders, "ngettext", lambda *_: get_language())
    with acting_as(zarina), writing("tests"):
        zarina.email, zarina.language = "zarina@example.org", "fa"
        zarina.save()
    remind(now=at(7, days=20))
    assert mail.outbox[0].body == "fa"


def test_without_a_mail_server_or_an_address_nothing_is_mailed(case, zarina):
    remind(now=at(7, days=20))
    assert not getattr(mail, "outbox", [])


def test_who_lost_the_role_is_not_reminded(case, zarina, admin):
    from paivand.access.actions.roles import end_role

    with acting_as(admin):
        end_role(assignment=zarina.assignments.get(), reason="left", by=admin)
    assert remind(now=at(7, days=20)) == 0


def test_a_notice_is_put_aside_by_its_reader_only(case, zarina, nasiba, admin):
    colleague(admin, "mehri", like=zarina)
    remind(now=at(7, days=20))
    with acting_as(zarina):
        mine = unseen(zarina)
    with acting_as(nasiba):
        assert see_notices(notices=mine, by=nasiba) == 0
    with acting_as(zarina):
        assert see_notices(notices=mine, by=zarina) == 1
        assert unseen(zarina) == []
        assert see_notices(notices=mine, by=zarina) == 0


def test_the_tasks_are_in_the_queue_of_the_program():
    from procrastinate.contrib.django import app

    import paivand.cases.tasks  # noqa: F401

    for name in ("cases.remind_workers", "cases.end_transfers"):
        assert app.tasks[name].queue == "upkeep"
