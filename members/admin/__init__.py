"""The desk of the membership: the queue of applications, members, places, sectors, people."""

from members.admin.addresses import AddressChangeAdmin
from members.admin.members import MemberAdmin
from members.admin.people import InvitationAdmin, RepresentativeAdmin
from members.admin.places import PlaceAdmin
from members.admin.sectors import SectorAdmin

__all__ = [
    "AddressChangeAdmin",
    "InvitationAdmin",
    "MemberAdmin",
    "PlaceAdmin",
    "RepresentativeAdmin",
    "SectorAdmin",
]
