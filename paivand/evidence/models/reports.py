"""Reports to donors: their sections with every version of them, what was locked, and who gets them by mail.

Nothing here is about a person served: what is told of one stands in ``stories``, by her consent alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models.policies import During, Guarded, HoldsSomewhere, Is, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.models import Record
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import Privacy
from paivand.evidence.rules.reports import (
    OFTEN_NAMES,
    REPORT_KIND_NAMES,
    REPORT_STATE_NAMES,
    SECTION_NAMES,
    SECTION_STATE_NAMES,
    SENT_NAMES,
    OftenSent,
    ReportKind,
    ReportState,
    SectionKey,
    SectionState,
    Sent,
)
from paivand.programme.models import PlanQuerySet, Programme

MAILS = "report-mail"
"""The purpose under which what falls due is sent by mail: only who gets what is seen, nothing of its content."""

WRITES = HoldsSomewhere(Verb.REPORT_WRITE) | HoldsSomewhere(Verb.REPORT_LOCK)
"""Who works on reports: whoever writes them, and whoever locks them."""


class ReportRecord(Guarded, Record):
    """A row of a report."""

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta:
        abstract = True


class Report(ReportRecord):
    """A report about a programme and a period. Its figures are taken at a moment and stay as they were shown then."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} programme kind first_on last_on languages state state_reason figures figures_at figures_by "
        "locked_at locked_by opened_by"
    )
    policy: ClassVar[Policy] = Policy(
        view=WRITES | (Is("state", ReportState.LOCKED.value) & HoldsSomewhere(Verb.RESULTS_VIEW)),
        add=WRITES, change=WRITES,
    )  # fmt: skip

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        _("kind"), max_length=10, db_collation="C", choices=[(key.value, REPORT_KIND_NAMES[key]) for key in ReportKind]
    )
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until"))
    languages = ArrayField(models.CharField(max_length=2), verbose_name=_("languages"))
    state = models.CharField(
        _("state"), max_length=6, default=ReportState.DRAFT, db_collation="C",
        choices=[(key.value, REPORT_STATE_NAMES[key]) for key in ReportState],
    )  # fmt: skip
    # Why it was given back or opened again, in the words of who did so.
    state_reason = models.CharField(max_length=500, blank=True)
    # The figures as they were shown, protected, in no language: see ``rules.frozen``.
    figures = models.JSONField(null=True)
    figures_at = models.DateTimeField(null=True)
    figures_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("report")
        ordering = ["-last_on", "-id"]
        indexes = [models.Index(fields=["programme", "-last_on"], name="reports_of_programme")]
        constraints = [
            models.UniqueConstraint(fields=["programme", "kind", "first_on", "last_on"], name="report_is_one"),
            models.CheckConstraint(name="report_ends_after_it_begins", condition=Q(last_on__gte=F("first_on"))),
            models.CheckConstraint(
                name="report_state_has_its_facts",
                condition=Q(state__in=["draft", "review"], locked_at=None, locked_by=None)
                | Q(
                    state="locked", locked_at__isnull=False, locked_by__isnull=False, figures__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="report_figures_have_a_moment",
                condition=Q(figures=None, figures_at=None, figures_by=None)
                | Q(figures__isnull=False, figures_at__isnull=False, figures_by__isnull=False),
            ),
            models.CheckConstraint(name="report_has_languages", condition=Q(languages__len__gt=0)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.audit_label

    @property
    def audit_label(self) -> str:
        """What the audit calls it."""
        return f"{self.kind} {self.first_on}–{self.last_on}"

    @property
    def is_locked(self) -> bool:
        """Whether nothing in it changes any more."""
        return self.state == ReportState.LOCKED


class ReportSection(ReportRecord):
    """The text of one section in one language, as it stands now."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} report key output language agency text state written_by written_at reviewed_by reviewed_at"
    )
    policy: ClassVar[Policy] = Policy(view=WRITES, add=WRITES, change=WRITES)

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="sections")
    key = models.CharField(
        max_length=12, db_collation="C", choices=[(key.value, SECTION_NAMES[key]) for key in SectionKey]
    )
    output = models.CharField(max_length=20, blank=True, db_collation="C")
    language = models.CharField(_("language"), max_length=2, db_collation="C")
    # Who writes it. Empty: whoever writes reports.
    agency = models.ForeignKey("access.Agency", on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("text"), blank=True)
    state = models.CharField(
        _("state"), max_length=8, default=SectionState.TO_WRITE, db_collation="C",
        choices=[(key.value, SECTION_STATE_NAMES[key]) for key in SectionState],
    )  # fmt: skip
    written_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("section")
        constraints = [
            models.UniqueConstraint(fields=["report", "language", "key", "output"], name="report_section_is_one"),
            models.CheckConstraint(
                name="report_section_state_has_its_facts",
                condition=Q(
                    state="to_write", text="", written_by=None, written_at=None, reviewed_by=None, reviewed_at=None
                )
                | ~Q(text="")
                & (
                    Q(state="written", written_by__isnull=False, written_at__isnull=False, reviewed_by=None,
                      reviewed_at=None)
                    | Q(state="reviewed", written_by__isnull=False, written_at__isnull=False, reviewed_by__isnull=False,
                        reviewed_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="report_section_is_reviewed_by_another",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("written_by")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.key}{f' {self.output}' if self.output else ''} ({self.language})"

    @property
    def audit_label(self) -> str:
        """What the audit calls it."""
        return str(self)


class SectionVersion(ReportRecord):
    """A text that a section once had. Never rewritten."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} section n text by at")
    policy: ClassVar[Policy] = Policy(view=WRITES, add=WRITES)

    section = models.ForeignKey(ReportSection, on_delete=models.PROTECT, related_name="versions")
    n = models.PositiveIntegerField()
    text = models.TextField()
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-n"]
        constraints = [models.UniqueConstraint(fields=["section", "n"], name="section_version_is_one")]

    def __str__(self) -> str:
        return str(self.n)


class SectionComment(ReportRecord):
    """What a reviewer said about a section, until it is settled."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} section text by at settled_by settled_at")
    policy: ClassVar[Policy] = Policy(view=WRITES, add=WRITES, change=WRITES)

    section = models.ForeignKey(ReportSection, on_delete=models.PROTECT, related_name="comments")
    text = models.CharField(_("comment"), max_length=1000)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="section_comment_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="section_comment_is_settled_by_someone",
                condition=Q(settled_by=None, settled_at=None) | Q(settled_by__isnull=False, settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.at)


class ReportEdition(ReportRecord):
    """A report in one language as it was locked: its whole content as values, and the hash of them. Never rewritten.

    Stories stand in it by key and hash alone, so that one that is withdrawn later is printed no more.
    """

    privacy: ClassVar[Privacy] = Privacy.none(f"{RECORD_FIELDS} report n language content sha256 locked_at locked_by")
    policy: ClassVar[Policy] = Policy(view=HoldsSomewhere(Verb.RESULTS_VIEW) | WRITES, add=WRITES)

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="editions")
    n = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2, db_collation="C")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64, db_collation="C")
    locked_at = models.DateTimeField()
    locked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-n", "language"]
        constraints = [
            models.UniqueConstraint(fields=["report", "n", "language"], name="report_edition_is_one"),
            models.CheckConstraint(name="report_edition_has_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"{self.n} ({self.language})"


class ReportSchedule(ReportRecord):
    """Who gets what by mail, how often, and how it went the last time."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} programme sent recipient language often next_on tried_at failure n_failures sent_at "
        "stopped_at stopped_by made_by"
    )
    policy: ClassVar[Policy] = Policy(
        view=HoldsSomewhere(Verb.REPORT_LOCK) | During(MAILS),
        add=HoldsSomewhere(Verb.REPORT_LOCK),
        change=HoldsSomewhere(Verb.REPORT_LOCK) | During(MAILS),
    )

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    sent = models.CharField(
        _("what"), max_length=8, db_collation="C", choices=[(key.value, SENT_NAMES[key]) for key in Sent]
    )
    recipient = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=2, db_collation="C")
    often = models.CharField(
        _("how often"), max_length=9, db_collation="C", choices=[(key.value, OFTEN_NAMES[key]) for key in OftenSent]
    )
    next_on = models.DateField(_("next on"))
    tried_at = models.DateTimeField(null=True)
    # A short word for what went wrong the last time; empty after a success.
    failure = models.CharField(max_length=40, blank=True, db_collation="C")
    n_failures = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("report by mail")
        ordering = ["next_on", "id"]
        indexes = [models.Index(fields=["next_on"], name="report_mails_due", condition=Q(stopped_at=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "sent", "recipient"], condition=Q(stopped_at=None), name="report_mail_is_one"
            ),
            models.CheckConstraint(
                name="report_mail_is_stopped_by_someone",
                condition=Q(stopped_at=None, stopped_by=None) | Q(stopped_at__isnull=False, stopped_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.audit_label

    @property
    def audit_label(self) -> str:
        """What the audit calls it."""
        return f"{self.sent} {self.often}"

    def is_due(self, today: date) -> bool:
        """Whether it is to be sent."""
        return self.stopped_at is None and self.next_on <= today
