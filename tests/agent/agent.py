#!/usr/bin/python3
"""jpki agent, asked as a browser asks and as it never would: raw HTTP, a card in a reader (pcscd, our driver), a
certificate that openssl made. Speaks TAP."""
import base64
import http.client
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import termios
import urllib.parse

from resident import FORM, PIN, SERIAL, Agent, OtherProgram, asks_for_pin, hidden, make_cards, pcscd, tries_of
from tap import Tap, skip_all

gone = pcscd.missing("openssl", "setpriv")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()
from relying import Authority, Site  # noqa: E402

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-agent-")
NONCE = base64.b64encode(bytes(range(32))).decode()
SITE = "https://portal.example"
QUESTION = {"nonce": NONCE, "return": SITE + "/return"}
HUGE = 256 << 20
ALWAYS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
NOBODY = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")


def show(answer):
    return f"{answer.status}\n{answer.headers}\n{answer.text}"


def is_refused(answer, *words, status=403):
    """With a page that says why, asks for no PIN and signs nothing."""
    return (answer.status == status and all(word in answer.text for word in words) and not asks_for_pin(answer.text)
            and hidden(answer.text, "token") is None)


def has_headers(answer):
    foreign = [name for name in answer.headers if name.lower().startswith("access-control")]
    return not foreign and all(answer.getheader(name) == value for name, value in ALWAYS.items())


def asked(agent, origin=SITE, **changed):
    """A site's question as it should be; the page."""
    return agent.browse("/login", origin, {"nonce": NONCE, "return": origin + "/return"}, **changed)


def token_for(agent):
    return hidden(asked(agent).text, "token")


# --- who may ask ---


def refuses_requests(agent):
    """Each differs in one thing from what is taken."""
    name = f"127.0.0.1:{agent.port}"
    answer = asked(agent)
    tap.check(answer.status == 200 and asks_for_pin(answer.text), "a site's form is taken", show(answer))
    answer = asked(agent, Host=f"localhost:{agent.port}")
    tap.check(answer.status == 200 and asks_for_pin(answer.text), "also by the name localhost", show(answer))
    answer = asked(agent, origin="http://127.0.0.1:8080")
    tap.check(answer.status == 200 and asks_for_pin(answer.text), "and of a site on this computer", show(answer))
    for what, changed, words in (
            ("a stranger's name for this computer", {"Host": f"rebound.example:{agent.port}"}, ["(Host)"]),
            ("a name without the port", {"Host": "127.0.0.1"}, ["(Host)"]),
            ("another port", {"Host": "127.0.0.1:1"}, ["(Host)"]),
            ("IPv6", {"Host": f"[::1]:{agent.port}"}, ["(Host)"]),
            ("a name that begins so", {"Host": name + ".rebound.example"}, ["(Host)"]),
            ("no origin", {"Origin": None}, ["(Origin)"]),
            ("two origins", {"Origin": [SITE, SITE]}, ["(Origin)"]),
            ("a hidden origin", {"Origin": "null"}, ["Referrer-Policy: origin"]),
            ("plain http from elsewhere", {"Origin": "http://portal.example"}, ["https"]),
            ("an origin with a path", {"Origin": SITE + "/"}, ["https"]),
            ("an origin in capitals", {"Origin": "HTTPS://portal.example"}, ["https"]),
            ("a browser extension's origin", {"Origin": "chrome-extension://abcdef"}, ["https"]),
            ("an origin no policy can name", {"Origin": "https://[::1]"}, ["host name"]),
            ("no Sec-Fetch-Mode", {"Sec_Fetch_Mode": None}, ["Sec-Fetch-Mode"]),
            ("a script's request", {"Sec_Fetch_Mode": "cors"}, ["Sec-Fetch-Mode"]),
            ("a script's blind request", {"Sec_Fetch_Mode": "no-cors"}, ["Sec-Fetch-Mode"]),
            ("two modes", {"Sec_Fetch_Mode": ["navigate", "cors"]}, ["Sec-Fetch-Mode"]),
            ("no Sec-Fetch-Dest", {"Sec_Fetch_Dest": None}, ["Sec-Fetch-Dest"]),
            ("a frame", {"Sec_Fetch_Dest": "iframe"}, ["Sec-Fetch-Dest"]),
            ("a picture", {"Sec_Fetch_Dest": "image"}, ["Sec-Fetch-Dest"])):
        answer = agent.browse("/login", SITE, QUESTION, **changed)
        tap.check(is_refused(answer, *words) and has_headers(answer), f"refused: {what}", show(answer))


