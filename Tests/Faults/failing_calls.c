/* Preloaded into a program, makes one of its calls on files fail, fall short, or be its last.
 *
 *   cc -shared -fPIC -O2 -o failing_calls.so failing_calls.c
 *   LD_PRELOAD=./failing_calls.so FAULT_BELOW=/the/store FAULT_EFFECT=ENOSPC FAULT_NTH=3 PROGRAM...
 *
 * FAULT_BELOW   the folder whose files are meant; calls on others, and on sockets and pipes, pass and are not counted
 * FAULT_CALLS   the kind of calls that are counted: changes (the default), writes, syncs, reads
 * FAULT_NTH     which of them is hit, from 1; 0: none
 * FAULT_ONWARD  1: all that follow are hit too, as on a disk that stays full
 * FAULT_EFFECT  the name of an error (EIO, ENOSPC, EDQUOT, EROFS, EINTR, EMFILE), or
 *               HALF         a write or a read of half of the bytes
 *               KILL_BEFORE  SIGKILL before the call; KILL_HALF after half of the write; KILL_AFTER after it
 * FAULT_LOG     gets a line for each counted call: as many lines, as many useful values of FAULT_NTH
 *
 * Calls that do not go through libc's dynamic symbols (static linking, io_uring, stores through mmap) are not seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { READ = 1, WRITE = 2, SIZE = 4, SYNC = 8, NAME = 16 };
enum effect { NONE, ERROR, HALF, KILL_BEFORE, KILL_HALF, KILL_AFTER };

static struct {
    char below[PATH_MAX], log[PATH_MAX];
    size_t below_length;
    unsigned kinds;
    long nth;
    bool onward;
    enum effect effect;
    int error;
} plan;
static atomic_long counted;

static const struct { const char *name; enum effect effect; int error; } effects[] = {
    {"EIO", ERROR, EIO}, {"ENOSPC", ERROR, ENOSPC}, {"EDQUOT", ERROR, EDQUOT}, {"EROFS", ERROR, EROFS},
    {"EINTR", ERROR, EINTR}, {"EMFILE", ERROR, EMFILE}, {"HALF", HALF, 0}, {"KILL_BEFORE", KILL_BEFORE, 0},
    {"KILL_HALF", KILL_HALF, 0}, {"KILL_AFTER", KILL_AFTER, 0},
};
static const struct { const char *name; unsigned kinds; } kinds[] = {
    {"changes", WRITE | SIZE | SYNC | NAME}, {"writes", WRITE}, {"syncs", SYNC}, {"reads", READ},
};

/* A plan that cannot be read ends the program: a run without its fault must not look like one that has survived it. */
static void give_up(const char *variable) {
    dprintf(2, "failing_calls: %s is missing or wrong\n", variable);
    _exit(99);
}

static const char *setting(const char *name, const char *other) {
    const char *value = getenv(name);
    return value && *value ? value : other;
}

__attribute__((constructor)) static void read_plan(void) {
    const char *below = setting("FAULT_BELOW", NULL);
    if (!below || !realpath(below, plan.below)) give_up("FAULT_BELOW");
    plan.below_length = strlen(plan.below);
    snprintf(plan.log, sizeof plan.log, "%s", setting("FAULT_LOG", ""));
    plan.nth = atol(setting("FAULT_NTH", "0"));
    plan.onward = *setting("FAULT_ONWARD", "0") == '1';

    const char *wanted = setting("FAULT_CALLS", "changes");
    for (size_t n = 0; n < sizeof kinds / sizeof *kinds; n++)
        if (!strcmp(kinds[n].name, wanted)) plan.kinds = kinds[n].kinds;
    if (!plan.kinds) give_up("FAULT_CALLS");

    wanted = setting("FAULT_EFFECT", "EIO");
    for (size_t n = 0; n < sizeof effects / sizeof *effects; n++)
        if (!strcmp(effects[n].name, wanted)) plan.effect = effects[n].effect, plan.error = effects[n].error;
    if (!plan.effect) give_up("FAULT_EFFECT");
}

static bool is_below(const char *path) {
    return !strncmp(path, plan.below, plan.below_length) && (path[plan.below_length] == '/' || !path[plan.below_length]);
}

/* The path of what is open at a descriptor; empty for what has none. */
static void path_of(int descriptor, char path[PATH_MAX]) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

