"""What a program did to a folder, read from a log of strace: changes, what was made durable, and what was said outside.

The log is made with COMMAND before the program and its arguments, and holds one process with all its threads. Files are
told by the open descriptors that lead to them, so that renames and removals do not confuse them.
"""
import dataclasses, os, re
from pathlib import Path

COMMAND = ["strace", "-f", "-xx", "-s", "16777216", "-e", "trace=%file,%desc,%memory,sync", "-e", "signal=none", "-o"]


class Unreadable(Exception):
    """The log holds something that this module cannot turn into states of a disk, so that nothing is claimed."""


@dataclasses.dataclass(eq=False)
class Node:
    """A file or a folder of the traced tree, whatever it is called."""
    is_folder: bool


@dataclasses.dataclass(eq=False)
class Change:
    """One call that changed the tree: the bytes of a file, or a name in a folder.

    kind: write, resize, name or unname. A rename is both of the last in one, as one entry of a journal is: `left` is the
    name that goes. `began` and `ended` are lines of the log."""
    kind: str
    began: int
    ended: int
    node: Node
    text: str
    at: int = 0
    data: bytes = b""
    size: int = 0
    place: tuple = None
    left: tuple = None

    @property
    def is_data(self):
        return self.kind in ("write", "resize")

    @property
    def folders(self):
        return [place[0] for place in (self.place, self.left) if place]


@dataclasses.dataclass(eq=False)
class Barrier:
    """A call after which all of `covers` is on the disk."""
    began: int
    ended: int
    covers: list
    text: str


@dataclasses.dataclass(eq=False)
class Saying:
    """Bytes that the program has put onto its standard output: who reads them relies on what they say."""
    ended: int
    data: bytes


@dataclasses.dataclass(eq=False)
class Opened:
    node: Node
    at: int = 0
    appends: bool = False
    syncs: bool = False


def unhex(text):
    return bytes.fromhex(text.replace("\\x", ""))


def calls(lines):
    """(line it began at, line it ended at, name, arguments, result) of each call, in the order of their ends.

    A close counts when it begins: its number may be given to another file of another thread before it has ended."""
    waiting = {}
    for number, line in enumerate(lines):
        match = re.match(r"(?:(\d+)\s+)?(.*)", line.rstrip("\n"))
        thread, rest = match.groups()
        began = number
        if rest.endswith("<unfinished ...>"):
            waiting[thread] = (number, rest[:-len("<unfinished ...>")].rstrip())
            if match := re.match(r"close\((\d+)", rest):
                del waiting[thread]
                yield number, number, "close", match.group(1), 0
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>\s?(.*)", rest)
        if resumed:
            if thread not in waiting:
                continue
            began, head = waiting.pop(thread)
            rest = head + resumed.group(1)
        match = re.match(r"(\w+)\((.*)\)\s+= (-?\d+|\?|0x[0-9a-f]+)", rest)
        if match and match.group(3) != "?":
            yield began, number, match.group(1), match.group(2), int(match.group(3), 0)


