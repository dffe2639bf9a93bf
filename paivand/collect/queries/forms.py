"""Which forms a person may fill."""

from __future__ import annotations

from django.utils import timezone

from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.collect.models import Form, FormVersion
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
    reach = by.reach(Verb.FORM_FILL)
    today = timezone.localdate()
    open_now = (form.opens_on is None or form.opens_on <= today) and (form.closes_on is None or today <= form.closes_on)
    fits = open_now and (form.agency_id is None or form.agency_id == by.agency_id)
    return fits and (not form.districts or reach.everywhere or _somewhere(set(form.districts), by))


def _somewhere(districts: set[str], by: User) -> bool:
    """Whether ``by`` works in one of these districts; of somebody whose role names none, anywhere."""
    own = {code for assignment in by.live_assignments for code in assignment.districts}
    return not own or bool(own & districts)
