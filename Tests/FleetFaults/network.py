"""Namespaces for the network, and disks whose power can be lost, for the machines of a fleet and what they talk to."""
import fcntl, os, struct, subprocess, sys, time
from pathlib import Path

MACHINES = 4
ENGINE, WEB = "10.77.0.1", "10.77.0.2"
ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "SWIFT_BACKTRACE": "enable=no"}


def sh(command, check=True):
    result = subprocess.run(command, shell=True, env=ENV, capture_output=True, text=True)
    if check and result.returncode:
        sys.exit(f"check-fleet: {command}: {result.stderr.strip()}")
    return result.stdout


def inside(name, *words):
    """The words that run a command in a namespace of the network. It has no mounts of its own: they would keep a disk in use."""
    return ["nsenter", f"--net=/run/netns/{name}", *words]


class Network:
    """A switch, and a namespace for the engine, for the publishers and for each machine. The switch is the gateway of all: asked for
    each address by itself it would answer up to 0.8 s late, and the next request to a host would seem too soon."""
    switch, engine, web = "nwf_sw", "nwf_db", "nwf_web"

    def __init__(self):
        self.machines = [f"nwf_n{i}" for i in range(MACHINES)]
        places = {self.engine: ENGINE, self.web: WEB, **{n: self.address(i) for i, n in enumerate(self.machines)}}
        self.close()
        for name in [self.switch, *places]:
            sh(f"ip netns add {name} && ip netns exec {name} ip link set lo up")
        sh(f"ip netns exec {self.switch} sysctl -qw net.ipv4.ip_forward=1")
        for number, (name, address) in enumerate(places.items()):
            port = f"nwf{number}"
            sh(f"""ip link add {port} netns {self.switch} type veth peer name eth0 netns {name}
                ip netns exec {self.switch} ip addr add 10.78.{number}.1/32 dev {port}
                ip netns exec {self.switch} ip link set {port} up
                ip netns exec {name} ip addr add {address}/32 dev eth0
                ip netns exec {name} ip link set eth0 up
                ip netns exec {name} ip route add default via 10.78.{number}.1 dev eth0 onlink
                ip netns exec {self.switch} ip route add {address}/32 dev {port}""")
            if name == self.web:
                sh(f"ip netns exec {self.switch} ip route add 10.77.1.0/24 via {address} dev {port} onlink")
                # Each address of the network is this machine's, so that each host has one of its own.
                sh(f"ip netns exec {name} ip route add local 10.77.1.0/24 dev lo")

    @staticmethod
    def address(machine):
        return f"10.77.0.{10 + machine}"

    def cut(self, machine, address=None):
        """Drops in the switch, in silence, what the machine sends to an address, or to all."""
        to = f"to {address}/32" if address else ""
        sh(f"ip netns exec {self.switch} ip rule add priority {100 + machine} from {self.address(machine)}/32 {to} blackhole")

    def heal(self, machine):
        # What it had sent before goes with its connections, also with those that have come about on its side alone: it would
        # come now, and seem to have been sent now.
        sh(f"ip netns exec {self.machines[machine]} ss -K dst 10.77.1.0/24")
        sh(f"ip netns exec {self.web} ss -K dst {self.address(machine)}")
        sh(f"ip netns exec {self.switch} ip rule del priority {100 + machine}")

    def forget(self, name):
        """Lets the connections of a machine that has lost its power be gone, whose ends nobody is told of while it is cut off."""
        sh(f"ip netns exec {name} ss -K")

    def close(self):
        for name in [self.switch, self.engine, self.web, *getattr(self, "machines", [])]:
            sh(f"ip netns del {name}", check=False)


class Disk:
    """A file system of its own whose power can be lost: the kernel then lets go of all that is not durable, the journal too."""
    SHUTDOWN, WITHOUT_JOURNAL = 0x8004587D, 2       # EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH
    disks = []

    def __init__(self, folder, megabytes):
        self.folder, self.image = folder, f"{folder}.img"
        os.makedirs(folder)
        with open(self.image, "wb") as file:
            file.truncate(megabytes << 20)
        sh(f"mkfs.ext4 -q -F -E root_owner=0:0 {self.image}")
        self.mount()
        Disk.disks.append(self)

    def mount(self):
        # Nothing becomes durable by the time that goes by: what has to be is asked for.
        sh(f"mount -o loop,commit=300 {self.image} {self.folder}")

    def unmount(self):
        for _ in range(100):
            if not subprocess.run(["umount", self.folder], env=ENV, capture_output=True).returncode:
                return
            time.sleep(0.1)
        sys.exit(f"check-fleet: {self.folder} is in use")

    def lose_power(self):
        folder = os.open(self.folder, os.O_RDONLY)
        fcntl.ioctl(folder, self.SHUTDOWN, struct.pack("I", self.WITHOUT_JOURNAL))
        os.close(folder)

    def recover(self):
        self.unmount()
        self.mount()

    @classmethod
    def close(cls):
        for disk in cls.disks:
            disk.unmount()
            Path(disk.image).unlink()
