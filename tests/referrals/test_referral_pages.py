"""The pages of the handshake, as the sender and the receiver use them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from paivand.access.models import AuditEvent
from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.rules.writing import writing
from paivand.referrals.actions import answers, sending
from paivand.referrals.actions.clock import escalate_overdue
from paivand.referrals.models import Disclosure, Notice, Preparation, Referral
from paivand.referrals.queries.origins import ORIGINS, Origin
from paivand.referrals.queries.referrals import desk_of
from paivand.referrals.rules.passwords import new_password
from paivand.referrals.rules.referrals import Act, Priority, Way
from paivand.registry.models import Consent, JourneyStep
from tests.referrals.handshake import NOW, answered, consented, drafted, sealed, sent, service, today

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    """What a page says, in one line."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def hidden(answer: Any, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', answer.content.decode())
    assert found, name
    return found[1]


def page(name: str, **kwargs: Any) -> str:
    return reverse(f"referrals:{name}", kwargs=kwargs)


def newest(by: Any) -> Referral:
    with acting_as(by):
        found: Referral = Referral.objects.order_by("-number").first()
        return found


# --- drafting and sending --------------------------------------------------------------------------------------------


def test_a_worker_refers_from_the_familys_file_to_the_last_click(family, legal, zarina, anvar, sign_in):
    client = sign_in(zarina)
    start = client.get(page("family-referrals", code=family.code))
    assert "Nobody of this family was referred yet" in text(start)
    chosen = client.get(page("referral-draft", code=family.code), {"type": "legal"})
    assert legal.name in text(chosen)
    address = f"{page('referral-draft', code=family.code)}?service={legal.pk}"
    form = client.get(address)
    sent_form = {"form_id": hidden(form, "form_id"), "person": str(family.head_id), "priority": "urgent",
                 "needs": "Алимент барои ду фарзанд"}  # fmt: skip
    answer = client.post(address, sent_form)
    row = newest(zarina)
    assert answer["Location"] == page("referral-prepare", draft_code=row.code)
    looked = client.get(answer["Location"])
    assert "was not asked yet" in text(looked)
    assert "Алимент барои ду фарзанд" in looked.content.decode()
    # The consent is written down on the way, limited to this receiver.
    on_the_way = client.get(page("referral-consent", draft_code=row.code))
    assert f'value="{legal.provider_name}"' in on_the_way.content.decode()
    answer = client.post(page("referral-consent", draft_code=row.code), {
        "form_id": hidden(on_the_way, "form_id"), "consent_method": "signature", "consent_language": "tg",
        "consent_on": today().isoformat(), "extent": legal.provider_name, "agreed": "on",
    })  # fmt: skip
    assert answer["Location"] == page("referral-prepare", draft_code=row.code)
    looked = client.get(answer["Location"])
    assert "limited to: Маркази ҳуқуқӣ" in text(looked)
    answer = client.post(page("referral-prepare", draft_code=row.code), {
        "version": hidden(looked, "version"), "seen": hidden(looked, "seen"), "priority": "urgent",
        "needs": "Алимент барои ду фарзанд", "lens": "legal", "fields_": ["age_group"], "way": "account", "do": "send",
    })  # fmt: skip
    assert answer["Location"] == page("referral-open", referral_code=row.code)
    with acting_as(anvar):
        shown = Disclosure.objects.get()
        assert set(shown.fields) == {"reference", "needs", "priority", "name", "age_group"}
    assert "Каримова Ҷамила Раҳимовна" in text(client.get(page("family-referrals", code=family.code)))


def test_the_same_form_sent_twice_leads_to_the_same_draft(family, legal, zarina, sign_in):
    client = sign_in(zarina)
    address = f"{page('referral-draft', code=family.code)}?service={legal.pk}"
    form = {"form_id": str(new_id()), "person": str(family.head_id), "priority": "normal", "needs": "…"}
    first, second = client.post(address, form), client.post(address, form)
    assert first["Location"] == second["Location"]
    with acting_as(zarina):
        assert Referral.objects.count() == 1


