"""Pairs that may be one person, what was decided, and merges that can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.registry.models.people import Person
from paivand.registry.rules.duplicates import VERDICT_NAMES, Verdict

if TYPE_CHECKING:
    from paivand.access.models import User


class DuplicatePair(ScopedRecord):
    """Two records that may be one person. It lies where ``one`` lies, and in ``other``'s district as well."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.IDENTITY,
        personal="weight evidence verdict reason",
        technical=f"{SCOPE_FIELDS} other_district one other found_at decided_by decided_at",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN) & InScope(Verb.FAMILY_OPEN, district="other_district_id"),
        add=InScope(Verb.FAMILY_REGISTER) | InScope(Verb.DUPLICATE_REVIEW),
        change=InScope(Verb.DUPLICATE_REVIEW) & InScope(Verb.DUPLICATE_REVIEW, district="other_district_id"),
        remove=InScope(Verb.CONSENT_WITHDRAW) & InScope(Verb.CONSENT_WITHDRAW, district="other_district_id"),
        data_class=DataClass.IDENTITY,
    )

    one = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pairs_as_one")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="pairs_as_other")
    other_district = models.ForeignKey("core.Place", on_delete=models.PROTECT, related_name="+")
    # The sum of the weights of all comparisons, in bits: the odds that the two are one person double with each.
    weight = models.FloatField()
    # What agreed and what did not, with the weight of each; names of comparisons only, never values.
    evidence = models.JSONField(default=list)
    verdict = models.CharField(
        max_length=9, choices=[(key.value, VERDICT_NAMES[key]) for key in Verdict], default=Verdict.OPEN,
        db_collation="C",
    )  # fmt: skip
    reason = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "verdict", "-weight", "id"], name="pairs_to_review"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_is_listed_once"),
            models.CheckConstraint(name="pair_is_in_order", condition=Q(one__lt=F("other"))),
            models.CheckConstraint(
                name="pair_decision_has_person_and_time",
                condition=Q(verdict="open", decided_by=None, decided_at=None)
                | ~Q(verdict="open") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.verdict

    def settle(self, verdict: Verdict, reason: str, by: User, at: datetime) -> None:
        """Take a verdict with its reason, its person and its time; the caller saves."""
        self.verdict, self.reason = verdict, reason.strip()[:300]
        self.decided_by, self.decided_at = by, at
        self.version += 1


class Merge(ScopedRecord):
    """That two records were taken for one person, and what was turned round for it, so that it can be undone."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.IDENTITY,
        personal="reason undo_reason",
        technical=f"{SCOPE_FIELDS} kept absorbed merged_by turned families undone_at undone_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.FAMILY_OPEN),
        add=InScope(Verb.PERSON_MERGE),
        change=InScope(Verb.PERSON_MERGE),
        data_class=DataClass.IDENTITY,
    )
    facts: ClassVar[str] = "id kept absorbed created_at undone_at"

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_kept")
    absorbed = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_absorbed")
    reason = models.CharField(max_length=300)
    merged_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    # Keys of people merged into ``absorbed`` before, whose arrow was turned to ``kept``.
    turned = models.JSONField(default=list)
    # The families that were joined with it: [absorbed family, kept family] pairs of keys.
    families = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    undo_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at=None), name="person_is_merged_once_at_a_time"
            ),
            models.CheckConstraint(
                name="merge_undo_has_person_time_and_reason",
                condition=Q(undone_at=None, undone_by=None, undo_reason="")
                | Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undo_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return "merge"
