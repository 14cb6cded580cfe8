"""Certificates in the database of a data folder, as if they had been issued into the residents' cards: what becomes due is
told from their rows. On SQLite, or on PostgreSQL with a store's address. Whatever is written, the service must not run."""
import datetime
import os
import sqlite3

import postgres

SIGNATURE, AUTHENTICATION = 0, 1
GOOD, HELD, REVOKED = 2, 3, 4  # enum status_state
NOBODYS_CARD = "9" * 28


def days(day):
    """Since 1970-01-01."""
    return (datetime.date.fromisoformat(day) - datetime.date(1970, 1, 1)).days


class Certificates:
    def __init__(self, data, store=None):
        self.path, self.store = os.path.join(data, "database", "jpki.db"), store

    def rows(self, sql):
        """What the database has, each row as a list of texts."""
        if self.store:
            return postgres.sql(self.store, sql)
        with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10) as connection:
            return [[str(value) for value in row] for row in connection.execute(sql)]

    def count(self, sql):
        return int(self.rows(sql)[0][0])

    def write(self, sql):
        if self.store:
            postgres.sql(self.store, sql)
            return
        connection = sqlite3.connect(self.path)
        connection.execute(sql)
        connection.commit()
        connection.close()

    def blob(self, expression):
        return f"convert_to({expression}, 'UTF8')" if self.store else f"CAST({expression} AS BLOB)"

    def add_cards(self):
        """Those of the residents, as if they were registered, and one that is nobody's."""
        self.write("INSERT INTO card (id, point, made) SELECT card_id, " + self.blob(f"'{'p' * 37}' || card_id")
                   + ", 0 FROM resident WHERE card_id IS NOT NULL")
        self.write(f"INSERT INTO card (id, point, made) VALUES ('{NOBODYS_CARD}', {self.blob(repr('q' * 65))}, 0)")

    def _insert(self, values, each=""):
        """values: of kind, serial, resident, card, key, last day, state."""
        kind, serial, resident, card, key, last_day, state = values
        source = " FROM each" if each else ""
        self.write("INSERT INTO signing (kind, serial, what, tbs, signature, is_refused) " + each
                   + f"SELECT {kind}, {serial}, 1, {self.blob(repr('t'))}, {self.blob(repr('s'))}, 0{source}")
        self.write("INSERT INTO certificate (kind, serial, application, resident, card, key_digest, leaf_digest, common_name,"
                   f" issued, last_day, state, reason, since, installed) {each}SELECT {kind}, {serial}, {serial}, {resident},"
                   f" {card}, {self.blob(key)}, {self.blob(repr('d' * 32))}, 'SAMPLE {kind} ' || ({serial}), 0,"
                   f" {days(last_day)}, {state}, 0, 0, 1{source}")

    def add(self, resident, kind, last_day, state=GOOD, is_elsewhere=False):
        """One of a resident, in another card than theirs where it is elsewhere."""
        serial = self.count(f"SELECT COALESCE(MAX(serial), 0) FROM signing WHERE kind = {kind}") + 1
        card = f"'{NOBODYS_CARD}'" if is_elsewhere else f"(SELECT card_id FROM resident WHERE number = {resident})"
        self._insert((kind, serial, resident, card, repr(f"k{kind}{serial:030}"), last_day, state))

    def add_many(self, num, last_day):
        """Residents from 100001 on, each with a card and a certificate. The last serial before theirs."""
        each = f"WITH RECURSIVE each (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM each WHERE i < {num}) "
        card = "'0003720000' || (1000000 + i) || '37220340514'"
        before = self.count(f"SELECT COALESCE(MAX(serial), 0) FROM signing WHERE kind = {AUTHENTICATION}")
        columns = ("family, given, kana, born, sex, postcode, address, municipality, residence, standing, card_state,"
                   " card_until, old_card, special_period, language, protected, sample")
        self.write(f"INSERT INTO resident (number, card_id, {columns}) {each}SELECT 100000 + i, {card}, {columns}"
                   " FROM each CROSS JOIN resident WHERE number = 1023")
        self.write("INSERT INTO card (id, point, made) " + each + f"SELECT {card}, " + self.blob(f"'{'r' * 37}' || {card}")
                   + ", 0 FROM each")
        self._insert((AUTHENTICATION, f"{before} + i", "100000 + i", card, f"'{'m' * 25}' || (1000000 + i)", last_day, GOOD),
                     each)
        return before
