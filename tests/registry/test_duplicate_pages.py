"""Search before create on the screen, and the pages on which pairs are reviewed and merged."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.registry.models import DuplicatePair, Family, Merge, Person
from tests.registry.test_duplicates import JAMSHED, registered, same_man, search_through

pytestmark = pytest.mark.django_db
LIKELY = "/families/likely-matches/"
TYPED = {"given_name": "Jamshed", "family_name": "Karimov", "sex": "male", "birth": "12.03.1984"}


def form(members=(), **changes):
    """What registration sends; ``members`` are the rows of the list."""
    today = timezone.localdate().isoformat()
    sent = {
        "form_id": str(new_id()), "jamoat": "TJ-KT-02-02", "registered_on": today, **TYPED,
        "consent_given_by": "self", "consent_method": "signature", "consent_language": "tg", "consent_on": today,
        "agreed": "on", "may_call": "not_asked", "members-TOTAL_FORMS": str(len(members)), "members-INITIAL_FORMS": "0",
    }  # fmt: skip
    for n, row in enumerate(members):
        sent |= {f"members-{n}-{name}": value for name, value in row.items()}
    return {**sent, **changes}


def answers(html):
    """The boxes with which somebody says that it is none of these."""
    return re.findall(r'name="none_of_these"\s+value="([^"]+)"', html)


def families(by):
    with acting_as(by):
        return Family.objects.count()


# --- while typing ----------------------------------------------------------------------------------------------------


def test_matches_appear_while_a_person_is_typed(zarina, sign_in):
    family = registered(zarina)
    html = sign_in(zarina).post(LIKELY, TYPED).content.decode()
    for words in ("Каримов Ҷамшед Раҳимович", family.code, "likely", "Agrees:", "birth", f"/families/{family.code}/"):
        assert words in html, words
    assert answers(html) == [str(family.head_id)]


@pytest.mark.parametrize("missing", ["given_name", "family_name", "birth"])
def test_too_little_asks_nothing(missing, zarina, sign_in):
    registered(zarina)
    typed = {name: value for name, value in TYPED.items() if name != missing}
    assert sign_in(zarina).post(LIKELY, typed).content.strip() == b""


@pytest.mark.parametrize("typed", [
    {**TYPED, "birth": "99.99.99"}, {**TYPED, "sex": "x"}, {**TYPED, "given_name": "J4m"}, {**TYPED, "phone": "abc"},
])  # fmt: skip
def test_what_cannot_be_read_yet_is_left_out(typed, zarina, sign_in):
    registered(zarina)
    assert sign_in(zarina).post(LIKELY, typed).status_code == 200


def test_a_match_elsewhere_says_whom_to_ask_and_no_more(zarina, farrukh, sign_in):
    family = registered(zarina)
    html = sign_in(farrukh).post(LIKELY, TYPED).content.decode()
    assert "A likely match lies elsewhere: ask Ҳамроҳ, Kulob." in html
    for secret in ("Раҳимович", family.code, str(family.head_id), "none_of_these"):
        assert secret not in html


# --- before saving ---------------------------------------------------------------------------------------------------


def test_a_registration_waits_for_an_answer_about_likely_matches(zarina, sign_in):
    family = registered(zarina)
    client, sent = sign_in(zarina), form()
    answer = client.post("/families/register/", sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody like this is registered already." in html
    assert family.code in html
    token, = answers(html)  # fmt: skip
    assert families(zarina) == 1
    answer = client.post("/families/register/", {**sent, "none_of_these": token})
    assert answer.status_code == 302
    assert families(zarina) == 2
    with acting_as(zarina):
        pair = DuplicatePair.objects.get()
        assert (pair.verdict, pair.reason) == ("different", "answered at registration")
        assert pair.decided_by_id == zarina.pk
        assert family.head_id in (pair.one_id, pair.other_id)
    assert search_through(zarina).pairs == 0


def test_an_answer_counts_only_for_the_people_who_were_shown(zarina, sign_in):
    first = registered(zarina)
    second = registered(zarina)
    client = sign_in(zarina)
    for token in (str(first.head_id), "x y z", ""):
        assert client.post("/families/register/", form(none_of_these=token)).status_code == 422
    both = f"{first.head_id} {second.head_id}"
    assert client.post("/families/register/", form(none_of_these=both)).status_code == 302


def test_members_of_a_registration_are_looked_for_too(zarina, sign_in):
    registered(zarina)
    member = {**TYPED, "relation": "child"}
    sent = form([member], given_name="Зебо", family_name="Азизова", sex="female", birth="1960")
    answer = sign_in(zarina).post("/families/register/", sent)
    assert answer.status_code == 422
    token, = answers(answer.content.decode())  # fmt: skip
    assert sign_in(zarina).post("/families/register/", {**sent, "none_of_these": token}).status_code == 302


def test_a_member_who_is_added_is_looked_for(zarina, family, sign_in):
    registered(zarina)
    path = f"/families/{family.code}/members/add/"
    sent = {**TYPED, "relation": "child", "form_id": str(new_id())}
    answer = sign_in(zarina).post(path, sent)
    assert answer.status_code == 422
    token, = answers(answer.content.decode())  # fmt: skip
    assert sign_in(zarina).post(path, {**sent, "none_of_these": token}).status_code == 302
    with acting_as(zarina):
        assert DuplicatePair.objects.get().verdict == "different"


def test_somebody_new_is_registered_without_a_question(zarina, sign_in):
    registered(zarina)
    assert sign_in(zarina).post("/families/register/", form(given_name="Фарҳод")).status_code == 302


def test_a_likely_match_elsewhere_does_not_stop_and_is_told_after_saving(zarina, farrukh, sign_in):
    registered(zarina)
    answer = sign_in(farrukh).post("/families/register/", form(jamoat="TJ-KT-20-04"), follow=True)
    assert answer.status_code == 200
    assert "ask Ҳамроҳ, Kulob" in answer.content.decode()
    with acting_as(farrukh):
        assert AuditEvent.objects.filter(event="duplicate.look", actor_id=farrukh.pk).exists()


# --- the review ------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(zarina):
    """Two files of Kulob headed by records of one man, found."""
    same_man(zarina, members=1)
    search_through(zarina)
    with acting_as(zarina):
        return DuplicatePair.objects.select_related("one", "other").get()


def test_the_list_and_the_pair_show_both_records(pair, zarina, sign_in):
    client = sign_in(zarina)
    page = client.get("/duplicates/").content.decode()
    assert "Каримов Ҷамшед Раҳимович" in page
    assert "Karimzoda Jamshed Раҳимович" in page
    page = client.get(f"/duplicates/{pair.pk}/").content.decode()
    for words in ("Karimzoda", "the same, spelt differently", "the same day", "12 March 1984", "Together", "Фарҳод"):
        assert words in page, words
    assert "Merge the two records" not in page
    assert "style=" not in page.split("<main", 1)[1]


def test_a_telephone_is_shown_for_comparing_and_not_for_calling(zarina, sign_in):
    from tests.registry.test_duplicates import PHONE, replace

    registered(zarina, replace(JAMSHED, phone=PHONE))
    registered(zarina, replace(JAMSHED, phone=PHONE))
    search_through(zarina)
    with acting_as(zarina):
        pair = DuplicatePair.objects.get()
    page = sign_in(zarina).get(f"/duplicates/{pair.pk}/").content.decode()
    assert "34 56" in page
    assert PHONE.number not in page
    assert "+992 918" not in page


def test_a_decision_is_made_on_the_page(pair, zarina, sign_in):
    client, path = sign_in(zarina), f"/duplicates/{pair.pk}/"
    assert client.post(path, {"verdict": "different", "version": pair.version}).status_code == 422
    sent = {"verdict": "different", "reason": "ҳамсоя гуфт", "version": pair.version}
    assert client.post(path, sent).status_code == 302
    assert "ҳамсоя гуфт" in client.get("/duplicates/?verdict=different").content.decode()
    stale = client.post(path, sent)
    assert stale.status_code == 422
    assert "Somebody else decided" in stale.content.decode()


def test_a_supervisor_merges_joins_and_undoes_on_the_pages(pair, nasiba, sign_in):
    client = sign_in(nasiba)
    page = client.get(f"/duplicates/{pair.pk}/").content.decode()
    assert "Both head a file" in page
    sent = {"kept": str(pair.one_id), "join": "on", "reason": "як шиноснома"}
    assert client.post(f"/duplicates/{pair.pk}/merge/", sent).status_code == 302
    with acting_as(nasiba):
        merge = Merge.objects.get()
        assert Person.objects.get(pk=pair.other_id).merged_into_id == pair.one_id
        assert Family.objects.filter(state="merged").count() == 1
    assert "як шиноснома" in client.get("/merges/").content.decode()
    assert "The two records are merged" in client.get(f"/duplicates/{pair.pk}/").content.decode()
    undo = f"/merges/{merge.pk}/undo/"
    assert client.post(undo, {"reason": ""}).status_code == 422
    assert client.post(undo, {"reason": "ду бародар"}).status_code == 302
    with acting_as(nasiba):
        assert not Person.objects.exclude(merged_into=None).exists()
        assert not Family.objects.filter(state="merged").exists()
    assert "ду бародар" in client.get("/merges/?undone=1").content.decode()


def test_the_button_looks_through_the_supervisors_district(zarina, nasiba, sign_in):
    same_man(zarina)
    client = sign_in(nasiba)
    page = client.post("/duplicates/look/", {"district": "TJ-KT-02"}, follow=True).content.decode()
    assert "Looked at 2 people. 1 new pair." in page
    page = client.post("/duplicates/look/", {"district": "TJ-KT-20"}, follow=True).content.decode()
    assert "Choose the district in which to look." in page


def test_the_pages_do_not_mind_nonsense_in_addresses(pair, zarina, nasiba, sign_in):
    for path in ("/duplicates/?after=x~y", "/duplicates/?after=nan~", "/duplicates/?verdict=z", "/duplicates/?after=1"):
        assert sign_in(zarina).get(path).status_code == 200
    assert sign_in(nasiba).get("/merges/?after=z").status_code == 200
