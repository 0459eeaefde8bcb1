/* nats FILE URL SUBJECT BATCH: publishes the lines as newswire-publish does. */
#include "common.h"
#include <nats/nats.h>

static void check(natsStatus s, const char *what) { if (s != NATS_OK) die(what, natsStatus_GetText(s)); }
static void failed(jsCtx *js, jsPubAckErr *e, void *c) { (void)js, (void)c; die("refused", e->ErrText); }

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    read_records(argv[1]);
    size_t batch = atoi(argv[4]);
    natsConnection *nc;
    jsCtx *js;
    jsOptions o;
    jsPubOptions p;
    check(natsConnection_ConnectTo(&nc, argv[2]), "connect");
    jsOptions_Init(&o);
    jsPubOptions_Init(&p);
    o.PublishAsync.MaxPending = 1 << 20;
    o.PublishAsync.ErrHandler = failed;
    p.MaxWait = 60000;
    check(natsConnection_JetStream(&js, nc, &o), "jetstream");
    double start = now(), used = cpu();
    for (size_t i = 0; i < count; i += batch) {
        size_t n = count - i < batch ? count - i : batch;
        for (size_t j = i; j < i + n; j++) {
            struct record *r = &records[j];
            natsMsg *m;
            check(natsMsg_Create(&m, argv[3], NULL, r->line, r->length), "message");
            natsMsgHeader_Set(m, "Nats-Msg-Id", r->id);
            if (j > i) natsMsgHeader_Set(m, "Nats-Expected-Last-Msg-Id", records[j - 1].id);
            natsMsgHeader_Set(m, "Newswire-Id", r->id);
            natsMsgHeader_Set(m, "Newswire-Seq", r->seq);
            natsMsgHeader_Set(m, "Newswire-Uid", r->uid);
            natsMsgHeader_Set(m, "Newswire-Version", r->version);
            natsMsgHeader_Set(m, "Newswire-Kind", "new");
            natsMsgHeader_Set(m, "Newswire-Feed", r->feed);
            natsMsgHeader_Set(m, "Newswire-Stored-At", r->stored);
            check(js_PublishMsgAsync(js, &m, NULL), "publish");
        }
        check(js_PublishAsyncComplete(js, &p), "complete");
    }
    report(start, used);
    jsCtx_Destroy(js);
    natsConnection_Destroy(nc);
}
