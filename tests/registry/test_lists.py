"""The list of families: its order, its filters, its kept views."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.rules.errors import OutsideScopeError, Refused
from paivand.core.rules.writing import writing
from paivand.registry.actions import saved_views as actions
from paivand.registry.models import Family, SavedView
from paivand.registry.queries import lists
from paivand.registry.queries.lists import families
from paivand.registry.queries.saved_views import saved_views
from paivand.registry.rules.families import Origin
from paivand.registry.rules.lists import MOST_VIEWS, Filters, filters_of
from paivand.registry.rules.migration import AbsenceStatus
from paivand.registry.rules.remittances import Signal
from tests.cast import KULOB, register

pytestmark = pytest.mark.django_db


def set_up(family, by, **changes):
    """Change what lists read of a family, as its copies are written."""
    with acting_as(by), writing("test"):
        Family.objects.filter(pk=family.pk).update(**changes)


def listed(by, **asked):
    with acting_as(by):
        return {family.pk for family in families(by, Filters(**asked)).rows}


# --- order and pages ------------------------------------------------------------------------------------------------


def test_the_list_is_in_tajik_order_and_pages_through_all(zarina, monkeypatch):
    monkeypatch.setattr(lists, "PAGE", 2)
    names = ["Ҳасанова", "Ҷӯраева", "Ғафурова", "Гулова", "Чориева"]
    for name in names:
        register(zarina, surname=name, members=0)
    seen, after = [], ""
    with acting_as(zarina):
        while True:
            page = families(zarina, after=after)
            seen += [family.head.family_name for family in page.rows]
            if not page.more:
                break
            after = page.after
        assert seen == ["Гулова", "Ғафурова", "Ҳасанова", "Чориева", "Ҷӯраева"]
        newest = families(zarina, Filters(order="new"))
        older = families(zarina, Filters(order="new"), after=newest.after)
        assert [family.head.family_name for family in (*newest.rows, *older.rows)] == [
            "Чориева",
            "Гулова",
            "Ғафурова",
            "Ҷӯраева",
        ]


@pytest.mark.parametrize("after", ["~", "x~y", "~not-a-uuid", "999999999999999999999", "'", "ключ"])
def test_a_meaningless_page_key_is_harmless(after, family, zarina):
    with acting_as(zarina):
        assert families(zarina, after=after).rows is not None
        assert families(zarina, Filters(order="new"), after=after).rows is not None


# --- filters --------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_jamoat_and_by_responsible_worker(family, gulnoz, zarina):
    other = register(gulnoz, jamoat="TJ-KT-02-01")
    assert listed(zarina, jamoat="TJ-KT-02-01") == {other.pk}
    assert listed(zarina, mine=True) == {family.pk}
    assert listed(zarina, worker=str(gulnoz.pk)) == {other.pk}


def test_each_filter_narrows_and_all_go_together(family, dusti_family, gulnoz, zarina):
    today = timezone.localdate()
    set_up(
        family, zarina, absence_status=AbsenceStatus.MISSING, remittance_signal=Signal.NONE_3_MONTHS,
        origin=Origin.IMPORT, registered_on=today - timedelta(days=9),
    )  # fmt: skip
    asked = {
        "district": KULOB, "jamoat": "TJ-KT-02-02", "worker": str(zarina.pk), "absence": "missing",
        "signal": "none_3_months", "origin": "import", "since": today - timedelta(days=10),
        "until": today - timedelta(days=8),
    }  # fmt: skip
    assert listed(gulnoz) == {family.pk, dusti_family.pk}
    for name in set(asked) - {"since"}:  # the other one was registered since then too
        assert listed(gulnoz, **{name: asked[name]}) == {family.pk}, name
    assert listed(gulnoz, **asked) == {family.pk}
    assert listed(gulnoz, **{**asked, "origin": "field"}) == set()


def test_closed_files_are_seen_only_by_choosing_them(family, zarina):
    for state in ("moved", "left", "withdrawn"):
        set_up(family, zarina, state=state, state_on=timezone.localdate())
        assert listed(zarina) == set()
        assert listed(zarina, state=state) == {family.pk}


def test_the_name_of_who_withdrew_consent_does_not_stand_in_the_list(family, zarina, sign_in):
    set_up(family, zarina, state="withdrawn", state_on=timezone.localdate())
    page = sign_in(zarina).get("/families/?state=withdrawn").content.decode()
    assert family.code in page
    assert "Каримова" not in page


def test_a_restricted_absence_is_no_filter_and_no_badge(family, zarina, sign_in):
    set_up(family, zarina, absence_status=AbsenceStatus.CONSCRIPTED)
    assert filters_of({"absence": "conscripted"}) == Filters()
    page = sign_in(zarina).get("/families/?absence=conscripted").content.decode()
    assert family.code in page
    assert "armed group" not in page


def test_badges_tell_the_migrants_tie_and_the_money(family, zarina, sign_in):
    set_up(family, zarina, absence_status=AbsenceStatus.SILENT_GT12M, remittance_signal=Signal.FELL_40_PERCENT)
    page = sign_in(zarina).get("/families/").content.decode()
    assert "no contact for more than 12 months</span>" in " ".join(page.split()).replace(" </span>", "</span>")
    assert "fell by 40 % or more" in page


def test_the_page_says_when_the_alphabet_cannot_be_had(family, zarina, sign_in):
    client = sign_in(zarina)
    assert client.get("/families/?origin=screen").context["alphabet_lost"]
    assert not client.get("/families/?jamoat=TJ-KT-02-02").context["alphabet_lost"]
    assert not client.get("/families/?origin=screen&order=new").context["alphabet_lost"]


def test_chips_lead_to_the_list_without_one_filter(family, zarina, sign_in):
    answer = sign_in(zarina).get("/families/?jamoat=TJ-KT-02-02&origin=screen")
    assert {chip.label: chip.without for chip in answer.context["chips"]} == {
        "Jamoat": "?origin=screen",
        "How it came in": "?jamoat=TJ-KT-02-02",
    }


def test_filters_that_find_nothing_offer_to_be_cleared(family, zarina, sign_in):
    page = sign_in(zarina).get("/families/?origin=field").content.decode()
    assert "Clear the filters" in page
    assert "No family fits" in page


@pytest.mark.parametrize("query", [
    "since=no&absence=x&jamoat=y&worker=z&state=q&order=w",
    "since=2026-02-02&until=2026-01-01",
    "district=TJ-KT-20&jamoat=TJ-KT-02-02",
    "after=~",
])  # fmt: skip
def test_filters_that_cannot_be_read_ask_nothing(query, family, gulnoz, sign_in):
    assert sign_in(gulnoz).get(f"/families/?{query}").status_code == 200


def test_the_monitoring_officer_filters_without_names(family, manija, zarina, sign_in):
    set_up(family, zarina, absence_status=AbsenceStatus.MISSING)
    page = sign_in(manija).get("/families/?absence=missing").content.decode()
    assert family.code in page
    assert "Каримова" not in page


def test_who_may_be_chosen_as_responsible_worker_is_near(zarina, gulnoz, farrukh):
    with acting_as(zarina):
        near = {user.pk for user in lists.workers(zarina)}
    assert {zarina.pk, gulnoz.pk} <= near
    assert farrukh.pk not in near


COMBINATIONS = [
    {"order": "new"},
    {"jamoat": "TJ-KT-02-02", "order": "new"},
    {"mine": True, "order": "new"},
    {"absence": "missing"},
    {"signal": "none_3_months"},
    {"origin": "import"},
    {"since": date(2026, 1, 1), "until": date(2026, 1, 2)},
    {"state": "moved"},
    {"absence": "missing", "signal": "none_3_months", "origin": "import", "since": date(2026, 1, 1)},
    {"jamoat": "TJ-KT-02-02"},
    {},
]


@pytest.mark.parametrize("asked", COMBINATIONS, ids=lambda asked: "-".join(asked) or "all")
def test_every_combination_is_answered_through_an_index_under_row_security(asked, family, zarina):
    """With reading in order made dear, PostgreSQL shows whether it can use an index for the question at all."""
    filters = Filters(**asked)
    with acting_as(zarina):
        found = lists.fitting(zarina, filters)
        if filters.by_name:
            found = found.filter(head__is_head=True).order_by("head__sort_key", "head_id")
        else:
            found = found.order_by("-number")
        with connection.cursor() as cursor:
            cursor.execute("set local enable_seqscan = off")
            plan = found[:26].explain()
            cursor.execute("set local enable_seqscan = on")
    assert "Seq Scan on registry_family " not in plan, plan
    assert "Seq Scan on registry_person" not in plan, plan


# --- kept views -----------------------------------------------------------------------------------------------------


def test_a_view_is_kept_listed_renamed_chosen_and_deleted(family, zarina, sign_in):
    client = sign_in(zarina)
    answer = client.post("/families/views/save/?jamoat=TJ-KT-02-02&after=9", {"name": "  Зираки  "})
    assert answer.url == "/families/?jamoat=TJ-KT-02-02"
    with acting_as(zarina):
        [view] = saved_views(zarina)
    assert (view.name, view.filters) == ("Зираки", {"jamoat": "TJ-KT-02-02"})
    assert client.get(answer.url).context["present_view"] == view

    client.post(f"/families/views/{view.pk}/rename/", {"name": "Навобод"})
    client.post(f"/families/views/{view.pk}/first/", {"first": "1"})
    assert client.get("/families/").url == "/families/?jamoat=TJ-KT-02-02"
    assert client.get("/families/?all=1").status_code == 200
    client.post(f"/families/views/{view.pk}/first/", {"first": "0"})
    assert client.get("/families/").status_code == 200

    client.post(f"/families/views/{view.pk}/delete/")
    with acting_as(zarina):
        assert saved_views(zarina) == []


def test_a_second_view_of_the_same_name_is_refused(zarina):
    with acting_as(zarina):
        actions.save_view(name="Missing", filters={"absence": "missing"}, by=zarina)
        other = actions.save_view(name="Mine", filters={"mine": "1"}, by=zarina)
        with pytest.raises(Refused) as refused:
            actions.save_view(name="missing", filters={}, by=zarina)
        assert refused.value.code == "taken"
        with pytest.raises(Refused):
            actions.rename_view(view=other, name="MISSING", by=zarina)


def test_nobody_keeps_more_than_twenty_views(zarina):
    with acting_as(zarina):
        for n in range(MOST_VIEWS):
            actions.save_view(name=f"View {n}", filters={"mine": "1"}, by=zarina)
        with pytest.raises(Refused) as refused:
            actions.save_view(name="One more", filters={"mine": "1"}, by=zarina)
        assert refused.value.code == "too_many"


def test_one_view_opens_first_at_most(zarina):
    with acting_as(zarina):
        views = [actions.save_view(name=name, filters={"mine": "1"}, by=zarina) for name in ("one", "two")]
        for view in views:
            actions.choose_first_view(view=view, first=True, by=zarina)
        assert [view.name for view in saved_views(zarina) if view.is_default] == ["two"]


def test_views_of_others_are_neither_seen_nor_changed(gulnoz, zarina, sign_in):
    with acting_as(zarina):
        view = actions.save_view(name="Mine", filters={"mine": "1"}, by=zarina)
    with acting_as(gulnoz):
        assert saved_views(gulnoz) == []
        assert not SavedView.objects.filter(pk=view.pk).exists()
        with pytest.raises(OutsideScopeError):
            actions.delete_view(view=view, by=gulnoz)
    assert sign_in(gulnoz).post(f"/families/views/{view.pk}/delete/").status_code == 404


def test_the_name_of_a_view_stands_in_no_audit(zarina):
    with acting_as(zarina):
        actions.save_view(name="The Karimovs", filters={"mine": "1"}, by=zarina)
        event = AuditEvent.objects.filter(event="profile.edit").latest("at")
    assert "Karimov" not in f"{event.subject_label} {event.detail} {event.reason}"


def test_every_filter_in_force_is_told_in_words(family, gulnoz, sign_in):
    query = (
        f"district={KULOB}&jamoat=TJ-KT-02-02&worker={gulnoz.pk}&mine=on&absence=missing&signal=none_3_months"
        "&origin=screen&state=moved&since=2026-01-02&until=2026-03-04&order=new"
    )
    chips = sign_in(gulnoz).get(f"/families/?{query}").context["chips"]
    assert len(chips) == 10
    assert all(chip.value for chip in chips)
    assert "2 January 2026" in {chip.value for chip in chips}
