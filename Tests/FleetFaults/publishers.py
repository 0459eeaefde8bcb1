"""HTTP for all hosts, run in its namespace as a process of its own: feeds that go on publishing, some under another host after a
redirect, some with another feed's items, too. It logs each request with the sender and the time at which it came.

usage: publishers.py FOLDER     writes FOLDER/requests, FOLDER/publishers once it listens, and FOLDER/ends after a line of input
"""
import asyncio, json, os, random, subprocess, sys, time
from pathlib import Path

HOSTS, FEEDS, WINDOW = 60, 2, 40       # hosts, feeds of each, items in a document


class Publishers:
    def __init__(self, folder, words):
        """Starts them. `words` run a command in their namespace."""
        self.control = f"{folder}/publishers"
        self.process = subprocess.Popen(words(sys.executable, __file__, folder), stdin=subprocess.PIPE)
        while not os.path.exists(self.control):
            time.sleep(0.05)

    def stop(self):
        """Ends the publishing; the feeds stay as they are."""
        self.process.stdin.write(b"stop\n")
        self.process.stdin.flush()

    def close(self):
        self.process.kill()
        self.process.wait()


def plan():
    """Of each feed, by its URL without the scheme, the seconds from one item to the next; under which URL it is now, where it has
    moved; and the feed that it repeats."""
    chance = random.Random(7)
    feeds = {f"10.77.1.{h}/f{f}": chance.uniform(3, 12) for h in range(1, HOSTS + 1) for f in range(FEEDS)}
    names = sorted(feeds)
    moved = {n: f"10.77.1.{chance.randrange(1, HOSTS + 1)}/{n.replace('/', '-')}" for n in names if chance.random() < 0.1}
    twins = {n: chance.choice(names) for n in names if chance.random() < 0.2}
    return feeds, moved, twins


def items(name, since, now, feeds, twins):
    def own(feed):
        last = int((now - since) / feeds[feed])
        return [(feed, number) for number in range(max(0, last - WINDOW + 1), last + 1)]
    found = own(name)
    if name in twins and twins[name] != name:
        found += [item for item in own(twins[name]) if item[1] % 4 == 0]
    return found


def document(name, items):
    text = "".join(f"<item><guid isPermaLink='false'>{feed}#{n}</guid><link>http://news.example/{feed}/{n}</link>"
                   f"<title>Title {n} of {feed}</title></item>" for feed, n in reversed(items))
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{name}</title>{text}</channel></rss>".encode()


def serve(folder):
    feeds, moved, twins = plan()
    since, state = time.time(), {"end": None}
    log = open(f"{folder}/requests", "w", buffering=1)

    def answer(host, path, tag):
        name = f"{host}/{path}"
        target = path.replace("-", "/") if "-" in path else name
        if target not in feeds:
            return 404, "", b""
        if name in moved:
            return 302, f"Location: http://{moved[name]}\r\n", b""
        body = document(target, items(target, since, min(time.time(), state["end"] or time.time()), feeds, twins))
        if tag == f'"{hash(body)}"':
            return 304, "", b""
        return 200, f'Content-Type: application/rss+xml\r\nETag: "{hash(body)}"\r\n', body

    async def serve(reader, writer):
        # One loop for all: threads of this language see what comes at once one after the other, and late.
        host, who = writer.get_extra_info("sockname")[0], writer.get_extra_info("peername")[0]
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                begin = time.monotonic()
                path = head.split(" ")[1].lstrip("/")
                tag = next((line[15:] for line in head.split("\r\n") if line.lower().startswith("if-none-match: ")), None)
                await asyncio.sleep(random.uniform(0.02, 0.2))
                status, fields, body = answer(host, path, tag)
                writer.write(f"HTTP/1.1 {status} X\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
                log.write(json.dumps([host, path, who, begin, time.monotonic(), status]) + "\n")
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def run():
        await asyncio.start_server(serve, "0.0.0.0", 80, backlog=256)
        Path(f"{folder}/publishers").write_text(str(since))
        await asyncio.to_thread(sys.stdin.readline)
        state["end"] = time.time()
        ends = {name: items(name, since, state["end"], feeds, twins) for name in feeds}
        Path(f"{folder}/ends.new").write_text(json.dumps(ends))
        os.rename(f"{folder}/ends.new", f"{folder}/ends")
        await asyncio.Event().wait()
    asyncio.run(run())


if __name__ == "__main__":
    serve(sys.argv[1])
