#!/usr/bin/env python3
"""Stands in front of a server on the loopback, and passes on what is said.

    front.py tls PORT CERTIFICATE KEY     ends TLS
    front.py proxy PORT                   takes CONNECT, and leads there, whichever server was asked for

Prints "ACCEPT 127.0.0.1:PORT" with its own port once it listens, and goes on until it is killed."""
import select, socket, ssl, sys, threading

PART, PORT, FILES = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
if PART == "tls":
    context.load_cert_chain(*FILES)


def welcome(client):
    """The connection as the server behind is to see it; None where there is to be none."""
    if PART == "tls":
        return context.wrap_socket(client, server_side=True)
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        if not byte:
            return None
        head += byte
    if not head.startswith(b"CONNECT "):
        client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        return None
    client.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
    return client


def pass_on(one, other):
    """On one thread, since TLS does not bear two."""
    while True:
        # What was decrypted already is not to be seen on the socket.
        waiting = [end for end in (one, other) if isinstance(end, ssl.SSLSocket) and end.pending()]
        for end in waiting or select.select([one, other], [], [])[0]:
            data = end.recv(1 << 16)
            if not data:
                return
            (other if end is one else one).sendall(data)


def serve(client):
    try:
        with client:
            inside = welcome(client)
            if inside:
                with inside, socket.create_connection(("127.0.0.1", PORT)) as server:
                    pass_on(inside, server)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", 0))
print(f"ACCEPT 127.0.0.1:{listener.getsockname()[1]}", flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
