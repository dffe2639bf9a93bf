"""The one verb mechanism: ``@action("family.edit", on="family")``.

From one name come the permission, the scope check, the transaction and the audit event:

1. the actor ``by`` must hold the verb, and its reach must cover the argument named by ``on``;
2. the body runs in a transaction (a savepoint, inside a request), the only place where records may be written;
3. the audit event is written in the same transaction: if it fails, the write is undone;
4. a refusal, for want of right, scope or by a rule, undoes the body and leaves an audit event of its own.

An action's arguments are keywords only. ``reason`` and ``by`` have their meaning here; the rest is the action's own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from django.db import models, transaction

from paivand.access.models.audit import AuditEvent
from paivand.access.models.policies import Guarded
from paivand.access.models.scoped import ScopedRecord
from paivand.access.models.users import User
from paivand.access.rules.scopes import Scope, Scoped
from paivand.access.rules.verbs import SEALED_VERBS, Verb
from paivand.core.rules.errors import OutsideScopeError, Refused, WithoutRightError
from paivand.core.rules.writing import writing

P = ParamSpec("P")
T = TypeVar("T")

ACTIONS: dict[str, Callable[..., Any]] = {}
"""Every action by its module and name, for the guard tests and the reference pages."""

_remarks: ContextVar[dict[str, Any] | None] = ContextVar("paivand_remarks", default=None)
_address: ContextVar[str | None] = ContextVar("paivand_address", default=None)


def remark(**detail: Any) -> None:
    """Add plain detail (names of changed fields, counts, codes; never personal values) to the running event."""
    remarks = _remarks.get()
    if remarks is None:
        raise RuntimeError("remark() is for the body of an action.")
    remarks.update(detail)


@contextmanager
def from_address(address: str | None) -> Iterator[None]:
    """Note the network address that the events inside come from."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def record_event(
    event: str,
    *,
    by: User | None,
    subject: models.Model | None = None,
    scope: Scope | None = None,
    outcome: str = "done",
    reason: str = "",
    label: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one audit row. Actions do it by themselves; sign-in, which is no action, calls it."""
    row = AuditEvent.about(
        subject,
        scope or (own_place(by) if by else None),
        event=event,
        outcome=outcome,
        sealed=event in SEALED_VERBS or bool(getattr(subject, "is_sealed", False)),
        actor_id=by.pk if by else None,
        actor_name=by.full_name if by else "",
        roles=" ".join(role.key for role in by.roles) if by else "",
        reason=reason,
        detail=dict(detail or {}),
        address=_address.get(),
    )
    if label:
        row.subject_label = label[:120]
    with writing(event):
        row.save()


def record_events(event: str, subjects: Iterable[models.Model], *, by: User) -> None:
    """Write an audit row about each of many records that one action wrote; they must lie somewhere."""
    roles = " ".join(role.key for role in by.roles)
    rows = [
        AuditEvent.about(
            subject, _lying(subject), event=event, outcome="done",
            sealed=event in SEALED_VERBS, actor_id=by.pk, actor_name=by.full_name,
            roles=roles, address=_address.get(),
        )
        for subject in subjects
    ]  # fmt: skip
    with writing(event):
        AuditEvent.objects.bulk_create(rows)


def action(
    verb: Verb, *, on: str | None = None, self_service: bool = False
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function the action ``verb``.

    Args:
        verb: permission and event in one.
        on: the keyword argument that lies somewhere: a scoped record, or the ``Scope`` of a record to be made.
            Without it the actor must hold the verb for the whole programme.
        self_service: the actor acts on the own account, or on what lies nowhere: holding the verb anywhere is enough.
    """

    def decorate(body: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            if args:
                raise TypeError(f"{body.__name__} takes keyword arguments only.")
            by = kwargs["by"]
            if not isinstance(by, User):
                raise TypeError(f"{body.__name__} needs by=: the user who acts.")
            target = kwargs.get(on) if on else None
            reason = str(kwargs.get("reason") or "")
            subject = target if isinstance(target, models.Model) else None
            where = _lying(target)
            try:
                with transaction.atomic(), writing(verb), _remarking() as remarks:
                    _demand_right(verb, by, target, scoped=on is not None, self_service=self_service)
                    result = body(*args, **kwargs)
                    if isinstance(result, models.Model):
                        subject = result
                        where = _lying(result) or where
                    record_event(verb, by=by, subject=subject, scope=where, reason=reason, detail=remarks)
                    return result
            except (Refused, OutsideScopeError, WithoutRightError) as error:
                code = getattr(error, "code", type(error).__name__)
                record_event(
                    verb, by=by, subject=subject, scope=where, outcome="refused", reason=reason, detail={"why": code}
                )
                raise

        run.verb = verb  # type: ignore[attr-defined]
        ACTIONS[f"{body.__module__}.{body.__name__}"] = run
        return run

    return decorate


def own_place(by: User) -> Scope:
    """Where the actor belongs: events about nothing that lies somewhere are shown to those who watch over the actor."""
    codes = {code for assignment in by.live_assignments for code in assignment.districts}
    return Scope(codes.pop() if len(codes) == 1 else None, by.agency_id, by.team_id, by.pk)


def _lying(row: Any) -> Scope | None:
    """Where a row, or the place of a row to come, lies; None for what has no scope columns."""
    if row is None or isinstance(row, Scope):
        return row
    if all(hasattr(row, name) for name in ("district_id", "agency_id", "team_id", "owner_id")):
        return Scope.of(row)
    return None


@contextmanager
def _remarking() -> Iterator[dict[str, Any]]:
    remarks: dict[str, Any] = {}
    token = _remarks.set(remarks)
    try:
        yield remarks
    finally:
        _remarks.reset(token)


def _demand_right(verb: Verb, by: User, target: Any, *, scoped: bool, self_service: bool) -> None:
    """Raise unless ``by`` may do ``verb`` to ``target``: 403 within sight, 404 beyond it."""
    if not by.is_active:
        raise WithoutRightError(verb)
    reach = by.reach(verb)
    if self_service:
        allowed = bool(reach)
    elif not scoped:
        allowed = reach.everywhere
    else:
        place: Scoped = target
        other: Scoped | None = getattr(target, "other_scope", None)
        allowed = target is not None and reach.covers(place, reading=verb == Verb.FAMILY_OPEN)
        allowed = allowed or (other is not None and reach.covers(other))
        allowed = allowed or (bool(reach) and isinstance(target, ScopedRecord) and target.lets_act(by.pk))
    if allowed:
        return
    if isinstance(target, Guarded) and isinstance(target, models.Model) and not target.policy.shows(by, target):
        raise OutsideScopeError(verb)
    raise WithoutRightError(verb)
