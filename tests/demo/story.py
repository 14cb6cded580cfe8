"""The story of `make demo`, from two new authorities to a journal that was tampered with. A step is a
function, its docstring is what the demo prints. Foreign tools judge: OpenSC, openssl, Java."""
import argparse
import contextlib
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "login")]

import pcscd
import softhsm
from documents import tax_return_pdf, tax_return_xml
from hostile import HostileTerminal
from judges import Judges
from postgres import Postgres
from relying import Site
from service import PASSPHRASE, Service, Terminal
from stage import BUILD, SOURCE, Failure, Stage

START = "2026-12-01T01:00:00Z"
KINDS = ("signature", "authentication")

# residents of etc/sample/residents.csv, each there for the reason named in its last column
HANAKO, TARO, MISAKI, CHILD, WARD, OLD_CARD, PROGRAMMER = 1001, 1002, 1005, 1010, 1012, 1051, 1039
CARD_IDS = {HANAKO: "0003720000000013137220340514", TARO: "0003720000000023137220330302",
            MISAKI: "0003720000000053137220340130", CHILD: "0003720000000103137220290408",
            WARD: "0003720000000123137220300211", PROGRAMMER: "0003720000000393137220341010"}
NOT_ITS_AUTHORITY = "error 20.*unable to get local issuer"
PINS = {"signature": "NASHI20", "authentication": "4649"}


class Story(Judges):
    def __init__(self, stage, places):
        self.stage = stage
        self.service = Service(stage, START, **places)
        self.terminal = Terminal(stage)
        self.pins = dict(PINS)
        self.serials = {}

    # what every part of the story does

    def jpki(self, *words, **how):
        return self.stage.run("jpki", *words, **how)

    def counter(self, *words, actor="daiei1", **how):
        return self.jpki("counter", *words, "--as", actor, **how)

    def card_name(self, resident):
        return f"{resident}.card"

    def make_card(self, resident, *more):
        """Personalised, then registered by two persons."""
        image = self.terminal.image(self.card_name(resident))
        self.jpki("card", "make", image, "--permit-key", self.permit_key(), "--card-id",
                  CARD_IDS[resident], *more)
        self.terminal.put_in(self.card_name(resident))
        parked = self.jpki("admin", "card-register", image + ".pub", "--as", "card1", "--json").json()
        return parked["parked"]

    def register_card(self, resident):
        number = self.make_card(resident)
        self.counter("approve", number, actor="card2")

    def permit_key(self):
        return os.path.join(self.service.data, "published", "permit-key.pem")

    def open(self, procedure, resident, *more, actor="daiei1", expect=0, says=None):
        result = self.counter("open", "--procedure", procedure, "--resident", resident, "--json",
                              *more, actor=actor, expect=expect, says=says)
        return result.json()["number"] if expect == 0 else None

    def go(self, number, pins=(), actor="daiei1", expect=0, says=None):
        words = ["run", number, "--yes", "--json"] + (["--pin-fd", "{pins}"] if pins else [])
        result = self.counter(*words, actor=actor, pins=pins, expect=expect, says=says)
        return result.json() if expect == 0 else None

    def issue(self, resident, kinds="both", applicant="holder", pins=None, procedure="new", **how):
        pin = ["--pin", "never-set"] if procedure == "new" else []
        number = self.open(procedure, resident, "--kind", kinds, "--applicant", applicant, *pin)
        self.terminal.put_in(self.card_name(resident))
        return self.go(number, pins=pins or [PINS["authentication"], PINS["signature"]], **how)

    def until_pin_is_set(self, number, pins):
        """A new issue, step by step, until the first certificate can be made."""
        self.counter("step", number, "--step", "identity")
        self.counter("paper", number)
        self.counter("card", number)
        self.counter("pin", number, "--pin-fd", "{pins}", pins=pins)


STEPS = []


def step(function):
    STEPS.append(function)
    return function


# -- the town --

@step
def rules(story):
    """The rules answer: the fifth birthday, who may apply, what to bring"""
    jpki = story.jpki
    jpki("rules", "validity", "--kind", "authentication", "--issued", "2025-10-27", "--born", "1955-02-17",
         says="^2030-02-17$")
    jpki("rules", "eligible", "--kind", "signature", "--born", "2012-12-02", "--on", "2026-12-01",
         expect=1, says="^no$")
    jpki("rules", "eligible", "--kind", "signature", "--born", "2011-12-01", "--on", "2026-12-01",
         says="^yes$")
    jpki("rules", "papers", "--procedure", "pin-reset", "--applicant", "holder", says="S23")


