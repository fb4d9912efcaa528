"""The addresses of what people do with sources."""

from django.urls import path

from claxson.web import source
from claxson.web.sources import aladin, collections, comments, moderation, search

urlpatterns = [
    path("sources/", search.search, name="sources"),
    path("sources/<str:name>/", source.source, name="source"),
    path("sources/<str:name>/aladin/", aladin.aladin, name="aladin"),
    path("sources/<str:name>/comment", comments.write, name="comment_write"),
    path("sources/<str:name>/keep", collections.keep, name="keep"),
    path("comments/<int:pk>/edit", comments.edit, name="comment_edit"),
    path("comments/<int:pk>/withdraw", comments.withdraw, name="comment_withdraw"),
    path("comments/<int:pk>/report", comments.report, name="comment_report"),
    path("moderation/", moderation.moderation, name="moderation"),
    path("moderation/<int:pk>", moderation.decide, name="moderation_decide"),
    path("collections/<uuid:link>/", collections.shared, name="shared_collection"),
    path("me/collections/<int:pk>/", collections.collection, name="collection"),
    path("me/collections/<int:pk>/rename", collections.rename, name="collection_rename"),
    path("me/collections/<int:pk>/share", collections.share, name="collection_share"),
    path("me/collections/<int:pk>/discard", collections.discard, name="collection_discard"),
]
