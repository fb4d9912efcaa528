from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "claxson.community"
    label = "community"
