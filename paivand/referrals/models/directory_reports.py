"""What was changed in the directory by whom, and what its readers reported to be wrong."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import InScope, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.referrals.models.directory import EDITS, MAY_KNOW, DirectoryService
from paivand.referrals.rules.directory_reports import (
    CHANGE_NAMES,
    REPORT_STATE_NAMES,
    WRONG_NAMES,
    ReportState,
    ServiceAct,
    Wrong,
)


class ServiceChange(ScopedRecord):
    """One step in the history of an entry; never rewritten, but it goes with the entry to another provider."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CONTACT, personal="changes note", technical=f"{SCOPE_FIELDS} service is_sensitive act recorded_by"
    )
    policy: ClassVar[Policy] = Policy(
        view=MAY_KNOW, add=EDITS, change=EDITS,
        only=("is_sensitive", "agency_id", "owner_id", "version", "changed_at"),
    )  # fmt: skip

    service = models.ForeignKey(DirectoryService, on_delete=models.PROTECT, related_name="history")
    is_sensitive = models.BooleanField(default=False)
    act = models.CharField(max_length=8, choices=[(key.value, CHANGE_NAMES[key]) for key in ServiceAct])
    # The name of each changed field, with what stood there before and what stands there since.
    changes = models.JSONField(default=dict)
    note = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["service", "-id"], name="history_of_service")]

    def __str__(self) -> str:
        return self.act

    @property
    def audit_label(self) -> str:
        """Nothing: the event names the service."""
        return ""


class ServiceReport(ScopedRecord):
    """That somebody found an entry wrong, and what came of it."""

    privacy: ClassVar[Privacy] = Privacy.of(
        DataClass.CONTACT,
        personal="words answer",
        technical=f"{SCOPE_FIELDS} service wrong reported_by state answered_by answered_at seen_at",
    )
    policy: ClassVar[Policy] = Policy(
        view=Mine("reported_by_id") | InScope(Verb.DIRECTORY_EDIT),
        add=Mine("reported_by_id"),
        change=EDITS | Mine("reported_by_id"),
    )

    service = models.ForeignKey(DirectoryService, on_delete=models.PROTECT, related_name="reports")
    wrong = models.CharField(_("what is wrong"), max_length=8, choices=[(key.value, WRONG_NAMES[key]) for key in Wrong])
    words = models.CharField(_("what you know"), max_length=400)
    reported_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=9, choices=[(key.value, REPORT_STATE_NAMES[key]) for key in ReportState],
        default=ReportState.WAITING,
    )  # fmt: skip
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    answered_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    # When the reporter read the answer.
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["service", "-id"], name="reports_of_service"),
            models.Index(fields=["district", "id"], name="reports_that_wait", condition=Q(state="waiting")),
            models.Index(fields=["id"], name="reports_that_wait_anywhere", condition=Q(state="waiting")),
            models.Index(fields=["reported_by", "-id"], name="reports_of_reporter"),
        ]
        constraints = [
            models.CheckConstraint(
                name="answered_report_has_its_answer",
                condition=Q(state="waiting", answer="", answered_by=None, answered_at=None, seen_at=None)
                | ~Q(state="waiting") & Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return self.wrong

    @property
    def audit_label(self) -> str:
        """Nothing: the words are somebody's own."""
        return ""
