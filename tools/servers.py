"""The embedded servers that run, test and bench share: a database unless DATABASE_URL, a broker unless REDIS_URL."""

import os
from dataclasses import dataclass

from tools.postgres import Postgres
from tools.processes import Services
from tools.progress import step
from tools.valkey import Valkey


@dataclass(frozen=True)
class Addresses:
    database: str
    redis: str
    embedded_database: bool


def start_servers(
    services: Services, postgres: str, valkey: str, settings: dict[str, str] | None = None
) -> Addresses:
    database, redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    services.start_group()
    waiting = []
    if not database:
        server = Postgres(postgres, settings)
        step(f"Starting PostgreSQL ({server.data})")
        waiting.append((server, services.add(server.start())))
    if not redis:
        broker = Valkey(valkey)
        step("Starting Valkey")
        waiting.append((broker, services.add(broker.start())))
    for server, process in waiting:
        server.wait(process)
        step(f"{process.name} answers on port {server.port}")
    return Addresses(
        database=database or server_url(waiting, Postgres),
        redis=redis or server_url(waiting, Valkey),
        embedded_database=not database,
    )


def server_url(waiting: list, kind: type) -> str:
    return next(server.url for server, _ in waiting if isinstance(server, kind))