def test_a_referral_grows_out_of_a_case_under_the_cases_code(family, legal, zarina, sign_in, monkeypatch):
    key = new_id()
    origin = Origin("case", key, family.pk, "C-000-0013", (family.head_id,))
    monkeypatch.setitem(ORIGINS, "case", lambda by, asked: origin if asked == key else None)
    client = sign_in(zarina)
    for asked, reference in ((key, "C-000-0013"), (new_id(), family.code)):
        address = f"{page('referral-draft', code=family.code)}?service={legal.pk}&origin=case:{asked}"
        form = client.get(address)
        client.post(address, {"form_id": hidden(form, "form_id"), "person": str(family.head_id),
                              "priority": "normal", "needs": "…"})  # fmt: skip
        row = newest(zarina)
        assert (row.reference, row.origin_id) == (reference, key if reference[0] == "C" else None)


def test_without_a_consent_the_button_is_off_and_sending_by_hand_is_refused(family, legal, zarina, sign_in):
    row = drafted(family, legal, zarina)
    client = sign_in(zarina)
    looked = client.get(page("referral-prepare", draft_code=row.code))
    assert "disabled>Send" in looked.content.decode().replace("\n", "").replace("  ", "")
    client.post(page("referral-prepare", draft_code=row.code), {
        "version": hidden(looked, "version"), "seen": hidden(looked, "seen"), "priority": "normal", "needs": "…",
        "lens": "legal", "fields_": [], "way": "account", "do": "send",
    })  # fmt: skip
    assert newest(zarina).state == "drafted"
    assert "was not asked yet" in text(client.get(page("referral-prepare", draft_code=row.code)))


def test_another_lens_shows_its_own_fields_before_anything_leaves(family, legal, zarina, sign_in):
    consented(family.head, zarina)
    row = drafted(family, legal, zarina, lens="legal")
    client = sign_in(zarina)
    looked = client.get(page("referral-prepare", draft_code=row.code))
    assert "Каримова Ҷамила" in text(looked)
    client.post(page("referral-prepare", draft_code=row.code), {
        "version": hidden(looked, "version"), "seen": hidden(looked, "seen"), "priority": "normal", "needs": "…",
        "lens": "code_only", "fields_": ["papers"], "way": "account", "do": "send",
    })  # fmt: skip
    assert newest(zarina).state == "drafted"
    with acting_as(zarina):
        assert Preparation.objects.get().fields == ["reference", "needs", "priority", "sex", "age_group", "languages",
                                                    "consent", "sender"]  # fmt: skip
    again = client.get(page("referral-prepare", draft_code=row.code))
    assert 'value="sex"' in again.content.decode()
    assert 'value="name"' not in again.content.decode()


def test_a_supervisor_decides_against_a_missing_consent(family, legal, zarina, nasiba, sign_in):
    row = drafted(family, legal, zarina)
    client = sign_in(nasiba)
    form = client.get(page("referral-override", draft_code=row.code))
    short = client.post(page("referral-override", draft_code=row.code), {
        "version": hidden(form, "version"), "reason": "зарур", "understood": "on"})  # fmt: skip
    assert short.status_code == 422
    answer = client.post(page("referral-override", draft_code=row.code), {
        "version": hidden(form, "version"), "reason": "кӯдак дар хатар аст ва падар намемонад", "understood": "on",
    })  # fmt: skip
    assert answer.status_code == 302
    assert "decided on" in text(client.get(answer["Location"]))


# --- the sender's page -----------------------------------------------------------------------------------------------


