"""Mails of the membership, one function and three templates each."""
