"""Scripts of faults: what each word does, the one that is played by default, and made-up ones."""
import concurrent.futures, random, sys, time
from network import ENGINE

WHOLE = ("wait:10 kill:1 wait:20 start:1 wait:15 freeze:2:15 wait:15 cut:0:15 wait:15 cutall:1:15 wait:15 engine:5 wait:20 leave:2 "
         "wait:10 start:3 wait:20 standby wait:5 engine:5:3 wait:30 start:3 wait:15 power:0 wait:20 start:0 wait:15 standby "
         "wait:5 powerall wait:40 diverge:5 wait:20").split()


class Player:
    """Plays a script on a fleet."""

    def __init__(self, machines, network, engine):
        self.machines, self.network, self.engine = machines, network, engine
        self.begin = time.monotonic()
        # Machines that were lost, as (what happened, when, its number, how long the engine was away); and when which machine went on
        # that had been frozen or cut off.
        self.losses, self.returns = [], []

    def play(self, faults):
        with concurrent.futures.ThreadPoolExecutor() as beside:
            running = []
            for fault in faults:
                print(f"{time.monotonic() - self.begin:6.1f} {fault}", flush=True)
                word, *numbers = fault.rstrip("&").split(":")
                if not hasattr(self, f"do_{word}"):
                    sys.exit(f"check-fleet: unknown fault {fault}")
                act, numbers = getattr(self, f"do_{word}"), [int(n) for n in numbers]
                if fault.endswith("&"):
                    running.append(beside.submit(act, *numbers))
                else:
                    act(*numbers)
            for act in running:
                act.result()

    def lost(self, machine, away=0):
        # Nobody takes over what nobody else is there for.
        if any(m.is_up for m in self.machines):
            what = f"{machine.name}, lost at {time.monotonic() - self.begin:.1f}" + (f" with the engine for {away} s" if away else "")
            self.losses.append((what, time.monotonic(), machine.number, away))

    def do_wait(self, seconds):
        time.sleep(seconds)

    def do_kill(self, number, away=0):
        self.machines[number].kill()
        self.lost(self.machines[number], away)

    def do_start(self, number):
        machine = self.machines[number]
        if not machine.has_store:
            machine.copy_store(next(m for m in self.machines if m.is_up))
        machine.start()

    def do_leave(self, number):
        self.machines[number].leave()

    def do_freeze(self, number, seconds):
        self.machines[number].freeze()
        time.sleep(seconds)
        self.returns.append((time.monotonic(), number))
        self.machines[number].thaw()

    def do_cut(self, number, seconds, address=ENGINE):
        self.network.cut(number, address)
        time.sleep(seconds)
        self.returns.append((time.monotonic(), number))
        self.network.heal(number)

    def do_cutall(self, number, seconds):
        self.do_cut(number, seconds, address=None)

    def do_engine(self, seconds, number=None):
        self.engine.fail_over(seconds, lambda: number is None or self.do_kill(number, seconds))

    def do_standby(self):
        self.engine.add_standby()

    def do_power(self, number):
        self.machines[number].stop()
        self.machines[number].lose_power()
        self.lost(self.machines[number])

    def do_powerall(self):
        """Of all machines and both servers of the engine at the same moment."""
        up = [machine for machine in self.machines if machine.has_to_run]
        servers = [number for number in (0, 1) if self.engine.is_up(number)]
        self.engine.stop(servers)
        for machine in up:
            machine.stop()
        self.engine.lose_power(servers)
        for machine in up:
            machine.lose_power()
        # A primary that waits for its standby answers all the same; a standby wants a primary.
        for number in sorted(servers, key=lambda n: n != self.engine.primary):
            self.engine.start(number)
        for machine in up:
            machine.start()

    def do_diverge(self, seconds):
        """The engine loses what it acknowledged in the last seconds."""
        up = [machine for machine in self.machines if machine.has_to_run]
        print(f"       {self.engine.lose_end(seconds)}", flush=True)
        for machine in up:
            machine.rejoin()


def by_chance(seed):
    """A script from a seed. Each machine lives at some time, one always does, and at the end all do."""
    chance = random.Random(seed)
    faults, now, down, has_standby = [], 0, set(), True
    busy = {}       # until when a machine is in the middle of something

    def wait(seconds):
        nonlocal now
        faults.append(f"wait:{seconds}")
        now += seconds

    while now < 100:
        idle = [m for m in range(3) if m not in down and busy.get(m, 0) <= now]
        healthy = [m for m in idle if sum(n not in down and busy.get(n, 0) <= now for n in range(3)) > 1]
        word = chance.choice(["kill", "power", "leave", "freeze", "freeze", "cut", "cutall", "start", "start", "engine", "powerall"])
        if word in ("kill", "power", "leave") and healthy:
            machine = chance.choice(healthy)
            faults.append(f"{word}:{machine}")
            down.add(machine)
        elif word in ("freeze", "cut", "cutall") and idle:
            machine, seconds = chance.choice(idle), chance.randint(2, 14)
            # Beside what comes next.
            faults.append(f"{word}:{machine}:{seconds}&")
            busy[machine] = now + seconds + 1
        elif word == "start" and down:
            machine = chance.choice(sorted(down))
            faults.append(f"start:{machine}")
            down.discard(machine)
        elif word == "engine" and has_standby:
            seconds = chance.randint(1, 8)
            if healthy and chance.random() < 0.5:
                machine = chance.choice(healthy)
                faults.append(f"engine:{seconds}:{machine}")
                down.add(machine)
            else:
                faults.append(f"engine:{seconds}")
            now += seconds
            has_standby = False
        elif word == "engine":
            faults.append("standby")
            has_standby = True
        elif word == "powerall" and len(idle) == 3 - len(down):
            faults.append("powerall")
        else:
            continue
        wait(chance.randint(2, 12))
    wait(15)
    for machine in sorted(down):
        faults.append(f"start:{machine}")
    wait(20)
    return faults