def test_opening_a_referral_takes_its_news_off_the_desk_and_is_noted(family, legal, zarina, anvar, sign_in):
    row = sent(family, legal, zarina)
    answered(row, Act.ACCEPT, anvar, note="Душанбе соати 10")
    with acting_as(zarina):
        assert [one.act for one in desk_of(zarina, NOW).unread] == ["accept"]
    shown = text(sign_in(zarina).get(page("referral-open", referral_code=row.code)))
    for words in ("Анвар Сафаров accepted it", "Душанбе соати 10", "Tell the person when and where to go", "What left"):
        assert words in shown
    with acting_as(zarina):
        assert desk_of(zarina, NOW).unread == []
        event = AuditEvent.objects.filter(event="referral.send", subject_id=row.pk).order_by("id").last()
        assert event.detail == {"act": "open", "news": 1}


def test_what_supervisors_are_told_stays_until_one_says_that_she_has_seen_it(family, legal, zarina, nasiba, sign_in):
    row = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    escalate_overdue(now=NOW + timedelta(hours=25))
    client = sign_in(nasiba)
    shown = client.get(page("referral-open", referral_code=row.code))
    assert "The answer to a referral is late." in text(shown)
    with acting_as(nasiba):
        notice = Notice.objects.get(seen_at=None, audience="supervisors")
    client.post(page("notice-seen", news_id=notice.pk))
    assert "The answer to a referral is late." not in text(client.get(page("referral-open", referral_code=row.code)))
    with acting_as(nasiba):
        assert Notice.objects.get(pk=notice.pk).seen_by_id == nasiba.pk


def test_a_referral_is_taken_back_with_a_reason(family, legal, zarina, sign_in):
    row = sent(family, legal, zarina)
    client = sign_in(zarina)
    form = client.get(page("referral-withdraw", referral_code=row.code))
    assert "consent_withdrawn" not in form.content.decode()
    client.post(page("referral-withdraw", referral_code=row.code), {
        "version": hidden(form, "version"), "reason": "other_service", "note": ""})  # fmt: skip
    assert "It was taken back: another service helps." in text(
        client.get(page("referral-open", referral_code=row.code))
    )


def test_an_answer_told_by_telephone_is_written_down_on_the_page(family, legal_outside, zarina, sign_in):
    row = sent(family, legal_outside, zarina, way=Way.SPOKEN)
    client = sign_in(zarina)
    for act, more in (("accept", {}), ("complete", {"outcome": "partly", "happened_on": today().isoformat()})):
        with acting_as(zarina):
            version = Referral.objects.get(pk=row.pk).version
        answer = client.post(page("answer-told", outside_code=row.code), {"act": act, "version": version, **more})
        assert answer.status_code == 302
    with acting_as(zarina):
        assert JourneyStep.objects.get(service="referral.legal").outcome == "partly"
    bad = sent(family, legal_outside, zarina, way=Way.SPOKEN, without_consent=True)
    with acting_as(zarina):
        version = Referral.objects.get(pk=bad.pk).version
    refused = client.post(page("answer-told", outside_code=bad.code), {"act": "decline", "version": version})
    assert refused.status_code == 422


def test_a_list_on_a_shared_table_does_not_name_a_service_that_tells_too_much(family, nasiba, zarina, sign_in):
    house = service(nasiba, type="safe_house", name="Хонаи орому бехатар", provider_name="Гулистон", is_sensitive=True,
                    address_hidden=True)  # fmt: skip
    row = sent(family, house, zarina, way=Way.SPOKEN)
    client = sign_in(zarina)
    for address in (page("referral-list"), page("family-referrals", code=family.code)):
        shown = text(client.get(address))
        assert row.code in shown
        assert "Хонаи орому бехатар" not in shown
        assert "a service" in shown


