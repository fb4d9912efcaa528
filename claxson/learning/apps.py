from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "claxson.learning"
    label = "learning"
