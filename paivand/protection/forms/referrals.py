"""A referral of a survivor: to whom, how soon, and what leaves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from paivand.core.templatetags.paivand import apart
from paivand.protection.forms.fields import Choice, SealedForm, line, lines, today, translated
from paivand.protection.models import SurvivorConsent
from paivand.protection.rules.disclosures import LENSES
from paivand.referrals.models import DirectoryService
from paivand.referrals.rules.lenses import Place, fields, lenses
from paivand.referrals.rules.referrals import (
    ACT_NAMES,
    OUTCOME_NAMES,
    PRIORITY_NAMES,
    REASON_NAMES,
    REASONS_OF,
    Act,
    Priority,
    WithdrawReason,
)

_WRITTEN = ("needs", "accompanied", "with_children")
_ALWAYS = frozenset({"survivor_code", "needs", "priority", "safe_contact", "accompanied", "with_children"})


class ReferForm(SealedForm):
    """One referral. Only services are offered whose organisation she named in a consent that counts."""

    service = forms.ChoiceField(label=_("To which service"))
    priority = Choice(PRIORITY_NAMES, label=_("How soon"), required=True, widget=forms.RadioSelect)
    needs = forms.CharField(
        label=_("What is needed"), max_length=500, widget=lines(3),
        help_text=_("What the service is to do. Not what happened, and nobody's name."),
    )  # fmt: skip
    lens = forms.ChoiceField(label=_("How the service knows her or him"), widget=forms.RadioSelect)
    chosen = forms.MultipleChoiceField(
        label=_("What else leaves"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what she or he agreed to. Fewer is better."),
    )  # fmt: skip
    accompanied = forms.CharField(label=_("Who comes along"), required=False, max_length=120, widget=line())
    with_children = forms.CharField(label=_("Children who come along"), required=False, max_length=120, widget=line())

    GROUPS = (
        (_("To whom"), "", ("service", "priority")),
        (_("What leaves"), _("Nothing else can leave with it."), (
            "needs", "lens", "chosen", "accompanied", "with_children",
        )),
    )  # fmt: skip

    def __init__(
        self, *args: Any, ways: list[tuple[SurvivorConsent, DirectoryService]], told: dict[str, Any], **kwargs: Any
    ) -> None:
        """Offer these services, each with the consent that reaches it, and what the file could tell."""
        super().__init__(*args, **kwargs)
        language = (get_language() or "en")[:2]
        self.ways = {str(service.pk): (consent, service) for consent, service in ways}
        made: Any = self.fields
        made["service"].choices = [
            ("", "—"),
            *(
                (key, f"{apart(service.provider_name)} · {apart(service.title)}")
                for key, (_c, service) in self.ways.items()
            ),
        ]
        made["lens"].choices = [
            (code, f"{lenses()[code].title(language)}: {lenses()[code].meaning(language)}") for code in LENSES
        ]
        optional = {
            code: place
            for lens in LENSES
            for code, place in lenses()[lens].places.items()
            if place is not Place.NEEDED and code not in _ALWAYS and told.get(code)
        }
        made["chosen"].choices = [(code, fields()[code].title(language)) for code in optional]
        if not self.is_bound:
            self.initial.setdefault("priority", Priority.NORMAL)
            self.initial.setdefault("lens", LENSES[0])
            self.initial.setdefault("chosen", [code for code, place in optional.items() if place is Place.OFFERED])

    @property
    def way(self) -> tuple[SurvivorConsent, DirectoryService]:
        """The consent and the service that were chosen."""
        return self.ways[self.cleaned_data["service"]]

    def words(self) -> dict[str, str]:
        """What was written for this referral."""
        return {name: self.cleaned_data[name] for name in _WRITTEN}

    def optional(self) -> list[str]:
        """The optional fields that leave: those ticked, and those that were written."""
        return [*self.cleaned_data["chosen"], *(name for name in _WRITTEN if self.cleaned_data[name])]


class TakeBackForm(SealedForm):
    """Why a referral is taken back."""

    reason = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [one for one in WithdrawReason if one is not WithdrawReason.CONSENT_WITHDRAWN]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            (str(one), gettext(REASON_NAMES[one])) for one in reasons
        ]


class AnswerForm(SealedForm):
    """What a service without account told by telephone."""

    act = forms.ChoiceField(label=_("What the service says"))
    reason = forms.ChoiceField(label=_("Why, if it declines or the help did not come about"), required=False)
    outcome = forms.ChoiceField(label=_("If the help was given"), required=False)
    happened_on = forms.DateField(label=_("Help was given on"), required=False)

    def __init__(self, *args: Any, acts: list[Act], **kwargs: Any) -> None:
        """Offer these acts: those that lead on from the referral's state."""
        super().__init__(*args, **kwargs)
        made: Any = self.fields
        made["act"].choices = [("", "—"), *((str(act), gettext(ACT_NAMES[act])) for act in acts)]
        reasons = {reason for act in acts for reason in REASONS_OF.get(act, ())}
        made["reason"].choices = [("", "—"), *((one, gettext(REASON_NAMES[one])) for one in sorted(reasons))]
        made["outcome"].choices = [("", "—"), *translated(OUTCOME_NAMES)]
        if not self.is_bound:
            self.initial.setdefault("happened_on", today())


class LinkForm(SealedForm):
    """In which language the link speaks, and whom the service calls with a question."""

    language = forms.ChoiceField(label=_("Language of the page"))
    call_whom = forms.CharField(
        label=_("Whom the service calls with a question"), max_length=160, widget=line(),
        help_text=_("Your name and number. It stands on the page that the link opens."),
    )  # fmt: skip

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer these languages."""
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