def test_groups_and_filters_narrow_the_list(family, legal, nasiba, zarina, anvar, sign_in):
    school = service(nasiba, type="education", name="Мактаби 5", provider_name="Мактаби 5", user=anvar)
    late = sent(family, legal, zarina, priority=Priority.EMERGENCY)
    with acting_as(zarina), writing("a test"):
        Referral.objects.filter(pk=late.pk).update(due_at=NOW - timedelta(days=9))
    other = sent(family, school, zarina, without_consent=True)
    draft = drafted(family, legal, zarina)
    done = sent(family, school, zarina, without_consent=True)
    answered(done, Act.DECLINE, anvar)
    client = sign_in(zarina)

    def codes(**query: str) -> set[str]:
        shown = text(client.get(page("referral-list"), query))
        return {row.code for row in (late, other, draft, done) if row.code in shown}

    assert codes() == {late.code, other.code}
    assert codes(group="late") == {late.code}
    assert codes(group="drafts") == {draft.code}
    assert codes(group="ended") == {done.code}
    assert codes(type="education") == {other.code}
    assert codes(priority="emergency") == {late.code}
    assert codes(mine="1") == {late.code, other.code}
    assert codes(type="nonsense", priority="never") == {late.code, other.code}


def test_a_long_list_goes_on_from_a_key(family, legal, zarina, sign_in, monkeypatch):
    from paivand.referrals.queries import referrals as queries

    monkeypatch.setattr(queries, "PAGE", 2)
    rows = [sent(family, legal, zarina, without_consent=number > 0) for number in range(3)]
    client = sign_in(zarina)
    first = client.get(page("referral-list"))
    assert rows[0].code not in text(first)
    after = re.search(r"after=(\d+)", first.content.decode())
    assert after
    assert rows[0].code in text(client.get(page("referral-list"), {"after": after[1]}))


def test_who_sees_no_names_is_shown_codes(family, legal, zarina, gulnoz, sign_in):
    row = sent(family, legal, zarina)
    assert row.code in text(sign_in(gulnoz).get(page("referral-list")))


# --- the receiver's page ---------------------------------------------------------------------------------------------


def test_a_provider_reads_what_was_disclosed_and_answers_to_the_end(family, legal, zarina, anvar, sign_in):
    row = sent(family, legal, zarina, lens="legal", fields=["age_group"])
    client = sign_in(anvar)
    inbox = text(client.get(page("referral-list")))
    assert "Шаҳодатномаи таваллуд" in inbox
    shown = text(client.get(page("referral-open", referral_code=row.code)))
    assert "Каримова Ҷамила Раҳимовна" in shown
    assert "25 to 59" in shown
    assert family.code in shown
    for private in ("Фарҳод Каримзода", "Сари Хосор", "Nobody has opened"):
        assert private not in shown
    for act, more in (
        ("accept", {"note": "Мунтазирем"}),
        ("begin", {}),
        ("complete", {"outcome": "completed", "happened_on": today().isoformat(), "note": "Тайёр"}),
    ):
        with acting_as(anvar):
            version = Referral.objects.get(pk=row.pk).version
        answer = client.post(page("referral-answer", referral_code=row.code), {"act": act, "version": version, **more})
        assert answer.status_code == 302
    assert "You helped. Thank you" in text(client.get(page("referral-open", referral_code=row.code)))
    story = text(sign_in(zarina).get(reverse("registry:family-open", kwargs={"code": family.code})))
    assert "Referral: legal aid" in story


def test_an_answer_without_its_reason_comes_back_with_a_word(family, legal, zarina, anvar, sign_in):
    row = sent(family, legal, zarina)
    client = sign_in(anvar)
    client.get(page("referral-open", referral_code=row.code))
    with acting_as(anvar):
        version = Referral.objects.get(pk=row.pk).version
    answer = client.post(page("referral-answer", referral_code=row.code), {"act": "decline", "version": version})
    assert answer.status_code == 422
    assert '<details class="answer" open>' in answer.content.decode()


def test_who_answers_second_is_told_how_it_stands(family, legal, zarina, anvar, sign_in):
    row = sent(family, legal, zarina)
    client = sign_in(anvar)
    client.get(page("referral-open", referral_code=row.code))
    with acting_as(anvar):
        version = Referral.objects.get(pk=row.pk).version
    answered(row, Act.ACCEPT, anvar)
    answer = client.post(
        page("referral-answer", referral_code=row.code), {"act": "decline", "reason": "full", "version": version},
        follow=True,
    )  # fmt: skip
    assert "Somebody worked on this referral meanwhile" in text(answer)


