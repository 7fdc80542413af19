"""Pathnotes' settings: one file, from the environment, read strictly (docs/operations.md lists the variables).

Two modes. `local` (default) is for a laptop: plain HTTP on loopback, the embedded PostgreSQL, e-mail to the console.
`production` refuses to start without a secret key, exact host names and a database of its own, or with DEBUG.
Importing this module touches no database and writes nothing.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.logs import without_expected_tracebacks

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_FILES = BASE_DIR / "pathnotes_data" if (BASE_DIR / "pathnotes_data").is_dir() else BASE_DIR
"""Where templates/, static/, locale/ and curricula/ lie: the checkout, or the folder of that name in a wheel."""

PRODUCTION = env.is_production()
DEBUG = env.flag("DEBUG", default=False)
DATA_DIR = env.data_dir()
CURRICULA_DIR = DATA_FILES / "curricula"


def _secret_key() -> str:
    """The key from the environment; on a laptop the one `serve` keeps in the data directory, else a passing one."""
    key = env.text("SECRET_KEY")
    if PRODUCTION and len(key) < 32:
        raise ImproperlyConfigured(
            "Production needs SECRET_KEY, 32 random characters or more: "
            'python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    if key:
        return key
    try:
        return (DATA_DIR / env.KEY_FILE).read_text(encoding="ascii").strip() or secrets.token_urlsafe(50)
    except (OSError, ValueError):
        return secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", () if PRODUCTION else ("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG shows secrets to visitors: unset it in production.")
    if not ALLOWED_HOSTS or any(host.startswith(("*", ".")) for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured("Production needs ALLOWED_HOSTS, the exact names it answers to; no wildcard.")
    if not env.text("DATABASE_URL"):
        raise ImproperlyConfigured("Production needs DATABASE_URL; the embedded server is for one machine.")

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # only what tracker/admin.py registers
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "config.apps.StaticFiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
    "roadmap",
    "tracker",
    "config",
]

MIDDLEWARE = [
    # The first three put their headers on whatever those below them answer.
    "config.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.languages.speak_as_the_browser_asks",
    "config.middleware.refuse_unreadable_requests",
    "config.middleware.explain_wrong_methods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tracker.sessions.SessionUserMiddleware",
    "config.languages.SpeakAsThePersonSaid",
    "tracker.time_zones.TimeZoneMiddleware",
    "config.middleware.take_large_uploads",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.LoginRequiredMiddleware",
    "config.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [DATA_FILES / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def _database() -> dict[str, Any]:
    url = env.text("DATABASE_URL")
    if url:
        settings = env.database(url)
    else:
        from config.embedded import embedded_database

        settings = embedded_database(DATA_DIR)
    options = settings.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 3)
    options.setdefault("tcp_user_timeout", 5000)  # ms: a server that vanished without a word is given up
    options["server_side_binding"] = True
    pooler = env.flag("BEHIND_PGBOUNCER", default=False)
    options["prepare_threshold"] = None if pooler else 5  # a statement asked five times is planned once a connection
    settings["DISABLE_SERVER_SIDE_CURSORS"] = pooler
    settings["CONN_MAX_AGE"] = None  # a thread keeps its connection; config.postgresql sees when one is broken
    settings["ATOMIC_REQUESTS"] = False
    return settings


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "pathnotes_cache",
    },
    # What a process may count for itself alone, where a write a request would cost more than it is worth.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "process"},
}

AUTH_USER_MODEL = "tracker.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "roadmaps"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = env.choice("EMAIL_VERIFICATION", "none", ("none", "optional", "mandatory"))
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
SIGN_UP = env.choice("SIGN_UP", "open", ("open", "invitation", "closed"))
"""Who may make an account: anybody, who was invited to a cohort, or nobody whom an owner did not invite."""
ACCOUNT_ADAPTER = "tracker.adapter.AccountAdapter"
ACCOUNT_USER_DISPLAY = "tracker.queries.shown_name"
# Classrooms share one address: per-address limits are higher than allauth's defaults, per-account limits are not.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "signup": "60/m/ip",
    "reset_password": "60/m/ip,5/m/key",
}

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Pathnotes"
MFA_TOTP_TOLERANCE = 1  # telephones are up to half a minute off
MFA_ADAPTER = "tracker.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "tracker.passkey_forms.AddForm",
    "authenticate_webauthn": "tracker.passkey_forms.AuthenticateForm",
    "login_webauthn": "tracker.passkey_forms.LoginForm",
    "reauthenticate_webauthn": "tracker.passkey_forms.ReauthenticateForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}  # a passkey cannot be guessed; a classroom shares one address

SESSION_ENGINE = "tracker.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = env.flag("HTTPS", default=PRODUCTION)
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/") or (
    f"http{'s' * HTTPS}://{ALLOWED_HOSTS[0]}"
    + ("" if PRODUCTION else f":{env.integer('PORT', 8000, low=1, high=65535)}")
)
"""How people reach it, for links that are printed rather than answered."""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "pathnotes-session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "pathnotes-csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked from inside a container, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.flag("BEHIND_PROXY", default=False):
    # Only for a proxy that strips this header from what visitors send.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 900  # a topic with a hundred steps and as many resources, each a row of fields
DATA_UPLOAD_MAX_NUMBER_FILES = 20_000  # of an upload of notes; everywhere else the middleware lets one through
READINGS_DIR = DATA_DIR / "readings"
"""What is kept of notes that were read, for the next reading: a cache, which may be deleted at any time."""
UPLOADS_DIR = Path(env.text("UPLOADS_DIR", str(DATA_DIR / "uploads")))
IMPORTS_AT_ONCE = 1024 * 1024
"""Bytes of notes up to which a plan is made while the browser waits; larger ones are made beside, with a bar."""

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if env.text('EMAIL_HOST') else 'console'}.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20  # seconds: a server that does not answer holds up the messages behind it
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Pathnotes <pathnotes@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("es", "Spanish"),
    ("pt", "Portuguese"),
    ("ar", "Arabic"),
    ("zh-hans", "Simplified Chinese"),
]
LOCALE_PATHS = [DATA_FILES / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
# Amounts are grouped where they are amounts (`tracker.languages.number`): ids and years in templates are none.
USE_THOUSAND_SEPARATOR = False
LANGUAGE_COOKIE_NAME = "pathnotes-language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [DATA_FILES / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.Storage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.OneLineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "filters": {"short": {"()": "django.utils.log.CallbackFilter", "callback": without_expected_tracebacks}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    },
    # What visitors get wrong (404, 403 …) is an answer, not an event.
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["short"]},
        "django.security": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
        "django.security.TooManyFilesSent": {"level": "CRITICAL"},
    },
}
