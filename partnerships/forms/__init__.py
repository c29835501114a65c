"""Forms of needs, offers and matches."""
