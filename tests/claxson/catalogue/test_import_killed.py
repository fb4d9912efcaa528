"""An import that is killed in the middle leaves nothing; the next one completes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from claxson.catalogue.models import Detection, Source
from claxson.catalogue.services import import_catalogue

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60.0


def database_url() -> str:
    connection.ensure_connection()
    info = connection.connection.info
    password = f":{quote(info.password, safe='')}" if info.password else ""
    return f"postgres://{quote(info.user)}{password}@{quote(info.host, safe='')}:{info.port}/{info.dbname}"


def wait_for(sql: str) -> None:
    """Until this query finds something."""
    end = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(sql)
            if cursor.fetchone():
                return
            time.sleep(0.05)
    raise TimeoutError(sql)


def start_import(path: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": database_url()}
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_catalogue", str(path)], cwd=ROOT, env=environment
    )


WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'catalogue_detection'::regclass"
ALONE = """SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid())"""


@pytest.mark.crash
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing_half_done(catalogue_file: Callable[..., Path]) -> None:
    path = catalogue_file(40)
    with transaction.atomic():
        # Sources are written when the import reaches this lock: it is in the middle.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE catalogue_detection IN SHARE MODE")
        process = start_import(path)
        wait_for(WAITING)
        process.send_signal(signal.SIGKILL)
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
    wait_for(ALONE)
    assert (Source.objects.count(), Detection.objects.count()) == (0, 0)
    assert import_catalogue(path=path).counts == {"added": 40, "changed": 0, "unchanged": 0, "refused": 0}
