// The few Linux calls that Swift cannot import: variadic ones, and those behind _GNU_SOURCE.
#pragma once
// epoll is not in Swift's Glibc.
#include <sys/epoll.h>
#include <sys/eventfd.h>

// A counter that epoll can wait for; closed on exec, never blocking.
static inline int newswire_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
