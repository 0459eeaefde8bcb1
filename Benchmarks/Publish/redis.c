/* redis FILE PORT STREAM BATCH: adds the lines as newswire-publish does. */
#include "common.h"
#include <hiredis/hiredis.h>

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    read_records(argv[1]);
    size_t batch = atoi(argv[4]);
    redisContext *c = redisConnect("127.0.0.1", atoi(argv[2]));
    if (!c || c->err) die("connect", c ? c->errstr : "");
    double start = now(), used = cpu();
    for (size_t i = 0; i < count; i += batch) {
        size_t n = count - i < batch ? count - i : batch;
        redisAppendCommand(c, "MULTI");
        for (size_t j = i; j < i + n; j++) {
            struct record *r = &records[j];
            char entry[32];
            snprintf(entry, sizeof entry, "%s-0", r->seq);
            const char *words[] = {"XADD", argv[3], entry, "line", r->line, "id", r->id, "seq", r->seq, "uid", r->uid, "version",
                r->version, "kind", "new", "feed", r->feed, "stored_at", r->stored};
            size_t lengths[19];
            for (int k = 0; k < 19; k++) lengths[k] = k == 4 ? r->length : strlen(words[k]);
            redisAppendCommandArgv(c, 19, words, lengths);
        }
        redisAppendCommand(c, "EXEC");
        for (size_t j = 0; j < n + 2; j++) {
            redisReply *reply;
            if (redisGetReply(c, (void **)&reply) != REDIS_OK || reply->type == REDIS_REPLY_ERROR) die("reply", c->errstr);
            freeReplyObject(reply);
        }
    }
    report(start, used);
    redisFree(c);
}
