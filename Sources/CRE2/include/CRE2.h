// RE2 for Swift: regular expressions in linear time, whose cost is bounded further by what is asked here.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern. It may be searched for by several threads at once.
typedef struct newswire_re2 newswire_re2;

/// Why a pattern could not be compiled.
typedef struct {
    /// Ends with a zero byte.
    char message[128];
    /// The part of the pattern that is wrong, as an offset in it and a length; the whole where RE2 names none.
    size_t offset;
    size_t length;
} newswire_re2_error;

/// Compiles a pattern in RE2's syntax, in UTF-8, that is found anywhere and regardless of case.
///
/// `max_memory` bounds in bytes what the program and the automata made of it take. Returns NULL and fills in `error` where
/// the pattern is wrong or too large for that. The caller frees what is returned with newswire_re2_free.
newswire_re2 *newswire_re2_compile(const char *pattern, size_t length, int64_t max_memory, newswire_re2_error *error);

/// How many instructions the pattern's program has, forwards or backwards, whichever has more.
int newswire_re2_program_size(const newswire_re2 *pattern);

typedef enum {
    newswire_re2_absent,
    newswire_re2_found,
    /// The text is one of those for which the automaton of this pattern grows beyond its memory, and what RE2 would do
    /// instead would cost more than `max_work`.
    newswire_re2_undecided,
} newswire_re2_answer;

/// Looks for the pattern in a text in UTF-8.
///
/// `max_work` bounds the search without an automaton, in bytes of the text times instructions of the program: about 35 ns
/// for each. Where `start` and `end` are not NULL they get the place that was found.
newswire_re2_answer newswire_re2_search(
    const newswire_re2 *pattern, const char *text, size_t length, size_t max_work, size_t *start, size_t *end);

void newswire_re2_free(newswire_re2 *pattern);

#ifdef __cplusplus
}
#endif
