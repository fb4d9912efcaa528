"""The addresses of a person's own pages, under account/."""

from django.urls import path

from claxson.web.people import account, address

urlpatterns = [
    path("", account.account, name="account"),
    path("address/", address.address, name="account_address"),
    path("export/", account.export, name="account_export"),
    path("erase/", account.erase, name="account_erase"),
]
