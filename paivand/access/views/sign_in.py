"""How the sign-in library behaves here: no self-registration, every sign-in audited, second factors encrypted."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from paivand.access.actions.mechanism import record_event
from paivand.access.models import User
from paivand.access.models.identity import set_identity
from paivand.access.queries.users import user_named, user_with_email
from paivand.core.rules.writing import writing


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts: created by administrators only; sign-in, failure and sign-out leave audit events."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is suspended. Ask your administrator."),
        "enter_current_password": _("This is not your present password. Type it again."),
        "incorrect_code": _("This code is not right. Wait for the next one and type it again."),
        "incorrect_password": _("This is not your password. Type it again."),
        "invalid_or_expired_key": _("This link has been used or is too old. Ask your administrator for a new one."),
        "invalid_login": _("User name or password is not right. Check both and try again."),
        "username_password_mismatch": _("User name or password is not right. Check both and try again."),
        "invalid_password_reset": _("This link has been used or is too old. Ask your administrator for a new one."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes and try again."),
        "rate_limited": _("Too many requests. Wait a minute and try again."),
        "same_as_current": _("The new password is the same as the present one. Choose another."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is mailed by the sign-in library: links are handed over in person."""

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        set_identity(user.pk, "sign-in")
        record_event("session.start", by=user, subject=user)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            record_event("session.leave", by=request.user, subject=request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        name = str(credentials.get("username", ""))[:60]
        known = user_named(name)
        record_event(
            "session.start",
            by=None,
            subject=known,
            label=name if known else "?",
            outcome="refused",
            detail={"why": "password"},
        )

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])
        record_event("password.change", by=user, subject=user)

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None,
                    *args: Any, **kwargs: Any) -> None:  # fmt: skip
        """Only what a person has to know is said, and in our own words."""
        said = {
            "account/messages/password_changed.txt": gettext("Your password is changed."),
            "mfa/messages/totp_activated.txt": gettext("The one-time codes are set up."),
            "mfa/messages/totp_deactivated.txt": gettext("The one-time codes are switched off."),
            "mfa/messages/recovery_codes_generated.txt": gettext(
                "New recovery codes are ready. The old ones are void."
            ),
            "mfa/messages/webauthn_added.txt": gettext("The passkey is added."),
            "mfa/messages/webauthn_removed.txt": gettext("The passkey is removed."),
            "usersessions/messages/sessions_logged_out.txt": gettext("The other sessions are ended."),
        }.get(message_template or "")
        if said:
            messages.add_message(request, level, said)

    def format_email_subject(self, subject: str) -> str:
        return subject


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """One-time codes and passkeys: their secrets are encrypted with a key outside the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Wait for the next one and type it again."),
        "cannot_delete_authenticator": _("Your roles need a second factor. Set up another one first."),
        "cannot_generate_recovery_codes": _("Set up one-time codes or a passkey first."),
    }

    def _cipher(self) -> Fernet:
        key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"second-factor").digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._cipher().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return "Paivand"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is mailed by the sign-in library."""


class DirectoryAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through the organisation's directory: for users whom an administrator created, found by e-mail."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        verified = [address.email for address in sociallogin.email_addresses if address.verified and address.email]
        user = user_with_email(verified)
        if user is not None:
            sociallogin.email_addresses = []
            with writing("directory.connect"):
                sociallogin.connect(request, user)
            record_event("directory.connect", by=user, subject=user)
            return
        messages.error(request, gettext("The directory knows you, but Paivand does not. Ask your administrator."))
        raise ImmediateHttpResponse(redirect("account_login"))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is mailed by the sign-in library."""


def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Pages of the sign-in library that do not exist here: self-registration, e-mail management, reset by e-mail."""
    raise Http404
