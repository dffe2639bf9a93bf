"""The pages of the room."""

from __future__ import annotations

import pytest
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.protection.models import Incident, PlannedAction, Survivor
from paivand.protection.queries.referrals import desk
from paivand.referrals.models import Referral
from tests.cast import KULOB
from tests.protection.stage import TODAY, agreed, answered, sent, service

pytestmark = pytest.mark.django_db


def path(name, survivor=None, **more):
    return reverse(f"protection:{name}", kwargs={"survivor_id": survivor.pk, **more} if survivor else more)


@pytest.mark.parametrize("name", [
    "room-open", "survivor-add", "figure-list", "incident-export", "feedback-give", "feedback-list",
])  # fmt: skip
def test_every_page_opens(name, room):
    assert room.get(path(name)).status_code == 200


@pytest.mark.parametrize("name", [
    "survivor-open", "survivor-edit", "survivor-link", "survivor-close", "survivor-reopen", "consent-give",
    "incident-add", "needs-assess", "plan-write", "action-plan", "follow-up-add",
])  # fmt: skip
def test_every_page_of_a_file_opens(name, room, survivor, incident):
    assert room.get(path(name, survivor)).status_code == 200


# --- through the forms, as the specialist fills them in ---------------------------------------------------------------

TALK = {
    "told_on": str(TODAY), "given_on": str(TODAY), "method": "spoken", "wanted": ["health"], "sex": "female",
    "age_group": "26-40", "given_name": "Ҷамила", "family_name": "Раҳимова", "phone": "918123456", "reporting": "on",
    "district": KULOB,
}  # fmt: skip
INCIDENT = {
    "reported_on": str(TODAY), "tree_penetration": "no", "tree_sexual_contact": "no", "tree_physical": "yes",
    "reported_elsewhere": "no", "account": "дар хона", "abduction": "declined", "sector_health": "referred",
    "told_by_survivor": "yes", "place": KULOB,
}  # fmt: skip


def id_of(html):
    return html.split('name="form_id" value="')[1].split('"')[0]


def talk(room, **changes):
    key = id_of(room.get(path("survivor-add")).content.decode())
    return room.post(path("survivor-add"), {**TALK, "form_id": key, **changes})


def only_file(gulnoz):
    with acting_as(gulnoz):
        return Survivor.objects.get()


def test_a_first_talk_leads_on_to_what_happened(health, room, gulnoz):
    answer = talk(room)
    survivor = only_file(gulnoz)
    assert answer["Location"] == path("incident-add", survivor)
    assert survivor.name_told.given == "Ҷамила"
    told = room.post(path("incident-add", survivor), {**INCIDENT, "form_id": str(new_id())})
    assert told["Location"] == path("survivor-open", survivor)
    with acting_as(gulnoz):
        incident = Incident.objects.get()
    assert (incident.violence, incident.declined, incident.services) == (
        "physical_assault", ["abduction"], {"health": "referred"},
    )  # fmt: skip
    html = room.get(path("survivor-open", survivor)).content.decode()
    assert "Physical assault" in html
    edit = room.get(path("incident-edit", survivor, incident_id=incident.pk)).content.decode()
    ticked = [part.split(">")[0] for part in edit.split("<input")[1:] if "tree_physical" in part.split(">")[0]]
    assert ["checked" in one for one in ticked] == [True, False]


def test_a_second_file_under_the_same_name_is_asked_about_first(health, room, gulnoz):
    talk(room)
    again = talk(room, given_name="Jamila", family_name="Rahimova")
    html = again.content.decode()
    assert again.status_code == 422
    assert only_file(gulnoz).code in html
    assert talk(room, given_name="Jamila", family_name="Rahimova", known="on").status_code == 302


def test_what_is_not_to_be_had_is_shown_and_asked_about(health, room, gulnoz):
    asked = talk(room, wanted=["health", "legal"])
    assert asked.status_code == 422
    assert "Legal aid" in asked.content.decode()
    assert talk(room, wanted=["health", "legal"], although_unavailable="on").status_code == 302
    assert talk(room, wanted=["legal"], given_name="", family_name="").status_code == 422


