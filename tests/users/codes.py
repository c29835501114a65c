"""What an authenticator app and a reader of mail do, for tests."""

import re
import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from alliance.core.models import OutgoingMail


def activate_totp(user):
    """Give ``user`` an authenticator app and recovery codes; returns the app's secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def totp_code(secret):
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def mailed_code(email):
    """The newest login code in the outbox for that address."""
    mail = OutgoingMail.objects.filter(name="users/login_code", to=email).latest("id")
    return re.search(r"^[A-Z0-9-]{6,9}$", mail.text, re.MULTILINE)[0]


def mailed_link(stem, email):
    """The path of the newest link in the outbox for that address."""
    mail = OutgoingMail.objects.filter(name=f"users/{stem}", to=email).latest("id")
    return re.search(r"http://portal\.example\.org(/\S+)", mail.text)[1]
