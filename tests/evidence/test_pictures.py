"""Pictures of figures: what they show, what they hide, and their files."""

from __future__ import annotations

import csv
import io
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.core.paper import PaperError, painted
from paivand.core.rules.pictures import Cell, Part, Picture, Table, ceiling, mark
from paivand.core.rules.pictures_areas import Area, area_map, breaks, class_of
from paivand.core.rules.pictures_bars import back_to_back, bars
from paivand.core.rules.pictures_lines import Aim, columns, spark, way_to_target
from paivand.evidence.rules.pictures_flows import flow

SVG = "{http://www.w3.org/2000/svg}"
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
PARTS = st.lists(
    st.builds(
        lambda label, value: Part(label, None if value is None else float(value), str(value), hidden=value is None),
        NAMES,
        st.none() | st.integers(0, 2_000_000),
    ),
    max_size=30,
)


def drawn(picture: Picture) -> ElementTree.Element:
    """The file of a picture, read as what a viewer reads."""
    return ElementTree.fromstring(picture.file("Title"))  # noqa: S314


def of_class(picture: Picture, css: str) -> list[ElementTree.Element]:
    return [one for one in drawn(picture).iter() if css in one.get("class", "").split()]


def inside(picture: Picture) -> bool:
    """Whether every rectangle lies within the drawing."""
    for one in picture.marks:
        told = dict(one.attributes)
        if one.name == "rect":
            left, right = float(told["x"]), float(told["x"]) + float(told["width"])
            low = float(told["y"]) + float(told["height"])
            if left < -0.2 or right > picture.width + 0.2 or float(told["y"]) < 0 or low > picture.height + 0.2:
                return False
    return True


@given(PARTS, st.sampled_from([320, 680]), st.booleans())
def test_whatever_the_figures_are_every_bar_and_column_lies_within_its_drawing(parts, width, mirrored):
    pictures = [bars(parts, width, mirrored=mirrored), columns(parts, width, scale="10")]
    pictures.append(back_to_back([part.label for part in parts], parts, parts[::-1], ("women", "men"), width))
    for picture in pictures:
        assert inside(picture)
        drawn(picture)


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=60))
def test_classes_of_a_map_are_in_order_and_hold_every_value(values):
    begins = breaks([float(value) for value in values])
    assert list(begins) == sorted(set(begins))
    assert len(begins) <= 5
    for value in values:
        assert (class_of(value, begins) == 0) == (value == 0)


def test_a_hidden_part_is_hatched_and_its_bar_tells_no_length():
    one = bars([Part("Kulob", 300.0, "300"), Part("Dusti", None, "fewer than 5", hidden=True)], 320)
    other = bars([Part("Kulob", 7.0, "7"), Part("Dusti", None, "fewer than 5", hidden=True)], 320)
    hatched = [(two.get("width"), two.get("fill")) for two in of_class(one, "hidden")]
    assert hatched == [("56", "url(#hatch-file)")]
    assert hatched == [(two.get("width"), two.get("fill")) for two in of_class(other, "hidden")]
    assert len(of_class(one, "bar")) == 1


def test_columns_of_28_months_name_only_as_many_as_fit_a_phone():
    months = [Part(f"month {n}", float(n), str(n), short="Aug 2021") for n in range(28)]
    phone = columns(months, 320, scale="50")
    assert len(of_class(phone, "bar")) == 27  # nothing is drawn for nought
    assert 3 <= sum(1 for one in phone.marks if one.text == "Aug 2021") <= 6
    assert sum(1 for one in columns(months, 680, scale="50").marks if one.text == "Aug 2021") > 6


def test_a_picture_without_figures_is_still_a_picture():
    for picture in (bars([], 320), columns([], 320, scale="1"), spark([]), spark([None, None])):
        assert drawn(picture).tag == f"{SVG}svg"


def test_the_small_line_breaks_where_a_month_is_hidden():
    picture = spark([1, 2, None, 4, 5])
    assert len(of_class(picture, "line")) == 2


def test_the_way_to_the_target_marks_each_aim_and_stops_today():
    picture = way_to_target(
        [(date(2022, 1, 1), 0.0), (date(2022, 12, 1), 40.0)],
        [Aim(date(2022, 6, 1), 30.0, "30 by June"), Aim(date(2023, 11, 3), 100.0, "100 at the end")],
        680,
        scale="100",
        ends=("January 2022", "November 2023"),
    )
    assert len(of_class(picture, "goal-mark")) == 2
    assert len(of_class(picture, "goal")) == 1


AREAS = [Area("a", "M0 0L10 0L10 10z", 5, 5, "A"), Area("b", "M10 0L20 0L20 10z", 15, 5, "B"),
         Area("c", "M20 0L30 0L30 10z", 25, 5, "C")]  # fmt: skip


def test_a_map_hatches_what_is_hidden_and_leads_only_where_there_is_a_figure():
    parts = {
        "a": Part("Kulob", 120.0, "120", href="/results/places/?place=a"),
        "b": Part("Dusti", None, "fewer than 5", hidden=True, href="/results/places/?place=b"),
    }
    picture, begins = area_map(AREAS, parts, (0, 0, 30, 10))
    assert begins == (120.0,)
    on_page = picture.inside("x")
    assert on_page.count("<a ") == 2
    assert 'aria-label="Dusti: fewer than 5"' in on_page
    assert "url(#hatch-x)" in on_page
    assert "<a " not in picture.file("Map")
    assert len(of_class(picture, "area")) == 3


def test_who_does_not_go_on_is_told_between_the_stages():
    stages = [Part("Registered", 100.0, "100"), Part("Selected", 60.0, "60"), Part("Served", 60.0, "60")]
    for downwards in (True, False):
        picture = flow(stages, ["40 not selected", ""], 320, downwards=downwards)
        assert len(of_class(picture, "lost")) == 1
        assert len(of_class(picture, "ribbon")) == 2
        assert "40 not selected" in picture.file("Flow")


@given(st.text(max_size=30))
def test_a_name_cannot_break_out_of_the_drawing(name):
    told = str(mark("text", name, title=name))
    assert told.count("<") == 2
    assert "<script" not in told


@pytest.mark.parametrize("formula", ["=1+1", "+7", "-2", "@sum", "\tx"])
def test_a_file_of_cells_holds_plain_numbers_and_no_formula(formula):
    table = Table(("Name", "Figure"), ((Cell(formula), Cell("2,263", 2263)), (Cell("Dusti"), Cell("hidden", ""))))
    rows = list(csv.reader(io.StringIO(table.csv())))
    assert rows == [["Name", "Figure"], ["'" + formula, "2263"], ["Dusti", ""]]


def test_a_picture_is_painted_with_the_letters_of_every_language():
    def size(words: str) -> bytes:
        return painted(bars([Part(words, 3.0, "3")], 320).file("Title"))

    tajik, dari, blank = size("Ноҳияи Қубодиён ғ ӣ ӯ ҷ"), size("ناحیه کولاب"), size("")
    assert tajik[:8] == b"\x89PNG\r\n\x1a\n"
    assert len({tajik, dari, blank}) == 3
    assert size("Ноҳияи Қубодиён ғ ӣ ӯ ҷ") == tajik


def test_what_is_no_drawing_is_told_and_not_painted():
    with pytest.raises(PaperError):
        painted("no drawing at all")


@given(st.floats(0, 10_000_000))
def test_the_top_line_of_a_picture_is_round_and_near(value):
    top = ceiling(value)
    assert top >= value - 1e-6
    assert top <= max(2.5 * value, 1)
