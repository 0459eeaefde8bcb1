// OpenSSL's libcrypto for Swift: message digests only.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

// SHA-256 of bytes that are all there. EVP's contexts, which live on the heap and are told their algorithm at run time,
// cost more than a short text does; OpenSSL has the functions beneath for good, though it would rather see EVP used.
static inline void newswire_sha256(const void *bytes, size_t count, unsigned char *digest) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, count);
    SHA256_Final(digest, &context);
}