def test_a_double_tap_on_the_first_talk_leads_to_the_file(health, room, gulnoz):
    key = str(new_id())
    for _each in range(2):
        answer = room.post(path("survivor-add"), {**TALK, "form_id": key, "known": "on"})
    assert answer["Location"] == path("survivor-open", only_file(gulnoz))


@pytest.mark.parametrize("changes", [
    {"tree_physical": ""}, {"tree_physical": "no"},
    {"tree_physical": "no", "tree_marriage": "no", "tree_denial": "no", "tree_psychological": "no",
     "tree_gender_based": "yes"},
    {"reported_elsewhere": ""}, {"harmful_practice": "genital_cutting"},
])  # fmt: skip
def test_an_incident_that_is_not_decided_comes_back(changes, room, survivor):
    answer = room.post(path("incident-add", survivor), {**INCIDENT, "form_id": str(new_id()), **changes})
    assert answer.status_code == 422


def test_a_referral_walks_from_the_consent_to_the_answer(nasiba, room, gulnoz, survivor):
    spoken = service(nasiba, provider="Дармонгоҳи 2")
    none = room.get(path("referral-send", survivor)).content.decode()
    assert "No consent reaches an open service" in none
    given = {"kind": "referral", "service": str(spoken.pk), "given_on": str(TODAY), "method": "spoken",
             "form_id": str(new_id()), "may_tell": "рамз"}  # fmt: skip
    assert room.post(path("consent-give", survivor), given).status_code == 302
    values = {"service": str(spoken.pk), "priority": "urgent", "needs": "муоина", "lens": "survivor_code",
              "chosen": ["sex"], "form_id": str(new_id())}  # fmt: skip
    assert room.post(path("referral-send", survivor), values).status_code == 302
    with acting_as(gulnoz):
        referral = Referral.objects.get()
    page = path("referral-open", survivor, sealed_referral_id=referral.pk)
    link = {"what": "link", "version": referral.version, "language": "tg", "call_whom": "Гулноз, 918 00 00 00"}
    html = room.post(page, link).content.decode()
    assert "/r/" in html
    assert "PIN" in html
    assert "/r/" not in room.get(page).content.decode()  # shown this once
    with acting_as(gulnoz):
        referral.refresh_from_db()
    assert room.post(page, {"what": "revoke", "version": referral.version}).status_code == 302
    for act, more in (("accept", {}), ("complete", {"outcome": "completed", "happened_on": str(TODAY)})):
        with acting_as(gulnoz):
            referral.refresh_from_db()
        told = {"what": "answer", "act": act, "version": referral.version, **more}
        assert room.post(page, told).status_code == 302
    assert "Helped" in room.get(page).content.decode()


def test_a_referral_is_taken_back_and_a_file_closed_and_opened_again(nasiba, room, gulnoz, survivor):
    spoken = service(nasiba, provider="Дармонгоҳи 2")
    referral = sent(survivor, agreed(survivor, gulnoz, organisation="Дармонгоҳи 2"), spoken, gulnoz)
    closing = {"closing": "needs_met", "on": str(TODAY), "version": survivor.version,
               "checks": ["safety_reviewed", "may_return", "supervisor_reviewed"]}  # fmt: skip
    assert room.post(path("survivor-close", survivor), closing).status_code == 422  # under way
    page = path("referral-open", survivor, sealed_referral_id=referral.pk)
    assert room.post(page, {"what": "back", "reason": "not_needed", "version": referral.version}).status_code == 302
    assert room.post(path("survivor-close", survivor), closing).status_code == 302
    html = room.get(path("survivor-open", survivor)).content.decode()
    assert "Open the file again" in html
    again = {"why": "боз омад", "version": only_file(gulnoz).version}
    assert room.post(path("survivor-reopen", survivor), again).status_code == 302
    assert only_file(gulnoz).state == "reopened"


