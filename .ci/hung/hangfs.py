#!/usr/bin/env python3
"""Mounts a folder whose contents are another folder's, and which stops answering when it is told to, as a network mount
does whose server is gone. It speaks the kernel's FUSE protocol itself (linux/fuse.h, version 7.31): no library is needed.

usage: hangfs.py BACKING MOUNTPOINT     as root; a line `hang` or `go` on standard input is answered with a line
"""
import ctypes, errno, os, select, struct, sys

HEADER = struct.Struct("<IIQQIIII")
FORGET, INTERRUPT, FORGET_MANY = 2, 36, 42      # nobody waits for an answer to these


def attributes(status, node):
    return struct.pack(
        "<6Q10I", node, status.st_size, status.st_blocks, int(status.st_atime), int(status.st_mtime),
        int(status.st_ctime), 0, 0, 0, status.st_mode, status.st_nlink, status.st_uid, status.st_gid, 0, 4096, 0)


def first_name(body):
    return body.split(b"\0")[0].decode()


class Mirror:
    """Answers requests from the backing folder. Nothing is cached, so that everything asks. What was opened stays open: it
    lives for a minute."""

    def __init__(self, backing):
        self.paths, self.nodes, self.handles = {1: backing}, {backing: 1}, {}

    def node(self, path):
        if path not in self.nodes:
            node = len(self.paths) + 1
            self.nodes[path], self.paths[node] = node, path
        return self.nodes[path]

    def entry(self, path):
        node = self.node(path)
        return struct.pack("<4QII", node, 0, 0, 0, 0, 0) + attributes(os.lstat(path), node)

    def handle(self, what):
        number = len(self.handles) + 1
        self.handles[number] = what
        return number

    def answer(self, operation, node, body):
        method = self.OPERATIONS.get(operation)
        if method is None:
            raise OSError(errno.ENOSYS, "not known")
        return method(self, node, self.paths.get(node, ""), body)

    def init(self, node, path, body):
        return struct.pack("<4I2H2I2H8I", 7, 31, 65536, 0, 12, 9, 131072, 1, 1, 0, *[0] * 8)[:64]

    def lookup(self, node, path, body):
        return self.entry(os.path.join(path, first_name(body)))

    def getattr(self, node, path, body):
        return struct.pack("<QII", 0, 0, 0) + attributes(os.lstat(path), node)

    def setattr(self, node, path, body):
        valid, _, _, size = struct.unpack_from("<IIQQ", body)
        mode, _, user, group = struct.unpack_from("<4I", body, 68)
        if valid & 8:
            os.truncate(path, size)
        if valid & 1:
            os.chmod(path, mode & 0o7777)
        if valid & 6:
            os.chown(path, user if valid & 2 else -1, group if valid & 4 else -1)
        return self.getattr(node, path, body)

    def readlink(self, node, path, body):
        return os.readlink(path).encode()

    def symlink(self, node, path, body):
        name, target = body.split(b"\0")[:2]
        link = os.path.join(path, name.decode())
        os.symlink(target.decode(), link)
        return self.entry(link)

    def mknod(self, node, path, body):
        mode, device = struct.unpack_from("<II", body)
        made = os.path.join(path, first_name(body[16:]))
        os.mknod(made, mode, device)
        return self.entry(made)

    def mkdir(self, node, path, body):
        made = os.path.join(path, first_name(body[8:]))
        os.mkdir(made, struct.unpack_from("<I", body)[0])
        return self.entry(made)

    def unlink(self, node, path, body):
        os.unlink(os.path.join(path, first_name(body)))
        return b""

    def rmdir(self, node, path, body):
        os.rmdir(os.path.join(path, first_name(body)))
        return b""

    def move(self, path, folder, names):
        old, new = [name.decode() for name in names.split(b"\0")[:2]]
        source, target = os.path.join(path, old), os.path.join(self.paths[folder], new)
        os.rename(source, target)
        node = self.nodes.pop(source, None)
        if node:
            self.nodes[target], self.paths[node] = node, target
        return b""

    def rename(self, node, path, body):
        return self.move(path, struct.unpack_from("<Q", body)[0], body[8:])

    def rename2(self, node, path, body):
        return self.move(path, struct.unpack_from("<Q", body)[0], body[16:])

    def open(self, node, path, body):
        flags = struct.unpack_from("<I", body)[0] & ~(os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_APPEND)
        return struct.pack("<QII", self.handle(os.open(path, flags)), 1, 0)

    def create(self, node, path, body):
        flags, mode = struct.unpack_from("<II", body)
        made = os.path.join(path, first_name(body[16:]))
        descriptor = os.open(made, (flags | os.O_CREAT) & ~os.O_NOFOLLOW, mode)
        return self.entry(made) + struct.pack("<QII", self.handle(descriptor), 1, 0)

    def read(self, node, path, body):
        number, offset, size = struct.unpack_from("<QQI", body)
        return os.pread(self.handles[number], size, offset)

    def write(self, node, path, body):
        number, offset, size = struct.unpack_from("<QQI", body)
        return struct.pack("<II", os.pwrite(self.handles[number], body[40:40 + size], offset), 0)

    def opendir(self, node, path, body):
        return struct.pack("<QII", self.handle(os.listdir(path)), 0, 0)

    def readdir(self, node, path, body):
        number, offset, size = struct.unpack_from("<QQI", body)
        answer = b""
        for place, name in list(enumerate(self.handles[number]))[offset:]:
            name = name.encode()
            entry = struct.pack("<QQII", 999_999, place + 1, len(name), 0) + name
            entry += bytes(-len(entry) % 8)
            if len(answer) + len(entry) > size:
                break
            answer += entry
        return answer

    def statfs(self, node, path, body):
        return struct.pack("<5Q4I", 1 << 20, 1 << 19, 1 << 19, 1 << 20, 1 << 19, 4096, 255, 4096, 0) + bytes(24)

    def nothing(self, node, path, body):
        return b""

    # Not FLUSH: a process that ends waits for the answer, and cannot be killed meanwhile.
    OPERATIONS = {
        1: lookup, 3: getattr, 4: setattr, 5: readlink, 6: symlink, 8: mknod, 9: mkdir, 10: unlink, 11: rmdir,
        12: rename, 14: open, 15: read, 16: write, 17: statfs, 18: nothing, 20: nothing, 26: init,
        27: opendir, 28: readdir, 29: nothing, 30: nothing, 35: create, 45: rename2}


