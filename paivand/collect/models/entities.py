"""What devices did with the entries of their lists, and where one did not know of another's change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.collect.models.submissions import Submission
from paivand.collect.rules.entities import (
    CONFLICT_NAMES,
    RESOLUTION_NAMES,
    ChangeKind,
    Conflict,
    Resolution,
)
from paivand.core.models.sealed import SealedJSONField
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models import CONSENT_ENDS, Family

_PROGRAM = During("upkeep") | During(CONSENT_ENDS)
_WORKS = Mine("owner_id") | InScope(Verb.FORM_MEND) | _PROGRAM


class EntityChange(ScopedRecord):
    """One entry made or changed by one form. It lies where the form does, and says which registered row it led to.

    ``told`` holds the values, by property: ``sent`` as the device sent them, ``former`` as they stood before. It is
    empty once the family's data are erased.
    """

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.FIELD,
        personal="told family",
        technical=f"{SCOPE_FIELDS} submission dataset entity_id row_id kind at base_version trunk_version branch_id "
        "seen_version row_version conflict disputed is_forced resolution resolved_at resolved_by",
        leaves=False,
    )
    policy: ClassVar[Policy] = Policy(
        view=_WORKS,
        add=Mine("owner_id") & HoldsSomewhere(Verb.FORM_FILL),
        change=_WORKS,
        data_class=DataClass.FIELD,
    )

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="entity_changes")
    dataset = models.CharField(max_length=40, db_collation="C")
    # The entry as the device names it. It is the registry's key, unless the form was attached to a registered family.
    entity_id = models.UUIDField()
    row_id = models.UUIDField(null=True)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=6, choices=[(k.value, k.value) for k in ChangeKind], db_collation="C")
    at = models.DateTimeField()
    # As the device said.
    base_version = models.PositiveIntegerField(null=True)
    trunk_version = models.PositiveIntegerField(null=True)
    branch_id = models.UUIDField(null=True)
    # The version of the registered row on which the device stood, none where that cannot be known; and the one after.
    seen_version = models.PositiveIntegerField(null=True)
    row_version = models.PositiveIntegerField()
    conflict = models.CharField(
        max_length=4, blank=True, default="", db_collation="C",
        choices=[(k.value, CONFLICT_NAMES[k]) for k in Conflict],
    )  # fmt: skip
    # The properties that somebody else changed meanwhile.
    disputed = models.JSONField(default=list)
    # Applied although the change before it in its branch never came.
    is_forced = models.BooleanField(default=False)
    told = SealedJSONField(null=True)
    resolution = models.CharField(
        max_length=6, blank=True, default="", db_collation="C",
        choices=[(k.value, RESOLUTION_NAMES[k]) for k in Resolution],
    )  # fmt: skip
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["entity_id", "at"], name="entity_changes_in_order"),
            models.Index(
                fields=["owner", "-at"], name="entity_conflicts_of_sender",
                condition=~Q(conflict="") & Q(resolution=""),
            ),
            models.Index(
                fields=["district", "-at"], name="entity_conflicts_of_district",
                condition=~Q(conflict="") & Q(resolution=""),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                name="entity_conflict_settled_has_person_and_time",
                condition=Q(resolution="", resolved_at=None, resolved_by=None)
                | ~Q(resolution="") & Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="entity_without_conflict_has_nothing_to_settle", condition=~Q(conflict="") | Q(resolution="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dataset}"

    @property
    def audit_label(self) -> str:
        """The code of the family."""
        return self.family.code if self.family else ""

    @property
    def is_open(self) -> bool:
        """Whether a person has still to look at it."""
        return bool(self.conflict) and not self.resolution

    @property
    def sent_values(self) -> dict[str, str]:
        """What the device sent, by property; nothing once it was erased."""
        return dict((self.told or {}).get("sent", {}))

    @property
    def former_values(self) -> dict[str, str]:
        """What stood there before, by property; nothing once it was erased."""
        return dict((self.told or {}).get("former", {}))

    @property
    def resolution_name(self) -> str:
        """How it was settled, in the reader's language."""
        return gettext(RESOLUTION_NAMES[Resolution(self.resolution)])
