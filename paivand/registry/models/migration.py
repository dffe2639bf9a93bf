"""Migration of a family's members: episodes abroad, re-entry bans, and the dated tie to those at home."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.dates import Precision
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models.families import Family
from paivand.registry.models.people import Person
from paivand.registry.rules.migration import (
    ABSENCE_NAMES,
    CHANNEL_OF_DIVORCE_NAMES,
    LEGAL_STATUS_NAMES,
    RETURN_NAMES,
    AbsenceStatus,
    DivorceChannel,
    LegalStatus,
    ReturnKind,
)

_PRECISIONS = [(p.value, p.value) for p in Precision if p is not Precision.ESTIMATE]


class MigrationEpisode(ScopedRecord):
    """One stay abroad, from departure to return."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY,
        personal="country city occupation work departed_on departed_precision legal_status returned_on "
        "returned_precision return_kind note",
        technical=f"{SCOPE_FIELDS} person",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT),
        remove=InScope(Verb.FAMILY_EDIT),
        data_class=DataClass.FAMILY,
    )

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="migrations")
    country = models.CharField(_("country"), max_length=2, db_collation="C")
    city = models.CharField(_("city or region"), max_length=80, blank=True)
    occupation = models.CharField(_("occupation (ISCO-08)"), max_length=4, blank=True, db_collation="C")
    work = models.CharField(_("work in their own words"), max_length=120, blank=True)
    departed_on = models.DateField(_("left on"))
    departed_precision = models.CharField(max_length=8, choices=_PRECISIONS, default=Precision.MONTH)
    legal_status = models.CharField(
        _("ground of the stay"), max_length=15, choices=[(key.value, LEGAL_STATUS_NAMES[key]) for key in LegalStatus],
        default=LegalStatus.NOT_KNOWN,
    )  # fmt: skip
    returned_on = models.DateField(_("returned on"), null=True, blank=True)
    returned_precision = models.CharField(max_length=8, choices=_PRECISIONS, blank=True)
    return_kind = models.CharField(
        _("how it ended"), max_length=13, blank=True, choices=[(key.value, RETURN_NAMES[key]) for key in ReturnKind]
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-departed_on"], name="migrations_of_person")]
        constraints = [
            models.CheckConstraint(name="migration_country_is_iso", condition=Q(country__regex=r"^[A-Z]{2}$")),
            models.CheckConstraint(
                name="migration_occupation_is_isco", condition=Q(occupation="") | Q(occupation__regex=r"^[0-9]{1,4}$")
            ),
            models.CheckConstraint(
                name="migration_return_has_day_and_kind",
                condition=Q(returned_on=None, return_kind="", returned_precision="")
                | Q(returned_on__gte=F("departed_on")) & ~Q(return_kind="") & ~Q(returned_precision=""),
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(returned_on=None), name="person_is_abroad_in_one_episode"
            ),
        ]

    def __str__(self) -> str:
        return self.country

    @property
    def audit_label(self) -> str:
        """Nothing: the audit names families by code, and tells nothing of a journey."""
        return ""


class ReentryBan(ScopedRecord):
    """A ban on entering the country of work again. Restricted: never in a list, a filter or an export."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE, personal="country ground learnt_on until_on for_life note",
        technical=f"{SCOPE_FIELDS} person", leaves=False,
    )  # fmt: skip
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT),
        remove=InScope(Verb.FAMILY_EDIT),
        data_class=DataClass.CASE,
    )

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="bans")
    country = models.CharField(_("country"), max_length=2, db_collation="C")
    ground = models.CharField(_("ground"), max_length=200, blank=True)
    learnt_on = models.DateField(_("learnt on"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    for_life = models.BooleanField(_("for life"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="ban_for_life_has_no_end", condition=Q(for_life=False) | Q(until_on=None)),
        ]

    def __str__(self) -> str:
        return "ban"

    @property
    def audit_label(self) -> str:
        """Nothing: that there is a ban is itself restricted."""
        return ""


class Absence(ScopedRecord):
    """What the migrant's tie to the family was from a day on; the latest one is current.

    Of class ``case`` because it may say that somebody is imprisoned, missing or conscripted; the family carries a
    copy of the current status that lists may show.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="status since_on told_by channel search_asked body_returned compensation note",
        technical=f"{SCOPE_FIELDS} family person recorded_by is_current",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT),
        data_class=DataClass.CASE,
    )

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="absences")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="absences")
    status = models.CharField(
        _("status"), max_length=32, choices=[(key.value, ABSENCE_NAMES[key]) for key in AbsenceStatus],
        db_collation="C",
    )  # fmt: skip
    since_on = models.DateField(_("since"))
    is_current = models.BooleanField(default=True, editable=False)
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    channel = models.CharField(
        _("how the divorce was spoken"), max_length=16, blank=True,
        choices=[(key.value, CHANNEL_OF_DIVORCE_NAMES[key]) for key in DivorceChannel],
    )  # fmt: skip
    search_asked = models.BooleanField(_("a search was asked for"), null=True, blank=True)
    body_returned = models.BooleanField(_("the body was brought home"), null=True, blank=True)
    compensation = models.BooleanField(_("compensation was paid"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["family", "-since_on"], name="absences_of_family")]
        constraints = [
            models.UniqueConstraint(
                fields=["family", "person"], condition=Q(is_current=True), name="absence_has_one_current_status"
            ),
            models.UniqueConstraint(
                fields=["family"],
                condition=Q(is_current=True, person=None),
                name="absence_of_somebody_unnamed_has_one_current_status",
            ),
            models.CheckConstraint(
                name="absence_channel_belongs_to_a_divorce", condition=Q(channel="") | Q(status="divorced_religious")
            ),
            models.CheckConstraint(
                name="absence_search_belongs_to_the_missing", condition=Q(search_asked=None) | Q(status="missing")
            ),
            models.CheckConstraint(
                name="absence_death_facts_belong_to_a_death",
                condition=Q(body_returned=None, compensation=None) | Q(status="deceased"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.status

    @property
    def audit_label(self) -> str:
        """The family's code; never the status."""
        return self.family.code
