"""The coordinator's board: figures from the counters, filters in the address, and no learner's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paivand.access.models.identity import acting_as
from paivand.core.rules.writing import writing
from paivand.learning.models import Group
from paivand.learning.queries.board import board_page, by_kind, choices
from paivand.learning.rules.board import Figures, Filters
from tests.cast import DUSTI, KULOB, fresh
from tests.learning.schooling import opened, planned, running

pytestmark = pytest.mark.django_db
counts = st.integers(0, 500)


def _words(response):
    return " ".join(response.content.decode().split())


def _counted(by, group, **counters):
    with acting_as(by), writing("test"):
        Group.objects.filter(pk=group.pk).update(**counters)


def test_the_two_kinds_of_field_schools_are_never_added_together(tahmina, manija):
    school = opened(tahmina, course="ffs_nursery", capacity=20)
    junior = opened(tahmina, course="junior_field_school", room="4", capacity=20, anyway=True)
    _counted(tahmina, school, n_completed=12, n_left=3)
    _counted(tahmina, junior, n_completed=15, n_failed=1)
    with acting_as(manija):
        told = {row.kind.code: row.figures for row in by_kind(fresh(manija), Filters())}
    assert told["farmer_field_school"].completed == 12
    assert told["junior_field_school"].completed == 15
    assert (told["farmer_field_school"].completion, told["farmer_field_school"].drop_out) == (80, 20)


def test_groups_of_one_kind_are_counted_together_and_cancelled_ones_not_at_all(tahmina, zarina):
    one, other, off = (opened(tahmina, name=f"Гурӯҳ {n}", room=str(n), anyway=True) for n in range(3))
    _counted(tahmina, one, n_enrolled=10)
    _counted(tahmina, other, n_enrolled=5, n_left=5)
    _counted(tahmina, off, state="cancelled", cancelled_on=off.starts_on, cancelled_why="x", n_left=9)
    with acting_as(zarina):
        [row] = by_kind(fresh(zarina), Filters())
    assert (row.n_groups, row.n_live, row.figures.enrolled, row.figures.drop_out) == (2, 2, 15, 25)


def test_the_filters_of_the_address_choose_groups(tahmina, zarina, sign_in):
    sewing = opened(tahmina)
    school = planned(tahmina, course="ffs_nursery", name="Мактаби Чорбоғ", room="4", capacity=20, anyway=True)
    browser = sign_in(zarina)
    words = _words(browser.get("/learning/"))
    assert sewing.name in words
    assert school.name in words
    words = _words(browser.get("/learning/?course=ffs_nursery"))
    assert school.name in words
    assert sewing.code not in words
    words = _words(browser.get("/learning/?state=open"))
    assert sewing.code in words
    assert school.code not in words
    assert "No group fits" in _words(browser.get("/learning/?state=finished"))
    assert "No group fits" in _words(browser.get("/learning/?agency=nonsense"))


def test_who_only_counts_sees_the_figures_and_no_name_of_a_learner(tahmina, zarina, manija, everyone, sign_in):
    group, rows = running(tahmina, zarina, n=2)
    for user in (manija, everyone["manager"]):
        words = _words(sign_in(user).get("/learning/"))
        assert group.name in words
        assert "2 of 15" in words
        for row in rows:
            assert row.name not in words


def test_groups_of_other_districts_are_beyond_reach(tahmina, farrukh, rustam, sign_in):
    group = opened(tahmina)
    words = _words(sign_in(farrukh).get("/learning/"))
    assert group.name not in words
    assert "No group yet" in words
    assert sign_in(rustam).get("/learning/").status_code == 403
    with acting_as(farrukh):
        assert choices(fresh(farrukh)).courses == []
        assert by_kind(fresh(farrukh), Filters(district=KULOB)) == []


def test_what_can_be_chosen_is_what_some_group_has(tahmina, manija):
    opened(tahmina)
    with acting_as(manija):
        offered = choices(fresh(manija))
    assert [place.pk for place in offered.districts] == [KULOB]
    assert offered.courses == ["seamstress"]
    assert [key for key, _name in offered.states] == ["open"]
    assert DUSTI not in [place.pk for place in offered.districts]


def test_the_board_goes_on_from_a_number_and_loses_no_group(tahmina, zarina, monkeypatch):
    monkeypatch.setattr("paivand.learning.queries.board.PAGE", 2)
    made = {planned(tahmina, name=f"Гурӯҳ {n}", room=str(n), anyway=True).pk for n in range(5)}
    with acting_as(zarina):
        by, found, after = fresh(zarina), [], ""
        for _page in range(4):
            page = board_page(by, Filters(), after=after)
            found += page.rows
            after = page.after or ""
            if not page.more:
                break
        assert {row.pk for row in found} == made
        assert len(found) == 5
        assert board_page(by, Filters(), after="x").rows == []


@given(st.builds(Figures, counts, counts, counts, counts, counts, counts))
def test_shares_lie_between_nothing_and_everybody(figures):
    for share in (figures.drop_out, figures.completion):
        assert share is None or 0 <= share <= 100
    assert (figures.drop_out is None) == (figures.took_part == 0)


@given(st.lists(st.builds(Figures, counts, counts, counts, counts, counts, counts), min_size=1, max_size=5))
def test_adding_groups_loses_nobody(rows):
    whole = sum(rows, Figures())
    assert whole.took_part == sum(row.took_part for row in rows)
    assert whole.places == sum(row.places for row in rows)
