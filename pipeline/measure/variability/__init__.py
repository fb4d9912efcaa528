"""How a source varies: within an observation, and from one to another."""
