"""How allauth behaves here: its mails are rows of the outbox, in the reader's language, with our links."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from alliance.core.languages import reader_language
from alliance.core.links import absolute
from alliance.core.mail import send
from alliance.users.models import User

# allauth hands templates whole objects; a mail needs these values and nothing else.
MAIL_VALUES = ("code", "activate_url", "password_reset_url", "timestamp", "from_email", "to_email", "ip")
# Bodies that let their holder in: blanked after delivery, never shown in the admin.
SECRET_MAILS = {"login_code", "password_reset_key", "email_confirmation", "email_confirmation_signup"}


class AccountAdapter(DefaultAccountAdapter):
    """Mails through `core.mail.send`; addresses in lower case; the person's language from the page."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        stem = template_prefix.rsplit("/", 1)[-1]
        known = User.objects.filter(email=email.strip().lower()).first()
        values = {name: context[name] for name in MAIL_VALUES if name in context}
        values["signup_url"] = absolute(reverse("account_signup"))
        values["reset_url"] = absolute(reverse("account_reset_password"))
        values["login_url"] = absolute(reverse("account_login"))
        language = known.language if known else reader_language()
        send(f"users/{stem}", email, language, values, is_secret=stem in SECRET_MAILS)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return absolute(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return absolute(path.replace("UID-KEY", key))

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
