"""A writer under load: killed at random moments, and read from while it never rests."""
import json, random, shutil, subprocess, sys, tempfile, threading, time
from pathlib import Path
from newsroom import environment, reported, run, said
from trials import Counter


def poll(binary, config):
    return run(binary, "poll", "--all", "--json", "--config", str(config))


RULES = """
[[filter]]
name = "adverts"
action = "block"
match = "title:advert"
[[filter]]
name = "drones"
action = "label"
label = "drones"
match = "drone* OR uav"
"""
# Every record is asked for: what rules have blocked has a number as well.
DUMP = ["dump", "--blocked", "--updates"]


class Publishers:
    """Many feeds in files, which all have news each time they are asked to: of three articles one is of drones, and one an
    advertisement, which the rules block until the next time, when it has become a story about them."""

    def __init__(self, folder, feeds=40):
        self.folder, self.feeds, self.round = Path(folder), feeds, 0
        self.items = [{} for _ in range(feeds)]     # of each feed, the titles of its articles by their ids
        tables = "".join(f'\n[[feed]]\nurl = "feed-{n}.xml"\nid = "feed-{n}"\n' for n in range(feeds))
        self.config = self.folder / "newswire.toml"
        self.config.write_text(f'[store]\ndirectory = "store"\nsegment_size = "128KiB"\n{RULES}{tables}')

    def publish(self):
        self.round += 1
        for number, known in enumerate(self.items):
            known |= {name: title.replace("Advert", "UAV") for name, title in known.items()}
            for item, what in enumerate(["Story", "Drones", "Advert"]):
                name = f"{number}-{self.round}-{item}"
                known[name] = f"{what} {name}"
            body = "".join(
                f"<item><guid isPermaLink='false'>{name}</guid><title>{title}</title>"
                f"<description>{name} {'x' * 600}</description></item>" for name, title in list(known.items())[-60:])
            path = self.folder / f"feed-{number}.xml"
            path.with_suffix(".new").write_text(f"<rss version='2.0'><channel><title>{number}</title>{body}</channel></rss>")
            path.with_suffix(".new").rename(path)

    def wrong(self, binary, whole):
        """What is wrong with the store; `whole` where all that is published now has to be there."""
        done = run(binary, *DUMP, "--config", str(self.config))
        if done.returncode != 0 or done.stderr:
            return [f"dump exits {done.returncode}: {said(done)}"], 0
        records = [json.loads(line) for line in done.stdout.splitlines()]
        wrong = []
        if [record["_newswire"]["seq"] for record in records] != list(range(1, len(records) + 1)):
            wrong.append("seq has holes")
        versions = {}
        for record in records:
            versions.setdefault(record["id"], []).append(record)
        wrong += [problem for known in versions.values() for problem in self.judged_wrong(known)][:3]
        published = {name: title for known in self.items for name, title in known.items()}
        if not set(versions) <= set(published):
            wrong.append("there are articles that no feed has")
        missing = {name for name in published if name not in versions}
        old = {name for name in versions if versions[name][-1]["title"] != published.get(name)}
        if whole and (missing or old):
            wrong.append(f"{len(missing)} articles and the last version of {len(old)} are missing")
        return wrong, len(records)

    @staticmethod
    def judged_wrong(versions):
        """What is wrong with the versions of one article, and with what the rules are to have said of each."""
        was_hidden = True
        for number, record in enumerate(versions, 1):
            own, title = record["_newswire"], record["title"]
            is_blocked = title.startswith("Advert")
            marks = (own.get("blocked"), own.get("labels"), own.get("released", False))
            right = ("adverts" if is_blocked else None, ["drones"] if title.startswith(("Drones", "UAV")) else None,
                     number > 1 and was_hidden and not is_blocked)
            if own.get("version", 1) != number:
                yield f"record {own['seq']}: version {own.get('version', 1)} of {record['id']} in the place of {number}"
            if number > 1 and title == versions[number - 2]["title"]:
                yield f"record {own['seq']}: {title} is there twice"
            if marks != right:
                yield f"record {own['seq']}: {title} has the marks {marks}, not {right}"
            was_hidden = was_hidden and is_blocked

    def verified(self, binary):
        done = run(binary, "store", "verify", "--config", str(self.config))
        return [] if done.returncode == 0 else [f"store verify: {said(done)}"]


