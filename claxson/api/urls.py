"""The API's addresses, under /api/v1/."""

from django.urls import path

from claxson.api import votes

urlpatterns = [
    path("leases/", votes.leases, name="api_leases"),
    path("votes/", votes.vote, name="api_vote"),
    path("votes/undo/", votes.undo, name="api_undo"),
]
