"""What somebody agreed that it is told of her: the words that are printed, and apart from them whose words they are."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS, ScopedRecord
from paivand.access.models.policies import During, HoldsSomewhere, InScope, Is, Policy
from paivand.access.rules.verbs import Verb
from paivand.core.models.record import RECORD_FIELDS
from paivand.core.rules.privacy import DataClass, Privacy
from paivand.evidence.models.reports import WRITES, Report, ReportRecord
from paivand.registry.models import CONSENT_ENDS, Consent


class Story(ReportRecord):
    """A story of a report as it is printed: without the name, by consent, and gone when the consent is.

    It is meant for everybody, so it holds no class of personal data; whose story it is stands in ``StorySource``, and
    only who sees that person's file sees it.
    """

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{RECORD_FIELDS} report language title text caption media_type n_bytes sha256 written_by until_on printed "
        "removed_at removed_by by_withdrawal"
    )
    policy: ClassVar[Policy] = Policy(
        view=WRITES | (Is("printed", True) & HoldsSomewhere(Verb.RESULTS_VIEW)) | During(CONSENT_ENDS),
        add=HoldsSomewhere(Verb.REPORT_WRITE),
        change=WRITES | During(CONSENT_ENDS),
    )

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="stories")
    language = models.CharField(_("language"), max_length=2, db_collation="C")
    title = models.CharField(_("title"), max_length=160, blank=True)
    text = models.TextField(_("story"), blank=True)
    # What the photograph shows, for the line below it and for who cannot see it. Empty: no photograph.
    caption = models.CharField(_("what the photograph shows"), max_length=300, blank=True)
    media_type = models.CharField(max_length=40, blank=True, db_collation="C")
    n_bytes = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, db_collation="C")
    written_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    # The last day of the consent; after it the story is printed no more.
    until_on = models.DateField(null=True)
    # Whether it stands in a report that is locked, so that whoever sees results may read it.
    printed = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    by_withdrawal = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("story")
        ordering = ["id"]
        indexes = [models.Index(fields=["report", "language"], name="stories_of_report")]
        constraints = [
            models.CheckConstraint(
                name="story_is_whole_or_gone",
                condition=Q(removed_at=None, removed_by=None, by_withdrawal=False) & ~Q(title="") & ~Q(text="")
                | Q(
                    removed_at__isnull=False, removed_by__isnull=False, title="", text="", caption="", media_type="",
                    n_bytes=0, sha256="",
                ),
            ),
            models.CheckConstraint(
                name="story_photograph_is_whole",
                condition=Q(media_type="", n_bytes=0, sha256="", caption="")
                | ~Q(media_type="") & ~Q(caption="") & Q(n_bytes__gt=0, sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.audit_label

    @property
    def audit_label(self) -> str:
        """What the audit calls it: its key, never its words."""
        return f"story {str(self.pk)[-12:]}"

    @property
    def has_photo(self) -> bool:
        """Whether a photograph lies beside it."""
        return bool(self.sha256)

    def may_be_printed(self, day: date) -> bool:
        """Whether the consent to it still counts on ``day``."""
        return self.removed_at is None and (self.until_on is None or self.until_on >= day)


class StorySource(ScopedRecord):
    """Whose story it is: the consent by which it is told. It lies where her file lies."""

    privacy: ClassVar[Privacy] = Privacy.of(DataClass.FAMILY, personal="consent", technical=f"{SCOPE_FIELDS} story")
    policy: ClassVar[Policy] = Policy(
        view=InScope(Verb.REPORT_WRITE) | During(CONSENT_ENDS),
        add=InScope(Verb.REPORT_WRITE),
        data_class=DataClass.FAMILY,
    )

    story = models.OneToOneField(Story, on_delete=models.PROTECT, related_name="source")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.story_id)
