"""The pages of certificates: issued from a group's page, checked by anyone who has the code, told to nobody else."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from joserfc import jwk, jwt

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.learning.actions import certificate_batches as batches
from paivand.learning.actions import certificates as actions
from paivand.learning.models import Certificate
from paivand.learning.queries import certificates as queries
from paivand.learning.rules.certificates import Revoking, check_limits
from paivand.learning.rules.issuing import Terms
from paivand.learning.tasks import issue_certificates
from tests.conftest import CastClient
from tests.core.test_paper import claims_to_be_read_aloud, opened
from tests.core.test_papers_of_proof import pictures_told
from tests.learning.handing_out import ISSUED, examined, group_of, issued, learners
from tests.learning.test_badges import demand_whole

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")]
UNKNOWN = "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"


@pytest.fixture(autouse=True)
def fresh_count():
    cache.clear()


@pytest.fixture
def tahmina(everyone):
    return everyone["tahmina"]


@pytest.fixture
def group(tahmina):
    return group_of(tahmina)


@pytest.fixture
def three(tahmina, zarina, group):
    return learners(tahmina, zarina, group)


@pytest.fixture
def made(tahmina, group, three):
    examined(tahmina, group, three)
    return issued(tahmina, group, three[0])


@pytest.fixture
def anyone():
    return CastClient()


def page(name: str, **parts: Any) -> str:
    return reverse(f"learning:{name}", kwargs=parts)


def verify(certificate: Certificate) -> str:
    return page("verify-open", proof_code=certificate.grouped_code)


def revoke(by: Any, certificate: Certificate) -> None:
    with acting_as(by):
        row = Certificate.objects.get(pk=certificate.pk)
        actions.revoke_certificate(
            certificate=row, kind=Revoking.NOT_EARNED, reason="дар имтиҳон набуд", version=row.version, by=by
        )


def agree(by: Any, certificate: Certificate) -> None:
    with acting_as(by):
        actions.show_name(certificate=certificate, on=certificate.issued_on, version=certificate.version, by=by)


# --- the group's page ------------------------------------------------------------------------------------------------


def test_the_page_says_who_may_get_one_who_not_and_why(sign_in, tahmina, zarina, group, three, made):
    learners(
        tahmina, zarina, group, 1, state="failed", name="Ғоибова Сабо",
        lacks=[{"code": "attendance", "need": "80", "have": "55"}],
    )  # fmt: skip
    text = sign_in(tahmina).get(page("group-certificates", group_code=group.code)).content.decode()
    waiting, _, rest = text.partition('id="issued"')
    done, _, without = rest.partition('id="without"')
    assert three[1].name in waiting
    assert three[2].name in waiting
    assert made.printed_number in done
    assert "Ғоибова Сабо" in without
    assert "what it asks for was not reached" in without
    assert "55" in without


def test_diplomas_are_issued_with_numbers_in_a_row_and_in_the_background(sign_in, tahmina, group, three):
    browser = sign_in(tahmina)
    address = page("group-certificates", group_code=group.code)
    key = new_id()
    typed = {
        "form_id": key, "issued_on": "2026-05-30", "sign_0": "Гулбаҳор Ғаниева", "sign_1": "", "body": "",
        "diploma_series": "ДТ", "diploma_from": "0045127", f"number_{three[0].pk}": "0099001",
        f"number_{three[1].pk}": "", f"number_{three[2].pk}": "",
    }  # fmt: skip
    assert browser.post(address, typed)["Location"] == address
    assert "Waiting for its turn" in browser.get(address).content.decode()
    progress = browser.get(page("batch-progress", group_code=group.code))
    assert (progress.status_code, "HX-Refresh" in progress) == (200, False)
    issue_certificates(batch=str(key), by=str(tahmina.pk))
    assert browser.get(page("batch-progress", group_code=group.code))["HX-Refresh"] == "true"
    with acting_as(tahmina):
        numbers = {one.enrolment_id: one.diploma_number for one in Certificate.objects.filter(group=group)}
    assert numbers[three[0].pk] == "0099001"
    assert sorted(numbers.values()) == ["0045127", "0045128", "0099001"]


@pytest.mark.parametrize("while_asking", ["latest_batch", "standing_of"])
def test_a_batch_that_ends_while_the_page_is_made_is_never_overlooked(
    sign_in, tahmina, group, three, monkeypatch, while_asking
):
    key = new_id()
    numbers = {str(one.pk): f"004512{n}" for n, one in enumerate(three)}
    with acting_as(tahmina):
        batches.begin_batch(
            group=group, batch_id=key, terms=Terms(ISSUED, ("", ""), "", "ДТ", numbers), by=tahmina
        )  # fmt: skip
    asked = getattr(queries, while_asking)

    def asked_just_before_the_end(by: Any, about: Any) -> Any:
        found = asked(by, about)
        issue_certificates(batch=str(key), by=str(tahmina.pk))
        return found

    monkeypatch.setattr(queries, while_asking, asked_just_before_the_end)
    text = sign_in(tahmina).get(page("group-certificates", group_code=group.code)).content.decode()
    # Either the page shows them, or it asks again by itself.

    assert 'id="issued"' in text or "certificate-progress" in text


def test_one_is_issued_by_its_own_button(sign_in, tahmina, group, three):
    browser = sign_in(tahmina)
    typed = {
        "form_id": new_id(), "issued_on": "2026-05-30", "sign_0": "", "sign_1": "", "diploma_from": "",
        f"number_{three[1].pk}": "7", "only": str(three[1].pk),
    }  # fmt: skip
    address = page("group-certificates", group_code=group.code)
    for _n in range(2):
        assert browser.post(address, typed).status_code in {302, 404, 422}
    with acting_as(tahmina):
        (one,) = Certificate.objects.filter(group=group)
    assert one.enrolment_id == three[1].pk


@pytest.mark.parametrize(("changes", "words"), [
    ({"diploma_from": "abc"}, "ends with digits"),
    ({"issued_on": "2999-01-01", "diploma_from": "1"}, "day to come"),
    ({"issued_on": ""}, "required"),
])  # fmt: skip
def test_what_is_typed_wrongly_is_told_beside_its_field(sign_in, tahmina, group, three, changes, words):
    typed = {"form_id": new_id(), "issued_on": "2026-05-30", "diploma_from": "", **changes}
    answer = sign_in(tahmina).post(page("group-certificates", group_code=group.code), typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_two_learners_do_not_share_a_diploma_number(sign_in, tahmina, group, three):
    typed = {"form_id": new_id(), "issued_on": "2026-05-30", "diploma_from": "",
             f"number_{three[0].pk}": "5", f"number_{three[1].pk}": "5"}  # fmt: skip
    answer = sign_in(tahmina).post(page("group-certificates", group_code=group.code), typed)
    assert "same number" in answer.content.decode()


def test_a_social_worker_sees_hers_and_issues_none(sign_in, zarina, group, made):
    browser = sign_in(zarina)
    answer = browser.get(page("group-certificates", group_code=group.code))
    assert answer.status_code == 200
    assert 'name="issued_on"' not in answer.content.decode()
    assert browser.post(page("group-certificates", group_code=group.code), {}).status_code == 403
    assert browser.get(page("certificate-open", certificate_id=made.pk)).status_code == 200
    assert browser.get(page("certificate-paper", certificate_id=made.pk)).status_code == 403


# --- the paper -------------------------------------------------------------------------------------------------------


def test_the_paper_bears_name_number_and_the_address_of_its_page(sign_in, tahmina, group, three, made):
    browser = sign_in(tahmina)
    answer = browser.get(page("certificate-paper", certificate_id=made.pk))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    assert claims_to_be_read_aloud(answer.content)
    assert pictures_told(answer.content) == [f"http://testserver{verify(made)}"]
    assert made.name not in str(opened(answer.content).docinfo.Title)
    assert browser.get(page("certificate-paper", certificate_id=made.pk)).content == answer.content


def test_all_of_a_group_are_one_document(sign_in, tahmina, group, three, made):
    issued(tahmina, group, three[1])
    answer = sign_in(tahmina).get(page("group-paper", group_code=group.code))
    assert len(opened(answer.content).pages) == 2


def test_a_certificate_of_completion_has_its_own_design(sign_in, tahmina, zarina):
    from paivand.learning.rules.course import Design
    from paivand.learning.rules.courses import courses

    other = next(one for one in courses().values() if one.certificate and one.certificate.design is Design.COMPLETION)
    group = group_of(tahmina, course=other.code)
    (one,) = learners(tahmina, zarina, group, 1, exam_points=None, exam_passed=None)
    made = issued(tahmina, group, one)
    assert (made.design, made.diploma_number) == ("completion", "")
    answer = sign_in(tahmina).get(page("certificate-paper", certificate_id=made.pk))
    assert len(opened(answer.content).pages) == 1


def test_the_public_address_of_the_settings_is_printed(sign_in, tahmina, group, three, made, settings):
    settings.PUBLIC_ADDRESS = "https://paivand.example"
    answer = sign_in(tahmina).get(page("certificate-paper", certificate_id=made.pk))
    assert pictures_told(answer.content) == [f"https://paivand.example{verify(made)}"]


# --- one certificate -------------------------------------------------------------------------------------------------


def test_a_name_is_corrected_and_a_certificate_revoked_by_their_forms(sign_in, tahmina, group, made):
    browser = sign_in(tahmina)
    address = page("certificate-correct", certificate_id=made.pk)
    key = new_id()
    typed = {"form_id": key, "version": 1, "name": "Саидова Нигораи Ҳасан", "reason": "хатои навишт"}
    assert browser.post(address, typed)["Location"] == page("certificate-open", certificate_id=key)
    assert made.printed_number in browser.get(page("certificate-open", certificate_id=key)).content.decode()
    address = page("certificate-revoke", certificate_id=key)
    assert browser.post(address, {"form_id": new_id(), "version": 1, "kind": "wish", "reason": ""}).status_code == 422
    browser.post(address, {"form_id": new_id(), "version": 1, "kind": "wish", "reason": "хоҳиш"})
    text = browser.get(page("certificate-open", certificate_id=key)).content.decode()
    assert "хоҳиш" in text
    assert browser.get(page("certificate-paper", certificate_id=key)).status_code == 404
    assert browser.get(page("certificate-badge", certificate_id=key, badge_kind="jwt")).status_code == 404


def test_the_agreement_to_show_the_name_is_written_down_and_taken_back(sign_in, tahmina, anyone, made):
    browser, address = sign_in(tahmina), page("certificate-name", certificate_id=made.pk)
    assert made.name not in anyone.get(verify(made)).content.decode()
    browser.post(address, {"version": 1, "on": "2026-05-30"})
    assert made.name in anyone.get(verify(made)).content.decode()
    browser.post(address, {"version": 2, "hide": "1"})
    assert made.name not in anyone.get(verify(made)).content.decode()


def test_certificates_are_found_by_number_and_by_the_beginning_of_a_name(sign_in, tahmina, group, three, made):
    issued(tahmina, group, three[1])
    browser = sign_in(tahmina)

    def found(asked: str) -> set[str]:
        text = browser.get(page("certificate-list"), {"q": asked}).content.decode()
        return set(re.findall(r"VTS-\d{3}-\d{4}", text.partition("</thead>")[2]))

    assert len(found("")) == 2
    assert found(made.printed_number.lower()) == {made.printed_number}
    assert len(found("саидова")) == 2
    assert found("Набудова") == set()


# --- anyone ----------------------------------------------------------------------------------------------------------


def test_whoever_has_the_code_reads_that_it_is_valid_and_nothing_about_her(anyone, group, three, made):
    answer = anyone.get(verify(made))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "This certificate is valid" in text
    for told in (made.printed_number, "Seamstress", "30 May 2026"):
        assert told in text
    for secret in (made.name, "0045127", "84 / 100", group.name, str(three[0].pk), "Кӯлоб", "Kulob"):
        assert secret not in text
    assert answer["Cache-Control"] == "no-store, private"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "paivand_session" not in answer.cookies


@pytest.mark.parametrize("language", ["tg", "ru", "en", "fa"])
def test_the_page_is_there_in_every_language(anyone, made, language):
    anyone.cookies["django_language"] = language
    for address in (page("verify"), verify(made), page("verify-open", proof_code=UNKNOWN), page("badge-issuer")):
        answer = anyone.get(address, HTTP_ACCEPT="text/html")
        assert f'lang="{language}"' in answer.content.decode()


def test_a_revoked_one_says_so_with_its_day_and_the_public_kind_of_the_reason(anyone, nasiba, tahmina, made):
    agree(tahmina, made)
    revoke(nasiba, made)
    text = anyone.get(verify(made)).content.decode()
    assert "not valid any more" in text
    assert "the conditions of the course were not met" in text
    assert "набуд" not in text
    assert made.name not in text
    assert anyone.get(page("verify-badge", proof_code=made.grouped_code, badge_kind="jwt")).status_code == 302


def test_a_replaced_one_leads_nobody_to_the_new_one(anyone, tahmina, made):
    with acting_as(tahmina):
        new = actions.correct_certificate(
            certificate=made, certificate_id=new_id(), name="Номи нав", reason="хато", version=1, by=tahmina
        )
    text = anyone.get(verify(made)).content.decode()
    assert "replaced by a new one" in text
    assert new.grouped_code not in text
    assert new.printed_number not in text


def same(answer: Any) -> str:
    """A page without what differs in any two pages: tokens, nonces and its own address."""
    text = re.sub(r'name="next" value="[^"]*"', "", answer.content.decode())
    return re.sub(r'(value|nonce)="[^"]{20,}"', "", text)


GUESSES = [
    "K7MQ-2XWD-9ATC-H5RB-0VZE", "k7mq2xwd", "0", "not a code", "абв", "%27%20or%201=1--", "a/b/c", "<script>",
    "9" * 300,
]  # fmt: skip


def test_unknown_guessed_and_malformed_codes_are_answered_alike(anyone, made):
    answers = [anyone.get(page("verify-open", proof_code=UNKNOWN))]
    answers += [anyone.get(page("verify-open", proof_code=guess)) for guess in GUESSES]
    wrong_by_one = ("0" if made.code[0] != "0" else "1") + made.code[1:]
    answers.append(anyone.get(page("verify-open", proof_code=wrong_by_one)))
    assert {one.status_code for one in answers} == {404}
    assert len({same(one) for one in answers}) == 1
    assert len({tuple(sorted(one.headers)) for one in answers}) == 1
    for kind in ("status", "badge"):
        name = {"status": "verify-status", "badge": "verify-badge"}[kind]
        more = {"badge_kind": "jwt"} if kind == "badge" else {}
        assert same(anyone.get(page(name, proof_code=UNKNOWN, **more))) == same(answers[0])


def test_unknown_codes_cost_the_same_work(anyone, made):
    def statements(code: str) -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            anyone.get(page("verify-open", proof_code=code))
        return [re.sub(r"'[^']*'|\d+", "?", one["sql"])[:60] for one in seen]

    statements(UNKNOWN)
    asked = [statements(code) for code in (UNKNOWN, "0", "not a code", "K7MQ-2XWD-9ATC-H5RB-0VZE")]
    assert all(one == asked[0] for one in asked)
    assert any("learning_certificate" in one for one in asked[0])


def test_who_asks_for_too_many_waits_and_others_do_not(anyone, made):
    for _n in range(check_limits().wrong_codes_of_address):
        assert anyone.get(page("verify-open", proof_code=UNKNOWN)).status_code == 404
    assert anyone.get(page("verify-open", proof_code=UNKNOWN)).status_code == 429
    assert anyone.get(verify(made)).status_code == 429
    assert anyone.get(verify(made), REMOTE_ADDR="10.1.2.3").status_code == 200
    assert anyone.get(page("verify")).status_code == 200


def test_checking_right_codes_is_not_limited(anyone, made):
    started = time.monotonic()
    for _n in range(check_limits().wrong_codes_of_address + 2):
        assert anyone.get(verify(made)).status_code == 200
    assert time.monotonic() - started < 30


def test_a_typed_code_is_understood_and_leads_to_its_page(anyone, made):
    typed = made.grouped_code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    answer = anyone.get(page("verify"), {"code": f"  {typed} "})
    assert answer["Location"] == verify(made)
    assert anyone.get(page("verify"), {"code": "  "}).status_code == 422
    odd = anyone.get(page("verify"), {"code": "nonsense/of any kind"}, follow=True)
    assert odd.status_code == 404


def test_somebody_signed_in_is_nobody_there(sign_in, anyone, tahmina, made):
    assert same(sign_in(tahmina).get(verify(made), HTTP_ACCEPT_LANGUAGE="en")).count("Таҳмина") == 0


# --- badges ----------------------------------------------------------------------------------------------------------


def test_the_badge_of_a_certificate_is_checked_from_what_is_served_alone(anyone, tahmina, made):
    agree(tahmina, made)
    answer = anyone.get(page("verify-badge", proof_code=made.grouped_code, badge_kind="jwt"))
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Content-Disposition"] == f'attachment; filename="{made.printed_number}.jwt"'
    token = answer.content.decode()
    head = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))

    def served(address: str) -> Any:
        path = address.removeprefix("http://testserver")
        assert path != address
        return json.loads(anyone.get(path, HTTP_ACCEPT="application/json").content)

    key = served(head["kid"])
    assert key in served("http://testserver" + page("badge-keys"))["keys"]
    claims = jwt.decode(token, jwk.OKPKey.import_key(key), algorithms=["EdDSA"]).claims
    demand_whole(claims)
    assert served(claims["iss"])["id"] == claims["issuer"]["id"] == claims["iss"]
    assert claims["credentialSubject"]["identifier"][0]["identityHash"] == made.name
    assert claims["credentialSubject"]["licenseNumber"] == made.printed_number
    assert served(claims["credentialStatus"]["id"])["revokedCredentials"] == []
    revoke(tahmina, made)
    ended = served(claims["credentialStatus"]["id"])["revokedCredentials"]
    assert ended == [{"id": claims["id"], "revoked": True, "revocationReason": "not_earned"}]


def test_the_readable_badge_says_the_same_as_the_signed_one_and_no_name_unasked(sign_in, tahmina, made):
    browser = sign_in(tahmina)
    plain = json.loads(browser.get(page("certificate-badge", certificate_id=made.pk, badge_kind="json")).content)
    demand_whole(plain)
    assert made.name not in json.dumps(plain, ensure_ascii=False)
    assert str(made.enrolment_id) not in json.dumps(plain)
    assert browser.get(page("certificate-badge", certificate_id=made.pk, badge_kind="xml")).status_code == 404


def test_two_certificates_of_one_woman_have_no_identifier_in_common(tahmina, zarina, sign_in, group, three, made):
    second = group_of(tahmina, name="Дигар")
    with acting_as(zarina):
        person = three[0].person
    (again,) = learners(tahmina, zarina, second, 1, person=person)
    other = issued(tahmina, second, again)
    browser = sign_in(tahmina)
    subjects = {
        json.loads(browser.get(page("certificate-badge", certificate_id=one.pk, badge_kind="json")).content)[
            "credentialSubject"
        ]["id"]
        for one in (made, other)
    }
    assert len(subjects) == 2


def test_a_key_that_never_was_is_not_there(anyone):
    assert anyone.get(page("badge-key", thumb="x" * 43)).status_code == 404
    assert anyone.get(page("badge-keys"))["Access-Control-Allow-Origin"] == "*"
