"""URLs of the membership."""

app_name = "members"
urlpatterns: list = []
