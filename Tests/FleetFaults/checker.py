"""What has to hold of a fleet whatever happens to it."""
import collections, json
from pathlib import Path
from machines import DELAY
from network import Network

TOLERANCE = 0.15        # seconds: a request is timed where it arrives, on a machine that does much else
TAKEOVER = 45           # seconds from a machine's end until all its feeds are polled again
FAILOVER = 35           # seconds from an engine's failover until then, if both go together
HABIT = 10              # seconds in which a machine asks for each of its feeds
BELATED = 3             # seconds after it goes on in which a machine sends what it had begun before


class Checker:
    def __init__(self, machines, folder, consumer, player):
        self.wrong = []
        machines = [machine for machine in machines if machine.has_store]
        self.endings(machines)
        longest = self.copies(machines)
        records = [json.loads(line) for line in longest.splitlines()]
        self.articles(records, json.loads(Path(f"{folder}/ends").read_text()))
        self.consumption(records, consumer)
        requests = [json.loads(line) for line in open(f"{folder}/requests")]
        hosts = self.politeness(requests, player)
        self.takeovers(requests, player.losses)
        kinds = collections.Counter(r["_newswire"]["kind"] for r in records)
        shared = sum(len({who for _, _, who, _, _ in asked}) > 1 for asked in hosts.values())
        print(f"{len(records)} records {dict(kinds)}, {len(requests)} requests to {len(hosts)} hosts, {shared} of them asked by more than "
              f"one machine in the run, {sum(r[5] == 302 for r in requests)} redirects")

    def check(self, what, exceptions):
        if exceptions:
            self.wrong.append(what)
        print(f"{'FAILED' if exceptions else 'ok':7} {what}" + (f": {len(exceptions)}, such as {exceptions[:4]}" if exceptions else ""))

    def endings(self, machines):
        self.check("services ended as they were told to, and at no other time", [wrong for m in machines for wrong in m.wrong])
        if sum(m.diverged for m in machines):
            print("set aside:", {m.name: f"{m.diverged} records" for m in machines})

    def copies(self, machines):
        stores = {m.name: m.articles for m in machines}
        longest = max(stores.values(), key=len)
        self.check("copies are one another's beginnings, byte for byte", [n for n, s in stores.items() if not longest.startswith(s)])
        heads = {}
        for machine in machines:
            result = machine.run("store", "verify")
            heads[machine.name] = (result.returncode, result.stdout.strip().splitlines()[-1:])
        self.check("each copy is whole", [name for name, (code, _) in heads.items() if code])
        print("heads:", {name: head for name, (_, head) in heads.items()})
        return longest

    def articles(self, records, ends):
        stored = collections.Counter((r["_newswire"]["feed_url"], r["id"]) for r in records if r["_newswire"]["kind"] in ("new", "duplicate"))
        listed = [(f"http://{name}", f"{feed}#{number}") for name, items in ends.items() for feed, number in items]
        self.check("what publishers list at the end is stored", [x for x in listed if x not in stored])
        self.check("nothing is stored twice", [x for x, n in stored.items() if n > 1])
        new = collections.Counter((r.get("url"), r.get("title")) for r in records if r["_newswire"]["kind"] == "new")
        self.check("no article is new twice", [x for x, n in new.items() if n > 1])

    def consumption(self, records, consumer):
        if not consumer:
            return
        new = {r["id"] for r in records if r["_newswire"]["kind"] == "new"}
        taken = collections.Counter(consumer.taken)
        self.check("a consumer that moves between machines skips nothing", sorted(new - set(taken)))
        self.check("it has taken something on more than one", [] if len(consumer.by) > 1 else list(consumer.by))
        print(f"consumer: {len(taken)} articles in {consumer.turns} turns on {len(consumer.by)} machines, "
              f"{sum(taken.values()) - len(taken)} repeated")

    def politeness(self, requests, player):
        hosts = collections.defaultdict(list)
        for host, path, who, begin, end, status in requests:
            hosts[host].append((begin, end, who, path, status))
        close, both, belated = [], [], 0
        for host, asked in hosts.items():
            asked.sort()
            late = self.belated(asked, player.returns)
            for a, b in zip(asked, asked[1:]):
                if b[0] - a[0] < DELAY - TOLERANCE:
                    # The delay goes by when a request is begun. What was on its way while its machine was frozen or cut off comes
                    # later than that, as on one machine alone, and the next of the same machine may be close behind.
                    if a in late and a[2] == b[2]:
                        belated += 1
                    else:
                        close.append((f"{b[0] - player.begin:.1f}", host, round(b[0] - a[0], 2), a[2], b[2], a[3], b[3]))
                if b[0] < a[1] - TOLERANCE:
                    both.append((host, a[2], b[2]))
        self.check("no host is asked sooner than its delay", close)
        self.check("no host is asked by two at once", both)
        if belated:
            print(f"{belated} requests came close behind one of the same machine that a freeze or cut had held up")
        return hosts

    @staticmethod
    def belated(asked, returns):
        """Of the requests to a host, the first of each machine that comes after it has gone on."""
        firsts = set()
        for time, number in returns:
            mine = [r for r in asked if r[2] == Network.address(number) and r[0] > time]
            firsts |= {r for r in mine[:1] if r[0] < time + BELATED}
        return firsts

    def takeovers(self, requests, losses):
        """Of each machine that was lost, when others have asked for what it had asked for."""
        late = []
        for what, time, number, away in losses:
            address = Network.address(number)
            asked = {(r[0], r[1]) for r in requests if r[2] == address and time - HABIT < r[3] < time and "-" not in r[1]}
            first = {}
            for host, path, who, begin, *_ in sorted(requests, key=lambda r: r[3]):
                if (host, path) in asked and begin > time:
                    first.setdefault((host, path), begin - time)
            waits = sorted(first.values())
            # It goes in the middle of the time for which the engine is away.
            limit = away / 2 + FAILOVER if away else TAKEOVER
            late += [(what, *feed) for feed in asked if first.get(feed, limit + 1) > limit]
            if waits:
                print(f"{what}: the first of its {len(asked)} feeds was polled again after {waits[0]:.1f} s, half after "
                      f"{waits[len(waits) // 2]:.1f} s, the last after {waits[-1]:.1f} s (limit {limit:.0f} s)")
        if losses:
            self.check("what a lost machine had polled is polled again in time", late)
