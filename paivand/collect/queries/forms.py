"""Which forms a person may fill."""

from __future__ import annotations

from django.utils import timezone

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.collect.models import Form, FormVersion
from paivand.collect.rules.offered import Filler, Offer, hindered_for
from paivand.collect.rules.shipped import SHIPPED
from paivand.collect.rules.submissions import FormKind, FormState

_HEAVY = ("xml", "questions", "source")


def forms_for(by: User) -> list[FormVersion]:
    """The present version of every form that ``by`` may fill: ours by her rights, then open surveys by their titles.

    A survey is offered in the districts and to the agency that it names; without any, everywhere and to all. The
    texts of the forms are read only when somebody asks for them.
    """
    reach = by.reach(Verb.FORM_FILL)
    if not reach:
        return []
    order = {code: place for place, code in enumerate(SHIPPED)}
    mine = {code for code, form in SHIPPED.items() if all(by.reach(verb) for verb in form.verbs)}
    found = FormVersion.objects.filter(is_current=True, form__state=FormState.OPEN).select_related("form")
    versions = [version for version in found.defer(*_HEAVY) if _offered(version.form, by, mine)]
    last = len(order)
    return sorted(versions, key=lambda version: (order.get(version.form.code, last), version.form.code))


def form_for(by: User, code: str) -> FormVersion | None:
    """The present version of one form, if ``by`` may fill it."""
    return next((version for version in forms_for(by) if version.form.code == code), None)


def _offered(form: Form, by: User, mine: set[str]) -> bool:
    if form.kind == FormKind.SHIPPED:
        return form.code in mine
    offer = offer_of(form)
    return not hindered_for(offer, filler_of(by)) and offer.hinders_on(timezone.localdate()) is None


def offer_of(survey: Form) -> Offer:
    """To whom a survey is offered, and when."""
    return Offer(survey.agency_id, frozenset(survey.districts), survey.opens_on, survey.closes_on)


def filler_of(by: User) -> Filler:
    """Whoever fills in, as a survey looks at her; somebody whose roles name no district works anywhere."""
    own = frozenset(code for assignment in by.live_assignments for code in assignment.districts)
    return Filler(by.agency_id, own, everywhere=by.reach(Verb.FORM_FILL).everywhere or not own)
