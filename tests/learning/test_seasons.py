"""The season of a field school through its actions: plots, observations, entries, field days, and what stayed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.models.files import content_of, path_of
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.learning.actions import photos, seasons, taken_up
from paivand.learning.models import (
    FieldDay,
    FieldPhoto,
    GroupCheck,
    Observation,
    Plot,
    PlotEntry,
    PracticeAdoption,
    SchoolMonth,
)
from paivand.learning.queries import schools as queries
from paivand.learning.rules.course import Feature
from paivand.learning.rules.courses import courses
from paivand.learning.rules.fields import (
    CheckDraft,
    EntryDraft,
    EntryKind,
    FieldDayDraft,
    Health,
    ObservationDraft,
    PlotDraft,
    SeasonDraft,
    Soil,
    Taken,
    Way,
    When,
)
from paivand.operate.documents import live_documents
from tests.cases.files import PLACE, pdf, photograph
from tests.cast import fresh
from tests.learning.schooling import BEGAN, running

DRIP = "ffs_drip_vegetables"
LATER = date(2022, 9, 30)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def school(tahmina, zarina):
    """A farmer field school with two women."""
    return running(tahmina, zarina, course=DRIP)


def act(by, action, **given):
    with acting_as(by):
        return action(by=fresh(by), **given)


def season(by, group, version=0, **changed):
    draft = SeasonDraft(**{"commodity": "tomato", "starts_on": BEGAN, "host": "замини назди канал", **changed})
    return act(by, seasons.write_season, group=group, version=version, draft=draft)


def plot(by, group, name="1", way=Way.IMPROVED, water="drip", area="200"):
    draft = PlotDraft(name, way, water, Decimal(area) if area else None)
    return act(by, seasons.add_plot, group=group, plot_id=new_id(), draft=draft)


def entry(by, group, row, kind, amount, code="", entry_id=None, **more):
    draft = EntryDraft(EntryKind(kind), code or kind, BEGAN, Decimal(amount), **more)
    return act(by, seasons.enter_for_plot, group=group, plot=row, entry_id=entry_id or new_id(), draft=draft)


def observation(by, group, row, photo=None, observation_id=None, **changed):
    draft = ObservationDraft(**{
        "observed_on": BEGAN, "stage": "flowering", "health": Health.FAIR, "soil": Soil.MOIST, "decided": "water",
        "seen": {"aphids": 12, "ladybirds": 3}, **changed,
    })  # fmt: skip
    return act(
        by, seasons.observe_plot, group=group, plot=row, observation_id=observation_id or new_id(), draft=draft,
        photo=photo, caption="барг",
    )  # fmt: skip


def code_of(run):
    with pytest.raises(Refused) as refused:
        run()
    return refused.value.code


def test_the_courses_of_field_schools_are_of_two_kinds():
    """Farmers and children are never counted together: what tells them apart is declared."""
    with_plots = [course for course in courses().values() if course.has(Feature.PLOTS)]
    juniors = {course.code for course in with_plots if course.has(Feature.JUNIOR)}
    assert juniors == {"junior_field_school"}
    assert {course.kind.code for course in with_plots if course.code not in juniors} == {"farmer_field_school"}


def test_a_season_from_plots_to_gross_margin(tahmina, school):
    group, _women = school
    season(tahmina, group)
    drip, furrow = plot(tahmina, group), plot(tahmina, group, "2", Way.USUAL, "furrow")
    for row, values in ((drip, (1450, 1160, 4060, 46400)), (furrow, (1190, 820, 2870, 98400))):
        for kind, amount in zip(("cost", "harvest", "revenue", "water"), values, strict=True):
            entry(tahmina, group, row, kind, amount, {"cost": "seed", "revenue": "sold"}.get(kind, ""))
    with acting_as(tahmina):
        by = fresh(tahmina)
        found = queries.brought(by, group, queries.plots_of(by, group))
    assert found.plots[str(drip.pk)].margin == 2610
    assert found.differences["margin_m2"].more == Decimal("4.65")
    assert found.differences["water_kg"].percent == Decimal("-66.7")


def test_what_nobody_entered_is_not_known(tahmina, school):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group, area="")
    entry(tahmina, group, row, "harvest", "12.5")
    with acting_as(tahmina):
        by = fresh(tahmina)
        brought = queries.brought(by, group, queries.plots_of(by, group)).plots[str(row.pk)]
    assert (brought.yield_m2, brought.margin, brought.water_kg) == (None, None, None)


def test_an_entry_that_was_wrong_stays_and_does_not_count(tahmina, school):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group)
    wrong = entry(tahmina, group, row, "harvest", 900)
    entry(tahmina, group, row, "harvest", 90)
    assert code_of(lambda: act(tahmina, seasons.strike_entry, group=group, entry=wrong, why=" ")) == "why"
    act(tahmina, seasons.strike_entry, group=group, entry=wrong, why="сифри зиёдатӣ")
    assert code_of(lambda: act(tahmina, seasons.strike_entry, group=group, entry=wrong, why="боз")) == "twice"
    with acting_as(tahmina):
        by = fresh(tahmina)
        assert queries.brought(by, group, [row]).plots[str(row.pk)].yield_m2 == Decimal("0.450")
        assert len(queries.entries_of(by, group)) == 2


def test_an_observation_keeps_its_photograph_sealed_and_bare(tahmina, school, home):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group)
    seen = observation(tahmina, group, row, photograph())
    with acting_as(tahmina):
        photo = FieldPhoto.objects.get(observation=seen)
        assert PLACE not in content_of(photo)
        assert PLACE not in path_of(photo.pk).read_bytes()
        assert photo.media_type == "image/jpeg"
        event = AuditEvent.objects.filter(event="learning.teach").latest("at")
    assert event.detail == {"act": "plot.observe", "decided": "water", "photo": True}


def test_backups_and_new_keys_reach_photographs(tahmina, school, django_capture_on_commit_callbacks):
    group, _women = school
    season(tahmina, group)
    seen = observation(tahmina, group, plot(tahmina, group), photograph())
    with acting_as(tahmina):
        photo = FieldPhoto.objects.get(observation=seen)
        assert live_documents(connection.connection) == [photo.pk]
    with django_capture_on_commit_callbacks(execute=True):
        act(tahmina, photos.remove_photo, group=group, photo=photo)
    with acting_as(tahmina):
        assert live_documents(connection.connection) == []


def test_only_photographs_are_taken(tahmina, school, home):
    group, _women = school
    season(tahmina, group)
    row = plot(tahmina, group)
    assert code_of(lambda: observation(tahmina, group, row, pdf())) == "kind"
    assert code_of(lambda: observation(tahmina, group, row, b"<html>")) == "kind"
    assert code_of(lambda: observation(tahmina, group, row, b"")) == "empty"
    with acting_as(tahmina):
        assert not Observation.objects.exists()
    assert not list(home.rglob("*-*-*-*-*"))


def test_a_photograph_that_is_taken_away_is_gone(tahmina, school, django_capture_on_commit_callbacks):
    group, _women = school
    season(tahmina, group)
    seen = observation(tahmina, group, plot(tahmina, group), photograph())
    with acting_as(tahmina):
        photo = FieldPhoto.objects.get(observation=seen)
    with django_capture_on_commit_callbacks(execute=True):
        act(tahmina, photos.remove_photo, group=group, photo=photo, now=datetime(2022, 5, 1, tzinfo=UTC))
    assert not path_of(photo.pk).exists()
    assert code_of(lambda: act(tahmina, photos.remove_photo, group=group, photo=photo)) == "twice"


def test_photographs_are_seen_by_those_who_may_see_learners_only(tahmina, manija, farrukh, school):
    group, _women = school
    season(tahmina, group)
    observation(tahmina, group, plot(tahmina, group), photograph())
    for stranger in (manija, farrukh):
        with acting_as(stranger), connection.cursor() as cursor:
            cursor.execute("select count(*) from learning_fieldphoto")
            assert cursor.fetchone() == (0,), stranger
            cursor.execute("select count(*) from learning_plot")
            assert cursor.fetchone() == (1,), stranger


def test_a_second_sending_changes_nothing(tahmina, school):
    group, _women = school
    season(tahmina, group)
    row, key = plot(tahmina, group), new_id()
    entry(tahmina, group, row, "harvest", 5, entry_id=key)
    assert code_of(lambda: entry(tahmina, group, row, "harvest", 5, entry_id=key)) == "twice"
    observation(tahmina, group, row, observation_id=key)
    assert code_of(lambda: observation(tahmina, group, row, observation_id=key)) == "twice"
    with acting_as(tahmina):
        assert (PlotEntry.objects.count(), Observation.objects.count()) == (1, 1)


def test_plots_come_after_their_season_and_have_names_of_their_own(tahmina, school):
    group, _women = school
    assert code_of(lambda: plot(tahmina, group)) == "season"
    season(tahmina, group)
    row = plot(tahmina, group)
    assert code_of(lambda: plot(tahmina, group)) == "name"
    draft = PlotDraft("1", Way.IMPROVED, "drip", Decimal(150))
    given = {"group": group, "plot": row, "draft": draft}
    assert act(tahmina, seasons.edit_plot, version=1, **given).area == 150
    assert code_of(lambda: act(tahmina, seasons.edit_plot, version=1, **given)) == "stale"


def test_a_season_written_by_somebody_else_meanwhile_is_not_overwritten(tahmina, school):
    group, _women = school
    season(tahmina, group)
    assert code_of(lambda: season(tahmina, group)) == "stale"
    assert season(tahmina, group, version=1, ends_on=LATER).ends_on == LATER


def test_a_course_without_plots_has_no_season(tahmina, zarina):
    group, _women = running(tahmina, zarina)
    assert code_of(lambda: season(tahmina, group)) == "school"


@pytest.mark.parametrize("name", ["zarina", "farrukh", "manija", "rustam"])
def test_who_does_not_teach_writes_nothing(request, tahmina, school, name):
    group, _women = school
    season(tahmina, group)
    by = request.getfixturevalue(name)
    with pytest.raises((WithoutRightError, OutsideScopeError)):
        season(by, group, version=1)
    with pytest.raises((WithoutRightError, OutsideScopeError)):
        plot(by, group)


def test_a_field_day_counts_its_visitors(tahmina, school):
    group, _women = school
    season(tahmina, group)
    draft = FieldDayDraft(BEGAN, "обёрии қатрагӣ", 21, 9, 4, 3)
    row = act(tahmina, seasons.hold_field_day, group=group, day_id=new_id(), draft=draft)
    assert row.n_visitors == 37
    assert code_of(lambda: act(tahmina, seasons.hold_field_day, group=group, day_id=new_id(), draft=draft)) == "day"
    with acting_as(tahmina):
        assert FieldDay.objects.count() == 1


def test_a_group_is_asked_after_its_season_whether_it_goes_on(tahmina, school):
    group, _women = school
    season(tahmina, group)
    draft = CheckDraft(6, date(2023, 4, 1), goes_on=True, n_members=18)
    assert code_of(lambda: act(tahmina, seasons.check_group, group=group, version=0, draft=draft)) == "early"
    season(tahmina, group, version=1, ends_on=LATER)
    assert act(tahmina, seasons.check_group, group=group, version=0, draft=draft).n_members == 18
    ended = CheckDraft(6, date(2023, 5, 1), goes_on=False)
    assert code_of(lambda: act(tahmina, seasons.check_group, group=group, version=0, draft=ended)) == "stale"
    act(tahmina, seasons.check_group, group=group, version=1, draft=ended)
    with acting_as(tahmina):
        assert GroupCheck.objects.get().goes_on is False


# --- learner by learner ----------------------------------------------------------------------------------------------


def practice_of(group):
    return courses()[group.course].practices[0].code


def test_practices_are_asked_at_the_end_and_in_the_next_season(tahmina, zarina, farrukh, school):
    group, (one, other) = school
    code = practice_of(group)
    answers = {one.pk: {code: Taken.YES}, other.pk: {code: Taken.NO}}
    given = {"group": group, "asked_on": BEGAN}
    assert act(tahmina, taken_up.ask_practices, asked=When.END, answers=answers, **given) == 2
    assert act(tahmina, taken_up.ask_practices, asked=When.END, answers=answers, **given) == 0
    changed = {other.pk: {code: Taken.PARTLY}}
    assert act(tahmina, taken_up.ask_practices, asked=When.END, answers=changed, **given) == 1
    assert act(tahmina, taken_up.ask_practices, asked=When.NEXT, answers=changed, **given) == 1
    with acting_as(tahmina):
        counts = queries.taken_up(fresh(tahmina), group)
    assert counts[code, When.END].percent == 100
    assert (counts[code, When.END].n_yes, counts[code, When.NEXT].n) == (1, 1)
    with acting_as(zarina):
        assert PracticeAdoption.objects.count() == 3
    with acting_as(farrukh):
        assert not PracticeAdoption.objects.exists()


def test_only_practices_of_the_course_and_people_of_the_group_are_written(tahmina, zarina, school):
    group, (one, _other) = school
    _elsewhere, (stranger, _another) = running(tahmina, zarina, families=5, name="Дигар", room="9", anyway=True)
    given = {"group": group, "asked": When.END, "asked_on": BEGAN}
    assert code_of(lambda: act(tahmina, taken_up.ask_practices, answers={one.pk: {"gold": Taken.YES}}, **given)) == (
        "practice"
    )
    answers = {stranger.pk: {practice_of(group): Taken.YES}}
    assert code_of(lambda: act(tahmina, taken_up.ask_practices, answers=answers, **given)) == "learner"


def test_farmers_are_not_asked_about_school_days(tahmina, school):
    group, (one, _other) = school
    given = {"group": group, "month": BEGAN, "held": 20, "attended": {one.pk: 19}}
    assert code_of(lambda: act(tahmina, taken_up.write_school_month, **given)) == "junior"
    with acting_as(tahmina):
        assert not SchoolMonth.objects.exists()


def test_the_rows_of_a_school_lie_where_it_lies(tahmina, school):
    group, _women = school
    row = season(tahmina, group)
    assert (row.district_id, row.owner_id) == (group.district_id, tahmina.pk)
    with acting_as(tahmina):
        assert list(Plot.objects.filter(season=row)) == []
