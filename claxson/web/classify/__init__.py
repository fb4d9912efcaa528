"""The classify page: whole pages for every browser, and the pieces of it that a script fetches ahead."""
