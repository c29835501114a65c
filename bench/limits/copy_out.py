"""The limit of an export: one COPY TO STDOUT of the same columns and rows, thrown away as it comes."""

import time

from django.db import connection

from members import exports

TABLES = """
    LEFT JOIN members_place p ON p.id = m.place_id
    LEFT JOIN members_place r ON r.id = p.region_id
    LEFT JOIN members_member a ON a.id = m.parent_id AND a.status = 'approved'"""


class Sink:
    """Counts what is written to it."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes) -> int:
        self.size += len(data)
        return len(data)


def seconds(prefix: str) -> tuple[float, int]:
    """Seconds and bytes for all listed members."""
    started = time.perf_counter()
    sink = Sink()
    with connection.cursor() as cursor:
        columns = cursor.mogrify(exports.cells().replace("%(prefix)s", "%s"), [prefix]).decode()
        cursor.execute("SET statement_timeout = 0")
        cursor.copy_expert(
            f"COPY (SELECT {columns} FROM members_member m {TABLES} WHERE m.status = 'approved')"
            " TO STDOUT WITH (FORMAT csv)",
            sink,
        )
        cursor.execute("RESET statement_timeout")
    return time.perf_counter() - started, sink.size
