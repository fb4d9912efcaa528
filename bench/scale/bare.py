"""The least a vote could cost: a Django view with one INSERT, served as the site is."""

import json
import uuid

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

TABLE = "CREATE TABLE IF NOT EXISTS bench_bare (key uuid PRIMARY KEY, lease text, answer text)"


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    ballot = json.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_bare VALUES (%s, %s, %s)", [uuid.UUID(ballot["key"]), ballot["lease"], "agn"]
        )
    return JsonResponse({"stored": True})


urlpatterns = [path("api/v1/votes/", insert), path("readyz", lambda _: HttpResponse("ready"))]
