"""The WSGI entry point: what `manage.py serve` serves, and any other WSGI server can."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claxson.settings")

application = get_wsgi_application()
