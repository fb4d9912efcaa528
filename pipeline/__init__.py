"""From XMM-Newton event lists to cut-outs, spectra, light curves and a feature table.

Pure numpy, scipy and astropy: nothing here knows of a web site or a database. What comes out is a
manifest (`manifest.json`) with the content hash of every product beside it.
"""

__version__ = "0.1.0"
