"""What is made for a report in the background, and the papers that are kept for a while for who asked for them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from paivand.access.models.policies import During, HoldsSomewhere, Mine, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import Privacy
from paivand.evidence.models.reports import WRITES, Report, ReportRecord
from paivand.evidence.rules.making import FORMATS, TROUBLE_WORDS, WORK_STATE_NAMES, Trouble, WorkKind, WorkState
from paivand.registry.models import CONSENT_ENDS

UPKEEP = "upkeep"
"""The purpose under which works are woken and given up, and papers whose time is over go."""

_SEES = HoldsSomewhere(Verb.RESULTS_VIEW)


class ReportWork(ReportRecord):
    """Figures that are taken, or papers that are made, in the background. Of the figures all who write know."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} report kind report_version papers state trouble n_total n_done n_tries asked_by alive_at "
        "ended_at"
    )
    policy: ClassVar[Policy] = Policy(
        view=(Mine("asked_by_id") & _SEES) | WRITES | During(UPKEEP),
        add=Mine("asked_by_id") & (_SEES | WRITES),
        change=(Mine("asked_by_id") & (_SEES | WRITES)) | During(UPKEEP),
    )

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, db_collation="C", choices=[(key.value, key.value) for key in WorkKind])
    # The version of the report that the figures were asked for; another one is refused.
    report_version = models.PositiveIntegerField(default=0)
    # The papers asked for, in the order in which they are made: ``tg.pdf``.
    papers = ArrayField(models.CharField(max_length=8), default=list)
    state = models.CharField(
        max_length=7, default=WorkState.WAITING, db_collation="C",
        choices=[(key.value, WORK_STATE_NAMES[key]) for key in WorkState],
    )  # fmt: skip
    trouble = models.CharField(
        max_length=6, blank=True, db_collation="C", choices=[(key.value, TROUBLE_WORDS[key]) for key in Trouble]
    )
    n_total = models.PositiveSmallIntegerField()
    n_done = models.PositiveSmallIntegerField(default=0)
    # How often a worker took it up without coming a step further.
    n_tries = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    alive_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["alive_at"], name="report_works_at_work", condition=Q(ended_at=None)),
            models.Index(fields=["report", "-id"], name="works_of_report"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(kind="figures", ended_at=None), name="report_figures_are_taken_once"
            ),
            models.UniqueConstraint(
                fields=["report", "asked_by"], condition=Q(kind="papers", ended_at=None),
                name="report_papers_are_made_once",
            ),
            models.CheckConstraint(
                name="report_work_state_has_its_facts",
                condition=Q(state__in=["waiting", "working"], trouble="", ended_at=None)
                | Q(state="done", trouble="", ended_at__isnull=False)
                | Q(state="failed", ended_at__isnull=False) & ~Q(trouble=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.n_done}/{self.n_total}"

    @property
    def audit_label(self) -> str:
        """What is made and how far it is."""
        return str(self)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.ended_at is not None


class KeptPaper(ReportRecord):
    """A paper of a report, made for one user and kept for a while; its file lies sealed beside the database.

    ``edition`` is the number of the edition that was printed, 0 for a draft. ``stories`` are those printed in it: when
    the consent to one of them ends, the paper goes at once.
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} report made_for language form edition stories n_bytes sha256 made_at"
    )
    policy: ClassVar[Policy] = Policy(
        view=(Mine("made_for_id") & (_SEES | WRITES)) | During(UPKEEP) | During(CONSENT_ENDS),
        add=Mine("made_for_id") & (_SEES | WRITES),
        remove=Mine("made_for_id") | During(UPKEEP) | During(CONSENT_ENDS),
    )

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    made_for = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, db_collation="C")
    form = models.CharField(max_length=4, db_collation="C", choices=[(form, form) for form in FORMATS])
    edition = models.PositiveSmallIntegerField()
    stories = ArrayField(models.UUIDField(), default=list)
    n_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_collation="C")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="kept_papers_by_age")]
        constraints = [
            models.UniqueConstraint(fields=["report", "made_for", "language", "form"], name="kept_paper_is_one"),
            models.CheckConstraint(name="kept_paper_has_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return f"{self.language}.{self.form}"
