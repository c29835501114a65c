"""The outbox of a fault test: many mails by one statement, and what became of them."""

MAILS = 2000
# Where the number proves nothing: one batch of a worker, and a part of the next.
FEWER = 600
# Slows the mail server so that a fault strikes in the middle.
DELAY = 0.002
# A server so slow has each mail recorded before the next goes out.
SLOW = 0.006

# text and html as long as a usual mail's
SEED = """
INSERT INTO core_outgoingmail (key, name, "to", reply_to, language, category, subject, text, html, headers,
    message_id, is_secret, status, created_at, due_at, attempts, last_error)
SELECT 'seed:' || n, 'core/test', 'reader' || n || '@example.org', '', 'uk', 'transactional', 'Mail ' || n,
    repeat('Доброго дня, це лист. ', 40), repeat('<p>Доброго дня, це лист.</p>', 60), '{{}}',
    '<seed' || n || '@alliance.example>', false, 'queued', now(), now(), 0, ''
FROM generate_series(1, {count}) AS n
"""


def seed_sql(count: int = MAILS) -> str:
    return SEED.format(count=count)


def message_ids(count: int = MAILS) -> set[str]:
    return {f"<seed{n}@alliance.example>" for n in range(1, count + 1)}