def whole_poll(binary, publishers):
    """Polls everything, and returns how long that took in seconds."""
    began = time.monotonic()
    if poll(binary, publishers.config).returncode != 0:
        sys.exit("faults: the feeds cannot be polled at all")
    return time.monotonic() - began


def kills(binary, work, times):
    folder = Path(tempfile.mkdtemp(dir=work))
    publishers = Publishers(folder)
    counter = Counter("kill -9 under load")
    publishers.publish()
    usual = whole_poll(binary, publishers)
    stored = killed = storing = 0
    for number in range(times):
        publishers.publish()
        child = subprocess.Popen(
            [binary, "poll", "--all", "--json", "--config", publishers.config], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        timer = threading.Timer(random.uniform(0, usual), child.kill)
        timer.start()
        output = child.stdout.read()
        was_killed = child.wait() == -9
        killed += was_killed
        timer.cancel()
        wrong, there = publishers.wrong(binary, whole=False)
        storing += was_killed and there > stored
        if there < stored + reported(output):
            wrong.append(f"{stored + reported(output)} records were reported as stored, {there} are there")
        stored = there
        if number % 10 == 9:
            # Files hold so many items: before one falls out it has to be stored.
            usual = whole_poll(binary, publishers)
            more, stored = publishers.wrong(binary, whole=True)
            wrong += more + publishers.verified(binary)
        counter.runs += 1
        if wrong:
            counter.failures += 1
            print(f"faults: kill {number}: {'; '.join(wrong)} (kept: {folder})", flush=True)
            break
    print(f"faults: {killed} of {times} polls were killed before they ended, {storing} of them when something was stored; "
          f"{stored} records are there")
    if not counter.failures:
        shutil.rmtree(folder)
    return counter.close()


def beside(binary, work, seconds):
    """A writer that never rests, three readers that begin again and again, and a follower."""
    folder = Path(tempfile.mkdtemp(dir=work))
    publishers = Publishers(folder)
    publishers.publish()
    poll(binary, publishers.config)
    end, wrong, dumps = time.monotonic() + seconds, [], [0]

    def check(lines, after):
        for line in lines:
            if not line.endswith(b"\n"):
                return wrong.append(f"half a line: {line[:100]!r}")
            seq = json.loads(line)["_newswire"]["seq"]
            if seq != after + 1:
                return wrong.append(f"seq {seq} after {after}")
            after = seq
        return after

    def read():
        while time.monotonic() < end and not wrong:
            after = random.randrange(1, 200)
            done = run(binary, *DUMP, "--after", str(after - 1), "--config", str(publishers.config))
            if done.returncode or done.stderr:
                wrong.append(f"dump exits {done.returncode}: {said(done)}")
            check(done.stdout.splitlines(keepends=True), after - 1)
            dumps[0] += 1

    follower = subprocess.Popen(
        [binary, *DUMP, "--new", "--follow", "--config", publishers.config], stdout=subprocess.PIPE)
    followed = []
    threads = [threading.Thread(target=read) for _ in range(3)]
    threads.append(threading.Thread(target=lambda: followed.append(check(follower.stdout, 0))))
    for thread in threads:
        thread.start()
    while time.monotonic() < end and not wrong:
        publishers.publish()
        if poll(binary, publishers.config).returncode != 0:
            wrong.append("the poll fails")
    more, there = publishers.wrong(binary, whole=True)
    wrong += more + publishers.verified(binary)
    cursor = folder / "store" / "cursors" / "default"
    until = time.monotonic() + 10
    while time.monotonic() < until and (not cursor.exists() or cursor.read_text() != f"{there}\n"):
        time.sleep(0.01)
    follower.kill()
    for thread in threads:
        thread.join()
    if followed != [there]:
        wrong.append(f"the follower has seen {followed} of {there}")
    for what in wrong[:10]:
        print(f"faults: beside a writer: {what} (kept: {folder})", flush=True)
    print(f"faults: beside a writer: {dumps[0]} dumps and a follower, {there} articles, {len(wrong)} failed", flush=True)
    if not wrong:
        shutil.rmtree(folder)
    return len(wrong)
