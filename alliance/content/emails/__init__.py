"""Mails of the public face, one module a noun."""
