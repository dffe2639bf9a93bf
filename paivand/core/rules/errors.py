"""Errors a person can act on: what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """A rule or an action says no, in words that reach the screen as they stand.

    Args:
        message: a whole translated sentence: what happened and what to do.
        code: a short stable word for programs and tests, such as ``stale`` or ``expired``.
        field: the form field it belongs to, if it belongs to one.
        detail: plain values that help a screen explain, never shown raw.
    """

    def __init__(
        self, message: str, code: str, *, field: str | None = None, detail: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field
        self.detail = dict(detail or {})


class WriteOutsideActionError(RuntimeError):
    """A record was written by something that is not an action: a programming error, never a user's."""


class OutsideScopeError(Exception):
    """The asked-for record lies outside the user's scope, or does not exist: nobody learns which. Shown as 404."""


class WithoutRightError(Exception):
    """The record is within reach but the user lacks the right. Shown as 403."""
