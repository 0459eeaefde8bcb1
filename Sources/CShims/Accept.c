#define _GNU_SOURCE
#include "CShims.h"

#include <sys/socket.h>

int newswire_accept(int listener) { return accept4(listener, 0, 0, SOCK_CLOEXEC); }
