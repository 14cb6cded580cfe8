"""What jpkid and PostgreSQL say to each other, and a proxy between them: it counts the requests, shows the work
in between to whoever proves something, and does to one of them what a network or a server may do.

A request is what ends with Query or Sync; libpq sends the next when ReadyForQuery has come."""
import os
import re
import socket
import struct
import threading

STARTUP = struct.pack(">I", 3 << 16)


class Gone(Exception):
    """The other side has closed."""


class Peer:
    """One side of a connection."""

    def __init__(self, connection):
        self.connection, self.is_gone = connection, False

    def read(self, length):
        data = b""
        while len(data) < length:
            try:
                part = self.connection.recv(length - len(data))
            except OSError:
                part = b""
            if not part:
                raise Gone
            data += part
        return data

    def startup(self):
        head = self.read(4)
        return head + self.read(struct.unpack(">I", head)[0] - 4)

    def message(self):
        head = self.read(5)
        return head + self.read(struct.unpack(">I", head[1:])[0] - 4)

    def until(self, ends):
        """Messages up to the first whose letter is among ends: (all of them, that letter)."""
        messages = b""
        while True:
            message = self.message()
            messages += message
            if message[:1] in ends:
                return messages, message[:1]

    def send(self, data):
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise Gone from error

    def close(self):
        self.connection.close()


def connect(folder):
    peer = Peer(socket.socket(socket.AF_UNIX))
    try:
        peer.connection.connect(f"{folder}/.s.PGSQL.5432")
    except OSError as error:
        peer.close()
        raise Gone from error
    return peer


def query(folder, sql):
    """The rows of a simple query, as lists of texts; RuntimeError with what the server says."""
    peer = connect(folder)
    words = b"user\0jpki\0database\0postgres\0\0"
    peer.send(struct.pack(">I", 8 + len(words)) + STARTUP + words)
    peer.until(b"Z")
    body = sql.encode() + b"\0"
    peer.send(b"Q" + struct.pack(">I", 4 + len(body)) + body)
    rows = []
    try:
        while (message := peer.message())[:1] != b"Z":
            if message[:1] == b"E":
                raise RuntimeError(message[5:].decode(errors="replace"))
            if message[:1] == b"D":
                rows.append(columns(message[7:]))
    finally:
        peer.close()
    return rows


def columns(data):
    found, at = [], 0
    while at < len(data):
        length = struct.unpack(">i", data[at:at + 4])[0]
        found.append(data[at + 4:at + 4 + length].decode() if length >= 0 else None)
        at += 4 + max(length, 0)
    return found


def name_of(request):
    """BEGIN, COMMIT, the name of a statement…: what is asked, for people."""
    if request[:1] == b"Q":
        return re.match(rb"[A-Z]+", request[5:] + b" ").group().decode()
    words = request[5 + (request[:1] == b"D"):].split(b"\0")
    return {b"P": "prepare ", b"D": "describe ", b"B": "run "}[request[:1]] + next(filter(None, words)).decode()


class Watch:
    """What is done to the requests of one connection after the other; this one lets all pass. name: of
    the request that it met."""
    name = None

    def rewrite(self, request):
        return request

    def ask(self, number, request, pass_on):
        """pass_on() gives the request to the server: its answer. Returns what the client gets; None: the
        connection is cut."""
        return pass_on()


class Proxy:
    """Listens in folder as PostgreSQL would, and passes on to the one that target() says."""

    def __init__(self, folder, target, watch):
        self.folder, self.target, self.watch, self.count = folder, target, watch, 0
        self.names = []
        os.makedirs(folder, exist_ok=True)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(f"{folder}/.s.PGSQL.5432")
        self.socket.listen(8)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(Peer(client),), daemon=True).start()

    def serve(self, client):
        server = None
        try:
            server = connect(self.target())
            server.send(client.startup())
            client.send(server.until(b"ZE")[0])
            while self.one(client, server):
                pass
        except Gone:
            pass
        finally:
            client.close()
            if server:
                server.close()

    def one(self, client, server):
        request, end = client.until(b"QSX")
        if end == b"X":
            server.send(request)
            return False
        self.count += 1
        self.names.append(name_of(request))
        request = self.watch.rewrite(request)
        answer = self.watch.ask(self.count, request, lambda: self.pass_on(server, request))
        if answer is None:
            return False
        client.send(answer)
        return not server.is_gone

    def pass_on(self, server, request):
        """The answer; of a server that ends, what it said last."""
        said, message = b"", b""
        try:
            server.send(request)
        except Gone:
            pass
        while message[:1] != b"Z":
            try:
                message = server.message()
            except Gone:
                server.is_gone = True
                break
            said += message
        return said

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        os.unlink(f"{self.folder}/.s.PGSQL.5432")

    @property
    def store(self):
        return f"postgres:host={self.folder} user=jpki dbname=postgres"
