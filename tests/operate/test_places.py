"""The declared places, and importing outlines."""

from __future__ import annotations

import json
from collections import defaultdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from paivand.core.models import Place, PlaceBoundary, PlaceCode, PlaceName
from paivand.methods.places import place_key, tiles_touch
from paivand.operate.boundaries import read_boundaries
from paivand.operate.places import declared_names, declared_places, stale_places, write_places
from paivand.operate.postgres import OperatingError

ROWS = declared_places()
DISTRICTS = [row for row in ROWS if row["level"] == "district"]
JAMOATS = [row for row in ROWS if row["level"] == "jamoat"]


# --- the parameters --------------------------------------------------------------------------------------------------


def test_all_regions_districts_and_listed_jamoats_are_declared():
    assert sorted(row["code"] for row in ROWS if row["level"] == "region") == [
        "TJ-DU", "TJ-GB", "TJ-KT", "TJ-RA", "TJ-SU",
    ]  # fmt: skip
    assert (len(DISTRICTS), len(JAMOATS)) == (65, 71)
    assert len({row["code"] for row in ROWS}) == len(ROWS)
    assert len([row for row in DISTRICTS if row["parent"] == "TJ-KT"]) == 25


def test_every_place_has_four_names_a_source_and_a_parent_before_it():
    seen = set()
    for row in ROWS:
        assert list(row["names"]) == ["tg", "ru", "en", "fa"], row["code"]
        assert all(name.strip() for name in row["names"].values()), row["code"]
        assert row["source"]
        assert len(row["source"]) <= 120
        assert (row["population"] is None) == (row["year"] is None)
        assert row["parent"] is None or row["parent"] in seen, row["code"]
        seen.add(row["code"])


def test_the_jamoats_of_kulob_and_dusti_keep_their_codes():
    names = {row["code"]: row["names"]["en"] for row in JAMOATS}
    assert names["TJ-KT-02-02"] == "Dahana"
    assert names["TJ-KT-20-04"] == "Jilikul"
    assert len([code for code in names if code.startswith(("TJ-KT-02-", "TJ-KT-20-"))]) == 10


def test_every_district_has_a_tile_of_its_own_and_regions_hang_together():
    tiles = {tuple(row["tile"]): row["parent"] for row in DISTRICTS}
    assert len(tiles) == 65
    regions = defaultdict(set)
    for tile, region in tiles.items():
        regions[region].add(tile)
    for region, own in regions.items():
        reached, waiting = set(), [next(iter(own))]
        while waiting:
            tile = waiting.pop()
            reached.add(tile)
            waiting += [other for other in own - reached if tiles_touch(tile, other)]
        assert reached == own, region


def test_every_district_has_codes_with_their_first_day():
    for row in DISTRICTS:
        assert row["codes"], row["code"]
        assert all(code["system"] != "p-code" or code["from"] for code in row["codes"])
    kulob = next(row for row in DISTRICTS if row["code"] == "TJ-KT-02")
    assert {code["code"] for code in kulob["codes"]} == {"3507405", "3507221"}
    assert all(code["note"] for code in kulob["codes"])


def test_no_district_shares_its_names_of_today_with_another():
    owners = defaultdict(set)
    for row in DISTRICTS:
        for name, _language, former, _until in declared_names(row):
            if not former:
                owners[place_key(name)].add(row["code"])
    assert {key: codes for key, codes in owners.items() if len(codes) > 1} == {}


def test_coordinates_lie_in_the_country():
    assert all(36 < row["at"][0] < 42 and 67 < row["at"][1] < 76 for row in DISTRICTS)


@pytest.mark.django_db(databases=["default", "owner"])
def test_writing_places_mends_what_differs_and_nothing_else():
    with transaction.atomic(using="owner"):
        assert stale_places("owner") == []
        PlaceName.objects.using("owner").filter(place="TJ-KT-20", is_former=True).delete()
        PlaceCode.objects.using("owner").filter(place="TJ-KT-02").update(note="")
        Place.objects.using("owner").filter(pk="TJ-KT-01").update(population=1, population_year=2020)
        assert [place.pk for place in stale_places("owner")] == ["TJ-KT-01", "TJ-KT-02", "TJ-KT-20"]
        assert write_places("owner") == 141
        assert stale_places("owner") == []
        transaction.set_rollback(True, using="owner")


# --- outlines --------------------------------------------------------------------------------------------------------


