"""The pages of reach: who sees what, the short form on a phone, corrections, lists and materials."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.outreach.actions.entries import correct_entry, reverse_entry
from paivand.outreach.models import Attendee, Campaign, Material, ReachEntry, ReachFile
from paivand.outreach.rules.estimates import Way
from tests.cases.files import photograph
from tests.cast import KULOB, fresh
from tests.outreach.reaching import DAHANA, day, planned, recorded, session_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = str(tmp_path)
    return tmp_path


def words(response):
    text = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def page(client, name, **parts):
    return client.get(reverse(f"outreach:{name}", kwargs=parts))


def sent(client, name, data, query="", **parts):
    return client.post(reverse(f"outreach:{name}", kwargs=parts) + query, data)


def typed(**changes):
    """A phone's form of an information session."""
    values = {
        "topic": "rights", "event_on": day().isoformat(), "place": DAHANA, "n_women": "18", "n_men": "۴",
        "reference": "sheet 7", "do": "confirm", "form_id": str(new_id()),
    }  # fmt: skip
    return {**values, **changes}


def last(by):
    with acting_as(by):
        return ReachEntry.objects.latest("id")


def test_the_short_form_writes_an_entry_down_and_lets_it_count(zarina, sign_in):
    client = sign_in(zarina)
    assert "Information session" in words(page(client, "entry-choose"))
    form = page(client, "entry-add", channel_code="information_session")
    assert form.status_code == 200
    assert "listened" not in words(form)
    data = typed()
    response = sent(client, "entry-add", data, channel_code="information_session")
    row = last(zarina)
    assert response.url == reverse("outreach:entry-open", kwargs={"reach_id": row.pk})
    assert (row.n_contacts, row.n_women, row.n_men, row.state, row.jamoat_id) == (22, 18, 4, "confirmed", DAHANA)
    shown = words(client.get(response.url))
    assert "22 contacts" in shown
    assert "one person may be counted more than once" in shown
    # Sent twice, it counts once.
    assert sent(client, "entry-add", data, channel_code="information_session").status_code == 302
    with acting_as(zarina):
        assert ReachEntry.objects.count() == 1


def test_the_form_of_a_broadcast_asks_for_its_audience_and_computes_it(zarina, sign_in):
    client = sign_in(zarina)
    form = words(page(client, "entry-add", channel_code="radio"))
    assert "population × share that can receive it" in form
    assert "House, school" not in form
    data = typed(
        place=KULOB, n_women="", n_men="", n_times="2", title="Панде", told_population="204 895", told_coverage="60",
        told_listening="7,5", told_source="survey 2021",
    )  # fmt: skip
    assert sent(client, "entry-add", data, channel_code="radio").status_code == 302
    row = last(zarina)
    assert (row.n_contacts, row.is_estimate, row.district_id, row.jamoat_id) == (9220, True, KULOB, None)
    shown = words(page(client, "entry-open", reach_id=row.pk))
    assert "204,895" in shown
    assert "estimated" in shown
    assert "survey 2021" in shown