def refuses_forms(agent):
    def refused(what, fields, status, word, **changed):
        answer = agent.browse("/login", SITE, fields, **changed)
        tap.check(is_refused(answer, word, status=status) and has_headers(answer), f"refused: {what}", show(answer))

    for what, url in (("another site", "https://evil.example/return"), ("another port", SITE + ":8443/return"),
                      ("plain http", "http://portal.example/return"), ("a part of the name", "https://portal.example.evil.example/"),
                      ("a user before the name", "https://portal.example@evil.example/"), ("a script", "javascript:alert(1)"),
                      ("a path alone", "/return"), ("two slashes", "//portal.example/return"),
                      ("a backslash", "https://evil.example\\@portal.example/")):
        refused(f"a return address with {what}", {"nonce": NONCE, "return": url}, 403, "not its own")
    for what, fields in (("no nonce", {"return": QUESTION["return"]}), ("no return address", {"nonce": NONCE}),
                         ("a short nonce", {**QUESTION, "nonce": NONCE[:40]}), ("a nonce that is no base64", {**QUESTION, "nonce": "?" * 44}),
                         ("a long nonce", {**QUESTION, "nonce": base64.b64encode(bytes(33)).decode()}),
                         ("a return address with a line break", {**QUESTION, "return": SITE + "/\r\nX: y"}),
                         ("a return address with a space", {**QUESTION, "return": SITE + "/a b"}),
                         ("a return address beyond ASCII", {**QUESTION, "return": SITE + "/帰"}),
                         ("a return address that is no text", f"nonce={NONCE.replace('=', '%3D')}&return={SITE}/%FF".encode()),
                         ("two return addresses", urllib.parse.urlencode(QUESTION).encode() + b"&return=https://evil.example/"),
                         ("an empty form", b"")):
        refused(what, fields, 400, "not one of a login")
    refused("another type of body", QUESTION, 400, "not one of a login", Content_Type="text/plain")
    answer = agent.browse("/login", SITE, {**QUESTION, "more": "x" * 20000})
    tap.check(answer.status == 413 and has_headers(answer), "refused: a long body", show(answer))


def refuses_other_addresses(agent):
    host = [("Host", f"127.0.0.1:{agent.port}")]
    for method, path, status in (("GET", "/login", 405), ("GET", "/login/pin", 405), ("POST", "/", 405), ("PUT", "/login", 405),
                                 ("DELETE", "/", 405), ("GET", "/nothing", 404), ("POST", "/nothing", 404), ("GET", "/../etc/passwd", 404)):
        answer = agent.ask(method, path, host, b"" if method == "POST" else None)
        tap.check(answer.status == status and has_headers(answer), f"{method} {path} is {status}", show(answer))
    for path in ("/login", "/login/pin", "/"):
        answer = agent.ask("OPTIONS", path, [*host, ("Origin", SITE), ("Access-Control-Request-Method", "POST"),
                                             ("Access-Control-Request-Private-Network", "true"),
                                             ("Access-Control-Request-Local-Network", "true")])
        tap.check(answer.status == 405 and has_headers(answer), f"a preflight of {path} gets no permission", show(answer))
    for path in ("/", "/style.css"):
        answer = agent.ask("GET", path, [("Host", "rebound.example")])
        tap.check(answer.status == 403 and "(Host)" in answer.text, f"GET {path} by a stranger's name is refused", show(answer))
        answer = agent.ask("GET", path, [*host, ("Origin", SITE)])
        tap.check(answer.status == 200 and has_headers(answer), f"GET {path}", show(answer))


