"""People who take part without being members of a registered family: professionals, pupils, departing workers."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.dates import Age, Birth
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models.consents import CONSENT_ENDS
from paivand.registry.models.people import Person
from paivand.registry.rules import SEX_NAMES, Sex
from paivand.registry.rules.participants import PARTICIPANT_NAMES, ParticipantKind, posts


class Participant(ScopedRecord):
    """One row for each such person, however many courses she takes: with her work where she came as a professional.

    Only the year of birth is asked. ``person`` is set once she is known to be a member of a registered family, so that
    she is counted once; ``same_as`` once two rows are found to be one.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="kind name sex birth_year organisation post telephone agreed_on guardian_name guardian_agreed_on "
        "sort_key match_key",
        technical=f"{SCOPE_FIELDS} agency_of user person same_as recorded_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.LEARNING_VIEW)
        | (Mine("recorded_by_id") & HoldsSomewhere(Verb.LEARNING_VIEW))
        | During(CONSENT_ENDS),
        add=InScope(Verb.LEARNING_ENROL) | InScope(Verb.LEARNING_TEACH),
        change=InScope(Verb.LEARNING_ENROL)
        | InScope(Verb.LEARNING_TEACH)
        | (Mine("recorded_by_id") & HoldsSomewhere(Verb.LEARNING_ENROL)),
        data_class=DataClass.LEARNING,
    )
    facts: ClassVar[str] = "id sex birth_year person same_as district created_at changed_at"

    kind = models.CharField(
        _("takes part as"), max_length=12, db_collation="C",
        choices=[(key.value, PARTICIPANT_NAMES[key]) for key in ParticipantKind],
    )  # fmt: skip
    name = models.CharField(_("surname, name and father's name"), max_length=160)
    sex = models.CharField(_("sex"), max_length=6, choices=[(key.value, SEX_NAMES[key]) for key in Sex])
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    # Where a professional works, a pupil learns, or a worker is hired: an agency of the programme, or another in words.
    agency_of = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.CharField(_("organisation or school"), max_length=160, blank=True)
    # A code of parameters/professional_posts.yaml.
    post = models.CharField(_("post"), max_length=30, blank=True, db_collation="C")
    telephone = models.CharField(_("telephone"), max_length=20, blank=True, db_collation="C")
    # When she agreed to be written down; for a child the guardian's yes is asked too.
    agreed_on = models.DateField(_("agreed on"))
    guardian_name = models.CharField(_("guardian's name"), max_length=160, blank=True)
    guardian_agreed_on = models.DateField(_("guardian agreed on"), null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="participants")
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    sort_key = models.CharField(max_length=600, db_collation="C", editable=False)
    match_key = models.CharField(max_length=200, db_collation="C", editable=False)

    class Meta:
        verbose_name = _("participant")
        indexes = [
            models.Index(fields=["district", "sort_key", "id"], name="participants_by_name"),
            models.Index(fields=["match_key"], name="participants_alike"),
            models.Index(fields=["telephone"], name="participants_by_telephone", condition=~Q(telephone="")),
            models.Index(fields=["changed_at"], name="participants_by_change"),
        ]
        constraints = [
            models.CheckConstraint(name="participant_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="participant_year_can_be",
                condition=Q(birth_year=None) | Q(birth_year__gte=1900, birth_year__lte=2100),
            ),
            models.CheckConstraint(
                name="professional_has_a_post",
                condition=~Q(kind="professional") | ~Q(post=""),
            ),
            models.CheckConstraint(
                name="guardian_who_agreed_has_a_name", condition=Q(guardian_agreed_on=None) | ~Q(guardian_name="")
            ),
            models.CheckConstraint(name="participant_is_not_the_same_as_itself", condition=~Q(same_as=models.F("id"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def audit_label(self) -> str:
        """Nothing: the audit never names a person."""
        return ""

    @property
    def post_name(self) -> str:
        """The post in the reader's language."""
        found = posts().get(self.post)
        return found.title_in(get_language() or "en") if found else self.post

    def age_on(self, day: date) -> Age | None:
        """The age on ``day``, known to the year."""
        return Birth.in_year(self.birth_year).age(day) if self.birth_year else None