def test_a_consent_is_withdrawn_after_saying_what_follows(room, gulnoz, survivor, clinic_referral):
    consent, _referral = clinic_referral
    page = path("consent-withdraw", survivor, sealed_consent_id=consent.pk)
    assert "1 referral under way is taken back" in room.get(page).content.decode()
    assert room.post(page, {"on": str(TODAY), "version": consent.version}).status_code == 302
    with acting_as(gulnoz):
        assert Referral.objects.get().state == "withdrawn"


@pytest.fixture
def clinic_referral(nasiba, anvar, gulnoz, survivor):
    """A referral to a service with an account, and the consent it rests on."""
    clinic = service(nasiba, provider="Дармонгоҳи 3", focal_user=anvar)
    consent = agreed(survivor, gulnoz, organisation="Дармонгоҳи 3")
    return consent, sent(survivor, consent, clinic, gulnoz)


def test_news_is_marked_as_seen(room, gulnoz, anvar, survivor, clinic_referral):
    _consent, referral = clinic_referral
    answered(referral, anvar)
    html = room.get(path("room-open")).content.decode()
    assert "From the services" in html
    with acting_as(gulnoz):
        news = [row.pk for row in desk(gulnoz).news]
    for key in news:
        assert room.post(path("notice-see", sealed_notice_id=key)).status_code == 302
    assert "From the services" not in room.get(path("room-open")).content.decode()


def test_needs_plan_actions_and_contacts_are_written_on_pages(room, gulnoz, survivor):
    sendings = {
        "needs-assess": {"assessed_on": str(TODAY), "level_safety": "urgent", "note_safety": "имшаб"},
        "plan-write": {"reviewed_on": str(TODAY), "people": "хоҳар", "version": 0},
        "action-plan": {"sector": "health", "need": "дард", "action": "ба духтур"},
        "follow-up-add": {"happened_on": str(TODAY), "contact": "office",
                          **{f"goal_{g}": "met" for g in ("safety", "health", "psychosocial", "justice", "other")}},
    }  # fmt: skip
    for name, values in sendings.items():
        assert room.post(path(name, survivor), {"form_id": str(new_id()), **values}).status_code == 302, name
    with acting_as(gulnoz):
        planned = PlannedAction.objects.get()
    end = {"state": "done", "done_on": str(TODAY), "version": planned.version}
    assert room.post(path("action-end", survivor, planned_id=planned.pk), end).status_code == 302
    edit = room.get(path("survivor-edit", survivor)).content.decode()
    assert "Сафарова" in edit
    values = {"sex": "female", "age_group": "26-40", "wanted": ["health"], "declined_name": "on",
              "version": only_file(gulnoz).version}  # fmt: skip
    assert room.post(path("survivor-edit", survivor), values).status_code == 302
    assert only_file(gulnoz).declined == ["name"]
    html = room.get(path("survivor-open", survivor)).content.decode()
    for words in ("имшаб", "хоҳар", "ба духтур", "prefers not to tell the name"):
        assert words in html


def test_a_file_is_linked_by_choosing_from_the_family(room, gulnoz, survivor, family):
    page = path("survivor-link", survivor)
    shown = room.post(page, {"code": family.code, "version": survivor.version}).content.decode()
    assert family.head.full_name in shown
    chosen = {"code": family.code, "person": str(family.head_id), "version": survivor.version}
    assert room.post(page, chosen).status_code == 302
    assert "Linked with:" in room.get(page).content.decode()
    assert room.post(page, {"unlink": "1", "version": only_file(gulnoz).version}).status_code == 302
    assert only_file(gulnoz).person_link == ""
    assert room.post(page, {"code": "F-999-9999"}).status_code == 422


def test_a_search_leads_straight_to_the_only_file(room, survivor):
    assert room.post(path("survivor-search"), {"sought": survivor.code})["Location"] == path("survivor-open", survivor)
    nobody = room.post(path("survivor-search"), {"sought": "Мадина"})
    assert "Nobody found" in nobody.content.decode()
