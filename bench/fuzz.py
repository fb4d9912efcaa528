"""`python -m bench.fuzz [NUMBER] [SEED]`: damaged FITS files end in the pipeline's own errors, and soon."""

import gzip
import io
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.errors import PipelineError
from pipeline.readers.catalogues import read_catalogue
from pipeline.readers.events import read_events
from pipeline.readers.images import read_image
from pipeline.readers.lightcurves import read_rate_curve
from pipeline.readers.responses import read_area, read_redistribution
from pipeline.readers.spectra import read_spectrum
from pipeline.ready.origin import read_origin
from tests.pipeline.conftest import Recipe, event_hdus
from tests.pipeline.readers.conftest import MAKERS, redistribution_hdus

Reader = Callable[[Path], object]
SMALL = Recipe(sources=((0.0, 0.0, 20),), background=80)
VALUES = (
    b"-1",
    b"0",
    b"1E400",
    b"NaN",
    b"99999999999",
    b"'text'",
    b"T",
    b"",
    b"-32768",
    b"2",
    b"1.5",
    b"'PE(9)'",
)


@dataclass
class Tally:
    """How mutated files ended: counts by outcome, the slowest in s, and what should not have happened."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    strays: list[str] = field(default_factory=list)


def subjects() -> list[tuple[str, Reader, bytes]]:
    """Small whole files of every kind with the reader of each."""
    readers: dict[str, Reader] = {
        "spectrum": read_spectrum,
        "area": read_area,
        "rate": lambda path: (read_origin(path), read_rate_curve(path)),
        "map": read_image,
        "catalogue": read_catalogue,
    }
    made = [(name, reader, content(MAKERS[name]())) for name, reader in readers.items()]
    made += [
        (f"matrix, {form}", read_redistribution, content(redistribution_hdus(form)))
        for form in ("scalar", "fixed", "variable")
    ]
    return [*made, ("events", read_events, content(event_hdus(SMALL)))]


def content(hdus) -> bytes:
    stream = io.BytesIO()
    hdus.writeto(stream)
    return stream.getvalue()


def flip(data: bytearray, rng: np.random.Generator) -> bytearray:
    for place in rng.integers(0, len(data), rng.integers(1, 12)):
        data[place] ^= 1 << int(rng.integers(0, 8))
    return data


def overwrite(data: bytearray, rng: np.random.Generator) -> bytearray:
    start = int(rng.integers(0, len(data)))
    stop = min(start + int(rng.integers(1, 400)), len(data))
    data[start:stop] = rng.integers(0, 256, stop - start, dtype=np.uint8).tobytes()
    return data


def cut(data: bytearray, rng: np.random.Generator) -> bytearray:
    return data[: int(rng.integers(0, len(data)))]


def splice(data: bytearray, rng: np.random.Generator) -> bytearray:
    """Moves, repeats or drops blocks of 2880 bytes, which keeps the rest of the file in step."""
    blocks = [data[at : at + 2880] for at in range(0, len(data), 2880)]
    order = rng.integers(0, len(blocks), int(rng.integers(1, len(blocks) + 2)))
    return bytearray(b"".join(bytes(blocks[at]) for at in order))


def edit_card(data: bytearray, rng: np.random.Generator) -> bytearray:
    """Gives a header card another value, which gets deeper than random damage."""
    cards = [at for at in range(0, len(data), 80) if data[at + 8 : at + 10] == b"= "]
    for at in rng.choice(cards, min(int(rng.integers(1, 4)), len(cards)), replace=False):
        value = VALUES[int(rng.integers(0, len(VALUES)))]
        data[at + 10 : at + 80] = value.rjust(20).ljust(70)
    return data


MUTATIONS = (flip, overwrite, cut, splice, edit_card, edit_card)


def mutate(whole: bytes, rng: np.random.Generator) -> bytes:
    """One or two mutations; one file in four is gzipped, before or after."""
    data = bytearray(whole)
    packed = rng.integers(0, 8)
    if packed == 0:
        data = bytearray(gzip.compress(bytes(data), 1))
    for _ in range(int(rng.integers(1, 3))):
        data = MUTATIONS[int(rng.integers(0, 4 if packed == 0 else len(MUTATIONS)))](data, rng) or bytearray(
            b"S"
        )
    return gzip.compress(bytes(data), 1) if packed == 1 else bytes(data)


def cases(number: int, seed: int) -> Iterator[tuple[str, Reader, bytes]]:
    rng = np.random.default_rng(seed)
    whole = subjects()
    for case in range(number):
        name, reader, data = whole[case % len(whole)]
        yield f"{name} #{case}", reader, mutate(data, rng)


def fuzz(number: int, seed: int) -> Tally:
    """Reads mutated files and tells how each ended."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "mutated.fits"
        for name, reader, data in cases(number, seed):
            path.write_bytes(data)
            begin = time.perf_counter()
            try:
                reader(path)
                outcome = "read"
            except PipelineError as error:
                outcome = error.code
            except BaseException as error:  # noqa: BLE001  (what must not happen is what is looked for)
                outcome = "stray"
                tally.strays.append(f"{name}: {type(error).__name__}: {error}")
            tally.outcomes[outcome] += 1
            tally.slowest_s = max(tally.slowest_s, time.perf_counter() - begin)
    return tally


def report(number: int = 10_000, seed: int = 1) -> str:
    tally = fuzz(number, seed)
    ends = ", ".join(f"{count} {name}" for name, count in tally.outcomes.most_common())
    rows = [
        f"| mutated FITS files read | {number} |",
        f"| other errors than the pipeline's own | {len(tally.strays)} |",
        f"| slowest file | {tally.slowest_s:.2f} s |",
        f"| how they ended | {ends} |",
    ]
    return "\n".join([*rows, *tally.strays[:20]])


if __name__ == "__main__":
    print(report(*(int(text) for text in sys.argv[1:3])))
