"""What somebody types about a programme, and about who takes part in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, day, line, translated
from paivand.access.models import Agency
from paivand.core.models import Place
from paivand.core.rules.amounts import write_amount
from paivand.programme.forms.fields import AmountField, ListField, PlanForm, TitledForm, code_field, in_languages, lines
from paivand.programme.models import Participation, Programme
from paivand.programme.rules.programmes import (
    DAC_MARKER_NAMES,
    MARKER_NAMES,
    ORGANISATION_TYPES,
    ROLE_NAMES,
    AgencyRole,
    DacMarker,
    Marker,
    ParticipationDraft,
    ProgrammeDraft,
)
from paivand.programme.rules.spending import CURRENCIES


class ProgrammeForm(TitledForm):
    """Everything about a programme but its plan and its partners."""

    code = code_field(_("Code"), max_length=12, help_text=_("Short and unique, such as JP-2021. It stays."))
    goal_en = lines(_("What it aims at, in English"), required=False, help_text=_("Without names of people."))
    goal_tg = lines(_("What it aims at, in Tajik"), required=False)
    goal_ru = lines(_("What it aims at, in Russian"), required=False)
    goal_fa = lines(_("What it aims at, in Dari"), required=False)
    starts_on = day(_("Planned to begin on"))
    months = forms.IntegerField(label=_("Months planned"), min_value=1, max_value=240)
    started_on = day(_("Began on"), required=False)
    extended_to_on = day(_("Extended without cost until"), required=False)
    extended_why = line(_("Why it was extended"), required=False)
    closed_on = day(_("Closed on"), required=False)
    donor = line(_("Donor"), longest=160)
    fund = line(_("Fund"), longest=160, required=False)
    budget = AmountField(label=_("Budget"))
    currency = forms.ChoiceField(label=_("Currency"), choices=[(one, one) for one in CURRENCIES], initial="USD")
    themes = lines(_("Thematic areas"), required=False, help_text=_("As the fund names them, each on its own line."))
    gcm_primary = ListField(
        label=_("Objectives of the Global Compact for Migration served first"), required=False,
        help_text=_("Their numbers, such as 19, 7."),
    )  # fmt: skip
    gcm_secondary = ListField(label=_("Further objectives of the Global Compact"), required=False)
    sdg_targets = ListField(
        label=_("Goals and targets of Sustainable Development"), required=False,
        help_text=_("Such as 5, 5.2, 17.16."),
    )  # fmt: skip
    gender_marker = forms.ChoiceField(label=_("Gender marker"))
    human_rights_marker = forms.ChoiceField(label=_("Human rights marker"))
    dac_gender = forms.ChoiceField(label=_("DAC marker of gender equality"))
    dac_disability = forms.ChoiceField(label=_("DAC marker of disability"))
    sectors = lines(
        _("DAC sectors"), required=False,
        help_text=_("Each on its own line with its per cent, such as 15180 20. Together they make 100."),
    )  # fmt: skip
    iati_identifier = code_field(_("IATI identifier"), max_length=100, required=False)
    reporting_ref = code_field(_("IATI reference of the reporting organisation"), max_length=60, required=False)
    reporting_name = line(_("Name of the reporting organisation"), longest=160, required=False)
    districts = forms.MultipleChoiceField(
        label=_("Districts"), required=False, widget=forms.CheckboxSelectMultiple()
    )  # fmt: skip

    sections = (
        ("", ("code", "title_en", "goal_en"), True),
        (
            _("Title and goal in other languages"),
            ("title_tg", "title_ru", "title_fa", "goal_tg", "goal_ru", "goal_fa"),
            False,
        ),
        (
            _("Time"),
            ("starts_on", "months", "started_on", "extended_to_on", "extended_why", "closed_on"),
            True,
        ),
        (_("Money"), ("donor", "fund", "budget", "currency"), True),
        (_("Goals and themes"), ("sdg_targets", "gcm_primary", "gcm_secondary", "themes"), True),
        (
            _("Markers and sectors"),
            ("gender_marker", "human_rights_marker", "dac_gender", "dac_disability", "sectors"),
            True,
        ),
        (_("Publishing in IATI"), ("iati_identifier", "reporting_ref", "reporting_name"), False),
        (_("Where it works"), ("districts",), False),
    )

    def __init__(self, *args: Any, districts: Iterable[Place], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("gender_marker", "human_rights_marker"):
            self.offer(name, translated({int(key): told for key, told in MARKER_NAMES.items()}))
        for name in ("dac_gender", "dac_disability"):
            self.offer(name, translated({int(key): told for key, told in DAC_MARKER_NAMES.items()}))
        self.offer("districts", [(place.pk, place.name) for place in districts])
        if not is_new:
            del self.fields["code"]

    def clean_gcm_primary(self) -> tuple[int, ...]:
        return self._numbers("gcm_primary")

    def clean_gcm_secondary(self) -> tuple[int, ...]:
        return self._numbers("gcm_secondary")

    def _numbers(self, name: str) -> tuple[int, ...]:
        found = self.cleaned_data[name]
        if not all(one.isdecimal() and len(one) < 3 for one in found):
            raise forms.ValidationError(gettext("Write numbers from 1 to 23, such as 19, 7."), code="goals")
        return tuple(int(one) for one in found)

    def clean_sectors(self) -> dict[str, Decimal]:
        """Lines of a code and a per cent."""
        found: dict[str, Decimal] = {}
        for typed in (self.cleaned_data["sectors"] or "").splitlines():
            if not typed.strip():
                continue
            row = re.fullmatch(r"\s*(\d{5})[\s:,;]+(\d{1,3}(?:[.,]\d{1,2})?)\s*%?\s*", typed)
            if row is None or row[1] in found:
                raise forms.ValidationError(
                    gettext("Write each sector once, as a code of five digits and its per cent: 15180 20."),
                    code="sectors",
                )
            found[row[1]] = Decimal(row[2].replace(",", "."))
        return found

    def draft(self, code: str = "") -> ProgrammeDraft:
        """The programme as typed."""
        clean = self.cleaned_data
        goal = self.titles("goal")
        return ProgrammeDraft(
            code=clean.get("code") or code, titles=self.titles(), goal=goal, starts_on=clean["starts_on"],
            months=clean["months"], started_on=clean["started_on"], extended_to_on=clean["extended_to_on"],
            extended_why=clean["extended_why"], closed_on=clean["closed_on"], donor=clean["donor"],
            fund=clean["fund"], budget=clean["budget"], currency=clean["currency"],
            themes=tuple(theme.strip() for theme in clean["themes"].splitlines() if theme.strip()),
            gcm_primary=clean["gcm_primary"], gcm_secondary=clean["gcm_secondary"],
            sdg_targets=clean["sdg_targets"], gender_marker=Marker(int(clean["gender_marker"])),
            human_rights_marker=Marker(int(clean["human_rights_marker"])),
            dac_gender=DacMarker(int(clean["dac_gender"])), dac_disability=DacMarker(int(clean["dac_disability"])),
            sectors=clean["sectors"], iati_identifier=clean["iati_identifier"],
            reporting_ref=clean["reporting_ref"], reporting_name=clean["reporting_name"],
            districts=tuple(clean["districts"]),
        )  # fmt: skip

    @staticmethod
    def initial_of(row: Programme) -> dict[str, Any]:
        """The values of a programme, as the form begins with them."""
        plain = (
            "version", "starts_on", "months", "started_on", "extended_to_on", "extended_why", "closed_on", "donor",
            "fund", "currency", "gender_marker", "human_rights_marker", "dac_gender", "dac_disability",
            "iati_identifier", "reporting_ref", "reporting_name", "districts",
        )  # fmt: skip
        return {
            **{name: getattr(row, name) for name in plain},
            **in_languages(row.titles),
            **in_languages(row.goal, "goal"),
            "budget": write_amount(row.budget),
            "themes": "\n".join(row.themes),
            "gcm_primary": ", ".join(map(str, row.gcm_primary)),
            "gcm_secondary": ", ".join(map(str, row.gcm_secondary)),
            "sdg_targets": ", ".join(row.sdg_targets),
            "sectors": "\n".join(f"{code} {percent}" for code, percent in row.sectors.items()),
        }


class ParticipationForm(PlanForm):
    """An organisation in a programme."""

    agency = forms.ChoiceField(
        label=_("Organisation"), help_text=_("An administrator adds one that is missing to the agencies.")
    )  # fmt: skip
    roles = forms.MultipleChoiceField(label=_("As what it takes part"), widget=forms.CheckboxSelectMultiple())
    is_puno = forms.BooleanField(
        label=_("It is a participating United Nations organisation and has a part of the budget."), required=False
    )
    is_convening = forms.BooleanField(label=_("It is the convening agency."), required=False)
    part_en = line(_("What it does in the programme, in English"), required=False)
    part_tg = line(_("What it does in the programme, in Tajik"), required=False)
    part_ru = line(_("What it does in the programme, in Russian"), required=False)
    part_fa = line(_("What it does in the programme, in Dari"), required=False)
    organisation_type = forms.ChoiceField(label=_("Type of organisation"), required=False)
    iati_ref = code_field(_("IATI reference"), max_length=60, required=False)

    sections = (
        ("", ("agency", "roles", "is_puno", "is_convening", "part_en"), True),
        (_("In other languages"), ("part_tg", "part_ru", "part_fa"), False),
        (_("Publishing in IATI"), ("organisation_type", "iati_ref"), True),
    )

    def __init__(self, *args: Any, agencies: Iterable[Agency], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("agency", [*NOT_SAID, *((str(one.pk), one.name) for one in agencies)])
        self.offer("roles", translated(ROLE_NAMES))
        types = [(key, f"{key} · {name}") for key, name in translated(ORGANISATION_TYPES)]
        self.offer("organisation_type", [*NOT_SAID, *types])
        if not is_new:
            del self.fields["agency"]

    def draft(self, agency_id: Any = None) -> ParticipationDraft:
        """As what the organisation takes part."""
        clean = self.cleaned_data
        part = {language: clean.get(f"part_{language}") or "" for language in ("tg", "ru", "en", "fa")}
        return ParticipationDraft(
            agency_id or clean["agency"], tuple(AgencyRole(role) for role in clean["roles"]), clean["is_puno"],
            clean["is_convening"], clean["iati_ref"], clean["organisation_type"], part,
        )  # fmt: skip

    @staticmethod
    def initial_of(row: Participation) -> dict[str, Any]:
        """The values of a participation."""
        plain = ("version", "roles", "is_puno", "is_convening", "organisation_type", "iati_ref")
        return {**{name: getattr(row, name) for name in plain}, **in_languages(row.part, "part")}


class LeaveForm(PlanForm):
    """Since when an organisation takes part no longer."""

    on = day(_("Takes part until"))
