"""Where people live: regions, districts, jamoats, villages; their names, codes and outlines."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from paivand.core.models.record import new_id
from paivand.core.rules.privacy import Privacy


class PlaceQuerySet(models.QuerySet["Place"]):
    """Places by level and above one another."""

    def regions(self) -> PlaceQuerySet:
        return self.filter(level=Place.Level.REGION)

    def districts(self) -> PlaceQuerySet:
        return self.filter(level=Place.Level.DISTRICT)

    def jamoats(self) -> PlaceQuerySet:
        return self.filter(level=Place.Level.JAMOAT)

    def villages(self) -> PlaceQuerySet:
        return self.filter(level=Place.Level.VILLAGE)


class Place(models.Model):
    """A place of the administrative division, under a code of Paivand's own that outlives renaming.

    Regions, districts and jamoats come from the parameters; villages are added by administrators.
    """

    class Level(models.TextChoices):
        REGION = "region", _("region")
        DISTRICT = "district", _("district")
        JAMOAT = "jamoat", _("jamoat")
        VILLAGE = "village", _("village")

    privacy: ClassVar[Privacy] = Privacy.none(
        "code level is_town parent name_tg name_ru name_en name_fa short_names population population_year source "
        "latitude longitude coordinates_source tile_q tile_r sort_key"
    )

    facts: ClassVar[str] = "code level parent"

    code = models.CharField(primary_key=True, max_length=12, db_collation="C")
    level = models.CharField(max_length=8, choices=Level.choices)
    is_town = models.BooleanField(default=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    name_tg = models.CharField(_("name in Tajik"), max_length=80)
    name_ru = models.CharField(_("name in Russian"), max_length=80, blank=True)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    name_fa = models.CharField(_("name in Dari"), max_length=80, blank=True)
    short_names = models.JSONField(default=dict, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=120)
    latitude = models.DecimalField(_("latitude"), max_digits=7, decimal_places=4, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=7, decimal_places=4, null=True, blank=True)
    coordinates_source = models.CharField(max_length=80, blank=True)
    tile_q = models.SmallIntegerField(null=True, blank=True)
    tile_r = models.SmallIntegerField(null=True, blank=True)
    sort_key = models.CharField(max_length=120, db_collation="C")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "code"]
        constraints = [
            models.CheckConstraint(
                name="place_has_a_parent_unless_a_region",
                condition=models.Q(level="region", parent=None) | ~models.Q(level="region") & ~models.Q(parent=None),
            ),
            models.CheckConstraint(
                name="place_population_has_its_year",
                condition=models.Q(population=None, population_year=None)
                | ~models.Q(population=None) & ~models.Q(population_year=None),
            ),
            models.CheckConstraint(
                name="place_coordinates_are_two_and_in_the_country",
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__isnull=False, longitude__isnull=False)
                & models.Q(latitude__gte=36, latitude__lte=42, longitude__gte=67, longitude__lte=76),
            ),
            models.UniqueConstraint(fields=["tile_q", "tile_r"], name="place_has_its_tile_alone"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, or the first there is."""
        value: Any = getattr(self, f"name_{(get_language() or 'en')[:2]}", None)
        return str(value or self.name_en or self.name_tg)

    @property
    def short_name(self) -> str:
        """The name as it fits into a tile of the map."""
        return str(self.short_names.get((get_language() or "en")[:2]) or self.name)

    @property
    def level_name(self) -> str:
        """What it is, in the reader's language; a town is called one."""
        return str(_("town")) if self.is_town else str(self.get_level_display())


class PlaceCode(models.Model):
    """A code under which others know a place. One place has carried several, and one code may have ended."""

    class System(models.TextChoices):
        P_CODE = "p-code", _("p-code")
        ISO = "iso-3166-2", "ISO 3166-2"

    privacy: ClassVar[Privacy] = Privacy.none("id place code system valid_from valid_until note")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=20, db_collation="C", db_index=True)
    system = models.CharField(max_length=12, choices=System.choices)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["system", "code"]
        constraints = [
            models.UniqueConstraint(fields=["place", "system", "code"], name="place_carries_a_code_once"),
            models.CheckConstraint(
                name="place_code_ends_after_it_began",
                condition=models.Q(valid_from=None)
                | models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PlaceName(models.Model):
    """A name, present or former, under which a place is found; ``key`` folds its script and spelling."""

    privacy: ClassVar[Privacy] = Privacy.none("id place name language is_former until_year key")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=2, blank=True)
    is_former = models.BooleanField(default=False)
    until_year = models.PositiveSmallIntegerField(null=True, blank=True)
    key = models.CharField(max_length=120, db_collation="C", db_index=True)

    class Meta:
        ordering = ["is_former", "-until_year", "language", "name"]
        constraints = [
            models.UniqueConstraint(fields=["place", "name", "language", "is_former"], name="place_has_a_name_once"),
            models.CheckConstraint(
                name="place_name_that_ended_is_former",
                condition=models.Q(until_year=None) | models.Q(is_former=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceBoundary(models.Model):
    """The outline of a place, from a file of the site's own. ``drawing`` is the path that the map shows."""

    privacy: ClassVar[Privacy] = Privacy.none("place geometry drawing source licence imported_at")

    place = models.OneToOneField(Place, on_delete=models.CASCADE, primary_key=True, related_name="boundary")
    geometry = models.JSONField()
    drawing = models.TextField()
    source = models.CharField(max_length=200)
    licence = models.CharField(max_length=200)
    imported_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.place_id
