from django.apps import AppConfig


class TutorialConfig(AppConfig):
    name = "claxson.tutorial"
    label = "tutorial"
