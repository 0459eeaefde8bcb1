"""The engine of the fleet: PostgreSQL with TLS, a primary and its synchronous standby, each with a disk of its own."""
import glob, os, pwd, shutil, signal, subprocess, sys, time
from pathlib import Path
from network import ENGINE, ENV, Disk, Network, inside, sh


class Engine:
    @staticmethod
    def isPossible():
        return bool(glob.glob("/usr/lib/postgresql/*/bin/initdb")) and any(e.pw_name == "postgres" for e in pwd.getpwall())

    def __init__(self, folder):
        self.folder, self.processes, self.primary = folder, [None, None], 0
        self.programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1].rsplit("/", 1)[0]
        os.makedirs(folder)
        self.disks = [Disk(f"{folder}/p{i}", 1024) for i in (0, 1)]
        self.folders = [f"{disk.folder}/data" for disk in self.disks]
        sh(f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=engine "
           f"-addext subjectAltName=IP:{ENGINE} -keyout {folder}/key.pem -out {folder}/cert.pem")
        sh(f"chown postgres {folder} {folder}/p0 {folder}/p1 {folder}/key.pem && chmod 600 {folder}/key.pem && "
           f"chmod 644 {folder}/cert.pem")
        self.run(f"{self.programs}/initdb", "-D", self.folders[0], "-A", "trust", "-U", "nw", "--no-locale", "-E", "UTF8")
        with open(f"{self.folders[0]}/pg_hba.conf", "a") as file:
            file.write("hostssl all all 10.77.0.0/24 trust\nhost replication all 127.0.0.1/32 trust\n")
        self.configure(0, "")
        self.start(0)
        self.sql("CREATE DATABASE newswire", database="postgres")
        self.add_standby()

    @property
    def url(self):
        return f"postgresql://nw@{ENGINE}:15432,{ENGINE}:15433/newswire?sslrootcert={self.folder}/cert.pem"

    def configure(self, number, more):
        with open(f"{self.folders[number]}/postgresql.conf", "a") as file:
            file.write(f"listen_addresses = '*'\nport = {15432 + number}\nunix_socket_directories = ''\nshared_buffers = 64MB\n"
                       f"ssl = on\nssl_cert_file = '{self.folder}/cert.pem'\nssl_key_file = '{self.folder}/key.pem'\n"
                       f"wal_keep_size = 256MB\nhot_standby = on\n{more}")

    @staticmethod
    def words(*words):
        return inside(Network.engine, "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words)

    def run(self, *words):
        subprocess.run(self.words(*words), check=True, env=ENV, stdout=subprocess.DEVNULL, cwd="/tmp")

    def start(self, number):
        with open(f"{self.folder}/p{number}.log", "ab") as log:
            self.processes[number] = subprocess.Popen(
                self.words(f"{self.programs}/postgres", "-D", self.folders[number]), env=ENV, stdout=log, stderr=log, cwd="/tmp")
        for _ in range(600):
            if not subprocess.run(inside(Network.engine, f"{self.programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p",
                                         str(15432 + number)), env=ENV).returncode:
                return
            time.sleep(0.1)
        sys.exit("check-fleet: PostgreSQL did not start")

    def sql(self, text, database="newswire"):
        result = subprocess.run(
            inside(Network.engine, "psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(15432 + self.primary), "-U", "nw", "-d",
                   database, "-v", "ON_ERROR_STOP=1", "-f", "-"), input=text, env=ENV, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"check-fleet: {text[:80]}: {result.stderr}")
        return result.stdout.strip()

    def await_standby(self, name):
        """What is acknowledged from now on is on the standby of that name, too; on no other if there is none."""
        self.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        self.sql("SELECT pg_reload_conf()")

    def add_standby(self):
        """Makes the other server anew, as a synchronous standby."""
        number = 1 - self.primary
        if self.is_up(number):
            return
        shutil.rmtree(self.folders[number], ignore_errors=True)
        self.run(f"{self.programs}/pg_basebackup", "-h", "127.0.0.1", "-p", str(15432 + self.primary), "-U", "nw", "-D",
                 self.folders[number], "-X", "stream", "-c", "fast")
        self.configure(number, f"primary_conninfo = 'host=127.0.0.1 port={15432 + self.primary} user=nw application_name=p{number}'\n")
        self.run("touch", f"{self.folders[number]}/standby.signal")
        self.start(number)
        self.await_standby(f"p{number}")

    def is_up(self, number):
        return self.processes[number] is not None and self.processes[number].poll() is None

    def tell(self, number, signals):
        """Sends signals to all processes of a server."""
        parent = self.processes[number]
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        for pid in [parent.pid, *map(int, children)]:
            try:
                os.kill(pid, signals)
            except ProcessLookupError:
                pass

    def kill(self, number):
        """The whole server at once, as a machine that goes."""
        self.tell(number, signal.SIGKILL)
        self.processes[number].wait()

    def stop(self, numbers):
        """Servers that lose their power, as far as it can be lost: they do nothing any more."""
        for number in numbers:
            self.tell(number, signal.SIGSTOP)

    def lose_power(self, numbers):
        """Once they were stopped."""
        for number in numbers:
            self.disks[number].lose_power()
        for number in numbers:
            self.kill(number)
            self.disks[number].recover()

    def promote(self):
        self.primary = 1 - self.primary
        self.sql("SELECT pg_promote()")
        self.await_standby("")

    def fail_over(self, seconds, meanwhile):
        """The primary dies, and its standby becomes it after so many seconds; something else happens in the middle."""
        if not self.is_up(1 - self.primary):
            sys.exit("check-fleet: the engine has no standby; the fault standby makes one")
        self.kill(self.primary)
        time.sleep(seconds / 2)
        meanwhile()
        time.sleep(seconds / 2)
        self.promote()

    def lose_end(self, seconds):
        """The primary goes on alone, acknowledges what no standby has, and dies; the standby becomes the primary without that."""
        lagging = 1 - self.primary
        self.await_standby("")
        self.kill(lagging)
        time.sleep(seconds)
        end = self.sql("SELECT pos FROM newswire.fleet")
        self.kill(self.primary)
        self.start(lagging)
        self.promote()
        return f"the log ended at {end}, and ends at {self.sql('SELECT pos FROM newswire.fleet')}"

    def close(self):
        for process in self.processes:
            if process and process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.send_signal(signal.SIGINT)
                process.wait()


# The append of a fleet that takes whatever comes, from whomever: neither who is put out nor who has not read on is refused.
APPENDS_ALL = """
CREATE OR REPLACE FUNCTION newswire.append(me uuid, seen bigint, last_seq bigint, last_chain bytea, entry bytea)
  RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE s bigint; c bytea; p bigint;
BEGIN
  UPDATE newswire.fleet f SET pos = f.pos + 1, seq = last_seq, chain = last_chain FROM newswire.fleet o
    RETURNING o.seq, o.chain, f.pos INTO s, c, p;
  INSERT INTO newswire.log (pos, run, seq, chain, body) VALUES (p, me, s, c, entry);
  NOTIFY newswire;
  RETURN seen + 1;
END $$;
"""
