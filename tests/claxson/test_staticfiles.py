import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

IMPORT = re.compile(r"""\bfrom\s*["'](\.[^"']+)["']""")


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    hashed = {"BACKEND": "claxson.staticfiles.HashedModules"}
    with override_settings(STORAGES={"staticfiles": hashed}, STATIC_ROOT=tmp_path):
        call_command("collectstatic", "--noinput", "-v0")
    return tmp_path


def test_scripts_import_each_other_under_hashed_names(collected: Path) -> None:
    hashed = [path for path in collected.glob("js/**/*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    imports = [(path, name) for path in hashed for name in IMPORT.findall(path.read_text())]
    assert len(imports) > 5
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) for _, name in imports)
    assert all((path.parent / name).is_file() for path, name in imports)
