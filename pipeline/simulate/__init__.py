"""Simulated EPIC observations in the archive's file formats: no observation, and marked so in every file."""
