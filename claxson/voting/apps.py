from django.apps import AppConfig


class VotingConfig(AppConfig):
    name = "claxson.voting"
    label = "voting"
