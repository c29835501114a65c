"""What changed in public, for those who follow the Alliance's data. Pure."""

from datetime import datetime
from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED

KINDS = ("member", "need", "offer", "appeal", "twinning", "delivery", "place", "document")


class ChangeData(BaseModel):
    """The last thing that happened to one record: each stands here once, at its last change."""

    model_config = CLOSED
    kind: Annotated[Literal[*KINDS], Meaning(_("Which set it belongs to."))]
    id: Annotated[str, Meaning(_("The id of the record in its set; of a place its register and code."))]
    change: Annotated[
        Literal["published", "changed", "withdrawn"],
        Meaning(_("It came, it changed, or it is no longer there for everyone.")),
    ]
    changed_at: Annotated[datetime, Meaning(_("When that was noticed."), standard="ISO 8601")]
    first_at: Annotated[datetime, Meaning(_("When it was first noticed."), standard="ISO 8601")]
    url: Annotated[str | None, Meaning(_("Where it can be read now; null when it was withdrawn."))]
