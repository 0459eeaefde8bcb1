#!/usr/bin/env python3
"""Runs newswire in a network of its own, where every address can be somebody's and the name server is ours.

    unshare -rnm python3 namespace.py silent|guard|hook NEWSWIRE FOLDER

silent: a name server that never answers. Says when each feed was done, with feeds whose names hang and without them.
guard:  a canary listens on private addresses; feeds, redirects and names lead there. Says who was connected to, first
        under private_networks = "deny" and then, to show that the canary sings, under "allow": of all feeds, where no
        redirect of the public server reaches it, and of the feeds themselves, where each does.
hook:   two articles are delivered over http to a public host, by its address and by its name, and to a private one. Says how
        many were taken, and what was said of it.
Prints one JSON object. Nothing outside the namespaces is touched; they are gone when this ends."""
import fcntl, http.server, json, os, socket, socketserver, struct, subprocess, sys, threading, time

PART, NEWSWIRE, FOLDER = sys.argv[1:4]
PUBLIC = "93.184.216.34"
PRIVATE = ["10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.8", "192.0.2.1",
           "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"]
PRIVATE6 = ["::1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001:db8::1", "2002:a00:1::1", "fd00::1"]
FEED = (b'<rss version="2.0"><channel><title>T</title><item><guid isPermaLink="false">1</guid><title>A</title></item>'
        b"</channel></rss>")

# The interface: up, with all the addresses.
def interface():
    four, six = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    fcntl.ioctl(four, 0x8914, struct.pack("16sh", b"lo", 1))                           # SIOCSIFFLAGS, IFF_UP
    named = lambda alias, a: struct.pack("16sHH4s8x", alias, socket.AF_INET, 0, socket.inet_aton(a))
    for i, address in enumerate([PUBLIC] + [a for a in PRIVATE if a != "127.0.0.1"]):
        alias = b"lo:%d" % i
        fcntl.ioctl(four, 0x8916, named(alias, address))                               # SIOCSIFADDR
        fcntl.ioctl(four, 0x891C, named(alias, "255.255.255.255"))                     # SIOCSIFNETMASK
    for address in PRIVATE6[1:]:
        entry = socket.inet_pton(socket.AF_INET6, address) + struct.pack("Ii", 128, socket.if_nametoindex("lo"))
        fcntl.ioctl(six, 0x8916, entry)

def replace(path, text):
    mine = os.path.join(FOLDER, os.path.basename(path))
    open(mine, "w").write(text)
    subprocess.run(["mount", "--bind", mine, os.path.realpath(path)], check=True)

# The name server: silent, or one that answers A queries from `names`, each of several lists in turn.
names, asked = {}, {}
def name_server():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 53))
    while True:
        query, peer = s.recvfrom(512)
        labels, i = [], 12
        while query[i]: labels.append(query[i + 1:i + 1 + query[i]].decode().lower()); i += 1 + query[i]
        name, (kind,) = ".".join(labels), struct.unpack(">H", query[i + 1:i + 3])
        if name not in names: continue
        answers = []
        if kind == 1:
            answers = names[name][asked.get(name, 0) % len(names[name])]; asked[name] = asked.get(name, 0) + 1
        head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(answers), 0, 0) + query[12:i + 5]
        s.sendto(head + b"".join(b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton(a) for a in answers), peer)

# The web server on every address; it remembers which of them were connected to.
touched = set()
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads, request_queue_size = True, 512
    def get_request(self):
        connection, peer = super().get_request()
        touched.add(connection.getsockname()[0])
        return connection, peer
class Server6(Server):
    address_family = socket.AF_INET6
    def server_bind(self): self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1); super().server_bind()
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def do_GET(self):
        if self.path.startswith("/to/"):
            self.send_response(302); self.send_header("Location", self.path[4:]); self.send_header("Content-Length", "0"); self.end_headers(); return
        self.send_response(200); self.send_header("Content-Length", str(len(FEED))); self.end_headers(); self.wfile.write(FEED)
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        taken.append(self.headers["Host"])
        self.send_response(204); self.end_headers()
taken = []
def web(kind, address, port): threading.Thread(target=kind((address, port), Handler).serve_forever, daemon=True).start()