@step
def event_rules(story):
    """The rules tell what an event does: lost, found, moved"""
    story.jpki("rules", "event", "--event", "found", "--signature-state", "held",
               "--authentication-state", "held", says=["^signature: revoked", "^authentication: released"])
    story.jpki("rules", "event", "--event", "moved-within",
               says=["^signature: revoked", "^authentication: unchanged"])
    story.jpki("rules", "window", "--until", "2030-05-31", says="^2030-03-01$")
    story.jpki("rules", "validity", "--kind", "signature", "--issued", "2026-13-01", "--born", "1955-02-17",
               expect=64)


@step
def authorities(story):
    """Two authorities are made; openssl reads both, neither signs for the other"""
    story.service.init()
    story.service.start()
    for kind in KINDS:
        authority = story.fetch_authority(kind)
        story.stage.judge(f"openssl x509 -in {authority} -noout -text",
                          says="sha256WithRSAEncryption")
        story.judge_now(f"openssl verify -check_ss_sig -CAfile {authority} {authority}", says="OK$")
    story.judge_now("openssl verify -CAfile signature-authority.pem authentication-authority.pem", expect=2,
                    says="error 18.*self-signed")


@step
def town(story):
    """The sample town is imported: 60 residents; a bad line takes nothing"""
    found = story.counter("find", "--resident", "1017", "--json", says="髙橋")
    story.stage.write("resident.json", found.output)
    with open(os.path.join(SOURCE, "etc", "sample", "residents.csv")) as file:
        lines = file.read().splitlines()
    bad = story.stage.write("bad.csv", "\n".join([lines[0], lines[1].replace("1986-05-14", "1986-13-14")]) + "\n")
    story.jpki("admin", "import", bad, "--as", "register1", expect=1, says="line 2 : born : is no date")


@step
def card_made(story):
    """A card is made, and registered by two persons; nobody approves their own"""
    story.terminal.start()
    number = story.make_card(HANAKO)
    story.counter("approve", number, actor="card1", expect=1, says="same-person")
    story.counter("approve", number, actor="card2")
    story.jpki("admin", "card-register", story.terminal.image(story.card_name(HANAKO)) + ".pub",
               "--as", "card1", expect=None)


@step
def certificates_issued(story):
    """Both certificates are issued at the counter, on keys made in the card"""
    done = story.issue(HANAKO)
    kinds = sorted(row["kind"] for row in done["certificates"] if row["state"] == "good")
    if kinds != ["authentication", "signature"] or done["state"] != "finished":
        raise Failure(f"not both certificates: {done['certificates']}")
    story.jpki("card", "show", says="2031-05-14")


@step
def software_key_refused(story):
    """A certificate for a key in a file is refused: the card does not state that key"""
    story.register_card(PROGRAMMER)
    number = story.open("new", PROGRAMMER, "--kind", "authentication", "--pin", "never-set")
    story.terminal.put_in(story.card_name(PROGRAMMER))
    story.until_pin_is_set(number, ["1357"])
    answer = HostileTerminal(story, number).send_software_key("authentication")
    if answer.get("refused", {}).get("statements") != "S02":
        raise Failure(f"a software key was not refused: {answer}")
    story.stage.judge("openssl pkey -in software.key -check -noout", says="Key is valid")
    story.stage.judge("openssl req -inform DER -in software.req -verify -noout", says="verify OK")
    for row in story.counter("show", number, "--json").json()["certificates"]:
        raise Failure(f"a certificate came of it: {row}")


@step
def status_judged(story):
    """OCSP and the full CRL are judged by openssl and Java: both certificates good"""
    story.terminal.put_in(story.card_name(HANAKO))
    for kind in KINDS:
        story.read_certificate(kind)
        os.makedirs(os.path.join(story.stage.folder, "kept"), exist_ok=True)
        shutil.copy(story.stage.path(f"{kind}.pem"),
                    os.path.join(story.stage.folder, "kept", f"first-{kind}.pem"))
        story.judge_status(kind, ocsp="good")
    story.stage.run("openssl", "ocsp", "-issuer", "signature-authority.pem", "-serial", "0x7ffffff",
                    "-url", story.service.ocsp, "-CAfile", "signature-authority.pem", says="unknown")
    story.judge_now("openssl verify -CAfile authentication-authority.pem signature.pem", expect=2,
                    says=NOT_ITS_AUTHORITY)


# -- the card, by foreign tools --

@step
def opensc_reads(story):
    """opensc-tool knows the card"""
    story.judge_card("opensc-tool -n", says="^jpki$")


