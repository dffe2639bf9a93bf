"""Materials: printed, given out, left."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.access.models import SCOPE_FIELDS
from paivand.access.models.policies import Policy
from paivand.core.rules.privacy import Privacy
from paivand.outreach.models.campaigns import FIGURES, RECORDS, Campaign, ReachRecord
from paivand.outreach.models.entries import ReachEntry
from paivand.outreach.rules.catalogue import catalogue
from paivand.outreach.rules.materials import MOVE_NAMES, MoveKind
from paivand.registry.rules.people import LANGUAGE_NAMES, SpokenLanguage


class Material(ReachRecord):
    """One leaflet, poster or film in one language. The counts follow from its moves and are written with each."""

    privacy: ClassVar[Privacy] = Privacy.none(
        f"{SCOPE_FIELDS} campaign kind title language n_printed n_given n_lost recorded_by"
    )
    policy: ClassVar[Policy] = Policy(view=FIGURES | RECORDS, add=RECORDS, change=RECORDS)

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="materials")
    kind = models.CharField(_("kind"), max_length=40, db_collation="C")
    title = models.CharField(_("title"), max_length=160)
    language = models.CharField(
        _("language"), max_length=6, blank=True, choices=[(key.value, LANGUAGE_NAMES[key]) for key in SpokenLanguage],
        db_collation="C",
    )  # fmt: skip
    n_printed = models.PositiveIntegerField(_("printed"), default=0, editable=False)
    n_given = models.PositiveIntegerField(_("given out"), default=0, editable=False)
    n_lost = models.PositiveIntegerField(_("spoilt or lost"), default=0, editable=False)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("material")
        indexes = [models.Index(fields=["campaign", "-id"], name="outreach_materials_of_campaign")]
        constraints = [
            models.CheckConstraint(name="material_has_kind_and_title", condition=~Q(kind="") & ~Q(title="")),
            models.CheckConstraint(
                name="material_given_out_was_printed", condition=Q(n_printed__gte=F("n_given") + F("n_lost"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_label(self) -> str:
        """The kind."""
        return self.kind

    @property
    def n_left(self) -> int:
        """Copies that are left."""
        return self.n_printed - self.n_given - self.n_lost

    @property
    def kind_name(self) -> str:
        """The kind in the reader's language."""
        found = catalogue().materials.get(self.kind)
        return found.title_in(get_language() or "en") if found else self.kind


class MaterialMove(ReachRecord):
    """Copies that came or went. Never rewritten: what was wrong is taken back by a move below nought."""

    privacy: ClassVar[Privacy] = Privacy.none(f"{SCOPE_FIELDS} material kind n_copies on_day entry note recorded_by")
    policy: ClassVar[Policy] = Policy(view=FIGURES | RECORDS, add=RECORDS)

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(
        _("what happened"), max_length=7, choices=[(key.value, MOVE_NAMES[key]) for key in MoveKind], db_collation="C"
    )
    n_copies = models.IntegerField(_("copies"))
    on_day = models.DateField(_("day"))
    entry = models.ForeignKey(ReachEntry, on_delete=models.PROTECT, null=True, related_name="moves")
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["material", "-id"], name="moves_of_material"),
            models.Index(fields=["entry"], name="moves_of_entry", condition=~Q(entry=None)),
        ]
        constraints = [
            models.CheckConstraint(name="material_move_moves_something", condition=~Q(n_copies=0)),
            models.CheckConstraint(
                name="material_given_at_an_entry_is_given_out", condition=Q(entry=None) | Q(kind="given")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.n_copies}"
