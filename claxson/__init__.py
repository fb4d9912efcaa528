"""The site: catalogue, votes, learning, and the pages that people see."""

__version__ = "0.1.0"
