"""Root, its service account and ordinary users: who runs the server, where, and what is left untouched."""

import pwd
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from claxson.core.embedded import Cluster, creation
from claxson.core.embedded.account import SERVICE_USER, Account, make_folder, may_enter, may_run
from claxson.core.embedded.binaries import Binaries, find_binaries, runnable_by

pytestmark = pytest.mark.crash

AsNobody = Callable[[Callable[[], object]], str]


def modes(folder: Path) -> dict[Path, int]:
    return {place: stat.S_IMODE(place.stat().st_mode) for place in (folder, *folder.parents)}


def test_root_never_runs_the_server_itself(root: None, new_cluster: Cluster) -> None:
    new_cluster.ensure_running()
    assert new_cluster.data.owner() == SERVICE_USER
    assert Path(f"/proc/{server(new_cluster)}").owner() == SERVICE_USER
    groups = Path(f"/proc/{server(new_cluster)}/status").read_text().split("Groups:")[1].split("\n")[0]
    assert not groups.strip()


def server(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split("\n")[0])


def test_root_in_a_private_folder_puts_the_data_elsewhere_and_says_so(
    root: None, private_cluster: Cluster, relocated_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    private = private_cluster.preferred.parents[1]
    before = modes(private)
    private_cluster.ensure_running()
    assert private_cluster.alive()
    assert private_cluster.home == relocated_home
    assert f"the database lives in {relocated_home}" in caplog.text
    assert modes(private) == before
    assert not list(private.iterdir())


def test_data_elsewhere_are_found_again_when_the_folder_is_opened(
    root: None, private_cluster: Cluster
) -> None:
    private_cluster.ensure_running()
    private_cluster.release()
    private_cluster.preferred.parents[1].chmod(0o755)
    again = Cluster(private_cluster.preferred, shared=private_cluster.shared)
    assert again.home == private_cluster.home


def test_private_programs_are_copied_once_with_their_libraries(
    root: None, place: Path, nobody: pwd.struct_passwd
) -> None:
    package = find_binaries().folder.parents[1]
    private = place / "private"
    private.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), private / name)
    account = Account(nobody.pw_uid, nobody.pw_gid)
    found = Binaries(private / package.name / "pginstall" / "bin")
    copied = runnable_by(account, found, place / "shared")
    assert copied.folder.is_relative_to(place / "shared")
    assert may_run(copied / "psql", account)
    assert copied.version == find_binaries().version
    assert runnable_by(account, found, place / "shared") == copied


def test_an_ordinary_user_runs_it_alone(place: Path, nobody: pwd.struct_passwd, as_nobody: AsNobody) -> None:
    own = Cluster(give(place / "theirs", nobody) / "pg")
    said = as_nobody(lambda: (own.ensure_running().dbname, own.alive(), own.release(), own.alive()))
    assert said == "('claxson', True, None, False)"
    assert own.data.owner() == "nobody"


def give(folder: Path, user: pwd.struct_passwd) -> Path:
    make_folder(folder, Account(user.pw_uid, user.pw_gid), 0o700)
    return folder


def test_an_ordinary_user_is_kept_off_roots_cluster(
    root: None, cluster: Cluster, as_nobody: AsNobody
) -> None:
    cluster.ensure_running()
    said = as_nobody(lambda: Cluster(cluster.home).ensure_running())
    assert said.startswith("OtherOwnerError")
    assert SERVICE_USER in said
    assert "CLAXSON_DATA" in said
    assert cluster.alive()


def test_asking_for_the_status_of_a_foreign_cluster_is_answered_clearly(
    root: None, cluster: Cluster, as_nobody: AsNobody
) -> None:
    assert as_nobody(lambda: Cluster(cluster.home).alive()).startswith("OtherOwnerError: no access to")


def test_an_ordinary_user_is_told_of_a_folder_they_cannot_write(
    root: None, place: Path, as_nobody: AsNobody
) -> None:
    said = as_nobody(lambda: Cluster(place / "pg").ensure_running())
    assert said.startswith("OtherOwnerError: no access to")


def test_root_serves_a_users_data_as_that_user(
    place: Path, nobody: pwd.struct_passwd, as_nobody: AsNobody
) -> None:
    home = give(place / "theirs", nobody) / "pg"
    as_nobody(lambda: Cluster(home).ensure_running())
    Cluster(home).ensure_running()
    assert Cluster(home).alive()
    Cluster(home).release()
    assert {path.owner() for path in home.iterdir()} == {"nobody"}
    assert as_nobody(lambda: Cluster(home).ensure_running().dbname) == "claxson"


def test_a_folder_is_judged_by_every_parent(root: None, place: Path, nobody: pwd.struct_passwd) -> None:
    (place / "open").mkdir(mode=0o755)
    account = Account(nobody.pw_uid, nobody.pw_gid)
    assert may_enter(place / "open" / "new", account)
    place.chmod(0o700)
    assert not may_enter(place / "open" / "new", account)
    assert not may_enter(place / "open" / "new", None)


def test_data_of_root_are_refused(root: None, new_cluster: Cluster) -> None:
    new_cluster.data.mkdir(parents=True)
    with pytest.raises(creation.ClusterError, match="belongs to root"):
        new_cluster.ensure_running()