def own_words():
    """The resident's: the phrase, and where it stands."""
    path = f"{folder}/config/openjpki/phrase"
    with open(path) as file:
        return file.read().strip(), path


def tells_strangers_nothing(agent):
    """A stranger's name that leads here makes this agent's answers readable to the stranger's script."""
    paths = ("/", "/tokens.css", "/style.css", "/agent.css", "/login", "/login/pin", "/login/again", "/login/cancel", "/nothing", "/%")
    for host in (f"rebound.example:{agent.port}", f"127.0.0.1:{agent.port}.rebound.example", "127.0.0.1", None):
        for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT"):
            answers = [agent.ask(method, path, [("Host", host), ("Origin", f"http://{host}"), ("Sec-Fetch-Mode", "navigate"),
                                                ("Sec-Fetch-Dest", "document"), ("Content-Type", FORM)][host is None:],
                                 urllib.parse.urlencode(QUESTION).encode() if method == "POST" else None) for path in paths]
            tap.check(all(answer.status >= 400 and answer.getheader("Content-Type").startswith("text/plain")
                          and not any(word in show(answer) for word in own_words()) for answer in answers),
                      f"{method} by {host}: nothing of the resident", "\n".join(map(show, answers)))


def keeps_where_the_phrase_stands(agent):
    """The file's path is on the page that asks for the PIN, where the resident may wonder, and on no other."""
    phrase, path = own_words()
    others = {"home": agent.ask("GET", "/", [("Host", f"127.0.0.1:{agent.port}")]),
              "a refusal": asked(agent, Origin=None), "a used page": agent.own("pin", "0" * 64, pin="0000"),
              "a cancelled login": agent.own("cancel", token_for(agent))}
    for what, answer in others.items():
        tap.check(phrase in answer.text and path not in answer.text, f"{what}: the phrase, not where it stands", show(answer))
    page = asked(agent).text
    tap.check(page.count(phrase) == 1 and path in page, "both where the PIN is asked for", page)


def crowd(agent):
    """A program that connects 200 times, and says how often it got through."""
    return (f"import socket\nfor i in range(200): socket.create_connection(('127.0.0.1', {agent.port}), 5).close()\n"
            "print(i + 1)")


def full_pipe():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, bytes(4096))
    except BlockingIOError:
        os.set_blocking(writing, True)
    return reading, writing


def stopped_terminal():
    terminal, slave = pty.openpty()
    termios.tcflow(slave, termios.TCOOFF)
    return terminal, slave


def answers_many(agent, num):
    """That many refusals, of which each is a line of the log, on one connection; False when they do not come."""
    connection = http.client.HTTPConnection("127.0.0.1", agent.port, timeout=5)
    try:
        for _ in range(num):
            connection.request("GET", "/", headers={"Host": "x"})
            connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def waits_for_no_reader():
    """A line that nobody takes is dropped: neither a crowd of strangers nor one's own requests stop the agent."""
    for what, errors in (("a pipe that nobody reads", full_pipe()), ("a stopped terminal", stopped_terminal())):
        agent = Agent(folder, errors=errors[1])
        if os.getuid() == 0:
            subprocess.run([*NOBODY, "/usr/bin/python3", "-c", crowd(agent)], capture_output=True, timeout=60)
        tap.check(answers_many(agent, 4000), f"{what}: all are answered", "")
        status = agent.end()
        tap.check(status == 0, f"{what}: SIGTERM ends it at once", status)
        for fd in errors:
            os.close(fd)


