"""Files that come with a survey: which it shows, and whether each may go to phones."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from paivand.collect.rules.survey_checks import Finding, in_folder
from paivand.core.rules.uploads import UnfitFileError, fit

LARGEST_FILE, LARGEST_ALL = 3_000_000, 20_000_000
CSV = "text/csv"
_ENDINGS = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "csv": CSV}


@dataclass(frozen=True)
class MediaFile:
    """A file as phones fetch it."""

    name: str
    mime: str
    content: bytes

    @property
    def md5(self) -> str:
        """As manifests tell it."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


def fitting_files(
    given: Mapping[str, bytes], needed: Collection[str], house: Collection[str], kept: Mapping[str, MediaFile]
) -> tuple[list[MediaFile], list[Finding]]:
    """The files that the survey shows, and what stands against them.

    Args:
        given: what was uploaded beside the workbook, by name.
        needed: the names that the survey shows, lists with their ending.
        house: names of the house's own lists, which need no file.
        kept: files of the version before, used again where none of that name is given.
    """
    found: list[Finding] = []
    files: list[MediaFile] = []
    for name, content in sorted(given.items()):
        if name in {f"{one}.csv" for one in house}:
            found.append(Finding("file_house", hinders=False, values={"name": name}))
        elif name not in needed:
            found.append(Finding("file_needless", hinders=False, values={"name": name}))
        else:
            file, against = _fitting(name, content)
            files += [file] if file else []
            found += [against] if against else []
    here = {file.name for file in files}
    for name in sorted(needed):
        if name in here or name in given or name.removesuffix(".csv") in house:
            continue
        if name in kept:
            files.append(kept[name])
        else:
            found.append(Finding("file_folder" if in_folder(name) else "file_missing", values={"name": name}))
    if sum(len(file.content) for file in files) > LARGEST_ALL:
        largest = max(files, key=lambda file: len(file.content))
        found.append(Finding("file_large", values={"name": largest.name, "limit": 1}))
    return files, found


def _fitting(name: str, content: bytes) -> tuple[MediaFile | None, Finding | None]:
    if len(content) > LARGEST_FILE:
        return None, Finding("file_large", values={"name": name, "limit": LARGEST_FILE // 1_000_000})
    mime = _ENDINGS.get(name.lower().rpartition(".")[2])
    if mime == CSV:
        return (MediaFile(name, CSV, content), None) if _is_list(content) else _against("file_csv", name)
    try:
        taken = fit(content)
    except UnfitFileError:
        return _against("file_kind", name)
    if taken.kind.media_type != mime:
        return _against("file_kind", name)
    return MediaFile(name, mime, taken.content), None


def _against(code: str, name: str) -> tuple[None, Finding]:
    return None, Finding(code, values={"name": name})


def _is_list(content: bytes) -> bool:
    """Whether it is a list that forms can choose from: UTF-8, a row of headings, each row as long as it.

    >>> _is_list(b"name,label\\nkulob,Kulob\\n"), _is_list(b"code;label\\n1;x"), _is_list("name,label".encode("utf-16"))
    (True, False, False)
    """
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return False
    headings = [one.strip() for one in lines[0]] if lines else []
    spoken = any(one == "label" or one.startswith("label") for one in headings)
    return "name" in headings and spoken and all(len(line) in {0, len(headings)} for line in lines)