def main():
    backing, mountpoint = sys.argv[1:]
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40755,user_id=0,group_id=0,allow_other"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"hangfs", mountpoint.encode(), b"fuse.hangfs", 0, options.encode()) != 0:
        sys.exit(f"mounting {mountpoint}: {os.strerror(ctypes.get_errno())}")
    print("mounted", flush=True)
    mirror, hangs, is_told = Mirror(backing), False, True
    while True:
        sources = ([0] if is_told else []) + ([] if hangs else [device])
        ready, _, _ = select.select(sources, [], [])
        if 0 in ready:
            line = os.read(0, 100).decode().strip()
            hangs, is_told = line == "hang", line != ""
            if is_told:
                print("hanging" if hangs else "going", flush=True)
            continue
        try:
            request = os.read(device, 1 << 20)
        except OSError as error:
            if error.errno == errno.ENODEV:
                return
            continue
        length, operation, unique, node, *_ = HEADER.unpack_from(request)
        if operation in (FORGET, INTERRUPT, FORGET_MANY):
            continue
        try:
            answer, failure = mirror.answer(operation, node, request[HEADER.size:length]), 0
        except OSError as error:
            answer, failure = b"", -(error.errno or errno.EIO)
        try:
            os.write(device, struct.pack("<IiQ", 16 + len(answer), failure, unique) + answer)
        except OSError:
            # Whoever has asked is gone.
            pass


main()
