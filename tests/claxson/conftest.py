"""What tests of the site share."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client, override_settings
from django.utils import translation
from django.utils.translation import trans_real

from claxson.accounts.models import User, Voter
from claxson.accounts.services import voter_of
from claxson.catalogue.models import Observation, Product, Source
from claxson.catalogue.store import keep
from claxson.core import messages
from claxson.voting.models import QueueEntry
from claxson.voting.services.casting import Ballot, CastVote, cast_vote
from claxson.voting.services.leasing import hand_out

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540000000"
    "0049454e44ae426082"
)


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hashed names need a `collectstatic`; the pages are the same without it.

    For the whole session, as the live server is.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {**django_settings.STORAGES, "staticfiles": plain}
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page in another language leaves that language active in its thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "products"
    return tmp_path / "products"


@pytest.fixture
def add_product(media_root: Path, tmp_path: Path) -> Callable[..., Product]:
    """Store a file for a source, as an ingest would."""

    def add(source: Source, kind: str, content: bytes | dict[str, Any], **meta: Any) -> Product:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        sha256 = hashlib.sha256(data).hexdigest()
        (tmp_path / sha256).write_bytes(data)
        keep(tmp_path / sha256, sha256)
        observation, _ = Observation.objects.get_or_create(obsid=meta.pop("obsid", "0201901401"))
        media_type = "image/png" if kind == "cutout" else "application/json"
        return Product.objects.create(
            source=source,
            observation=observation,
            kind=kind,
            sha256=sha256,
            n_bytes=len(data),
            media_type=media_type,
            meta=meta,
        )

    return add


def spectrum(**changes: Any) -> dict[str, Any]:
    camera = {
        "camera": "PN",
        "energy_lo_kev": [0.5, 1.0],
        "energy_hi_kev": [1.0, 2.0],
        "rate": [0.02, 0.01],
        "rate_err": [0.002, 0.001],
        "background": [0.001, 0.001],
        "counts": [200, 100],
        "exposure_s": 1e4,
    }
    facts = {"net_counts": 1234.0, "peak_energy_kev": 0.71}
    return {"schema": "claxson.spectrum/1", "cameras": [camera], "facts": facts, **changes}


def lightcurve(**changes: Any) -> dict[str, Any]:
    camera = {
        "camera": "M1",
        "time_s": [250.0, 750.0],
        "rate": [0.1, None],
        "rate_err": [0.01, None],
        "fraction_exposed": [1.0, 0.0],
    }
    facts = {"mean_rate": 0.1, "chi2_prob": 1e-9, "max_over_min": 4.0}
    times = {"bin_s": 500.0, "gti_s": [[0, 500]], "mjd_start": 52000.0}
    return {"schema": "claxson.lightcurve/1", "cameras": [camera], "facts": facts, **times, **changes}


@pytest.fixture
def make_source(db: None) -> Callable[..., Source]:
    """A source that is open to votes."""

    def make(name: str = "4XMM J000000.1+000000", *, queued: bool = True, **fields: Any) -> Source:
        source = Source.objects.create(
            name=name, **{"origin": "test", "ra_deg": 10.0, "dec_deg": -5.0, "features": {}, **fields}
        )
        if queued:
            QueueEntry.objects.create(source=source)
        return source

    return make


@pytest.fixture
def seen_source(make_source: Callable[..., Source], add_product: Callable[..., Product]) -> Source:
    """A source with one of each product."""
    source = make_source(features={"gal_lat_deg": 33.14, "log_fx_fr": -0.32, "hr1": 0.5})
    size = {"width_px": 200, "height_px": 200, "pixel_arcsec": 1.5, "source_radius_arcsec": 15}
    add_product(source, "cutout", PNG, fov_arcmin=5.0, bands_kev=[[0.2, 1], [1, 2], [2, 12]], **size)
    add_product(source, "spectrum", spectrum())
    add_product(source, "lightcurve", lightcurve())
    return source


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ada", password="look-at-the-sky")


@pytest.fixture
def voter(user: User) -> Voter:
    return voter_of(user=user)


@pytest.fixture
def volunteer(client: Client, user: User) -> Client:
    """A browser in which somebody has logged in."""
    client.force_login(user)
    return client


def ballot_on(source: Source, voter: Voter, answer: str = "agn", **fields: Any) -> Ballot:
    """A ballot under a lease of the usual kind."""
    (held,) = hand_out(voter=voter, only=[source.pk])
    return Ballot(**{"lease": held.token, "answer": answer, "key": uuid.uuid4(), **fields})


@pytest.fixture
def ballot() -> Callable[..., Ballot]:
    return ballot_on


@pytest.fixture
def vote_on() -> Callable[..., CastVote]:
    def vote(source: Source, voter: Voter, answer: str = "agn", **fields: Any) -> CastVote:
        return cast_vote(ballot=ballot_on(source, voter, answer, **fields))

    return vote


@pytest.fixture
def answer_gold() -> Callable[..., CastVote]:
    """An answer on a gold source of one's training."""

    def answer(source: Source, voter: Voter, answer: str) -> CastVote:
        lease = next(held for held in hand_out(voter=voter, training=True) if held.source_id == source.pk)
        return cast_vote(ballot=Ballot(lease.token, answer, uuid.uuid4()))

    return answer


@pytest.fixture
def crowd_votes(db: None) -> Callable[..., None]:
    """Votes of a simulated crowd, one voter each."""

    def vote(source: Source, n: int, answer: str = "agn") -> None:
        for _ in range(n):
            voter = Voter.objects.create(simulated_name=f"crowd-{uuid.uuid4().hex[:8]}")
            cast_vote(ballot=ballot_on(source, voter, answer))

    return vote


@pytest.fixture
def spectrum_document() -> Callable[..., dict[str, Any]]:
    return spectrum


@pytest.fixture
def lightcurve_document() -> Callable[..., dict[str, Any]]:
    return lightcurve


@pytest.fixture
def compiled_messages() -> None:
    """Django reads .mo files, which are not kept in the repository, and remembers them."""
    messages.compile_all(django_settings.BASE_DIR)
    trans_real._translations.clear()
