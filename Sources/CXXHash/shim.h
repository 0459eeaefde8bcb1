// xxHash for Swift, compiled in: nothing is linked.
#pragma once
#define XXH_INLINE_ALL
#include <xxhash.h>

static inline XXH64_hash_t newswire_xxh3_64(const void *bytes, size_t count) {
    return XXH3_64bits(bytes, count);
}

static inline XXH128_hash_t newswire_xxh3_128(const void *bytes, size_t count) {
    return XXH3_128bits(bytes, count);
}

static inline XXH3_state_t *newswire_xxh3_start(void) {
    XXH3_state_t *state = XXH3_createState();
    if (state) XXH3_128bits_reset(state);
    return state;
}

static inline void newswire_xxh3_update(XXH3_state_t *state, const void *bytes, size_t count) {
    XXH3_128bits_update(state, bytes, count);
}

static inline XXH128_hash_t newswire_xxh3_digest(const XXH3_state_t *state) {
    return XXH3_128bits_digest(state);
}

static inline void newswire_xxh3_end(XXH3_state_t *state) {
    XXH3_freeState(state);
}
