"""Forms of the membership, by noun."""
