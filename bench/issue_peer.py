"""An authority of others: cfssl, which keeps each certificate in PostgreSQL before it answers. It is asked over HTTP for
the same requests that ours gets, and checks of them that the sender holds the key; no card, no person, no journal."""
import base64
import contextlib
import json
import os

import servers
import postgres  # servers shows where

# its table: certdb/pg/migrations/001_CreateCertificates.sql of its sources
TABLE = """CREATE TABLE certificates (serial_number bytea NOT NULL, authority_key_identifier bytea NOT NULL, ca_label bytea,
status bytea NOT NULL, reason int, expiry timestamptz, revoked_at timestamptz, pem bytea NOT NULL,
PRIMARY KEY (serial_number, authority_key_identifier))"""
KEYS = {"rsa-2048": ["rsa:2048"], "p-256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]}
PATH = "/api/v1/cfssl/sign"


def pem(request):
    body = base64.b64encode(bytes.fromhex(request)).decode()
    lines = [body[at:at + 64] for at in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE REQUEST-----", *lines, "-----END CERTIFICATE REQUEST-----", ""])


class Peer:
    """It runs from one turn to the next, in a folder that is the caller's."""

    def __init__(self, folder, requests, algorithm):
        self.stack = contextlib.ExitStack()
        self.database = self.stack.enter_context(postgres.Postgres())  # it waits for the disk: fsync is on
        postgres.sql(self.database.store, TABLE)
        servers.openssl(folder, "req", "-x509", "-newkey", *KEYS[algorithm], "-nodes", "-keyout", "ca.key", "-out",
                        "ca.pem", "-subj", "/CN=Bench", "-days", "3650")
        self.write(folder, "database", {"driver": "postgres",
                                        "data_source": self.database.store.removeprefix("postgres:") + " sslmode=disable"})
        self.write(folder, "policy", {"signing": {"default": {"usages": ["digital signature"], "expiry": "43800h"}}})
        self.asked = os.path.join(folder, "requests")
        with open(self.asked, "w") as file:
            for request in requests:
                file.write(json.dumps({"certificate_request": pem(request)}).encode().hex() + "\n")
        port = servers.free_port()
        self.server = servers.Server("cfssl", "serve", "-port", str(port), "-ca", "ca.pem", "-ca-key", "ca.key",
                                     "-db-config", "database", "-config", "policy", "-loglevel=4", port=port,
                                     folder=folder)
        self.stack.callback(self.server.stop)

    @staticmethod
    def write(folder, name, value):
        with open(os.path.join(folder, name), "w") as file:
            json.dump(value, file)

    def num_kept(self):
        return int(postgres.sql(self.database.store, "SELECT COUNT(*) FROM certificates")[0][0])

    def __call__(self):
        before = self.num_kept()
        turn = servers.Load(self.server, self.asked, "POST", PATH)()
        if self.num_kept() - before < turn["num"]:
            raise RuntimeError("cfssl keeps fewer certificates than it answered")
        return turn

    def stop(self):
        self.stack.close()
