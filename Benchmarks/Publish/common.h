/* What the small clients have in common: the lines of a file, their headers, and what they cost. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

struct record {
    const char *line;
    size_t length;
    char id[33], uid[33], stored[21], feed[128], seq[21], version[11];
    uint64_t number;
};

static struct record *records;
static size_t count;

static void die(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why ? why : "");
    exit(1);
}

/* Copies the text behind a member's name, up to its end. */
static void member(const char *line, size_t length, const char *name, char *out, size_t size, char end) {
    const char *at = memmem(line, length, name, strlen(name));
    if (!at) die("no member", name);
    at += strlen(name);
    size_t n = 0;
    while (at[n] != end && n < size - 1) out[n] = at[n], n++;
    out[n] = 0;
}

static void read_records(const char *path) {
    int file = open(path, O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status)) die("cannot read", path);
    char *bytes = malloc(status.st_size);
    if (read(file, bytes, status.st_size) != status.st_size) die("cannot read", path);
    for (char *at = bytes, *end = bytes + status.st_size, *feed; at < end && (feed = memchr(at, '\n', end - at)); at = feed + 1) {
        if (count % 4096 == 0) records = realloc(records, (count + 4096) * sizeof *records);
        struct record *r = &records[count++];
        r->line = at;
        r->length = feed - at;
        const char *own = memmem(at, r->length, "\"_newswire\":", 12);
        size_t rest = feed - own;
        member(own, rest, "\"feed\":\"", r->feed, sizeof r->feed, '"');
        member(own, rest, "\"uid\":\"", r->uid, sizeof r->uid, '"');
        member(own, rest, "\"version\":", r->version, sizeof r->version, ',');
        member(own, rest, "\"stored_at\":\"", r->stored, sizeof r->stored, '"');
        member(own, rest, "\"seq\":", r->seq, sizeof r->seq, ',');
        member(own, rest, "\"chain\":\"", r->id, sizeof r->id, '"');
        r->number = strtoull(r->seq, NULL, 10);
    }
    close(file);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Prints messages, seconds and seconds of the processors since the marks. */
static void report(double start, double used) { printf("%zu %.3f %.3f\n", count, now() - start, cpu() - used); }