def square(west: float, south: float, size: float = 0.3) -> dict[str, object]:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def write(folder: Path, *features: tuple[dict[str, object], dict[str, object]]) -> Path:
    path = folder / "outlines.geojson"
    rows = [{"type": "Feature", "properties": said, "geometry": drawn} for said, drawn in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return path


def told(*arguments: object, **options: object) -> str:
    out = StringIO()
    call_command("places", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


IMPORT = {"source": "Бюро", "licence": "CC0"}


@pytest.fixture
def rolled_back(db):
    with transaction.atomic(using="owner"):
        yield
        transaction.set_rollback(True, using="owner")


pytest_owner = pytest.mark.django_db(databases=["default", "owner"])


@pytest_owner
@pytest.mark.parametrize(("said", "code"), [
    ({"code": "TJ-KT-20"}, "TJ-KT-20"),
    ({"ADM1_PCODE": "3507000", "ADM2_PCODE": "3507221"}, "TJ-KT-02"),
    ({"pcodes": ["3507405", "3507221"]}, "TJ-KT-02"),
    ({"shapeName": "Jilikul District"}, "TJ-KT-20"),
    ({"name": "Курган-Тюбе"}, "TJ-KT-01"),
    ({"name": "город Бохтар"}, "TJ-KT-01"),
    ({"shapeName": "Bokhtar District"}, "TJ-KT-06"),
    ({"name:tg": "Қумсангир"}, "TJ-KT-23"),
    ({"name": "حصار"}, "TJ-RA-04"),
    ({"shapeName": "Shuro-obod District"}, "TJ-KT-25"),
])  # fmt: skip
def test_a_row_is_matched_by_code_p_code_or_any_name(tmp_path, said, code):
    report = read_boundaries(write(tmp_path, (said, square(69, 38))), level="district", using="owner")
    assert [match.place.pk for match in report.matches] == [code]
    assert report.unmatched == []
    assert len(report.without) == 64


@pytest_owner
def test_what_does_not_fit_is_told_with_row_property_and_way_out(tmp_path):
    path = write(
        tmp_path, ({"code": "TJ-KT-20"}, square(69, 38)), ({"name": "Атлантида"}, square(70, 38)),
        ({"name": "Ленинобод"}, square(69, 39)), ({}, square(71, 38)),
    )  # fmt: skip
    report = read_boundaries(path, level="district", using="owner")
    nowhere, unclear, silent = report.unmatched
    assert nowhere.startswith("row 2: no place fits name “Атлантида”. Give the row a property “code”")
    assert "row 3: name “Ленинобод” fits TJ-SU-01 Khujand and TJ-SU-16 Bobojon Ghafurov" in unclear
    assert "row 4: no place fits no properties" in silent


@pytest_owner
def test_two_rows_of_one_place_are_drawn_together(tmp_path):
    path = write(tmp_path, ({"pcode": "3507221"}, square(69, 38)), ({"pcode": "3507405"}, square(69.4, 38)))
    report = read_boundaries(path, level="district", using="owner")
    assert len(report.matches) == 1
    assert "drawn together" in str(report.matches[0])
    assert len(report.matches[0].polygons) == 2


@pytest_owner
def test_an_import_is_kept_as_it_stands_and_replaced_by_the_next(tmp_path, rolled_back):
    first = told("import-boundaries", write(tmp_path, ({"code": "TJ-KT-20"}, square(69.12345, 38))), **IMPORT)
    assert "Matched: 1 places." in first
    assert "Kept 1 outlines, 0 of them in place of older ones." in first
    kept = PlaceBoundary.objects.using("owner").get(place="TJ-KT-20")
    assert kept.geometry["coordinates"][0][0][0] == [69.12345, 38]
    assert (kept.source, kept.licence) == ("Бюро", "CC0")
    again = told("import-boundaries", write(tmp_path, ({"code": "TJ-KT-20"}, square(70, 38))), **IMPORT)
    assert "Kept 1 outlines, 1 of them in place of older ones." in again
    assert PlaceBoundary.objects.using("owner").get().geometry["coordinates"][0][0][0] == [70, 38]
    assert "TJ-KT-20     Dusti" in told("list")


@pytest_owner
def test_a_check_keeps_nothing_and_an_import_wants_source_and_licence(tmp_path, rolled_back):
    path = write(tmp_path, ({"code": "TJ-KT-20"}, square(69, 38)))
    assert "Nothing was kept: this was a check." in told("import-boundaries", path, check=True)
    with pytest.raises(OperatingError, match="--source"):
        told("import-boundaries", path)
    with pytest.raises(OperatingError, match="Name the file"):
        told("import-boundaries")
    with pytest.raises(OperatingError, match="nothing was kept"):
        told("import-boundaries", write(tmp_path, ({"name": "Атлантида"}, square(69, 38))), **IMPORT)
    assert not PlaceBoundary.objects.using("owner").exists()


@pytest_owner
@pytest.mark.parametrize(("content", "said"), [
    ("no json", "it is no JSON text"),
    ('{"type": "Topology"}', "is TopoJSON"),
    ('{"type": "Point", "coordinates": [69, 38]}', "holds no FeatureCollection"),
    ('["a list"]', "holds no FeatureCollection"),
    ('{"type": "FeatureCollection", "features": []}', "holds no outline"),
    ('{"type": "FeatureCollection", "features": [7]}', "Row 1 is without a geometry"),
])  # fmt: skip
def test_a_file_that_is_no_geojson_is_refused(tmp_path, content, said):
    path = tmp_path / "wrong.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(OperatingError, match=said):
        read_boundaries(path, level="district", using="owner")


@pytest_owner
@pytest.mark.parametrize(("geometry", "said"), [
    ({"type": "Point", "coordinates": [69, 38]}, "Row 1 is a Point, not a polygon"),
    ({"type": "LineString", "coordinates": [[69, 38], [70, 38]]}, "not a polygon"),
    (square(10, 50), "lies outside Tajikistan .* Is it the right file"),
    (square(38, 69), "Latitude and longitude are swapped"),
    (square(570000, 4200000), "counts in metres"),
    ({"type": "Polygon", "coordinates": [[[69, 38], [70, 38], [69, 38]]]}, "at least four points"),
    ({"type": "Polygon", "coordinates": [[[69, 38], [70, 38], [70, 39], [69, 39]]]}, "not closed"),
    ({"type": "Polygon", "coordinates": [[["x", 38], [70, 38], [70, 39], ["x", 38]]]}, "no point"),
    ({"type": "Polygon", "coordinates": []}, "no coordinates|at least four"),
    (None, "without a geometry"),
])  # fmt: skip
def test_outlines_that_cannot_be_are_refused_with_their_row(tmp_path, geometry, said):
    with pytest.raises(OperatingError, match=said):
        read_boundaries(write(tmp_path, ({"code": "TJ-KT-20"}, geometry)), level="district", using="owner")


@pytest_owner
def test_a_missing_file_is_told():
    with pytest.raises(OperatingError, match="cannot be read"):
        read_boundaries(Path("nowhere.geojson"), level="district", using="owner")
