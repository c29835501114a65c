"""Settings of the test suite: the real ones, with cheap passwords and a quick end of everything slow."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests")

from alliance.settings import *  # noqa: F403
from alliance.settings import BASE_DIR, DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Four times what pages may: many tests share a machine, and a database without statistics plans badly.
LIMITS = {"statement_timeout": 60_000, "lock_timeout": 20_000, "idle_in_transaction_session_timeout": 240_000}
OPTIONS_OF_PAGES = DATABASES["default"]["OPTIONS"]["options"]
DATABASES["default"]["OPTIONS"]["options"] = " ".join(f"-c {name}={limit}" for name, limit in LIMITS.items())
if template := os.environ.get("TEST_TEMPLATE"):  # a migrated database (tools/checks.py)
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PUBLIC_URL = "http://portal.example.org"
MAIL_FROM = DEFAULT_FROM_EMAIL = SERVER_EMAIL = "Alliance portal <portal@alliance.example>"
MAIL_DOMAIN = "alliance.example"
INBOXES = {"default": "supportukraine@alliance.example"}
# A broker that nobody serves: waking delivery must do no harm, and tests deliver by calling the action.
CELERY_BROKER_URL = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATICFILES_DIRS: list = []
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "portal.example.org"]
MACHINE_TRANSLATION = ""
SHARED_DATA = BASE_DIR.parent / "shared" / "data"