def refuses_strangers(agent):
    """Who else is on this computer gets not one byte."""
    if os.getuid() != 0:
        tap.skip("another user's connection", "only root can become somebody else")
        return
    ask = (f"import socket; s = socket.create_connection(('127.0.0.1', {agent.port}), 5); "
           f"s.sendall(b'GET / HTTP/1.1\\r\\nHost: 127.0.0.1:{agent.port}\\r\\n\\r\\n')\n"
           "try: print(len(s.recv(100)))\nexcept ConnectionError: print(0)")
    for what, words, expected in (("another user", NOBODY, False), ("this user", (), True)):
        done = subprocess.run([*words, "/usr/bin/python3", "-c", ask], capture_output=True, text=True, timeout=20)
        tap.check((done.stdout.strip() not in ("", "0")) == expected and not done.stderr,
                  f"a connection of {what} is {'taken' if expected else 'closed at once'}", done.stdout + done.stderr)
    tap.check("another user: 1\n" in agent.told("another user"), "and that is told", agent.told())
    done = subprocess.run([*NOBODY, "/usr/bin/python3", "-c", crowd(agent)], capture_output=True, text=True, timeout=60)
    tap.check(done.stdout.strip() == "200" and agent.told().count("another user") == 1, "once a minute, however many come",
              done.stdout + done.stderr + agent.told())
    done = subprocess.run([*NOBODY, "/usr/bin/python3", "-c", ask.replace("socket.create_connection(('127.0.0.1', ",
                          "socket.create_connection(('::ffff:127.0.0.1', ")], capture_output=True, text=True, timeout=20)
    tap.check(done.stdout.strip() == "0", "also over a socket of IPv6", done.stdout + done.stderr)


# --- what is shown ---


def shows_the_question(agent):
    page = asked(agent).text
    phrase, path = own_words()
    tap.check(phrase in agent.said and path in agent.said, "the first start says the phrase", agent.said)
    for what, word in (("who asks", SITE), ("what it gets", "authentication certificate"), ("what it does not get", "Your name"),
                       ("the phrase", phrase), ("where that is changed", path)):
        tap.check(word in page, f"the page shows {what}", page)
    tap.check(tries_of(page) == 3, "and three tries", page)
    tap.check("<script" not in page and "style=" not in page and " on" not in re.sub(r">[^<]*<", "><", page), "no script in it", page)
    evil = asked(agent, origin="https://portal.example:443")
    tap.check(is_refused(evil, "https"), "refused: an origin that no browser writes so", show(evil))
    page = agent.browse("/login", SITE, {**QUESTION, "return": SITE + '/?"><script>alert(1)</script>'}).text
    tap.check("<script" not in page, "a return address cannot write into the page", page)


def speaks_japanese():
    agent = Agent(folder, "--language", "ja")
    page = asked(agent).text
    tap.check('lang="ja"' in page and "利用者証明用電子証明書" in page and "残り回数" in page, "in Japanese", page)
    tap.check("合言葉" not in agent.said, "the phrase is told at the first start alone", agent.said)
    tap.check(agent.end(signal.SIGINT) == 0, "and it ends by SIGINT", "")


# --- the resident's own pages ---


def refuses_foreign_posts(agent):
    """What only the agent's own page may send, sent by others: no try is spent."""
    for what, changed in (("a site", {"Origin": SITE}), ("a hidden page", {"Origin": "null"}), ("no page", {"Origin": None}),
                          ("another port here", {"Origin": "http://127.0.0.1:1"}),
                          ("the other name of this computer", {"Origin": f"http://localhost:{agent.port}"}),
                          ("a stranger's name", {"Host": "rebound.example", "Origin": "http://rebound.example"}),
                          ("a script", {"Sec_Fetch_Mode": "cors"}), ("a frame", {"Sec_Fetch_Dest": "iframe"}),
                          ("no browser", {"Sec_Fetch_Mode": None, "Sec_Fetch_Dest": None})):
        for act in ("pin", "again", "cancel"):
            answer = agent.own(act, token_for(agent), pin="0000", **changed)
            tap.check(is_refused(answer) and has_headers(answer), f"/login/{act} of {what} is refused", show(answer))
    tap.check(tries_of(asked(agent).text) == 3, "none of them cost a try", "")


