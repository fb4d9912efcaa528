"""Fetching observations from the archives. All network code of the pipeline is in this folder."""
