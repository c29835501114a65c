"""Pages of needs, offers and matches."""
