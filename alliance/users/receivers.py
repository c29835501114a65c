"""What the portal adds when Django or allauth say that somebody signed in or confirmed an address. Connected by
`apps`."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed, email_confirmed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from alliance.users import actions, sessions
from alliance.users.models import User


@receiver(user_logged_in)
def start_staff_clock(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """A login always starts the clocks anew."""
    sessions.forget(request)
    if user.is_staff:
        sessions.begin(request)


@receiver(authentication_step_completed)
def forget_a_strangers_password(user: User, method: str, **_kwargs: Any) -> None:
    """Whoever signed up with this address never showed that it is theirs; the code in the mailbox does.

    So a password that was chosen before then opens nothing: it may be a stranger's who waited for this moment.
    """
    if method != "code" or not user.has_usable_password():
        return
    if not user.emailaddress_set.filter(verified=True).exists():
        user.set_unusable_password()
        user.save(update_fields=["password"])


@receiver(email_confirmed)
def release_its_address(email_address: EmailAddress, **_kwargs: Any) -> None:
    """However it was confirmed: by the link, by a code to sign in, by a new password."""
    actions.release_address(email_address.email, to=email_address.user)
