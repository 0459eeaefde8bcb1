"""What servers do to a feed reader, each with what newswire has to make of it.

A behaviour is a function of an exchange (wire.py), under the first word of the path that it answers. What newswire has to
say of it stands before it: how many articles are new, and the class of the error where it fails.
"""
import dataclasses, email.utils, gzip, time, zlib
from typing import Callable

ITEMS = 3


@dataclasses.dataclass
class Case:
    name: str
    new: int
    error: str
    again: str                      # the outcome of a second poll right after; "": none is made
    options: str                    # lines of the feed's table
    never_ends: bool


CASES, BEHAVIOURS = [], {}


def case(name, new=None, error="", *, again="", options="", never_ends=False):
    """The behaviour below is a case: `new` articles, all of a small feed unless it fails."""
    def register(behave: Callable):
        BEHAVIOURS[name] = behave
        articles = (0 if error else ITEMS) if new is None else new
        CASES.append(Case(name, articles, error, again, options, never_ends))
        return behave
    return register


def step(behave):
    """Where a case leads, but no case: under the function's name."""
    BEHAVIOURS[behave.__name__.replace("_", "-")] = behave
    return behave


def rss(path, items=ITEMS, title="A feed", head='<?xml version="1.0" encoding="UTF-8"?>\n'):
    body = "".join(
        f'<item><guid isPermaLink="false">{path}#{n}</guid><link>https://example.invalid{path}/{n}</link>'
        f"<title>Item {n} of {path}</title><pubDate>{email.utils.formatdate(1.7e9 + n * 3600)}</pubDate>"
        f"<description>Text of item {n}</description></item>\n" for n in range(items, 0, -1))
    return (f'{head}<rss version="2.0"><channel><title>{title}</title><link>https://example.invalid/</link>'
            f"<description>{path}</description>\n{body}</channel></rss>\n").encode()


def feed(x):
    return rss(x.request.path)


def redirect(x, to, status=302, headers=()):
    x.answer(status=status, type="text/plain", headers=[("Location", to), *headers])


# Feeds as they should be

@case("feed", again="unchanged")
def _(x): x.answer(feed(x))


@case("late")
def _(x): time.sleep(2), x.answer(feed(x))


@case("no-content-type")
def _(x): x.answer(feed(x), type=None)


@case("wrong-content-type")
def _(x): x.answer(feed(x), type="text/html")


@case("interim-answers")
def _(x):
    x.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    x.answer(feed(x))


@case("line-feeds-alone")
def _(x): x.send(b"HTTP/1.1 200 OK\nContent-Type: application/rss+xml\nContent-Length: %d\n\n" % len(feed(x)) + feed(x))


@case("http-1.0")
def _(x): x.send(b"HTTP/1.0 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n" + feed(x)), x.end()


@case("charset-of-header-counts")
def _(x): x.answer(rss(x.request.path, title="Café", head='<?xml version="1.0" encoding="ISO-8859-1"?>\n'))


@case("charset-of-header-alone")
def _(x):
    body = rss(x.request.path, title="Café", head="").decode().encode("latin-1")
    x.answer(body, type="application/rss+xml; charset=ISO-8859-1")


# Connections

@step
def one_answer_a_connection(x):
    if x.request.number > 1:
        x.reset()
    x.answer(feed(x), headers=[("Connection", "keep-alive")])


@case("never-answers", error="timeout", never_ends=True)
def _(x): x.hold()


@case("slow-header", error="timeout", never_ends=True)
def _(x):
    for byte in b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nX-Padding: " + b"x" * 300:
        x.send(bytes([byte])), time.sleep(1)


@case("slow-body", error="timeout", never_ends=True)
def _(x):
    x.head(length=len(feed(x)))
    for byte in feed(x):
        x.send(bytes([byte])), time.sleep(1)


