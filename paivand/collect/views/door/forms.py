"""What a device fetches: the list of forms, each form, and what a form needs besides itself."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from paivand.collect.actions.devices import note_contact
from paivand.collect.models import FormVersion
from paivand.collect.queries.door import (
    Opened,
    file_of,
    files_of,
    mark_of,
    states_of_entries,
    unfit_for_browsers,
    version_of,
    versions_with_files,
)
from paivand.collect.queries.field_lists import ENTITY_LISTS, NAMES, field_list, field_lists
from paivand.collect.queries.forms import forms_for
from paivand.collect.rules.openrosa import (
    ListedFile,
    ListedForm,
    TurnedAway,
    form_list,
    integrity,
    manifest,
)
from paivand.collect.rules.submissions import DeviceKind
from paivand.collect.views.door.entry import at_door, inside, told
from paivand.core.rules.whole_numbers import read_whole

MOST_ASKED = 10_000
"""Entries of a list whose fate is told at once. A phone asks after all that it made itself in one address, and fetches
nothing anew when that is refused: so many do not fit into an address that a proxy lets through (see the how-to)."""


class Paths:
    """Addresses for the way in which a device came: with its token in them, or by Basic."""

    def __init__(self, request: HttpRequest, token: str | None) -> None:
        self.request, self.token = request, token

    def to(self, name: str, **parts: str) -> str:
        """The whole address of one of the door's pages."""
        if self.token is None:
            return self.request.build_absolute_uri(reverse(f"collect:basic-{name}", kwargs=parts))
        return self.request.build_absolute_uri(
            reverse(f"collect:door-{name}", kwargs={"device_token": self.token, **parts})
        )


@at_door("GET", "HEAD")
def door_form_list(request: HttpRequest, device_token: str | None = None) -> HttpResponse:
    """The forms that the worker fills in, each in its present version. ``formID`` asks for one.

    Older versions are never listed, whatever ``listAllVersions`` says: they are taken, and no longer filled in. A
    browser is told which forms it cannot fill in, so that nobody comes to a question there that cannot be answered.
    """
    paths = Paths(request, device_token)
    with inside(request, device_token) as opened:
        _note(request, opened)
        asked = request.GET.get("formID", "")
        rows = [row for row in forms_for(opened.user) if not asked or row.form.code == asked]
        with_files = versions_with_files([row.pk for row in rows])
        unfit = unfit_for_browsers(rows) if opened.device.kind == DeviceKind.BROWSER else set()
        listed = [
            ListedForm(
                code=row.form.code, name=row.form.title(opened.language), version=row.name, md5=row.md5,
                url=paths.to("form", form_code=row.form.code, form_version=row.name),
                manifest_url=paths.to("manifest", form_code=row.form.code, form_version=row.name)
                if row.lists or row.pk in with_files else "",
                for_collect=row.pk in unfit,
            )
            for row in rows
        ]  # fmt: skip
        return told(form_list(listed))


@at_door("GET", "HEAD")
def door_form(request: HttpRequest, form_code: str, form_version: str, device_token: str | None = None) -> HttpResponse:
    """A form, to the byte: clients compare its MD5."""
    with inside(request, device_token) as opened:
        row = _version(opened, form_code, form_version)
        _note(request, opened, fetched=(form_code, form_version))
        return told(row.xml.encode())


@at_door("GET", "HEAD")
def door_manifest(
    request: HttpRequest, form_code: str, form_version: str, device_token: str | None = None
) -> HttpResponse:
    """What a form needs besides itself: its files, and the lists that it chooses from."""
    paths = Paths(request, device_token)
    with inside(request, device_token) as opened:
        _note(request, opened)
        row = _version(opened, form_code, form_version)
        named = [name for name in row.lists if name in NAMES]
        lists = [
            ListedFile(
                f"{name}.csv", mark_of(found), paths.to("list", list_name=name),
                paths.to("integrity", list_name=name) if found.entity else "",
            )
            for name, found in field_lists(opened.user, named).items()
        ]  # fmt: skip
        files = [
            ListedFile(
                one.name, one.md5, paths.to("file", form_code=form_code, form_version=form_version, file_name=one.name)
            )
            for one in files_of(row)
        ]
        return told(manifest([*lists, *files]))


@at_door("GET", "HEAD")
def door_file(
    request: HttpRequest, form_code: str, form_version: str, file_name: str, device_token: str | None = None
) -> HttpResponse:
    """A picture, a sound or a table of a form."""
    with inside(request, device_token) as opened:
        _note(request, opened)
        found = file_of(_version(opened, form_code, form_version), file_name)
        if found is None:
            raise TurnedAway("file")
        return _or_unchanged(request, found.md5, lambda: bytes(found.content), found.mime)


@at_door("GET", "HEAD")
def door_list(request: HttpRequest, list_name: str, device_token: str | None = None) -> HttpResponse:
    """A list as the worker may hold it now; nothing is sent when it is the one that the device has."""
    if list_name not in NAMES:
        raise TurnedAway("list")
    with inside(request, device_token) as opened:
        _note(request, opened)
        found = field_list(opened.user, list_name)
        return _or_unchanged(request, found.token, found.content, "text/csv; charset=utf-8", kept="private, no-store")


@at_door("GET", "HEAD")
def door_integrity(request: HttpRequest, list_name: str, device_token: str | None = None) -> HttpResponse:
    """Which of the entries that a device asks about are gone, or out of the worker's sight, which is the same here.

    What the device made itself and the registry has not taken in is left out of the answer, so that it keeps it.
    Nothing else is left out: more than can be told is refused.
    """
    if list_name not in ENTITY_LISTS:
        raise TurnedAway("list")
    with inside(request, device_token) as opened:
        _note(request, opened)
        asked = [one.strip() for one in request.GET.get("id", "").split(",") if one.strip()]
        if len(asked) > MOST_ASKED:
            raise TurnedAway("too_many")
        return told(integrity(states_of_entries(opened.user, list_name, asked)))


def _version(opened: Opened, code: str, version: str) -> FormVersion:
    """A version of a form that the worker may fetch: one in use, now or before, of a form that she is offered now.

    Raises:
        TurnedAway: ``form``.
    """
    row = version_of(code, version)
    if row is None or not row.was_used or all(one.form_id != row.form_id for one in forms_for(opened.user)):
        raise TurnedAway("form")
    return row


def _or_unchanged(
    request: HttpRequest, mark: str, content: Callable[[], bytes], mime: str, kept: str = "private, no-cache"
) -> HttpResponse:
    """The content, or 304 when the client holds this very one.

    Args:
        kept: who may keep it on the way. A list of families is kept by nobody but the app that asked, in its own store:
            a browser would write it into its cache, where it lies in plain.
    """
    held = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    is_held = f'"{mark}"' in held
    answer = HttpResponse(status=304) if is_held else HttpResponse(content(), content_type=mime)
    answer["ETag"] = f'"{mark}"'
    answer["Cache-Control"] = kept
    return answer


def _note(request: HttpRequest, opened: Opened, fetched: tuple[str, str] | None = None) -> None:
    waiting = request.headers.get("X-Paivand-Waiting", "")
    note_contact(
        opened, agent=request.headers.get("User-Agent", ""), now=timezone.now(), fetched=fetched,
        n_waiting=read_whole(waiting) if len(waiting) < 7 else None,
    )  # fmt: skip
