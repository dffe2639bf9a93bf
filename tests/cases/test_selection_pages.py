"""The pages of selection: a round walked to its letters, many decided at once, and what is not shown."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from paivand.access.models.identity import acting_as
from paivand.cases.models import SelectionAppeal, SelectionCandidate, SelectionRound
from paivand.cases.queries.commission import present_list
from paivand.core.models import new_id
from paivand.core.templatetags.paivand import day
from tests.cases.rounds import (
    ZARBDOR,
    begun,
    decided_as_proposed,
    drawn,
    families,
    opened,
    row_of,
    seated,
    signed,
    whole,
)
from tests.cast import agreed, register

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def made(zarina, profiles):
    """Four families of Zarbdor: two for the places, one for the reserve, one whose need is small."""
    found = families(zarina, 4)
    for family, severity in zip(found, (80, 70, 60, 20), strict=True):
        profiles.say(family, severity)
    return found


def address(name, what):
    key = {"SelectionRound": "round_id", "SelectionCandidate": "candidate_id", "SelectionAppeal": "appeal_id"}
    return reverse(f"cases:{name}", kwargs={key[type(what).__name__]: what.pk})


def text(answer):
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def told(answer):
    """The messages that a page that is led to shows."""
    return [str(message) for message in answer.context["messages"]]


# --- from the beginning to the decision ------------------------------------------------------------------------------


def test_a_round_is_walked_from_its_beginning_to_the_letters(made, zarina, nasiba, sign_in):
    browser, other = sign_in(zarina), sign_in(nasiba)
    form = {"round_id": new_id(), "programme": "casework", "purpose": "зимистон", f"places_{ZARBDOR}": "2"}
    answer = browser.post(reverse("cases:round-begin"), form)
    assert answer.status_code == 302
    with acting_as(zarina):
        chosen = SelectionRound.objects.get()
    assert browser.post(reverse("cases:round-begin"), form)["Location"] == answer["Location"]
    page = browser.post(address("round-draw", chosen), {"version": 1}, follow=True)
    assert made[0].head.full_name in text(page)
    for one in (browser, other):
        one.post(address("seat-take", chosen), {"function": "social_worker"})
    fresh(zarina, chosen)
    browser.post(address("round-hand-over", chosen), {"version": chosen.version})
    ticked = [f"{row_of(zarina, chosen, family).pk}:1" for family in made]
    page = browser.post(address("candidates-decide", chosen), {"row": ticked, "what": "proposed"}, follow=True)
    assert told(page)[-1] == "Decided about 4 families."
    for one, user in ((browser, zarina), (other, nasiba)):
        with acting_as(user):
            found = present_list(user, chosen).fingerprint
        one.post(address("round-sign", chosen), {"list_hash": found, "stands": "on"})
    fresh(zarina, chosen)
    page = browser.post(address("round-conclude", chosen), {"version": chosen.version}, follow=True)
    assert told(page)[-1] == "The list is decided. Tell every family, with its letter."
    fresh(zarina, chosen)
    assert chosen.state == "decided"
    letters = browser.get(address("round-letters", chosen)).content.decode()
    assert letters.count('<article class="selection-letter"') == 4
    minutes = text(browser.get(address("round-minutes", chosen)))
    assert made[0].code in minutes
    assert made[0].head.given_name not in minutes


def fresh(by, what):
    with acting_as(by):
        what.refresh_from_db()
    return what


def test_a_round_without_places_is_sent_back(zarina, sign_in):
    answer = sign_in(zarina).post(reverse("cases:round-begin"), {"programme": "relief"})
    assert answer.status_code == 422
    assert "Write the number of places of at least one jamoat" in text(answer)


def test_many_are_decided_at_once_and_each_refusal_is_told(made, zarina, nasiba, sign_in):
    chosen = begun(zarina, zarina, nasiba, places={ZARBDOR: 1})
    rows = [row_of(zarina, chosen, family) for family in made]
    stale = f"{rows[3].pk}:9"
    ticked = [f"{row.pk}:{row.version}" for row in rows[:3]] + [stale, "nonsense"]
    form = {"row": ticked, "what": "selected:greatest_need", "words": "ҳама ниёзманд"}
    page = sign_in(zarina).post(address("candidates-decide", chosen), form, follow=True)
    said = told(page)
    assert [one.partition(":")[0] for one in said[:3]] == [made[1].code, made[2].code, made[3].code]
    assert "The one place of" in said[0]
    assert "Somebody else changed this" in said[2]
    assert said[3] == "Decided about 1 family."
    with acting_as(zarina):
        assert SelectionCandidate.objects.filter(round=chosen, outcome="selected").count() == 1


def test_the_rest_of_a_jamoat_is_decided_by_one_button(made, zarina, nasiba, sign_in):
    chosen = begun(zarina, zarina, nasiba)
    page = sign_in(zarina).post(address("round-take-proposals", chosen), {"jamoat": ZARBDOR}, follow=True)
    assert told(page) == ["Decided about 2 families. 2 families are left for a look of their own."]


def test_many_are_noted_as_told(made, zarina, nasiba, sign_in):
    chosen = whole(zarina, nasiba)
    ticked = [f"{row_of(zarina, chosen, family).pk}:{row_of(zarina, chosen, family).version}" for family in made[:2]]
    browser = sign_in(zarina)
    form = {"row": ticked, "told-told_on": TODAY.isoformat()}
    assert told(browser.post(address("candidates-tell", chosen), form, follow=True)) == ["Noted for 2 families."]
    letters = browser.get(address("round-letters", chosen)).content.decode()
    assert letters.count('<article class="selection-letter"') == 2


# --- one family ------------------------------------------------------------------------------------------------------


def test_the_page_of_a_family_shows_each_factor_and_a_later_change(made, zarina, nasiba, profiles, sign_in):
    chosen = begun(zarina, zarina, nasiba)
    profiles.say(made[0], 30)
    page = text(sign_in(zarina).get(address("candidate-open", row_of(zarina, chosen, made[0]))))
    for words in ("Nobody at home earns", "seen on a home visit", "Debt of more than six months", "place 1 of",
                  "Changed since the list was made", "30 (−50)", "because the severity is greater"):  # fmt: skip
        assert words in page


def test_what_cannot_wait_is_told_without_saying_what_it_is(made, zarina, nasiba, profiles, sign_in):
    profiles.say(made[1], 70, urgent=["suicide_risk"])
    chosen = begun(zarina, zarina, nasiba)
    browser = sign_in(zarina)
    page = browser.get(address("candidate-open", row_of(zarina, chosen, made[1]))).content.decode()
    assert "Something about this family cannot wait" in page
    assert "suicide" not in page.lower()
    listed = text(browser.get(address("round-open", chosen)))
    assert "Something about 1 family cannot wait" in listed
    assert "act today" in listed


def test_a_decision_on_the_page_leads_to_the_next_family(made, zarina, nasiba, sign_in):
    chosen = begun(zarina, zarina, nasiba)
    first, second = (row_of(zarina, chosen, family) for family in made[:2])
    browser = sign_in(zarina)
    answer = browser.post(
        address("candidate-open", first), {"outcome": "selected", "reason_selected": "greatest_need", "version": 1}
    )
    assert answer["Location"] == address("candidate-open", second)
    answer = browser.post(address("candidate-open", first), {"outcome": "reserve", "version": 2})
    assert answer.status_code == 422
    answer = browser.post(
        address("candidate-open", second), {"outcome": "refused", "reason_refused": "no_time", "version": 7}
    )
    assert answer.status_code == 422
    assert "Somebody else changed this while you were looking" in text(answer)


def test_who_stepped_aside_finds_no_form(made, zarina, nasiba, sign_in):
    chosen = begun(zarina, zarina, nasiba)
    row = row_of(zarina, chosen, made[0])
    with acting_as(zarina):
        seat = chosen.seats.get(user=zarina)
    browser = sign_in(zarina)
    form = {"aside-seat": seat.pk, "aside-kind": "relative"}
    page = text(browser.post(address("conflict-declare", row), form, follow=True))
    assert "You stepped aside from this family" in page
    assert "Keep the decision" not in page
    assert "Keep the decision" in text(sign_in(nasiba).get(address("candidate-open", row)))


def test_a_family_to_be_assessed_is_led_to_its_assessment(zarina, nasiba, profiles, sign_in):
    never, known = families(zarina, 2)
    profiles.say(known, 50)
    chosen = begun(zarina, zarina, nasiba)
    row, browser = row_of(zarina, chosen, never), sign_in(zarina)
    assert "Never assessed" in text(browser.get(address("candidate-open", row)))
    assert never.head.full_name in text(browser.get(address("round-open", chosen) + "?part=to_assess"))
    profiles.say(never, 90)
    page = text(browser.post(address("candidate-assess", row), {"version": row.version}, follow=True))
    assert "place 1 of" in page


def test_a_colleague_without_a_seat_reads_and_does_not_decide(made, zarina, nasiba, gulnoz, sign_in):
    chosen = begun(zarina, zarina, nasiba)
    page = text(sign_in(gulnoz).get(address("candidate-open", row_of(zarina, chosen, made[0]))))
    assert "Only those who sit in the commission decide" in page
    assert "Keep the decision" not in page


def test_the_file_of_a_family_beyond_ones_reach_shows_no_name(made, zarina, nasiba, gulnoz, sign_in, monkeypatch):
    chosen = begun(zarina, zarina, nasiba)
    monkeypatch.setattr("paivand.cases.queries.selection.files", lambda by, keys: {})
    page = text(sign_in(gulnoz).get(address("round-open", chosen)))
    assert "File beyond your reach" in page
    assert made[0].head.given_name not in page


# --- what families are told ------------------------------------------------------------------------------------------


def test_a_letter_speaks_the_language_of_the_family(zarina, nasiba, profiles, sign_in):
    family = register(zarina, given="Саодат", members=0, consent=agreed(language="ru"))
    profiles.say(family, 20)
    chosen = whole(zarina, nasiba)
    row, browser = row_of(zarina, chosen, family), sign_in(zarina)
    assert '<article class="selection-letter"' in browser.get(address("candidate-letter", row)).content.decode()
    letter = letter_of(browser.get(address("candidate-letter", row)))
    assert 'lang="ru"' in letter
    assert "нужда ниже порога программы" in letter
    assert 'lang="fa"' in letter_of(browser.get(address("candidate-letter", row) + "?language=fa"))


def letter_of(answer):
    """The letter of a page of letters, with its tags."""
    return re.search(r"<article.*?</article>", answer.content.decode(), re.DOTALL).group(0)


def test_a_letter_holds_the_way_to_appeal_and_nothing_of_the_profile(made, zarina, nasiba, sign_in):
    chosen = whole(zarina, nasiba)
    row = row_of(zarina, chosen, made[2])
    letter = letter_of(sign_in(zarina).get(address("candidate-letter", row) + "?language=en"))
    for words in ("Your family stands on the reserve", "If you do not agree", day(TODAY + timedelta(days=15)),
                  "Зарина Шарифова"):  # fmt: skip
        assert words in letter
    for words in ("60", "medium", "severity", "earns", made[0].code):
        assert words not in letter.replace(made[2].code, "")


def test_there_is_no_letter_before_the_list_is_signed(made, zarina, nasiba, sign_in):
    chosen = begun(zarina, zarina, nasiba)
    decided_as_proposed(zarina, chosen)
    browser = sign_in(zarina)
    for page in ("round-letters", "round-minutes"):
        assert browser.get(address(page, chosen)).status_code == 302
    assert browser.get(address("candidate-letter", row_of(zarina, chosen, made[0]))).status_code == 302


# --- afterwards ------------------------------------------------------------------------------------------------------


def test_an_appeal_is_written_down_and_decided_with_its_effect_on_the_places(made, zarina, nasiba, gulnoz, sign_in):
    chosen = whole(zarina, nasiba)
    browser = sign_in(zarina)
    form = {"appeal_id": new_id(), "code": made[2].code, "brought_by": "head", "brought_on": TODAY.isoformat(),
            "words": "Хона сӯхт."}  # fmt: skip
    browser.post(address("appeal-bring", chosen), form)
    with acting_as(zarina):
        appeal = SelectionAppeal.objects.get()
    assert "You signed this list" in text(browser.get(address("appeal-open", appeal)))
    page = text(sign_in(gulnoz).get(address("appeal-open", appeal)))
    assert "2 of 2 are given" in page
    assert "it comes in addition" in page
    assert "You signed this list" not in page
    verdict = {"state": "upheld", "moved_to": "selected", "beyond_quota": "on", "answer": "Рост мегӯянд.", "version": 1}
    answer = sign_in(gulnoz).post(address("appeal-open", appeal), verdict, follow=True)
    assert "The appeal was upheld" in text(answer)
    assert "1 beyond the places" in text(browser.get(address("round-open", chosen)))


def test_an_unknown_code_is_told_on_the_form(made, zarina, nasiba, sign_in):
    chosen = whole(zarina, nasiba)
    form = {"code": "F-999-9994", "brought_by": "head", "brought_on": TODAY.isoformat(), "words": "x"}
    answer = sign_in(zarina).post(address("appeal-bring", chosen), form)
    assert answer.status_code == 422
    assert "No family with this code lies within your reach" in text(answer)


def test_the_error_rates_stand_there_without_names_and_not_of_few(made, zarina, nasiba, sign_in):
    chosen = whole(zarina, nasiba)
    browser = sign_in(zarina)
    assert "2 of 2 selected families and 2 of 2 others" in text(browser.get(address("round-errors", chosen)))
    page = browser.post(address("sample-draw", chosen), {"most": ""}, follow=True)
    assert "Shown when 5 families were seen." in text(page)
    rates = re.search(r'aria-labelledby="rates-title".*?</section>', page.content.decode(), re.DOTALL).group(0)
    assert not [family for family in made if family.code in rates or family.head.given_name in rates]


def test_error_rates_are_shown_with_their_range_when_enough_were_seen(zarina, nasiba, gulnoz, profiles, sign_in):
    found = families(zarina, 10)
    for number, family in enumerate(found):
        profiles.say(family, 90 - number)
    chosen = whole(zarina, nasiba, places={ZARBDOR: 5})
    browser = sign_in(gulnoz)
    browser.post(address("sample-draw", chosen), {"most": ""})
    with acting_as(gulnoz):
        from paivand.cases.models import SelectionRevisit

        rows = list(SelectionRevisit.objects.filter(round=chosen).order_by("group", "lot"))
    for number, row in enumerate(rows):
        look = {"finding": "wrong" if number in {0, 5} else "right", "how": "home_visit",
                "found_on": TODAY.isoformat(), "words": "дидам", "version": 1}  # fmt: skip
        assert browser.post(reverse("cases:revisit-record", kwargs={"revisit_id": row.pk}), look).status_code == 302
    page = text(browser.get(address("round-errors", chosen)))
    assert "20 %" in page
    assert "4 % – 62 %" in page  # 1 of 5: Wilson's interval is 0.036 to 0.624
    assert "10 looks were by people who had no part in the decision." in page


def test_the_family_that_refuses_and_the_reserve_that_moves_up(made, zarina, nasiba, sign_in):
    chosen = whole(zarina, nasiba)
    browser, row = sign_in(zarina), row_of(zarina, chosen, made[0])
    form = {"refusal-reason_code": "does_not_want", "refusal-version": row.version}
    page = text(browser.post(address("candidate-refusal", row), form, follow=True))
    assert "refused by the family" in page
    reserve = row_of(zarina, chosen, made[2])
    assert "1 place of the jamoat is free" in text(browser.get(address("candidate-open", reserve)))
    page = text(browser.post(address("candidate-fill", reserve), {"fill-version": reserve.version}, follow=True))
    assert "a place became free" in page


def test_a_long_list_is_paged_and_narrowed(zarina, nasiba, profiles, sign_in):
    for number, family in enumerate(families(zarina, 18) + families(zarina, 9)):
        profiles.say(family, 90 - number)
    chosen = drawn(opened(zarina), zarina)
    browser = sign_in(zarina)
    page = browser.get(address("round-open", chosen))
    assert len(page.context["page"].rows) == 25
    rest = browser.get(f"{address('round-open', chosen)}?after={page.context['page'].after}")
    assert len(rest.context["page"].rows) == 2
    seated(chosen, zarina, nasiba)
    narrowed = browser.get(f"{address('round-open', chosen)}?jamoat={ZARBDOR}&decided=undecided&urgent=nonsense&part=x")
    assert narrowed.status_code == 200


def test_the_round_tells_who_is_selected_without_consent_to_services(made, zarina, nasiba, sign_in):
    from paivand.registry.rules import ConsentPurpose
    from tests.registry.talks import agree, withdraw

    with acting_as(zarina):
        agree(zarina, made[0].head, ConsentPurpose.SERVICES)
        withdraw(zarina, made[0].head, ConsentPurpose.SERVICES)
    chosen = whole(zarina, nasiba)
    browser = sign_in(zarina)
    assert "Selected, but without consent to services" in text(browser.get(address("round-open", chosen)))
    row = row_of(zarina, chosen, made[0])
    assert "Write it into the journey" in text(browser.get(address("candidate-open", row)))


def test_the_monitoring_officer_sees_nothing(made, zarina, nasiba, manija, sign_in):
    chosen = whole(zarina, nasiba)
    browser = sign_in(manija)
    for page in ("round-open", "round-minutes", "round-letters", "round-errors"):
        assert browser.get(address(page, chosen)).status_code == 403
    with acting_as(manija):
        assert not SelectionCandidate.objects.exists()
        assert not SelectionRound.objects.exists()


def test_a_signed_list_is_read_by_who_signed_later(made, zarina, nasiba, sign_in):
    chosen = begun(zarina, zarina, nasiba)
    decided_as_proposed(zarina, chosen)
    signed(chosen, zarina)
    page = text(sign_in(nasiba).get(address("round-signatures", chosen)))
    assert "1 more signature is needed." in page
    assert "Sign the list" in page
