// The few Linux calls that Swift cannot import: variadic ones, and those behind _GNU_SOURCE.
#pragma once

// Open file description locks (FileLock.c): they end with the descriptor, and can be looked at without being taken.
// Takes the write lock; 0, or -1 with errno EAGAIN where another descriptor has it.
int newswire_lock_file(int descriptor);
void newswire_unlock_file(int descriptor);
// 1 where another descriptor has a write lock, 0 where none has, -1 with errno. Read locks do not count.
int newswire_file_is_write_locked(int descriptor);
// Makes all durable that is on the file system of a file; 0, or -1 with errno.
int newswire_sync_file_system(int descriptor);
// Starts writing a range of a file to its disk without waiting for it. Never fails: it is only a hint.
void newswire_start_writeback(int descriptor, long long offset, long long count);

// epoll is not in Swift's Glibc. Its header brings struct timespec along, so that the compiler may take that for one of this
// module's: files that use it, in rooms that import this module anywhere, import both.
#include <sys/epoll.h>
#include <sys/eventfd.h>

// A counter that epoll can wait for; closed on exec, never blocking.
static inline int newswire_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// Accepts a connection that no started program inherits (Accept.c); -1 with errno.
int newswire_accept(int listener);
// The user of the process that has connected a Unix socket (Accept.c); -1 with errno.
long newswire_peer_user(int socket);
// The process that listens behind a Unix socket that is connected to it (Accept.c); 0 where it is not to be seen from here, as in
// another container; -1 with errno.
int newswire_peer_process(int socket);

#include <malloc.h>

// Lets malloc keep freed memory up to `trim` bytes, take blocks below `map` bytes from its heaps, and have at most so
// many of those.
static inline void newswire_keep_freed_memory(int trim, int map, int heaps) {
    mallopt(M_TRIM_THRESHOLD, trim);
    mallopt(M_MMAP_THRESHOLD, map);
    mallopt(M_ARENA_MAX, heaps);
}
// Gives freed memory back to the system, whatever the limits above say.
static inline void newswire_give_memory_back(void) { malloc_trim(0); }
// Takes the pages of the program's file that were read so far out of the process (ProgramPages.c). Those that are needed again come
// from the page cache, and what only the start has needed does not.
void newswire_forget_program_pages(void);

#include <stddef.h>

// Writes all bytes, however many calls and signals that takes (Write.c); 0, or -1 with errno once a part cannot be written.
int newswire_write_all(int descriptor, const void *bytes, size_t count);
// A file in memory with those bytes, read from its start, closed on exec (MemoryFile.c); -1 with errno.
int newswire_memory_file(const char *name, const void *bytes, size_t count);
// Seals such a file and hands it to a datagram socket, as the journal takes entries that no datagram can hold; -1 with
// errno. The caller still closes it.
// `to` is a struct sockaddr of `length` bytes. Its header stays out of here: it would take the names of Glibc's own module.
int newswire_send_memory_file(int socket, const void *to, unsigned length, int descriptor);
// A descriptor that is readable once the process has ended (Process.c); -1 with errno.
int newswire_process_descriptor(int pid);
// Starts a program in a process group of its own (Process.c); 0 with its number, or errno. `input` is its standard input,
// `kept` a descriptor that it and all that it starts hold open, or negative. It gets SIGTERM when the thread that called
// this ends, in whatever way: that thread has to live until the program was waited for.
int newswire_spawn(int *pid, const char *path, char *const argv[], char *const envp[], int input, int kept);
