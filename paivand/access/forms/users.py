"""Forms with which users, roles and agencies are managed."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.models import Agency, Team, User
from paivand.access.queries.users import (
    agencies,
    districts,
    is_agency_name_taken,
    is_email_taken,
    is_team_name_taken,
    is_username_taken,
    teams,
)
from paivand.access.rules.roles import ROLES, RoleKey
from paivand.access.rules.scopes import ScopeKind
from paivand.core.models import Place

SCOPE_CHOICES = [
    (ScopeKind.DISTRICTS, _("districts: everything in the chosen districts")),
    (ScopeKind.TEAM, _("team: what the team is responsible for")),
    (ScopeKind.AGENCY, _("agency: what the agency is responsible for")),
    (ScopeKind.OWN, _("own: only what the user is responsible for")),
    (ScopeKind.PROGRAMME, _("programme: everything")),
]


def _offer_teams(form: forms.Form, by: User) -> None:
    """Offer every team under its agency's name, because teams of different agencies may be called the same."""
    field: Any = form.fields["team"]
    field.queryset = teams(by)
    field.label_from_instance = lambda team: f"{team.agency.name} · {team.name}"


class UserForm(forms.Form):
    """A user's particulars. ``version`` notices a change made meanwhile by somebody else."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        validators=User._meta.get_field("username").validators,
        help_text=_("Small Latin letters, digits, dots or dashes. It is not changed later."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    full_name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language of the screens"), choices=settings.LANGUAGES, initial="tg")
    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        None, label=_("Agency"), empty_label="—", required=False
    )
    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(None, label=_("Team"), empty_label="—", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: User, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies(by)  # type: ignore[attr-defined]
        _offer_teams(self, by)
        self._user = user
        if user is not None:
            del self.fields["username"]

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if is_username_taken(name):
            raise forms.ValidationError(gettext("This user name is taken. Choose another."), code="taken")
        return name

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"])
        if is_email_taken(address, apart_from=self._user):
            raise forms.ValidationError(
                gettext("Another user has this e-mail address. Each address belongs to one user."), code="taken"
            )
        return address

    def values(self) -> dict[str, Any]:
        """The clean values without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class RoleForm(forms.Form):
    """A role for a user, within a scope, until a day."""

    role = forms.ChoiceField(label=_("Role"))
    scope = forms.ChoiceField(label=_("Scope"), choices=SCOPE_CHOICES, widget=forms.RadioSelect)
    districts: forms.ModelMultipleChoiceField[Place] = forms.ModelMultipleChoiceField(
        None, label=_("Districts"), required=False, widget=forms.CheckboxSelectMultiple
    )
    agency: forms.ModelChoiceField[Agency] = forms.ModelChoiceField(
        None, label=_("Agency"), empty_label="—", required=False
    )
    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(None, label=_("Team"), empty_label="—", required=False)
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: until it is ended."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Why this person needs this role."))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(key.value, gettext(ROLES[key].name)) for key in RoleKey]  # type: ignore[attr-defined]
        self.fields["districts"].queryset = districts()  # type: ignore[attr-defined]
        self.fields["agency"].queryset = agencies(by)  # type: ignore[attr-defined]
        _offer_teams(self, by)

    def values(self) -> dict[str, Any]:
        """The arguments of ``assign_role``."""
        clean = self.cleaned_data
        last = clean["last_day"]
        return {
            "role": RoleKey(clean["role"]),
            "scope": ScopeKind(clean["scope"]),
            "districts": clean["districts"],
            "agency": clean["agency"],
            "team": clean["team"],
            "expires_at": timezone.make_aware(datetime.combine(last, time.max)) if last else None,
            "reason": clean["reason"],
        }


class ReasonForm(forms.Form):
    """A written reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class AgencyForm(forms.Form):
    """An agency's name and kind."""

    name = forms.CharField(label=_("Name of the agency"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Agency.Kind.choices)

    def __init__(self, *args: Any, agency: Agency | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agency = agency

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if is_agency_name_taken(name, apart_from=self._agency):
            raise forms.ValidationError(gettext("An agency of this name exists already."), code="taken")
        return name


class TeamForm(forms.Form):
    """A team of an agency."""

    name = forms.CharField(label=_("Name of the team"), max_length=120)
    district: forms.ModelChoiceField[Place] = forms.ModelChoiceField(None, label=_("District"), empty_label="—")

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agency = agency
        self.fields["district"].queryset = districts()  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if is_team_name_taken(self._agency, name):
            raise forms.ValidationError(gettext("The agency has a team of this name already."), code="taken")
        return name


class GlassForm(forms.Form):
    """Which district to read, and why."""

    district: forms.ModelChoiceField[Place] = forms.ModelChoiceField(None, label=_("District"), empty_label="—")
    reason = forms.CharField(
        label=_("What happened"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Supervisor and data protection officer read this. At least 20 letters."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = districts()  # type: ignore[attr-defined]


class ReviewForm(forms.Form):
    """What a reviewer found."""

    note = forms.CharField(label=_("What you found"), max_length=300)


class AuditFilterForm(forms.Form):
    """What to show of the audit."""

    event = forms.ChoiceField(label=_("What"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("all")), ("done", _("done")), ("refused", _("refused"))]
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, events: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].choices = [("", gettext("all")), *events]  # type: ignore[attr-defined]
