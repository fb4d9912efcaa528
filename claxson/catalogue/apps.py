from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "claxson.catalogue"
    label = "catalogue"
