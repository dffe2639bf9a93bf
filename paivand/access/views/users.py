"""Pages on users, their roles and their sessions."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paivand.access.actions import roles as role_actions
from paivand.access.actions import users as actions
from paivand.access.forms.users import ReasonForm, RoleForm, UserForm
from paivand.access.models import User
from paivand.access.queries import users as queries
from paivand.access.rules.roles import ROLES, RoleKey
from paivand.access.rules.verbs import Verb
from paivand.access.views.gate import asking, conflict, demand, refuse


@require_GET
def user_list(request: HttpRequest) -> HttpResponse:
    """The users in Tajik order, with their roles."""
    by = asking(request)
    demand(by, Verb.USER_VIEW)
    query = request.GET
    page = queries.users(by, text=query.get("q", "").strip(), role=query.get("role", ""), after=query.get("after", ""))
    choices = [(key.value, _(ROLES[key].name)) for key in RoleKey]
    context = {"page": page, "role_choices": choices, "text": query.get("q", ""), "role": query.get("role", "")}
    return render(request, "access/user_list.html", context)


@require_http_methods(["GET", "POST"])
def user_create(request: HttpRequest) -> HttpResponse:
    """A new user; afterwards the first sign-in link is shown on the user's page."""
    by = asking(request)
    demand(by, Verb.USER_CREATE)
    form = UserForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            user = actions.create_user(**form.values(), by=by)
            return redirect("access:user-link", user_id=user.pk)
    return render(request, "access/user_form.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def user_open(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """One user: particulars, roles, sessions, and what may be done."""
    by = asking(request)
    demand(by, Verb.USER_VIEW)
    user = _user(by, user_id)
    assignments = queries.assignments_of(by, user)
    for row in assignments:
        row.dialog = f"end-{row.pk}"  # type: ignore[attr-defined]
    sessions = queries.sessions_of(by, user)
    context = {
        "person": user,
        "held": [row for row in assignments if row.is_live],
        "past": [row for row in assignments if not row.is_live],
        "sessions": sessions,
        "reason_form": ReasonForm(),
        "is_self": user.pk == by.pk,
    }
    return render(request, "access/user.html", context)


@require_http_methods(["GET", "POST"])
def user_edit(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Change a user's particulars."""
    by = asking(request)
    demand(by, Verb.USER_EDIT)
    user = _user(by, user_id)
    initial = {name: getattr(user, name) for name in ("full_name", "email", "language", "agency", "team", "version")}
    form = UserForm(request.POST or None, by=by, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            actions.edit_user(user=user, version=form.cleaned_data["version"] or 0, **form.values(), by=by)
            messages.success(request, _("Saved."))
            return redirect("access:user-open", user_id=user.pk)
    context = {"form": form, "person": user, "present": conflict(form, initial)}
    return render(request, "access/user_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def user_link(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """A link with which a user chooses a password: for the first sign-in, or when it is forgotten.

    It is made only when asked for by POST, works once, and is handed over in person.
    """
    by = asking(request)
    demand(by, Verb.USER_CREATE)
    user = _user(by, user_id)
    link, form = "", ReasonForm()
    with refuse(form, request):
        if request.method == "POST":
            actions.hand_over_link(user=user, by=by)
            link = _link(request, user)
    response = render(request, "access/user_link.html", {"person": user, "link": link})
    response["Cache-Control"] = "no-store"
    return response


def _link(request: HttpRequest, user: User) -> str:
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return request.build_absolute_uri(path)


@require_POST
def user_suspend(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Keep a user out."""
    return _with_reason(
        request, user_id, Verb.USER_SUSPEND, actions.suspend_user, _("The user is suspended and signed out everywhere.")
    )


@require_POST
def user_restore(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Let a user in again."""
    return _with_reason(request, user_id, Verb.USER_SUSPEND, actions.restore_user, _("The user may sign in again."))


@require_POST
def user_end_sessions(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Sign a user out everywhere."""
    return _with_reason(
        request, user_id, Verb.SESSION_END, actions.end_sessions, _("All sessions of this user are ended.")
    )


@require_POST
def user_reset_factor(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Remove a lost second factor."""
    done = _("The second factor is removed. At the next sign-in the user sets up a new one.")
    return _with_reason(request, user_id, Verb.FACTOR_RESET, actions.reset_second_factor, done)


@require_http_methods(["GET", "POST"])
def role_assign(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Give a user a role."""
    by = asking(request)
    demand(by, Verb.ROLE_ASSIGN)
    user = _user(by, user_id)
    form = RoleForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        with refuse(form):
            role_actions.assign_role(user=user, **form.values(), by=by)
            messages.success(request, _("The role is given."))
            return redirect("access:user-open", user_id=user.pk)
    held = [row for row in queries.assignments_of(by, user) if row.is_live]
    names = {ROLES[RoleKey(row.role)].name for row in held}
    rows = [(row, sorted(names.intersection(row.not_with))) for row in queries.role_rows()]
    context = {"form": form, "person": user, "held": held, "rows": rows}
    return render(request, "access/role_form.html", context, status=422 if form.errors else 200)


@require_POST
def role_end(request: HttpRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """End a role."""
    by = asking(request)
    demand(by, Verb.ROLE_END)
    assignment = queries.assignment_seen_by(by, assignment_id)
    if assignment is None:
        raise Http404
    form = ReasonForm(request.POST)
    with refuse(form, request):
        if form.is_valid():
            role_actions.end_role(assignment=assignment, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, _("The role has ended."))
        else:
            messages.error(request, _("Nothing was changed: write a reason."))
    return redirect("access:user-open", user_id=assignment.user_id)


@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """What each role may do: for everyone to read."""
    own = {role.key for role in asking(request).roles}
    rows = sorted(queries.role_rows(), key=lambda row: row.role.key not in own)
    return render(request, "access/role_list.html", {"rows": rows, "own": own})


def _user(by: User, user_id: uuid.UUID) -> User:
    user = queries.user_seen_by(by, user_id)
    if user is None:
        raise Http404
    return user


def _with_reason(
    request: HttpRequest, user_id: uuid.UUID, verb: Verb, act: Callable[..., User], done: str
) -> HttpResponse:
    by = asking(request)
    demand(by, verb)
    user = _user(by, user_id)
    form = ReasonForm(request.POST)
    with refuse(form, request):
        if form.is_valid():
            act(user=user, reason=form.cleaned_data["reason"], by=by)
            messages.success(request, done)
        else:
            messages.error(request, _("Nothing was changed: write a reason."))
    return redirect("access:user-open", user_id=user.pk)
