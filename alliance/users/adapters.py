"""How allauth behaves here: its mails are rows of the outbox, in the reader's language."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):
    pass


class SecondFactorAdapter(DefaultMFAAdapter):
    pass
