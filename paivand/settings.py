"""All settings, from the environment only. A wrong value stops the program and says which one.

Variables are listed in docs/reference/settings.md, which is generated from here.
"""

from __future__ import annotations

from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from environs import Env, validate

env = Env(eager=True)
BASE_DIR = Path(__file__).resolve().parent

# --- the program ---------------------------------------------------------------------------------------------------
HOME = env.path("PAIVAND_HOME", default=BASE_DIR.parent / "var").resolve()
DEMO = env.bool("PAIVAND_DEMO", default=False)
SECRET_KEY = env.str("PAIVAND_SECRET_KEY", validate=validate.Length(min=1))
# The vault's keys, newest first: the first one seals. The pseudonym key never changes: see core/models/sealed.py.
VAULT_KEYS: list[str] = env.list("PAIVAND_VAULT_KEYS", default=[])
# The file that they were read from, if it was one: running processes follow it when `paivand vault` changes it.
VAULT_FILE = env.str("PAIVAND_VAULT_FILE", default="")
PSEUDONYM_KEY = env.str("PAIVAND_PSEUDONYM_KEY", default="")
# The key that signs badges, or the file in which it lies: see learning/models/signing.py.
BADGE_KEY = env.str("PAIVAND_BADGE_KEY", default="")
BADGE_FILE = env.str("PAIVAND_BADGE_FILE", default="")
# Who issues certificates here, and under which address anybody reaches the pages on which they are checked.
ISSUER_NAME = env.str("PAIVAND_ISSUER_NAME", default="Paivand")
COURSES = env.str("PAIVAND_COURSES", default="")
PUBLIC_ADDRESS = env.str("PAIVAND_PUBLIC_ADDRESS", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("PAIVAND_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HTTPS = env.bool("PAIVAND_HTTPS", default=not DEMO)
TIME_ZONE = env.str("PAIVAND_TIME_ZONE", default="Asia/Dushanbe")
USE_TZ = True
CSRF_FAILURE_VIEW = "paivand.desk.views.errors.csrf_failed"
ROOT_URLCONF = "paivand.urls"
WSGI_APPLICATION = "paivand.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django_vite",
    "csp",
    "procrastinate.contrib.django",
    "paivand.core",
    "paivand.access",
    "paivand.programme",
    "paivand.registry",
    "paivand.instruments",
    "paivand.referrals",
    "paivand.cases",
    "paivand.protection",
    "paivand.learning",
    "paivand.outreach",
    "paivand.collect",
    "paivand.evidence",
    "paivand.desk",
    "paivand.operate",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Above the compression, which would write an empty gzip into the answer "not modified"; files lie here compressed.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "paivand.access.views.identity.DevicesMiddleware",  # devices pass by what follows
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "paivand.access.views.identity.IdentityMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "paivand.access.views.identity.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

FORM_RENDERER = "django.forms.renderers.Jinja2"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "paivand.access.views.profile.demo_context",
                "paivand.desk.views.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "paivand.core.templatetags.paivand",
                "paivand.core.templatetags.icons",
                "paivand.access.templatetags.access",
            ],
        },
    }
]

# --- the HTTP server -------------------------------------------------------------------------------------------------
ADDRESS = env.str("PAIVAND_ADDRESS", default="127.0.0.1")  # or unix:/path/of/socket
PORT = env.int("PAIVAND_PORT", default=8000, validate=validate.Range(min=1, max=65_535))
WORKERS = env.int("PAIVAND_WORKERS", default=2, validate=validate.Range(min=1, max=64))
THREADS = env.int("PAIVAND_THREADS", default=4, validate=validate.Range(min=1, max=64))

# --- work in the background: the queue is a table, a worker takes from it ---------------------------------------------
WORKER_PROCESSES = env.int("PAIVAND_WORKER_PROCESSES", default=1, validate=validate.Range(min=0, max=8))

# --- figures: where they are computed --------------------------------------------------------------------------------
# Below so many steps of the journey PostgreSQL computes; above, DuckDB over the files of `paivand snapshot`.
EVIDENCE_LIVE_STEPS = env.int("PAIVAND_EVIDENCE_LIVE_STEPS", default=100_000, validate=validate.Range(min=0))
EVIDENCE_THREADS = env.int("PAIVAND_EVIDENCE_THREADS", default=2, validate=validate.Range(min=1, max=64))
EVIDENCE_MEMORY = env.int("PAIVAND_EVIDENCE_MEMORY", default=1000, validate=validate.Range(min=100))  # in MB

