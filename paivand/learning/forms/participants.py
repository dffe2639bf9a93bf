"""What a person typed about participants of the register: one of them, who is the same, many at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.forms.fields import NOT_SAID, RecordForm, count, day, line, lines, translated
from paivand.learning.rules.course import Named
from paivand.learning.rules.drafts import LearnerDraft
from paivand.learning.rules.quick import MOST_ROWS
from paivand.registry.models import Participant
from paivand.registry.rules import SEX_NAMES, Sex
from paivand.registry.rules.participants import (
    OLDEST,
    PARTICIPANT_NAMES,
    ParticipantDraft,
    ParticipantKind,
    needs_guardian,
    posts,
)
from paivand.registry.rules.people import phone_number

Choices = Sequence[tuple[str, Any]]


class TelephoneField(forms.CharField):
    """A telephone number however it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"type": "tel", "inputmode": "tel", "autocomplete": "off", "dir": "ltr"}
        super().__init__(required=False, max_length=30, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value) or "").strip()
        number = phone_number(typed)
        if typed and not number:
            raise forms.ValidationError(
                gettext("This is not a telephone number. Check it, or leave it empty."), code="phone"
            )
        return number


def _year() -> forms.IntegerField:
    return count(_("Year of birth"), least=timezone.localdate().year - OLDEST, most=2100, required=False)