/* A name with the folder that it is looked up in before it. The folder is resolved, so that a link to the store counts. */
static void path_at(int folder, const char *name, char path[PATH_MAX]) {
    char whole[PATH_MAX * 2], resolved[PATH_MAX];
    if (name[0] == '/') whole[0] = 0;
    else if (folder != AT_FDCWD) path_of(folder, whole);
    else if (!getcwd(whole, PATH_MAX)) whole[0] = 0;
    size_t length = strlen(whole);
    snprintf(whole + length, sizeof whole - length, "%s%s", name[0] == '/' ? "" : "/", name);
    char *last = strrchr(whole, '/');
    *last = 0;
    const char *folder_path = realpath(*whole ? whole : "/", resolved) ? resolved : whole;
    if (snprintf(path, PATH_MAX, "%s/%s", folder_path, last + 1) >= PATH_MAX) path[0] = 0;
}

static void die(void) { syscall(SYS_kill, getpid(), SIGKILL); }

static void write_down(long number, const char *call, const char *path, bool is_hit) {
    if (!*plan.log) return;
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s%s\n", number, call, path, is_hit ? " HIT" : "");
    int log = syscall(SYS_openat, AT_FDCWD, plan.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0) return;
    syscall(SYS_write, log, line, length < (int)sizeof line ? length : (int)sizeof line - 1);
    syscall(SYS_close, log);
}

/* What is to become of this call; kills where that comes first. Leaves errno alone. */
static enum effect judge(enum kind kind, const char *call, const char *path) {
    if (!(plan.kinds & kind) || !is_below(path)) return NONE;
    int before = errno;
    long number = atomic_fetch_add(&counted, 1) + 1;
    bool is_hit = plan.nth && (number == plan.nth || (plan.onward && number > plan.nth));
    write_down(number, call, path, is_hit);
    if (is_hit && plan.effect == KILL_BEFORE) die();
    errno = before;
    return is_hit ? plan.effect : NONE;
}

static size_t halved(enum effect effect, size_t size) {
    return (effect == HALF || effect == KILL_HALF) && size > 1 ? size / 2 : size;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* Ends the function with what CALL returns, or with the error. FIND puts the path into `path`. */
#define JUDGED(kind, name, FIND, CALL) \
    do { \
        char path[PATH_MAX] = ""; \
        FIND; \
        enum effect effect = judge(kind, name, path); \
        if (effect == ERROR) return errno = plan.error, -1; \
        __auto_type result = (CALL); \
        if (effect == KILL_HALF || effect == KILL_AFTER) die(); \
        return result; \
    } while (0)
#define OF(descriptor) path_of(descriptor, path)
#define AT(folder, name) path_at(folder, name, path)

ssize_t write(int fd, const void *from, size_t size) {
    REAL(write);
    JUDGED(WRITE, "write", OF(fd), real(fd, from, halved(effect, size)));
}
ssize_t pwrite(int fd, const void *from, size_t size, off_t at) {
    REAL(pwrite);
    JUDGED(WRITE, "pwrite", OF(fd), real(fd, from, halved(effect, size), at));
}
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at) {
    REAL(pwrite64);
    JUDGED(WRITE, "pwrite", OF(fd), real(fd, from, halved(effect, size), at));
}
/* Half of a gathered write is the first half of its parts, or half of the only one. */
static int halved_parts(enum effect effect, const struct iovec *parts, int count, struct iovec *only) {
    if (halved(effect, 2) == 2) return count;
    if (count > 1) return count / 2;
    if (count == 1) *only = (struct iovec){parts[0].iov_base, halved(effect, parts[0].iov_len)};
    return count;
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    struct iovec only = count == 1 ? parts[0] : (struct iovec){0};
    JUDGED(WRITE, "writev", OF(fd), ({
        int some = halved_parts(effect, parts, count, &only);
        real(fd, count == 1 ? &only : parts, some);
    }));
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
    REAL(pwritev);
    struct iovec only = count == 1 ? parts[0] : (struct iovec){0};
    JUDGED(WRITE, "pwritev", OF(fd), ({
        int some = halved_parts(effect, parts, count, &only);
        real(fd, count == 1 ? &only : parts, some, at);
    }));
}
int ftruncate(int fd, off_t size) { REAL(ftruncate); JUDGED(SIZE, "ftruncate", OF(fd), real(fd, size)); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); JUDGED(SIZE, "ftruncate", OF(fd), real(fd, size)); }
int fallocate(int fd, int mode, off_t at, off_t size) {
    REAL(fallocate);
    JUDGED(SIZE, "fallocate", OF(fd), real(fd, mode, at, size));
}
/* Returns its error instead of setting errno. */
int posix_fallocate(int fd, off_t at, off_t size) {
    REAL(posix_fallocate);
    char path[PATH_MAX];
    OF(fd);
    enum effect effect = judge(SIZE, "posix_fallocate", path);
    if (effect == ERROR) return plan.error;
    int result = real(fd, at, size);
    if (effect == KILL_HALF || effect == KILL_AFTER) die();
    return result;
}

