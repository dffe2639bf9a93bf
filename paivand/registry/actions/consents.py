"""Consents: written down as they were given."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from paivand.access.actions.mechanism import action, remark
from paivand.access.models import User
from paivand.access.rules.verbs import Verb
from paivand.core.rules.errors import Refused
from paivand.registry.models import Consent, Person
from paivand.registry.rules import GivenBy, may_consent_alone
from paivand.registry.rules.drafts import ConsentDraft


@action(Verb.CONSENT_RECORD, on="person")
def record_consent(*, person: Person, draft: ConsentDraft, by: User) -> Person:
    """Write down that ``person`` agreed, one row for each purpose.

    Raises:
        Refused: for a day in the future, or a child's consent without a guardian.
    """
    if draft.given_on > timezone.localdate():
        raise Refused(_("The day of the consent lies in the future. Check it."), "consent", field="consent_on")
    if draft.given_by is GivenBy.SELF and person.age and not may_consent_alone(person.age.years):
        raise Refused(
            _("This person is under 18: a parent or guardian gives the consent."), "consent", field="consent_given_by"
        )
    Consent.objects.bulk_create(consent_rows(person, draft, by))
    remark(purposes=[str(purpose) for purpose in draft.purposes])
    return person


def consent_rows(person: Person, draft: ConsentDraft, by: User) -> list[Consent]:
    """The unsaved rows of a consent, one for each purpose."""
    return [
        Consent(
            person=person, purpose=purpose, given_by=draft.given_by, method=draft.method, language=draft.language,
            given_on=draft.given_on, recorded_by=by, guardian_name=draft.guardian_name, assent=draft.assent,
            extent=draft.extent, valid_until=draft.valid_until, district_id=person.district_id,
            agency_id=person.agency_id, team_id=person.team_id, owner_id=person.owner_id,
        )
        for purpose in draft.purposes
    ]  # fmt: skip
