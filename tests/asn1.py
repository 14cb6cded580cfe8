"""DER as a tree that can be changed and written again: for bytes that no honest writer makes.

    tree = asn1.parse(der); tree[0][1].body = b"\\x05"; tree.encode()"""


class Node:
    """A tag, and its body: bytes, or the nodes inside."""

    def __init__(self, tag, body):
        self.tag, self.body = tag, body

    def __getitem__(self, at):
        return self.body[at]

    def encode(self):
        body = self.body if isinstance(self.body, bytes) else b"".join(node.encode() for node in self.body)
        size = len(body)
        wide = (size.bit_length() + 7) // 8
        head = bytes([size]) if size < 128 else bytes([128 + wide]) + size.to_bytes(wide, "big")
        return bytes([self.tag]) + head + body

    def find(self, test):
        """The first node, from above, for which the test holds."""
        if test(self):
            return self
        inner = self.body if isinstance(self.body, list) else ()
        return next((found for found in (node.find(test) for node in inner) if found), None)


def read(data, at):
    """(node, where it ends)"""
    tag, size, at = data[at], data[at + 1], at + 2
    if size & 128:
        wide = size & 127
        size, at = int.from_bytes(data[at:at + wide], "big"), at + wide
    body, end = data[at:at + size], at + size
    if not tag & 0x20:
        return Node(tag, body), end
    inner, at = [], 0
    while at < len(body):
        node, at = read(body, at)
        inner.append(node)
    return Node(tag, inner), end


def parse(data):
    return read(data, 0)[0]


def integer(number):
    return Node(2, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def oid(*numbers):
    body = bytes([40 * numbers[0] + numbers[1]])
    for number in numbers[2:]:
        part = [number & 127]
        while number := number >> 7:
            part.insert(0, 128 | number & 127)
        body += bytes(part)
    return Node(6, body)


def sequence(*inner):
    return Node(0x30, list(inner))


def certificate(tbs, signature):
    """What the two columns of `signing` make: a certificate, DER."""
    content = parse(tbs)
    return sequence(content, content[2], Node(3, b"\0" + signature)).encode()
