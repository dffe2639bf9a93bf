"""Small counts are hidden so that nobody computes them from what is left, judged by trying every table that fits."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from paivand.methods.suppression import groups, interval, suppressed

FEW = settings(max_examples=40)
COUNT = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 30])


def tables(rows, columns, count=COUNT):
    return st.integers(1, rows).flatmap(
        lambda n: st.integers(1, columns).flatmap(
            lambda m: st.lists(st.lists(count, min_size=m, max_size=m), min_size=n, max_size=n)
        )
    )


def extended(counts):
    """The table with its totals."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def seen(figures):
    """The published table with its totals; None where nothing is shown."""
    rows = [[*row, total] for row, total in zip(figures.cells, figures.row_totals, strict=True)]
    return [*rows, [*figures.column_totals, figures.total]]


def fitting(published, most):
    """Every table of whole numbers up to ``most`` whose published figures are these: what an attacker can think of.

    Written down plainly, row by row, by trying all values of the hidden inner cells; a hidden total follows from them.
    """
    *rows, column_totals = published

    def possible(row):
        *cells, total = row
        for values in product(*[range(most + 1) if cell is None else (cell,) for cell in cells]):
            if total in (None, sum(values)):
                yield values

    def beneath(chosen, left):
        if left:
            for values in possible(left[0]):
                yield from beneath([*chosen, values], left[1:])
            return
        table = extended(chosen)
        if all(told in (None, value) for told, value in zip(column_totals, table[-1], strict=True)):
            yield table

    return beneath([], rows)


def remaining(published, at, most):
    """The values that remain possible at a position."""
    return {table[at[0]][at[1]] for table in fitting(published, most)}


@FEW
@given(tables(2, 2, st.integers(0, 2)), st.data())
def test_bounds_are_those_of_all_tables_that_fit(counts, data):
    table = extended(counts)
    positions = [(i, j) for i in range(len(table)) for j in range(len(table[0]))]
    hidden = set(data.draw(st.lists(st.sampled_from(positions), unique=True, min_size=1)))
    at = data.draw(st.sampled_from(sorted(hidden)))
    published = [[None if (i, j) in hidden else value for j, value in enumerate(row)] for i, row in enumerate(table)]
    found = remaining(published, at, most=9)
    low, high = interval(counts, hidden, at)
    assert low == min(found)
    if high is not None and high <= 9:
        assert high == max(found)
    else:
        assert max(found) >= 9


@given(tables(4, 4))
@example([[1]])
@example([[1, 4]])
@example([[5, 5], [5, 1]])
@example([[0, 1], [1, 0]])
def test_a_small_figure_is_hidden_and_stays_in_the_dark(counts):
    figures, table = suppressed(counts), extended(counts)
    hidden = figures.small | figures.further
    everything = {(i, j) for i in range(len(table)) for j in range(len(table[0]))}
    for i, row in enumerate(seen(figures)):
        for j, value in enumerate(row):
            assert (value is None) == ((i, j) in hidden)
            assert value is None or value == table[i][j]
            if 0 < table[i][j] < 5:
                assert value is None
    for at in figures.small:
        low, high = interval(counts, hidden, at)
        widest_low, widest_high = interval(counts, everything, at)
        assert (widest_low, widest_high) == (0, None)  # where totals may be hidden too, nothing limits us
        assert low <= 1
        assert high is None or high >= 4


@FEW
@given(tables(2, 2, st.integers(0, 6)))
def test_whoever_tries_all_tables_finds_every_small_value_possible(counts):
    figures = suppressed(counts)
    for at in figures.small:
        assert {1, 2, 3, 4} <= remaining(seen(figures), at, most=10)


@given(tables(4, 4))
def test_nothing_is_hidden_without_need(counts):
    table = extended(counts)
    figures = suppressed(counts)
    if not any(0 < value < 5 for row in table for value in row):
        assert not figures.small
        assert not figures.further


def joined(counts, smallest=5):
    """The table with its rows and columns put together so that no total is small, as a page would show it."""
    rows = groups([sum(row) for row in counts], smallest=smallest)
    counts = [[sum(counts[i][j] for i in row) for j in range(len(counts[0]))] for row in rows]
    columns = groups([sum(column) for column in zip(*counts, strict=True)], smallest=smallest, in_order=True)
    return [[sum(row[j] for j in column) for column in columns] for row in counts]


@given(tables(4, 4))
def test_where_totals_stay_the_inner_figures_are_as_uncertain_as_totals_allow(counts):
    table = joined(counts)
    totals = [*map(sum, table), *map(sum, zip(*table, strict=True))]
    if any(0 < total < 5 for total in totals):
        with pytest.raises(ValueError, match="small"):
            suppressed(table, totals_stay=True)
        return
    figures = suppressed(table, totals_stay=True)
    assert None not in (*figures.row_totals, *figures.column_totals, figures.total)
    inner = {(i, j) for i in range(len(table)) for j in range(len(table[0]))}
    hidden = figures.small | figures.further
    for at in figures.small:
        low, high = interval(table, hidden, at, totals_stay=True)
        widest_low, widest_high = interval(table, inner, at, totals_stay=True)
        assert high - low >= 4  # the property that the groups bring: at least five values remain
        assert low <= max(1, widest_low)
        assert high >= min(4, widest_high)


@FEW
@given(tables(2, 3, st.integers(0, 4)))
def test_bounds_with_known_totals_are_those_of_all_tables_that_fit(counts):
    inner = {(i, j) for i in range(len(counts)) for j in range(len(counts[0]))}
    published = extended(counts)
    for i, j in inner:
        published[i][j] = None
    most = max(row[-1] for row in extended(counts)[:-1])
    for at in inner:
        found = remaining(published, at, most)
        assert interval(counts, inner, at, totals_stay=True) == (min(found), max(found))


def test_one_hidden_cell_alone_is_computed_in_a_second():
    assert interval([[12, 2], [9, 20]], {(0, 1)}, (0, 1)) == (2, 2)


def test_two_hidden_cells_of_a_row_are_not_enough_when_the_columns_tell():
    assert interval([[12, 2], [9, 20]], {(0, 0), (0, 1)}, (0, 1)) == (2, 2)


def test_zeros_are_hidden_where_nobody_would_tell_something():
    figures = suppressed([[0, 8, 9], [7, 6, 9]], zeros_stay=False)
    assert figures.cells[0][0] is None
    low, high = interval([[0, 8, 9], [7, 6, 9]], figures.small | figures.further, (0, 0))
    assert low == 0
    assert high >= 4


def test_a_table_with_hardly_anybody_shows_nothing():
    figures = suppressed([[1, 0], [0, 2]])
    assert figures.total is None
    assert all(value in (None, 0) for row in figures.cells for value in row)


@pytest.mark.parametrize("counts", [[], [[]], [[1, 2], [3]], [[-1]]])
def test_what_is_no_table_of_counts_is_refused(counts):
    with pytest.raises(ValueError, match=r"rows|negative"):
        suppressed(counts)


@given(st.lists(COUNT, min_size=1, max_size=8), st.booleans())
def test_groups_hold_everybody_once_and_are_not_small(totals, in_order):
    found = groups(totals, in_order=in_order)
    assert sorted(index for group in found for index in group) == list(range(len(totals)))
    sums = [sum(totals[index] for index in group) for group in found]
    if sum(totals) >= 5:
        assert not [one for one in sums if 0 < one < 5]
    else:
        assert len([one for one in sums if one]) <= 1
    if in_order:
        assert all(group == tuple(range(group[0], group[-1] + 1)) for group in found)
        assert found == sorted(found)
