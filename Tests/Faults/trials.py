"""Runs scenarios with each fault in turn, as many at a time as there are processors."""
import concurrent.futures, itertools, os, re, shutil, subprocess, tempfile, threading
from pathlib import Path
import disks, traced
from newsroom import said

HERE = Path(__file__).resolve().parent
# What a command may end with where the disk fails: sysexits.h, or the signal that ended it.
STATUSES = {0, 69, 73, 74, -9}
# (effect, kind of calls, whether all that follow are hit too, whether the command must not notice). A kill after a call is
# one before the next.
FAULTS = [
    ("ENOSPC", "changes", False, False), ("ENOSPC", "changes", True, False), ("EIO", "changes", False, False),
    ("KILL_BEFORE", "changes", False, False), ("KILL_HALF", "writes", False, False), ("EDQUOT", "writes", False, False),
    ("EROFS", "writes", True, False), ("EIO", "syncs", True, False), ("HALF", "writes", False, True),
    ("EINTR", "writes", False, True), ("EIO", "reads", False, False), ("HALF", "reads", False, True),
]


class Counter:
    """What was tried, and what of it failed: the folder of a failure is kept."""

    def __init__(self, name):
        self.name, self.runs, self.failures, self.lock = name, 0, 0, threading.Lock()

    def note(self, what, wrong, folder):
        with self.lock:
            self.runs += 1
            self.failures += bool(wrong)
            if wrong:
                print(f"faults: {what}: {'; '.join(wrong)} (kept: {folder})", flush=True)
        if not wrong:
            shutil.rmtree(folder)

    def close(self):
        print(f"faults: {self.name}: {self.runs} runs, {self.failures} failed", flush=True)
        return self.failures


