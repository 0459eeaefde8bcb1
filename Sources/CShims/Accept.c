#define _GNU_SOURCE
#include "CShims.h"

#include <sys/socket.h>

int newswire_accept(int listener) { return accept4(listener, 0, 0, SOCK_CLOEXEC); }

static int peer_of(int socket, struct ucred *peer) {
    socklen_t length = sizeof *peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, peer, &length);
}

long newswire_peer_user(int socket) {
    struct ucred peer;
    return peer_of(socket, &peer) ? -1 : (long)peer.uid;
}

int newswire_peer_process(int socket) {
    struct ucred peer;
    return peer_of(socket, &peer) ? -1 : peer.pid;
}
