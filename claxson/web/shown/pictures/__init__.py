"""The pictures of a source: in X-rays, and of the same sky in other light."""
