"""Certificates: of a group, of a learner, of everybody; and the one that the public page shows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from paivand.access.models import User
from paivand.access.models.identity import identity
from paivand.access.rules.verbs import Verb
from paivand.learning.models import Certificate, CertificateBatch, Enrolment, Group
from paivand.learning.rules.certificates import number_in
from paivand.learning.rules.course import Course
from paivand.learning.rules.courses import course as course_of
from paivand.learning.rules.issuing import WhyNot, why_not
from paivand.learning.rules.states import TOOK_PART

PAGE = 50


@dataclass(frozen=True)
class Standing:
    """A learner of a group, her valid certificate if she has one, and why she gets none."""

    enrolment: Enrolment
    certificate: Certificate | None
    why_not: WhyNot | None

    @property
    def may_have_one(self) -> bool:
        """Whether one can be issued now."""
        return self.why_not is None

    @property
    def lacks(self) -> list[dict[str, str]]:
        """What was missing for completion, as it was written down."""
        return list(self.enrolment.lacks) if self.why_not in {WhyNot.STILL_LEARNING, WhyNot.NOT_COMPLETED} else []


@dataclass(frozen=True)
class Found:
    """A page of the list of certificates. ``after`` is the number from which the list goes on, if it does."""

    rows: list[Certificate]
    after: int | None


def group_by_code(by: User, number: int) -> Group | None:
    """The group with this running number, if ``by`` may see it."""
    found: Group | None = Group.objects.seen_by(by).select_related("place", "district").filter(number=number).first()
    return found


def standing_of(by: User, group: Group) -> list[Standing]:
    """Everyone who took part in a group, by name: who may have a certificate, who has one, who gets none and why."""
    course: Course | None = course_of(group.course)
    declared = course.certificate if course else None
    people = Enrolment.objects.seen_by(by).filter(group=group, state__in=[str(one) for one in TOOK_PART])
    valid = {
        one.enrolment_id: one
        for one in Certificate.objects.seen_by(by).filter(group=group, revoked_on=None, superseded_on=None)
    }
    return [
        Standing(one, valid.get(one.pk), why_not(declared, one.state, has_one=one.pk in valid, named=bool(one.name)))
        for one in people.order_by("name", "id")
    ]


def certificates_of_group(by: User, group: Group) -> list[Certificate]:
    """The valid certificates of a group that can be printed, by name."""
    valid = Certificate.objects.seen_by(by).filter(group=group, revoked_on=None, superseded_on=None)
    return list(valid.exclude(name="").order_by("name", "id"))


def certificates_of(by: User, enrolments: Iterable[Enrolment]) -> dict[uuid.UUID, list[Certificate]]:
    """All certificates of these enrolments, the newest first: for the learning record of a person."""
    found: dict[uuid.UUID, list[Certificate]] = {}
    for one in Certificate.objects.seen_by(by).filter(enrolment__in=list(enrolments)).order_by("-number"):
        found.setdefault(one.enrolment_id, []).append(one)
    return found


def certificate_seen_by(by: User, certificate_id: uuid.UUID) -> Certificate | None:
    """One certificate with its group, if ``by`` may see it."""
    found: Certificate | None = (
        Certificate.objects.seen_by(by)
        .select_related("group", "enrolment", "issued_by", "revoked_by", "name_shown_by", "superseded_by")
        .filter(pk=certificate_id)
        .first()
    )
    return found


def replaced_by(by: User, certificate: Certificate) -> Certificate | None:
    """The certificate that this one replaces, if it replaces one."""
    found: Certificate | None = Certificate.objects.seen_by(by).filter(superseded_by=certificate).first()
    return found


def certificates(by: User, asked: str, after: int | None) -> Found:
    """Certificates by a printed number or the beginning of a name, or all of them, the newest number first."""
    rows: QuerySet[Certificate] = Certificate.objects.seen_by(by).select_related("group")
    number = number_in(asked) if asked else None
    if number:
        return Found(list(rows.filter(series=number[0], number=number[1])), None)
    words = " ".join(asked.split())
    if words:
        rows = rows.filter(_begins(words) | _begins(words.title()))
    if after is not None:
        rows = rows.filter(number__lt=after)
    page = list(rows.order_by("-number")[: PAGE + 1])
    return Found(page[:PAGE], page[PAGE - 1].number if len(page) > PAGE else None)


def _begins(words: str) -> Q:
    return Q(name__gte=words, name__lt=words + "\U0010ffff")


def may_issue(by: User, group: Group) -> bool:
    """Whether ``by`` issues the certificates of this group."""
    reach = by.reach(Verb.CERTIFICATE_ISSUE)
    return reach.covers(group) or reach.covers(group.other_scope)


def may_revoke(by: User, certificate: Certificate) -> bool:
    """Whether ``by`` may revoke or correct this certificate."""
    reach = by.reach(Verb.CERTIFICATE_ISSUE)
    return reach.covers(certificate) or reach.covers(certificate.other_scope)


# --- batches ---------------------------------------------------------------------------------------------------------


def worker_of(user_id: uuid.UUID) -> User | None:
    """The user with whose rights a job runs, if she may still sign in."""
    with identity(user_id):
        found: User | None = User.objects.filter(pk=user_id, is_active=True).first()
    return found


def batch_seen_by(by: User, batch_id: uuid.UUID) -> CertificateBatch | None:
    """One batch, if ``by`` may see it."""
    found: CertificateBatch | None = CertificateBatch.objects.seen_by(by).filter(pk=batch_id).first()
    return found


def latest_batch(by: User, group: Group) -> CertificateBatch | None:
    """The last batch of a group."""
    found: CertificateBatch | None = (
        CertificateBatch.objects.seen_by(by).filter(group=group).order_by("-id").first()
    )  # fmt: skip
    return found


# --- under the identity of the public page ---------------------------------------------------------------------------


def certificate_by_digest(digest: str) -> Certificate | None:
    """The certificate whose code has this digest; asked under its own identity (``identity.for_link``)."""
    found: Certificate | None = Certificate.objects.filter(link_digest=digest).first()
    return found
