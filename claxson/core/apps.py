from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "claxson.core"
    label = "core"