@step
def pkcs15_reads(story):
    """pkcs15-tool lists both certificates; the signature one opens to its PIN alone"""
    story.judge_card("pkcs15-tool --list-certificates", says="Digital Signature Certificate")
    story.judge_card("pkcs15-tool --read-certificate 2", expect=1, says="read failed")
    story.judge_card(f"pkcs15-tool --verify-pin --auth-id 2 --pin {story.pins['signature']} --read-certificate 2",
                     says="BEGIN CERTIFICATE")


@step
def pkcs11_signs(story):
    """pkcs11-tool signs with both keys; openssl agrees, and refuses other bytes"""
    story.stage.write("message", "見本 a message signed through PKCS#11\n")
    for kind, slot, number in (("authentication", 0, "01"), ("signature", 1, "02")):
        story.stage.run("pkcs11-tool", "--slot-index", slot, "-l", "-p", story.pins[kind], "--sign",
                        "-m", "SHA256-RSA-PKCS", "--id", number, "-i", "message", "-o", f"{kind}.sig")
        story.keep(kind, f"first-{kind}.pem")
        story.judge_certificate(f"{kind}.pem", story.fetch_authority(kind))
        story.judge_signature(f"{kind}.pem", f"{kind}.sig", "message")


# -- signing, checking, logging in --

def sign(story, name, content, **how):
    story.stage.write(name, content)
    story.jpki("sign", name, "--output", name + ".p7s", "--pin-fd", "{pins}",
               pins=[story.pins["signature"]], **how)


def verify(story, name, content, **how):
    story.jpki("verify", name + ".p7s", "--content", content, "--authority", "signature-authority.cer",
               "--ocsp", story.service.ocsp, **how)


@step
def tax_return_signed_pdf(story):
    """A tax return, a PDF as it is, is signed in CMS; openssl cms agrees"""
    story.fetch_authority("signature")
    sign(story, "tax-return.pdf", tax_return_pdf())
    verify(story, "tax-return.pdf", "tax-return.pdf", says="^valid")
    story.judge_cms("tax-return.pdf", "tax-return.pdf")


@step
def tax_return_signed_xml(story):
    """The XML file too"""
    story.fetch_authority("signature")
    sign(story, "tax-return.xml", tax_return_xml())
    verify(story, "tax-return.xml", "tax-return.xml", says="^valid")
    story.judge_cms("tax-return.xml", "tax-return.xml")


@step
def changed_byte_refused(story):
    """One changed byte is refused, by us and by openssl"""
    story.fetch_authority("signature")
    sign(story, "tax-return.xml", tax_return_xml())
    story.stage.write("changed.xml", tax_return_xml().replace(b"98700", b"98701"))
    verify(story, "tax-return.xml", "changed.xml", expect=1, says="^invalid")
    story.judge_cms("tax-return.xml", "tax-return.xml")
    story.stage.judge("sed s/98700/98701/ tax-return.xml | cmp - changed.xml")
    story.judge_cms("tax-return.xml", "changed.xml", expect=4, says="content verify error")


class OpenSite:
    """The relying site of the tests, with our status service."""

    def __init__(self, story):
        story.fetch_authority("authentication")
        self.site = Site("--authority", story.stage.path("authentication-authority.cer"), "--ocsp",
                         story.service.ocsp, "--clock", story.stage.iso_now(), "--listen", "127.0.0.1:0")

    def __enter__(self):
        return self.site

    def __exit__(self, *_):
        self.site.close()


def log_in(story, site, **how):
    return story.jpki("login", site.origin + "/login", "--pin-fd", "{pins}",
                      pins=[story.pins["authentication"]], **how)


@step
def login(story):
    """The card logs in at a site; the same token a second time is refused"""
    with OpenSite(story) as site:
        log_in(story, site, says="logged in")
        HostileTerminal(story).replay(site)
    story.judge_certificate("authentication.pem", "authentication-authority.pem")
    story.judge_signature("authentication.pem", "login.sig", "login-message")


@step
def signature_certificate_cannot_log_in(story):
    """The signature certificate cannot log in, however right its signature is"""
    with OpenSite(story) as site:
        HostileTerminal(story).log_in_with_signature_key(site)
    story.judge_certificate("signature.pem", "authentication-authority.pem", expect=2, says=NOT_ITS_AUTHORITY)
    story.judge_signature("signature.pem", "login.sig", "login-message")


# -- PINs --

