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


class Family(ScopedRecord):
    """A family left behind, under a code that can be read over the telephone."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY, personal="jamoat village", technical=f"{SCOPE_FIELDS} number head registered_on"
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER),
        change=InScope(Verb.FAMILY_EDIT),
        data_class=DataClass.FAMILY,
    )

    number = models.PositiveIntegerField(unique=True)
    head = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="heads")
    jamoat = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+", verbose_name=_("jamoat"))
    village = models.CharField(_("village or street"), max_length=120, blank=True)
    registered_on = models.DateField(_("registered on"))

    class Meta:
        verbose_name = _("family")
        indexes = [
            models.Index(fields=["district", "-number"], name="families_newest_first"),
            models.Index(fields=["jamoat", "-number"], name="families_of_jamoat"),
            models.Index(fields=["owner", "-number"], name="families_of_worker"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The readable code with its check digit."""
        return family_code(self.number)


class FamilyMember(ScopedRecord):
    """That a person belongs, or belonged, to a family. One may have belonged to several; surnames decide nothing."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FAMILY, personal="relation from_on until_on", technical=f"{SCOPE_FIELDS} family person"
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.FAMILY_EDIT),
        change=InScope(Verb.FAMILY_EDIT),
        data_class=DataClass.FAMILY,
    )

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(
        _("relation to the head"), max_length=16, choices=[(key.value, RELATION_NAMES[key]) for key in Relation]
    )
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
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
