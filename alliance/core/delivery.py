"""Delivery of what is due in the outbox: claim, send over one connection, record."""


def deliver_due() -> int:
    raise NotImplementedError
