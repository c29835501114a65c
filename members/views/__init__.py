"""Pages of the membership, by noun."""
