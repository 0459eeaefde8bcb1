"""HTTP by hand: a server whose answers need not be right, and which remembers all that it was asked."""
import base64, email.utils, itertools, queue, socket, ssl, struct, threading, time, urllib.parse

# As long as anything here waits for a client that does not go.
PATIENCE_S = 300


class Ended(Exception):
    """The connection is over: the client has closed it, or the behaviour ends it so."""


class Request:
    """A request as it came. `headers` are (name, value) in their order."""

    def __init__(self, host, method, target, headers, number):
        self.host, self.method, self.target, self.headers, self.number = host, method, target, headers, number
        parts = urllib.parse.urlsplit(target)
        self.path, self.query = parts.path, dict(urllib.parse.parse_qsl(parts.query))

    def header(self, name):
        return next((value for known, value in self.headers if known.lower() == name), None)

    def __str__(self):
        return f"{self.method} {self.host}{self.target}"


class Exchange:
    """One request and the connection that it came on, for a behaviour to answer as it likes."""

    def __init__(self, server, connection, request):
        self.server, self.connection, self.request = server, connection, request

    def send(self, data):
        try:
            self.connection.sendall(data)
        except OSError:
            raise Ended from None

    def head(self, status=200, *, type="application/rss+xml; charset=utf-8", length=None, headers=()):
        lines = [f"HTTP/1.1 {status} As It Likes", f"Date: {email.utils.formatdate(usegmt=True)}"]
        lines += [f"Content-Type: {type}"] if type else []
        lines += [f"Content-Length: {length}"] if length is not None else []
        lines += [f"{name}: {value}" for name, value in headers if value is not None]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def answer(self, body=b"", status=200, **more):
        """A whole answer as it should be."""
        self.head(status, length=None if status in (204, 304) else len(body), **more)
        if status not in (204, 304):
            self.send(body)

    def hold(self):
        """Says nothing until the client gives up."""
        self.connection.settimeout(PATIENCE_S)
        try:
            while self.connection.recv(4096):
                pass
        except OSError:
            pass
        raise Ended

    def end(self):
        raise Ended

    def reset(self):
        """Ends the connection with a TCP reset instead of a proper close."""
        raw = self.connection
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
        raise Ended

    def knows(self, user, password):
        wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        return self.request.header("authorization") == wanted


class Server:
    """Listens on one address; `behave` is called with each exchange in a thread of the connection's own."""

    def __init__(self, address, behave, context=None, seen=None):
        self.behave, self.context = behave, context
        self.seen = [] if seen is None else seen
        self.listener = socket.create_server((address, 0), backlog=512)
        self.authority = f"{address}:{self.listener.getsockname()[1]}"
        self.url = f"{'https' if context else 'http'}://{self.authority}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            incoming = connection.makefile("rb")
            for number in itertools.count(1):
                request = self._read(incoming, number)
                if request is None:
                    break
                self.seen.append(request)
                self.behave(Exchange(self, connection, request))
        except (Ended, OSError, ssl.SSLError, ValueError):
            pass
        finally:
            try:
                # What was sent should arrive: with bytes unread, a close would be a reset.
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(1)
                while connection.recv(65536):
                    pass
            except (OSError, ValueError):
                pass
            connection.close()

    def _read(self, incoming, number):
        line = incoming.readline(1 << 16).decode("latin-1").rstrip("\r\n")
        if not line:
            return None
        method, target, _ = line.split(" ", 2)
        headers = []
        while header := incoming.readline(1 << 16).decode("latin-1").rstrip("\r\n"):
            name, _, value = header.partition(":")
            headers.append((name, value.strip()))
        return Request(self.url, method, target, headers, number)

    def close(self):
        self.listener.close()
