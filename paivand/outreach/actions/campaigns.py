"""Planning campaigns."""

from __future__ import annotations

import re
import uuid

from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.scopes import Scope
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.outreach.actions.filling import lying, money, spoken
from paivand.outreach.models import Campaign
from paivand.outreach.rules.catalogue import topics
from paivand.outreach.rules.contacts import MOST_CONTACTS
from paivand.outreach.rules.drafts import CampaignDraft
from paivand.registry.actions.families import demand_fresh

_CODE = re.compile(r"[A-Z0-9]+(?:[.-][A-Z0-9]+)*")


@action(Verb.OUTREACH_RECORD, on="scope")
def plan_campaign(*, scope: Scope, campaign_id: uuid.UUID, draft: CampaignDraft, by: User) -> Campaign:
    """Write a campaign down; one without a district is of the whole programme.

    Raises:
        Refused: ``twice``; ``code`` for a code that is taken or cannot be; ``title``, ``date``, ``topic``, ``aimed``,
            ``cost``, ``currency``, ``language``.
    """
    if Campaign.objects.filter(pk=campaign_id).exists():
        raise Refused(_("This form was saved already."), "twice")
    row = lying(scope, Campaign(id=campaign_id, code=_code(draft.code), recorded_by=by))
    if Campaign.objects.filter(code=row.code).exists():
        raise Refused(_("Another campaign has this code. Choose another."), "code", field="code")
    _fill(row, draft)
    row.save(force_insert=True)
    remark(act="campaign.plan", code=row.code)
    return row


@action(Verb.OUTREACH_RECORD, on="campaign")
def edit_campaign(*, campaign: Campaign, version: int, draft: CampaignDraft, by: User) -> Campaign:
    """Change what is planned. The code stays: reports name it.

    Raises:
        Refused: ``stale``; as ``plan_campaign``.
    """
    row: Campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    demand_fresh(row, version)
    _fill(row, draft)
    row.version += 1
    row.save()
    remark(act="campaign.edit", code=row.code)
    return row


def _code(typed: str) -> str:
    code = "-".join(typed.upper().split())
    if not _CODE.fullmatch(code) or len(code) > 40:
        raise Refused(
            _("Write the code with Latin letters, digits, hyphens and points, such as SAFE-2022."), "code", field="code"
        )
    return code


def _fill(row: Campaign, draft: CampaignDraft) -> None:
    row.title = " ".join(draft.title.split())[:160]
    if not row.title:
        raise Refused(_("Write what the campaign is called."), "title", field="title")
    if draft.ends_on and draft.ends_on < draft.starts_on:
        raise Refused(_("The last day lies before the first. Check both."), "date", field="ends_on")
    chosen = tuple(dict.fromkeys(draft.topics))
    if not chosen or not set(chosen) <= set(topics()):
        raise Refused(_("Choose at least one topic from the list."), "topic", field="topics")
    if draft.n_aimed is not None and not 0 < draft.n_aimed <= MOST_CONTACTS:
        raise Refused(_("Write how many contacts are aimed at, or leave it empty."), "aimed", field="n_aimed")
    row.topics, row.aim, row.starts_on, row.ends_on = list(chosen), draft.aim.strip(), draft.starts_on, draft.ends_on
    row.partner_agency_id, row.partner = draft.partner_agency, " ".join(draft.partner.split())[:160]
    row.programme, row.output = draft.programme.strip(), draft.output.strip()
    row.budget_amount, row.currency = money(draft.budget_amount, draft.currency, "budget_amount")
    row.languages, row.n_aimed = list(spoken(draft.languages)), draft.n_aimed
