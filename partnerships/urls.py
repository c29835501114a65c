"""URLs of needs, offers and matches."""

app_name = "partnerships"
urlpatterns: list = []
