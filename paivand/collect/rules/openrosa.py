"""What OpenRosa clients are answered: XML of four kinds, and why somebody is turned away.

A client gives up a whole list when one item lacks something, so the builders take whole items only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from paivand.core.rules.texts import text

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

TURNED_AWAY: dict[str, tuple[int, str]] = {
    "broken_body": (400, text("What was sent was cut off on the way. Send it again.")),
    "no_xml": (400, text("What was sent contains no filled form.")),
    "host": (400, text("Paivand is not known by the address that this device uses. Ask for a new code.")),
    "unreadable": (400, text("What this device asks for cannot be read. Fetch the forms again.")),
    "two_forms": (400, text("Two filled forms came at once. Send one after the other.")),
    "file_name": (400, text("A file has a name that is no name of a file. It is not taken.")),
    "edit_of_itself": (400, text("The filled form says that it corrects itself. It is not taken.")),
    "sign_in": (401, text("Write the user name and the code of the device.")),
    "token": (403, text("This device has no access, or no longer. Ask your supervisor for a new code.")),
    "revoked": (403, text("This device has no access, or no longer. Ask your supervisor for a new code.")),
    "unsafe": (403, text("A user name and a code are taken over a safe connection (https) only.")),
    "form": (404, text("There is no such form, or not in this version. Fetch the forms again.")),
    "file": (404, text("There is no such file with this form. Fetch the form again.")),
    "list": (404, text("There is no such list. Fetch the form again.")),
    "edited": (404, text("The form that this one corrects has not arrived. Send that one first.")),
    "method": (405, text("This address does something else.")),
    "other_xml": (409, text("A form with the same number but other answers arrived before. This one is not taken.")),
    "other_file": (409, text("A file with the same name but other content arrived before. This one is not taken.")),
    "newer_edit": (409, text("The form was corrected meanwhile. Open the newest one and correct that.")),
    "closed": (409, text("This form is closed. Keep what you filled in, and ask who gave it out.")),
    "too_large": (413, text("This is more than can be taken at once. Send fewer or smaller files.")),
    "too_many": (414, text("The device asks after too many entries at once. Send the forms that wait on it first.")),
    "busy": (429, text("Too many wrong codes came from this network. Try again in some minutes.")),
    "broken": (500, text("Something broke here. Nothing was kept. Send it again later.")),
    "no_room": (503, text("There is no room here just now. Nothing was kept. Send it again later.")),
    "not_now": (503, text("The database does not answer just now. Nothing was kept. Send it again later.")),
}
"""Status and sentence for each reason. A phone keeps the form in any case; its user reads the sentence."""

TAKEN = text("Received. Thank you.")
TAKEN_BEFORE = text("This was received before.")
MORE_TO_COME = text("Received. The other files are still awaited.")


class TurnedAway(Exception):
    """What a client asks for is not done.

    Args:
        code: a word of ``TURNED_AWAY``.
        status: another status than the usual one.
        words: another sentence than the usual one.
    """

    def __init__(self, code: str, *, status: int | None = None, words: str = "") -> None:
        super().__init__(code)
        usual, sentence = TURNED_AWAY[code]
        self.code, self.status, self.words = code, status or usual, words or sentence


@dataclass(frozen=True, slots=True)
class ListedForm:
    """A form as the list of forms tells it; ``manifest_url`` is empty for a form that needs nothing else.

    ``for_collect``: whoever asks cannot fill it in, and ODK Collect can. It is told in a namespace of our own.
    """

    code: str
    name: str
    version: str
    md5: str
    url: str
    manifest_url: str = ""
    for_collect: bool = False


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that a form needs; ``integrity_url`` makes it a list of entities.

    ``mark`` is the MD5 of the bytes; for entities any text that changes when they do.
    """

    name: str
    mark: str
    url: str
    integrity_url: str = ""


def response(message: str, nature: str = "") -> bytes:
    """An OpenRosaResponse, which clients show to whoever filled the form in."""
    said = f" nature={quoteattr(nature)}" if nature else ""
    return (
        f'{_HEAD}<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f"<message{said}>{escape(message)}</message></OpenRosaResponse>"
    ).encode()


def form_list(forms: Iterable[ListedForm]) -> bytes:
    """The list of forms."""
    items = "".join(
        f"<xform><formID>{escape(one.code)}</formID><name>{escape(one.name)}</name>"
        f"<version>{escape(one.version)}</version><hash>md5:{one.md5}</hash>"
        f"<downloadUrl>{escape(one.url)}</downloadUrl>"
        + (f"<manifestUrl>{escape(one.manifest_url)}</manifestUrl>" if one.manifest_url else "")
        + ('<forCollect xmlns="urn:paivand:door">true</forCollect>' if one.for_collect else "")
        + "</xform>"
        for one in forms
    )
    return f'{_HEAD}<xforms xmlns="http://openrosa.org/xforms/xformsList">{items}</xforms>'.encode()


def manifest(files: Iterable[ListedFile]) -> bytes:
    """The list of what a form needs besides itself."""
    items = "".join(
        ('<mediaFile type="entityList">' if one.integrity_url else "<mediaFile>")
        + f"<filename>{escape(one.name)}</filename>"
        f"<hash>md5:{one.mark}</hash><downloadUrl>{escape(one.url)}</downloadUrl>"
        + (f"<integrityUrl>{escape(one.integrity_url)}</integrityUrl>" if one.integrity_url else "")
        + "</mediaFile>"
        for one in files
    )
    return f'{_HEAD}<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{items}</manifest>'.encode()


def integrity(gone: Iterable[tuple[str, bool]]) -> bytes:
    """For each entry of a list, by its key, whether it is gone."""
    items = "".join(
        f"<entity id={quoteattr(key)}><deleted>{'true' if is_gone else 'false'}</deleted></entity>"
        for key, is_gone in gone
    )
    return f"{_HEAD}<data><entities>{items}</entities></data>".encode()
