"""The ASGI entry point: `uvicorn claxson.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claxson.settings")

application = get_asgi_application()