int fsync(int fd) { REAL(fsync); JUDGED(SYNC, "fsync", OF(fd), real(fd)); }
int fdatasync(int fd) { REAL(fdatasync); JUDGED(SYNC, "fdatasync", OF(fd), real(fd)); }
int syncfs(int fd) { REAL(syncfs); JUDGED(SYNC, "syncfs", OF(fd), real(fd)); }
int sync_file_range(int fd, off64_t at, off64_t size, unsigned flags) {
    REAL(sync_file_range);
    JUDGED(SYNC, "sync_file_range", OF(fd), real(fd, at, size, flags));
}
/* The descriptor is gone even where close(2) fails, as Linux has it. */
int close(int fd) {
    REAL(close);
    char path[PATH_MAX];
    OF(fd);
    enum effect effect = judge(SYNC, "close", path);
    int result = real(fd);
    if (effect == KILL_HALF || effect == KILL_AFTER) die();
    return effect == ERROR ? (errno = plan.error, -1) : result;
}

int rename(const char *from, const char *to) {
    REAL(rename);
    JUDGED(NAME, "rename", AT(AT_FDCWD, to), real(from, to));
}
int renameat(int a, const char *from, int b, const char *to) {
    REAL(renameat);
    JUDGED(NAME, "rename", AT(b, to), real(a, from, b, to));
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    REAL(renameat2);
    JUDGED(NAME, "rename", AT(b, to), real(a, from, b, to, flags));
}
int link(const char *from, const char *to) { REAL(link); JUDGED(NAME, "link", AT(AT_FDCWD, to), real(from, to)); }
int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(linkat);
    JUDGED(NAME, "link", AT(b, to), real(a, from, b, to, flags));
}
int symlink(const char *to, const char *name) {
    REAL(symlink);
    JUDGED(NAME, "symlink", AT(AT_FDCWD, name), real(to, name));
}
int unlink(const char *name) { REAL(unlink); JUDGED(NAME, "unlink", AT(AT_FDCWD, name), real(name)); }
int unlinkat(int folder, const char *name, int flags) {
    REAL(unlinkat);
    JUDGED(NAME, "unlink", AT(folder, name), real(folder, name, flags));
}
int rmdir(const char *name) { REAL(rmdir); JUDGED(NAME, "rmdir", AT(AT_FDCWD, name), real(name)); }
int mkdir(const char *name, mode_t mode) { REAL(mkdir); JUDGED(NAME, "mkdir", AT(AT_FDCWD, name), real(name, mode)); }
int mkdirat(int folder, const char *name, mode_t mode) {
    REAL(mkdirat);
    JUDGED(NAME, "mkdir", AT(folder, name), real(folder, name, mode));
}
int fchmod(int fd, mode_t mode) { REAL(fchmod); JUDGED(NAME, "fchmod", OF(fd), real(fd, mode)); }
int fchown(int fd, uid_t user, gid_t group) {
    REAL(fchown);
    JUDGED(NAME, "fchown", OF(fd), real(fd, user, group));
}

#define OPEN(folder, name, CALL) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { \
        va_list more; \
        va_start(more, flags); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    } \
    JUDGED((flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT ? NAME : READ, "open", AT(folder, name), CALL)
int open(const char *name, int flags, ...) { REAL(open); OPEN(AT_FDCWD, name, real(name, flags, mode)); }
int open64(const char *name, int flags, ...) { REAL(open64); OPEN(AT_FDCWD, name, real(name, flags, mode)); }
int openat(int folder, const char *name, int flags, ...) {
    REAL(openat);
    OPEN(folder, name, real(folder, name, flags, mode));
}
int openat64(int folder, const char *name, int flags, ...) {
    REAL(openat64);
    OPEN(folder, name, real(folder, name, flags, mode));
}

ssize_t read(int fd, void *to, size_t size) {
    REAL(read);
    JUDGED(READ, "read", OF(fd), real(fd, to, halved(effect, size)));
}
ssize_t pread(int fd, void *to, size_t size, off_t at) {
    REAL(pread);
    JUDGED(READ, "pread", OF(fd), real(fd, to, halved(effect, size), at));
}
ssize_t pread64(int fd, void *to, size_t size, off64_t at) {
    REAL(pread64);
    JUDGED(READ, "pread", OF(fd), real(fd, to, halved(effect, size), at));
}
