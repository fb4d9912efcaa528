"""The addresses of allauth that make sense where nobody must give an e-mail address."""

from allauth.account import views
from django.urls import path, re_path

from claxson.web.people import entrance

KEY = "password/reset/key/"

urlpatterns = [
    path("signup/", entrance.SignUp.as_view(), name="account_signup"),
    path("login/", entrance.LogIn.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(f"{KEY}done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        rf"^{KEY}(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
