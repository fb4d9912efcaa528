"""Where the archives are, and how gently they are asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Services:
    """Addresses and manners.

    Attributes
    ----------
    aio : str
        Product service of the XMM-Newton Science Archive.
    tap : str
        Its table service, synchronous.
    mirror : str
        Folder of plain files at HEASARC, with one folder for each observation.
    mirror_tap : str
        HEASARC's table service, synchronous.
    xmatch : str
        Cross-match service of the CDS.
    vizier : str
        Table service of VizieR, synchronous.
    hips : str
        Picture service of the CDS, hips2fits.
    responses : str
        Folder of the public redistribution matrices of EPIC.
    timeout_s : float
        Longest wait for an answer or for the next piece of it.
    pause_s : float
        Least time between two requests.
    attempts : int
        How often a request that failed on the way is made.
    """

    aio: str = "https://nxsa.esac.esa.int/nxsa-sl/servlet/data-action-aio"
    tap: str = "https://nxsa.esac.esa.int/tap-server/tap/sync"
    mirror: str = "https://heasarc.gsfc.nasa.gov/FTP/xmm/data/rev0"
    mirror_tap: str = "https://heasarc.gsfc.nasa.gov/xamin/vo/tap/sync"
    xmatch: str = "https://cdsxmatch.u-strasbg.fr/xmatch/api/v1/sync"
    vizier: str = "https://tapvizier.cds.unistra.fr/TAPVizieR/tap/sync"
    hips: str = "https://alasky.cds.unistra.fr/hips-image-services/hips2fits"
    responses: str = "https://sasdev-xmm.esac.esa.int/pub/ccf/constituents/extras/responses"
    timeout_s: float = 60.0
    pause_s: float = 1.0
    attempts: int = 3
