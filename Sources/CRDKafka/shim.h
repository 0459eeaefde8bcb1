// librdkafka for Swift: what it has as macros, and its cluster for tests.
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// Queues a message with headers, which it takes over where it answers with no error. The bytes are there until the message
// is reported on.
static inline rd_kafka_resp_err_t newswire_kafka_produce(rd_kafka_t *kafka, rd_kafka_topic_t *topic, const void *key,
                                                         size_t key_length, const void *line, size_t length,
                                                         rd_kafka_headers_t *headers, void *opaque) {
    return rd_kafka_producev(kafka, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
                             RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_KEY(key, key_length),
                             RD_KAFKA_V_VALUE((void *)line, length), RD_KAFKA_V_HEADERS(headers),
                             RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}