# --- the database: two roles, two walls ------------------------------------------------------------------------------
# The application connects as a role that owns nothing. The owner's connection is for migrations, checks and backups.
DATABASE_POOL = {"min_size": 1, "max_size": env.int("PAIVAND_POOL", default=8), "timeout": 10}
_APP_URL = env.str("PAIVAND_APP_DATABASE_URL", default="")
_OWNER_URL = env.str("DATABASE_URL", default="")
if not (_APP_URL or _OWNER_URL):
    raise SystemExit(
        "No database: set DATABASE_URL (and PAIVAND_APP_DATABASE_URL), or start through the `paivand` command, "
        "which brings its own PostgreSQL."
    )


def _database(url: str, **options: object) -> dict[str, object]:
    parsed = dj_database_url.parse(url)
    return {
        **parsed,
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,  # the identity middleware opens the transaction, so that templates run inside it
        # What the address asks for, such as sslmode, stays.
        "OPTIONS": {**parsed.get("OPTIONS", {}), "application_name": "paivand", **options},
    }


DATABASES = {
    "default": _database(_APP_URL or _OWNER_URL, pool=DATABASE_POOL if env.bool("PAIVAND_POOLED", False) else False)
}
if _OWNER_URL:
    DATABASES["owner"] = _database(_OWNER_URL)

# It counts tries of addresses. With few rows somebody with many addresses could push the counts of others out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "paivand_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- sign-in ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "full_name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "paivand.access.views.sign_in.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_FORMS = {
    "login": "paivand.access.forms.sign_in.SignInForm",
    "change_password": "paivand.access.forms.sign_in.ChangePasswordForm",
    "reset_password_from_key": "paivand.access.forms.sign_in.SetPasswordForm",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "paivand.access.views.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Paivand"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ADAPTER = "paivand.access.views.sign_in.DirectoryAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
_OIDC_URL = env.str("PAIVAND_OIDC_URL", default="")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "directory",
                "name": env.str("PAIVAND_OIDC_NAME", default="OpenID Connect"),
                "client_id": env.str("PAIVAND_OIDC_CLIENT"),
                "secret": env.str("PAIVAND_OIDC_SECRET"),
                "settings": {"server_url": _OIDC_URL},
            }
        ]
        if _OIDC_URL
        else [],
    }
}

# --- sessions and cookies --------------------------------------------------------------------------------------------
IDLE_MINUTES = env.int("PAIVAND_IDLE_MINUTES", default=30, validate=validate.Range(min=1, max=480))
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_COOKIE_NAME = "paivand_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"] if HTTPS else []
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if env.bool("PAIVAND_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # rate limits count people, not the proxy
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF] + ([_OIDC_URL] if _OIDC_URL else []),
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- languages -------------------------------------------------------------------------------------------------------
LANGUAGES = [("tg", "Тоҷикӣ"), ("ru", "Русский"), ("en", "English"), ("fa", "دری")]
LANGUAGE_CODE = env.str("PAIVAND_LANGUAGE", default="tg", validate=validate.OneOf(["tg", "ru", "en", "fa"]))
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
LANGUAGE_COOKIE_NAME = "paivand_language"
LANGUAGE_COOKIE_AGE = 31_536_000

# --- static files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}}
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/dist/assets/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$"
DJANGO_VITE = {
    "default": {"dev_mode": False, "static_url_prefix": "dist", "manifest_path": BASE_DIR / "static/dist/manifest.json"}
}

# --- mail and logs ---------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("PAIVAND_MAIL_HOST", default="")
EMAIL_PORT = env.int("PAIVAND_MAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("PAIVAND_MAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.str("PAIVAND_MAIL_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("PAIVAND_MAIL_TLS", default=True)
DEFAULT_FROM_EMAIL = env.str("PAIVAND_MAIL_FROM", default="paivand@localhost")
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
_LOG_LEVEL = env.str("PAIVAND_LOG", default="WARNING", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # No token that stands in an address comes into a log, whoever writes it.
    "formatters": {
        "line": {
            "()": "paivand.core.rules.masking.Masked",
            "fmt": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": _LOG_LEVEL},
}
# Keep personal data out of error reports: no local variables, no request bodies.
DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
SILENCED_SYSTEM_CHECKS: list[str] = []
