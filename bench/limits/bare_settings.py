"""The portal's settings with one bare view."""

from alliance.settings import *  # noqa: F403

ROOT_URLCONF = "bench.limits.bare"
