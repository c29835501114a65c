"""Who may see a field. Pages, exports, feeds and mails ask `visible()` and nothing else.

A model says it once: ``AUDIENCES = {"contact_email": Audience.PARTNER, …}``; a field that is not named there
is for coordinators, so forgetting one hides it. A row may be narrower than its model, never wider: by its own
`audience`, and field by field by `narrowed`. Which audience a viewer belongs to is decided by the app of the object
(`members.permissions.audience_of`, `partnerships.permissions.audience_of`), since the kernel knows no members.
"""

from django.db import models
from django.utils.translation import pgettext_lazy


class Audience(models.TextChoices):
    PUBLIC = "public", pgettext_lazy("audience", "everyone")
    MEMBERS = "members", pgettext_lazy("audience", "members of the Alliance")
    PARTNER = "partner", pgettext_lazy("audience", "partners after both sides agreed")
    COORDINATORS = "coordinators", pgettext_lazy("audience", "coordinators only")


# Each audience sees what those before it see.
ORDER = [Audience.PUBLIC, Audience.MEMBERS, Audience.PARTNER, Audience.COORDINATORS]


def may_see(needed: str, viewer: str) -> bool:
    """Whether a viewer of audience ``viewer`` sees what is meant for ``needed``."""
    return ORDER.index(Audience(viewer)) >= ORDER.index(Audience(needed))


def audience_of_field(model: type[models.Model], field: str) -> Audience:
    """The audience of a field; coordinators when the model does not name it."""
    return Audience(model.AUDIENCES.get(field, Audience.COORDINATORS))


def needed_for(obj: models.Model, field: str) -> Audience:
    """The audience of ``field`` of this row: the narrowest of what its model, the row and its author say."""
    narrowed = getattr(obj, "narrowed", {}).get(field, Audience.PUBLIC)
    whole = getattr(obj, "audience", Audience.PUBLIC)
    return narrowest(audience_of_field(obj.__class__, field), whole, narrowed)


def narrowest(*audiences: str) -> Audience:
    """The one that the fewest belong to."""
    return max(map(_known, audiences), key=ORDER.index)


def _known(value: str) -> Audience:
    """A word that nobody understands hides."""
    return Audience(value) if value in ORDER else Audience.COORDINATORS


def visible(obj: models.Model, field: str, viewer: str) -> bool:
    """Whether a viewer of audience ``viewer`` sees ``field`` of ``obj``."""
    return may_see(needed_for(obj, field), viewer)


def public_fields(model: type[models.Model]) -> list[str]:
    """The fields that exports, feeds and structured data may carry."""
    return [name for name in model.AUDIENCES if may_see(audience_of_field(model, name), Audience.PUBLIC)]
