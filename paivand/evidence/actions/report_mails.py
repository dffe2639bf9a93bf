"""Reports by mail: who gets what, and the sending of what is due.

What is sent is made with the rights of who gets it, so nobody is mailed a figure that she could not open. A mail that
fails is tried again later, ever more seldom; without a mail server everything waits.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import User
from paivand.access.models.identity import acting_as, for_purpose
from paivand.access.rules.verbs import Verb
from paivand.core.paper import PaperError
from paivand.core.rules.errors import Refused
from paivand.core.rules.writing import writing
from paivand.evidence.models import ReportEdition, ReportSchedule
from paivand.evidence.models.reports import MAILS
from paivand.evidence.queries.report_contents import locked_content, photos_of
from paivand.evidence.queries.report_figures import summary_content
from paivand.evidence.queries.report_papers import report_pdf
from paivand.evidence.queries.reports import last_edition, recipient_of
from paivand.evidence.rules.report_content import ReportContent
from paivand.evidence.rules.reports import LANGUAGES, MailTrouble, OftenSent, Sent, next_after, waits_until
from paivand.programme.models import Programme

PATIENCE_SECONDS = 20
AT_ONCE = 50


@dataclass(frozen=True)
class MailDraft:
    """Who is to get what, how often, from which day on."""

    sent: Sent
    language: str
    often: OftenSent
    next_on: date


@action(Verb.REPORT_LOCK)
def send_regularly(
    *, programme: Programme, schedule_id: uuid.UUID, recipient: User, draft: MailDraft, by: User,
    today: date | None = None,
) -> ReportSchedule:  # fmt: skip
    """Let somebody get a report or the results by mail. The same form sent twice asks once.

    Raises:
        Refused: ``date`` for a day that is over; ``language``; ``address`` for somebody without an e-mail address;
            ``right`` for somebody who does not see results; ``exists`` when she gets it already.
    """
    sent: ReportSchedule | None = ReportSchedule.objects.seen_by(by).filter(pk=schedule_id).first()
    if sent is not None:
        return sent
    if draft.next_on < (today or timezone.localdate()):
        raise Refused(_("This day is over. Choose today or a later day."), "date", field="next_on")
    if draft.language not in LANGUAGES:
        raise Refused(_("Reports are not printed in this language."), "language", field="language")
    if not recipient.email:
        raise Refused(
            _("This user has no e-mail address. An administrator can add it."), "address", field="recipient"
        )  # fmt: skip
    if recipient_of(recipient.pk) is None:
        raise Refused(_("This user does not see results. Choose another one."), "right", field="recipient")
    same = ReportSchedule.objects.seen_by(by).filter(
        programme=programme, sent=draft.sent, recipient=recipient, stopped_at=None
    )
    if same.exists():
        raise Refused(_("This user gets it already. Stop that first."), "exists", field="recipient")
    row = ReportSchedule(
        id=schedule_id, programme=programme, sent=draft.sent, recipient=recipient, language=draft.language,
        often=draft.often, next_on=draft.next_on, made_by=by,
    )  # fmt: skip
    row.save(force_insert=True)
    remark(act="mail", sent=draft.sent, often=draft.often)
    return row


@action(Verb.REPORT_LOCK)
def stop_sending(*, schedule: ReportSchedule, by: User, now: datetime | None = None) -> ReportSchedule:
    """Send it no more."""
    row: ReportSchedule = ReportSchedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
    if row.stopped_at is None:
        row.stopped_at, row.stopped_by = now or timezone.now(), by
        row.version += 1
        row.save()
    remark(act="mail stopped")
    return row


def send_due(*, now: datetime | None = None) -> int:
    """Send what is due. Returns how many mails went out. Without a mail server everything waits untouched."""
    moment = now or timezone.now()
    if not settings.EMAIL_HOST:
        return 0
    today = timezone.localdate(moment)
    with for_purpose(MAILS):
        due = list(
            ReportSchedule.objects.filter(stopped_at=None, next_on__lte=today)
            .order_by("next_on", "id")
            .values_list("pk", "tried_at", "n_failures")[:AT_ONCE]
        )  # fmt: skip
    ready = [key for key, tried_at, n in due if tried_at is None or waits_until(tried_at, n) <= moment]
    return sum(_send_one(key, moment) for key in ready)


def _send_one(key: uuid.UUID, now: datetime) -> bool:
    """One mail in one transaction: two workers never send it both."""
    with for_purpose(MAILS), writing(MAILS):
        row = (
            ReportSchedule.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(pk=key, stopped_at=None, next_on__lte=timezone.localdate(now))
            .first()
        )
        if row is None:
            return False
        trouble = _mail(row, now)
        row.tried_at = now
        row.failure = trouble.value if trouble else ""
        row.n_failures = min(row.n_failures + 1, 30) if trouble else 0
        if trouble is None:
            row.sent_at = now
            row.next_on = next_after(row.next_on, OftenSent(row.often), timezone.localdate(now))
        row.version += 1
        row.save()
    return trouble is None


def _mail(row: ReportSchedule, now: datetime) -> MailTrouble | None:
    """Make what is sent, with the rights of who gets it, and send it; why it did not go out, if it did not."""
    user = recipient_of(row.recipient_id)
    if user is None:
        return MailTrouble.RIGHT
    if not user.email:
        return MailTrouble.ADDRESS
    try:
        with acting_as(user), override(row.language):
            made = _content(user, row, now)
            if made is None:
                return MailTrouble.NOTHING
            pdf = report_pdf(made, photos_of(user, made))
            _post(user, made, pdf)
            record_event(
                Verb.RESULTS_EXPORT, by=user, subject=row, detail={"act": "mail", "sent": row.sent, "format": "pdf"}
            )
    except PaperError:
        return MailTrouble.PAPER
    except (OSError, SMTPException):
        return MailTrouble.SERVER
    return None


def _content(user: User, row: ReportSchedule, now: datetime) -> ReportContent | None:
    if row.sent == Sent.RESULTS:
        return summary_content(user, row.programme, row.language, now)
    edition: ReportEdition | None = last_edition(user, row.programme, row.language)
    return locked_content(user, edition, timezone.localdate(now)) if edition else None


def _post(user: User, made: ReportContent, pdf: bytes) -> None:
    """A short mail with the document; nothing of it stands in the mail itself."""
    told = _("The document is attached: %(kind)s, %(period)s. You get it because you see results in Paivand.") % {
        "kind": made.kind, "period": made.period,
    }  # fmt: skip
    mail = EmailMessage(
        subject=f"{made.title}: {made.kind}", body=told, to=[user.email],
        connection=get_connection(timeout=PATIENCE_SECONDS),
    )  # fmt: skip
    mail.attach(f"paivand-{made.language}.pdf", pdf, "application/pdf")
    mail.send()
