"""How allauth behaves here: its mails are rows of the outbox, in the reader's language, with our links."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse

from alliance.core.languages import reader_language
from alliance.core.links import absolute
from alliance.core.throttle import allow, client_network
from alliance.users.emails import account_mail
from alliance.users.models import User

# Mails that anybody can cause by typing an address; beyond the limit none is written and the page says the same.
# The first link of a new account is not among them: there is one, and nothing may use it up.
ASKED_BY_ANYBODY = {
    "account_already_exists",
    "email_confirmation",
    "login_code",
    "password_reset_key",
    "unknown_account",
}
MAILS_PER_ADDRESS, HOUR = 10, 3600
# RFC 5321; nobody can be reached at a longer one, and the outbox has no room for it.
LONGEST_ADDRESS = 254


class AccountAdapter(DefaultAccountAdapter):
    """Mails are ours; addresses in lower case; the person's language from the page."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        stem = template_prefix.rsplit("/", 1)[-1]
        if len(email) > LONGEST_ADDRESS:
            return
        if stem in ASKED_BY_ANYBODY and not allow("account-mail", email, MAILS_PER_ADDRESS, HOUR):
            return
        account_mail(stem, email, context)

    def is_safe_url(self, url: str) -> bool:
        """A `next` that is no address at all leads nowhere; allauth would raise."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """allauth counts by the same network as all other limits."""
        return client_network(request)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return absolute(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return absolute(path.replace("UID-KEY", key))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """False when another account has confirmed the same address a moment ago."""
        try:
            with transaction.atomic():
                return super().confirm_email(request, email_address)
        except IntegrityError:
            return False

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).strip().lower()

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = reader_language()
        return super().save_user(request, user, form, commit)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The name that authenticator apps and passkey dialogs show."""

    def get_totp_issuer(self) -> str:
        return self._site_name()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": self._site_name()}

    def _site_name(self) -> str:
        return str(settings.SITE_SHORT_NAME)
