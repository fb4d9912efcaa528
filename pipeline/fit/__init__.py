"""Spectral fits: simple absorbed models, compared with counts by the W-statistic."""
