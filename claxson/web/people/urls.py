"""The addresses of a person's own pages, under account/."""

from django.urls import path

from claxson.web.people import account

urlpatterns = [
    path("", account.account, name="account"),
    path("export/", account.export, name="account_export"),
    path("erase/", account.erase, name="account_erase"),
]
