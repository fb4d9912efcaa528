"""The fifteen criteria that tell X-ray sources apart (Tranin et al. 2022, A&A 657, A138)."""

from classifier.features import FeatureSpec

CRITERIA: tuple[FeatureSpec, ...] = (
    FeatureSpec("gal_lat_deg", "deg", "abs", "location"),
    FeatureSpec("proper_motion_masyr", "mas yr-1", "log10", "location"),
    FeatureSpec("separation_galaxy_radius", "", "identity", "location"),
    FeatureSpec("log_lx", "log10(erg s-1)", "identity", "location"),
    FeatureSpec("hr1", "", "identity", "spectrum"),
    FeatureSpec("hr2", "", "identity", "spectrum"),
    FeatureSpec("hr3", "", "identity", "spectrum"),
    FeatureSpec("hr4", "", "identity", "spectrum"),
    FeatureSpec("photon_index", "", "identity", "spectrum"),
    FeatureSpec("log_fx_fb", "", "identity", "multiwavelength"),
    FeatureSpec("log_fx_fr", "", "identity", "multiwavelength"),
    FeatureSpec("log_fx_fw1", "", "identity", "multiwavelength"),
    FeatureSpec("log_fx_fw2", "", "identity", "multiwavelength"),
    FeatureSpec("log_fmax_fmin", "", "identity", "variability"),
    FeatureSpec("log_fmaxlo_fminup", "", "identity", "variability"),
)
"""Galactic latitude enters as its absolute value, proper motion as its logarithm, the rest as they stand."""