@step
def pin_locked_and_reset(story):
    """Three wrong PINs lock; the counter resets it, with one document"""
    for _ in range(3):
        story.stage.run("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", "0000", expect=255)
    story.judge_card("pkcs15-tool --list-pins", says="Tries left *: 0")
    number = story.open("pin-reset", HANAKO, "--kind", "authentication", "--pin", "forgotten")
    story.pins["authentication"] = "5963"
    story.go(number, pins=["5963"])
    story.stage.run("pkcs15-tool", "--verify-pin", "--auth-id", "1", "--pin", "5963")
    story.stage.run("pkcs15-tool", "--list-pins", says="Tries left *: 3")


@step
def pin_changed_at_home(story):
    """The PIN is changed at home, offline; the old one is refused"""
    change = ["pin", "change", "--kind", "authentication", "--pin-fd", "{pins}"]
    story.jpki(*change, pins=["5963", "2525"])
    story.jpki(*change, pins=["5963", "1111"], expect=1)
    story.pins["authentication"] = "2525"
    story.judge_card("pkcs15-tool --verify-pin --auth-id 1 --pin 2525")
    story.judge_card("pkcs15-tool --verify-pin --auth-id 1 --pin 5963", expect=255, says="PIN code or key incorrect")


# -- lost and found --

@step
def lost_by_telephone(story):
    """Loss by telephone: held in OCSP, in the CRL and at the site's login, at once"""
    story.terminal.put_in(story.card_name(HANAKO))
    number = story.open("hold", HANAKO, actor="hotline1")
    story.go(number, actor="hotline1")
    story.jpki("admin", "crl", "--as", "admin1")
    for kind in KINDS:
        story.keep(kind, f"first-{kind}.pem")
        story.judge_status(kind, ocsp="revoked")
        story.stage.judge(f"openssl crl -in {kind}-crl.pem -noout -text", says="Certificate Hold")
    with OpenSite(story) as site:
        log_in(story, site, expect=1, says="held")


@step
def loss_reported(story):
    """Reported at the counter as well: still held, not revoked"""
    number = story.open("loss-report", HANAKO, "--missing")
    story.go(number)
    story.jpki("admin", "crl", "--as", "admin1")
    story.keep("authentication", "first-authentication.pem")
    story.judge_status("authentication", ocsp="revoked")
    story.stage.judge("openssl crl -in authentication-crl.pem -noout -text", says="Certificate Hold")


@step
def found(story):
    """Found, one visit: authentication good, signature revoked as of the hold, a new one, 0 yen"""
    number = story.open("release", HANAKO, "--stopped")
    done = story.go(number, pins=[story.pins["signature"]])
    if done["fee"] != 0:
        raise Failure(f"a fee of {done['fee']}")
    if not any(row["kind"] == "signature" for row in done["certificates"]):
        story.issue(HANAKO, kinds="signature", procedure="change-reissue", pins=[story.pins["signature"]])
    story.jpki("admin", "crl", "--as", "admin1")
    story.keep("authentication", "first-authentication.pem")
    story.judge_status("authentication", ocsp="good")
    story.keep("signature", "first-signature.pem")
    story.judge_status("signature", ocsp="revoked")
    story.read_certificate("signature", "new-signature.pem")
    story.judge_status("signature", ocsp="good", certificate="new-signature.pem")
    shutil.copy(story.stage.path("new-signature.pem"),
                os.path.join(story.stage.folder, "kept", "second-signature.pem"))


@step
def moved(story):
    """She moves within the town: the signature certificate ends, the other stays good"""
    story.jpki("admin", "event", "--resident", HANAKO, "--event", "moved-within", "--as", "register1",
               "--reference", "demo-1", "address=鳥取県東伯郡北栄町見本二丁目2番地2")
    story.jpki("admin", "crl", "--as", "admin1")
    story.keep("authentication", "first-authentication.pem")
    story.judge_status("authentication", ocsp="good")
    story.keep("signature", "second-signature.pem")
    story.judge_status("signature", ocsp="revoked")
    story.stage.judge("openssl crl -in signature-crl.pem -noout -text", says="Affiliation Changed")


@step
def reissued_after_the_move(story):
    """A new signature certificate under the new address, free, bound to the other's end"""
    done = story.issue(HANAKO, kinds="signature", procedure="change-reissue", pins=[story.pins["signature"]])
    if done["fee"] != 0:
        raise Failure(f"a fee of {done['fee']}")
    story.read_certificate("signature")
    story.judge_status("signature", ocsp="good")
    story.stage.judge("openssl x509 -in signature.pem -noout -enddate", says="May 14 14:59:59 2031")


# -- who may not, and for whom another comes --