class Trace:
    """The story of the folder `root`: what was there before, then events in order.

    before: what `root` held when the program started; None for nothing."""

    def __init__(self, log, root, before=None):
        self.root = os.path.realpath(root)
        self.top = Node(True)
        self.names = {self.top: {}}              # as the program sees it: names of each folder
        self.sizes, self.content = {}, {}        # of each file; content: what was there before
        self.opened, self.events = {}, []
        if before:
            self._load(Path(before), self.top)
        self.first_names = {folder: dict(names) for folder, names in self.names.items()}
        with open(log) as lines:
            for call in calls(lines):
                self._call(*call)

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def _load(self, folder, node):
        for path in sorted(folder.iterdir()):
            child = Node(path.is_dir())
            self.names[node][path.name] = child
            if child.is_folder:
                self.names[child] = {}
                self._load(path, child)
            else:
                self.content[child] = path.read_bytes()
                self.sizes[child] = len(self.content[child])

    # Where things are

    def _find(self, path):
        """(folder, name) of a path below the root; None outside of it. The root is (None, "")."""
        folder, name = os.path.split(os.path.normpath(path))
        path = os.path.join(os.path.realpath(folder), name)
        if path == self.root:
            return None, ""
        if not path.startswith(self.root + "/"):
            return None
        *folders, name = path[len(self.root) + 1:].split("/")
        node = self.top
        for part in folders:
            node = self.names.get(node, {}).get(part)
            if node is None:
                return None
        return node, name

    def _node(self, place):
        return self.top if place == (None, "") else self.names[place[0]].get(place[1])

    def _places(self, arguments):
        """The places that the paths among the arguments name; a descriptor before a path is the folder that it is below."""
        found = []
        for folder, text in re.findall(r'(?:(AT_FDCWD|\d+), )?"((?:\\x[0-9a-f]{2})*)"', arguments):
            path = os.fsdecode(unhex(text))
            if folder.isdigit() and not path.startswith("/"):
                opened = self.opened.get(int(folder))
                found.append((opened.node, path) if opened and "/" not in path else None)
            elif path.startswith("/"):
                found.append(self._find(path))
            else:
                found.append(None)               # the program runs outside of the root
        return found

    # What happens

    def _change(self, *arguments, **more):
        change = Change(*arguments, **more)
        if change.kind == "write":
            self.sizes[change.node] = max(self.sizes.get(change.node, 0), change.at + len(change.data))
        elif change.kind == "resize":
            self.sizes[change.node] = change.size
        if change.left:
            del self.names[change.left[0]][change.left[1]]
        if change.place:
            self.names[change.place[0]][change.place[1]] = change.node
        self.events.append(change)
        return change

    def _barrier(self, began, ended, text, is_covered):
        done = [change for change in self.of(Change) if change.ended < began and is_covered(change)]
        self.events.append(Barrier(began, ended, done, text))

    def _call(self, began, ended, name, arguments, result):
        handler = getattr(self, "_" + self.same.get(name, name), None)
        if handler and result >= 0:
            handler(began, ended, f"{name} in line {ended + 1}", arguments, result)

    same = {
        "openat": "open", "creat": "open", "openat2": "open", "writev": "write", "pwrite64": "pwrite",
        "pwritev": "pwrite", "pwritev2": "pwrite", "fdatasync": "fsync", "syncfs": "sync", "renameat": "rename",
        "renameat2": "rename", "linkat": "link", "unlinkat": "unlink", "rmdir": "unlink", "mkdirat": "mkdir",
        "dup2": "dup", "dup3": "dup", "fcntl": "dup", "readv": "read", "sendfile": "copy_file_range",
        "splice": "copy_file_range", "symlinkat": "symlink",
    }

    def _descriptor(self, arguments):
        match = re.match(r"(\d+)", arguments)
        return self.opened.get(int(match.group(1))) if match else None

    def _open(self, began, ended, text, arguments, result):
        place = next(iter(self._places(arguments)), None)
        self.opened.pop(result, None)
        if place is None:
            return
        if "O_TMPFILE" in arguments:
            raise Unreadable(f"O_TMPFILE ({text})")
        node = self._node(place)
        if node is None:
            node = Node(False)
            self.sizes[node] = 0
            self._change("name", began, ended, node, f"{text} makes {place[1]}", place=place)
        elif ("O_TRUNC" in arguments or text.startswith("creat")) and self.sizes.get(node):
            self._change("resize", began, ended, node, f"{text} empties {place[1]}", size=0)
        self.opened[result] = Opened(
            node, appends="O_APPEND" in arguments, syncs=re.search(r"\bO_D?SYNC\b", arguments) is not None)

    def _close(self, began, ended, text, arguments, result):
        self.opened.pop(int(arguments), None)

    def _dup(self, began, ended, text, arguments, result):
        if text.startswith("fcntl") and "F_DUPFD" not in arguments:
            return
        opened = self._descriptor(arguments)
        self.opened.pop(result, None)
        if opened:
            self.opened[result] = opened

    def _read(self, began, ended, text, arguments, result):
        opened = self._descriptor(arguments)
        if opened:
            opened.at += result

    def _lseek(self, began, ended, text, arguments, result):
        opened = self._descriptor(arguments)
        if opened:
            opened.at = result

    def _write(self, began, ended, text, arguments, result):
        opened = self._descriptor(arguments)
        at = None
        if opened:
            at = self.sizes[opened.node] if opened.appends else opened.at
            opened.at = at + result
        self._written(began, ended, text, arguments, result, opened, at)

    def _pwrite(self, began, ended, text, arguments, result):
        numbers = re.search(r", (\d+)(?:, (?:0|RWF_\w+))?$" if text.startswith("pwritev2") else r", (\d+)$", arguments)
        self._written(began, ended, text, arguments, result, self._descriptor(arguments), int(numbers.group(1)))

    def _written(self, began, ended, text, arguments, result, opened, at):
        data = b"".join(unhex(part) for part in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments))[:result]
        if opened is None:
            if arguments.startswith("1, "):
                self.events.append(Saying(ended, data))
            return
        if len(data) < result:
            raise Unreadable(f"strace has cut the bytes of a write short ({text})")
        change = self._change("write", began, ended, opened.node, f"{text}: {result} bytes at {at}", at=at, data=data)
        if opened.syncs:
            self.events.append(Barrier(began, ended, [change], text))

    def _ftruncate(self, began, ended, text, arguments, result):
        opened = self._descriptor(arguments)
        if opened:
            size = int(arguments.rsplit(", ", 1)[1])
            self._change("resize", began, ended, opened.node, f"{text} to {size}", size=size)

    def _fallocate(self, began, ended, text, arguments, result):
        opened = self._descriptor(arguments)
        if not opened:
            return
        _, mode, at, length = arguments.split(", ")
        end = int(at) + int(length)
        if mode == "0" and end > self.sizes[opened.node]:
            self._change("resize", began, ended, opened.node, f"{text} to {end}", size=end)
        elif mode not in ("0", "FALLOC_FL_KEEP_SIZE"):
            raise Unreadable(f"fallocate {mode} ({text})")

    def _rename(self, began, ended, text, arguments, result):
        source, target = self._places(arguments)
        if source is None and target is None:
            return
        if source is None or target is None or "RENAME_EXCHANGE" in arguments:
            raise Unreadable(f"a rename over the edge of the folder, or an exchange ({text})")
        node = self._node(source)
        self._change("name", began, ended, node, f"{text}: {source[1]} to {target[1]}", place=target, left=source)

    def _link(self, began, ended, text, arguments, result):
        source, target = self._places(arguments)
        if source and target:
            self._change("name", began, ended, self._node(source), f"{text} to {target[1]}", place=target)

    def _unlink(self, began, ended, text, arguments, result):
        place = self._places(arguments)[0]
        if place:
            self._change("unname", began, ended, self._node(place), f"{text} of {place[1]}", left=place)

    def _mkdir(self, began, ended, text, arguments, result):
        place = self._places(arguments)[0]
        if place and place[0]:
            node = Node(True)
            self.names[node], self.first_names[node] = {}, {}
            self._change("name", began, ended, node, f"{text} of {place[1]}", place=place)

    def _fsync(self, began, ended, text, arguments, result):
        opened = self._descriptor(arguments)
        if opened:
            self._barrier(
                began, ended, text,
                lambda change: change.node is opened.node if change.is_data else opened.node in change.folders)

    def _sync(self, began, ended, text, arguments, result):
        self._barrier(began, ended, text, lambda change: True)

    def _symlink(self, began, ended, text, arguments, result):
        if self._places(arguments)[-1]:
            raise Unreadable(f"a symbolic link ({text})")

    def _mmap(self, began, ended, text, arguments, result):
        match = re.search(r"PROT_WRITE.*MAP_SHARED\b.*, (\d+), \S+$", arguments)
        if match and int(match.group(1)) in self.opened:
            raise Unreadable(f"a shared mapping that may be written ({text})")

    def _copy_file_range(self, began, ended, text, arguments, result):
        if any(int(number) in self.opened for number in re.findall(r"(?:^|, )(\d+)(?=,)", arguments)[:2]):
            raise Unreadable(f"a copy inside the kernel ({text})")
