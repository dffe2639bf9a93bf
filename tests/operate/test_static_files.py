"""Files that belong to the program itself, as the server gives them."""

from __future__ import annotations

import gzip
from contextlib import closing

import pytest
from django.test import Client


@pytest.mark.django_db  # other tests leave a connection open, which the end of a request looks at
def test_a_file_that_did_not_change_is_answered_without_a_body(settings, tmp_path):
    """An empty gzip after "not modified" would be read by a proxy as the beginning of the next answer."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "house.css").write_text("a { color: red }" * 100)
    (tmp_path / "house.css.gz").write_bytes(gzip.compress((tmp_path / "house.css").read_bytes()))
    browser = Client(headers={"accept-encoding": "gzip"})
    with closing(browser.get("/static/house.css")) as first:
        assert (first.status_code, first["Content-Encoding"]) == (200, "gzip")
    again = browser.get("/static/house.css", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert b"".join(again) == b""
    assert "Content-Encoding" not in again
