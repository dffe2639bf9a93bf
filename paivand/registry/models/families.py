"""Families and who belongs to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.codes import family_code
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models.people import Person
from paivand.registry.rules import RELATION_NAMES, Relation
from paivand.registry.rules.families import (
    HOUSING_NAMES,
    LAND_NAMES,
    ORIGIN_NAMES,
    STATE_NAMES,
    FamilyState,
    Housing,
    LandTenure,
    Origin,
)


class Family(ScopedRecord):
    """A family left behind, under a code that can be read over the telephone."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY,
        personal="jamoat village state state_reason housing land absence_status remittance_signal",
        technical=f"{SCOPE_FIELDS} number head registered_on origin state_on merged_into n_members changed_in",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER),
        change=InScope(Verb.FAMILY_EDIT)
        | InScope(Verb.PERSON_MERGE)
        | InScope(Verb.CONSENT_WITHDRAW)
        | InScope(Verb.CONSENT_RECORD),
        data_class=DataClass.FAMILY,
    )
    facts: ClassVar[str] = "id jamoat district absence_status merged_into changed_at"

    number = models.PositiveIntegerField(unique=True)
    head = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="heads")
    jamoat = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+", verbose_name=_("jamoat"))
    village = models.CharField(_("village or street"), max_length=120, blank=True)
    registered_on = models.DateField(_("registered on"))
    origin = models.CharField(
        max_length=6, choices=[(key.value, ORIGIN_NAMES[key]) for key in Origin], default=Origin.SCREEN
    )
    state = models.CharField(
        _("state"), max_length=9, choices=[(key.value, STATE_NAMES[key]) for key in FamilyState],
        default=FamilyState.ACTIVE, db_collation="C",
    )  # fmt: skip
    state_on = models.DateField(null=True, editable=False)
    state_reason = models.CharField(max_length=300, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    housing = models.CharField(
        _("house"), max_length=12, blank=True, choices=[(key.value, HOUSING_NAMES[key]) for key in Housing]
    )
    land = models.CharField(
        _("land"), max_length=17, blank=True, choices=[(key.value, LAND_NAMES[key]) for key in LandTenure]
    )
    # Copies for lists of a million families; written with what they are copied from.
    n_members = models.PositiveSmallIntegerField(default=1, editable=False)
    # For house, land and place the version in which each changed last: devices that were offline learn from it what
    # happened in between. What is not named did not change since registration.
    changed_in = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), editable=False)
    absence_status = models.CharField(max_length=32, blank=True, editable=False, db_collation="C")
    remittance_signal = models.CharField(max_length=16, blank=True, editable=False, db_collation="C")

    class Meta:
        verbose_name = _("family")
        constraints = [
            models.CheckConstraint(
                name="family_that_is_not_active_has_its_day",
                condition=Q(state="active", state_on=None) | ~Q(state="active") & ~Q(state_on=None),
            ),
            models.CheckConstraint(
                name="joined_family_names_the_other",
                condition=Q(state="merged", merged_into__isnull=False) | ~Q(state="merged") & Q(merged_into=None),
            ),
            models.CheckConstraint(name="family_is_not_joined_with_itself", condition=~Q(merged_into=F("id"))),
        ]
        indexes = [
            models.Index(fields=["district", "-number"], name="families_newest_first", condition=Q(state="active")),
            models.Index(fields=["jamoat", "-number"], name="families_of_jamoat", condition=Q(state="active")),
            models.Index(fields=["owner", "-number"], name="families_of_worker", condition=Q(state="active")),
            models.Index(
                fields=["absence_status", "-number"],
                name="families_by_absence",
                condition=Q(state="active") & ~Q(absence_status=""),
            ),
            models.Index(
                fields=["remittance_signal", "-number"],
                name="families_by_signal",
                condition=Q(state="active") & ~Q(remittance_signal=""),
            ),
            models.Index(
                fields=["origin", "-number"],
                name="families_by_origin",
                condition=Q(state="active") & ~Q(origin="screen"),
            ),
            models.Index(fields=["registered_on"], name="families_by_day", condition=Q(state="active")),
            models.Index(fields=["state", "-number"], name="families_not_active", condition=~Q(state="active")),
            models.Index(fields=["changed_at"], name="families_by_change"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The readable code with its check digit."""
        return family_code(self.number)

    @property
    def is_active(self) -> bool:
        """Whether the file is open for work."""
        return self.state == FamilyState.ACTIVE

    @property
    def is_withdrawn(self) -> bool:
        """Whether the head withdrew the consent to registration: nobody is shown by name any more."""
        return self.state == FamilyState.WITHDRAWN


class FamilyMember(ScopedRecord):
    """That a person belongs, or belonged, to a family. One may have belonged to several; surnames decide nothing."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY, personal="relation from_on until_on", technical=f"{SCOPE_FIELDS} family person"
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT) | InScope(Verb.CONSENT_WITHDRAW),
        data_class=DataClass.FAMILY,
    )
    facts: ClassVar[str] = "id family person from_on until_on changed_at"

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(
        _("relation to the head"), max_length=16, choices=[(key.value, RELATION_NAMES[key]) for key in Relation]
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["changed_at"], name="members_by_change")]
        constraints = [
            models.UniqueConstraint(
                fields=["family", "person"], condition=Q(until_on=None), name="member_is_listed_once"
            ),
            models.UniqueConstraint(
                fields=["family"], condition=Q(relation="head", until_on=None), name="family_has_one_head"
            ),
            models.CheckConstraint(
                name="member_leaves_after_joining", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.relation

    @property
    def relation_name(self) -> str:
        """The relation in the reader's language."""
        from django.utils.translation import gettext

        return gettext(RELATION_NAMES[Relation(self.relation)])
