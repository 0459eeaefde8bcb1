// The C client of NATS for Swift, which cannot pass a text that does not end with a zero.
#pragma once
#include <nats/nats.h>
#include <string.h>

// Sets a header; a byte that no header can have becomes an underscore. What is longer than 4096 bytes is cut.
static inline natsStatus newswire_nats_header(natsMsg *message, const char *key, const void *value, size_t length) {
    char text[4097];
    if (length > sizeof text - 1) length = sizeof text - 1;
    memcpy(text, value, length);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) text[i] = '_';
    text[length] = 0;
    return natsMsgHeader_Set(message, key, text);
}
