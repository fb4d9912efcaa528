"""Pages: one address, one view, one template."""

from django.urls import include, path

from claxson.web import classify, home, leaderboard, source

urlpatterns = [
    path("", home.home, name="home"),
    path("classify/", classify.next_source, name="classify"),
    path("classify/undo", classify.undo, name="classify_undo"),
    path("classify/training", classify.training, name="classify_training"),
    path("classify/<str:name>/", classify.classify, name="classify_source"),
    path("sources/<str:name>/", source.source, name="source"),
    path("account/", include("claxson.web.people.urls")),
    path("leaderboard/", leaderboard.leaderboard, name="leaderboard"),
]
