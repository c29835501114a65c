"""What needs, offers and conversations forget of a person. What was written and promised for a member stays with its
member; beside it stands the person's row, which is emptied."""

from django.db.models import F

from alliance.users.models import User
from partnerships.actions.draft_names import forget_names
from partnerships.models import LinkTeller, SavedSearch, TwinningParty, UnsavedListing, UploadedSheet


def forget_person(user: User) -> None:
    """The searches that the person saved go, with what they were told; what they were typing; tables that they sent and
    did not confirm; and the names under which they, or whoever they gave it to, confirmed by a link from their mailbox.
    Twinnings lose them as contact; the second one steps forward. Drafts of agreements lose their name, unless signed.
    """
    SavedSearch.objects.filter(user=user).delete()
    UnsavedListing.objects.filter(user=user).delete()
    UploadedSheet.objects.filter(user=user).delete()
    LinkTeller.objects.filter(email__in=user.confirmed_addresses).update(name="", email="")
    TwinningParty.objects.filter(second_contact=user).update(second_contact=None)
    TwinningParty.objects.filter(contact=user).update(contact=F("second_contact"), second_contact=None)
    forget_names([user.name])
