"""The list of those who came to a small session."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS
from paivand.access.models.policies import During, Policy
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.outreach.models.campaigns import RECORDS
from paivand.outreach.models.entries import EntryRecord
from paivand.outreach.rules.contacts import AGE_NAMES, AgeGroup
from paivand.registry.models import CONSENT_ENDS, Participant, Person
from paivand.registry.rules import SEX_NAMES, Sex

WITHDRAWS = During(CONSENT_ENDS)
"""The program itself, when a consent is withdrawn."""


class Attendee(EntryRecord):
    """One person on the list, who agreed to be written down. Who counts contacts sees how many, never who.

    When the consent is withdrawn the name goes, and with it all that leads to the person; sex and age group stay,
    because the contacts were counted by them.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.LEARNING,
        personal="name sex age village telephone before agreed_on",
        technical=f"{SCOPE_FIELDS} entry n person participant erased_at recorded_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=RECORDS | WITHDRAWS, add=RECORDS, change=RECORDS | WITHDRAWS, remove=RECORDS,
        data_class=DataClass.LEARNING,
    )  # fmt: skip

    # The number of the line.
    n = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=160, blank=True)
    sex = models.CharField(
        _("sex"), max_length=6, blank=True, choices=[(key.value, SEX_NAMES[key]) for key in Sex], db_collation="C"
    )
    age = models.CharField(
        _("age"), max_length=7, choices=[(key.value, AGE_NAMES[key]) for key in AgeGroup], db_collation="C"
    )
    village = models.CharField(_("village"), max_length=80, blank=True)
    telephone = models.CharField(_("telephone"), max_length=20, blank=True, db_collation="C")
    before = models.BooleanField(_("was reached before"), default=False)
    agreed_on = models.DateField(_("agreed to be written down on"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, related_name="+")
    erased_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("line of the list of those who came")
        indexes = [
            models.Index(fields=["person"], name="attendees_of_person", condition=~Q(person=None)),
            models.Index(fields=["participant"], name="attendees_of_participant", condition=~Q(participant=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "n"], name="attendee_has_a_line_of_its_own"),
            models.CheckConstraint(
                name="attendee_has_a_name_until_erased",
                condition=Q(erased_at=None) & ~Q(name="")
                | Q(erased_at__isnull=False, name="", telephone="", village="", person=None, participant=None),
            ),
            models.CheckConstraint(
                name="attendee_is_linked_once", condition=Q(person=None) | Q(participant=None)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
