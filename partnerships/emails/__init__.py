"""Mails about needs, offers and matches."""
