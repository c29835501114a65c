"""The eight principles of the Alliance: what an applicant declares adherence to, and what the public page lists.

The facts are those of the Alliance's founding text of 30 June 2022; the wording is the portal's. Each has an
anchor that never changes, because letters and resolutions may quote it.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Principle:
    anchor: str
    title: Any
    text: Any


PRINCIPLES = [
    Principle(
        "territorial-integrity",
        _("Ukraine whole and sovereign"),
        _(
            "We stand without reservation for the territorial integrity of Ukraine and its right to defend itself."
        ),
    ),
    Principle(
        "european-integration",
        _("On the way into the European Union"),
        _(
            "Ukraine’s integration goes on, and its local and regional authorities have their place in Europe’s "
            "networks."
        ),
    ),
    Principle(
        "local-leadership",
        _("Local self-government in the lead"),
        _(
            "Municipalities and regions are strengthened so that they can lead the recovery, together with the "
            "government of Ukraine, the European Union and other international partners."
        ),
    ),
    Principle(
        "integrated-planning",
        _("Build back better, place by place"),
        _(
            "Reconstruction is planned for whole territories, so that they become sustainable, green, smart and "
            "open to everyone."
        ),
    ),
    Principle(
        "charter-and-decentralisation",
        _("The Charter and decentralisation"),
        _(
            "We build on the European Charter of Local Self-Government, on Ukraine’s strategy for regional development "
            "2021–2027 with its revisions, and on the decentralisation that Ukraine has achieved."
        ),
    ),
    Principle(
        "rural-ukraine",
        _("Rural Ukraine counts"),
        _("Support for villages and their modernisation is essential to Ukraine’s success."),
    ),
    Principle(
        "good-governance",
        _("Good governance"),
        _(
            "Local and regional government becomes better: open, free of corruption, with free local media and "
            "public services online."
        ),
    ),
    Principle(
        "enterprise-and-innovation",
        _("Enterprise and innovation"),
        _("Businesses and new ideas are helped to grow locally and regionally."),
    ),
]
