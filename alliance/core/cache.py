"""The shared cache, patient with a Redis that refuses or hangs: pages go on without it."""

import logging
import os
import threading
import time

import redis
import redis.exceptions
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

log = logging.getLogger(__name__)

# After a failure the cache is left alone for so long, so that a hanging server costs one visitor a second
# and not every visitor several.
PAUSE_SECONDS = 5


class KeptClient(RedisCacheClient):
    """Django makes a client for every call, and filling its table of answers costs more than the call itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._clients: dict[int, redis.Redis] = {}
        self._own = threading.local()

    def get_client(self, key=None, *, write=False):
        pool = self._get_connection_pool(write)
        if (client := self._clients.get(id(pool))) is None:
            client = self._clients.setdefault(id(pool), self._client(connection_pool=pool))
        return client

    def get(self, key, default):
        """Every page asks for the version of what it shows: over a connection of this thread, without the client's
        retries and measurements, which cost more than the question. Where the connection fails, they come in."""
        connection = self._connection()
        try:
            connection.send_command("GET", key)
            value = connection.read_response()
        except redis.exceptions.ConnectionError:
            connection.disconnect()
            return super().get(key, default)
        return default if value is None else self._serializer.loads(value)

    def _connection(self):
        """Of this thread in this process: a fork must not talk on its parent's."""
        own, pid = vars(self._own), os.getpid()
        if pid not in own:
            own[pid] = self._get_connection_pool(write=False).make_connection()
        return own[pid]


class PatientRedisCache(RedisCache):
    """Django's Redis cache; a failing server reads as “not cached”."""

    _paused_until = 0.0

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = KeptClient

    def _call(self, name, otherwise, *args, **kwargs):
        if time.monotonic() < PatientRedisCache._paused_until:
            return otherwise
        try:
            return getattr(super(), name)(*args, **kwargs)
        except redis.exceptions.RedisError:  # away, hanging, full, read-only or still loading
            PatientRedisCache._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("the cache does not answer; going on without it")
            return otherwise

    def get(self, key, default=None, version=None):
        return self._call("get", default, key, default, version)

    def set(self, key, value, *args, **kwargs):
        return self._call("set", None, key, value, *args, **kwargs)

    def add(self, key, value, *args, **kwargs):
        return self._call("add", True, key, value, *args, **kwargs)

    def delete(self, key, version=None):
        return self._call("delete", False, key, version)

    def delete_many(self, keys, version=None):
        return self._call("delete_many", None, keys, version)

    def get_many(self, keys, version=None):
        return self._call("get_many", {}, keys, version)

    def set_many(self, data, *args, **kwargs):
        return self._call("set_many", [], data, *args, **kwargs)

    def touch(self, key, *args, **kwargs):
        return self._call("touch", False, key, *args, **kwargs)

    def has_key(self, key, version=None):
        return self._call("has_key", False, key, version)

    def incr(self, key, delta=1, version=None):
        return self._call("incr", delta, key, delta, version)
