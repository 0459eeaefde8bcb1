// OpenSSL's libcrypto for Swift: message digests and HMAC.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

// SHA-256 of bytes that are all there. EVP's contexts, which live on the heap and are told their algorithm at run time,
// cost more than a short text does; OpenSSL has the functions beneath for good, though it would rather see EVP used.
static inline void newswire_sha256(const void *bytes, size_t count, unsigned char *digest) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, count);
    SHA256_Final(digest, &context);
}

// HMAC-SHA256 of a message in two parts. Returns 1, or 0 where memory is wanting; `digest` has room for 32 bytes.
static inline int newswire_hmac_sha256(
    const void *key, size_t key_count, const void *head, size_t head_count, const void *rest, size_t rest_count,
    unsigned char *digest) {
    HMAC_CTX *context = HMAC_CTX_new();
    if (!context) return 0;
    // A key of no bytes may come without an address, which would mean the key of the message before.
    int is_done = HMAC_Init_ex(context, key_count ? key : "", (int)key_count, EVP_sha256(), NULL)
        && HMAC_Update(context, head, head_count) && HMAC_Update(context, rest, rest_count)
        && HMAC_Final(context, digest, NULL);
    HMAC_CTX_free(context);
    return is_done;
}
