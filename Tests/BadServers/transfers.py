"""How a body comes, or does not: connections, lengths, chunks, encodings, sizes, and what is no HTTP or no feed."""
import gzip, time, zlib
from behaviours import ITEMS, case, feed, rss, step


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


@case("closed-at-once", error="protocol", may_ask_again=True)
def _(x): x.end()


# Lengths and chunks

@case("length-too-long")
def _(x): x.head(length=len(feed(x)) + 500), x.send(feed(x)), x.end()


# libcurl may have given the connection to the next feed of the host when bytes come that nobody has asked for. The two
# cases that send some keep theirs to themselves, so that what is judged is what they are about.
ALONE = "keep_alive = false"


# The item in which the document ends waits.
@case("length-too-short", new=ITEMS - 1, error="truncated", options=ALONE)
def _(x): x.head(length=len(feed(x)) - 20), x.send(feed(x)), x.end()


# libcurl takes the last of them, and what it reads is cut to ten bytes.
@case("two-lengths", error="not_a_feed", options=ALONE)
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


@case("last-chunk-missing")
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


# The item in which the document ends waits.
@case("gzip-cut-short", new=ITEMS - 1, error="truncated")
def _(x): x.answer(gzip.compress(feed(x))[:-30], headers=[("Content-Encoding", "gzip")])


@case("gzip-that-is-none")
def _(x): x.answer(feed(x), headers=[("Content-Encoding", "gzip")])


@case("unknown-encoding")
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
