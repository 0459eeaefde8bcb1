// The C client of NATS for Swift, which cannot pass a text that does not end with a zero.
#pragma once
#include <nats/nats.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
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

// The library says nothing of an alert that a server sends behind the handshake, where TLS 1.3 refuses a client: it finds an
// empty line. OpenSSL keeps the alert for the thread that has read it.
static inline void newswire_nats_forget_alerts(void) { ERR_clear_error(); }

// What the last alert says that this thread has read since they were forgotten, for as long as the program runs; NULL: none.
static inline const char *newswire_nats_alert(void) {
    unsigned long error = ERR_peek_last_error();
    int isAlert = ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) > SSL_AD_REASON_OFFSET;
    return isAlert ? ERR_reason_error_string(error) : NULL;
}
