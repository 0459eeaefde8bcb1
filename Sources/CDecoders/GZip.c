#include "CDecoders.h"

#include <limits.h>
#include <zlib.h>

size_t newswire_gzip_bound(size_t count) {
    // What zlib says of deflate, and gzip's own header and trailer.
    return compressBound(count) + 32;
}

size_t newswire_gzip(const uint8_t *bytes, size_t count, uint8_t *output, size_t room, int level) {
    if (count > UINT_MAX || room > UINT_MAX) return 0;
    z_stream stream = {0};
    if (deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = (uInt)count;
    stream.next_out = output;
    stream.avail_out = (uInt)room;
    int result = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END ? written : 0;
}
