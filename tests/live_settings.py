"""Settings of the real processes that tests start (`tests/live.py`): the test database, a real broker."""

from tests.settings import *  # noqa: F403
from tests.settings import (
    CELERY_BEAT_SCHEDULE,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    DATABASES,
    REDIS_URL,
    STORAGES,
    env,
)

ROOT_URLCONF = "tests.live_urls"
CELERY_BROKER_URL = REDIS_URL
# Several test processes may share one broker; each has its own keys.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    **CELERY_BROKER_TRANSPORT_OPTIONS,
    "global_keyprefix": env.str("LIVE_PREFIX", "live:"),
}
CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": env.float("LIVE_SWEEP_SECONDS", 2.0)}
    for name, entry in CELERY_BEAT_SCHEDULE.items()
    if entry["task"].endswith(tuple(env.list("LIVE_SWEEP", default=["deliver_mail"])))
}
PUBLIC_URL = env.str("LIVE_URL", "http://localhost:8000")
WHITENOISE_USE_FINDERS = True
# Each server keeps files in a folder of its own (`MEDIA_ROOT`); several processes share no memory.
# A web server of many tests keeps its connection, as in real life; what dies in the middle is tried with new ones.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("LIVE_CONN_MAX_AGE", 0)
STORAGES = {**STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
