"""The states of a disk that a power loss could leave behind, for a program's trace (traced.py).

What counts as safe is what POSIX promises and no more: bytes of a file after fsync or fdatasync of that file, names after
fsync of their folder. Everything else may have reached the disk or not, in any order; a write may have arrived torn, without
its beginning, or as a length without bytes. One thing is counted on beyond that: a disk writes a sector whole or not at all, so
that bytes within one sector which take the place of others are the old ones or the new ones (docs/store.md).
"""
import hashlib, random
from traced import Barrier, Change, Saying


class State:
    """What is on the disk, and what had been said outside before the power went."""

    def __init__(self, moment, kept, said, tree):
        self.moment, self.kept, self.said, self.tree = moment, kept, said, tree

    def key(self):
        digest = hashlib.sha256()
        for path, data in self.tree:
            digest.update(repr((path, None if data is None else len(data))).encode())
            digest.update(data or b"")
        return digest.digest(), len(self.said)

    def write(self, folder):
        folder.mkdir()
        for path, data in self.tree:
            if data is None:
                (folder / path).mkdir()
            else:
                (folder / path).write_bytes(data)

    def __str__(self):
        return f"power lost {self.moment}, on the disk: {self.kept}"


SECTOR = 512


def arrived(change, length, how):
    """What of a write's bytes has arrived, as (where it begins, bytes), and up to where the file was made longer for it.
    What has not arrived is as it was: old bytes where there were some, zeros beyond the old end.

    `length` is that of the file before."""
    data, end = change.data, change.at + len(change.data)
    if end <= length and data and change.at // SECTOR == (end - 1) // SECTOR and how != "whole":
        return 0, b"", len(data)
    half, page = len(data) // 2, max(1, (len(data) - 1) // 4096 * 4096)
    if how == "torn":
        return 0, data[:half], half
    if how == "torn at a page":
        return 0, data[:page], page
    if how == "all but the beginning":
        return min(4096, half), data[min(4096, half):], len(data)
    if how == "the length alone":
        return 0, b"", len(data)
    return 0, data, len(data)


PARTS = ("torn", "torn at a page", "all but the beginning", "the length alone")


def tree_of(trace, applied):
    """The files and folders after the changes of `applied`, a list of (change, how), over what was there before."""
    names = {folder: dict(children) for folder, children in trace.first_names.items()}
    content = {}

    def bytes_of(node):
        return content.setdefault(node, bytearray(trace.content.get(node, b"")))

    for change, how in applied:
        if change.kind == "write":
            file = bytes_of(change.node)
            begin, data, length = arrived(change, len(file), how)
            file.extend(bytes(max(0, change.at + length - len(file))))
            file[change.at + begin:change.at + begin + len(data)] = data
        elif change.kind == "resize":
            file = bytes_of(change.node)
            del file[change.size:]
            file.extend(bytes(change.size - len(file)))
        if change.left and names[change.left[0]].get(change.left[1]) is change.node:
            del names[change.left[0]][change.left[1]]
        if change.place:
            names[change.place[0]][change.place[1]] = change.node

    def walk(folder, above):
        for name, node in sorted(names[folder].items()):
            if node.is_folder:
                yield above + name, None
                yield from walk(node, above + name + "/")
            else:
                yield above + name, bytes(content[node] if node in content else trace.content.get(node, b""))
    return list(walk(trace.top, ""))


def selections(pending, draw, mixes):
    """Which of the changes that nothing has made safe have arrived: (in words, {change: how})."""
    everything = {change: "whole" for change in pending}
    yield "all that was written", everything
    if not pending:
        return
    names = [change for change in pending if not change.is_data]
    data = [change for change in pending if change.is_data]
    yield "nothing that was not synced", {}
    yield "names without data", dict.fromkeys(names, "whole")
    yield "data without names", dict.fromkeys(data, "whole")
    for count in range(1, len(pending)):
        yield f"all up to {pending[count - 1].text}", dict.fromkeys(pending[:count], "whole")
    # A journal that keeps names in order, with all of the data or none of it.
    for count in range(1, len(names)):
        yield f"names up to {names[count - 1].text}", dict.fromkeys(names[:count], "whole")
        yield f"data, and names up to {names[count - 1].text}", dict.fromkeys(data + names[:count], "whole")
    for change in pending:
        yield f"all but {change.text}", {other: how for other, how in everything.items() if other is not change}
        yield f"only {change.text}", {change: "whole"}
        if change.kind == "write":
            for how in PARTS:
                yield f"all, but {how} of {change.text}", everything | {change: how}
    # File by file: each ahead of the others, and each behind them.
    for node in dict.fromkeys(change.node for change in data):
        own = [change for change in data if change.node is node]
        yield f"of data only that of the file of {own[0].text}", dict.fromkeys(names + own, "whole")
        yield f"all but the data of the file of {own[0].text}", {
            change: how for change, how in everything.items() if change not in own}
    for number in range(mixes):
        yield f"mix {number}", {
            change: draw.choice(("whole", "whole", *PARTS)) if change.kind == "write" else "whole"
            for change in pending if draw.random() < 0.6}


def moments(trace):
    """(line, in words) at which it matters whether the power goes: around each barrier, after each saying, at the end."""
    found = {}
    for event in trace.events:
        if isinstance(event, Barrier):
            found[event.began - 0.5] = f"before {event.text}"
            found[event.ended + 0.5] = f"after {event.text}"
        elif isinstance(event, Saying):
            found[event.ended + 0.5] = f"after it said {event.data[:60]!r}"
    if trace.events:
        found[max(event.ended for event in trace.events) + 1] = "at the end"
    return sorted(found.items())


def states(trace, seed=1, mixes=4):
    """Each state once, in the order of time."""
    draw, seen = random.Random(seed), set()
    changes, barriers, sayings = trace.of(Change), trace.of(Barrier), trace.of(Saying)
    for line, moment in moments(trace):
        safe = {change for barrier in barriers if barrier.ended < line for change in barrier.covers}
        done = [change for change in changes if change.ended < line]
        said = b"".join(saying.data for saying in sayings if saying.ended < line)
        for kept, chosen in selections([change for change in done if change not in safe], draw, mixes):
            applied = [(change, chosen.get(change, "whole")) for change in done if change in safe or change in chosen]
            state = State(moment, kept, said, tree_of(trace, applied))
            if (key := state.key()) not in seen:
                seen.add(key)
                yield state
