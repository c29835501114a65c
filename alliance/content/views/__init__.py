"""The public face, one module a noun."""
