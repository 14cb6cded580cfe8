Login with the card
===================

A resident proves to a site that the card with a certain authentication certificate, and its PIN, are present (S06).
The site learns the certificate and nothing else; it needs no account at the authority and no secret of the card.

Layouts: src/base/login_token.h. Relying side: src/login/. Resident's side: src/client/login.h.
"||" joins bytes. Base64 is RFC 4648 section 4, with padding, without white space. Numbers are big-endian.


1. Who takes part
-----------------

  site     the relying party. Has an origin, its own sessions, its own clock, the certificates of the authentication
           authority (every generation that it accepts), a way to ask for status, a secret key for pseudonyms.
  client   the resident's software: `jpki login`, or `jpki agent` behind a browser (PROTOCOL.agent).
  card     holds the authentication key. Signs only after its PIN.

  An origin is scheme, host and port of a URL as RFC 6454 section 4 has it, written in lower case without the default
  port: "https://portal.example", "https://portal.example:8443". The scheme is https. Plain http is accepted only for
  127.0.0.1, [::1] and localhost. A URL with user information, an empty host, a port that is no number, or a character
  that no host name has, has no origin.


2. Challenge
------------

  nonce      32 random bytes, from the site. One for each time that the login page is asked for.
  session    the site's own session, which the browser carries in a cookie.

The site remembers (nonce, session, time). A nonce can be used once. It is too old when more than 300 seconds passed on
the site's clock, or when that clock stands before the time of issue. The table is bounded: when it is full, the oldest
challenge goes, and its nonce becomes one that was never given out.

Asked with "Accept: application/json", the login page answers 200 and

  {"nonce": BASE64 of 32 bytes, "return": URL}

with the session's cookie. Other members are allowed and mean nothing here. The cookie has HttpOnly, SameSite=Lax
(or Strict) and, on https, Secure. It is a new session, or the one that the request came with.


3. What is signed
-----------------

  message    "JPKI login 1" || SHA-256(origin) || SHA-256(nonce)           12 + 32 + 32 = 76 bytes
  signature  RSA PKCS#1 v1.5 with SHA-256 over the message: the card gets the 51-byte DigestInfo of SHA-256(message)

The origin is hashed as its text, the nonce as its 32 bytes. The label is there because the same key may also sign for
TLS: no message of TLS begins with it, so that neither signature can be taken for the other. The number in it is the
version of this protocol.

The origin is the one that the client itself saw: the origin of the page that it fetched, or the one that the browser
wrote into the request (PROTOCOL.agent). Nothing that the page says about itself takes part.


4. Token
--------

  token      BASE64 of ( u32 length || certificate || u32 length || signature )

The certificate is the authentication certificate, DER, at most 8 KiB. All bytes are used. The text is at most 16 KiB.
The token holds neither origin nor nonce: the site knows both, and uses its own.

A token is no secret, but it is worth a login to whoever brings it first together with the session. It travels in the
body of a POST and nowhere else: not in a URL, not in a command line, not in a log.


5. The way back
---------------

  client -> site   POST to the return address, application/x-www-form-urlencoded: nonce (BASE64, as given), token
  site -> client   303 See Other, Location with the handle, Cache-Control: no-store
  client -> site   GET of that Location, with the session's cookie
  site -> client   the answer

Between sites, a browser sends no Lax or Strict cookie with that POST. So the POST decides nothing: the site keeps nonce
and token as they came, under a handle of 256 random bits, and answers 303. On the GET that follows the cookie is there,
and there everything is checked. The client sends no cookie with the POST.

A handle is good for one GET, within 60 seconds. It may stand in a URL: without the session of the nonce it is worth
nothing, and in that session it has been used up by the time that anyone reads it in a history or a log.

To a browser the answer is a page. Asked with "Accept: application/json" it is

  {"verdict": V, "reason": NAME, "sentence": TEXT}           status 200, 403 or 503
  V = "valid" (logged in) | "invalid" (refused) | "cannot-tell" (nobody is logged in)

and more members if the site likes. The client shows the sentence with all control characters replaced.


6. What the client must refuse
------------------------------

Before the PIN is asked for (of a page that a browser opens: PROTOCOL.agent 4):

  - a page address without an origin (section 1), or one that redirects
  - an answer other than 200, of another type than JSON, longer than 64 KiB, without nonce or return, or with a nonce of
    another length than 32 bytes
  - a return address whose origin is not the page's, or that has none
  - a card without an authentication certificate, a locked PIN, and a last try, unless the resident asked for it
  - a PIN that has not four digits: it costs no try

The client says, before it asks for the PIN: which origin asks, that it would be told the certificate, what is in it and
what is not, and how many tries are left.

PIN and signature happen inside one transaction with the card. SELECT of the application follows in the same
transaction, whatever happened, so that no other program can use the verified PIN.

After it: an answer to the POST other than 303, or a Location of another origin. The GET is not followed further.


7. What the site must refuse
----------------------------

In this order; the first that fails is the reason:

  1  no session cookie, or a handle that is unknown, used or late
  2  the nonce: never given out, used, older than 300 seconds, or given to another session. Whatever comes later, the
     nonce is used up now: no failed login can be tried again with it
  3  a malformed token (section 4)
  4  a certificate that does not parse; a signature that is not its key's over the site's own origin and this nonce
     (section 3)
  5  a certificate that is not of the kind authentication by its profile
  6  no path to one of the authentication authority's certificates that the site was given: by key, not by name; out of
     its dates at the site's time
  7  held or revoked

  When the status is not to be had, or is too old, the answer is "cannot tell", and nobody is logged in.

A signature certificate (S04) never logs in, whatever else is right with it (S03).

Steps 3 to 7 give one verdict (valid, invalid, cannot tell) with its reason. Only "valid" logs in.


8. After a login
----------------

The session id is renewed: the one that the nonce was given to ends, so that an id planted in the browser before the
login is worth nothing after it.

The site knows the resident by a pseudonym: HMAC-SHA-256, under the site's own secret key, over

  "JPKI pseudonym 1" || SHA-256(certificate)

No serial, subject or thumbprint leaves the library, and two sites cannot compare their pseudonyms. It lasts as long as
the certificate: after a renewal or a new issue the resident is somebody new until the site links the two (by asking
once more for what it knows the resident by, or by the authority's service for relying parties).


9. Times
--------

  nonce      300 seconds    CHALLENGE_SECONDS    by the site's clock
  handle      60 seconds    HANDLE_SECONDS       by the site's clock
  status     as long as the OCSP answer or CRL says itself


10. What this does not protect from
-----------------------------------

A program that runs as the resident can show one origin and ask for a signature over another. A site that hands on its
visitors' sessions hands on logins. The card cannot show what it signs.