def test_another_way_of_counting_brings_other_fields(zarina, sign_in):
    client = sign_in(zarina)
    form = client.get(reverse("outreach:entry-add", args=["door_to_door"]))
    assert 'name="told_doors"' in form.content.decode()
    form = client.get(reverse("outreach:entry-add", args=["door_to_door"]) + "?way=headcount")
    assert 'name="told_doors"' not in form.content.decode()
    assert 'name="n_contacts"' in form.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"n_women": "-3"}, "cannot be below nought"),
        ({"n_women": "many"}, "Write a whole number"),
        ({"n_contacts": "5"}, "The parts together are more than all contacts"),
        ({"event_on": "2099-01-01"}, "lies in the future"),
        ({"reference": ""}, "Something has to show these contacts"),
        ({"topic": ""}, "This field is required"),
        ({"cost_amount": "50"}, "in which currency"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(zarina, sign_in, changes, sentence):
    response = sent(sign_in(zarina), "entry-add", typed(**changes), channel_code="information_session")
    assert response.status_code == 422
    assert sentence in words(response)


def test_the_unlikely_is_asked_about_and_then_taken(zarina, sign_in):
    client = sign_in(zarina)
    data = typed(n_contacts="400")
    response = sent(client, "entry-add", data, channel_code="information_session")
    assert response.status_code == 422
    assert 'name="sure"' in response.content.decode()
    assert "If it is really so" in words(response)
    response = sent(client, "entry-add", {**data, "sure": "on"}, channel_code="information_session")
    assert response.status_code == 302
    assert last(zarina).doubts == ["crowd"]


def test_a_draft_waits_at_the_top_is_changed_and_confirmed(zarina, sign_in):
    client = sign_in(zarina)
    sent(client, "entry-add", typed(do="draft", reference=""), channel_code="information_session")
    row = last(zarina)
    assert "Your drafts" in words(page(client, "reach-list"))
    assert "0 contacts" in words(page(client, "reach-list"))
    assert page(client, "entry-edit", reach_id=row.pk).status_code == 200
    stale = sent(client, "entry-edit", typed(version="9", do="draft"), reach_id=row.pk)
    assert "Somebody else saved changes" in words(stale)
    assert "Something has to show" in words(sent(client, "entry-confirm", {"version": row.version}, reach_id=row.pk))
    changed = typed(version=str(row.version), n_women="20", do="draft")
    assert sent(client, "entry-edit", changed, reach_id=row.pk).status_code == 302
    row = last(zarina)
    assert sent(client, "entry-confirm", {"version": row.version}, reach_id=row.pk).status_code == 302
    assert last(zarina).state == "confirmed"
    assert page(client, "entry-edit", reach_id=row.pk).status_code == 302
    assert "24 contacts" in words(page(client, "reach-list"))


def test_a_draft_is_thrown_away_by_its_button(zarina, sign_in):
    client = sign_in(zarina)
    row = recorded(zarina, confirm=False)
    assert sent(client, "entry-discard", {}, reach_id=row.pk).status_code == 302
    with acting_as(zarina):
        assert not ReachEntry.objects.exists()


def test_a_confirmed_entry_is_taken_back_with_a_reason(zarina, sign_in):
    client, row = sign_in(zarina), recorded(zarina)
    assert "Why it is taken back" in words(page(client, "entry-reverse", reach_id=row.pk))
    assert sent(client, "entry-reverse", {"reason": ""}, reach_id=row.pk).status_code == 422
    data = {"reason": "counted twice", "form_id": str(new_id())}
    assert sent(client, "entry-reverse", data, reach_id=row.pk).status_code == 302
    shown = words(page(client, "entry-open", reach_id=row.pk))
    assert "Taken back by Зарина Шарифова" in shown
    assert "counted twice" in shown
    listed = words(page(client, "reach-list"))
    assert "0 contacts" in listed
    assert "-30" in listed.replace("\u2212", "-")


def test_a_correction_leads_from_the_first_to_the_second(zarina, sign_in):
    client, row = sign_in(zarina), recorded(zarina)
    form = page(client, "entry-correct", reach_id=row.pk)
    assert 'value="24"' in form.content.decode()
    data = typed(reason="two signed twice", n_women="22", n_men="6")
    response = sent(client, "entry-correct", data, reach_id=row.pk)
    assert response.status_code == 302
    assert "28 contacts" in words(client.get(response.url))
    assert "The entry that counts instead" in words(page(client, "entry-open", reach_id=row.pk))


def test_filters_narrow_the_list_and_its_sum(zarina, farrukh, sign_in):
    recorded(zarina)
    recorded(zarina, session_of(channel="community_meeting", way=Way.HEADCOUNT, parts={"n_men": 50}, n_repeat=None))
    client = sign_in(farrukh)
    address = reverse("outreach:reach-list")
    assert "80 contacts" in words(client.get(address))
    assert "50 contacts" in words(client.get(address + "?channel=community_meeting"))
    assert "Nothing fits these filters" in words(client.get(address + "?district=TJ-KT-20"))
    assert "80 contacts" in words(client.get(f"{address}?month={day():%Y-%m}"))
    assert "80 contacts" in words(client.get(f"{address}?month=never&channel=pigeon"))


def test_long_lists_go_on_from_a_key(zarina, sign_in):
    for n in range(27):
        recorded(zarina, session_of(title=f"entry {n}"))
    client = sign_in(zarina)
    first = page(client, "reach-list")
    after = re.search(r'rel="next"\s+href="([^"]+)"', first.content.decode()).group(1)
    second = client.get(reverse("outreach:reach-list") + after.replace("&amp;", "&"))
    titles = [set(re.findall(r"entry \d+", words(one))) for one in (first, second)]
    assert [len(found) for found in titles] == [25, 2]
    assert not titles[0] & titles[1]
    assert client.get(reverse("outreach:reach-list") + "?after=nonsense").status_code == 200


def test_who_only_counts_sees_figures_and_no_ways_to_write(nasiba, zarina, sign_in):
    row, campaign = recorded(zarina), planned(zarina)
    client = sign_in(nasiba)
    for name, parts in (
        ("reach-list", {}), ("campaign-list", {}), ("entry-open", {"reach_id": row.pk}),
        ("campaign-open", {"campaign_code": campaign.code}),
    ):  # fmt: skip
        response = page(client, name, **parts)
        assert response.status_code == 200
        assert "/outreach/add/" not in response.content.decode()
    assert page(client, "entry-choose").status_code == 403
    assert page(client, "entry-reverse", reach_id=row.pk).status_code == 403


def test_a_campaign_shows_its_months_its_channels_and_its_cost(zarina, sign_in):
    client = sign_in(zarina)
    data = {
        "code": "safe 2022", "title": "Муҳоҷирати бехатар", "district": KULOB, "topics": ["safe_migration"],
        "starts_on": day(90).isoformat(), "n_aimed": "1 000", "budget_amount": "5000", "currency": "USD",
        "form_id": str(new_id()),
    }  # fmt: skip
    assert sent(client, "campaign-plan", data).status_code == 302
    assert "Another campaign has this code" in words(sent(client, "campaign-plan", {**data, "form_id": str(new_id())}))
    with acting_as(zarina):
        campaign = Campaign.objects.get(code="SAFE-2022")
    assert "Nothing has been written down" in words(page(client, "campaign-open", campaign_code=campaign.code))
    recorded(zarina, session_of(campaign=campaign.pk, cost_amount=Decimal(300), currency="TJS"))
    recorded(zarina, session_of(campaign=campaign.pk, event_on=day(70), channel="community_meeting"))
    gone = recorded(zarina, session_of(campaign=campaign.pk, event_on=day(70)))
    with acting_as(zarina):
        reverse_entry(entry=gone, reversal_id=new_id(), reason="did not happen", by=fresh(zarina))
    response = page(client, "campaign-open", campaign_code=campaign.code)
    shown = words(response)
    assert "60 contacts" in shown
    assert "300 TJS" in shown
    assert response.content.decode().count('<rect class="tone-') == 2
    assert "Mosque and community meeting" in shown
    listed = words(page(client, "campaign-list"))
    assert "60 of 1,000 aimed at" in listed


def test_a_campaign_is_changed_and_keeps_its_code(zarina, farrukh, sign_in):
    client, campaign = sign_in(zarina), planned(zarina)
    form = page(client, "campaign-edit", campaign_code=campaign.code)
    assert 'name="code"' not in form.content.decode()
    data = {
        "title": "Нав", "topics": ["rights"], "starts_on": day(9).isoformat(), "ends_on": day(20).isoformat(),
        "version": "1",
    }  # fmt: skip
    response = sent(client, "campaign-edit", data, campaign_code=campaign.code)
    assert "The last day lies before the first" in words(response)
    assert sent(client, "campaign-edit", {**data, "ends_on": ""}, campaign_code=campaign.code).status_code == 302
    assert "Somebody else saved changes" in words(sent(client, "campaign-edit", data, campaign_code=campaign.code))
    assert page(sign_in(farrukh), "campaign-edit", campaign_code=campaign.code).status_code == 403


def test_copies_are_counted_from_printing_to_giving_out(zarina, sign_in):
    client, campaign = sign_in(zarina), planned(zarina)
    data = {"kind": "leaflet", "title": "Ҳуқуқи шумо", "language": "tg", "n_printed": "500", "on": day().isoformat(),
            "form_id": str(new_id())}  # fmt: skip
    assert sent(client, "material-add", data, campaign_code=campaign.code).status_code == 302
    with acting_as(zarina):
        material = Material.objects.get()
    given = typed(material=str(material.pk), n_copies="120")
    assert sent(client, "entry-add", given, channel_code="information_session").status_code == 302
    assert "Ҳуқуқи шумо : 120" in words(page(client, "entry-open", reach_id=last(zarina).pk))
    move = {"kind": "lost", "n_copies": "30", "on": day().isoformat(), "form_id": str(new_id())}
    assert sent(client, "material-move", move, material_id=material.pk).status_code == 302
    assert sent(client, "material-move", move, material_id=material.pk).status_code == 302
    assert "There are not so many copies" in words(
        sent(client, "material-move", {**move, "n_copies": "351", "form_id": str(new_id())}, material_id=material.pk)
    )
    with acting_as(zarina):
        material.refresh_from_db()
        assert (material.n_printed, material.n_given, material.n_lost, material.n_left) == (500, 120, 30, 350)
    assert "350" in words(page(client, "material-open", material_id=material.pk))


def test_a_photograph_comes_with_the_entry_and_is_for_who_may_see_faces(zarina, manija, sign_in):
    client = sign_in(zarina)
    photo = SimpleUploadedFile("hall.jpg", photograph(), content_type="image/jpeg")
    data = typed(reference="", file=photo, has_names="on")
    assert sent(client, "entry-add", data, channel_code="information_session").status_code == 302
    row = last(zarina)
    with acting_as(zarina):
        kept = ReachFile.objects.get()
    address = reverse("outreach:file-open", args=[row.pk, kept.pk])
    assert client.get(address)["Content-Type"] == "image/jpeg"
    other = sign_in(manija)
    assert other.get(address).status_code == 404
    assert "1 file is kept. Your role does not look at names and faces." in words(
        page(other, "entry-open", reach_id=row.pk)
    )


def test_who_may_not_see_names_sends_files_without_them(manija, sign_in):
    client = sign_in(manija)
    row = recorded(manija)
    form = page(client, "file-add", reach_id=row.pk)
    assert 'name="has_names"' not in form.content.decode()
    data = {"file": SimpleUploadedFile("air.jpg", photograph()), "caption": "studio", "form_id": str(new_id())}
    assert sent(client, "file-add", data, reach_id=row.pk).status_code == 302
    with acting_as(manija):
        kept = ReachFile.objects.get()
    assert not kept.has_names
    assert sent(client, "file-remove", {}, reach_id=row.pk, reach_file_id=kept.pk).status_code == 302
    assert page(client, "file-open", reach_id=row.pk, reach_file_id=kept.pk).status_code == 404
    assert "The file is empty" in words(
        sent(client, "file-add", {"file": SimpleUploadedFile("x.jpg", b"")}, reach_id=row.pk)
    )


def rows_of(*people, **changes):
    """The list as a browser sends it."""
    data = {
        "rows-TOTAL_FORMS": str(len(people)), "rows-INITIAL_FORMS": "0", "agreed_on": day().isoformat(),
        "agreed": "on", "n_others": "0", "do": "save", "form_id": str(new_id()),
    }  # fmt: skip
    for n, person in enumerate(people):
        data |= {f"rows-{n}-{name}": value for name, value in person.items()}
    return {**data, **changes}


def test_the_list_of_a_small_session_tells_its_contacts(zarina, manija, sign_in):
    client = sign_in(zarina)
    sent(client, "entry-add", typed(do="draft", n_women="", n_men="", reference=""), channel_code="information_session")
    row = last(zarina)
    assert row.n_contacts == 0
    people = (
        {"name": "Саврӣ", "sex": "female", "age": "adult", "before": "on"},
        {"name": "Лола", "sex": "female", "age": "child", "telephone": "918 12 34 56"},
        {"name": "", "sex": "", "age": "adult"},
    )
    unasked = rows_of(*people)
    del unasked["agreed"]
    assert sent(client, "list-write", unasked, reach_id=row.pk).status_code == 422
    assert sent(client, "list-write", rows_of(*people, n_others="3"), reach_id=row.pk).status_code == 302
    row = last(zarina)
    assert (row.n_contacts, row.n_women, row.n_girls, row.n_unknown, row.n_listed) == (5, 1, 1, 3, 2)
    assert "Лола" in words(page(client, "entry-open", reach_id=row.pk))
    assert sent(client, "entry-confirm", {"version": row.version}, reach_id=row.pk).status_code == 302
    other = sign_in(manija)
    shown = words(page(other, "entry-open", reach_id=row.pk))
    assert "Лола" not in shown
    assert "2 people are on the list" in shown
    assert page(other, "list-write", reach_id=row.pk).status_code == 403
    assert page(client, "list-write", reach_id=row.pk).status_code == 302


def test_a_pasted_list_fills_the_rows(zarina, sign_in):
    row = recorded(zarina, confirm=False)
    data = rows_of({}, do="paste", pasted="Раҳимова Саврӣ; ж; 34; Зиракӣ\nАлиев Ҷамшед; м; 12")
    response = sent(sign_in(zarina), "list-write", data, reach_id=row.pk)
    assert 'value="Алиев Ҷамшед"' in response.content.decode()
    assert 'value="Зиракӣ"' in response.content.decode()
    more = sent(sign_in(zarina), "list-write", rows_of({"name": "Лола"}, do="more"), reach_id=row.pk)
    assert 'value="Лола"' in more.content.decode()


def test_a_line_is_recognised_taken_off_and_erased(zarina, family, sign_in):
    client = sign_in(zarina)
    row = recorded(zarina, confirm=False)
    people = ({"name": "Каримова", "sex": "female", "age": "adult"}, {"name": "Лола", "sex": "female", "age": "child"})
    sent(client, "list-write", rows_of(*people), reach_id=row.pk)
    with acting_as(zarina):
        first, second = Attendee.objects.order_by("n")
    found = page(client, "line-recognise", reach_id=row.pk, line_id=first.pk)
    assert family.code in words(found)
    who = {"who": f"person:{family.head_id}"}
    assert sent(client, "line-recognise", who, reach_id=row.pk, line_id=first.pk).status_code == 302
    assert sent(client, "line-recognise", {"who": "person:x"}, reach_id=row.pk, line_id=first.pk).status_code == 422
    assert sent(client, "line-remove", {}, reach_id=row.pk, line_id=second.pk).status_code == 302
    with acting_as(zarina):
        first.refresh_from_db()
        assert first.person_id == family.head_id
        assert Attendee.objects.count() == 1
    assert page(client, "line-erase", reach_id=row.pk, line_id=first.pk).status_code == 200
    assert sent(client, "line-erase", {}, reach_id=row.pk, line_id=first.pk).status_code == 302
    assert "name erased" in words(page(client, "entry-open", reach_id=row.pk))


def test_a_correction_made_elsewhere_is_told_on_the_page(zarina, sign_in):
    row = recorded(zarina)
    with acting_as(zarina):
        made = correct_entry(
            entry=row, entry_id=new_id(), draft=session_of(parts={"n_women": 3}, n_repeat=None), reason="x",
            by=fresh(zarina),
        )  # fmt: skip
    assert "Written instead of another entry" in words(page(sign_in(zarina), "entry-open", reach_id=made.pk))


@pytest.mark.parametrize("language", ["tg", "ru", "fa"])
def test_the_form_speaks_every_language(zarina, sign_in, language):
    client = sign_in(zarina)
    client.cookies["paivand_language"] = language
    assert (
        client.get(reverse("outreach:entry-add", args=["radio"]), headers={"accept-language": language}).status_code
        == 200
    )
