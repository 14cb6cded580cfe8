"""What foreign tools judge in the story, and the files that they judge with. Every file that backs a
judgement is one that some judgement refuses when a byte of it changes: sweep.py tries that. So what is
there as DER and as PEM is compared, and who must be refused is refused with the reason."""
import os
import shutil
import subprocess
import time

from service import seconds
from stage import SOURCE, wait_until


class Judges:
    """The part of Story that judges: of it, stage, service, terminal and pins are used."""

    # files to judge with, in the step's folder

    def fetch(self, path, name):
        self.stage.run("curl", "-sS", "--fail", "-o", name, f"http://{self.service.address}{path}")
        return name

    def fetch_authority(self, kind):
        """As DER and as PEM."""
        self.fetch(f"/ca/{kind}.cer", f"{kind}-authority.cer")
        self.stage.run("openssl", "x509", "-inform", "DER", "-in", f"{kind}-authority.cer", "-out",
                       f"{kind}-authority.pem")
        self.judge_same("x509", f"{kind}-authority.cer", f"{kind}-authority.pem")
        return f"{kind}-authority.pem"

    def fetch_crl(self, kind):
        self.fetch(f"/crl/{kind}.crl", f"{kind}.crl")
        self.stage.run("openssl", "crl", "-inform", "DER", "-in", f"{kind}.crl", "-out",
                       f"{kind}-crl.pem")
        self.judge_same("crl", f"{kind}.crl", f"{kind}-crl.pem")
        self.wait_for_update(f"{kind}-crl.pem")
        return f"{kind}-crl.pem"

    def wait_for_update(self, name):
        """Times of lists rise: of two that were made in one second, the later one is dated a second ahead."""
        said = subprocess.run(["openssl", "crl", "-noout", "-lastupdate", "-in", self.stage.path(name)], check=True,
                              capture_output=True, text=True).stdout
        update = time.strptime(said.strip(), "lastUpdate=%b %d %H:%M:%S %Y GMT")
        wait_until(lambda: self.stage.now() >= time.strftime("%Y-%m-%d %H:%M:%S", update), f"{name} is valid")

    def read_certificate(self, kind, name=None):
        """From the card, by OpenSC, as PEM."""
        name = name or f"{kind}.pem"
        number = {"authentication": "1", "signature": "2"}[kind]
        pin = ["--verify-pin", "--auth-id", "2", "--pin", self.pins["signature"]]
        self.stage.run("pkcs15-tool", *(pin if kind == "signature" else []), "--read-certificate",
                       number, "-o", name)
        return name

    def keep(self, kind, name):
        """A certificate read in an earlier step."""
        return shutil.copy(os.path.join(self.stage.folder, "kept", name), self.stage.path(f"{kind}.pem"))

    # judgements

    def judge_now(self, line, **how):
        """By a tool that looks at the clock: at the story's time."""
        self.stage.judge(f"faketime '{self.stage.now()}' {line}", **how)

    def judge_same(self, command, der, pem):
        """openssl x509 or crl: both files are the same thing."""
        self.stage.judge(f"openssl {command} -inform DER -in {der} | cmp - {pem}")

    def judge_card(self, line, **how):
        """Lets OpenSC judge a copy of the card that is in the terminal, in a reader of its own."""
        card = self.terminal.keep_image(self.terminal.inside)
        self.stage.judge(f"with-card --copy {card} {line}", **how)

    def judge_certificate(self, certificate, authority, **how):
        """openssl verify, under one authority; written as DER too, which others judge."""
        der = certificate + ".cer"
        self.stage.run("openssl", "x509", "-in", certificate, "-outform", "DER", "-out", der)
        self.judge_same("x509", der, certificate)
        how = how or {"says": "OK$"}
        self.judge_now(f"openssl verify -CAfile {authority} {certificate}", **how)

    def judge_signature(self, certificate, signature, message):
        """openssl says yes to these bytes, and no to others."""
        verify = (f"openssl x509 -in {certificate} -pubkey -noout | "
                  f"openssl dgst -sha256 -verify /dev/stdin -signature {signature}")
        self.stage.judge(f"{verify} {message}", says="Verified OK")
        self.stage.judge(f"{verify} {certificate}", expect=1, says="Verification failure")

    def judge_cms(self, name, content, **how):
        how = how or {"says": "Verification successful"}
        self.judge_now(f"openssl cms -verify -inform DER -in {name}.p7s -content {content} -binary "
                       "-CAfile signature-authority.pem -purpose any -out /dev/null", **how)

    def judge_status(self, kind, ocsp, certificate=None):
        """What openssl's OCSP client, openssl verify with the full CRL and Java say of one certificate.
        ocsp: good or revoked."""
        certificate = certificate or f"{kind}.pem"
        authority, lists = self.fetch_authority(kind), self.fetch_crl(kind)
        self.judge_certificate(certificate, authority)
        answer = f"{certificate}.ocsp"
        wait_until(lambda: "trylater" not in self.stage.run(
            "openssl", "ocsp", "-issuer", authority, "-cert", certificate, "-url", self.service.ocsp,
            "-CAfile", authority, "-respout", answer, "-no_nonce", expect=None),
            "status has a responder certificate for this time")
        self.judge_now(f"openssl ocsp -issuer {authority} -cert {certificate} -CAfile {authority} "
                       f"-respin {answer} -no_nonce", says=f"{certificate}: {ocsp}")
        moment = seconds(self.stage.iso_now()) + 1  # Java: revoked from the second after
        self.judge_now(f"openssl verify -crl_check_all -CAfile {authority} -CRLfile {lists} {certificate}",
                       **({"says": "OK$"} if ocsp == "good" else {"expect": 2, "says": "error 23.*revoked"}))
        shutil.copy(os.path.join(SOURCE, "tests", "x509", "Judge.java"), self.stage.path("Judge.java"))
        self.stage.judge(f"java Judge.java {kind}-authority.cer,{certificate}.cer,{kind}.crl,-,{moment}",
                         says="^valid" if ocsp == "good" else "^invalid.* been revoked")
