"""Settings of the portal. Only addresses, secrets and switches come from the environment (`.env.example`);
numbers that are rules of the house live as named constants in the module that uses them.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from alliance.beat import BEAT_SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where it runs -----------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
# The launcher's local run: mailbox page, banner, no HTTPS, second factor relaxed visibly.
LOCAL_RUN = env.bool("LOCAL_RUN", False)
SECRET_KEY = env.str("SECRET_KEY", "insecure-only-for-checks-and-builds")
STATE_DIR = Path(env.str("STATE_DIR", str(BASE_DIR / "var")))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Links in mails come from here, never from a request's Host header.
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

ROOT_URLCONF = "alliance.urls"
WSGI_APPLICATION = "alliance.wsgi.application"

INSTALLED_APPS = [
    "modeltranslation",
    "alliance.core",
    "alliance.users",
    "members",
    "partnerships",
    "alliance.content",
    "alliance.users.apps.DeskConfig",
    # Before django.contrib.auth, whose catalogues leave “Email” in English.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # allauth's list of passkeys loads it
    "auditlog",
    "csp",
    "django_htmx",
    "phonenumber_field",
]

MIDDLEWARE = [
    "alliance.core.middleware.Guard",
    "alliance.core.microcache.MicroCache",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "alliance.core.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alliance.users.middleware.StaffSession",
    "alliance.users.middleware.ReaderLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "alliance.users.middleware.AccountPages",
    "django_htmx.middleware.HtmxMiddleware",
    "members.middleware.ActingMember",
    "alliance.users.middleware.ActorOfChanges",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alliance.core.context.site",
            ],
        },
    }
]

# --- Data --------------------------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default="postgres://alliance:alliance@127.0.0.1:5432/alliance")
}
DATABASES["default"].update(
    ENGINE=DATABASES["default"]["ENGINE"].replace(
        "django.db.backends.postgresql", "alliance.core.postgresql"
    ),
    CONN_MAX_AGE=300,
    CONN_HEALTH_CHECKS=True,
    OPTIONS={
        "connect_timeout": 3,
        "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000",
        # What stands in the address itself, such as ?sslmode=verify-full.
        **DATABASES["default"].get("OPTIONS", {}),
    },
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "alliance.core.cache.PatientRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "alliance",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(STATE_DIR / "media")))
# Uploads have no public URL: they are served through checking views only.
MEDIA_URL = "/never-served/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# Where a request may be larger than elsewhere (core.middleware): films; deploy/Caddyfile lets them through.
LARGE_UPLOADS = {"/admin/content/video/": 110_000_000}

# --- Languages ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pl", "Polski"), ("uk", "Українська")]
# The first one wins: our texts, then our wording of the texts of allauth and Django, then their own.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "vendor"]
FORMAT_MODULE_PATH = "alliance.formats"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_ENABLE_FALLBACKS = False
# A service for texts that nobody wrote in a language (core.translators); empty: off.
MACHINE_TRANSLATION = env.str("MACHINE_TRANSLATION", "")

# --- Static files and outlines -----------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "alliance.core.static.KnownStaticFiles"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
MAP_ASSETS_DIR = Path(env.str("MAP_ASSETS_DIR", str(BASE_DIR / "node_modules")))

# --- People ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
# It extends Django's; with both, every wrong password would be hashed twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "users:after_login"
LOGOUT_REDIRECT_URL = "content:home"
ACCOUNT_ADAPTER = "alliance.users.adapters.AccountAdapter"
MFA_ADAPTER = "alliance.users.adapters.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"signup": "alliance.users.forms.SignupForm"}
# docs/limits.md has them all, also those of other pages; ip is an IPv4 address or an IPv6 /64.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "request_login_code": "60/h/ip,5/900s/key",
    "signup": "20/h/ip",
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    # Its pause would show on the page, and so tell who opened an account just now; the adapter limits the mails.
    "confirm_email": "",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
}
MFA_RATE_LIMITS = {"webauthn_login": "10/m/ip"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
# Whoever finds an open session must not be able to take the account over; and its owner hears of every change.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PUBLIC_URL.startswith("https:") else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "alliance.users.forms.AddPasskeyForm",
    "login_webauthn": "alliance.users.forms.LoginPasskeyForm",
    "authenticate_webauthn": "alliance.users.forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "alliance.users.forms.ReauthenticatePasskeyForm",
}
# A code typed in the last second of its half minute still counts; clocks of phones differ.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL_RUN or DEBUG
# Coordinators need two factors before the admin opens. Only the local demo relaxes this, and says so.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", not LOCAL_RUN)

# --- Mail --------------------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:1025"))
EMAIL_TIMEOUT = 10
MAIL_FROM = env.str("MAIL_FROM", "Alliance portal <portal@alliance.example>")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
# The right-hand side of every Message-ID.
MAIL_DOMAIN = env.str("MAIL_DOMAIN", MAIL_FROM.rsplit("@", 1)[-1].strip("> "))
# Inboxes by topic, country and language; core.inboxes says which key wins.
# For example INBOXES={"default": "…", "membership:UA": "…", "membership:uk": "…", "press": "…", "desk": "…"} as JSON.
INBOXES = {"default": "supportukraine@alliance.example", **env.json("INBOXES", default={})}
# The mailbox that the portal looks into for messages to the desk; content.imap says how it is written. Empty: none,
# for example because a mail server hands them over by `manage.py receive_mail`.
IMAP_URL = env.str("IMAP_URL", "")
# Where answers to the desk's mails come back in; empty: to the inbox of the topic.
TICKET_ADDRESS = env.str("TICKET_ADDRESS", "")
# A local run keeps every delivered mail here, to be read at /mailbox/.
MAILBOX_DIR = env.str("MAILBOX_DIR", "")

# Field-level history keeps who and what, not from which network address.
AUDITLOG_DISABLE_REMOTE_ADDR = True

# --- Celery: wakes work that the tables know about; a lost message loses nothing ---------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "max_retries": 0,  # a broker that hangs costs a request one timeout
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "visibility_timeout": 600,
}
CELERY_REDIS_SOCKET_TIMEOUT = 1
CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_SEND_TASK_EVENTS = False
# The worker writes its log as LOGGING says, not in a form of its own.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# --- Safety ------------------------------------------------------------------------------------------------

_https = PUBLIC_URL.startswith("https:")
SECURE_SSL_REDIRECT = _https and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 63072000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
if _https:  # browsers accept such a cookie only from this very host, over https, for all paths
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_FAILURE_VIEW = "alliance.core.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

SILENCED_SYSTEM_CHECKS: list[str] = []

# --- The name of the house (an institution that adopts the portal changes these) ---------------------------

SITE_NAME = _("European Alliance of Cities and Regions for the Reconstruction of Ukraine")
SITE_SHORT_NAME = _("Alliance of Cities and Regions for Ukraine")
# The Alliance's identifier in files for the International Aid Transparency Initiative: a registration agency's prefix
# and the number there. It stands in the identifier of every activity and must never change once files were published.
IATI_ORGANISATION = env.str("IATI_ORGANISATION", "XX-UNREGISTERED-ALLIANCE")
SITE_LICENCE = env.str("SITE_LICENCE", "CC BY 4.0")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "alliance.core.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    # It tells of every dictionary it loads.
    "loggers": {"pymorphy3": {"level": "WARNING"}},
}
