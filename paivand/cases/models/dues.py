"""What is due in a case, and when: real rows, computed from the table of risks, done or cancelled, never deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import Policy
from paivand.cases.models.cases import CASE_FIELDS, TOLD_POLICY, CaseRecord
from paivand.cases.rules.sop import CANCELLED_NAMES, DUE_NAMES, Cancelled, DueKind
from paivand.core.rules.privacy import DataClass, Privacy

_WAITING = Q(done_at=None, cancelled_at=None)


class Due(CaseRecord):
    """Something that must happen in a case until a moment; at most one of a kind waits, or one about each thing."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="kind due_at basis done_at cancelled_at cancelled_why note",
        technical=f"{CASE_FIELDS} about done_by",
    )
    policy: ClassVar[Policy] = TOLD_POLICY

    kind = models.CharField(
        _("what is due"), max_length=24, choices=[(key.value, DUE_NAMES[key]) for key in DueKind], db_collation="C"
    )
    due_at = models.DateTimeField(_("due"))
    # What it is about: a visit, a step of a legal matter, a decision; none for what follows from the risk of the case.
    about = models.UUIDField(null=True, editable=False)
    # From which row of which table the day was computed, such as ``2026-10-01/high``; empty for what has no table.
    basis = models.CharField(max_length=40, blank=True, db_collation="C")
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_why = models.CharField(
        max_length=12, blank=True, editable=False, db_collation="C",
        choices=[(key.value, CANCELLED_NAMES[key]) for key in Cancelled],
    )  # fmt: skip
    note = models.TextField(_("what came of it"), blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "due_at"], name="dues_of_worker", condition=_WAITING),
            models.Index(fields=["district", "due_at"], name="dues_of_district", condition=_WAITING),
            models.Index(fields=["team", "due_at"], name="dues_of_team", condition=_WAITING),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "about"], condition=_WAITING, nulls_distinct=False,
                name="case_waits_once_for_a_kind",
            ),
            models.CheckConstraint(
                name="due_done_has_its_doer",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="due_cancelled_says_why",
                condition=Q(cancelled_at=None, cancelled_why="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_why=""),
            ),
            models.CheckConstraint(
                name="due_ends_in_one_way", condition=Q(done_at=None) | Q(cancelled_at=None)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.kind
