"""Writes of voting, one module per noun; each is atomic and leaves counters equal to rows."""
