"""How a case came to its worker: moves, transfers that wait for the receiver's answer, and what a worker is told."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import During, Guarded, HoldsSomewhere, InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.cases.models.cases import CASE_FIELDS, HISTORY_POLICY, Case, CaseRecord
from paivand.cases.rules.notices import NOTICE_NAMES, NoticeKind
from paivand.cases.rules.transfers import MOVE_NAMES, TRANSFER_NAMES, MoveKind, TransferState
from paivand.core.models import Record
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import DataClass, Privacy

_RECEIVER = Mine("receiver_id") & HoldsSomewhere(Verb.CASE_WORK)


class CaseMove(CaseRecord):
    """One change of the worker: from whom, to whom, by whom, why, and what the new worker carried then."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="reason",
        technical=f"{CASE_FIELDS} kind from_owner from_team from_agency to_owner to_team to_agency at load limit",
    )
    policy: ClassVar[Policy] = HISTORY_POLICY

    kind = models.CharField(
        max_length=11, choices=[(key.value, MOVE_NAMES[key]) for key in MoveKind], db_collation="C"
    )  # fmt: skip
    from_owner = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    from_team = models.ForeignKey("access.Team", on_delete=models.PROTECT, null=True, related_name="+")
    from_agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    to_owner = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    to_team = models.ForeignKey("access.Team", on_delete=models.PROTECT, null=True, related_name="+")
    to_agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(_("reason"))
    # What the new worker's open cases weighed with this one, and the limit that counted: above it the reason says why.
    load = models.DecimalField(max_digits=6, decimal_places=1)
    limit = models.DecimalField(max_digits=6, decimal_places=1)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="moves_of_case")]
        constraints = [
            models.CheckConstraint(
                name="case_moves_to_another_worker", condition=Q(from_owner=None) | ~Q(from_owner=F("to_owner"))
            ),
            models.CheckConstraint(name="case_move_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def was_over(self) -> bool:
        """Whether the new worker carried more than the limit with it."""
        return self.load > self.limit


class Transfer(CaseRecord):
    """That a worker asked another to take a case over. Only ``receiver`` answers, and only once."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CASE,
        personal="reason note answer",
        technical=f"{CASE_FIELDS} receiver receiver_agency state at expires_at decided_at decided_by",
    )
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.CASE_VIEW) | _RECEIVER | During("upkeep"),
        add=InScope(Verb.CASE_WORK) | InScope(Verb.CASE_ASSIGN),
        change=InScope(Verb.CASE_WORK) | InScope(Verb.CASE_ASSIGN) | _RECEIVER | During("upkeep"),
        data_class=DataClass.CASE,
    )

    receiver = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    receiver_agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=9, default=TransferState.ASKED, db_collation="C",
        choices=[(key.value, TRANSFER_NAMES[key]) for key in TransferState],
    )  # fmt: skip
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reason = models.TextField(_("reason"))
    note = models.TextField(_("what the next worker should know"), blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["receiver", "at"], name="transfers_to_answer", condition=Q(state="asked")),
            models.Index(fields=["owner", "at"], name="transfers_asked", condition=Q(state="asked")),
            models.Index(fields=["expires_at"], name="transfers_to_expire", condition=Q(state="asked")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="asked"), name="case_has_one_pending_transfer"),
            models.CheckConstraint(
                name="transfer_state_has_its_time",
                condition=Q(state="asked", decided_at=None, decided_by=None)
                | Q(state="expired", decided_at__isnull=False, decided_by=None)
                | Q(state="withdrawn", decided_at__isnull=False, decided_by__isnull=False)
                # Whoever else may read the case: the answer is the receiver's alone.
                | Q(state__in=["accepted", "declined"], decided_at__isnull=False, decided_by=F("receiver")),
            ),
            models.CheckConstraint(name="transfer_declined_says_why", condition=~Q(state="declined", answer="")),
            models.CheckConstraint(name="transfer_goes_to_another", condition=~Q(written_by=F("receiver"))),
        ]

    def __str__(self) -> str:
        return self.state

    @property
    def is_pending(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == TransferState.ASKED

    def end(self, state: TransferState, at: datetime) -> None:
        """Enter a last state; the caller says by whom and saves."""
        self.state, self.decided_at = state, at
        self.version += 1


class WorkerNotice(Guarded, Record):
    """Something that a worker is told on the desk: that a case came or went, what was decided, what is due today."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} for_user kind case n day at seen_at")
    policy: ClassVar[Policy] = Policy(
        view=Mine("for_user_id"),
        add=HoldsSomewhere(Verb.CASE_WORK) | During("upkeep"),
        change=Mine("for_user_id"),
        only=("seen_at", "version", "changed_at"),
    )

    for_user = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=20, choices=[(key.value, NOTICE_NAMES[key]) for key in NoticeKind], db_collation="C"
    )  # fmt: skip
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    # How many things, and on which day: for the list of a day.
    n = models.PositiveSmallIntegerField(default=1)
    day = models.DateField(null=True)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["for_user", "-at"], name="notices_unseen", condition=Q(seen_at=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["for_user", "day"], condition=Q(kind="day"), name="worker_is_reminded_once_a_day"
            ),
            models.CheckConstraint(
                name="notice_is_of_a_case_or_of_a_day",
                condition=Q(kind="day", case=None, day__isnull=False)
                | ~Q(kind="day") & Q(case__isnull=False, day=None),
            ),
        ]

    def __str__(self) -> str:
        return self.kind
