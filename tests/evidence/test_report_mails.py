"""Reports by mail: made with the rights of who gets them, waited for, tried again, logged."""

from __future__ import annotations

import io
from datetime import timedelta

import pikepdf
import pytest
from django.core import mail
from django.utils import timezone

from paivand.access.models.audit import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.evidence.actions import report_mails as actions
from paivand.evidence.models import ReportSchedule
from paivand.evidence.rules.reports import MailTrouble, OftenSent, Sent
from tests.cast import fresh
from tests.evidence.reports import has_mail, lock, mailed, ready
from tests.evidence.test_report_rules import pdf_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_HOST = "mail.example.org"


def row_of(by, schedule):
    with acting_as(by):
        return ReportSchedule.objects.get(pk=schedule.pk)


def refused(run):
    with pytest.raises(Refused) as error:
        run()
    return error.value.code


def test_results_go_out_as_a_pdf_in_the_chosen_language_and_once(counted, programme, manager, ministry, dpo):
    schedule = mailed(manager, programme, ministry, language="ru")
    assert actions.send_due() == 1
    assert actions.send_due() == 0
    [sent] = mail.outbox
    assert sent.to == ["ministry@example.org"]
    name, content, kind = sent.attachments[0]
    assert (name, kind) == ("paivand-ru.pdf", "application/pdf")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert "†" in pdf_words(pdf)
    row = row_of(manager, schedule)
    assert row.sent_at is not None
    assert row.next_on > timezone.localdate() + timedelta(days=27)
    with acting_as(dpo):
        assert AuditEvent.objects.filter(event="results.export", detail__act="mail").count() == 1


def test_without_a_mail_server_everything_waits_untouched(counted, settings, programme, manager, ministry):
    settings.EMAIL_HOST = ""
    schedule = mailed(manager, programme, ministry)
    assert actions.send_due() == 0
    row = row_of(manager, schedule)
    assert (row.tried_at, row.failure, row.next_on) == (None, "", schedule.next_on)


def test_what_the_server_does_not_take_is_told_and_tried_again_later(
    counted, monkeypatch, programme, manager, ministry
):
    schedule = mailed(manager, programme, ministry)
    now = timezone.now()

    def down(*_args):
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", down)
        assert actions.send_due(now=now) == 0
    row = row_of(manager, schedule)
    assert (row.failure, row.n_failures, row.next_on) == (MailTrouble.SERVER, 1, schedule.next_on)
    assert actions.send_due(now=now + timedelta(minutes=30)) == 0
    assert actions.send_due(now=now + timedelta(minutes=61)) == 1
    assert row_of(manager, schedule).failure == ""


def test_the_report_locked_last_is_sent_and_before_there_is_one_the_list_says_so(
    counted, programme, manija, manager, ministry, report
):
    schedule = mailed(manager, programme, ministry, sent=Sent.REPORT)
    now = timezone.now()
    actions.send_due(now=now)
    assert row_of(manager, schedule).failure == MailTrouble.NOTHING
    lock(manager, ready(manager, manija, report))
    assert actions.send_due(now=now + timedelta(hours=2)) == 1
    assert "Annual report" in mail.outbox[0].subject


def test_who_sees_no_results_any_more_gets_none(counted, programme, admin, manager, ministry):
    from paivand.access.actions.users import suspend_user

    schedule = mailed(manager, programme, ministry)
    with acting_as(admin):
        suspend_user(user=fresh(ministry), reason="left", by=fresh(admin))
    assert actions.send_due() == 0
    assert row_of(manager, schedule).failure == MailTrouble.RIGHT
    assert mail.outbox == []


def test_what_is_stopped_is_not_sent(counted, programme, manager, ministry):
    schedule = mailed(manager, programme, ministry)
    with acting_as(manager):
        actions.stop_sending(schedule=schedule, by=fresh(manager))
    assert actions.send_due() == 0


def test_what_cannot_be_sent_is_refused(programme, manager, ministry, dpo):
    draft = actions.MailDraft(Sent.RESULTS, "en", OftenSent.MONTHLY, timezone.localdate())

    def ask(recipient, **changes):
        from dataclasses import replace

        from paivand.core.models import new_id

        with acting_as(manager):
            return actions.send_regularly(
                programme=programme, schedule_id=new_id(), recipient=fresh(recipient), draft=replace(draft, **changes),
                by=fresh(manager),
            )  # fmt: skip

    assert refused(lambda: ask(ministry)) == "address"
    has_mail(ministry)
    assert refused(lambda: ask(ministry, next_on=timezone.localdate() - timedelta(days=1))) == "date"
    assert refused(lambda: ask(ministry, language="fa")) == "language"
    has_mail(dpo, "dpo@example.org")
    assert refused(lambda: ask(dpo)) == "right"
    ask(ministry)
    assert refused(lambda: ask(ministry)) == "exists"


def test_only_who_locks_reports_says_who_gets_them(programme, manija, ministry):
    with pytest.raises(WithoutRightError):
        mailed(manija, programme, ministry)
