"""The record of a run, as the recorder wrote it (record.h): events in the order in which they happened,
and the messages that they make up."""
import json
import mmap
import os
import struct

HEAD = struct.Struct("=QQ4QQ")
EVENT = struct.Struct("=IIiiqQ")
ROLES = ("signer", "commit", "status", "web")
(START, OPEN, CLOSE, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, SEND, RECEIVE, FORK) = range(1, 13)
SIZE = 1 << 30  # sparse
STARTUP = struct.pack(">I", 3 << 16)  # of PostgreSQL's protocol, behind a length: no frames follow
COMMIT = b"Q" + struct.pack(">I", 11) + b"COMMIT\0"


class Event:
    __slots__ = ("type", "process", "fd", "number", "data")

    def __init__(self, type, process, fd, number, data):
        self.type, self.process, self.fd, self.number, self.data = type, process, fd, number, data

    @property
    def text(self):
        return os.fsdecode(self.data)


def create(path):
    with open(path, "wb") as file:
        file.truncate(SIZE)
        file.write(HEAD.pack(HEAD.size, SIZE, 0, 0, 0, 0, 0))


def counts(path):
    """(calls that write or sync, by role; faults that happened)."""
    with open(path, "rb") as file:
        head = HEAD.unpack(file.read(HEAD.size))
    return dict(zip(ROLES, head[2:6])), head[6]


def read(path):
    events = []
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as record:
        end = HEAD.unpack_from(record, 0)[0]
        at = HEAD.size
        while at < end:
            size, type, process, fd, number, length = EVENT.unpack_from(record, at)
            if size == 0:
                break  # whoever wrote it was killed in the midst
            events.append(Event(type, process, fd, number,
                                record[at + EVENT.size:at + EVENT.size + length]))
            at += size
    return events


class Messages:
    """Puts frames together: u32 length, then that many bytes, for each socket and direction."""

    def __init__(self):
        self.commands, self.streams, self.databases = {}, {}, set()

    def role(self, process):
        words = self.commands.get(process, b"").split(b"\0")
        return words[2].decode() if words[1:2] == [b"role"] else ""

    def take(self, event):
        """The frames that this event ends: [bytes]."""
        if event.type == START:
            self.commands[event.process] = event.data or self.commands.get(event.number, b"")
        if event.type == SEND and event.data[4:8] == STARTUP:
            self.databases.add((event.process, event.fd))
        if event.type == CLOSE:
            self.databases.discard((event.process, event.fd))
            for direction in (SEND, RECEIVE):
                self.streams.pop((event.process, event.fd, direction), None)
        if event.type not in (SEND, RECEIVE) or (event.process, event.fd) in self.databases:
            return []
        key = (event.process, event.fd, event.type)
        stream = self.streams.get(key, b"") + event.data
        frames = []
        while len(stream) >= 4 and len(stream) >= 4 + struct.unpack(">I", stream[:4])[0]:
            end = 4 + struct.unpack(">I", stream[:4])[0]
            frames.append(stream[4:end])
            stream = stream[end:]
        self.streams[key] = stream
        return frames


class Act:
    """An act that was asked for, and how it was answered: done, refused or error."""

    def __init__(self, request, answer):
        self.name, self.fields = request["act"], request["fields"]
        self.outcome = next(iter(answer))
        self.answer = answer.get("answer") if self.outcome == "done" else answer[self.outcome]


def acknowledgements(events):
    """What left the service: (index, "act", Act) of commit, (index, "signature", question) of the
    signer. The index is that of the message's last event: it leaves after it."""
    messages, asked, left = Messages(), {}, []
    for index, event in enumerate(events):
        for frame in messages.take(event):
            role, peer = messages.role(event.process), (event.process, event.fd)
            if event.type == RECEIVE:
                asked[peer] = frame
            elif role == "commit" and frame[:1] == b"{" and peer in asked:
                left.append((index, "act", Act(json.loads(asked.pop(peer)), json.loads(frame))))
            elif role == "signer" and frame[:8] == struct.pack(">I", 4) + b"none":
                left.append((index, "signature", asked.pop(peer, b"")))
    return left


def commits(events):
    """Where in the record COMMIT was sent to PostgreSQL, and where its answer came: two rising lists."""
    sent, answered, waits = [], [], {}
    for index, event in enumerate(events):
        peer = (event.process, event.fd)
        if event.type == SEND and event.data == COMMIT:
            sent.append(index)
            waits[peer] = True
        elif event.type == RECEIVE and waits.pop(peer, False):
            answered.append(index)
    return sent, answered
