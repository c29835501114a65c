"""Forms of a person's own pages, and the one of allauth's that needs more care."""

import json
from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import ModelForm
from alliance.users.models import User


class SignupForm(account_forms.SignupForm):
    """One address, one account. Whoever comes second is answered like the first; only the mail tells."""

    def try_save(self, request: HttpRequest) -> Any:
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return super().try_save(request)
            except IntegrityError:  # somebody was faster by a moment
                self.account_already_exists = True
        else:
            # As much work as for a new account: the time of the answer must not tell either.
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class AnyJson(json.JSONDecoder):
    """Python refuses numbers of thousands of digits and very deep lists with errors that no form expects of JSON."""

    def decode(self, text: str, *args: Any) -> Any:
        try:
            return super().decode(text, *args)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from error


class _Passkey:
    """What a browser says about a passkey, whatever it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].decoder = AnyJson


class LoginPasskeyForm(_Passkey, webauthn_forms.LoginWebAuthnForm):
    pass


class AuthenticatePasskeyForm(_Passkey, webauthn_forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(_Passkey, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(_Passkey, webauthn_forms.AddWebAuthnForm):
    """What most people expect of a passkey is ticked: to sign in with it and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call this passkey")
        if "passwordless" in self.fields:
            self.fields["passwordless"].initial = True


class SettingsForm(ModelForm):
    """How a person is called and which language they read."""

    autocomplete = {"name": "name"}

    class Meta:
        model = User
        fields = ["name", "language"]
