"""Forms of a case: the list's filters, opening, and the small acts on the case itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import User
from paivand.cases.actions.cases import Concerned
from paivand.cases.rules.cases import RISK_NAMES, ROLE_NAMES, STATE_NAMES, CaseRole
from paivand.cases.rules.kinds import case_kinds
from paivand.cases.rules.lists import ORDER_NAMES, WHEN_NAMES, WHOSE_NAMES, Filters, Whose, filters_of
from paivand.core.models import new_id
from paivand.registry.models import FamilyMember


def translated(names: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Choices in the reader's language."""
    return [(str(key), gettext(name)) for key, name in names.items()]


def day_widget() -> forms.DateInput:
    """A day, by the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def words(rows: int = 3, **attrs: str) -> forms.Textarea:
    """Some lines in any script."""
    return forms.Textarea(attrs={"rows": str(rows), "dir": "auto", **attrs})


def line(**attrs: str) -> forms.TextInput:
    """A line in any script."""
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", **attrs})


class Keyed(forms.Form):
    """A form with a key of its own, so that sending it twice writes nothing twice."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_id", new_id())

    def form_key(self) -> uuid.UUID:
        """The key that makes a second sending of the same form harmless."""
        return self.cleaned_data.get("form_id") or new_id()


class Versioned(forms.Form):
    """A form that knows which version of the row it was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def seen(self) -> int:
        """The version that the form was opened with."""
        return int(self.cleaned_data.get("version") or 0)


class Deciding(forms.Form):
    """A decision about exactly what was read: the hash says which."""

    version_hash = forms.CharField(widget=forms.HiddenInput, required=False)

    def shows(self, version_hash: str) -> None:
        """The page shows this version: a refusal because another one was read leaves no way but to read this one."""
        self.initial["version_hash"] = version_hash
        if any(error.code == "stale" for error in self.non_field_errors().as_data()):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["version_hash"] = version_hash  # type: ignore[index]


class FilterForm(forms.Form):
    """What somebody asks of the list of cases. A value that cannot be read asks nothing."""

    whose = forms.ChoiceField(label=_("Whose"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    risk = forms.ChoiceField(label=_("Risk"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    due = forms.ChoiceField(label=_("Due"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False)

    def __init__(self, query: Mapping[str, Any], *, by: User, first: Whose) -> None:
        super().__init__({"whose": str(first), **{name: query[name] for name in query}})
        self.first = first
        every = ("", gettext("All"))
        kinds = [(kind.code, kind.title(get_language() or "en")) for kind in case_kinds().values()]
        whose = {key: name for key, name in WHOSE_NAMES.items() if key is not Whose.TEAM or by.team_id}
        self._choose("whose", translated(whose))
        self._choose("kind", [every, *kinds])
        self._choose("risk", [every, *translated(RISK_NAMES)])
        self._choose("state", [("", gettext("open ones")), *translated(STATE_NAMES)])
        self._choose("due", [every, *translated(WHEN_NAMES)])
        self._choose("order", translated(ORDER_NAMES))

    def _choose(self, name: str, choices: Iterable[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices)

    @property
    def quick(self) -> list[dict[str, Any]]:
        """The choices that stand above the list by themselves, under ids of their own."""
        return [
            {
                "id": f"quick-{name}",
                "label": self[name].label,
                "widget": self[name].as_widget(attrs={"id": f"quick-{name}"}),
            }
            for name in ("whose", "due")
        ]

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """The filters that narrow the list: what, which, and the address of the list without it."""
        kept = self.filters.kept()
        rows = []
        for name, value in self.filters.chosen.items():
            field: Any = self.fields[name]
            without = urlencode({key: one for key, one in kept.items() if key != name})
            rows.append((str(field.label), str(dict(field.choices).get(value, "")), f"?{without}"))
        return rows

    @cached_property
    def filters(self) -> Filters:
        """The filters that could be read."""
        self.is_valid()
        return filters_of(self.cleaned_data, self.first)


class OpenCaseForm(Keyed):
    """A new case: of which kind, about whom, how near harm is, and why."""

    kind = forms.ChoiceField(label=_("Kind of case"), widget=forms.RadioSelect)
    main = forms.ChoiceField(label=_("Main person"), widget=forms.RadioSelect)
    others = forms.MultipleChoiceField(
        label=_("Who else it is about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    risk = forms.ChoiceField(label=_("Risk"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why the case is opened"), max_length=2000, widget=words(),
        help_text=_("What the person says, and what you saw. Whoever works in the case reads it."),
    )  # fmt: skip
    on = forms.DateField(label=_("Opened on"), widget=day_widget())
    second = forms.CharField(
        label=_("Why a second case is needed"), required=False, max_length=500, widget=words(2)
    )  # fmt: skip

    def __init__(self, *args: Any, members: Sequence[FamilyMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = [member for member in members if member.shown]  # type: ignore[attr-defined]
        language, today = get_language() or "en", timezone.localdate()
        kinds = [kind for kind in case_kinds().values() if kind.is_open_on(today)]
        people = [(str(member.shown.pk), told_member(member)) for member in self.members]  # type: ignore[attr-defined]
        self._choose("kind", [(kind.code, kind.title(language)) for kind in kinds])
        self._choose("main", people)
        self._choose("others", people)
        self._choose("risk", translated(RISK_NAMES))
        self.kinds_explained = {kind.code: kind.explained(language) for kind in kinds}
        self.asks_second = False
        self.initial.setdefault("on", today)
        if self.members:
            self.initial.setdefault("main", people[0][0])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def people(self) -> list[Concerned]:
        """Whom the case is about; whoever is under 18 stands in it as a child."""
        by_key = {str(member.shown.pk): member.shown for member in self.members}  # type: ignore[attr-defined]
        main = self.cleaned_data["main"]
        others = [key for key in self.cleaned_data["others"] if key != main]
        return [
            Concerned(by_key[main], CaseRole.MAIN),
            *(Concerned(by_key[key], role_of(by_key[key])) for key in others),
        ]


def told_member(member: FamilyMember) -> str:
    """A member in a choice: name, and how old."""
    from paivand.core.templatetags.paivand import age, apart

    person = member.shown  # type: ignore[attr-defined]
    return f"{apart(person.full_name)} · {age(person.age)}" if person.age else person.full_name


def role_of(person: Any) -> CaseRole:
    """A child stands in a case as a child."""
    return CaseRole.CHILD if person.age and person.age.years < 18 else CaseRole.OTHER


class ReasonForm(Versioned):
    """Why the case was opened, corrected."""

    reason = forms.CharField(label=_("Why the case is opened"), max_length=2000, widget=words())


class RiskForm(Versioned):
    """Another risk, and why."""

    risk = forms.ChoiceField(label=_("Risk"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why it changes"), max_length=300, widget=words(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["risk"].choices = translated(RISK_NAMES)  # type: ignore[attr-defined]


class AssessedForm(Versioned):
    """The questionnaire on which the work rests."""

    assessment = forms.ChoiceField(label=_("The work rests on"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessment"].choices = choices  # type: ignore[attr-defined]


class ReopenForm(Versioned):
    """Why a closed case is opened again."""

    reason = forms.CharField(label=_("Why the case is opened again"), max_length=500, widget=words(2))


class ReviewForm(Versioned):
    """A review of the plan that changes nothing in it."""

    on = forms.DateField(label=_("Reviewed on"), widget=day_widget())
    note = forms.CharField(
        label=_("What came of the review"), max_length=1000, widget=words(),
        help_text=_("If something in the plan changes, begin a new version of the plan instead."),
    )  # fmt: skip


class AnswerDueForm(Versioned):
    """What came of something that was due."""

    note = forms.CharField(label=_("What came of it"), max_length=1000, widget=words())


class PersonForm(Keyed):
    """Another member of the family in the case."""

    person = forms.ChoiceField(label=_("Who"), widget=forms.RadioSelect)
    role = forms.ChoiceField(label=_("Part in the case"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, members: Sequence[FamilyMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = list(members)
        people = [(str(member.shown.pk), told_member(member)) for member in members]  # type: ignore[attr-defined]
        names = {key: name for key, name in ROLE_NAMES.items() if key is not CaseRole.MAIN}
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        self.fields["role"].choices = translated(names)  # type: ignore[attr-defined]
        self.initial.setdefault("role", CaseRole.CHILD)

    def one(self) -> Concerned:
        """Who is taken into the case, and as what."""
        by_key = {str(member.shown.pk): member.shown for member in self.members}  # type: ignore[attr-defined]
        return Concerned(by_key[self.cleaned_data["person"]], CaseRole(self.cleaned_data["role"]))