def test_a_stopped_referral_says_so_and_shows_nothing(family, legal, zarina, anvar, sign_in):
    from tests.referrals.test_referral_consent import withdraw

    row = sent(family, legal, zarina)
    assert withdraw(family.head, zarina) == 1
    client = sign_in(anvar)
    shown = text(client.get(page("referral-open", referral_code=row.code)))
    assert "Stopped: the consent was withdrawn" in shown
    assert "Каримова" not in shown
    assert "Шаҳодатномаи" not in text(client.get(page("referral-list"), {"group": "ended"}))


def test_the_page_on_withdrawal_counts_the_referrals_that_stop(family, legal, zarina, sign_in):
    sent(family, legal, zarina)
    with acting_as(zarina):
        consent = Consent.objects.get(purpose="referral")
    address = reverse("registry:consent-withdraw", kwargs={"code": family.code, "consent_id": consent.pk})
    assert "1 referral" in text(sign_in(zarina).get(address))


def test_a_receiver_of_a_sealed_referral_reads_a_code_and_no_name_of_who_sent_it(legal, gulnoz, anvar, sign_in):
    row = sealed(gulnoz, legal, receiver=anvar)
    shown = text(sign_in(anvar).get(page("referral-open", referral_code=row.code)))
    assert "S-7KQ2" in shown
    assert "Гулноз" not in shown
    assert "You received it" in shown
    assert "Who referred sent it" in shown
    assert sign_in(gulnoz).get(page("referral-open", referral_code=row.code)).status_code == 404


def test_who_sent_it_and_answers_it_too_finds_the_way_to_the_answer(family, nasiba, zarina, sign_in):
    own = service(nasiba, user=zarina, name="Хизмати худӣ", provider_name="Худӣ")
    row = sent(family, own, zarina)
    client = sign_in(zarina)
    assert "Answer it as the service" in text(client.get(page("referral-open", referral_code=row.code)))
    as_receiver = client.get(page("referral-open", referral_code=row.code), {"as": "receiver"})
    assert "What you were told" in text(as_receiver)


def test_both_sides_write_on_their_pages(family, legal, zarina, anvar, sign_in):
    row = sent(family, legal, zarina)
    sign_in(zarina).post(page("note-send", referral_code=row.code), {"note": "Ҳуҷҷатҳо тайёранд"})
    client = sign_in(anvar)
    assert "Ҳуҷҷатҳо тайёранд" in text(client.get(page("referral-open", referral_code=row.code)))
    client.post(page("note-answer", referral_code=row.code), {"note": "Раҳмат"})
    assert "Раҳмат" in text(sign_in(zarina).get(page("referral-open", referral_code=row.code)))
    with acting_as(anvar):
        answers.write_to_sender(referral=row, note="…", by=anvar)


# --- outside the program ---------------------------------------------------------------------------------------------


def test_link_and_pin_are_shown_once(family, legal_outside, zarina, sign_in):
    row = sent(family, legal_outside, zarina, way=Way.LINK)
    client = sign_in(zarina)
    form = client.get(page("link-issue", outside_code=row.code))
    typed = {"version": hidden(form, "version"), "language": "tg", "call_whom": "Зарина, 918 12 34 56"}
    issued = client.post(page("link-issue", outside_code=row.code), typed)
    token = re.search(r"/r/([\w-]{32,})/", issued.content.decode())
    assert token
    assert re.search(r"\d{3} \d{3}", text(issued))
    assert issued["Cache-Control"] == "no-store"
    again = client.post(page("link-issue", outside_code=row.code), typed)
    assert again.status_code == 422
    opened = text(client.get(page("referral-open", referral_code=row.code)))
    assert token[1] not in opened
    assert "Nobody has opened it yet." in opened
    with acting_as(zarina):
        version = Referral.objects.get(pk=row.pk).version
    client.post(page("link-revoke", outside_code=row.code), {"version": version})
    assert "taken back" in text(client.get(page("referral-open", referral_code=row.code)))


