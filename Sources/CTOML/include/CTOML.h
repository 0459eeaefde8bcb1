// toml++ behind a small C interface: a buffer becomes a tree of nodes that know where they stand.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    newswire_toml_table = 1,
    newswire_toml_array,
    newswire_toml_string,
    newswire_toml_integer,
    newswire_toml_float,
    newswire_toml_boolean,
    newswire_toml_date,
};

/// A value with, inside a table, its key. Text is UTF-8, not terminated, and lives as long as the document.
typedef struct newswire_toml_node {
    int32_t kind;
    /// Where the value begins, and for a table with a header the header; counted from 1.
    uint32_t line;
    uint32_t column;
    /// Where a value that is no table ends: the place behind its last character. Columns count characters, not bytes.
    uint32_t end_line;
    uint32_t end_column;
    /// Where the key stands; the value's line where there is no key.
    uint32_t key_line;
    const char *key;
    size_t key_length;
    const char *text;
    size_t text_length;
    /// Of an integer, and 0 or 1 of a boolean.
    int64_t integer;
    double real;
    /// Members of a table in the order of the file, elements of an array.
    size_t child_count;
    const struct newswire_toml_node *first_child;
    const struct newswire_toml_node *next;
} newswire_toml_node;

typedef struct newswire_toml_document newswire_toml_document;

/// Reads a document. The bytes may go afterwards. NULL where memory does not suffice; free the result with
/// `newswire_toml_free`.
newswire_toml_document *newswire_toml_parse(const char *bytes, size_t length);

/// The root table, or NULL where the bytes are no TOML.
const newswire_toml_node *newswire_toml_root(const newswire_toml_document *document);

/// What is wrong with the bytes, and where; NULL where nothing is. Lives as long as the document.
const char *newswire_toml_error(const newswire_toml_document *document, uint32_t *line, uint32_t *column);

void newswire_toml_free(newswire_toml_document *document);

#ifdef __cplusplus
}
#endif
