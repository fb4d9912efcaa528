"""The addresses of a person's own pages, under account/."""

from django.urls import path
from django.views.i18n import set_language

from claxson.web.methods import sent_from
from claxson.web.people import account, address

urlpatterns = [
    path("", account.account, name="account"),
    path("address/", address.address, name="account_address"),
    path("export/", account.export, name="account_export"),
    path("erase/", account.erase, name="account_erase"),
    path("language/", sent_from("me")(set_language), name="set_language"),
]
