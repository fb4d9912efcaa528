"""Measurements on cleaned events: pure functions of arrays and frozen dataclasses."""