@case("stalled-body", error="timeout", never_ends=True)
def _(x): x.head(length=len(feed(x))), x.send(feed(x)[:len(feed(x)) // 2]), x.hold()


@case("reset-in-body", new=1, error="truncated")
def _(x):
    x.head(length=len(feed(x)))
    x.send(feed(x)[:feed(x).index(b"</item>") + 20])
    time.sleep(0.2)
    x.reset()


@case("closed-at-once", error="protocol")
def _(x): x.end()


# Lengths and chunks

@case("length-too-long", new=ITEMS, error="truncated")
def _(x): x.head(length=len(feed(x)) + 500), x.send(feed(x)), x.end()


@case("length-too-short", new=ITEMS, error="truncated")
def _(x): x.head(length=len(feed(x)) - 20), x.send(feed(x)), x.end()


# libcurl takes the last of them, and what it reads is cut to ten bytes.
@case("two-lengths", error="not_a_feed")
def _(x): x.head(length=len(feed(x)), headers=[("Content-Length", 10)]), x.send(feed(x)), x.end()


@case("length-of-words", error="protocol")
def _(x): x.head(length="many"), x.send(feed(x)), x.end()


# No length that can be: the body ends with the connection.
@case("length-beyond-64-bits")
def _(x): x.head(length=1 << 70), x.send(feed(x)), x.end()


def chunk(data, size=None): return (size or b"%x" % len(data)) + b"\r\n" + data + b"\r\n"


CHUNKED = [("Transfer-Encoding", "chunked")]


@case("chunks")
def _(x):
    half = len(feed(x)) // 2
    x.head(headers=CHUNKED)
    x.send(chunk(feed(x)[:half], b"%x;note=1" % half)), time.sleep(0.05), x.send(chunk(feed(x)[half:]))
    x.send(b"0\r\nX-Trailer: 1\r\n\r\n")


@case("chunks-beside-length")
def _(x): x.head(length=10, headers=CHUNKED), x.send(chunk(feed(x)) + b"0\r\n\r\n"), x.end()


@case("chunk-size-no-number", new=1, error="truncated")
def _(x):
    cut = feed(x).index(b"</item>") + 20
    x.head(headers=CHUNKED), x.send(chunk(feed(x)[:cut])), time.sleep(0.2), x.send(chunk(feed(x)[cut:], b"zz")), x.end()


@case("chunk-size-overflows", error="truncated")
def _(x): x.head(headers=CHUNKED), x.send(chunk(feed(x), b"f" * 40)), x.end()


@case("last-chunk-missing", new=ITEMS, error="truncated")
def _(x): x.head(headers=CHUNKED), x.send(b"ffff\r\n" + feed(x)), x.end()


# Encodings

@case("gzip")
def _(x): x.answer(gzip.compress(feed(x)), headers=[("Content-Encoding", "gzip")])


@case("deflate")
def _(x): x.answer(zlib.compress(feed(x)), headers=[("Content-Encoding", "deflate")])


@case("deflate-without-wrapper")
def _(x): x.answer(zlib.compress(feed(x))[2:-4], headers=[("Content-Encoding", "deflate")])


@case("brotli")
def _(x):
    # One uncompressed meta-block: window of 16, not the last, length in four nibbles.
    head = ((len(feed(x)) - 1) << 4 | 1 << 20).to_bytes(3, "little")
    x.answer(head + feed(x) + b"\x03", headers=[("Content-Encoding", "br")])


@case("gzip-cut-short", new=ITEMS, error="truncated")
def _(x): x.answer(gzip.compress(feed(x))[:-30], headers=[("Content-Encoding", "gzip")])


@case("gzip-that-is-none", error="protocol")
def _(x): x.answer(feed(x), headers=[("Content-Encoding", "gzip")])


@case("unknown-encoding", error="protocol")
def _(x): x.answer(feed(x), headers=[("Content-Encoding", "rot13")])


@case("gzip-bomb", error="bomb")
def _(x):
    # A full flush ends on a byte and refers to nothing before it, so that one block can be sent again and again.
    outer = zlib.compressobj(9, zlib.DEFLATED, 31)
    inner = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = inner.compress(b"A" * (1 << 20)) + inner.flush(zlib.Z_FULL_FLUSH)
    x.head(headers=[("Content-Encoding", "gzip"), ("Connection", "close")])
    x.send(outer.compress(rss("").split(b"<item>")[0] + b"<item><description>") + outer.flush(zlib.Z_FULL_FLUSH))
    for _ in range(10 << 10):
        x.send(block)
    x.end()


# Sizes

@case("huge-body", error="too_large")
def _(x):
    x.head(headers=[("Connection", "close")]), x.send(rss("").split(b"<item>")[0])
    for number in range(4 << 14):
        x.send(b"<item><guid>%d</guid><description>%s</description></item>\n" % (number, b"x" * (64 << 10)))
    x.end()


@case("huge-header", error="too_large")
def _(x):
    x.send(b"HTTP/1.1 200 OK\r\n")
    for _ in range(10 << 10):
        x.send(b"X-Bomb: " + b"x" * 1024 + b"\r\n")
    x.send(b"\r\n" + feed(x)), x.end()


@case("thousand-headers")
def _(x): x.answer(feed(x), headers=[(f"X-Header-{n}", "x") for n in range(1000)])


@case("interim-answers-without-end", error="too_large")
def _(x):
    for _ in range(1 << 16):
        x.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\n")
    x.answer(feed(x))


# What is no HTTP, or no feed

@case("no-status-line", error="protocol")
def _(x): x.send(feed(x)), x.end()


@case("binary-noise", error="protocol")
def _(x): x.send(b"\x16\x03\x01\x00\xff" * 50), x.end()


@case("status-of-words", error="protocol")
def _(x): x.send(b"HTTP/1.1 OK fine\r\n\r\n" + feed(x)), x.end()


@case("empty", error="not_a_feed")
def _(x): x.answer()


@case("web-page", error="not_a_feed")
def _(x): x.answer(b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed"><p>Hi', type="text/html")


@case("entities-nested")
def _(x):
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "lol">{nested}]>\n'
    x.answer(rss(x.request.path, title="&e9;", head=head))


@case("entities-from-outside")
def _(x):
    head = (f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">'
            f'<!ENTITY url SYSTEM "{x.server.url}/nobody-comes-here">]>\n')
    x.answer(rss(x.request.path, title="&file;&url;", head=head))


@step
def nobody_comes_here(x): x.answer(b"HIT", type="text/plain")


# Statuses

for status, error in {
        204: "http_status", 400: "http_status", 403: "forbidden", 404: "not_found", 410: "gone", 418: "http_status",
        451: "http_status", 500: "http_status", 502: "http_status", 503: "http_status", 999: "http_status"}.items():
    @case(f"status-{status}", error=error)
    def _(x, status=status): x.answer(b"<p>no</p>", status, type="text/html")


@case("status-304-unasked", error="unexpected_304")
def _(x): x.answer(status=304)


@case("status-429", error="rate_limited", again="skipped")
def _(x): x.answer(status=429, headers=[("Retry-After", "120")])


@case("status-429-date", error="rate_limited", again="skipped")
def _(x): x.answer(status=429, headers=[("Retry-After", email.utils.formatdate(time.time() + 120, usegmt=True))])


@case("status-503-retry-after", error="http_status", again="skipped")
def _(x): x.answer(status=503, headers=[("Retry-After", "120")])


# Redirects

@case("redirect-chain")
def _(x): redirect(x, "/hop/3")


@case("redirect-chain-too-long", error="redirect")
def _(x): redirect(x, "/hop/5")


@step
def hop(x):
    left = int(x.request.path.split("/")[-1])
    redirect(x, f"/hop/{left - 1}" if left else "/feed/chain")


@case("redirect-loop", error="redirect")
def _(x): redirect(x, x.request.path)


@case("redirect-relative")
def _(x): redirect(x, "../feed/relative")


for status in (301, 302, 303, 307, 308):
    @case(f"redirect-{status}")
    def _(x, status=status): redirect(x, f"/feed/{status}", status)


@case("redirect-301-to-nothing", error="not_found")
def _(x): redirect(x, "/status-404", 301)


@case("redirect-nowhere", error="redirect")
def _(x): x.answer(status=302)


@case("redirect-for-a-cookie", error="redirect")
def _(x): redirect(x, x.request.path, headers=[("Set-Cookie", "seen=1; Path=/")])


for name, to in {
        "file": "file:///etc/passwd", "gopher": "gopher://127.0.0.1:70/", "ftp": "ftp://127.0.0.1/x",
        "javascript": "javascript:alert(1)", "dict": "dict://127.0.0.1:11211/stat", "no-url": "http://[zz]/"}.items():
    @case(f"redirect-to-{name}", error="redirect")
    def _(x, to=to): redirect(x, to)


for name, to in {
        "loopback": "http://127.0.0.1:22/", "link-local": "http://169.254.169.254/latest/meta-data/",
        "private": "http://10.255.0.1/", "mapped": "http://[::ffff:127.0.0.1]:22/", "decimal": "http://2130706433:22/",
        "octal": "http://0177.0.0.1:22/", "short": "http://127.1:22/", "zero": "http://0.0.0.0:22/",
        "six": "http://[::1]:22/", "unique-local": "http://[fd00:ec2::254]/",
        "translated": "http://[64:ff9b::7f00:1]:22/", "six-to-four": "http://[2002:7f00:1::]:22/"}.items():
    @case(f"redirect-to-private-{name}", error="refused_address")
    def _(x, to=to): redirect(x, to)


# Who is asked, and for what

BASIC = 'basic_auth = { user = "user", password = { env = "FEED_PASSWORD" } }'
OTHER = {}                          # url: another host


@case("password", options=BASIC)
def _(x): x.answer(feed(x)) if x.knows("user", "secret") else refuse(x)


@case("password-then-other-host", options=BASIC)
def _(x):
    if not x.knows("user", "secret"):
        refuse(x)
    redirect(x, OTHER["url"] + "/feed/other", headers=[("Set-Cookie", "session=s3cret; Path=/")])


@case("password-then-user-in-url", options=BASIC)
def _(x): redirect(x, OTHER["url"].replace("://", "://mallory:s3cret@") + "/feed/mallory")


def refuse(x): x.answer(status=401, headers=[("WWW-Authenticate", 'Basic realm="feeds"')])


# Validators and freshness

def conditional(x, tag=None, date=None):
    asked_tag, asked_date = x.request.header("if-none-match"), x.request.header("if-modified-since")
    is_same = asked_tag == tag if asked_tag else tag is None and date is not None and asked_date == date
    x.answer(b"" if is_same else feed(x), 304 if is_same else 200, headers=[("ETag", tag), ("Last-Modified", date)])


DATE = email.utils.formatdate(time.time() - 86400, usegmt=True)


@case("etag", again="not_modified")
def _(x): conditional(x, '"v1"')


@case("etag-weak", again="not_modified")
def _(x): conditional(x, 'W/"v1"')


@case("etag-and-date", again="not_modified")
def _(x): conditional(x, '"v1"', DATE)


@case("date", again="not_modified")
def _(x): conditional(x, None, DATE)


@case("etag-changes", again="unchanged")
def _(x): x.answer(feed(x), headers=[("ETag", f'"{time.time_ns()}"')])


@case("max-age", again="skipped")
def _(x): x.answer(feed(x), headers=[("Cache-Control", "max-age=3600")])


@case("expires", again="skipped")
def _(x): x.answer(feed(x), headers=[("Expires", email.utils.formatdate(time.time() + 3600, usegmt=True))])
