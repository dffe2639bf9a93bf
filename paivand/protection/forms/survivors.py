"""The first talk, what is known of the person, closing and opening again, the link, and the search."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.templatetags.paivand import locale
from paivand.protection.forms.consents import GivenFields
from paivand.protection.forms.fields import DECLINED, Choice, Group, SealedForm, line, lines, today, translated
from paivand.protection.models import Survivor
from paivand.protection.rules import people
from paivand.protection.rules.drafts import MAY_DECLINE, Name, SafeContact, SurvivorDraft
from paivand.protection.rules.people import AgeGroup
from paivand.protection.rules.sectors import SECTOR_NAMES, Sector
from paivand.protection.rules.states import CHECK_NAMES, CLOSING_NAMES, Check, Closing, ClosingReason
from paivand.registry.rules import SEX_NAMES
from paivand.registry.rules.countries import country_choices
from paivand.registry.rules.people import LANGUAGE_NAMES

_CONTACT = ("phone", "hours", "who_may_answer", "say_what", "place", "trusted", "never")


class SurvivorForm(SealedForm):
    """What is known of the person. Every question may be left out, and every one may be declined."""

    wanted = forms.MultipleChoiceField(
        label=_("Which help is wanted"), required=False, widget=forms.CheckboxSelectMultiple
    )
    given_name = forms.CharField(label=_("Given name"), required=False, max_length=80, widget=line())
    family_name = forms.CharField(label=_("Surname"), required=False, max_length=80, widget=line())
    father_name = forms.CharField(label=_("Father's name"), required=False, max_length=80, widget=line())
    sex = Choice(SEX_NAMES, label=_("Sex"), may_decline=True)
    age_group = Choice(people.AGE_NAMES, label=_("Age"), may_decline=True)
    birth_year = forms.IntegerField(
        label=_("Year of birth"), required=False, min_value=1900, help_text=_("If it is known. No day is asked for."),
        widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=40,
        widget=line(inputmode="tel", dir="ltr"), help_text=_("Only a number that is safe."),
    )  # fmt: skip
    hours = forms.CharField(label=_("When to call"), required=False, max_length=120, widget=line())
    who_may_answer = forms.CharField(label=_("Who may answer"), required=False, max_length=120, widget=line())
    say_what = forms.CharField(
        label=_("What to say"), required=False, max_length=200, widget=line(),
        help_text=_("For example: I call about the sewing course"),
    )  # fmt: skip
    place = forms.CharField(label=_("A safe place to meet"), required=False, max_length=200, widget=line())
    trusted = forms.CharField(label=_("Somebody she or he trusts"), required=False, max_length=200, widget=line())
    never = forms.CharField(
        label=_("What must never be done"), required=False, max_length=200, widget=line(),
        help_text=_("For example: never send a message"),
    )  # fmt: skip
    marital = Choice(people.MARITAL_NAMES, label=_("Marital status"), may_decline=True)
    displacement = Choice(people.DISPLACEMENT_NAMES, label=_("Residence"), may_decline=True)
    disability = Choice(people.DISABILITY_NAMES, label=_("Disability"), may_decline=True)
    child_alone = Choice(people.CHILD_ALONE_NAMES, label=_("A child without those who should care"), may_decline=True)
    origin = forms.ChoiceField(label=_("Country of origin"), required=False)
    language = Choice(LANGUAGE_NAMES, label=_("Language in which she or he feels at home"), may_decline=True)
    came_from = Choice(people.CAME_FROM_NAMES, label=_("Who told her or him about us"), may_decline=True)

    TICKS = ("name", "contact", "birth_year")
    GROUPS: ClassVar[tuple[Group, ...]] = (
        (_("Help"), _("Ask this first. What cannot help is not written down."), ("wanted",)),
        (
            _("Who it is"),
            _("Sex and age are needed to help and to count. Everything else only as far as it helps."),
            ("sex", "age_group", "birth_year", "given_name", "family_name", "father_name"),
        ),
        (
            _("How to reach her or him without danger"),
            _("Leave it empty if no way is safe, and agree on a day to meet again."),
            _CONTACT,
        ),
        (
            _("Further facts"),
            _("Only what is told freely. “Not asked” is a good answer too."),
            ("language", "marital", "child_alone", "disability", "displacement", "origin", "came_from"),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = translated(SECTOR_NAMES)  # type: ignore[attr-defined]
        self.fields["origin"].choices = _countries()  # type: ignore[attr-defined]
        self.fields["declined_name"].label = _("prefers not to tell the name")
        self.fields["declined_contact"].label = _("prefers not to be contacted")

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The parts of the form; name and contact are several fields under one tick."""
        groups = super().groups
        groups[-3]["tick"], groups[-2]["tick"] = self["declined_name"], self["declined_contact"]
        return groups

    @staticmethod
    def initial_of(survivor: Survivor) -> dict[str, Any]:
        """The present values of a file."""
        name = survivor.name_told
        initial = {
            "given_name": name.given, "family_name": name.family, "father_name": name.father,
            **{part: survivor.contact.get(part, "") for part in _CONTACT},
            **{
                field: getattr(survivor, field)
                for field in (
                    "wanted", "sex", "age_group", "birth_year", "marital", "displacement", "disability", "child_alone",
                    "origin", "language", "came_from", "version",
                )
            },
        }  # fmt: skip
        return SealedForm.with_declined(initial, survivor.declined, SurvivorForm.TICKS)

    def clean_birth_year(self) -> int | None:
        year: int | None = self.cleaned_data["birth_year"]
        if year is not None and not today().year - people.OLDEST <= year <= today().year:
            raise forms.ValidationError(gettext("This year cannot be. Check it."), code="year")
        return year

    def draft(self) -> SurvivorDraft:
        """The person as typed."""
        clean = self.cleaned_data
        group = self.told("age_group")
        return SurvivorDraft(
            sex=self.told("sex"),
            age_group=AgeGroup(group) if group else None,
            birth_year=clean["birth_year"],
            name=Name(*(" ".join(clean[part].split()) for part in ("given_name", "family_name", "father_name"))),
            contact=SafeContact(**{part: clean[part].strip() for part in _CONTACT}),
            **{
                name: self.told(name)
                for name in (
                    "marital", "displacement", "disability", "child_alone", "origin", "language", "came_from",
                )
            },
            wanted=tuple(Sector(sector) for sector in clean["wanted"]),
            declined=self.declined(MAY_DECLINE),
        )  # fmt: skip


