"""The broker as workers see it: an acknowledgement that it does not take must not end the work of a worker."""

import logging

from kombu.transport import TRANSPORT_ALIASES, redis, virtual

log = logging.getLogger(__name__)


class PatientQoS(redis.QoS):
    """Counts what a worker holds; at its limit a worker takes nothing new.

    Kombu goes on counting a message whose acknowledgement met a broker that hangs, for good: after one for each of
    its processes a worker would live, be connected and never take a task again. Here it is counted no longer. The
    broker hands the message out once more after the visibility timeout, which every sweep bears.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except self.channel.connection_errors as error:
            self._let_go(delivery_tag, error)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)
        except self.channel.connection_errors as error:
            self._let_go(delivery_tag, error)

    def _let_go(self, delivery_tag: str, error: Exception) -> None:
        log.warning("the broker took no acknowledgement (%s); the task may run again", type(error).__name__)
        virtual.QoS.ack(self, delivery_tag)


class Channel(redis.Channel):
    QoS = PatientQoS


class Transport(redis.Transport):
    Channel = Channel


def install() -> None:
    """Addresses that begin with redis:// or rediss:// lead to this transport from now on."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
