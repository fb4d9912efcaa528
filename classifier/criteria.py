"""The fifteen criteria that tell X-ray sources apart (Tranin et al. 2022, A&A 657, A138)."""

from classifier.features import FeatureSpec


def _criterion(name: str, unit: str, category: str, transform: str = "identity") -> FeatureSpec:
    return FeatureSpec(name, unit, transform, category, missing="no_evidence")


CRITERIA: tuple[FeatureSpec, ...] = (
    _criterion("gal_lat_deg", "deg", "location", "abs"),
    _criterion("proper_motion_masyr", "mas yr-1", "location", "log10"),
    _criterion("separation_galaxy_radius", "", "location"),
    _criterion("log_lx", "log10(erg s-1)", "location"),
    _criterion("hr1", "", "spectrum"),
    _criterion("hr2", "", "spectrum"),
    _criterion("hr3", "", "spectrum"),
    _criterion("hr4", "", "spectrum"),
    _criterion("photon_index", "", "spectrum"),
    _criterion("log_fx_fb", "", "multiwavelength"),
    _criterion("log_fx_fr", "", "multiwavelength"),
    _criterion("log_fx_fw1", "", "multiwavelength"),
    _criterion("log_fx_fw2", "", "multiwavelength"),
    _criterion("log_fmax_fmin", "", "variability"),
    _criterion("log_fmaxlo_fminup", "", "variability"),
)
"""Galactic latitude enters as its absolute value, proper motion as its logarithm, the rest as they stand.

A feature table does not tell a source without counterpart from one for which none was looked for, so a
missing value speaks for no class. Where every source was looked for,
`dataclasses.replace(spec, missing="not_detected", survey="gaia")` makes the lack of a counterpart evidence.
"""
