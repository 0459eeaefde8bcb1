"""The machines of the fleet, each with a disk of its own, and a consumer that takes the fleet's articles on whichever of them."""
import glob, json, os, random, signal, subprocess, threading
from pathlib import Path
import publishers
from network import ENV, Disk, inside, sh

DELAY = 1.0         # seconds between requests to a host
LEASE = 6           # seconds, unless the run has another


class Machine:
    def __init__(self, number, folder, network, engine, newswire, lease):
        self.number, self.folder, self.newswire, self.network = number, f"{folder}/n{number}", newswire, network
        self.name, self.space, self.process = f"n{number}", network.machines[number], None
        # Whether a service should be running; how one ended that nobody had told to, or that did not when it was told; how many
        # records were set aside.
        self.has_to_run, self.wrong, self.diverged = False, [], 0
        os.makedirs(self.folder)
        self.disk = Disk(f"{self.folder}/disk", 256)
        self.store = f"{self.disk.folder}/store"
        feeds = "".join(f'[[feed]]\nurl = "http://{name}"\n' for name in sorted(publishers.plan()[0]))
        common = (f'contact = "https://example.org/bot"\n[fetch]\nprivate_networks = "allow"\nhost_delay = "{DELAY:.0f}s"\n'
                  f'[schedule]\nmin_interval = "5s"\nmax_interval = "8s"\ninitial_interval = "5s"\n'
                  f'[store]\ndirectory = "{self.store}"\n')
        table = f'[fleet]\nengine = "{engine.url}"\nnode = "{self.name}"\nlease = "{lease}s"\ndurability = "managed"\n'
        Path(f"{self.folder}/newswire.toml").write_text(common + table + feeds)
        Path(f"{self.folder}/alone.toml").write_text(common + feeds)

    def words(self, *words, file="newswire.toml"):
        return inside(self.space, self.newswire, *words, "--config", f"{self.folder}/{file}")

    def run(self, *words):
        return subprocess.run(self.words(*words), env=ENV, capture_output=True, text=True)

    @property
    def is_up(self):
        return self.process is not None and self.process.poll() is None

    @property
    def has_store(self):
        return os.path.isdir(self.store)

    def copy_store(self, other):
        # Also while it is written to: what goes meanwhile is none of what counts.
        sh(f"cp -a {other.store} {self.store}", check=False)

    def start(self, file="newswire.toml"):
        self.has_to_run = True
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(self.words("run", file=file), env=ENV, stdout=log, stderr=log)

    def ends(self):
        """Its end is meant to come now, and must not have come before."""
        self.has_to_run = False
        if not self.is_up:
            self.wrong.append(f"{self.name} had ended with {self.process.returncode}")

    def kill(self):
        self.ends()
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Loses its power as far as it can be lost: it does nothing any more, and reaches nobody."""
        self.ends()
        self.network.cut(self.number)
        self.process.send_signal(signal.SIGSTOP)

    def lose_power(self):
        """Once it was stopped."""
        self.disk.lose_power()
        # Whatever else runs there, too.
        for pid in sh(f"ip netns pids {self.space}").split():
            os.kill(int(pid), signal.SIGKILL)
        self.process.wait()
        self.disk.recover()
        self.network.forget(self.space)
        self.network.heal(self.number)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def leave(self, seconds=20):
        """Is told to end, and has to."""
        if not self.has_to_run:
            return
        self.ends()
        if not self.is_up:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            if self.process.wait(seconds):
                self.wrong.append(f"{self.name} was told to end, and did with {self.process.returncode}")
        except subprocess.TimeoutExpired:
            self.wrong.append(f"{self.name} was told to end, and did not in {seconds} s")
            self.process.kill()
            self.process.wait()

    def rejoin(self, seconds=60):
        """Its service has to end with 65, and starts again without what the log does not have, which is set aside."""
        self.has_to_run = False
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.wrong.append(f"{self.name} went on behind an engine that had lost its end")
            return
        before, earlier = self.articles, set(glob.glob(f"{self.store}/diverged/*"))
        result = self.run("fleet", "rejoin")
        aside = b"".join(Path(file).read_bytes() for file in glob.glob(f"{self.store}/diverged/*") if file not in earlier)
        if status != 65 or result.returncode or not aside or self.articles + aside != before:
            self.wrong.append(f"{self.name} ended with {status}, fleet rejoin with {result.returncode} ({result.stderr.strip()}); of "
                              f"{len(before)} bytes {len(self.articles)} are kept and {len(aside)} set aside")
        self.diverged += len(aside.splitlines())
        self.start()

    def close(self):
        """At once, whatever it does."""
        if self.is_up:
            self.process.kill()
            self.process.wait()

    @property
    def articles(self):
        return b"".join(Path(file).read_bytes() for file in sorted(glob.glob(f"{self.store}/articles/*.jsonl")))


class Consumer:
    """Takes what is new, again and again, on a machine by chance, and remembers what it was given."""
    NAME = "index"

    def __init__(self, machines):
        self.machines, self.taken, self.turns, self.by = machines, [], 0, set()
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        chance = random.Random(11)
        while not self.ends.wait(1):
            machines = [machine for machine in self.machines if machine.is_up]
            if machines:
                self.take(chance.choice(machines))

    def take(self, machine):
        # What a command has printed counts, also where it fails in the end; one whose service is frozen is not waited for.
        process = subprocess.Popen(machine.words("dump", "--new", "--as", self.NAME), env=ENV, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        try:
            output, _ = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
        ids = [json.loads(line)["id"] for line in output.splitlines(keepends=True) if line.endswith(b"\n")]
        self.taken += ids
        self.turns += 1
        if ids:
            self.by.add(machine.name)
        return process.returncode

    def stop(self):
        """Ends it, once it has taken what is left."""
        self.ends.set()
        self.thread.join()
        return any(self.take(machine) == 0 for machine in self.machines if machine.is_up)