def each(work, arguments):
    """Does the work on all of the arguments at once; what it raises is raised here."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda given: work(*given), arguments):
            pass


def spread(those, count, limit):
    """About `limit` of the `count`, as far from one another as they can be."""
    return itertools.islice(those, 0, None, max(1, -(-count // limit)))


def injector(work):
    library = work / "failing_calls.so"
    compiler = os.environ.get("CC", "cc" if shutil.which("cc") else "clang")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, HERE / "failing_calls.c", "-ldl"], check=True)
    return library


def unseen_calls(binary):
    """Functions that change files and that the program imports, but that the injector does not know."""
    changing = {
        "write", "pwrite", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "ftruncate64", "truncate", "fallocate",
        "posix_fallocate", "fsync", "fdatasync", "sync", "syncfs", "sync_file_range", "rename", "renameat", "renameat2",
        "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "open", "openat", "creat", "read",
        "pread", "pread64", "readv", "preadv", "copy_file_range", "sendfile", "splice", "close", "fchmod", "fchown"}
    # sendfile: Swift's runtime has it for FileManager.copyItem, which newswire does not call.
    known = set(re.findall(r"^(?:ssize_t|int) (\w+)\(", (HERE / "failing_calls.c").read_text(), re.M)) | {"sendfile"}
    symbols = subprocess.run(["nm", "-D", "--undefined-only", binary], capture_output=True, text=True, check=True).stdout
    imported = {line.split()[-1].split("@")[0] for line in symbols.splitlines()}
    return sorted((imported & changing) - known)


def failing_calls(binary, scenarios, publisher, work, limit):
    counter, library = Counter("failing calls"), injector(work)
    if unseen := unseen_calls(binary):
        counter.note("coverage", [f"failing_calls.c does not know {', '.join(unseen)}"], work)

    def trial(scenario, effect, kind, onward, is_harmless, nth):
        folder = Path(tempfile.mkdtemp(dir=work))
        room, log = scenario.stage(binary, folder, publisher), folder / "calls"
        fault = {"LD_PRELOAD": str(library), "FAULT_BELOW": str(room.disk), "FAULT_CALLS": kind, "FAULT_NTH": str(nth),
                 "FAULT_ONWARD": str(int(onward)), "FAULT_EFFECT": effect, "FAULT_LOG": str(log)}
        what = f"{scenario.name}, {effect} at {'and after ' if onward else ''}{kind} {nth}"
        try:
            done = room.run(*scenario.arguments, more=fault)
        except subprocess.TimeoutExpired:
            counter.note(what, ["it hangs"], folder)
            return 0
        calls = log.read_text().splitlines() if log.exists() else []
        if not nth:
            shutil.rmtree(folder)
            return len(calls)
        # Threads take turns otherwise than in the run that was counted, so that the last few may not come.
        if hit := next((line for line in calls if line.endswith(" HIT")), None):
            what += f" ({' '.join(hit.split()[1:-1]).replace(str(room.disk), '')})"
            wrong = scenario.holds(room, done.stdout)
            if done.returncode not in ({0} if is_harmless else STATUSES):
                wrong.append(f"it exits {done.returncode}: {said(done)}")
            counter.note(what, wrong, folder)
        else:
            shutil.rmtree(folder)
        return len(calls)

    for scenario in scenarios:
        publisher.edition = scenario.edition
        counts = {kind: trial(scenario, "EIO", kind, False, False, 0) for kind in {fault[1] for fault in FAULTS}}
        before = counter.runs
        every = [(fault, nth) for fault in FAULTS for nth in range(1, counts[fault[1]] + 1)]
        each(lambda fault, nth: trial(scenario, *fault, nth), spread(every, len(every), limit))
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        print(f"faults: {scenario.name}: {kinds}, {counter.runs - before} of {len(every)} runs", flush=True)
    return counter.close()


def power_losses(binary, scenarios, publisher, work, limit):
    counter = Counter("power losses")

    def judge(scenario, number, state):
        folder = Path(tempfile.mkdtemp(dir=work))
        room = scenario.stage(binary, folder, publisher)
        shutil.rmtree(room.disk)
        state.write(room.disk)
        try:
            wrong = scenario.holds(room, state.said)
        except subprocess.TimeoutExpired as error:
            wrong = [f"{error.cmd[1]} hangs"]
        if wrong:
            state.write(folder / "state")       # as it was before it was opened
        counter.note(f"{scenario.name}, state {number}: {state}", wrong, folder)

    for scenario in scenarios:
        publisher.edition = scenario.edition
        folder = Path(tempfile.mkdtemp(dir=work))
        room, log = scenario.stage(binary, folder, publisher), folder / "log"
        before = shutil.copytree(room.disk, folder / "before")
        done = subprocess.run(
            [*traced.COMMAND, log, binary, *room.command(*scenario.arguments)], capture_output=True, timeout=300)
        if done.returncode:
            counter.note(scenario.name, [f"under strace it exits {done.returncode}: {said(done)}"], folder)
            continue
        try:
            trace = traced.Trace(log, room.disk, before)
        except traced.Unreadable as error:
            counter.note(scenario.name, [f"its calls cannot be judged: {error}"], folder)
            continue
        if wrong := disagreement(trace, room.disk):
            counter.note(scenario.name, [f"the trace ends otherwise than the disk: {wrong}"], folder)
            continue
        runs, count = counter.runs, sum(1 for _ in disks.states(trace))
        each(lambda number, state: judge(scenario, number, state), spread(enumerate(disks.states(trace)), count, limit))
        print(f"faults: {scenario.name}: {len(trace.of(traced.Change))} changes, {len(trace.of(traced.Barrier))} syncs, "
              f"{counter.runs - runs} of {count} states", flush=True)
        shutil.rmtree(folder)
    return counter.close()


def disagreement(trace, disk):
    """Where all changes together are not what is on the disk, the trace was misread, and no state of it means anything."""
    there = {str(path.relative_to(disk)): None if path.is_dir() else path.read_bytes() for path in disk.rglob("*")}
    expected = dict(disks.tree_of(trace, [(change, "whole") for change in trace.of(traced.Change)]))
    return sorted(path for path in there.keys() | expected.keys() if there.get(path, 0) != expected.get(path, 0))
