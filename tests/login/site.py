#!/usr/bin/python3
"""Card login at a real relying site, with everything foreign that can be: keys, certificates, lists
and the responder are made by openssl, the requests are raw HTTP. Speaks TAP."""
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from relying import Authority, Site, make_token  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

# the cases: each gets the authority and a site that takes its list and asks its responder


def logs_in(authority, site):
    """a card's login is accepted, and the session id renewed"""
    nonce = site.begin()
    before = site.cookie
    status, answer = site.log_in(nonce, make_token(authority, "resident", site.origin, nonce))
    assert (status, answer["verdict"]) == (200, "valid"), answer
    assert site.cookie != before, "the session id is the old one"
    assert site.ask("GET", "/account", cookie=before)[0].status == 403, "the old session is logged in"
    found, text = site.ask("GET", "/account", cookie=site.cookie)
    assert found.status == 200 and json.loads(text)["pseudonym"] == answer["pseudonym"]
    with open(authority.path("resident.der"), "rb") as file:
        thumbprint = hashlib.sha256(file.read()).hexdigest()
    told = json.dumps(answer).lower()
    assert "0705d990" not in told and "resident" not in told and thumbprint not in told, told


def refuses(answer, reason):
    status, body = answer
    assert (status, body["verdict"], body["reason"]) == (403, "invalid", reason), body
    assert "pseudonym" not in body, body


def refuses_a_replay(authority, site):
    """the same token again is refused, in the same session and in another"""
    nonce = site.begin()
    token = make_token(authority, "resident", site.origin, nonce)
    session = site.cookie
    assert site.log_in(nonce, token)[0] == 200
    refuses(site.log_in(nonce, token), "nonce-used")
    site.cookie = session
    refuses(site.log_in(nonce, token), "no-session")


def refuses_a_used_handle(authority, site):
    """a handle is good for one GET, even when that one had no session"""
    nonce = site.begin()
    where = site.bring(nonce, make_token(authority, "resident", site.origin, nonce))
    kept, site.cookie = site.cookie, None
    refuses(site.fetch(where), "no-session")
    site.cookie = kept
    refuses(site.fetch(where), "no-handle")
    refuses(site.fetch("/welcome"), "no-handle")
    refuses(site.fetch("/welcome?handle=../../etc/passwd"), "no-handle")


def refuses_another_origin(authority, site):
    """a signature for another origin is refused, and its nonce is gone"""
    for origin in ("https://evil.example", "http://localhost:%d" % site.port, site.origin + "/", ""):
        nonce = site.begin()
        refuses(site.log_in(nonce, make_token(authority, "resident", origin, nonce)), "changed")
        refuses(site.log_in(nonce, make_token(authority, "resident", site.origin, nonce)), "nonce-used")


def refuses_another_session(authority, site):
    """a token brought under somebody else's session is refused"""
    nonce = site.begin()
    token = make_token(authority, "resident", site.origin, nonce)
    site.cookie = None
    site.begin()
    refuses(site.log_in(nonce, token), "nonce-other-session")


def refuses_a_signature_certificate(authority, site):
    """a signature certificate cannot log in, though all else is right"""
    nonce = site.begin()
    refuses(site.log_in(nonce, make_token(authority, "signer", site.origin, nonce)), "kind")


def refuses_another_key(authority, site):
    """the signature of another key under the resident's certificate is refused"""
    nonce = site.begin()
    refuses(site.log_in(nonce, make_token(authority, "resident", site.origin, nonce, key="signer")), "changed")


def refuses_broken_tokens(authority, site):
    """trailing bytes, no base64, nothing at all"""
    for more in (b"\0", b"\0\0\0\0"):
        nonce = site.begin()
        refuses(site.log_in(nonce, make_token(authority, "resident", site.origin, nonce, more=more)), "malformed")
    for token in (b"", b"%%%", b"AAAA", b"A" * 16384):
        refuses(site.log_in(site.begin(), token), "malformed")


