"""An authority that is openssl: leaves of both kinds in the shape of the profile, lists, a responder.
What our own side is judged with."""
import os
import subprocess
import time

CONFIG = """
[ca]
default_ca = authority
[authority]
dir = $ENV::FOLDER
database = $dir/index.txt
serial = $dir/serial
crlnumber = $dir/crlnumber
new_certs_dir = $dir
certificate = $dir/authority.pem
private_key = $dir/authority.key
default_md = sha256
default_days = 365
default_crl_days = 2
policy = any
unique_subject = no
copy_extensions = none
crl_extensions = crl
[any]
countryName = optional
commonName = supplied
[crl]
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
prompt = no
[name]
C = JP
CN = tests
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[authentication]
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signature]
keyUsage = critical, digitalSignature, nonRepudiation
subjectAltName = @basic_four
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[townsman]
keyUsage = critical, digitalSignature, nonRepudiation
subjectAltName = @basic_four
crlDistributionPoints = point
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[point]
fullname = dirName:here
[here]
C = JP
CN = Hokuei-cho CRLDP
[there]
C = JP
CN = Kotoura-cho CRLDP
[basic_four]
otherName.1 = 1.2.392.200149.8.5.5.1;UTF8:見本　花子
otherName.2 = 1.2.392.200149.8.5.5.4;UTF8:419900102
otherName.3 = 1.2.392.200149.8.5.5.3;UTF8:2
otherName.4 = 1.2.392.200149.8.5.5.5;UTF8:鳥取県
otherName.5 = 1.2.392.200149.8.5.5.2;UTF8:00000
otherName.6 = 1.2.392.200149.8.5.5.6;UTF8:000
[list-here]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @scope-here
[scope-here]
fullname = dirName:here
[list-there]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @scope-there
[scope-there]
fullname = dirName:there
[list-users]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @scope-users
[scope-users]
fullname = dirName:here
onlyuser = TRUE
[list-authorities]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @scope-authorities
[scope-authorities]
fullname = dirName:here
onlyCA = TRUE
[list-reasons]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @scope-reasons
[scope-reasons]
fullname = dirName:here
onlysomereasons = keyCompromise
[list-indirect]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @scope-indirect
[scope-indirect]
fullname = dirName:here
indirectCRL = TRUE
[list-nameless]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @scope-nameless
[scope-nameless]
onlyuser = TRUE
[responder]
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def curve(name):
    """A key of an authority or a resident, as `openssl req -newkey` wants it."""
    return "ec", "-pkeyopt", "ec_paramgen_curve:" + name


class Authority:
    """An openssl authority in a folder of its own: leaves, lists, a responder."""

    def __init__(self, folder, key=("rsa:2048",)):
        self.folder = folder
        os.makedirs(folder)
        self.write("openssl.cnf", CONFIG)
        self.write("index.txt", "")
        self.write("serial", "0705D990\n")
        self.write("crlnumber", "01\n")
        self.openssl("req", "-x509", "-newkey", *key, "-nodes", "-keyout", "authority.key", "-out",
                     "authority.pem", "-extensions", "root", "-days", "3650", "-config", "openssl.cnf",
                     "-utf8", "-subj", "/C=JP/O=JPKI/OU=JPKI for user authentication")
        self.responder = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def openssl(self, *words, data=None):
        result = subprocess.run(["openssl", *words], cwd=self.folder, input=data, capture_output=True,
                                env=dict(os.environ, FOLDER=self.folder), timeout=60)
        if result.returncode:
            raise RuntimeError(f"openssl {' '.join(words)}: {result.stderr.decode()}")
        return result.stdout

    def issue(self, name, profile, key=("rsa:2048",)):
        self.openssl("req", "-newkey", *key, "-nodes", "-keyout", name + ".key", "-out", name + ".csr",
                     "-config", "openssl.cnf", "-utf8", "-subj", f"/C=JP/CN={name}")
        self.openssl("ca", "-batch", "-config", "openssl.cnf", "-utf8", "-in", name + ".csr", "-out",
                     name + ".pem", "-extensions", profile)
        self.openssl("x509", "-in", name + ".pem", "-outform", "DER", "-out", name + ".der")

    def certify(self, name, profile, public_key, serial):
        """A certificate for a key that is elsewhere."""
        self.openssl("req", "-new", "-key", "authority.key", "-out", name + ".csr", "-config", "openssl.cnf",
                     "-utf8", "-subj", f"/C=JP/CN={name}")
        self.write(name + ".pub", public_key)
        self.openssl("x509", "-req", "-in", name + ".csr", "-CA", "authority.pem", "-CAkey", "authority.key",
                     "-force_pubkey", name + ".pub", "-set_serial", str(serial), "-days", "365", "-extfile",
                     "openssl.cnf", "-extensions", profile, "-out", name + ".pem")
        self.openssl("x509", "-in", name + ".pem", "-outform", "DER", "-out", name + ".der")

    def revoke(self, name, reason):
        self.openssl("ca", "-config", "openssl.cnf", "-revoke", name + ".pem", "-crl_reason", reason)

    def mark(self, name, reason):
        """Writes a certificate's state into the index by hand, since openssl takes no revocation back;
        None: good."""
        number = self.openssl("x509", "-in", name + ".pem", "-noout", "-serial").decode().strip().split("=")[1]
        with open(self.path("index.txt")) as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
        now = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() - 5))
        for row in rows:
            if row[3] == number:
                row[0], row[2] = ("R", now + "," + reason) if reason else ("V", "")
        self.write("index.txt", "".join("\t".join(row) + "\n" for row in rows))

    def publish(self, scope=None):
        """The full list, or one whose issuingDistributionPoint is that of [list-SCOPE]."""
        more = ["-crlexts", f"list-{scope}"] if scope else []
        self.openssl("ca", "-config", "openssl.cnf", "-gencrl", *more, "-out", "list.pem")
        self.openssl("crl", "-in", "list.pem", "-outform", "DER", "-out", "new.crl")
        os.replace(self.path("new.crl"), self.path("list.crl"))

    def serve_status(self):
        """`openssl ocsp` on a port of its own choice; it reads the index once, at its start."""
        self.stop_status()
        self.responder = subprocess.Popen(
            ["openssl", "ocsp", "-index", "index.txt", "-CA", "authority.pem", "-rsigner", "responder.pem",
             "-rkey", "responder.key", "-nmin", "15", "-port", "0", "-ignore_err"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.responder.stdout:  # ACCEPT 0.0.0.0:39415 PID=7
            if line.startswith("ACCEPT"):
                return f"http://127.0.0.1:{line.split()[1].rsplit(':', 1)[1]}/"
        raise RuntimeError("openssl ocsp did not start")

    def stop_status(self):
        if self.responder:
            stop(self.responder)
            self.responder = None


def stop(process):
    process.terminate()
    process.wait(10)
    if process.stdout:
        process.stdout.close()
