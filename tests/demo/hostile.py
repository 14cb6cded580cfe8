"""What does not go by the rules: a terminal that shows a software key, a token used twice, a login
with the wrong key, an operator who edits the journal. Built from foreign tools, not from our code."""
import base64
import hashlib
import struct

from stage import Failure


def statement_of_card(stage, nonce):
    """INTERNAL AUTHENTICATE over a nonce, through opensc-tool: 254 bytes, hexadecimal."""
    done = stage.run("opensc-tool", "-s", "00A4040C0AD392F000260100000001", "-s", f"0088000010{nonce}00")
    dump = done.output.split("Received (SW1=0x90, SW2=0x00)")[-1]
    return "".join(line[:48].replace(" ", "").lower() for line in dump.split("\n")[1:] if line[:2].strip())


def token_label(stage):
    """The first 32 bytes of EF 0006, without trailing spaces."""
    done = stage.run("opensc-tool", "-s", "00A4040C0AD392F000260100000001", "-s", "00A4020C020006",
                     "-s", "00B0000020")
    dump = done.output.split("Received (SW1=0x90, SW2=0x00)")[-1]
    digits = "".join(line[:48].replace(" ", "") for line in dump.split("\n")[1:] if line[:2].strip())
    return bytes.fromhex(digits).decode().strip()


class HostileTerminal:
    def __init__(self, story, number=None):
        self.story = story
        self.stage = story.stage
        self.number = number

    def send_software_key(self, kind):
        """Everything is right but the key: it lies in a file, and its request proves possession. The
        card's statement is genuine, over a fresh nonce of the centre."""
        self.stage.run("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout",
                       "software.key", "-subj", "/", "-outform", "DER", "-out", "software.req")
        with open(self.stage.path("software.req"), "rb") as file:
            request = file.read().hex()
        nonce = self.story.service.act("nonce", "daiei1", number=self.number)["answer"]["nonce"]
        return self.story.service.act("issue", "daiei1", number=self.number, kind=kind, nonce=nonce,
                                      statement=statement_of_card(self.stage, nonce), request=request)

    # -- at a site --

    def token(self, origin, nonce, slot, key, pin, certificate):
        """What the protocol wants, signed by any key of the card through pkcs11-tool."""
        message = (b"JPKI login 1" + hashlib.sha256(origin.encode()).digest()
                   + hashlib.sha256(nonce).digest())
        self.stage.write("login-message", message)
        self.stage.run("pkcs11-tool", "--slot-index", slot, "-l", "-p", pin, "--sign", "-m",
                       "SHA256-RSA-PKCS", "--id", key, "-i", "login-message", "-o", "login.sig")
        self.stage.run("openssl", "x509", "-in", certificate, "-outform", "DER", "-out", certificate + ".cer")
        parts = b""
        for name in (certificate + ".cer", "login.sig"):
            with open(self.stage.path(name), "rb") as file:
                part = file.read()
            parts += struct.pack(">I", len(part)) + part
        return base64.b64encode(parts)

    def token_of_kind(self, site, nonce, kind):
        certificate = self.story.read_certificate(kind)
        slot, key = {"authentication": (0, "01"), "signature": (1, "02")}[kind]
        return self.token(site.origin, nonce, slot, key, self.story.pins[kind], certificate)

    def replay(self, site):
        """The same token twice, in the same session: the second time it is refused."""
        nonce = site.begin()
        token = self.token_of_kind(site, nonce, "authentication")
        first, second = site.log_in(nonce, token), site.log_in(nonce, token)
        self.stage.write("site-answers", f"{first}\n{second}\n")
        if first[0] != 200:
            raise Failure(f"the first login: {first}")
        if second[0] == 200:
            raise Failure(f"a replayed token was taken: {second}")

    def log_in_with_signature_key(self, site):
        nonce = site.begin()
        answer = site.log_in(nonce, self.token_of_kind(site, nonce, "signature"))
        self.stage.write("site-answers", f"{answer}\n")
        if answer[0] == 200:
            raise Failure(f"a signature certificate logged in: {answer}")

    # -- at the database --

    def change_the_journal(self, service):
        """The guards are dropped, one entry is edited."""
        trigger = "journal_no_update" + (" ON journal" if service.store else "")
        service.change_database(f"DROP TRIGGER {trigger}; UPDATE journal SET actor = 'nobody' WHERE sequence = 5")
