"""Certificates as Open Badges 3.0: verifiable credentials that are signed as a JSON Web Token with Ed25519.

The form is that of 1EdTech's specification (Open Badges 3.0, 2024, sections 5, 8.2 and B.1): the payload of the token
is the credential itself with the claims ``iss``, ``jti``, ``nbf`` and ``sub``; its header has ``alg``, ``typ`` and a
``kid``, which is the address of the public key and nothing else. No key stands in the token: whoever checks it has to
ask the issuer. Whether a credential was revoked stands at the address of its ``credentialStatus``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from paivand.learning.rules.certificates import Shown

CONTEXT = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
OCCUPATION = "http://data.europa.eu/esco/isco/C"
"""The addresses of the occupations of ISCO-08 in ESCO."""


@dataclass(frozen=True)
class Issuer:
    """Who signs: the installation at ``address``, which ends with a slash.

    Args:
        name: of the programme that runs it.
    """

    address: str
    name: str

    @property
    def profile(self) -> str:
        """The address of the issuer's profile, which is its identifier."""
        return f"{self.address}badges/issuer/"

    def key(self, thumbprint: str) -> str:
        """The address of a public key."""
        return f"{self.address}badges/keys/{thumbprint}/"


@dataclass(frozen=True)
class Award:
    """What a credential tells about a certificate.

    Args:
        page: the address of the public page of the certificate, which ends with a slash.
        subject: an identifier of the holder within this certificate only: it joins no two certificates.
        name: of the holder; empty unless she agreed that it is shown.
        course: the identifier of the course, an address with a fragment.
        title, description, criteria: of the course, in ``language``.
        diploma: whether it records a state diploma.
        trade: code of ISCO-08; empty if there is none.
        hours: of lessons and practice that were taken.
        mark: of the exam, as it is printed; empty without an exam.
        body: who issued the certificate, as it is printed.
    """

    page: str
    subject: str
    name: str
    number: str
    course: str
    title: str
    description: str
    criteria: str
    language: str
    diploma: bool
    trade: str
    hours: str
    mark: str
    body: str
    began_on: date | None
    ended_on: date | None
    issued_at: datetime

    @property
    def status(self) -> str:
        """The address at which a revocation is told."""
        return f"{self.page}status/"


def credential(award: Award, issuer: Issuer, words: Mapping[str, str]) -> dict[str, Any]:
    """The credential, unsigned.

    Args:
        words: ``hours`` and ``mark``: what these results are called, in the language of the award.
    """
    results = [(key, value) for key, value in (("hours", award.hours), ("mark", award.mark)) if value]
    return {
        "@context": list(CONTEXT),
        "id": award.page,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.title,
        "issuer": profile(issuer),
        "validFrom": _moment(award.issued_at),
        "credentialSubject": _subject(award, words, results),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialStatus": {"id": award.status, "type": "1EdTechRevocationList"},
    }


def _subject(award: Award, words: Mapping[str, str], results: list[tuple[str, str]]) -> dict[str, Any]:
    achievement: dict[str, Any] = {
        "id": award.course,
        "type": ["Achievement"],
        "achievementType": "Diploma" if award.diploma else "CertificateOfCompletion",
        "name": award.title,
        "description": award.description,
        "criteria": {"narrative": award.criteria},
        "inLanguage": award.language,
        "creator": {"id": f"{award.course}-body", "type": ["Profile"], "name": award.body},
    }
    if results:
        achievement["resultDescription"] = [
            {"id": f"{award.course}-{key}", "type": ["ResultDescription"], "name": words[key], "resultType": "Result"}
            for key, _value in results
        ]
    if award.trade:
        achievement["alignment"] = [
            {
                "type": ["Alignment"],
                "targetName": award.title,
                "targetUrl": f"{OCCUPATION}{award.trade}",
                "targetCode": award.trade,
                "targetFramework": "ISCO-08",
            }
        ]
    subject: dict[str, Any] = {
        "id": award.subject,
        "type": ["AchievementSubject"],
        "licenseNumber": award.number,
        "achievement": achievement,
    }
    if award.began_on:
        subject["activityStartDate"] = _moment(_morning(award.began_on))
    if award.ended_on:
        subject["activityEndDate"] = _moment(_morning(award.ended_on))
    if results:
        subject["result"] = [
            {"type": ["Result"], "resultDescription": f"{award.course}-{key}", "value": value} for key, value in results
        ]
    if award.name:
        subject["identifier"] = [
            {"type": "IdentityObject", "hashed": False, "identityHash": award.name, "identityType": "name"}
        ]
    return subject


def profile(issuer: Issuer) -> dict[str, Any]:
    """Who the issuer is, as it stands in each credential and at its own address."""
    return {"id": issuer.profile, "type": ["Profile"], "name": issuer.name, "url": issuer.address}


def revocations(award: Award, issuer: Issuer, seen: Shown) -> dict[str, Any]:
    """The list at the address of the status: it names this credential if it is not valid any more, and no other."""
    ended = [] if seen.is_valid else [
        {"id": award.page, "revoked": True, "revocationReason": str(seen.reason or seen.state)}
    ]  # fmt: skip
    return {"id": award.status, "issuer": issuer.profile, "revokedCredentials": ended}


# --- keys and signature ----------------------------------------------------------------------------------------------


def new_key() -> str:
    """A private key of Ed25519, as the file of keys holds it."""
    return _coded(Ed25519PrivateKey.generate().private_bytes_raw())


def badge_keys_in(written: str) -> list[str]:
    """The private keys in a file of badge keys, the newest first.

    >>> badge_keys_in("# a remark\\nnew\\n")
    ['new']
    """
    return [line.strip() for line in written.splitlines() if line.strip() and not line.startswith("#")]


def public_part(private: str) -> str:
    """The public key of a private one.

    Raises:
        ValueError: when it is no key of Ed25519.
    """
    return _coded(_private(private).public_key().public_bytes_raw())


def thumbprint(public: str) -> str:
    """The name of a public key: its thumbprint after RFC 7638."""
    return _coded(hashlib.sha256(json.dumps(_jwk(public), separators=(",", ":"), sort_keys=True).encode()).digest())


def public_jwk(public: str, issuer: Issuer) -> dict[str, str]:
    """A public key as JSON Web Key (RFC 8037), under the address that stands in the header of what it signed."""
    return {**_jwk(public), "kid": issuer.key(thumbprint(public)), "alg": "EdDSA", "use": "sig"}


def key_set(public: Iterable[str], issuer: Issuer) -> dict[str, list[dict[str, str]]]:
    """All public keys as a JSON Web Key Set."""
    return {"keys": [public_jwk(one, issuer) for one in public]}


def signed(unsigned: Mapping[str, Any], private: str, issuer: Issuer) -> str:
    """The credential as a compact JSON Web Signature: what the standard calls VC-JWT."""
    claims = {
        "iss": unsigned["issuer"]["id"],
        "jti": unsigned["id"],
        "nbf": int(datetime.fromisoformat(unsigned["validFrom"]).timestamp()),
        "sub": unsigned["credentialSubject"]["id"],
    }
    header = {"kid": issuer.key(thumbprint(public_part(private))), "typ": "JWT"}
    return jwt.encode({**unsigned, **claims}, _private(private), algorithm="EdDSA", headers=header)


def _private(written: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("This is no private key of Ed25519: 32 bytes in base64url.") from None


def _jwk(public: str) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": public}


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
