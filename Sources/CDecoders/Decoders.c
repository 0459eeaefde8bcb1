#include "CDecoders.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>

// What is used of libbrotlidec and libzstd, whose interfaces stay as they are under these names of the libraries.
struct zstd_input { const void *bytes; size_t count; size_t read; };
struct zstd_output { void *bytes; size_t count; size_t written; };

static struct {
    void *(*make)(void *(*)(void *, size_t), void (*)(void *, void *), void *);
    int (*run)(void *, size_t *, const uint8_t **, size_t *, uint8_t **, size_t *);
    void (*free)(void *);
} brotli;

static struct {
    void *(*make)(void);
    size_t (*set)(void *, int, int);
    size_t (*run)(void *, struct zstd_output *, struct zstd_input *);
    unsigned (*is_error)(size_t);
    size_t (*free)(void *);
} zstd;

static bool has_brotli, has_zstd;
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

// POSIX lets a pointer to an object be one to a function; C has no cast for it.
static bool find(void *library, const char *name, void *function) {
    *(void **)function = dlsym(library, name);
    return *(void **)function != NULL;
}

static void load(void) {
    void *library = dlopen("libbrotlidec.so.1", RTLD_NOW | RTLD_LOCAL);
    has_brotli = library && find(library, "BrotliDecoderCreateInstance", &brotli.make)
        && find(library, "BrotliDecoderDecompressStream", &brotli.run)
        && find(library, "BrotliDecoderDestroyInstance", &brotli.free);
    library = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL);
    has_zstd = library && find(library, "ZSTD_createDStream", &zstd.make)
        && find(library, "ZSTD_DCtx_setParameter", &zstd.set) && find(library, "ZSTD_decompressStream", &zstd.run)
        && find(library, "ZSTD_isError", &zstd.is_error) && find(library, "ZSTD_freeDStream", &zstd.free);
}

bool newswire_decoder_exists(enum newswire_coding coding) {
    pthread_once(&loaded, load);
    switch (coding) {
    case NEWSWIRE_CODING_BROTLI: return has_brotli;
    case NEWSWIRE_CODING_ZSTD: return has_zstd;
    default: return true;
    }
}

struct newswire_decoder {
    enum newswire_coding coding;
    z_stream stream;
    void *other;
};

struct newswire_decoder *newswire_decoder_make(enum newswire_coding coding) {
    if (!newswire_decoder_exists(coding)) return NULL;
    struct newswire_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->coding = coding;
    bool is_made = false;
    switch (coding) {
    case NEWSWIRE_CODING_GZIP: is_made = inflateInit2(&decoder->stream, MAX_WBITS + 16) == Z_OK; break;
    case NEWSWIRE_CODING_ZLIB: is_made = inflateInit2(&decoder->stream, MAX_WBITS) == Z_OK; break;
    case NEWSWIRE_CODING_DEFLATE: is_made = inflateInit2(&decoder->stream, -MAX_WBITS) == Z_OK; break;
    case NEWSWIRE_CODING_BROTLI:
        decoder->other = brotli.make(NULL, NULL, NULL);
        is_made = decoder->other != NULL;
        break;
    case NEWSWIRE_CODING_ZSTD:
        decoder->other = zstd.make();
        is_made = decoder->other != NULL;
        // ZSTD_d_windowLogMax: 8 MiB, which is all that RFC 9659 lets a server use.
        if (is_made && zstd.is_error(zstd.set(decoder->other, 100, 23))) {
            zstd.free(decoder->other);
            is_made = false;
        }
        break;
    }
    if (is_made) return decoder;
    free(decoder);
    return NULL;
}

static enum newswire_decoded inflate_some(
    z_stream *stream, const uint8_t **input, size_t *left, uint8_t *output, size_t *room) {
    uInt in = *left > UINT_MAX ? UINT_MAX : (uInt)*left, out = *room > UINT_MAX ? UINT_MAX : (uInt)*room;
    stream->next_in = (Bytef *)*input;
    stream->avail_in = in;
    stream->next_out = output;
    stream->avail_out = out;
    int result = inflate(stream, Z_NO_FLUSH);
    *input += in - stream->avail_in;
    *left -= in - stream->avail_in;
    *room -= out - stream->avail_out;
    if (result == Z_STREAM_END) return NEWSWIRE_DECODED_END;
    return result == Z_OK || result == Z_BUF_ERROR ? NEWSWIRE_DECODED_MORE : NEWSWIRE_DECODED_BROKEN;
}

enum newswire_decoded newswire_decoder_run(
    struct newswire_decoder *decoder, const uint8_t **input, size_t *left, uint8_t *output, size_t *room) {
    switch (decoder->coding) {
    case NEWSWIRE_CODING_BROTLI:
        switch (brotli.run(decoder->other, left, input, room, &output, NULL)) {
        case 0: return NEWSWIRE_DECODED_BROKEN;
        case 1: return NEWSWIRE_DECODED_END;
        default: return NEWSWIRE_DECODED_MORE;
        }
    case NEWSWIRE_CODING_ZSTD: {
        struct zstd_input in = {*input, *left, 0};
        struct zstd_output out = {output, *room, 0};
        size_t result = zstd.run(decoder->other, &out, &in);
        *input += in.read;
        *left -= in.read;
        *room -= out.written;
        if (zstd.is_error(result)) return NEWSWIRE_DECODED_BROKEN;
        return result == 0 ? NEWSWIRE_DECODED_END : NEWSWIRE_DECODED_MORE;
    }
    default: return inflate_some(&decoder->stream, input, left, output, room);
    }
}

void newswire_decoder_free(struct newswire_decoder *decoder) {
    if (!decoder) return;
    switch (decoder->coding) {
    case NEWSWIRE_CODING_BROTLI: brotli.free(decoder->other); break;
    case NEWSWIRE_CODING_ZSTD: zstd.free(decoder->other); break;
    default: inflateEnd(&decoder->stream);
    }
    free(decoder);
}
