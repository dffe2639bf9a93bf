"""Consents of survivors: written down, and withdrawn with what follows."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import Agency, User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.protection.actions.files import demand_fresh, locked_file, once
from paivand.protection.actions.referrals import stop_referrals
from paivand.protection.actions.survivors import consent_row, demand_valid
from paivand.protection.models import Survivor, SurvivorConsent
from paivand.protection.rules.consents import Kind
from paivand.protection.rules.drafts import ConsentDraft


@action(Verb.SURVIVOR_WORK, on="survivor")
def record_consent(
    *, survivor: Survivor, consent_id: uuid.UUID, draft: ConsentDraft, agency: Agency | None, by: User
) -> Survivor:  # fmt: skip
    """Write down what a survivor agrees to: to be helped, to be counted, or to be referred to a named organisation.

    Args:
        agency: the organisation as an agency of the program, where it is one.

    Raises:
        Refused: ``twice``, ``closed``, ``date``, ``until``, ``consent``; ``organisation`` where nobody is named;
            ``already`` where the same counts already.
    """
    once(SurvivorConsent, consent_id)
    locked = locked_file(survivor, at_work=False)
    if not locked.is_at_work:
        raise Refused(_("The file is closed. Open it again first."), "closed")
    today = timezone.localdate()
    if draft.given.given_on > today:
        raise Refused(_("The day lies in the future. Check it."), "date", field="given_on")
    if draft.valid_until and draft.valid_until < max(today, draft.given.given_on):
        raise Refused(
            _("This consent would have ended already. Check until when it is given."), "until", field="valid_until"
        )
    demand_valid(draft.given, locked, today)
    row = consent_row(locked, draft.kind, draft.given, by)
    row.id, row.valid_until = consent_id, draft.valid_until
    if draft.kind is Kind.REFERRAL:
        if not draft.sector or not draft.organisation.strip():
            raise Refused(
                _("A referral is agreed to by its sector and by the name of the organisation. Name both."),
                "organisation", field="organisation",
            )  # fmt: skip
        row.sector, row.organisation = draft.sector, " ".join(draft.organisation.split())
        row.agency_named, row.may_tell = agency, draft.may_tell.strip()
    same = SurvivorConsent.objects.filter(
        survivor=locked, kind=row.kind, sector=row.sector, organisation=row.organisation, valid_until=row.valid_until
    )
    if any(one.is_live_on(today) for one in same):
        raise Refused(_("This is agreed to already."), "already")
    row.save(force_insert=True)
    remark(act="consent.give", kind=str(draft.kind), sector=str(row.sector))
    return locked


@action(Verb.SURVIVOR_WORK, on="consent")
def withdraw_consent(*, consent: SurvivorConsent, version: int, on: date, by: User) -> Survivor:
    """Write down that a consent is withdrawn; nobody asks why.

    A referral that rests on it is taken back and its holder is told. Who does not want to be helped any more is not
    referred any more either. Figures leave a withdrawn survivor out from the next time they are looked at.

    Raises:
        Refused: ``stale``, ``already``, ``date``.
    """
    survivor = locked_file(consent.survivor, at_work=False)
    locked = SurvivorConsent.objects.select_for_update().get(pk=consent.pk)
    if locked.withdrawn_on:
        raise Refused(_("This consent was withdrawn already."), "already")
    demand_fresh(locked, version)
    if on > timezone.localdate() or on < locked.given_on:
        raise Refused(_("The day lies before the consent or in the future. Choose another day."), "date", field="on")
    rows = [locked]
    if locked.kind == Kind.SERVICES:
        others = SurvivorConsent.objects.select_for_update().filter(
            Q(kind=Kind.REFERRAL) | Q(kind=Kind.SERVICES), survivor=survivor, withdrawn_on=None
        )
        rows += [row for row in others if row.pk != locked.pk]
    for row in rows:
        row.withdrawn_on, row.withdrawn_by = max(on, row.given_on), by
        row.version += 1
        row.save()
    stopped = stop_referrals(by, survivor, [row.pk for row in rows])
    remark(act="consent.withdraw", kind=locked.kind, sector=locked.sector, stopped=stopped)
    return survivor
