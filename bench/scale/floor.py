"""The site's settings, with nothing but the bare view."""

from claxson.settings import *  # noqa: F403

ROOT_URLCONF = "bench.scale.bare"
