"""Names of XMM-Newton pipeline products: parsing and building (XMM-SOC-GEN-ICD-0024, chapter 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline.errors import NotAPpsName

INSTRUMENTS: Final = ("PN", "M1", "M2", "EP", "R1", "R2", "RG", "OM", "OB", "CA")

_NAME: Final = re.compile(
    r"P(?P<obsid>\d{10})(?P<instrument>[A-Z0-9]{2})(?P<flag>[SUX])(?P<number>\d{3})"
    r"(?P<content>[A-Z0-9_]{6})(?P<band>[0-9A-Z])(?P<source>[0-9A-F]{3})\.(?P<extension>[A-Z]{3,4})",
    re.I,
)


@dataclass(frozen=True)
class PpsName:
    """The parts of a product's file name.

    Attributes
    ----------
    obsid : str
        Ten digits.
    instrument : str
        PN, M1, M2, EP (all EPIC), R1, R2, RG, OM, OB or CA.
    exposure_flag : str
        S scheduled, U unscheduled, X not of one exposure.
    exposure : int
        0 to 999; 0 with flag X means merged.
    content : str
        Six characters, e.g. ``SRSPEC``, ``IMAGE_``.
    band : str
        Energy band (EPIC), spectral order (RGS), filter (OM).
    source : int
        Source number, SRC_NUM of the catalogue; written in hexadecimal; 0 when of no source.
    extension : str
        FTZ (gzipped FITS), PDF, PNG, ASC, HTM, TAR.
    """

    obsid: str
    instrument: str
    exposure_flag: str
    exposure: int
    content: str
    band: str = "0"
    source: int = 0
    extension: str = "FTZ"

    @property
    def exposure_id(self) -> str:
        """As the header keyword EXPIDSTR writes it, e.g. ``S003``."""
        return f"{self.exposure_flag}{self.exposure:03d}"

    def file_name(self) -> str:
        """The file name, in upper case.

        Returns
        -------
        str
            E.g. ``P0123700101PNS001SRSPEC0053.FTZ`` for source 83.

        Raises
        ------
        NotAPpsName
            A part does not fit into a name.
        """
        text = (
            f"P{self.obsid}{self.instrument}{self.exposure_id}{self.content}{self.band}"
            f"{self.source:03X}.{self.extension}"
        )
        if _NAME.fullmatch(text) is None or self.instrument not in INSTRUMENTS:
            raise NotAPpsName(f"{text}: not a name of an XMM-Newton product; check each part of {self}")
        return text


def parse_pps_name(name: str) -> PpsName:
    """Take a product's file name apart.

    Parameters
    ----------
    name : str
        File name without folder, in upper or lower case.

    Returns
    -------
    PpsName

    Raises
    ------
    NotAPpsName
        The name does not have the form of a pipeline product.
    """
    found = _NAME.fullmatch(name)
    if found is None or found["instrument"].upper() not in INSTRUMENTS:
        raise NotAPpsName(
            f"{name}: not a name of an XMM-Newton product, such as P0123700101PNS001SRSPEC0053.FTZ"
        )
    return PpsName(
        obsid=found["obsid"],
        instrument=found["instrument"].upper(),
        exposure_flag=found["flag"].upper(),
        exposure=int(found["number"]),
        content=found["content"].upper(),
        band=found["band"].upper(),
        source=int(found["source"], 16),
        extension=found["extension"].upper(),
    )
