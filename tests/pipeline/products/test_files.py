import json
import math
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import UnreadableFile
from pipeline.products.curves import json_bytes, plain
from pipeline.products.files import slug, write_atomically


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CLX J095814.2-110533", "clx-j095814.2m110533"),
        ("SIM J095814.2+110533", "sim-j095814.2p110533"),
        ("../../etc/passwd", "etc-passwd"),
        ("***", "source"),
    ],
)
def test_a_slug_is_safe_and_keeps_the_sign(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_missing_numbers_become_null() -> None:
    made = json.loads(
        json_bytes(plain({"a": np.array([1.0, np.nan]), "b": math.inf, "c": True, "d": np.int64(3)}))
    )
    assert made == {"a": [1.0, None], "b": None, "c": True, "d": 3}


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["file.json"]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(UnreadableFile, match="taken"):
        write_atomically(tmp_path / "taken" / "file", b"")