def refuses_tokens(agent):
    token = token_for(agent)
    tap.check(agent.own("cancel", token).status == 200, "a token is good once", "")
    for act in ("pin", "again", "cancel"):
        answer = agent.own(act, token, pin="0000")
        tap.check(is_refused(answer, "used already"), f"refused: a used token at /login/{act}", show(answer))
    other = Agent(folder)
    foreign = token_for(other)
    kept = token_for(other)
    tap.check(other.end() == 0, "SIGTERM ends it", "")
    for what, wrong in (("another run", foreign), ("nobody", "0" * 64), ("a part of one", token_for(agent)[:63]), ("nothing", "")):
        answer = agent.own("pin", wrong, pin="0000")
        tap.check(is_refused(answer, "used already"), f"refused: a token of {what}", show(answer))
    again = Agent(folder, port=other.port)
    answer = again.own("pin", kept, pin="0000")
    tap.check(is_refused(answer, "used already"), "refused: a token from before a new start", show(answer))
    again.end()
    answer = agent.browse("/login/pin", agent.origin, {"pin": "0000"})
    tap.check(is_refused(answer, status=400), "refused: no token", show(answer))
    answer = agent.own("pin", token_for(agent))
    tap.check(is_refused(answer, status=400), "refused: no PIN field", show(answer))
    first, pages = token_for(agent), [asked(agent).text for _ in range(16)]
    answer = agent.own("again", first)
    tap.check(is_refused(answer, "used already"), "the oldest of 17 questions is forgotten", show(answer))
    answer = agent.own("again", hidden(pages[0], "token"))
    tap.check(answer.status == 200 and asks_for_pin(answer.text), "and the next one is not", show(answer))
    tap.check(tries_of(asked(agent).text) == 3, "none of them cost a try", "")


def spares_tries(agent):
    for pin in ("", "135", "13579", "135a", "１３５７", "1357\n", " 1357"):
        answer = agent.own("pin", token_for(agent), pin=pin)
        tap.check(answer.status == 200 and asks_for_pin(answer.text) and tries_of(answer.text) == 3,
                  f"a PIN of the wrong form costs no try: {pin!r}", show(answer))
    answer = agent.own("pin", token_for(agent), pin="1" * 500)
    tap.check(is_refused(answer, status=400), "nor one that is no PIN at all", show(answer))


def is_signed(answer, site):
    return (answer.status == 200 and hidden(answer.text, "token") and f'action="{site.origin}/return"' in answer.text
            and not asks_for_pin(answer.text))


def brings(site, answer):
    """The page's form, posted as the browser does: without a cookie; then the answer, with it."""
    token, nonce = hidden(answer.text, "token"), hidden(answer.text, "nonce")
    return site.log_in(base64.b64decode(nonce), token)


def signs(agent, site, pin=PIN):
    question = {"nonce": base64.b64encode(site.begin()).decode(), "return": site.origin + "/return"}
    token = hidden(agent.browse("/login", site.origin, question).text, "token")
    return agent.own("pin", token, pin=pin)


def logs_in(agent, site, readers):
    other = OtherProgram(readers.names[0])
    tap.check((other.verify(PIN), other.sign()) == ("9000", "9000"), "another program that knows the PIN can sign", "")
    other.forget()
    tap.check(other.sign() == "6982", "and not without it", "")
    answer = signs(agent, site)
    tap.check(is_signed(answer, site), "the card signs", show(answer))
    tap.check(other.sign() == "6982", "the card is not left verified", other.sign())
    policy = ALWAYS["Content-Security-Policy"].replace("form-action 'self'", f"form-action {site.origin}")
    tap.check(answer.getheader("Content-Security-Policy") == policy and len(answer.headers.get_all("Content-Security-Policy")) == 1,
              "the page may lead to that site alone", show(answer))
    status, body = brings(site, answer)
    tap.check((status, body["verdict"]) == (200, "valid"), "the site takes it", body)
    answer = signs(agent, site, pin="0000")
    tap.check(answer.status == 200 and tries_of(answer.text) == 2 and "wrong" in answer.text, "a wrong PIN: back to the page, two tries left", show(answer))
    tap.check(other.sign() == "6982", "nor is the card verified by that", "")
    answer = agent.own("pin", hidden(answer.text, "token"), pin=PIN)
    tap.check(is_signed(answer, site), "the right one on that page signs", show(answer))
    tap.check(brings(site, answer)[1]["verdict"] == "valid", "for the same question", "")
    tap.check(tries_of(asked(agent).text) == 3, "all tries are back", "")
    other.close()
    refuses_another_site(agent, site)


