"""Signing out where the browser holds forms without signal: they go with their owner, and none is lost in silence.

Nobody else's sign-out touches them, and neither does the end of a session.
"""

from __future__ import annotations

import contextlib
from typing import Any

from allauth.account.views import LogoutView
from django.http import HttpRequest, HttpResponse

from paivand.access.models import User
from paivand.access.views.gate import asking
from paivand.collect.actions.devices import revoke_device
from paivand.collect.models import Device
from paivand.collect.queries.devices import device_by_id
from paivand.collect.rules.left_here import COOKIE, GONE, read_mark
from paivand.collect.rules.submissions import DeviceKind
from paivand.core.rules.errors import Refused, WithoutRightError

REMOVE = "remove"
"""What the form says once its sender knows that forms are lost."""
YEAR = 31_536_000


class SignOut(LogoutView):  # type: ignore[misc]
    """The sign-in library's page, which asks first where forms would be lost, and shuts off the browser's access."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        found = _hers(self.request)
        return {**context, "n_unsent": found[1] if found else 0}

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        found = _hers(self.request)
        if found is None:
            answer: HttpResponse = super().post(*args, **kwargs)
            return answer
        device, n_unsent = found
        if n_unsent and self.request.POST.get("unsent") != REMOVE:
            asked: HttpResponse = self.render_to_response(self.get_context_data())
            return asked
        with contextlib.suppress(Refused, WithoutRightError):  # it is shut off already, or opens nothing any more
            revoke_device(device=device, by=asking(self.request))
        answer = super().post(*args, **kwargs)
        # The next page with a script takes hers away. `Clear-Site-Data` would take what colleagues began as well.
        answer.set_cookie(COOKIE, GONE, max_age=YEAR, secure=self.request.is_secure(), samesite="Strict")
        return answer


def _hers(request: HttpRequest) -> tuple[Device, int] | None:
    """The device that this browser is to the server, if it is hers who signs out, and how many forms wait in it.

    A mark that names a phone of hers with Collect is old or made up: signing out in a browser never shuts that off.
    """
    mark = read_mark(request.COOKIES.get(COOKIE, ""))
    if mark is None or not isinstance(request.user, User):
        return None
    device = device_by_id(request.user, mark.device_id)
    is_hers = device is not None and device.user_id == request.user.pk and device.kind == DeviceKind.BROWSER
    return (device, mark.n_unsent) if device is not None and is_hers else None


sign_out = SignOut.as_view()
