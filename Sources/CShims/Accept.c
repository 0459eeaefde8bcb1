#define _GNU_SOURCE
#include "CShims.h"

#include <sys/socket.h>

int newswire_accept(int listener) { return accept4(listener, 0, 0, SOCK_CLOEXEC); }

long newswire_peer_user(int socket) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) ? -1 : (long)peer.uid;
}
