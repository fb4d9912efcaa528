"""Rules of voting without a database: what counts, what comes next, when it is enough."""