def refuses_broken_forms(authority, site):
    """a POST that is no login is answered 400 and harms nobody"""
    form = "application/x-www-form-urlencoded"
    for body, kind in (("", form), ("nonce=%", form), ("nonce=AAAA", form), ("token=AAAA", form),
                       ("nonce=AAAA&nonce=AAAA&token=x", form), ("nonce=!&token=x", form),
                       ("nonce=" + "A" * 64 + "&token=x", form), ("nonce=AAAA&token=x", "text/plain")):
        answer, _ = site.ask("POST", "/return", body, {"Content-Type": kind})
        assert answer.status == 400, (body, answer.status)
    answer, _ = site.ask("POST", "/return", "nonce=AAAA&token=" + "A" * 100000, {"Content-Type": form})
    assert answer.status == 413, answer.status
    logs_in(authority, site)


def refuses_other_authorities(authority, site):
    """a certificate of another authority with the same name is refused"""
    other = Authority(authority.path("other"))
    other.issue("resident", "authentication")
    nonce = site.begin()
    refuses(site.log_in(nonce, make_token(other, "resident", site.origin, nonce)), "authority")


def refuses_the_revoked(authority, site):
    """revoked: refused as soon as the status says so"""
    nonce = site.begin()
    assert site.log_in(nonce, make_token(authority, "leaver", site.origin, nonce))[0] == 200
    authority.revoke("leaver", "superseded")
    authority.publish()
    nonce = site.begin()
    refuses(site.log_in(nonce, make_token(authority, "leaver", site.origin, nonce)), "renewed")


def cannot_tell(authority, site):
    """without a status nobody is logged in, and nobody is called invalid"""
    site.cookie = None
    os.rename(authority.path("list.crl"), authority.path("away.crl"))
    try:
        nonce = site.begin()
        status, answer = site.log_in(nonce, make_token(authority, "resident", site.origin, nonce))
        assert (status, answer["verdict"]) == (503, "cannot-tell"), answer
        assert site.ask("GET", "/account", cookie=site.cookie)[0].status == 403
    finally:
        os.rename(authority.path("away.crl"), authority.path("list.crl"))


def by_ocsp(authority, _):
    """the answers of `openssl ocsp`: good, then held"""
    site = Site("--authority", authority.path("authority.pem"), "--ocsp", authority.serve_status())
    try:
        logs_in(authority, site)
    finally:
        site.close()
    authority.revoke("loser", "certificateHold")
    site = Site("--authority", authority.path("authority.pem"), "--ocsp", authority.serve_status())
    try:
        nonce = site.begin()
        refuses(site.log_in(nonce, make_token(authority, "loser", site.origin, nonce)), "lost-or-held")
        authority.stop_status()
        nonce = site.begin()
        status, answer = site.log_in(nonce, make_token(authority, "resident", site.origin, nonce))
        assert (status, answer["verdict"]) == (503, "cannot-tell"), answer
    finally:
        site.close()


def after_its_end(authority, _):
    """a site whose clock stands after the certificate's end refuses it"""
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 366 * 86400))
    site = Site("--authority", authority.path("authority.pem"), "--crl", authority.path("list.crl"), "--clock", later)
    try:
        nonce = site.begin()
        refuses(site.log_in(nonce, make_token(authority, "resident", site.origin, nonce)), "ended")
    finally:
        site.close()


CASES = [logs_in, refuses_a_replay, refuses_a_used_handle, refuses_another_origin, refuses_another_session,
         refuses_a_signature_certificate, refuses_another_key, refuses_broken_tokens, refuses_broken_forms,
         refuses_other_authorities, refuses_the_revoked, cannot_tell, by_ocsp, after_its_end]


def main():
    if not shutil.which("openssl"):
        skip_all("openssl is not installed")
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(os.path.join(folder, "authority"))
        for name, profile in (("resident", "authentication"), ("leaver", "authentication"),
                              ("loser", "authentication"), ("signer", "signature"), ("responder", "responder")):
            authority.issue(name, profile)
        authority.publish()
        site = Site("--authority", authority.path("authority.pem"), "--crl", authority.path("list.crl"))
        for case in CASES:
            try:
                case(authority, site)
                tap.check(True, case.__doc__)
            except Exception as error:
                tap.check(False, case.__doc__, f"{type(error).__name__}: {error}")
        authority.stop_status()
        told = site.told().lower()
        tap.check("0705d99" not in told and "resident" not in told, "the site's log tells no serial, no subject", told)
        tap.check(site.close() == 0, "the site ends when it is told to")
    tap.end()


main()
