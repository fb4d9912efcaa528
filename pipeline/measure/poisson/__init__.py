"""What few counts say of a source: posteriors and upper limits for Poisson counts on a background."""
