#define _GNU_SOURCE
#include "CShims.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int newswire_process_descriptor(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

// Kept descriptors get numbers that no script takes for its own: shells have 3 to 9, some 10 and more.
static const int firstKept = 64;

// Becomes the program. Returns only where that fails: between fork and exec nothing may be called that takes a lock.
static int become(const char *path, char *const argv[], char *const envp[], int input, int kept, pid_t parent) {
    // A signal that newswire ignores would be ignored by its commands, too.
    static const int signals[] = {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGQUIT};
    for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) signal(signals[index], SIG_DFL);
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) return errno;
    // A parent that was gone before the line above sends nothing any more.
    if (getppid() != parent) _exit(1);
    if (dup2(input, STDIN_FILENO) < 0) return errno;
    if (kept >= 0 && fcntl(kept, F_DUPFD, firstKept) < 0) return errno;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, argv, envp);
    return errno;
}

int newswire_spawn(int *pid, const char *path, char *const argv[], char *const envp[], int input, int kept) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return errno;
    // No handler of this process may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        int error = become(path, argv, envp, input, kept, parent);
        (void)!write(report[1], &error, sizeof error);
        _exit(127);
    }
    int error = child < 0 ? errno : 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (child > 0) {
        // Closed by exec: nothing comes where the program runs.
        ssize_t count;
        while ((count = read(report[0], &error, sizeof error)) < 0 && errno == EINTR) {}
        if (count == (ssize_t)sizeof error) {
            while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
        } else {
            error = 0;
            *pid = child;
        }
    }
    close(report[0]);
    return error;
}