class ParticipantForm(RecordForm):
    """One participant.

    Args:
        agencies: of the programme, to choose from.
        districts: where she may be written down; not asked where there is one, or when she is edited.
        alike: those who may be the same; then it must be said that she is none of them.
    """

    district = forms.ChoiceField(label=_("District"))
    kind = forms.ChoiceField(label=_("Takes part as"), widget=forms.RadioSelect)
    name = line(_("Surname, name and father's name"), longest=160)
    sex = forms.ChoiceField(label=_("Sex"), widget=forms.RadioSelect)
    birth_year = _year()
    post = forms.ChoiceField(label=_("Post"), required=False)
    agency_of = forms.ChoiceField(label=_("Agency of the programme"), required=False)
    organisation = line(
        _("Organisation or school"), longest=160, required=False, help_text=_("If it is no agency of the list above")
    )
    telephone = TelephoneField(label=_("Telephone number"))
    agreed_on = day(_("Agreed to be written down on"))
    guardian_name = line(
        _("Which parent or guardian agreed"), longest=160, required=False, help_text=_("For somebody younger than 18")
    )
    guardian_agreed_on = day(_("The guardian agreed on"), required=False)
    somebody_else = forms.BooleanField(label=_("It is somebody else"), required=False)

    def __init__(self, *args: Any, agencies: Choices, districts: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", translated(PARTICIPANT_NAMES))
        self.offer("sex", translated(SEX_NAMES))
        language = get_language() or "en"
        self.offer("post", [*NOT_SAID, *((one.code, one.title_in(language)) for one in posts().values())])
        self.offer("agency_of", [*NOT_SAID, *agencies])
        self.initial.setdefault("agreed_on", timezone.localdate())
        self.districts = list(districts)
        if len(self.districts) > 1:
            self.offer("district", [*NOT_SAID, *self.districts])
        else:
            del self.fields["district"]

    def clean(self) -> dict[str, Any]:
        """A professional has a post, and a child a guardian who agreed."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if clean.get("kind") == ParticipantKind.PROFESSIONAL and not clean.get("post"):
            self.add_error("post", gettext("Choose the post from the list."))
        agreed, year = clean.get("agreed_on"), clean.get("birth_year")
        told = clean.get("guardian_name") and clean.get("guardian_agreed_on")
        if agreed and needs_guardian(year, agreed) and not told:
            self.add_error(
                "guardian_name", gettext("This is a child. Write down which parent or guardian agreed, and when.")
            )
        return clean

    @staticmethod
    def initial_of(row: Participant) -> dict[str, Any]:
        """What is known of a participant."""
        names = ("kind", "name", "sex", "birth_year", "post", "organisation", "telephone", "agreed_on",
                 "guardian_name", "guardian_agreed_on", "version")  # fmt: skip
        return {name: getattr(row, name) for name in names} | {"agency_of": str(row.agency_of_id or "")}

    def chosen_district(self) -> str:
        """Where she is written down."""
        return self.cleaned_data.get("district") or self.districts[0][0]

    def draft(self) -> ParticipantDraft:
        """The participant as typed."""
        clean = self.cleaned_data
        return ParticipantDraft(
            kind=ParticipantKind(clean["kind"]), name=clean["name"], sex=Sex(clean["sex"]),
            agreed_on=clean["agreed_on"], birth_year=clean["birth_year"], organisation=clean["organisation"],
            agency_of=uuid.UUID(clean["agency_of"]) if clean["agency_of"] else None, post=clean["post"],
            telephone=clean["telephone"], guardian_name=clean["guardian_name"],
            guardian_agreed_on=clean["guardian_agreed_on"],
        )  # fmt: skip


class JoinGroupForm(RecordForm):
    """Who of the register is taken into a group.

    Args:
        people: those found who may join.
        is_junior: ask for the child's own yes.
    """

    people = forms.MultipleChoiceField(
        label=_("Who is taken in"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person.")},
    )  # fmt: skip
    child_agreed_on = day(
        _("The children agreed on"), required=False, help_text=_("Ask each of them before writing it down.")
    )

    def __init__(self, *args: Any, people: Sequence[Participant], is_junior: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {str(one.pk): one for one in people}
        self.offer("people", [(key, one.name) for key, one in self.found.items()])
        if not is_junior:
            del self.fields["child_agreed_on"]

    def chosen(self) -> list[tuple[Participant, LearnerDraft]]:
        """Those who are taken in; the guardian's yes stands in the register."""
        agreed = self.cleaned_data.get("child_agreed_on")
        rows = [self.found[key] for key in self.cleaned_data["people"]]
        return [
            (
                one,
                LearnerDraft(
                    guardian_name=one.guardian_name, guardian_agreed_on=one.guardian_agreed_on, child_agreed_on=agreed
                ),
            )
            for one in rows
        ]


class QuickRowForm(forms.Form):
    """One person at the door. ``same`` is asked where the register knows somebody like her or him."""

    name = line(_("Name"), longest=160)
    sex = forms.ChoiceField(label=_("Sex"))
    birth_year = _year()
    telephone = TelephoneField(label=_("Telephone number"))
    destination = forms.ChoiceField(label=_("Where to"), required=False)
    calls = forms.BooleanField(label=_("May be called afterwards"), required=False)
    same = forms.ChoiceField(label=_("Who is it"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, countries: Choices = (), departs: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alike: list[Participant] = []
        # Whether the page asks who it is: the register knows somebody like this, or another row of the page does.
        self._choose("sex", [*NOT_SAID, *translated(SEX_NAMES)])
        if departs:
            self._choose("destination", countries)
        else:
            del self.fields["destination"]
        self.offer_alike([])
        self.is_asked = False
        # The word "required" at each of thirty fields would hide what matters.
        for name in ("name", "sex"):
            self.fields[name].error_messages["required"] = gettext("Fill this in, or empty the whole row.")

    def _choose(self, name: str, choices: Any) -> None:
        self.fields[name].choices = list(choices)  # type: ignore[attr-defined]

    def offer_alike(self, found: Sequence[Participant]) -> None:
        """Ask whether it is one of those whom the register knows."""
        self.alike, self.is_asked = list(found), True
        known = [(str(one.pk), _known(one)) for one in found]
        self._choose("same", [*known, ("new", gettext("somebody else"))])

    def has_changed(self) -> bool:
        """A row counts as soon as it has a name, a year or a telephone; a country alone is left from the row above."""
        return bool({"name", "birth_year", "telephone"}.intersection(self.changed_data))


def _known(one: Participant) -> str:
    told = [one.name, str(one.birth_year or ""), one.telephone, one.organisation]
    return gettext("the one whom the register knows: %(who)s") % {"who": " · ".join(part for part in told if part)}


class _Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    def initial_form_count(self) -> int:
        """None: every row may be left empty."""
        return 0

    def total_form_count(self) -> int:
        """As many as were sent, or else as many as there is something to show in."""
        return super().total_form_count() if self.is_bound else len(self.initial or ())


QuickRows = forms.formset_factory(
    QuickRowForm, formset=_Rows, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


class QuickForm(RecordForm):
    """What holds for everybody on the page.

    Args:
        kinds: as what they take part.
        sessions: at which they may be marked as there.
        there: those who were in the group before.
        materials: that the course hands out.
    """

    kind = forms.ChoiceField(label=_("They take part as"))
    agreed_on = day(_("They agreed to be written down on"))
    session = forms.ChoiceField(label=_("Mark them as there at"), required=False)
    also_there = forms.MultipleChoiceField(
        label=_("Who of those enrolled before was there too"), required=False, widget=forms.CheckboxSelectMultiple
    )
    materials = forms.MultipleChoiceField(
        label=_("What everybody was given"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pasted = lines(
        _("A list, one person in each line"), rows=6, longest=20_000, required=False,
        help_text=_("Name; sex; year of birth; telephone; country, in any order. From a spreadsheet too."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, kinds: Sequence[str], sessions: Choices, there: Choices, materials: Sequence[Named],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.offer("kind", translated({key: PARTICIPANT_NAMES[ParticipantKind(key)] for key in kinds}))
        self.offer("session", [*sessions, ("", gettext("no session"))])
        self.offer("also_there", there)
        self.offer("materials", [(one.code, one.title_in(get_language() or "en")) for one in materials])
        self.initial.setdefault("agreed_on", timezone.localdate())
        if not there:
            del self.fields["also_there"]
        if not materials:
            del self.fields["materials"]

    def learner(self, row: QuickRowForm) -> LearnerDraft:
        """What is told of one of them beside who it is."""
        agreed: date = self.cleaned_data["agreed_on"]
        return LearnerDraft(
            destination=row.cleaned_data.get("destination") or "",
            materials=tuple(self.cleaned_data.get("materials", ())),
            calls_agreed_on=agreed if row.cleaned_data["calls"] else None,
        )  # fmt: skip

    def participant(self, row: QuickRowForm) -> ParticipantDraft:
        """One of them as typed."""
        clean = row.cleaned_data
        return ParticipantDraft(
            kind=ParticipantKind(self.cleaned_data["kind"]), name=clean["name"], sex=Sex(clean["sex"]),
            agreed_on=self.cleaned_data["agreed_on"], birth_year=clean["birth_year"], telephone=clean["telephone"],
        )  # fmt: skip
