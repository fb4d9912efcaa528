"""What the settings make of a database's address, in a process of its own: settings are read once."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

ASK = """
import json
from claxson import settings
database = settings.DATABASES["default"]
print(json.dumps({name: database.get(name) for name in ("OPTIONS", "DISABLE_SERVER_SIDE_CURSORS")}))
"""


def told(**environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=os.environ | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("pooler", "prepared_after"), [("0", 5), ("1", None)])
def test_behind_a_pooler_nothing_outlives_a_transaction(pooler: str, prepared_after: int | None) -> None:
    found = told(DATABASE_POOLER=pooler)
    assert found["OPTIONS"]["prepare_threshold"] == prepared_after
    assert found["DISABLE_SERVER_SIDE_CURSORS"] is (pooler == "1")


def test_the_options_of_an_address_are_kept() -> None:
    found = told(DATABASE_URL="postgres://ada:x@db.example/claxson?sslmode=verify-full")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "prepare_threshold": 5}
