"""What a person typed about a campaign, a material, and copies that came or went."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, AmountField, RecordForm, WholeField, day, line, lines, translated
from paivand.core.rules.amounts import write_amount
from paivand.outreach.forms.entries import Choices, plan_choices
from paivand.outreach.models import Campaign
from paivand.outreach.rules.catalogue import catalogue, topics
from paivand.outreach.rules.drafts import CampaignDraft, MaterialDraft
from paivand.outreach.rules.materials import MOVE_NAMES, MoveKind
from paivand.registry.rules.people import LANGUAGE_NAMES
from paivand.registry.rules.remittances import Currency


class CampaignForm(RecordForm):
    """A campaign as planned; the code only of a new one."""

    code = line(_("Code"), longest=40, help_text=_("Short, with Latin letters and digits: SAFE-2022. It stays."))
    title = line(_("Title"), longest=160)
    district = forms.ChoiceField(label=_("District"), required=False)
    topics = forms.MultipleChoiceField(label=_("Topics"), widget=forms.CheckboxSelectMultiple)
    aim = lines(_("What it is to change"), rows=3, required=False)
    starts_on = day(_("Begins on"))
    ends_on = day(_("Ends on"), required=False)
    n_aimed = WholeField(label=_("Contacts aimed at"))
    partner_agency = forms.ChoiceField(label=_("Partner agency"), required=False)
    partner = line(_("Another partner"), longest=160, required=False)
    plan = forms.ChoiceField(label=_("Place in the plan"), required=False)
    budget_amount = AmountField(label=_("Budget"))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip

    def __init__(
        self, *args: Any, districts: Choices = (), agencies: Choices = (), plan: Any = (), new: bool = True,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        language, on = get_language() or "en", timezone.localdate()
        self.offer("topics", [(one.code, one.title_in(language)) for one in topics().values() if one.is_offered(on)])
        self.offer("district", districts)
        self.offer("partner_agency", [*NOT_SAID, *agencies])
        self.offer("plan", plan_choices(plan, self.initial.get("plan", "")))
        self.offer("currency", [*NOT_SAID, *((str(one), str(one)) for one in Currency)])
        self.offer("languages", translated(LANGUAGE_NAMES))
        if not plan and not self.initial.get("plan"):
            self.without("plan")
        if not new:
            self.without("code", "district")
        self.initial.setdefault("starts_on", on)

    @staticmethod
    def initial_of(row: Campaign) -> dict[str, Any]:
        """The present values of a campaign."""
        same = ("title", "topics", "aim", "starts_on", "ends_on", "partner", "currency", "languages", "version")
        return {
            **{name: getattr(row, name) for name in same},
            "n_aimed": str(row.n_aimed or ""), "partner_agency": str(row.partner_agency_id or ""),
            "plan": f"{row.programme}|{row.output}" if row.output else "",
            "budget_amount": write_amount(row.budget_amount),
        }  # fmt: skip

    def draft(self, code: str = "") -> CampaignDraft:
        """The campaign as typed."""
        clean = self.cleaned_data
        programme, _bar, output = (clean.get("plan") or "").partition("|")
        agency = clean["partner_agency"]
        return CampaignDraft(
            code=clean.get("code") or code, title=clean["title"], starts_on=clean["starts_on"],
            topics=tuple(clean["topics"]), aim=clean["aim"], ends_on=clean["ends_on"],
            partner_agency=uuid.UUID(agency) if agency else None, partner=clean["partner"], programme=programme,
            output=output, budget_amount=clean["budget_amount"], currency=clean["currency"],
            languages=tuple(clean["languages"]), n_aimed=clean["n_aimed"],
        )  # fmt: skip


class MaterialForm(RecordForm):
    """A material with the copies that there are."""

    kind = forms.ChoiceField(label=_("Kind"))
    title = line(_("What it is called"), longest=160)
    language = forms.ChoiceField(label=_("Language"), required=False)
    n_printed = WholeField(label=_("Copies printed or received"))
    on = day(_("Received on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        self.offer("kind", [*NOT_SAID, *((one.code, one.title_in(language)) for one in catalogue().materials.values())])
        self.offer("language", [*NOT_SAID, *translated(LANGUAGE_NAMES)])
        self.initial.setdefault("on", timezone.localdate())

    def draft(self) -> MaterialDraft:
        """The material as typed."""
        clean = self.cleaned_data
        return MaterialDraft(clean["kind"], clean["title"], clean["language"], clean["n_printed"] or 0, clean["on"])


class MoveForm(RecordForm):
    """Copies that came, went or were spoilt."""

    kind = forms.ChoiceField(label=_("What happened"), widget=forms.RadioSelect)
    n_copies = WholeField(label=_("Copies"), required=True, help_text=_("Below nought takes back what was wrong."))
    on = day(_("Day"))
    note = line(_("Note, without names"), longest=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", [(str(key), gettext(name)) for key, name in MOVE_NAMES.items()])
        self.initial.setdefault("kind", MoveKind.PRINTED)
        self.initial.setdefault("on", timezone.localdate())
