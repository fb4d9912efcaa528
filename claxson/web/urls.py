"""Pages: one address, one view, one template."""

from django.urls import include, path

from claxson.web import home, leaderboard
from claxson.web.classify import pages as classify
from claxson.web.classify import parts
from claxson.web.learn import guide, pages, tutorial
from claxson.web.people import me, notices

urlpatterns = [
    path("", home.home, name="home"),
    path("counters", home.counters, name="counters"),
    path("classify/", classify.next_source, name="classify"),
    path("classify/undo", classify.undo, name="classify_undo"),
    path("classify/training", classify.training, name="classify_training"),
    path("classify/vote", parts.vote, name="classify_vote"),
    path("classify/<str:name>/part", parts.part, name="classify_part"),
    path("classify/<str:name>/skip", parts.pass_over, name="classify_skip"),
    path("classify/<str:name>/", classify.classify, name="classify_source"),
    path("", include("claxson.web.sources.urls")),
    path("guide/", guide.guide, name="guide"),
    path("tutorial/", tutorial.start, name="tutorial"),
    path("tutorial/<int:number>/", tutorial.step, name="tutorial_step"),
    path("presentation/", pages.presentation, name="presentation"),
    path("project/", pages.project, name="project"),
    path("about/", pages.about, name="about"),
    path("astronomers/", pages.astronomers, name="astronomers"),
    path("contact/", pages.contact, name="contact"),
    path("privacy/", pages.privacy, name="privacy"),
    path("account/", include("claxson.web.people.urls")),
    path("me/", me.me, name="me"),
    path("me/preferences", me.preferences, name="me_preferences"),
    path("me/notices/", notices.notices, name="notices"),
    path("me/notices/read", notices.read, name="notices_read"),
    path("leaderboard/", leaderboard.leaderboard, name="leaderboard"),
]
