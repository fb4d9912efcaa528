"""Everything that products of the archive give for one source, where no event list is at hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from pipeline.errors import BadResponse, NotExposed
from pipeline.fit.bands import IndexEstimate, index_from_bands
from pipeline.fit.files import FileSpectrum, index_of
from pipeline.measure.apertures import Patch
from pipeline.measure.features import Features, band_features, feature_columns
from pipeline.measure.lightcurve import chance_of_constant
from pipeline.measure.positions import MergedSource
from pipeline.measure.rates import BandCounts, count_patch
from pipeline.products.curves import lightcurve_document, spectrum_document, with_model
from pipeline.products.files import Product
from pipeline.ready.curves import FileCurve, join_curves
from pipeline.ready.spectra import band_counts, binned, modelled
from pipeline.units.detection import (
    Detection,
    Field,
    cut_patches,
    detection_entry,
    drawn_cutout,
    drawn_document,
)
from pipeline.units.fits import fits_of, is_of, numbers_of, with_fits, with_fits_document

OWN_RESPONSE = "response files of the spectrum"


def measure_products(source: MergedSource, label: str, field: Field) -> Detection:
    """Make products of one source out of those of the archive.

    Parameters
    ----------
    source : MergedSource
        Where to look.
    label : str
        Its name in this observation.
    field : Field
        The observation and its sources.

    Returns
    -------
    Detection
        Counts, and what follows from them, are those of the images; without images, those of the spectra.

    Raises
    ------
    NotExposed
        No image, spectrum or light curve is of it.
    """
    patches = cut_patches(source, field) if field.observation.cameras else []
    spectra, curves = _spectra(source, field), _curves(source, field)
    if not (patches or spectra or curves):
        raise NotExposed(f"{label}: no image, spectrum or light curve of {field.observation.obsid} is of it")
    counts = [count_patch(patch) for patch in patches] or [band_counts(one) for one in spectra]
    index = index_from_bands(counts) if counts else IndexEstimate(math.nan, math.nan, "no counts in bands")
    fits, failed = fits_of(source, field.observation, field.config.aperture_arcsec)
    features = with_fits(_features(counts, index), fits)
    products = _cutout(source, label, field) if patches else []
    if spectra:
        products.append(_spectrum(label, field, spectra, fits))
    if curves:
        product, chance = _lightcurve(label, field, curves)
        products.append(product)
        features["chi2_prob"] = chance
    warnings = [*_warnings(field.observation.obsid, patches, spectra, curves), *failed]
    return detection_entry(source, field, (features, counts, fits), products, warnings)


def _spectra(source: MergedSource, field: Field) -> list[FileSpectrum]:
    """Those of the source whose energies are known, one for each camera and exposure."""
    observation, reach = field.observation, field.config.aperture_arcsec
    numbers = numbers_of(source, observation)
    mine = [one for one in observation.spectra if is_of(source, one, numbers, observation, reach)]
    return [one for one in mine if _is_usable(one)]


def _is_usable(one: FileSpectrum) -> bool:
    try:
        binned(one, 1)
    except BadResponse:
        return False
    return True


def _curves(source: MergedSource, field: Field) -> list[FileCurve]:
    """Those of the source; of one exposure of a camera the first."""
    numbers = numbers_of(source, field.observation)
    found: dict[tuple[str, str], FileCurve] = {}
    for one in field.observation.curves:
        if is_of(source, one, numbers, field.observation, field.config.aperture_arcsec):
            found.setdefault((one.origin.camera, one.origin.exposure_id), one)
    return list(found.values())


def _features(counts: list[BandCounts], index: IndexEstimate) -> Features:
    missing = {column["name"]: math.nan for column in feature_columns()}
    return missing | (band_features(counts, index) if counts else {})


def _cutout(source: MergedSource, label: str, field: Field) -> list[Product]:
    cameras = [one.about(source.ra_deg, source.dec_deg) for one in field.index]
    products = drawn_cutout(source, label, field, cameras)
    used = {"made_of": [camera.events.name for camera in field.observation.cameras]}
    return [replace(one, meta=one.meta | used) for one in products]


def _spectrum(label: str, field: Field, spectra: list[FileSpectrum], fits: list[dict[str, Any]]) -> Product:
    bins = [binned(one, field.config.spectrum_group_counts) for one in spectra]
    best = fits[0] if fits else None
    shown = [
        None if best is None else modelled(one, pair, best) for one, pair in zip(spectra, bins, strict=True)
    ]
    observation = field.observation
    document = spectrum_document([one for one, _ in bins], observation.obsid, observation.simulated)
    document = with_fits_document(with_model(document, shown, _parameters(fits)), fits)
    document["model"] |= {"response": OWN_RESPONSE, **({"name": best["model"]} if best else {})}
    files = [part.name for one in spectra for part in (one.spectrum, one.background) if part is not None]
    about = {"cameras": [one.camera for one in spectra], "made_of": files}
    return drawn_document("spectrum", label, field, document, about)


def _parameters(fits: list[dict[str, Any]]) -> IndexEstimate:
    """Index of all fits, and column and norm of the first, whose model is the one that is drawn."""
    if not fits:
        return IndexEstimate(math.nan, math.nan, "no spectrum here could be fitted through its own responses")
    return IndexEstimate(*index_of(fits), nh_1e22=fits[0]["nh_1e22"]["value"], norm=fits[0]["norm"])


def _lightcurve(label: str, field: Field, curves: list[FileCurve]) -> tuple[Product, float]:
    light, overlay = join_curves(curves)
    observation = field.observation
    document = lightcurve_document(light, overlay, observation.obsid, observation.simulated)
    about = {"cameras": [one.camera for one in light.cameras], "made_of": [one.curve.name for one in curves]}
    return drawn_document("lightcurve", label, field, document, about), chance_of_constant(light)


def _warnings(
    obsid: str, patches: list[Patch], spectra: list[FileSpectrum], curves: list[FileCurve]
) -> list[str]:
    found = []
    if patches and not all(patch.vignetted for patch in patches):
        found.append(
            f"{obsid}: vignetting not corrected (no exposure map); rates and fluxes are too low off axis"
        )
    if not patches and any(one.area is None for one in spectra):
        found.append(f"{obsid}: a spectrum has no effective area; its rates are those inside its region")
    if any(one.background is None for one in spectra):
        found.append(f"{obsid}: a spectrum has no background, which is not subtracted")
    if any(not one.curve.net for one in curves):
        found.append(f"{obsid}: a light curve still holds the background")
    return found
