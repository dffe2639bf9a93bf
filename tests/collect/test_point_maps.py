"""Points of a survey in a frame of their own: north above, nothing outside, and a scale that is true."""

from __future__ import annotations

import doctest
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.collect.rules import point_maps
from paivand.collect.rules.point_maps import FRAME, KILOMETRES, Named, points_drawn

KULOB, DUSTI = (37.9146, 69.7848), (37.346, 68.67)
POINTS = st.tuples(st.floats(36.5, 41.5), st.floats(67, 75))


def drawn(counted, *places):
    picture = points_drawn(counted, places, "{} answers".format, "{:g} km".format)
    assert picture is not None
    return {name: [one for one in picture.marks if one.name == name] for name in ("circle", "text", "path")}


def at(mark):
    told = dict(mark.attributes)
    return float(told["cx"]), float(told["cy"])


def test_the_examples_of_the_documentation_hold():
    assert doctest.testmod(point_maps).failed == 0


def test_north_is_above_and_east_is_right():
    (kulob, dusti) = map(at, drawn({KULOB: 3, DUSTI: 1})["circle"])
    assert kulob[0] > dusti[0]
    assert kulob[1] < dusti[1]


def test_nothing_is_drawn_of_nothing():
    assert points_drawn({}, (), str, str) is None


@given(st.dictionaries(POINTS, st.integers(1, 60), min_size=1, max_size=20))
def test_every_point_lies_in_the_frame_and_says_how_many(counted):
    circles = drawn(counted)["circle"]
    assert sorted(one.inside[0].text for one in circles) == sorted(f"{n} answers" for n in counted.values())
    for one in circles:
        assert all(0 <= side <= FRAME for side in at(one))


@given(POINTS, st.floats(0.02, 3))
def test_the_scale_is_as_long_as_it_says(south, degrees):
    north = (south[0] + degrees, south[1])
    marks = drawn({south: 1, north: 1})
    (first, second) = map(at, marks["circle"])
    unit = math.dist(first, second) / (degrees * KILOMETRES)
    (line,) = marks["path"]
    left, right = (float(one) for one in re.fullmatch(r"M([\d.]+) .*H([\d.]+)V.*", dict(line.attributes)["d"]).groups())
    words = marks["text"][-1].text
    assert right - left == pytest.approx(float(words.removesuffix(" km")) * unit, rel=0.02, abs=0.5)


def test_names_stand_where_they_lie_and_only_in_the_frame():
    far = Named("Far", (41.0, 74.0))
    texts = drawn({KULOB: 1, DUSTI: 1}, Named("Kulob", KULOB), far)["text"]
    assert [one.text for one in texts[:-1]] == ["Kulob"]


def test_one_house_alone_shows_what_lies_within_some_hundred_metres():
    marks = drawn({KULOB: 1})
    assert at(marks["circle"][0]) == (FRAME / 2, FRAME / 2)
    assert marks["text"][-1].text == "0.1 km"
