"""What an answer says: statuses, redirects, who is asked for what, validators and freshness."""
import email.utils, time
from behaviours import case, feed, redirect, step


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
        return refuse(x)
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
