"""What is seen under a one-time link. Nobody asks: row security shows the rows of this link, and no others."""

from __future__ import annotations

from paivand.referrals.models import AnswerLink, Disclosure, Referral, ReferralStep


def link_by_digest(digest: str) -> AnswerLink | None:
    """The link with this digest; asked under its own identity (``identity.for_link``)."""
    found: AnswerLink | None = AnswerLink.objects.filter(link_digest=digest).first()
    return found


def answered_by(link: AnswerLink) -> Referral | None:
    """The referral that the link answers; none once the link was taken back."""
    found: Referral | None = Referral.objects.filter(link_digest=link.link_digest).first()
    return found


def shown_by(link: AnswerLink) -> Disclosure | None:
    """What the link shows; nothing once it was taken back."""
    found: Disclosure | None = Disclosure.objects.filter(link_digest=link.link_digest).first()
    return found


def history_of(link: AnswerLink) -> list[ReferralStep]:
    """The steps since the link was made, the latest first."""
    return list(ReferralStep.objects.filter(link_digest=link.link_digest).order_by("-id"))
