"""The vote at full size: a generated world of millions of votes, and what the hot paths cost in it."""
