"""Paths of sign-in, users, roles, agencies and oversight.

The sign-in library's own paths are listed one by one: what is not here does not exist. Names it links to by itself but
that Paivand does without lead to a 404. Signing out is in the room `collect`, which knows what lies in the browser.
"""

from allauth.account import views as account
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as directory
from allauth.usersessions import views as sessions
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path

from paivand.access.views import agencies, oversight, profile, sign_in, users

sign_in_patterns = [
    path("login/", account.login, name="account_login"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", sign_in.closed, name="account_set_password"),
    path("password/reset/", sign_in.closed, name="account_reset_password"),
    path("password/reset/done/", sign_in.closed, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("signup/", sign_in.closed, name="account_signup"),
    path("email/", sign_in.closed, name="account_email"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("directory/cancelled/", login_not_required(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("directory/error/", login_not_required(social.login_error), name="socialaccount_login_error"),
    path("directory/signup/", sign_in.closed, name="socialaccount_signup"),
    path("directory/connections/", sign_in.closed, name="socialaccount_connections"),
    path("oidc/<str:provider_id>/login/", directory.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", directory.callback, name="openid_connect_callback"),
]

app_patterns = (
    [
        path("account/demo/<str:username>/", profile.demo_sign_in, name="demo-sign-in"),
        path("language/", profile.language_choose, name="language-choose"),
        path("me/", profile.profile, name="profile"),
        path("roles/", users.role_list, name="role-list"),
        path("users/", users.user_list, name="user-list"),
        path("users/new/", users.user_create, name="user-create"),
        path("users/<uuid:user_id>/", users.user_open, name="user-open"),
        path("users/<uuid:user_id>/edit/", users.user_edit, name="user-edit"),
        path("users/<uuid:user_id>/link/", users.user_link, name="user-link"),
        path("users/<uuid:user_id>/suspend/", users.user_suspend, name="user-suspend"),
        path("users/<uuid:user_id>/restore/", users.user_restore, name="user-restore"),
        path("users/<uuid:user_id>/end-sessions/", users.user_end_sessions, name="user-end-sessions"),
        path("users/<uuid:user_id>/reset-factor/", users.user_reset_factor, name="user-reset-factor"),
        path("users/<uuid:user_id>/roles/give/", users.role_assign, name="role-assign"),
        path("roles/<uuid:assignment_id>/end/", users.role_end, name="role-end"),
        path("agencies/", agencies.agency_list, name="agency-list"),
        path("agencies/new/", agencies.agency_add, name="agency-add"),
        path("agencies/<uuid:agency_id>/edit/", agencies.agency_edit, name="agency-edit"),
        path("agencies/<uuid:agency_id>/teams/new/", agencies.team_add, name="team-add"),
        path("audit/", oversight.audit_list, name="audit-list"),
        path("break-glass/", oversight.glass_list, name="glass-list"),
        path("reviews/", oversight.glass_review_list, name="glass-review-list"),
        path("reviews/<uuid:glass_id>/", oversight.glass_review, name="glass-review"),
    ],
    "access",
)

urlpatterns = [
    path("account/", include(sign_in_patterns)),
    path("", include(app_patterns)),
]
