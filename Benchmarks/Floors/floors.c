/* What the hot paths cost in C, where nothing is done but what cannot be left out: what `make bench` divides by.

       floors PATH COUNT [FILE...]     prints a line of JSON like that of `hotpaths`

   parse     libxml2's push parser over each FILE in turn, all text gathered; JSON files: every string copied
   json      1.5 KB of HTML copied into a JSON string
   identity  XXH3-128 of 25 texts of 1.7 KB and a probe of a hash table for each
   append    100 lines of 2 KB: XXH3-64 and 256 bits of BLAKE2b over each, one write and one fdatasync
   schedule  the smallest of 10000 times taken from a binary heap and put back
   state     600 bytes copied out and back */
#include <fcntl.h>
#include <libxml/parser.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static volatile uint64_t sink;
static char *gathered;
static size_t length, room;

static void gather(const char *bytes, size_t count) {
    if (length + count > room) gathered = realloc(gathered, room = (length + count) * 2);
    memcpy(gathered + length, bytes, count);
    length += count;
}

static void characters(void *context, const xmlChar *text, int count) {
    (void)context;
    gather((const char *)text, (size_t)count);
}
static void start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
                  const xmlChar **ns, int attributes, int defaulted, const xmlChar **list) {
    (void)context; (void)name; (void)prefix; (void)uri; (void)namespaces; (void)ns; (void)defaulted;
    for (int i = 0; i < attributes; i++)
        gather((const char *)list[i * 5 + 3], (size_t)(list[i * 5 + 4] - list[i * 5 + 3]));
}

struct file { char *bytes; size_t count; int is_json; };

static void parse(const struct file *file) {
    length = 0;
    if (file->is_json) {
        int inside = 0;
        for (size_t i = 0; i < file->count; i++) {
            char byte = file->bytes[i];
            if (byte == '\\' && inside) gather(&file->bytes[++i], 1);
            else if (byte == '"') inside = !inside;
            else if (inside) gather(&byte, 1);
        }
        return;
    }
    xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC, .startElementNs = start, .characters = characters,
                             .cdataBlock = characters};
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, NULL, NULL, 0, NULL);
    for (size_t done = 0; done < file->count; done += 16384)
        xmlParseChunk(parser, file->bytes + done, (int)(file->count - done < 16384 ? file->count - done : 16384), 0);
    xmlParseChunk(parser, NULL, 0, 1);
    xmlFreeParserCtxt(parser);
}

static char html[1536];
static uint64_t table[1 << 16];

static void json(void) {
    length = 0;
    for (size_t i = 0, from = 0; i <= sizeof html; i++) {
        if (i < sizeof html && html[i] != '"' && html[i] != '\\' && (unsigned char)html[i] >= 0x20) continue;
        gather(html + from, i - from);
        if (i < sizeof html) gather("\\n", 2);
        from = i + 1;
    }
}

static void identity(long number) {
    for (int item = 0; item < 25; item++) {
        html[0] = (char)(number + item);
        XXH128_hash_t hash = XXH3_128bits(html, sizeof html);
        for (uint64_t place = hash.low64 & 0xffff; table[place]; place = (place + 1) & 0xffff) sink += table[place];
        sink += hash.high64;
    }
}

static int output;
static char lines[100 * 2048];

static void append(void) {
    static unsigned char chain[64];
    for (int line = 0; line < 100; line++) {
        char *bytes = lines + line * 2048;
        uint64_t checksum = XXH3_64bits(bytes, 2048);
        memcpy(bytes, &checksum, 8);
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        EVP_DigestInit_ex(context, EVP_blake2b512(), NULL);
        EVP_DigestUpdate(context, chain, 32);
        EVP_DigestUpdate(context, bytes, 2048);
        EVP_DigestFinal_ex(context, chain, NULL);
        EVP_MD_CTX_free(context);
    }
    if (write(output, lines, sizeof lines) < 0 || fdatasync(output) < 0) { perror("append"); exit(74); }
}

static int64_t heap[10000];

static void schedule(void) {
    int64_t time = heap[0] + 3600000;
    size_t place = 0;
    while (2 * place + 1 < 10000) {
        size_t child = 2 * place + 1;
        if (child + 1 < 10000 && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= time) break;
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = time;
}

static void state(void) {
    static char packed[600], open[600];
    memcpy(open, packed, sizeof open);
    open[17]++;
    memcpy(packed, open, sizeof open);
    sink += (uint64_t)packed[17];
}

int main(int argc, char **argv) {
    if (argc < 3) { fprintf(stderr, "usage: floors PATH COUNT [FILE...]\n"); return 64; }
    const char *path = argv[1];
    long count = atol(argv[2]);
    size_t files = (size_t)argc - 3;
    struct file *file = calloc(files + 1, sizeof *file);
    for (size_t i = 0; i < files; i++) {
        FILE *in = fopen(argv[i + 3], "rb");
        if (!in) { perror(argv[i + 3]); return 66; }
        fseek(in, 0, SEEK_END);
        file[i].count = (size_t)ftell(in);
        rewind(in);
        file[i].bytes = malloc(file[i].count);
        file[i].is_json = strstr(argv[i + 3], ".json") != NULL;
        if (fread(file[i].bytes, 1, file[i].count, in) != file[i].count) return 74;
        fclose(in);
    }
    memset(html, 'x', sizeof html);
    for (size_t i = 70; i < sizeof html; i += 70) html[i] = '\n';
    for (size_t i = 0; i < 10000; i++) heap[i] = (int64_t)i * 360;
    char name[] = "/tmp/floors-XXXXXX";
    if (!strcmp(path, "append")) { output = mkstemp(name); unlink(name); }
    struct timespec before, after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    for (long i = 0; i < count; i++) {
        if (!strcmp(path, "parse") && files) parse(&file[(size_t)i % files]);
        else if (!strcmp(path, "json")) json();
        else if (!strcmp(path, "identity")) identity(i);
        else if (!strcmp(path, "append")) append();
        else if (!strcmp(path, "schedule")) schedule();
        else if (!strcmp(path, "state")) state();
        else { fprintf(stderr, "floors: no path is called %s, or it wants files\n", path); return 64; }
        // The compiler must not see that nobody looks.
        __asm__ volatile("" ::: "memory");
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    long ns = (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec;
    printf("{\"path\":\"%s\",\"operations\":%ld,\"cpu_ns\":%ld}\n", path, count, count ? ns / count : 0);
    return 0;
}
