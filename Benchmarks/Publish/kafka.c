/* kafka FILE SERVERS TOPIC BATCH: produces the lines as newswire-publish does. With - for the file it is the cluster of
   librdkafka for tests, prints its servers, and ends with its input. */
#include "common.h"
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

static size_t reported;
static void done(rd_kafka_t *k, const rd_kafka_message_t *m, void *o) {
    (void)k, (void)o;
    if (m->err) die("refused", rd_kafka_err2str(m->err));
    reported++;
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    char words[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (!strcmp(argv[1], "-")) {
        rd_kafka_t *k = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof words);
        rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(k, 3);
        rd_kafka_mock_topic_create(cluster, argv[3], 4, 3);
        printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
        fflush(stdout);
        while (getchar() != EOF) {}
        return 0;
    }
    read_records(argv[1]);
    size_t batch = atoi(argv[4]);
    rd_kafka_conf_set(conf, "bootstrap.servers", argv[2], words, sizeof words);
    rd_kafka_conf_set(conf, "enable.idempotence", "true", words, sizeof words);
    rd_kafka_conf_set_dr_msg_cb(conf, done);
    rd_kafka_t *k = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof words);
    if (!k) die("producer", words);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(k, argv[3], NULL);
    double start = now(), used = cpu();
    for (size_t i = 0; i < count; i += batch) {
        size_t n = count - i < batch ? count - i : batch;
        for (size_t j = i; j < i + n; j++) {
            struct record *r = &records[j];
            rd_kafka_headers_t *h = rd_kafka_headers_new(8);
            rd_kafka_header_add(h, "Newswire-Id", -1, r->id, 32);
            rd_kafka_header_add(h, "Newswire-Seq", -1, r->seq, -1);
            rd_kafka_header_add(h, "Newswire-Uid", -1, r->uid, 32);
            rd_kafka_header_add(h, "Newswire-Version", -1, r->version, -1);
            rd_kafka_header_add(h, "Newswire-Kind", -1, "new", 3);
            rd_kafka_header_add(h, "Newswire-Feed", -1, r->feed, -1);
            rd_kafka_header_add(h, "Newswire-Stored-At", -1, r->stored, -1);
            if (rd_kafka_producev(k, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_KEY(r->uid, 32),
                    RD_KAFKA_V_VALUE((void *)r->line, r->length), RD_KAFKA_V_HEADERS(h), RD_KAFKA_V_END))
                die("produce", rd_kafka_err2str(rd_kafka_last_error()));
            if (j % 100 == 99) rd_kafka_poll(k, 0);
        }
        while (reported < i + n) rd_kafka_poll(k, 100);
    }
    report(start, used);
}
