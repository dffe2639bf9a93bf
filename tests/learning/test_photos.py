"""Photographs of sessions: kept sealed and bare, seen by who works with the group, and taken away for good."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from paivand.access.models.identity import acting_as
from paivand.core.models import new_id
from paivand.core.models.files import content_of, path_of
from paivand.core.rules.errors import Refused, WithoutRightError
from paivand.learning.actions import photos
from paivand.learning.models import FieldPhoto, Session
from paivand.learning.rules.states import SessionState
from tests.cases.files import PLACE, pdf, photograph
from tests.cast import fresh
from tests.learning.schooling import held, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path, settings):
    settings.HOME = str(tmp_path)
    return tmp_path


@pytest.fixture
def session(tahmina, zarina, home):
    group, _rows = running(tahmina, zarina, n=2)
    return held(tahmina, group, {})


def add(by, session, content=None, **more):
    with acting_as(by):
        values = {"photo_id": new_id(), "content": photograph() if content is None else content, **more}
        return photos.add_session_photo(group=session.group, session=session, by=fresh(by), **values)


def code_of(run):
    with pytest.raises(Refused) as refused:
        run()
    return refused.value.code


def test_a_photograph_loses_where_it_was_taken_and_lies_sealed(tahmina, session):
    photo = add(tahmina, session, caption="дарзи якум")
    with acting_as(tahmina):
        assert PLACE not in content_of(photo)
        assert PLACE not in path_of(photo.pk).read_bytes()
        assert (photo.session_id, photo.observation_id, photo.taken_on) == (session.pk, None, session.on_day)


def test_only_pictures_of_sessions_that_were_held_are_kept(tahmina, session):
    assert code_of(lambda: add(tahmina, session, pdf())) == "kind"
    assert code_of(lambda: add(tahmina, session, b"")) == "empty"
    with acting_as(tahmina):
        coming = Session.objects.filter(group=session.group, state=SessionState.PLANNED).first()
    assert code_of(lambda: add(tahmina, coming)) == "state"
    key = new_id()
    add(tahmina, session, photo_id=key)
    assert code_of(lambda: add(tahmina, session, photo_id=key)) == "twice"


def test_a_session_has_so_many_photographs_and_no_more(tahmina, session, monkeypatch):
    monkeypatch.setattr(photos, "MOST_OF_A_SESSION", 1)
    add(tahmina, session)
    assert code_of(lambda: add(tahmina, session)) == "many"


def test_a_social_worker_adds_none_and_who_works_elsewhere_sees_none(tahmina, zarina, farrukh, session):
    with pytest.raises(WithoutRightError):
        add(zarina, session)
    photo = add(tahmina, session)
    with acting_as(zarina):
        assert FieldPhoto.objects.filter(pk=photo.pk).exists()
    with acting_as(farrukh):
        assert not FieldPhoto.objects.exists()


def test_it_is_sent_shown_and_taken_away_on_the_page_of_the_session(
    tahmina, manija, session, sign_in, django_capture_on_commit_callbacks
):
    of_group = {"group_code": session.group.code, "session_n": session.n}
    page, send = reverse("learning:session-open", kwargs=of_group), reverse("learning:session-photo", kwargs=of_group)
    browser = sign_in(tahmina)
    assert send in browser.get(page).content.decode()
    assert browser.post(send, {"form_id": str(new_id())}).status_code == 422
    typed = {
        "form_id": str(new_id()), "caption": "дарзи якум",
        "photo": SimpleUploadedFile("x.exe", photograph(), "application/octet-stream"),
    }  # fmt: skip
    assert browser.post(send, typed).status_code == 302
    with acting_as(tahmina):
        photo = FieldPhoto.objects.get()
    of_photo = {"school_code": session.group.code, "photo_id": photo.pk}
    file = reverse("learning:photo-file", kwargs=of_photo)
    html = browser.get(page).content.decode()
    assert file in html
    assert "дарзи якум" in html
    assert browser.get(file)["Content-Type"] == "image/jpeg"
    assert sign_in(manija).get(file).status_code == 404
    assert file not in sign_in(manija).get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert sign_in(tahmina).post(reverse("learning:photo-remove", kwargs=of_photo)).status_code == 302
    assert not path_of(photo.pk).exists()
    assert sign_in(tahmina).get(file).status_code == 404
