"""The addresses of allauth that make sense where nobody gives an e-mail address."""

from allauth.account import views
from django.urls import path

urlpatterns = [
    path("signup/", views.signup, name="account_signup"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
]
