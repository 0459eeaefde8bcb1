#include "CShims.h"
#include <errno.h>
#include <poll.h>
#include <unistd.h>

int newswire_write_all(int descriptor, const void *bytes, size_t count) {
    size_t done = 0;
    while (done < count) {
        ssize_t written = write(descriptor, (const char *)bytes + done, count - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0) {
            errno = ENOSPC;
            return -1;
        } else if (errno == EAGAIN) {
            // Somebody who shares the pipe or the terminal has made it one that does not wait.
            struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}
