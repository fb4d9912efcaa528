"""Products that the archive has made already, where a folder has no event list to make them of."""
