"""Sign-in through the organisation's directory (OpenID Connect), against a small directory on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from paivand.access.models import AuditEvent, User
from paivand.access.models.identity import acting_as, identity
from paivand.core.rules.writing import writing
from tests.conftest import CastClient

pytestmark = pytest.mark.django_db


class Directory(BaseHTTPRequestHandler):
    """Answers as an OpenID Connect provider does."""

    person: ClassVar[dict[str, object]] = {}

    def do_GET(self) -> None:
        here = f"http://127.0.0.1:{self.server.server_port}"
        if self.path.startswith("/.well-known"):
            self.answer({
                "issuer": here, "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token",
                "userinfo_endpoint": f"{here}/userinfo", "jwks_uri": f"{here}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })  # fmt: skip
        else:
            self.answer(self.person)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"access_token": "a-token", "token_type": "Bearer", "expires_in": 60})

    def answer(self, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def directory(settings) -> Iterator[type[Directory]]:
    """A running directory, and Paivand configured for it."""
    cache.clear()
    server = HTTPServer(("127.0.0.1", 0), Directory)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [{
                "provider_id": "directory", "name": "Directory", "client_id": "paivand", "secret": "of-the-tests",
                "settings": {"server_url": f"http://127.0.0.1:{server.server_port}"},
            }],
        }
    }  # fmt: skip
    yield Directory
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def known(admin, zarina):
    """Zarina with an e-mail address, and no second factor in the way."""
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=zarina.pk).update(email="zarina@paivand.example")
    with identity(zarina.pk):
        Authenticator.objects.filter(user=zarina).delete()
    return zarina


def come_in(client: CastClient):
    """Leave for the directory and come back with a code."""
    leaving = client.post("/account/oidc/directory/login/")
    assert leaving.status_code == 302, leaving.content
    state = parse_qs(urlsplit(leaving.url).query)["state"][0]
    return client.get("/account/oidc/directory/login/callback/", {"code": "a-code", "state": state})


def test_a_user_whom_the_directory_vouches_for_comes_in(directory, known, dpo):
    directory.person = {"sub": "1", "email": "zarina@paivand.example", "email_verified": True}
    client = CastClient()
    assert come_in(client).status_code == 302
    assert client.get("/account/2fa/").status_code == 200  # signed in, and led to set up the second factor
    with acting_as(dpo):
        assert AuditEvent.objects.filter(event="session.start", outcome="done", actor_id=known.pk).count() == 1
    again = CastClient()
    come_in(again)
    assert again.get("/account/2fa/").status_code == 200


@pytest.mark.parametrize("person", [
    {"sub": "2", "email": "stranger@paivand.example", "email_verified": True},
    {"sub": "3", "email": "zarina@paivand.example", "email_verified": False},
    {"sub": "4"},
])  # fmt: skip
def test_whom_nobody_created_here_stays_out(person, directory, known):
    directory.person = person
    client = CastClient()
    answer = come_in(client)
    assert answer.status_code == 302
    assert client.get("/me/").status_code == 302
    page = client.get("/account/login/")
    assert "Ask your administrator" in page.content.decode()
    with identity(known.pk):
        assert User.objects.count() == User.objects.filter(is_active=True).count()


def test_a_suspended_user_stays_out_whatever_the_directory_says(directory, known, admin):
    with identity(admin.pk), writing("test"):
        User.objects.filter(pk=known.pk).update(is_active=False)
    directory.person = {"sub": "1", "email": "zarina@paivand.example", "email_verified": True}
    client = CastClient()
    come_in(client)
    assert client.get("/me/").status_code == 302


def test_without_configuration_there_is_no_directory():
    assert CastClient().post("/account/oidc/directory/login/").status_code == 404
