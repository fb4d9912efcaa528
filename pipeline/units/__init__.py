"""Units of work: one observation each, done alone, kept on disk, and never done twice."""
