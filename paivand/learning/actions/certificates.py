"""Certificates are issued to who completed a course, one or many at a time; corrected by replacement; revoked.

What is printed is copied into the row and never changes. Whoever did not complete gets none, and is told why; nobody
has two valid ones of one enrolment, whatever is sent twice or by two people at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.models import new_id
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.learning.models import Certificate, CertificateBatch, Enrolment, ExamResult, Group
from paivand.learning.models.certificates import CERTIFICATE_NUMBERS
from paivand.learning.rules.certificates import CertificateState, Revoking, code_digest, new_code
from paivand.learning.rules.course import Course, Design
from paivand.learning.rules.courses import course as course_of
from paivand.learning.rules.issuing import (
    WHY_NOT_NAMES,
    Terms,
    WhyNot,
    in_languages,
    issued_by,
    mark_of,
    signed_by,
    why_not,
)
from paivand.learning.rules.states import EnrolmentState

LONGEST_NAME, LONGEST_REASON = 240, 300
_COPIED = (
    "district_id", "agency_id", "team_id", "owner_id", "second_id", "home_district_id", "home_agency_id",
    "home_team_id", "home_owner_id",
)  # fmt: skip
"""Where a certificate lies: where its enrolment lies."""
_PRINTED = (
    "group_id", "enrolment_id", "batch_id", "design", "series", "course", "title", "trade", "hours", "practical_hours",
    "mark", "body", "signatories", "commission", "diploma_series", "diploma_number", "languages", "began_on",
    "ended_on", "issued_on",
)  # fmt: skip
"""What a corrected certificate takes over."""


@action(Verb.CERTIFICATE_ISSUE, on="group")
def issue_certificate(
    *, group: Group, enrolment: Enrolment, certificate_id: uuid.UUID, terms: Terms, by: User, today: date | None = None
) -> Certificate:
    """Give a learner her certificate. The same form sent twice gives the same one.

    Raises:
        Refused: with the code of a ``WhyNot`` when she gets none; ``terms`` when what is printed is not whole.
    """
    row: Enrolment | None = (
        Enrolment.objects.seen_by(by).select_for_update(of=("self",)).filter(pk=enrolment.pk, group=group).first()
    )
    if row is None:
        raise OutsideScopeError(str(enrolment.pk))
    sent: Certificate | None = Certificate.objects.seen_by(by).filter(pk=certificate_id, enrolment=row).first()
    if sent is not None:
        return sent
    course = _course(group)
    _demand_terms(terms, today or timezone.localdate())
    reason = why_not(course.certificate, row.state, has_one=_valid([row]).exists(), named=bool(row.name))
    if reason is None and _lacks_diploma(course, terms, row):
        reason = WhyNot.NO_DIPLOMA_NUMBER
    if reason is not None:
        field = "diploma_number" if reason is WhyNot.NO_DIPLOMA_NUMBER else None
        raise Refused(_(WHY_NOT_NAMES[reason]), str(reason), field=field, detail={"lacks": row.lacks})
    made = issue_rows(group, [row], terms, by, keys={row.pk: certificate_id})[0]
    remark(act="issue", number=made.printed_number)
    return made


def issue_rows(
    group: Group, enrolments: Sequence[Enrolment], terms: Terms, by: User, *,
    batch: CertificateBatch | None = None, keys: dict[uuid.UUID, uuid.UUID] | None = None,
) -> list[Certificate]:  # fmt: skip
    """Write certificates for learners of one group who may have them; a part of actions.

    The caller has locked the enrolments, and asked who may have one.
    """
    course = _course(group)
    results = _results(enrolments)
    numbers = _numbers(len(enrolments))
    rows = []
    for enrolment, number in zip(enrolments, numbers, strict=True):
        code = new_code()
        rows.append(
            Certificate(
                id=(keys or {}).get(enrolment.pk) or new_id(), enrolment=enrolment, group=group, batch=batch,
                number=number, code=code, link_digest=code_digest(code), name=enrolment.name, issued_by=by,
                **_printed(course, group, enrolment, results.get(enrolment.pk), terms),
                **{name: getattr(enrolment, name) for name in _COPIED},
            )
        )  # fmt: skip
    return list(Certificate.objects.bulk_create(rows))


def may_have_one(group: Group, terms: Terms) -> QuerySet[Enrolment]:
    """The learners of a group who completed and hold no valid certificate, by name; without who lacks what is printed.

    Raises:
        Refused: ``not_given`` when the course gives none.
    """
    course = _course(group)
    if course.certificate is None:
        raise Refused(_(WHY_NOT_NAMES[WhyNot.NOT_GIVEN]), str(WhyNot.NOT_GIVEN))
    found: QuerySet[Enrolment] = Enrolment.objects.filter(group=group, state=EnrolmentState.COMPLETED)
    valid = Certificate.objects.filter(group=group, revoked_on=None, superseded_on=None)
    found = found.exclude(pk__in=valid.values("enrolment_id")).exclude(name="")
    if course.certificate.design is Design.DIPLOMA:
        found = found.filter(pk__in=[key for key, number in terms.diploma_numbers.items() if number])
    return found.order_by("name", "id")


# --- afterwards ------------------------------------------------------------------------------------------------------


@action(Verb.CERTIFICATE_ISSUE, on="certificate")
def show_name(*, certificate: Certificate, on: date | None, version: int, by: User) -> Certificate:
    """Write down since when the holder agrees that the public page and her badge show her name, or that she does not.

    Raises:
        Refused: ``stale``; ``ended`` when it is not valid any more; ``day`` for a day to come.
    """
    row = _locked(by, certificate)
    if row.name_shown_since == on:
        return row
    _demand_version(row, version)
    _demand_valid(row)
    if on is not None and on > timezone.localdate():
        raise Refused(_("This day is still to come."), "day", field="on")
    row.name_shown_since, row.name_shown_by = on, by if on else None
    _save(row, "name_shown_since", "name_shown_by")
    remark(act="name.show" if on else "name.hide")
    return row


@action(Verb.CERTIFICATE_ISSUE, on="certificate")
def correct_certificate(
    *, certificate: Certificate, certificate_id: uuid.UUID, name: str, reason: str, version: int, by: User,
    today: date | None = None,
) -> Certificate:  # fmt: skip
    """Replace a certificate by one with another name. The former says that it is not valid any more.

    Raises:
        Refused: ``stale``, ``ended``, ``name``, ``reason``.
    """
    row = _locked(by, certificate)
    if row.superseded_by_id == certificate_id:
        found: Certificate = Certificate.objects.get(pk=certificate_id)
        return found
    _demand_version(row, version)
    _demand_valid(row)
    written = " ".join(name.split())
    if not written or len(written) > LONGEST_NAME:
        raise Refused(_("Write the name as it is to be printed."), "name", field="name")
    if written == row.name:
        raise Refused(_("This is the name that was printed."), "name", field="name")
    _demand_reason(reason)
    row.superseded_on, row.superseded_by_id = today or timezone.localdate(), certificate_id
    _save(row, "superseded_on", "superseded_by")
    code = new_code()
    made: Certificate = Certificate(
        id=certificate_id, name=written, number=_numbers(1)[0], code=code, link_digest=code_digest(code), issued_by=by,
        **{field: getattr(row, field) for field in (*_PRINTED, *_COPIED)},
    )  # fmt: skip
    made.save(force_insert=True)
    remark(act="correct", replaces=row.printed_number)
    return made


@action(Verb.CERTIFICATE_ISSUE, on="certificate")
def revoke_certificate(
    *, certificate: Certificate, kind: Revoking, reason: str, version: int, by: User, today: date | None = None
) -> Certificate:
    """Say that a certificate is not valid any more. The public page tells the day and the kind of reason.

    Raises:
        Refused: ``stale``, ``ended``, ``reason``.
    """
    row = _locked(by, certificate)
    if row.revoked_on and (row.revoked_for, row.revoked_reason) == (str(kind), reason.strip()):
        return row
    _demand_version(row, version)
    _demand_valid(row)
    _demand_reason(reason)
    row.revoked_on, row.revoked_by = today or timezone.localdate(), by
    row.revoked_for, row.revoked_reason = str(kind), reason.strip()
    _save(row, "revoked_on", "revoked_by", "revoked_for", "revoked_reason")
    remark(act="revoke", kind=str(kind))
    return row


def demand_no_certificate(enrolment: Enrolment) -> None:
    """Raise a Refused while a valid certificate says that this learner completed: asked before that is taken back."""
    valid = _valid([enrolment]).first()
    if valid is not None:
        raise Refused(
            _("The certificate %(number)s says that she completed the course. Revoke it first.")
            % {"number": valid.printed_number}, "certificate",
        )  # fmt: skip


# --- parts -----------------------------------------------------------------------------------------------------------


def _course(group: Group) -> Course:
    found = course_of(group.course)
    if found is None:
        raise Refused(_("This course is not declared any more. Ask who runs Paivand here."), "course")
    return found


def _valid(enrolments: Sequence[Enrolment]) -> QuerySet[Certificate]:
    found: QuerySet[Certificate] = Certificate.objects.filter(
        enrolment__in=enrolments, revoked_on=None, superseded_on=None
    )
    return found


def _lacks_diploma(course: Course, terms: Terms, enrolment: Enrolment) -> bool:
    declared = course.certificate
    return declared is not None and declared.design is Design.DIPLOMA and not terms.diploma_number(enrolment.pk).strip()


def _demand_terms(terms: Terms, today: date) -> None:
    if terms.issued_on > today:
        raise Refused(_("A certificate is not issued on a day to come."), "terms", field="issued_on")


def _results(enrolments: Sequence[Enrolment]) -> dict[uuid.UUID, ExamResult]:
    """The latest exam of each, if it was passed."""
    found = ExamResult.objects.filter(enrolment__in=enrolments, passed=True).select_related("exam")
    return {one.enrolment_id: one for one in found.order_by("exam__held_on", "id")}


def _printed(
    course: Course, group: Group, enrolment: Enrolment, result: ExamResult | None, terms: Terms
) -> dict[str, Any]:
    declared = course.certificate
    assert declared is not None  # noqa: S101
    diploma = declared.design is Design.DIPLOMA
    return {
        "design": declared.design, "series": declared.prefix, "course": course.code,
        "title": in_languages(course.title, declared.languages), "trade": course.trade,
        "hours": enrolment.hours, "practical_hours": min(enrolment.practical_hours, enrolment.hours),
        "mark": mark_of(course.exam, enrolment.exam_points), "body": issued_by(declared, terms),
        "signatories": signed_by(declared, terms), "commission": result.exam.commission if result else [],
        "diploma_series": terms.diploma_series.strip() if diploma else "",
        "diploma_number": terms.diploma_number(enrolment.pk).strip() if diploma else "",
        "languages": list(declared.languages), "began_on": group.started_on or group.starts_on,
        "ended_on": group.finished_on or enrolment.ended_on, "issued_on": terms.issued_on,
    }  # fmt: skip


def _numbers(n: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"select nextval('{CERTIFICATE_NUMBERS}') from generate_series(1, %s)", [n])  # noqa: S608
        return [int(number) for (number,) in cursor.fetchall()]


def _locked(by: User, certificate: Certificate) -> Certificate:
    """The row as it stands now, locked, if ``by`` may see it at all."""
    found: Certificate | None = (
        Certificate.objects.seen_by(by).select_for_update(of=("self",)).filter(pk=certificate.pk).first()
    )
    if found is None:
        raise OutsideScopeError(str(certificate.pk))
    return found


def _save(row: Certificate, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version", "changed_at"])


def _demand_version(row: Certificate, version: int) -> None:
    if row.version != version:
        raise Refused(
            _("Somebody else changed this certificate meanwhile. Look at what stands now, and decide anew."), "stale"
        )


def _demand_valid(row: Certificate) -> None:
    if row.state is not CertificateState.VALID:
        raise Refused(_("This certificate is not valid any more. Nothing can be changed in it."), "ended")


def _demand_reason(reason: str) -> None:
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise Refused(_("Write in a few words why. The words stay inside."), "reason", field="reason")