@step
def child(story):
    """A child with the mother: authentication alone; the child alone is refused"""
    story.register_card(CHILD)
    story.open("new", CHILD, "--kind", "authentication", expect=1, says="S16")
    story.open("new", CHILD, "--kind", "both", "--applicant", "legal-representative", expect=1, says="S15")
    done = story.issue(CHILD, kinds="authentication", applicant="legal-representative", pins=["8686"])
    if [row["kind"] for row in done["certificates"]] != ["authentication"]:
        raise Failure(f"{done['certificates']}")


@step
def adult_ward(story):
    """An adult ward: the guardian applies, no signature certificate"""
    story.register_card(WARD)
    story.open("new", WARD, "--kind", "signature", expect=1, says="S15|S16")
    done = story.issue(WARD, kinds="authentication", applicant="legal-representative", pins=["7410"])
    if [row["kind"] for row in done["certificates"]] != ["authentication"]:
        raise Failure(f"{done['certificates']}")


@step
def old_resident_card(story):
    """An old resident card is recognised and refused"""
    name = story.card_name(OLD_CARD)
    story.jpki("card", "make", story.terminal.image(name), "--card-id", "0003720000000513137220291026", "--old")
    story.terminal.put_in(name)
    story.jpki("card", "show", says="old")
    story.open("new", OLD_CARD, "--kind", "authentication", expect=1, says="S13|S14")


# -- nothing is lost --

@step
def killed_in_the_middle(story):
    """kill -9 of each process during issuance: the same application ends with one of each"""
    story.register_card(TARO)
    number = story.open("new", TARO, "--kind", "both", "--pin", "never-set")
    story.terminal.put_in(story.card_name(TARO))
    pins = ["1122", "TARO2026"]
    story.until_pin_is_set(number, pins)
    for role in ("signer", "commit", "status", "web"):
        story.service.kill_role(role)
        story.counter("issue", number, "--pin-fd", "{pins}", pins=pins, expect=None)
        story.service.start_again()
    story.go(number, pins=pins)
    shown = story.counter("show", number, "--json").json()
    live = sorted(row["kind"] for row in shown["certificates"] if row["state"] == "good")
    if live != ["authentication", "signature"]:
        raise Failure(f"live: {live}")


# -- renewal --

@step
def renewal_too_early(story):
    """Renewal too early is refused, with the day from which it may be"""
    story.terminal.put_in(story.card_name(HANAKO))
    story.open("renewal", HANAKO, "--kind", "both", expect=1, says="2031-02-15")


@step
def renewal(story):
    """In the window both are renewed; the predecessors are superseded"""
    story.read_certificate("authentication", "before.pem")
    story.service.move_clock("2031-03-03T01:00:00Z")
    story.jpki("admin", "crl", "--as", "admin1")
    story.issue(HANAKO, kinds="both", procedure="renewal",
                pins=[story.pins["authentication"], story.pins["signature"]])
    story.jpki("admin", "crl", "--as", "admin1")
    story.judge_status("authentication", ocsp="revoked", certificate="before.pem")
    story.stage.judge("openssl crl -in authentication-crl.pem -noout -text", says="Superseded")
    for kind in KINDS:
        story.read_certificate(kind)
        story.judge_status(kind, ocsp="good")


# -- the journal --

@step
def journal(story):
    """The journal verifies; a changed journal does not"""
    story.jpki("admin", "checkpoint", "--as", "auditor1")
    story.jpki("admin", "journal", "verify", "--as", "auditor1")
    HostileTerminal(story).change_the_journal(story.service)
    story.jpki("admin", "journal", "verify", "--as", "auditor1", expect=1)


def play(folder, places):
    stage = Stage(folder)
    story = Story(stage, places)
    for function in STEPS:
        name = function.__name__.replace("_", "-")
        stage.step(name, function.__doc__.strip().rstrip("."), lambda _, f=function: f(story))
    story.terminal.stop()
    return stage.close()


def main():
    parser = argparse.ArgumentParser(prog="tools/demo")
    parser.add_argument("--store", choices=["postgres"], help="where the database is, else a file")
    parser.add_argument("--token", choices=["softhsm"], help="where the keys are, else sealed files")
    options = parser.parse_args()
    pcscd.enter()
    with contextlib.ExitStack() as stack:
        places = {}
        if options.store:
            places["store"] = stack.enter_context(Postgres()).store
        if options.token:
            places["token"] = stack.enter_context(softhsm.Token(PASSPHRASE))
        return play(os.path.join(BUILD, "demo"), places)


if __name__ == "__main__":
    sys.exit(main())
