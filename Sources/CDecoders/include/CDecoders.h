// Decoders of HTTP's content codings behind one interface. gzip, zlib and deflate are zlib's; brotli and zstd come from
// the libraries that libcurl brings along, where they are on the machine: nothing has to be there to build with them.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum newswire_coding {
    NEWSWIRE_CODING_GZIP,
    NEWSWIRE_CODING_ZLIB,
    NEWSWIRE_CODING_DEFLATE,
    NEWSWIRE_CODING_BROTLI,
    NEWSWIRE_CODING_ZSTD,
};

enum newswire_decoded {
    // It goes on with more input, or with more room for what comes out.
    NEWSWIRE_DECODED_MORE,
    // The stream has ended; what is left of the input does not belong to it.
    NEWSWIRE_DECODED_END,
    // The input is no such stream, or damaged.
    NEWSWIRE_DECODED_BROKEN,
};

struct newswire_decoder;

// Whether a decoder of that coding can be made on this machine. Any thread may ask.
bool newswire_decoder_exists(enum newswire_coding coding);
// NULL where there is no memory, or no such decoder. One thread at a time uses it; freed with newswire_decoder_free.
struct newswire_decoder *newswire_decoder_make(enum newswire_coding coding);
// Reads from *input, of which *left bytes are there, and writes to output, which has room for *room bytes. On return
// *input and *left say what has not been read, *room how much of the room was not used. It keeps no pointer to either.
enum newswire_decoded newswire_decoder_run(
    struct newswire_decoder *decoder, const uint8_t **input, size_t *left, uint8_t *output, size_t *room);
void newswire_decoder_free(struct newswire_decoder *decoder);

// Packing, for what newswire sends. The room that `count` bytes need in the worst case.
size_t newswire_gzip_bound(size_t count);
// Packs bytes as one gzip stream, by zlib's level (1 to 9, -1 for its usual one); returns how many it wrote, or 0 where memory or room is wanting. It keeps no pointer.
size_t newswire_gzip(const uint8_t *bytes, size_t count, uint8_t *output, size_t room, int level);
