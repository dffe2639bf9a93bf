"""The journey: every service that reached a person, one row each, never edited.

A step of the sealed room names nobody. It carries a pseudonym that only the program can make from a person, so that
she is counted once; it is seen by those who work in that room, and lies in the first day of its month.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.identity import LINK
from paivand.access.models.policies import During, HoldsSomewhere, InScope, Is, IsNot, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models.participants import Participant
from paivand.registry.models.people import Person
from paivand.registry.rules.catalogue import outcome_title, service_title


class JourneyStep(ScopedRecord):
    """One service that reached one person. A correction is a reversing step; the database allows no update."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY,
        personal="service outcome quantity happened_on place coded_sex coded_age",
        technical=f"{SCOPE_FIELDS} person participant provider recorded_by reverses pseudonym",
    )
    policy: ClassVar[Policy] = Policy(
        view=(Is("pseudonym", "") & InScope(Verb.FAMILY_OPEN)) | (IsNot("pseudonym", "") & InScope(Verb.SURVIVOR_WORK)),
        # A provider who answers a referral writes the step of the service that it gave, with an account or by a link.
        add=(
            Is("pseudonym", "")
            & (
                InScope(Verb.JOURNEY_RECORD)
                | InScope(Verb.JOURNEY_REVERSE)
                | (Mine("recorded_by_id") & HoldsSomewhere(Verb.REFERRAL_ANSWER))
                # A trainer writes who completed a course, and sees no family's file.
                | (Mine("recorded_by_id") & HoldsSomewhere(Verb.LEARNING_TEACH))
                | During(LINK)
            )
        )
        # A coded step lies in its district as a whole, so it is her own name that lets a specialist write it who works
        # for one agency or with her own files only.
        | (
            IsNot("pseudonym", "")
            & (InScope(Verb.SURVIVOR_WORK) | (Mine("recorded_by_id") & HoldsSomewhere(Verb.SURVIVOR_WORK)))
        ),
        data_class=DataClass.FAMILY,
    )
    facts: ClassVar[str] = (
        "id created_at person participant pseudonym coded_sex coded_age service outcome quantity happened_on "
        "place district agency provider reverses"
    )

    # Nobody where the step is coded: then ``pseudonym`` stands for the person, with her sex and group of age.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="journey")
    # Somebody who is served outside any family's file: a professional, a pupil, a departing worker.
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, related_name="journey")
    pseudonym = models.CharField(max_length=64, blank=True, default="", db_collation="C")
    coded_sex = models.CharField(max_length=6, blank=True, default="", db_collation="C")
    coded_age = models.CharField(max_length=5, blank=True, default="", db_collation="C")
    service = models.CharField(max_length=40, db_collation="C")
    outcome = models.CharField(max_length=20, db_collation="C")
    quantity = models.DecimalField(max_digits=10, decimal_places=2, default=1)
    happened_on = models.DateField()
    place = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+")
    # The agency that gave the service, where it is not that of the person's file.
    provider = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        indexes = [
            models.Index(fields=["person", "happened_on"], name="journey_of_person"),
            models.Index(fields=["service", "happened_on"], name="journey_of_service"),
            models.Index(
                fields=["participant", "happened_on"], name="journey_of_participant", condition=~Q(participant=None)
            ),
            # For figures: what came since they were last written to files, and the few coded steps.
            models.Index(fields=["created_at"], name="journey_by_time"),
            models.Index(fields=["service"], name="journey_coded", condition=~Q(pseudonym="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="journey_service_is_noun_verb", condition=Q(service__regex=r"^[a-z_]+\.[a-z_]+$")
            ),
            models.CheckConstraint(
                name="journey_reversal_is_negative",
                condition=Q(reverses=None, quantity__gt=0) | Q(reverses__isnull=False, quantity__lt=0),
            ),
            models.CheckConstraint(
                name="journey_step_is_of_somebody_or_coded",
                condition=Q(person__isnull=False, participant=None, pseudonym="", coded_sex="", coded_age="")
                | Q(person=None, participant__isnull=False, pseudonym="", coded_sex="", coded_age="")
                | Q(person=None, participant=None, happened_on__day=1) & ~Q(pseudonym=""),
            ),
            models.CheckConstraint(name="journey_step_reverses_another", condition=~Q(reverses=F("id"))),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.outcome}"

    @property
    def service_name(self) -> str:
        """The service in the reader's language."""
        return service_title(self.service, get_language() or "en")

    @property
    def outcome_name(self) -> str:
        """How it came out, in the reader's language."""
        return outcome_title(self.outcome, get_language() or "en")

    @property
    def audit_label(self) -> str:
        """Nothing: which service reached whom is told by the journey alone."""
        return ""
