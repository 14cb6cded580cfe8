#!/usr/bin/python3
"""A program in the place of jpkid-forms that behaves as its first argument says, for tests/web/forms.c: it sends the blank
forms, takes one request, and then ends, is silent, or answers what is no answer."""
import socket
import struct
import sys
import time

NUM_FORMS = 8
ANSWERS = {
    "empty": b"",
    "no-pdf": b"\0not a PDF",
    "unknown-code": b"\x63",
    "state-code": b"\x08", # not one that a paper is refused with
    "cut": b"\2\0\0\0\x10rule",
    "longer": b"\2\0\0\0\4rule\0\0\0\4text!",
    "hidden": b"\2\0\0\0\4rule\0\0\0\6te\x1b[2J",
    "good": b"\0%PDF-1.7 of nobody",
}
line = socket.socket(fileno=1)
mode = sys.argv[1]


def send(body):
    line.sendall(struct.pack(">I", len(body)) + body)


for i in range(NUM_FORMS):
    send(b"%PDF-blank")
while True:
    size = line.recv(4, socket.MSG_WAITALL)
    if len(size) < 4 or mode == "ends":
        break
    line.recv(struct.unpack(">I", size)[0], socket.MSG_WAITALL)
    if mode == "silent":
        time.sleep(60)
    elif mode == "too-long":
        line.sendall(b"\xff\xff\xff\xff")
    else:
        send(ANSWERS[mode])
