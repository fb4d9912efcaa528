"""All votes together: what the crowd says of each source, and how each voter answers."""
