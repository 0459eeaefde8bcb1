"""A publisher, a newswire that polls it, and what contract.md promises of the two when something breaks."""
import http.server, json, os, shutil, subprocess, threading
from pathlib import Path

FEEDS = 4


def environment(more={}):
    """The caller's own, without proxies: the publisher is on the loopback."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | more


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client):
        """A client that was killed says nothing of the server."""


class Publisher:
    """Feeds on the loopback with validators, so that a server that says 304 too early loses articles (contract.md §5)."""

    def __init__(self):
        self.edition = 1
        publisher = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                number = int(self.path.strip("/"))
                tag = f'"{number}-{publisher.edition}"'
                known = self.headers.get("If-None-Match") == tag
                body = b"" if known else publisher.document(number)
                self.send_response(304 if known else 200)
                self.send_header("ETag", tag)
                self.send_header("Content-Type", "application/rss+xml")
                if not known:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def document(self, number):
        """The second edition has two more articles a feed, and another title of the first."""
        items = "".join(
            f"<item><guid isPermaLink='false'>{number}-{item}</guid><link>https://example.org/{number}/{item}</link>"
            f"<title>Article {item} of {number}{' (corrected)' if item == 0 and self.edition > 1 else ''}</title>"
            f"<description>{f'Text of {number}-{item}. ' * 25}</description></item>"
            for item in reversed(range(3 + 2 * self.edition)))
        return f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>".encode()

    def configuration(self, store):
        port = self.server.server_port
        feeds = "".join(f'[[feed]]\nurl = "http://127.0.0.1:{port}/{n}"\nid = "feed-{n}"\n' for n in range(FEEDS))
        return (f'contact = "https://example.org/bot"\n[fetch]\nprivate_networks = ["127.0.0.1:{port}"]\nhost_delay = "0s"\n'
                f'host_concurrency = {FEEDS}\n[store]\ndirectory = "{store}"\nsegment_size = "4KiB"\n{feeds}')


def run(binary, *arguments, timeout=60, more={}):
    return subprocess.run([binary, *arguments], env=environment(more), capture_output=True, timeout=timeout)


def said(done):
    return done.stderr.decode(errors="replace").strip()[-300:]


def reported(output, *keys):
    """How many articles the whole lines of `poll --json` speak of."""
    lines = [line for line in output.splitlines(keepends=True) if line.endswith(b"\n")]
    return sum(json.loads(line).get(key, 0) for line in lines for key in keys or ("new", "updated"))


class Newsroom:
    """One folder with a configuration and a store below `disk`, and the program that works on them."""

    def __init__(self, binary, folder, publisher):
        self.binary, self.folder = binary, Path(folder)
        self.disk, self.config = self.folder / "disk", self.folder / "newswire.toml"
        self.store = self.disk / "store"
        self.disk.mkdir(parents=True, exist_ok=True)
        self.config.write_text(publisher.configuration(self.store))

    def command(self, *arguments):
        return [*arguments, "--config", str(self.config)]

    def run(self, *arguments, **options):
        return run(self.binary, *self.command(*arguments), **options)

    def poll(self, **options):
        return self.run("poll", "--force", "--all", "--json", **options)

    def records(self, *options, may_be_damaged=False):
        """(uid, version) of each record in order, and what is wrong with the way they are there.

        may_be_damaged: lines may be missing, as long as dump says so."""
        done = self.run("dump", "--updates", "--duplicates", *options)
        if done.returncode:
            return [], [f"dump exits {done.returncode}: {said(done)}"]
        records, numbers, wrong = [], [], []
        for line in done.stdout.splitlines():
            try:
                own = json.loads(line)["_newswire"]
                records.append((own["uid"], own.get("version", 1)))
                numbers.append(own["seq"])
            except (ValueError, KeyError) as error:
                wrong.append(f"dump prints what is no article ({error}): {line[:200]!r}")
        is_whole = numbers == list(range(1, len(numbers) + 1))
        if not is_whole and not (may_be_damaged and numbers == sorted(set(numbers)) and b"damaged" in done.stderr):
            wrong.append(f"seq is {numbers}")
        if len(set(records)) != len(records):
            wrong.append("an article is there twice")
        return records, wrong

    def verified(self):
        done = self.run("store", "verify")
        return [] if done.returncode == 0 else [f"store verify exits {done.returncode}: {said(done)}"]

    # What has to hold after each scenario, whatever happened in it

    def keeps_articles(self, whole, output):
        """What was reported is there, once and in order; and the next poll brings the rest of `whole`."""
        stored = reported(output)
        # Somebody reads before newswire has had a chance to repair anything, and comes back afterwards.
        early = ("--new", "--as", "early")
        records, wrong = self.records(*early, may_be_damaged=True)
        had = records
        if not records and not stored:
            wrong = []                         # a store that is still in the making may say so
        if len(records) < stored:
            wrong.append(f"{stored} articles were reported as stored, {len(records)} are there")
        if not set(records) <= set(whole):
            wrong.append("there are articles that no feed has")
        again = self.poll()
        if again.returncode:
            wrong.append(f"the next poll exits {again.returncode}: {said(again)}")
        records, more = self.records()
        wrong += more + self.verified()
        if set(records) != set(whole):
            wrong.append(f"after the next poll {len(records)} articles are there, not {len(whole)}")
        late = self.run("dump", "--updates", "--duplicates", *early)
        had += [(own["uid"], own.get("version", 1)) for own in
                (json.loads(line)["_newswire"] for line in late.stdout.splitlines())]
        if late.returncode or not set(whole) <= set(had):
            wrong.append(f"who read before the next poll too misses {len(set(whole) - set(had))} articles: {said(late)}")
        return wrong

    def keeps_second_edition(self, before, whole, output):
        """The same beside articles that were there before: none of them may go."""
        records, _ = self.records(may_be_damaged=True)
        stored = len(before) + reported(output)
        wrong = [] if set(before) <= set(records) else [f"{len(set(before) - set(records))} of the old articles are gone"]
        if len(records) < stored:
            wrong.append(f"{stored} articles were reported as stored, {len(records)} are there")
        return wrong + self.keeps_articles(whole, b"")

    def expire(self, **options):
        """Removes all that can be: everything is older than in a thousand years."""
        return self.run("store", "expire", "--before", "3026-01-01", **options)

    def remembers(self, whole, output):
        """What was removed stays known, also to an index made anew; and removing goes on where it was broken off."""
        wrong = []
        for attempt in range(2):
            done = self.poll()
            if done.returncode or reported(done.stdout):
                wrong.append(f"the next poll exits {done.returncode} with {reported(done.stdout)} articles as new: {said(done)}")
            wrong += self.verified()
            if not attempt and (done := self.expire()).returncode:
                wrong.append(f"removing again exits {done.returncode}: {said(done)}")
            shutil.rmtree(self.store / "index", ignore_errors=True)
        left = len(self.run("dump", "--updates").stdout.splitlines())
        if not 0 < left < len(whole):
            wrong.append(f"{left} of {len(whole)} articles are left")
        return wrong

    def delivers(self, whole, output):
        """A consumer may get articles again, and misses none (contract.md §4)."""
        def numbers(text):
            lines = [line for line in text.splitlines(keepends=True) if line.endswith(b"\n")]
            return [json.loads(line)["_newswire"]["seq"] for line in lines]
        had, done = numbers(output), self.run("dump", "--new", "--updates")
        if done.returncode:
            return [f"the next dump --new exits {done.returncode}: {said(done)}"]
        missing = set(range(1, len(whole) + 1)) - set(had) - set(numbers(done.stdout))
        wrong = [f"the consumer never gets {sorted(missing)}"] if missing else []
        if self.run("dump", "--new", "--updates").stdout:
            wrong.append("the consumer gets articles again and again")
        return wrong + self.verified()