def refuses_another_site(agent, site):
    """A page that hands on a victim's nonce gets a signature over its own origin, which the victim refuses."""
    nonce = base64.b64encode(site.begin()).decode()
    thief = "http://localhost:8080"
    page = agent.browse("/login", thief, {"nonce": nonce, "return": thief + "/"})
    answer = agent.own("pin", hidden(page.text, "token"), pin=PIN)
    status, body = brings(site, answer)
    tap.check((status, body["verdict"]) == (403, "invalid"), "what was signed for one site is refused by another", body)


def keeps_the_last_try(agent, site, readers):
    signs(agent, site, pin="0000")
    answer = signs(agent, site, pin="0000")
    tap.check(not asks_for_pin(answer.text) and "--last-try" in answer.text and "counter" in answer.text,
              "with one try left there is no field for a PIN, but what to do", show(answer))
    answer = agent.own("pin", hidden(answer.text, "token"), pin="0000")
    tap.check(not asks_for_pin(answer.text) and "--last-try" in answer.text, "and one that is sent all the same is not tried", show(answer))
    other = OtherProgram(readers.names[0])
    tap.check(other.verify("0000") in ("63c0", "6984"), "now somebody locks the PIN", "")
    other.forget()
    other.close()
    answer = asked(agent)
    tap.check(answer.status == 200 and not asks_for_pin(answer.text) and "locked" in answer.text and "counter" in answer.text,
              "a locked PIN is not asked for, but what to do said", show(answer))
    answer = agent.own("pin", hidden(answer.text, "token"), pin=PIN)
    tap.check(not is_signed(answer, site) and "locked" in answer.text, "nor taken", show(answer))


def waits_for_a_card(agent, readers):
    readers.remove(0)
    answer = asked(agent)
    tap.check(not asks_for_pin(answer.text) and "No card" in answer.text and 'action="/login/again"' in answer.text, "no card: look again", show(answer))
    readers.insert(0, f"{folder}/blank")
    answer = agent.own("again", hidden(answer.text, "token"))
    tap.check(not asks_for_pin(answer.text) and "no authentication certificate" in answer.text, "a card without the certificate", show(answer))
    answer = agent.own("pin", hidden(answer.text, "token"), pin=PIN)
    tap.check(not hidden(answer.text, "nonce"), "signs nothing", show(answer))
    readers.remove(0)
    readers.insert(0, f"{folder}/spare")
    answer = agent.own("again", hidden(answer.text, "token"))
    tap.check(asks_for_pin(answer.text) and tries_of(answer.text) == 3, "another card, and it goes on", show(answer))


# --- the process ---


def memory_of(process):
    """Everything that the process can write; root may look though it is not dumpable. What is huge is a sanitizer's own."""
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", 0) as memory:
        for line in maps:
            if " rw" not in line or "[v" in line:
                continue
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            if end - start < HUGE:
                memory.seek(start)
                yield memory.read(end - start)


def keeps_no_pin(agent):
    """Behind the last request, which had one: nothing was written over it."""
    answer = agent.own("pin", token_for(agent), pin=PIN)
    tap.check(hidden(answer.text, "nonce") == NONCE, "a last signature", show(answer))
    with open(f"/proc/{agent.process.pid}/cmdline", "rb") as file:
        words = file.read()
    told = agent.told() + agent.said
    tap.check(PIN.encode() not in words and PIN not in told and "0000" not in told and f"{SERIAL:x}" not in told.lower(),
              "neither log nor command line holds a PIN or a serial", told)
    tap.check(SITE + ": asks" in told and ": signed" in told, "the log says who asked and what came of it", told)
    if os.getuid() != 0:
        tap.skip("memory", "only root may look")
        return
    needles = [b"pin=" + PIN.encode(), b"pin=0000", bytes.fromhex("0020008004") + PIN.encode()]
    held = [needle for part in memory_of(agent.process.pid) for needle in needles if needle in part]
    tap.check(not held, "nor its memory, once the page is answered", held)
    held = any(b"/login/pin" in part for part in memory_of(agent.process.pid))
    tap.check(held, "of which this test sees every part", "")


