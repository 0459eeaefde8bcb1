"""A store filled over loopback, and newswire-web on it, for what looks at that from outside: .ci/readers, .ci/schemathesis,
.ci/browser."""
import http.server, json, os, signal, socket, subprocess, threading, time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

NAME, PASSWORD, TOKEN = "desk", "s3cret+%&x", "tok-1234567890"


class Failure(Exception):
    pass


def check(holds, message):
    if not holds:
        raise Failure(message)


def direct_environment():
    """Programs may have to come through a proxy; what is asked here is on the loopback."""
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Publisher:
    """Serves feeds: `document(name)` is what /NAME.xml has, nil where there is none."""

    def __init__(self, document):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = document(self.path.strip("/").removesuffix(".xml"))
                if body is None:
                    return self.send_error(404)
                self.send_response(200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()


class Site:
    """`feeds` has the title and the tag of each feed by its id, or None for none. With `rights` there is an account that has them; without,
    whoever asks may read. With `service` the service polls, else the feeds are polled once."""

    def __init__(self, arguments, folder, feeds, document, rights=None, service=False, log=None, settings=()):
        self.folder, self.port, self.binaries = folder, free_port(), arguments
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = direct_environment()
        publisher = Publisher(document)
        for name, text in (("password", PASSWORD), ("token", TOKEN)):
            (folder / name).write_text(text + "\n")
            (folder / name).chmod(0o600)
        lines = [
            'contact = "https://example.org/bot"', f'include = ["{folder}/web/*.opml"]', *settings, "[fetch]",
            f'private_networks = ["127.0.0.1:{publisher.port}"]', "[store]", f'directory = "{folder}/store"', "[web]",
            f'listen = ["127.0.0.1:{self.port}"]', f'state_directory = "{folder}/web"',
        ]
        if rights:
            lines += ["[[web.account]]", f'name = "{NAME}"', f'password = {{ file = "{folder}/password" }}',
                      f'token = {{ file = "{folder}/token" }}', f'rights = "{rights}"']
        for feed, (title, tag) in feeds.items():
            lines += ["[[feed]]", f'id = "{feed}"', f'url = "http://127.0.0.1:{publisher.port}/{feed}.xml"']
            if title:
                lines.append(f"title = {json.dumps(title)}")
            if tag:
                lines.append(f'tags = ["{tag}"]')
        self.configuration = folder / "newswire.toml"
        self.configuration.write_text("\n".join(lines) + "\n")
        self.log = open(log or folder / "web.log", "ab")
        # A token that there is not is refused.
        self.headers = {"X-Auth-Token": TOKEN} if rights else {}
        self.service = None
        if service:
            self.service = subprocess.Popen(
                [arguments.newswire, "run", "--config", str(self.configuration)], env=self.environment,
                stdout=subprocess.DEVNULL, stderr=open(folder / "service.log", "ab"))
        else:
            poll = subprocess.run(
                [arguments.newswire, "poll", "--all", "--config", str(self.configuration)], capture_output=True,
                text=True, env=self.environment)
            check(poll.returncode == 0, f"poll ended with {poll.returncode}: {poll.stderr}")

    def start(self, articles, word="body"):
        """Starts newswire-web, and returns once its index has so many articles with a word."""
        self.process = subprocess.Popen(
            [self.binaries.web, "run", "--config", str(self.configuration), "--log-level", "debug"], stderr=self.log,
            stdout=self.log, env=self.environment)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            check(self.process.poll() is None, f"newswire-web ended: {Path(self.log.name).read_text()}")
            try:
                if len(self.ask(f"/api/articles?limit=1000&q={word}")["articles"]) >= articles:
                    return
            except (URLError, OSError):
                pass
            time.sleep(0.1)
        self.close()
        raise Failure("newswire-web has not all articles after a minute")

    def ask(self, path, method="GET", body=None):
        request = Request(
            self.url + path, method=method, headers=self.headers,
            data=None if body is None else json.dumps(body).encode())
        answer = urlopen(request, timeout=30).read()
        return json.loads(answer) if answer else None

    def close(self):
        for process in filter(None, (self.process, self.service)):
            process.send_signal(signal.SIGTERM)
            check(process.wait(30) == 0, "a program did not end as it should")
