"""Tables of the membership: places, members, the people who act for them, their councils' decisions."""

from members.models.address_change import AddressChange
from members.models.member import Mandate, Member
from members.models.people import Invitation, Representative
from members.models.place import Place
from members.models.sector import Sector

__all__ = ["AddressChange", "Invitation", "Mandate", "Member", "Place", "Representative", "Sector"]
