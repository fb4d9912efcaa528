"""What volunteers look at: cut-outs, spectra and light curves as files."""
