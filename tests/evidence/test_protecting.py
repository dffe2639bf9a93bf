"""From exact figures to what may be shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paivand.core.rules.parts import DeclarationError
from paivand.evidence.rules.asking import Figure
from paivand.evidence.rules.indicators import Dimension, Indicator
from paivand.evidence.rules.protecting import as_published, as_read, counts_of, merged, protected, protected_together
from paivand.evidence.rules.reading import load, read
from paivand.evidence.rules.telling import Hidden, Told, tables_of
from tests.methods.attacker import Attacker

WORDS = '{tg: "а", ru: "б", en: "c", fa: "د"}'


def declared(**fields: str) -> Indicator:
    whole = {
        "code": "visited", "title": WORDS, "question": WORDS, "measure": "people", "level": "output",
        "where": "{services: [visit.made]}", "by": "[sex, district]", **fields,
    }  # fmt: skip
    lines = [f"    {name}: {value}" for name, value in whole.items()]
    return read(
        "t.yaml", "\n".join(["programme: JP", "source: t", "indicators:", "  - " + lines[0].strip(), *lines[1:]])
    )[0]


def counted(counts: dict[tuple[str, str], int], indicator: Indicator) -> Figure:
    """A figure by sex and district from the counts of their crossing."""
    cells: dict = {}
    for (sex, district), n in counts.items():
        for key in ((), (("sex", sex),), (("district", district),), (("sex", sex), ("district", district))):
            cells[key] = cells.get(key, 0) + n
    return Figure(indicator.code, cells, dict(cells))


PLAIN = counted({("female", "K"): 40, ("male", "K"): 3, ("female", "D"): 22, ("male", "D"): 19}, declared())


def test_a_small_cell_is_hidden_and_cannot_be_subtracted():
    told = protected(declared(), PLAIN, districts={})
    assert told[()] == Told(84)
    assert told[(("sex", "male"), ("district", "K"))] == Told(None, Hidden.SMALL)
    others = [told[key].value for key in told if len(key) == 2 and key != (("sex", "male"), ("district", "K"))]
    assert None in others


def test_an_empty_cell_that_is_hidden_does_not_read_as_nought():
    figure = counted({("female", "K"): 40, ("male", "D"): 3, ("female", "D"): 30, ("male", "L"): 30}, declared())
    told = protected(declared(), figure, districts={})
    hidden = [key for key, cell in told.items() if cell.hidden and key not in figure.cells]
    assert hidden  # its table is not shown for the sake of the small cell, so nobody may know that it is empty


def test_cells_keep_the_order_of_the_dimensions_whichever_way_they_were_asked():
    turned = Figure("visited", {tuple(reversed(key)): n for key, n in PLAIN.cells.items()},
                    {tuple(reversed(key)): n for key, n in PLAIN.people.items()})  # fmt: skip
    assert protected(declared(), turned, districts={}) == protected(declared(), PLAIN, districts={})


def test_a_cut_that_is_not_offered_is_not_shown():
    figure = counted({("female", "K"): 40, ("male", "K"): 30}, declared())
    told = protected(declared(by="[sex]"), figure, districts={})
    assert told[(("sex", "female"), ("district", "K"))].hidden is Hidden.NOT_SHOWN


def test_contacts_are_told_as_they_are():
    reach = declared(source="reach", measure="contacts", where="{channels: [theatre]}")
    told = protected(reach, Figure("visited", {(): 3, (("sex", "female"),): 2}), districts={})
    assert told[(("sex", "female"),)] == Told(2)


def test_a_mean_over_few_people_is_hidden():
    mean = declared(measure="mean", by="[sex]")
    cells = {(): Decimal("2.50"), (("sex", "female"),): Decimal("2.40"), (("sex", "male"),): Decimal("4.00")}
    people = {(): 43, (("sex", "female"),): 40, (("sex", "male"),): 3}
    told = protected(mean, Figure("visited", cells, people), districts={})
    assert told[()] == Told(Decimal("2.50"))
    assert told[(("sex", "male"),)].value is None
    assert told[(("sex", "female"),)].value is None, "from the whole and this one the mean of three is computed"


def test_a_share_of_which_few_are_left_out_is_hidden():
    share = declared(
        measure="share", whole="{services: [registry.registered]}", by="[sex]",
    )  # fmt: skip
    cells = {(): Decimal("80.00"), (("sex", "female"),): Decimal("95.00"), (("sex", "male"),): Decimal("50.00")}
    people = {(): 60, (("sex", "female"),): 40, (("sex", "male"),): 20}
    hits = {(): 48, (("sex", "female"),): 38, (("sex", "male"),): 10}
    told = protected(share, Figure("visited", cells, people, hits), districts={})
    assert told[(("sex", "female"),)] == Told(None, Hidden.SMALL)
    assert tables_of(share) == (("sex",),)


def test_nothing_to_compute_it_from_is_said():
    mean = declared(measure="mean", by="[sex]")
    assert protected(mean, Figure("visited", {(): None}, {(): 0}), districts={})[()] == Told(None, Hidden.NOTHING)


def test_a_step_that_lies_in_no_jamoat_is_none_of_the_jamoats():
    indicator = declared(by="[district, jamoat]")
    cells = {(): 40, (("district", "K"),): 40, (("jamoat", "K1"),): 30, (("jamoat", "unknown"),): 10}
    told = protected(indicator, Figure("visited", cells, dict(cells)), districts={"K1": "K"})
    assert (("jamoat", "unknown"),) not in told
    assert told[(("jamoat", "K1"),)] == Told(30)


def test_a_figure_that_moved_by_few_since_an_edition_is_held():
    earlier = {(): 82, (("sex", "female"),): 60, (("sex", "male"),): 22}
    told = protected(declared(), PLAIN, districts={}, earlier=[earlier])
    assert told[()] == Told(82, Hidden.HELD)


@pytest.mark.parametrize("value", [12, Decimal("33.50"), None])
def test_an_edition_gives_back_what_was_published(value):
    cells = {(): Told(value, None if value is not None else Hidden.SMALL), (("sex", "male"),): Told(0)}
    assert as_read(as_published(cells)) == cells
    assert set(counts_of(cells)) == set(cells)


def test_cuts_of_one_indicator_are_laid_together():
    one, other = Figure("visited", {(): 5, (("sex", "male"),): 5}), Figure("visited", {(): 5, (("district", "K"),): 5})
    found = merged([one, other], declared())
    assert set(found.cells) == {(), (("sex", "male"),), (("district", "K"),)}
    assert merged([], declared()).whole == 0


@given(st.lists(st.integers(0, 30), min_size=6, max_size=6))
def test_whatever_is_told_is_true_and_no_small_count_is_told(numbers):
    counts = dict(zip(product(("female", "male"), ("K", "D", "B")), numbers, strict=True))
    figure = counted(counts, declared())
    for key, told in protected(declared(), figure, districts={}).items():
        if told.hidden is None:
            assert told.value == figure.cells.get(key, 0)
            assert told.value == 0 or told.value >= 5  # type: ignore[operator]


def family(**fields: str) -> tuple[Indicator, ...]:
    """An indicator that opens into two."""
    whole = declared(parts="[legal, social]", **fields)
    return whole, *(replace(declared(**fields), code=code) for code in ("legal", "social"))


def opened(people: list[tuple[str, str, str]], family: tuple[Indicator, ...]) -> dict[str, Figure]:
    """The figures of a whole and its parts, from people with sex, district and part."""
    found = {}
    for one in family:
        theirs = [who for who in people if one is family[0] or who[2] == one.code]
        counts = Counter((sex, district) for sex, district, _part in theirs)
        found[one.code] = replace(counted(dict(counts), one), indicator=one.code)
        found[one.code].cells.setdefault((), 0)
        found[one.code].people.setdefault((), 0)
    return found


PERSON = st.tuples(
    st.sampled_from(["female", "female", "male"]), st.sampled_from("KKKD"), st.sampled_from(["legal"] * 5 + ["social"])
)


@settings(max_examples=15)
@given(st.lists(PERSON, min_size=1, max_size=80))
def test_a_small_part_is_not_the_whole_less_the_others(people):
    one = family()
    exact = opened(people, one)
    told = protected_together(one, exact, districts={})
    published, counts = {}, {}
    for member in one:
        mark = [] if member is one[0] else [("part", member.code)]
        for key, cell in told[member.code].items():
            published[frozenset([*key, *mark])] = cell.value
            counts[frozenset([*key, *mark])] = exact[member.code].people.get(key, 0)
    deep = {cell for cell in published if len(cell) == 3}
    assert all(published[cell] in (None, n) for cell, n in counts.items())
    small = [cell for cell, n in counts.items() if 0 < n < 5]
    assert all(published[cell] is None for cell in small)
    seen = {cell: n for cell, n in published.items() if cell not in deep or None not in {published[d] for d in deep}}
    assert Attacker(seen, {}).broken([cell for cell in small if cell in seen]) == {}


def test_parts_that_overlap_are_protected_one_by_one():
    one = family()
    exact = opened([("female", "K", "legal")] * 20 + [("male", "D", "social")] * 9, one)
    exact["social"] = counted({("male", "D"): 12}, one[2])
    told = protected_together(one, exact, districts={})
    assert told["social"] == protected(one[2], exact["social"], districts={})


def test_a_part_is_told_where_nothing_is_small():
    one = family()
    exact = opened(
        [(sex, district, part) for sex in ("female", "male") for district in "KD" for part in ("legal", "social")] * 9,
        one,
    )
    told = protected_together(one, exact, districts={})
    assert told["social"][()] == Told(36)
    assert told["social"][(("sex", "male"), ("district", "K"))] == Told(9)
    assert {cell.hidden for cells in told.values() for cell in cells.values()} == {None}


def test_a_cut_that_not_all_parts_have_is_not_shown_of_a_part():
    whole, legal, social = family()
    legal = replace(legal, by=(Dimension.SEX, Dimension.DISTRICT, Dimension.MONTH))
    exact = opened([("female", "K", "legal"), ("male", "D", "social")] * 9, (whole, legal, social))
    month = (("month", "2023-01"),)
    exact["legal"] = Figure("legal", exact["legal"].cells | {month: 9}, exact["legal"].people | {month: 9})
    told = protected_together((whole, legal, social), exact, districts={})
    assert told["legal"][month] == Told(None, Hidden.NOT_SHOWN)
    assert told["legal"][()] == Told(9)


def test_a_small_part_of_an_edition_is_held():
    one = family()
    people = [("female", "K", "legal")] * 20 + [("female", "K", "social")] * 20
    first = protected_together(one, opened(people, one), districts={})
    earlier = {code: [counts_of(cells)] for code, cells in first.items()}
    people += [("female", "K", "legal")] * 20 + [("female", "K", "social")] * 2
    told = protected_together(one, opened(people, one), districts={}, earlier=earlier)
    assert told["visited"][()] == Told(62)
    assert told["social"][()] == Told(20, Hidden.HELD)
    assert told["legal"][()].value is None


# --- two age sets ----------------------------------------------------------------------------------------------------


def test_two_age_sets_of_one_count_would_tell_how_many_stand_between_two_bounds():
    """Each protected by itself and without a small figure: one less the other is a small figure all the same."""
    ages = {17: 40, 18: 2, 30: 60}
    by_band = {"0-17": 40, "18+": 62}, {"0-18": 42, "19+": 60}
    shown_of = []
    for bands in by_band:
        cells = {(): sum(ages.values()), **{(("age", band),): n for band, n in bands.items()}}
        told = protected(declared(by="[age]"), Figure("visited", cells, cells), districts={})
        shown_of.append({key[0][1]: cell.value for key, cell in told.items() if key})
    assert shown_of[1]["0-18"] - shown_of[0]["0-17"] == ages[18] < 5, "the attack works, so nobody may ask for it"


def test_what_is_counted_twice_is_parted_by_one_age_set(tmp_path):
    def indicator(code: str, ages: str, service: str = "visit.made") -> str:
        return "\n".join(
            [f"  - code: {code}", f"    title: {WORDS}", f"    question: {WORDS}", "    measure: people",
             "    level: output", f"    where: {{services: [{service}]}}", "    by: [sex, age]", f"    ages: {ages}"]
        )  # fmt: skip

    def written(*some: str) -> list[Path]:
        path = tmp_path / "site.yaml"
        path.write_text("\n".join(["programme: JP", "source: t", "indicators:", *some]), encoding="utf-8")
        return [path]

    assert len(load(written(indicator("one", "child"), indicator("other", "child")))) == 2
    assert len(load(written(indicator("one", "child"), indicator("other", "programme", "information.given")))) == 2
    with pytest.raises(DeclarationError, match="one counts the same records by the age set 'child'"):
        load(written(indicator("one", "child"), indicator("other", "programme")))
