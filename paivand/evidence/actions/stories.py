"""Stories of people, told by their consent: written down, taken out, and gone when the consent is."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, record_event, remark
from paivand.access.models import User
from paivand.access.models.identity import for_purpose
from paivand.access.rules.verbs import Verb
from paivand.core.models.files import forget, store
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.core.rules.privacy import DataClass
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit, UnfitFileError, fit
from paivand.evidence.actions.report_works import forget_papers_with
from paivand.evidence.actions.reports import open_report
from paivand.evidence.models import Report, Story, StorySource
from paivand.evidence.rules.markup import clean
from paivand.registry.models import CONSENT_ENDS, Consent
from paivand.registry.queries.consents import Withdrawal
from paivand.registry.queries.consents import ledger as ledger_of
from paivand.registry.rules import ConsentPurpose
from paivand.registry.rules.consents import ConsentState

PHOTOGRAPHS = frozenset({"image/jpeg", "image/png"})
"""Kinds that every document can hold."""
LONGEST_STORY = 6000


@dataclass(frozen=True)
class StoryDraft:
    """A story as somebody wrote it down. ``photo`` is empty where there is none."""

    language: str
    title: str
    text: str
    caption: str = ""
    photo: bytes = b""


@action(Verb.REPORT_WRITE, on="consent")
def add_story(
    *, report: Report, story_id: uuid.UUID, consent: Consent, draft: StoryDraft, by: User, today: date | None = None
) -> StorySource:
    """Write down a story that somebody agreed to, without her name. The same form sent twice writes one.

    Returns whose story it is, which lies where her file lies.

    Raises:
        Refused: ``locked``; ``consent`` unless it is a live one to photographs and stories; ``language``; ``bare``;
            ``long``; ``caption`` for a photograph without words; one of ``Unfit``.
    """
    if not by.reach(Verb.REPORT_WRITE, DataClass.FAMILY):
        raise WithoutRightError(Verb.REPORT_WRITE)
    sent: StorySource | None = StorySource.objects.seen_by(by).filter(story_id=story_id, story__report=report).first()
    if sent is not None:
        return sent
    row = open_report(report)
    day = today or timezone.localdate()
    live = live_consent(by, consent.person_id, day)
    if live is None or consent.purpose != ConsentPurpose.PHOTO:
        raise Refused(
            _("This person has not agreed to photographs and stories, or not any more. Ask first."), "consent",
            field="person",
        )  # fmt: skip
    if draft.language not in row.languages:
        raise Refused(_("The report is not printed in this language."), "language", field="language")
    title, text = clean(draft.title), clean(draft.text)
    if not title or not text:
        raise Refused(_("A story has a title and a text."), "bare", field="text" if title else "title")
    if len(text) > LONGEST_STORY:
        raise Refused(_("This is too long for a story. Shorten it."), "long", field="text")
    kind, photo = _fit(draft)
    story = Story(
        id=story_id, report=row, language=draft.language, title=title[:160], text=text,
        caption=clean(draft.caption)[:300] if photo else "", media_type=kind, n_bytes=len(photo),
        sha256=hashlib.sha256(photo).hexdigest() if photo else "", written_by=by, until_on=live.valid_until,
    )  # fmt: skip
    story.save(force_insert=True)
    source = StorySource(
        story=story, consent=live, district_id=live.district_id, agency_id=live.agency_id, team_id=live.team_id,
        owner_id=live.owner_id,
    )  # fmt: skip
    source.save(force_insert=True)
    if photo:
        store(story.pk, photo)
    remark(act="story", language=draft.language, photo=bool(photo))
    return source


def live_consent(by: User, person: uuid.UUID, day: date) -> Consent | None:
    """The consent to photographs and stories that counts for a person on a day."""
    [entry] = [one for one in ledger_of(by, [person], day)[person] if one.purpose is ConsentPurpose.PHOTO]
    return entry.standing.row if entry.standing.state is ConsentState.GIVEN else None


def _fit(draft: StoryDraft) -> tuple[str, bytes]:
    """The kind and the bytes of the photograph, without where and when it was taken; nothing where there is none."""
    if not draft.photo:
        return "", b""
    try:
        taken = fit(draft.photo)
    except UnfitFileError as error:
        raise Refused(_(UNFIT_NAMES[error.why]), error.why.value, field="photo") from None
    if taken.kind.media_type not in PHOTOGRAPHS:
        raise Refused(_("Choose a photograph as JPEG or PNG."), Unfit.KIND.value, field="photo")
    if not clean(draft.caption):
        raise Refused(
            _("Say what the photograph shows, for who cannot see it."), "caption", field="caption"
        )  # fmt: skip
    return taken.kind.media_type, taken.content


@action(Verb.REPORT_WRITE, self_service=True)
def remove_story(*, story: Story, by: User, now: datetime | None = None) -> Story:
    """Take a story out of a report that is not locked: its words and its photograph go for good.

    Raises:
        Refused: ``locked``.
    """
    open_report(story.report)
    row: Story = Story.objects.select_for_update(of=("self",)).select_related("report").get(pk=story.pk)
    if row.removed_at is None:
        _erase(row, by, now or timezone.now(), withdrawn=False)
    remark(act="story out")
    return row


def _erase(row: Story, by: User, now: datetime, *, withdrawn: bool) -> None:
    had_photo = row.has_photo
    row.removed_at, row.removed_by, row.by_withdrawal = now, by, withdrawn
    row.title = row.text = row.caption = row.media_type = row.sha256 = ""
    row.n_bytes = 0
    row.version += 1
    row.save()
    forget_papers_with([row.pk])
    if had_photo:
        transaction.on_commit(lambda: forget(row.pk))


# --- when a consent is withdrawn -------------------------------------------------------------------------------------


def count_stories(by: User, withdrawal: Withdrawal) -> int:
    """How many stories a withdrawal takes out; also those that ``by`` may not see."""
    with for_purpose(CONSENT_ENDS):
        return len(_told_by(withdrawal.records | withdrawal.erased))


def end_stories(by: User, withdrawal: Withdrawal, on: date, reason: str) -> None:
    """Take out every story of a person, of locked reports too: from now on nobody prints it."""
    with for_purpose(CONSENT_ENDS):
        for row in Story.objects.select_for_update().filter(pk__in=_told_by(withdrawal.records | withdrawal.erased)):
            _erase(row, by, timezone.now(), withdrawn=True)
            record_event(Verb.REPORT_WRITE, by=by, subject=row, detail={"act": "consent_withdrawn"})


def _told_by(records: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    rows = StorySource.objects.filter(consent__person_id__in=list(records), story__removed_at=None)
    return list(rows.values_list("story_id", flat=True))
