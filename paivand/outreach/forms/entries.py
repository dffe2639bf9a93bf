"""What a person typed about an entry: only the fields that its channel and its way of counting need."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, AmountField, RecordForm, WholeField, day, line, lines, translated
from paivand.core.rules.amounts import write_amount
from paivand.core.rules.uploads import UNFIT_NAMES, Unfit
from paivand.core.templatetags.paivand import number
from paivand.outreach.actions.files import SentFile
from paivand.outreach.actions.materials import Given
from paivand.outreach.models import Campaign, Material, ReachEntry
from paivand.outreach.rules.catalogue import Channel, Field, topics
from paivand.outreach.rules.contacts import TOLD_PARTS
from paivand.outreach.rules.drafts import EntryDraft
from paivand.outreach.rules.estimates import COUNTINGS, NUMBERS, Asked, Way
from paivand.registry.rules.people import LANGUAGE_NAMES
from paivand.registry.rules.remittances import Currency

Choices = Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Offered:
    """What the form of an entry offers.

    Args:
        places: districts and jamoats as choices; the empty one where an entry may lie in no district.
        agencies, plan: partners, and the parts of the plan.
        materials: of which copies are at hand.
        names: whether files with names may be sent.
    """

    places: Choices
    campaigns: Sequence[Campaign] = ()
    agencies: Choices = ()
    plan: Sequence[tuple[str, str, str]] = ()
    materials: Sequence[Material] = field(default_factory=tuple)
    names: bool = False


def _currencies() -> list[tuple[str, str]]:
    return [*NOT_SAID, *((str(one), str(one)) for one in Currency)]


def plan_choices(plan: Sequence[tuple[str, str, str]], present: str = "") -> list[tuple[str, str]]:
    """The parts of the plan as choices; what stands there already stays one, also where the plan has it no more."""
    found = [(f"{code}|{part}", f"{code} {part} {title}"[:120]) for code, part, title in plan]
    if present and present not in {key for key, _name in found}:
        found.insert(0, (present, present.replace("|", " ").strip()))
    return [*NOT_SAID, *found]


class EntryForm(RecordForm):
    """One session, broadcast or distribution.

    Args:
        channel, way: which fields there are.
        listed: contacts follow from a list of names already, so that no number is asked.
        sure: ask whether the unlikely is meant so.
    """

    topic = forms.ChoiceField(label=_("What it was about"))
    event_on = day(_("Day"))
    title = line(_("Title"), longest=160, required=False)
    place = forms.ChoiceField(label=_("Where"), required=False)
    village = line(_("Village"), longest=80, required=False)
    venue = line(_("House, school or square"), longest=120, required=False)
    n_times = WholeField(label=_("How often it was broadcast or held"))
    n_women = WholeField(label=_("Women"))
    n_men = WholeField(label=_("Men"))
    n_girls = WholeField(label=_("Girls"), help_text=_("below 18"))
    n_boys = WholeField(label=_("Boys"), help_text=_("below 18"))
    n_adults = WholeField(label=_("Adults of whom the sex is not known"))
    n_children = WholeField(label=_("Children of whom the sex is not known"))
    n_contacts = WholeField(label=_("All contacts together"), help_text=_("Empty: the sum of the numbers beside it."))
    n_repeat = WholeField(label=_("Of them reached before"), help_text=_("Empty where nobody knows."))
    repeat_share = AmountField(label=_("or in per cent"))
    told_source = line(
        _("Where these numbers come from"), longest=200, required=False,
        help_text=_("Survey, station, platform, with its year."),
    )  # fmt: skip
    reference = line(_("Number of the paper that shows it"), longest=120, required=False)
    link = forms.CharField(
        label=_("Link"), max_length=300, required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Photograph or file"), required=False, allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )  # fmt: skip
    has_names = forms.BooleanField(label=_("Names stand on it, or faces are seen"), required=False)
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    material = forms.ChoiceField(label=_("Material given out"), required=False)
    n_copies = WholeField(label=_("Copies"))
    until_on = day(_("Until, where it took several days"), required=False)
    partner_agency = forms.ChoiceField(label=_("Partner agency"), required=False)
    partner = line(_("Another partner"), longest=160, required=False)
    plan = forms.ChoiceField(label=_("Place in the plan"), required=False)
    cost_amount = AmountField(label=_("Cost"))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    note = lines(_("Note, without names"), rows=2, longest=300, required=False)
    sure = forms.BooleanField(label=_("It is meant so"), required=False)

    def __init__(
        self, *args: Any, channel: Channel, way: Way, offered: Offered, listed: bool = False, sure: bool = False,
        too_large: bool = False, files: bool = True, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.channel, self.way, self._too_large = channel, way, too_large
        self._offer(offered)
        self._fit(listed=listed)
        if not sure:
            self.without("sure")
        if not files:
            self.without("file", "has_names")
        elif not offered.names:
            self.without("has_names")
            self.fields["file"].help_text = gettext("Only what shows no names and no faces.")
        for name, value in (("event_on", timezone.localdate()), ("n_times", "1"), ("has_names", True)):
            self.initial.setdefault(name, value)

    def _offer(self, offered: Offered) -> None:
        language = get_language() or "en"
        on = timezone.localdate()
        self.offer("topic", [
            *NOT_SAID,
            *((one.code, capfirst(one.title_in(language))) for one in topics().values() if one.is_offered(on)),
        ])  # fmt: skip
        anywhere = any(not key for key, _name in offered.places)
        self.offer("place", offered.places if anywhere else [*NOT_SAID, *offered.places])
        self.fields["place"].required = not anywhere
        self.offer("campaign", [*NOT_SAID, *((str(one.pk), f"{one.code} {one.title}") for one in offered.campaigns)])
        self.offer("partner_agency", [*NOT_SAID, *offered.agencies])
        self.offer("plan", plan_choices(offered.plan, self.initial.get("plan", "")))
        self.offer("currency", _currencies())
        self.offer("languages", translated(LANGUAGE_NAMES))
        self.offer("material", [
            *NOT_SAID,
            *((str(one.pk), gettext("%(title)s, %(left)s left") % {"title": one.title, "left": number(one.n_left)})
              for one in offered.materials),
        ])  # fmt: skip
        if not offered.materials:
            self.without("material", "n_copies")
        if not offered.campaigns:
            self.without("campaign")
        if not offered.plan and not self.initial.get("plan"):
            self.without("plan")
        self.fields["file"].help_text = gettext("Where it was taken is removed; at most 10 MB.")

    def _fit(self, *, listed: bool) -> None:
        """Keep only what the channel and the way of counting need."""
        counting = COUNTINGS[self.way]
        for one, name in ((Field.TITLE, "title"), (Field.VENUE, "venue"), (Field.TIMES, "n_times")):
            if one not in self.channel.asks:
                self.without(name)
        for asked in counting.asks:
            told = NUMBERS[asked]
            kind = WholeField if told.whole else AmountField
            label = gettext(told.name)
            self.fields[f"told_{asked}"] = kind(label=label[:1].upper() + label[1:], required=told.usual is None)
            if told.usual is not None:
                self.initial.setdefault(f"told_{asked}", write_amount(told.usual))
        if not counting.asks:
            self.without("told_source")
        if counting.compute:
            self.without("n_contacts")
        if listed:
            self.without(*TOLD_PARTS, "n_contacts", "n_repeat", "repeat_share")

    @property
    def asked_fields(self) -> list[Any]:
        """The numbers of the way of counting, to be drawn."""
        return [self[f"told_{asked}"] for asked in COUNTINGS[self.way].asks]

    @staticmethod
    def initial_of(row: ReachEntry) -> dict[str, Any]:
        """The present values of an entry."""
        same = (
            "topic", "event_on", "title", "village", "venue", "until_on", "partner", "told_source", "reference",
            "link", "note", "currency", "languages", "version",
        )  # fmt: skip
        found: dict[str, Any] = {name: getattr(row, name) for name in same}
        found |= {name: str(getattr(row, name) or "") for name in ("n_times", *TOLD_PARTS, "n_contacts")}
        return {
            **found,
            "n_repeat": str(row.n_repeat) if row.repeat_known else "",
            "place": row.jamoat_id or row.district_id or "",
            "campaign": str(row.campaign_id or ""),
            "partner_agency": str(row.partner_agency_id or ""),
            "plan": f"{row.programme}|{row.output}" if row.output else "",
            "cost_amount": write_amount(row.cost_amount),
            **{f"told_{asked}": value for asked, value in row.told.items()},
        }

    def clean(self) -> dict[str, Any]:
        """Say of a file that was too large that it was, instead of that there is none."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if self._too_large:
            self.errors.pop("file", None)
            self.add_error("file", forms.ValidationError(gettext(UNFIT_NAMES[Unfit.TOO_LARGE]), code="too_large"))
        return clean

    def draft(self, *, jamoat: str | None) -> EntryDraft:
        """The entry as typed; ``jamoat`` where the chosen place is one."""
        clean = self.cleaned_data
        programme, _bar, output = (clean.get("plan") or "").partition("|")
        told = {asked: clean.get(f"told_{asked}") for asked in COUNTINGS[self.way].asks}
        times = clean.get("n_times")
        return EntryDraft(
            channel=self.channel.code, topic=clean["topic"], way=self.way, event_on=clean["event_on"],
            until_on=clean["until_on"], n_times=1 if times is None else times, campaign=_key(clean.get("campaign")),
            title=clean.get("title") or "", jamoat=jamoat, village=clean["village"], venue=clean.get("venue") or "",
            partner_agency=_key(clean["partner_agency"]), partner=clean["partner"], programme=programme, output=output,
            cost_amount=clean["cost_amount"], currency=clean["currency"], languages=tuple(clean["languages"]),
            n_contacts=clean.get("n_contacts"), parts={name: clean.get(name) for name in TOLD_PARTS},
            n_repeat=clean.get("n_repeat"), repeat_share=clean.get("repeat_share"),
            told={Asked(asked): value for asked, value in _decimal(told).items()},
            told_source=clean.get("told_source") or "", reference=clean["reference"], link=clean["link"],
            note=clean["note"], sure=bool(clean.get("sure")),
        )  # fmt: skip

    def given(self) -> list[Given]:
        """What was given out at it."""
        material = _key(self.cleaned_data.get("material"))
        return [Given(material, self.cleaned_data.get("n_copies") or 0)] if material else []

    def sent(self) -> SentFile | None:
        """The file that came with it."""
        kept = self.cleaned_data.get("file")
        if not kept:
            return None
        return SentFile(kept.read(), has_names=bool(self.cleaned_data.get("has_names")))


