"""The acts socket without our own client: what a hostile terminal would send, and a bench.

    with acts.Connection(path) as connection:
        connection.ask("status", "admin1")      # the message as it came: an object

A socket that is closed is an EOFError."""
import json
import socket
import struct


def frame(body):
    return struct.pack(">I", len(body)) + body


class Connection:
    def __init__(self, path, timeout=30):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def receive(self, length):
        data = b""
        while len(data) < length:
            part = self.socket.recv(length - len(data))
            if not part:
                raise EOFError("the acts socket was closed")
            data += part
        return data

    def ask(self, act, who, **fields):
        self.socket.sendall(frame(json.dumps({"act": act, "as": who, "fields": fields}).encode()))
        return json.loads(self.receive(struct.unpack(">I", self.receive(4))[0]))
