"""Open Badges 3.0: what the standard demands of a credential, and its signature read by another library."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from joserfc import jwk, jwt
from joserfc.errors import BadSignatureError

from paivand.learning.rules import badges
from paivand.learning.rules.badges import Award, Issuer, credential, revocations
from paivand.learning.rules.certificates import CertificateState, Revoking, Shown

# RFC 9864 names the algorithm "Ed25519" since 2025. Wallets and verifiers of badges know the older name, "EdDSA".
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")

ISSUER = Issuer("https://paivand.example/", "Programme for families")
AWARD = Award(
    page="https://paivand.example/verify/K7MQ-2XWD-9ATC-H5RB-0VZE/",
    subject="urn:uuid:019ab000-0000-7000-8000-000000000000", name="", number="VTS-000-1376",
    course="https://paivand.example/badges/issuer/#seamstress", title="Дӯзанда", description="A trade in 160 hours.",
    criteria="80 % of the lessons, 88 hours of practice and an exam.", language="tg", diploma=True, trade="7531",
    hours="160", mark="84", body="Institution of initial vocational education", began_on=date(2026, 3, 2),
    ended_on=date(2026, 5, 29), issued_at=datetime(2026, 5, 30, 7, 30, 12, 999, tzinfo=UTC),
)  # fmt: skip
WORDS = {"hours": "Соатҳо", "mark": "Баҳои имтиҳон"}
URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

# Required properties of each class, after annex B of the specification, with the form of each value.
REQUIRED = {
    "credential": {
        "@context": list, "id": URI, "type": list, "issuer": dict, "validFrom": MOMENT, "credentialSubject": dict,
        "name": str,
    },
    "profile": {"id": URI, "type": list},
    "subject": {"type": list, "achievement": dict},
    "achievement": {"id": URI, "type": list, "name": str, "description": str, "criteria": dict},
    "alignment": {"type": list, "targetName": str, "targetUrl": URI},
    "result": {"type": list},
    "result description": {"id": URI, "type": list, "name": str, "resultType": str},
    "identity": {"type": str, "hashed": bool, "identityHash": str, "identityType": str},
    "schema": {"id": URI, "type": str},
    "status": {"id": URI, "type": str},
}  # fmt: skip
ACHIEVEMENT_TYPES = {"Diploma", "CertificateOfCompletion"}


def demand(kind: str, found: dict) -> None:
    for name, form in REQUIRED[kind].items():
        assert name in found, f"{kind} lacks {name}"
        value = found[name]
        if isinstance(form, re.Pattern):
            assert form.fullmatch(value), f"{kind}: {name} is {value!r}"
        else:
            assert isinstance(value, form), f"{kind}: {name} is {value!r}"
        assert value not in ("", [], {}), f"{kind}: {name} is empty"


def demand_whole(found: dict) -> None:
    """What Open Badges 3.0 requires, from the credential down to its smallest part."""
    demand("credential", found)
    assert found["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert re.fullmatch(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context-3\.0\.\d\.json", found["@context"][1])
    assert "VerifiableCredential" in found["type"]
    assert {"AchievementCredential", "OpenBadgeCredential"} & set(found["type"])
    demand("profile", found["issuer"])
    assert "Profile" in found["issuer"]["type"]
    subject = found["credentialSubject"]
    demand("subject", subject)
    assert "AchievementSubject" in subject["type"]
    assert subject.get("id") or subject.get("identifier")
    achievement = subject["achievement"]
    demand("achievement", achievement)
    assert "Achievement" in achievement["type"]
    assert achievement["achievementType"] in ACHIEVEMENT_TYPES
    assert achievement["criteria"].get("id") or achievement["criteria"]["narrative"]
    described = {one["id"] for one in achievement.get("resultDescription", [])}
    for one in achievement.get("resultDescription", []):
        demand("result description", one)
    for one in subject.get("result", []):
        demand("result", one)
        assert one["resultDescription"] in described
    for one in achievement.get("alignment", []):
        demand("alignment", one)
    for one in subject.get("identifier", []):
        demand("identity", one)
    for one in found["credentialSchema"]:
        demand("schema", one)
    demand("status", found["credentialStatus"])


@pytest.fixture
def private():
    return badges.new_key()


def key_at(address: str, private: str) -> jwk.OKPKey:
    """What somebody finds who asks for the address in the header."""
    served = badges.public_jwk(badges.public_part(private), ISSUER)
    assert address == served["kid"]
    return jwk.OKPKey.import_key(json.loads(json.dumps(served)))


@pytest.mark.parametrize("award", [
    AWARD, replace(AWARD, name="Нигора"), replace(AWARD, diploma=False, trade="", mark="", hours=""),
    replace(AWARD, began_on=None, ended_on=None),
])  # fmt: skip
def test_a_credential_has_all_that_the_standard_requires(award):
    demand_whole(credential(award, ISSUER, WORDS))


def test_the_holders_name_is_in_it_only_if_she_agreed():
    assert "Нигора" not in json.dumps(credential(AWARD, ISSUER, WORDS), ensure_ascii=False)
    found = credential(replace(AWARD, name="Нигора"), ISSUER, WORDS)
    assert found["credentialSubject"]["identifier"][0]["identityHash"] == "Нигора"


def test_another_library_verifies_the_signature_with_the_key_at_the_address_in_the_header(private):
    unsigned = credential(AWARD, ISSUER, WORDS)
    token = badges.signed(unsigned, private, ISSUER)
    head = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert set(head) == {"alg", "kid", "typ"}
    assert (head["alg"], head["typ"]) == ("EdDSA", "JWT")
    read = jwt.decode(token, key_at(head["kid"], private), algorithms=["EdDSA"])
    demand_whole(read.claims)
    # Section 8.2.6.1: the claims repeat what stands in the credential.
    assert read.claims["iss"] == read.claims["issuer"]["id"]
    assert read.claims["jti"] == read.claims["id"]
    assert read.claims["sub"] == read.claims["credentialSubject"]["id"]
    assert datetime.fromtimestamp(read.claims["nbf"], UTC) == datetime.fromisoformat(read.claims["validFrom"])
    assert "exp" not in read.claims
    assert {key: value for key, value in read.claims.items() if key in unsigned} == unsigned


def test_a_changed_credential_and_another_key_are_noticed(private):
    token = badges.signed(credential(AWARD, ISSUER, WORDS), private, ISSUER)
    head, body, mark = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    claims["credentialSubject"]["result"][1]["value"] = "99"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    key = jwk.OKPKey.import_key(badges.public_jwk(badges.public_part(private), ISSUER))
    with pytest.raises(BadSignatureError):
        jwt.decode(f"{head}.{forged}.{mark}", key, algorithms=["EdDSA"])
    other = jwk.OKPKey.import_key(badges.public_jwk(badges.public_part(badges.new_key()), ISSUER))
    with pytest.raises(BadSignatureError):
        jwt.decode(token, other, algorithms=["EdDSA"])


def test_what_is_served_of_a_key_holds_nothing_private(private):
    served = badges.key_set([badges.public_part(private)], ISSUER)
    assert private not in json.dumps(served)
    assert all(set(one) == {"kty", "crv", "x", "kid", "alg", "use"} for one in served["keys"])


def test_a_key_is_named_by_its_thumbprint(private):
    # RFC 8037, appendix A.3: the thumbprint of the key of its examples.
    assert badges.thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") == (
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    )
    # The same appendix: that public key belongs to this private one.
    assert badges.public_part("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A") == (
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    )
    ours = jwk.OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": badges.public_part(private)})
    assert badges.thumbprint(badges.public_part(private)) == ours.thumbprint()


@pytest.mark.parametrize("written", ["", "abc", "0" * 41, "не ключ", "A" * 86])
def test_what_is_no_key_is_told_in_a_sentence(written):
    with pytest.raises(ValueError, match="no private key of Ed25519"):
        badges.public_part(written)


def test_the_list_of_revocations_names_one_credential_only():
    state = Shown(CertificateState.REVOKED, "", date(2026, 5, 30), "", date(2026, 7, 1), Revoking.NOT_EARNED)
    ended = revocations(AWARD, ISSUER, state)
    unsigned = credential(AWARD, ISSUER, WORDS)
    assert ended["id"] == unsigned["credentialStatus"]["id"]
    assert ended["issuer"] == unsigned["issuer"]["id"]
    assert ended["revokedCredentials"] == [
        {"id": unsigned["id"], "revoked": True, "revocationReason": "not_earned"}
    ]  # fmt: skip
    valid = replace(state, state=CertificateState.VALID, reason=None, ended_on=None)
    assert revocations(AWARD, ISSUER, valid)["revokedCredentials"] == []
    replaced = replace(state, state=CertificateState.SUPERSEDED, reason=None)
    assert revocations(AWARD, ISSUER, replaced)["revokedCredentials"][0]["revocationReason"] == "superseded"