class IntakeForm(GivenFields, SurvivorForm):
    """The first talk, in its order: duties to report, consent, help that is wanted, then a few facts."""

    told_on = forms.DateField(
        label=_("Told about duties to report on"),
        help_text=_("Before she or he tells anything: what we must pass on by law, and to whom."),
    )
    reporting = forms.BooleanField(
        label=_("Agrees to be counted in figures without a name"), required=False,
        help_text=_("Asked apart. Help never hangs on it."),
    )  # fmt: skip
    although_unavailable = forms.BooleanField(
        label=_("She or he knows that a part of it is not to be had now, and wants to go on"), required=False
    )
    known = forms.BooleanField(label=_("I looked: it is somebody else"), required=False)

    GROUPS: ClassVar[tuple[Group, ...]] = (
        (
            _("Before she or he tells anything"),
            _("Say that everything may be left unanswered, and that the talk can end at any time."),
            ("told_on",),
        ),
        (_("Consent to be helped"), "", ("given_on", "method", "reporting")),
        (
            _("If it is a child"),
            _("Who is younger than 18. Leave it empty otherwise."),
            ("assent", "caregiver", "caregiver_reason"),
        ),
        *SurvivorForm.GROUPS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("told_on", today())


class CloseForm(SealedForm):
    """The reason and the checklist of closing."""

    closing = Choice(CLOSING_NAMES, label=_("Why"), required=True)
    checks = forms.MultipleChoiceField(
        label=_("Done before"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("All three, unless nothing can be gone through with her or him any more."),
    )  # fmt: skip
    waived_because = forms.CharField(
        label=_("Why nobody else looked at it, if nobody did"), required=False, max_length=300, widget=lines(2)
    )
    on = forms.DateField(label=_("Closed on"))
    note = forms.CharField(label=_("A word on it"), required=False, max_length=1000, widget=lines(3))

    GROUPS = (
        (_("Reason"), "", ("closing", "on")),
        (_("Checklist"), "", ("checks", "waived_because", "note")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checks"].choices = translated(CHECK_NAMES)  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial.setdefault("on", today())

    def closing_of(self, survivor: Survivor) -> Closing:
        """The closing as typed."""
        clean = self.cleaned_data
        return Closing(
            ClosingReason(clean["closing"]), frozenset(Check(check) for check in clean["checks"]),
            survivor.last_contact_on, clean["waived_because"],
        )  # fmt: skip


class ReopenForm(SealedForm):
    """Why a closed file is opened again."""

    why = forms.CharField(label=_("Why"), max_length=1000, widget=lines(3))
    GROUPS = ((_("Open the file again"), "", ("why",)),)


class LinkForm(SealedForm):
    """Which person of the registry it is."""

    code = forms.CharField(
        label=_("Code of the family"), required=False, max_length=20, widget=line(dir="ltr", placeholder="F-000-0013")
    )
    person = forms.ChoiceField(label=_("Who of them"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the members of the family whose code was typed."""
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = members  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    """A code, or two parts of a name. It is sent as a form and never stands in an address."""

    sought = forms.CharField(label=_("Code, or given name and surname"), required=False, max_length=120, widget=line())


def _countries() -> list[tuple[str, str]]:
    """Tajikistan first: most come from here."""
    home = str(locale().territories["TJ"])
    others = country_choices((get_language() or "en")[:2])
    return [
        ("", gettext("— not asked")), ("TJ", home), *others, (DECLINED, gettext("prefers not to say")),
    ]  # fmt: skip