def says_who_has_the_port(agent):
    def start(port):
        return subprocess.run([*(f"{pcscd.build_folder()}/jpki agent --port {port}".split())], capture_output=True, text=True, timeout=20,
                              env=dict(os.environ, XDG_CONFIG_HOME=f"{folder}/config", LC_ALL="C"))
    done = start(agent.port)
    tap.check(done.returncode == 2 and f"jpki (process {agent.process.pid}) of" in done.stderr and not done.stdout,
              "a second agent says who has the port", done.stderr)
    for address in ("0.0.0.0", "127.0.0.1", "::"):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as taken:
            taken.bind((address, 0))
            taken.listen()
            done = start(taken.getsockname()[1])
            tap.check(done.returncode == 2 and f"(process {os.getpid()}) of" in done.stderr, f"also of a program on {address}", done.stderr)
    for bad in ("0", "65536", "-1", "x", "", "80x"):
        done = start(bad) if bad else subprocess.run([f"{pcscd.build_folder()}/jpki", "agent", "--port", ""], capture_output=True, text=True, timeout=20)
        tap.check(done.returncode == 64, f"wrong usage: --port {bad!r}", done.stderr)


def ends_whatever_the_card_does(readers):
    """The agent waits for a card that another program holds; its end does not."""
    agent = Agent(folder)
    other = OtherProgram(readers.names[0])
    other.begin()
    with socket.create_connection(("127.0.0.1", agent.port)) as waiting:
        body = urllib.parse.urlencode(QUESTION)
        waiting.sendall(f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{agent.port}\r\nOrigin: {SITE}\r\nSec-Fetch-Mode: navigate\r\n"
                        f"Sec-Fetch-Dest: document\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        waiting.settimeout(1)
        try:
            said = waiting.recv(100)
        except TimeoutError:
            said = None
        tap.check(said is None, "a card that another program holds is waited for", said)
        try:
            status = agent.end()
        except subprocess.TimeoutExpired:
            status = None
            agent.end(signal.SIGKILL)
        tap.check(status == -signal.SIGALRM, "but SIGTERM ends the agent all the same", status)
    other.close()


def reads_the_phrase():
    path = f"{folder}/config/openjpki/phrase"
    with open(path) as file:
        kept = file.read()
    with open(path, "w") as file:
        file.write("two\nlines\n")
    done = subprocess.run([f"{pcscd.build_folder()}/jpki", "agent", "--port", "1"], capture_output=True, text=True, timeout=20,
                          env=dict(os.environ, XDG_CONFIG_HOME=f"{folder}/config", LC_ALL="C"))
    tap.check(done.returncode == 2 and "phrase" in done.stderr, "a phrase of two lines is refused", done.stderr)
    with open(path, "w") as file:
        file.write(kept)


def play(site):
    with pcscd.Readers(1) as readers:
        readers.insert(0, f"{folder}/card")
        agent = Agent(folder)
        try:
            refuses_requests(agent)
            refuses_forms(agent)
            refuses_other_addresses(agent)
            tells_strangers_nothing(agent)
            keeps_where_the_phrase_stands(agent)
            refuses_strangers(agent)
            waits_for_no_reader()
            shows_the_question(agent)
            speaks_japanese()
            refuses_foreign_posts(agent)
            refuses_tokens(agent)
            spares_tries(agent)
            logs_in(agent, site, readers)
            keeps_the_last_try(agent, site, readers)
            waits_for_a_card(agent, readers)
            says_who_has_the_port(agent)
            ends_whatever_the_card_does(readers)
            reads_the_phrase()
            keeps_no_pin(agent)
        finally:
            tap.check(agent.end() == 0, "SIGTERM ends the agent", agent.told())


def main():
    authority = Authority(f"{folder}/authority")
    authority.publish()
    make_cards(folder, authority)
    shutil.copy(f"{folder}/card", f"{folder}/spare")
    site = Site("--authority", authority.path("authority.pem"), "--crl", authority.path("list.crl"))
    try:
        play(site)
    finally:
        site.close()


try:
    main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
