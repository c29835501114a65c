"""Settings of a web server whose cache, broker and database go away: the real cache, connections that are kept."""

from alliance import settings as real
from tests.live_settings import *  # noqa: F403
from tests.live_settings import DATABASES

CACHES = real.CACHES
DATABASES["default"]["CONN_MAX_AGE"] = 300
