/* pq FILE CONNECTION TABLE BATCH: inserts the lines as newswire-publish does. */
#include "common.h"
#include <arpa/inet.h>
#include <libpq-fe.h>

struct array { char *bytes; size_t length, size; };
static void put(struct array *a, const void *bytes, size_t n) {
    if (a->length + n > a->size) a->bytes = realloc(a->bytes, a->size = (a->length + n) * 2);
    memcpy(a->bytes + a->length, bytes, n);
    a->length += n;
}
static void put32(struct array *a, uint32_t v) { v = htonl(v); put(a, &v, 4); }
static void put64(struct array *a, uint64_t v) { put32(a, v >> 32); put32(a, v); }
static void begin(struct array *a, uint32_t type, uint32_t n) {
    a->length = 0;
    put32(a, 1), put32(a, 0), put32(a, type), put32(a, n), put32(a, 1);
}
static void text(struct array *a, const char *t, size_t n) { put32(a, n); put(a, t, n); }

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    read_records(argv[1]);
    size_t batch = atoi(argv[4]);
    PGconn *c = PQconnectdb(argv[2]);
    if (PQstatus(c) != CONNECTION_OK) die("connect", PQerrorMessage(c));
    char sql[1024];
    snprintf(sql, sizeof sql, "INSERT INTO %s (seq,id,uid,version,kind,feed,stored_at,article) SELECT * FROM unnest($1::bigint[],"
        "$2::text[],$3::text[],$4::int[],$5::text[],$6::text[],$7::timestamptz[],$8::json[]) ON CONFLICT (seq) DO NOTHING", argv[3]);
    Oid types[] = {1016, 1009, 1009, 1007, 1009, 1009, 1185, 199};
    uint32_t elements[] = {20, 25, 25, 23, 25, 25, 1184, 114};
    struct array a[8] = {0};
    double start = now(), used = cpu();
    for (size_t i = 0; i < count; i += batch) {
        size_t n = count - i < batch ? count - i : batch;
        for (int k = 0; k < 8; k++) begin(&a[k], elements[k], n);
        for (size_t j = i; j < i + n; j++) {
            struct record *r = &records[j];
            struct tm t = {0};
            strptime(r->stored, "%Y-%m-%dT%H:%M:%SZ", &t);
            put32(&a[0], 8), put64(&a[0], r->number);
            text(&a[1], r->id, 32), text(&a[2], r->uid, 32);
            put32(&a[3], 4), put32(&a[3], atoi(r->version));
            text(&a[4], "new", 3), text(&a[5], r->feed, strlen(r->feed));
            put32(&a[6], 8), put64(&a[6], (uint64_t)(timegm(&t) - 946684800) * 1000000);
            text(&a[7], r->line, r->length);
        }
        const char *values[8];
        int lengths[8], formats[8];
        for (int k = 0; k < 8; k++) values[k] = a[k].bytes, lengths[k] = a[k].length, formats[k] = 1;
        PGresult *result = PQexecParams(c, sql, 8, types, values, lengths, formats, 0);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) die("insert", PQerrorMessage(c));
        PQclear(result);
    }
    report(start, used);
    PQfinish(c);
}
