"""Pages about the person who is logged in."""