def poll(name, feeds, fetch, own=""):
    """The report of each feed, with the seconds after which it was there."""
    folder = os.path.join(FOLDER, name); os.makedirs(folder, exist_ok=True); path = os.path.join(folder, "newswire.toml")
    with open(path, "w") as f:
        f.write(f'contact = "https://example.org/bot"\n[fetch]\nhost_delay = "0s"\nhost_concurrency = 64\n{fetch}\n[store]\ndirectory = "store"\n')
        for id, url in feeds.items(): f.write(f'[[feed]]\nid = "{id}"\nurl = "{url}"\n{own}\n')
    start, reports = time.monotonic(), {}
    process = subprocess.Popen([NEWSWIRE, "poll", "--all", "--json", "--config", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for line in process.stdout:
        report = json.loads(line); report["after"] = round(time.monotonic() - start, 3); reports[report["feed"]] = report
    process.wait()
    return reports, round(time.monotonic() - start, 3)

def silent():
    web(Server, "0.0.0.0", 8080)
    fetch = 'private_networks = ["127.0.0.0/8"]\nconnect_timeout = "2s"\ntimeout = "4s"'
    good = {f"good-{i}": f"http://127.0.1.{i}:8080/feed" for i in range(1, 31)}
    hanging = {f"hanging-{i}": f"http://name-{i}.example:8080/feed" for i in range(1, 31)}
    poll("warm", good, fetch)
    alone, _ = poll("alone", good, fetch)
    reports, wall = poll("together", hanging | good, fetch)
    end = lambda reports: max(r["after"] for id, r in reports.items() if id in good)
    return {"order": [r["feed"] for r in sorted(reports.values(), key=lambda r: r["after"])],
            "good": sum(reports[id]["outcome"] == "new" for id in good),
            "errors": sorted({reports[id].get("error", "") for id in hanging}), "classes": sorted({reports[id].get("error_class", "") for id in hanging}),
            "alone": end(alone), "together": end(reports), "delay": round(end(reports) - end(alone), 3), "wall": wall}

def guard():
    web(Server, "0.0.0.0", 80); web(Server6, "::", 80)
    dashed = lambda a: a.replace(".", "-")
    feeds = {"public": f"http://{PUBLIC}/feed", "named": "http://public.example/feed", "both": "http://both.example/feed",
             "rebind": "http://rebind.example/feed"}
    names.update({"public.example": [[PUBLIC]], "both.example": [["10.0.0.1", PUBLIC]], "rebind.example": [[PUBLIC], ["169.254.169.254"], ["127.0.0.1"]]})
    for a in PRIVATE:
        names[f"at-{dashed(a)}.example"] = [[a]]
        feeds[f"direct-{a}"], feeds[f"redirect-{a}"] = f"http://{a}/feed", f"http://{PUBLIC}/to/http://{a}/feed"
        feeds[f"name-{a}"] = f"http://at-{dashed(a)}.example/feed"
        feeds[f"redirect-name-{a}"] = f"http://{PUBLIC}/to/http://at-{dashed(a)}.example/feed"
        feeds[f"mapped-{a}"] = f"http://[::ffff:{a}]/feed"
    for a in PRIVATE6: feeds[f"direct-{a}"], feeds[f"redirect-{a}"] = f"http://[{a}]/feed", f"http://{PUBLIC}/to/http://[{a}]/feed"
    first, _ = poll("denied", feeds, 'private_networks = "deny"\nconnect_timeout = "60s"\ntimeout = "60s"')
    second, _ = poll("denied", {"rebind": feeds["rebind"], "both": feeds["both"]}, 'private_networks = "deny"\nconnect_timeout = "60s"\ntimeout = "60s"')
    result = {"touched": sorted(touched - {PUBLIC}), "reached": sorted(id for id, r in first.items() if "error" not in r),
              "classes": sorted({r["error_class"] for r in first.values() if "error" in r}), "refused": sum("error" in r for r in first.values()),
              "rebound": second["rebind"].get("error_class"), "both": second["both"]["outcome"]}
    touched.clear()
    times = 'connect_timeout = "60s"\ntimeout = "60s"'
    allowed, _ = poll("allowed", feeds, f'private_networks = "allow"\n{times}')
    result["sung"] = sorted(touched - {PUBLIC, "::ffff:" + PUBLIC})
    led = {id: url for id, url in feeds.items() if id.startswith("redirect-")}
    result["led"] = sorted(id for id in led if "error" not in allowed[id])
    result["advice"] = sorted({allowed[id]["error"].split("; ")[-1] for id in led if "error" in allowed[id]})
    own, _ = poll("own", led, times, 'private_networks = "allow"')
    result["own"] = sum("error" not in report for report in own.values()) - len(led)
    return result

def hook():
    web(Server, "0.0.0.0", 80)
    names["hooks.example"] = [[PUBLIC]]
    feed = os.path.join(FOLDER, "feed.xml"); open(feed, "wb").write(FEED.replace(b"</item>", b"</item><item><guid>2</guid><title>B</title></item>"))
    poll("hook", {"feed": f"file://{feed}"}, "")
    path = os.path.join(FOLDER, "hook", "newswire.toml")
    with open(path, "a") as f: f.write('[deliver]\nprivate_networks = ["10.0.0.1:80"]\n')
    def deliver(host):
        done = subprocess.run([NEWSWIRE, "deliver", "--as", host, "--once", "--to", f"http://{host}/hook", "--config", path], capture_output=True, text=True)
        return {"status": done.returncode, "taken": taken.count(host), "warnings": done.stderr.count("over the internet unencrypted"), "said": done.stderr}
    return {host: deliver(host) for host in [PUBLIC, "hooks.example", "10.0.0.1"]}

interface()
replace("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:5 attempts:2\n")
if os.path.exists("/etc/nsswitch.conf"): replace("/etc/nsswitch.conf", "hosts: files dns\n")
threading.Thread(target=name_server, daemon=True).start()
print(json.dumps({"silent": silent, "guard": guard, "hook": hook}[PART]()))
