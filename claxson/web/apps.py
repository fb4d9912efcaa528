from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "claxson.web"
    label = "web"