def _key(typed: str | None) -> uuid.UUID | None:
    return uuid.UUID(typed) if typed else None


def _decimal(told: dict[Asked, Any]) -> dict[Asked, Any]:
    """Every number as a decimal, also those that were read as whole ones."""
    return {asked: None if value is None else Decimal(value) for asked, value in told.items()}


class CorrectForm(EntryForm):
    """Another entry instead of one that is confirmed, and why."""

    reason = line(_("What was wrong"), longest=300)


class ReverseForm(RecordForm):
    """Why an entry is taken back."""

    reason = line(_("Why it is taken back"), longest=300, help_text=_("Counted twice, wrong place, did not happen."))


class ConfirmForm(RecordForm):
    """That a draft counts; ``sure`` is asked once it turns out unlikely."""

    sure = forms.BooleanField(label=_("It is meant so"), required=False)


class FileForm(RecordForm):
    """A file that shows an entry."""

    file = forms.FileField(
        label=_("Photograph or file"), allow_empty_file=True,
        help_text=_("Where it was taken is removed; at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )  # fmt: skip
    has_names = forms.BooleanField(
        label=_("Names stand on it, or faces are seen"), required=False,
        help_text=_("Then only those who record in this district and may see names look at it."),
    )  # fmt: skip
    caption = line(_("What it shows"), longest=160, required=False, help_text=_("Without names"))

    def __init__(self, *args: Any, names: bool, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._too_large = too_large
        self.initial.setdefault("has_names", True)
        if not names:
            self.without("has_names")
            self.fields["file"].help_text = gettext("Only what shows no names and no faces.")

    def clean(self) -> dict[str, Any]:
        """Say of a file that was too large that it was, instead of that there is none."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if self._too_large:
            self.errors.pop("file", None)
            self.add_error("file", forms.ValidationError(gettext(UNFIT_NAMES[Unfit.TOO_LARGE]), code="too_large"))
        return clean

    def sent(self) -> SentFile:
        """The file as it came in."""
        clean = self.cleaned_data
        return SentFile(clean["file"].read(), clean["caption"], has_names=bool(clean.get("has_names")))