def test_a_pdf_is_locked_with_the_password_that_is_shown_once_and_holds_what_left(
    family, legal_outside, zarina, sign_in
):
    import io

    import pikepdf

    row = sent(family, legal_outside, zarina, way=Way.PDF, lens="legal")
    client = sign_in(zarina)
    form = client.get(page("pdf-issue", outside_code=row.code))
    made = client.post(page("pdf-issue", outside_code=row.code), {
        "version": hidden(form, "version"), "language": "tg", "call_whom": "Зарина, 918 12 34 56"})  # fmt: skip
    password = hidden(made, "password")
    with acting_as(zarina):
        shown = Disclosure.objects.get()
        assert (shown.way, "name" in shown.values) == ("pdf", False)
    address = page("pdf-download", outside_code=row.code, disclosure_id=shown.pk)
    file = client.post(address, {"password": password, "language": "tg", "call_whom": "Зарина"})
    assert file["Content-Type"] == "application/pdf"
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(file.content), password=new_password())
    with pikepdf.open(io.BytesIO(file.content), password=password) as document:
        assert document.is_encrypted
        assert str(document.docinfo["/Title"]).endswith(row.code)
    assert client.post(address, {"password": "12345678", "language": "tg"}).status_code == 404


def test_names_leave_on_paper_only_with_the_tick(family, legal_outside, zarina, sign_in):
    row = sent(family, legal_outside, zarina, way=Way.PDF, lens="legal")
    client = sign_in(zarina)
    form = client.get(page("pdf-issue", outside_code=row.code))
    client.post(page("pdf-issue", outside_code=row.code), {
        "version": hidden(form, "version"), "language": "tg", "call_whom": "Зарина", "names_agreed": "on"})  # fmt: skip
    with acting_as(zarina):
        assert Disclosure.objects.get().values["name"] == "Каримова Ҷамила Раҳимовна"


# --- closed loops ----------------------------------------------------------------------------------------------------


def test_the_share_that_came_back_per_provider_and_not_of_a_few(family, legal, nasiba, zarina, anvar, gulnoz, sign_in):
    few = service(nasiba, user=anvar, name="Дигар", provider_name="Умед")
    consented(family.head, zarina)
    rows = [sent(family, legal, zarina, without_consent=True) for _ in range(6)]
    taken_back = sent(family, legal, zarina, without_consent=True)
    with acting_as(zarina):
        sending.withdraw_referral(
            referral=taken_back, reason="sent_wrongly", version=taken_back.version, by=zarina, now=NOW
        )
    sent(family, few, zarina, without_consent=True)
    sealed(gulnoz, legal, receiver=anvar)
    for row in rows[:3]:
        answered(row, Act.DECLINE, anvar)
    from paivand.referrals.queries.loop import loop_closed, together

    with acting_as(nasiba):
        found = loop_closed(nasiba, NOW - timedelta(days=1))
        assert [(one.provider, one.n_sent, one.n_closed, one.share) for one in found] == [
            ("Маркази ҳуқуқӣ", 6, 3, 0.5), ("Умед", 1, 0, None),
        ]  # fmt: skip
        assert together(found).n_waiting == 4
        assert loop_closed(nasiba, NOW + timedelta(days=1)) == []
    shown = text(sign_in(nasiba).get(page("loop-list")))
    assert "50" in shown
    assert "too few" in shown


def test_a_service_that_tells_too_much_stands_there_without_its_name(family, nasiba, zarina, sign_in):
    house = service(nasiba, type="safe_house", name="Хона", provider_name="Гулистон", is_sensitive=True,
                    address_hidden=True)  # fmt: skip
    sent(family, house, zarina, way=Way.SPOKEN)
    shown = text(sign_in(nasiba).get(page("loop-list")))
    assert "Гулистон" not in shown
    assert "services told to nobody else" in shown
