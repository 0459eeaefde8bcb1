#include "CRE2.h"

#include <re2/re2.h>
#include <re2/stringpiece.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

struct newswire_re2 {
    re2::RE2 pattern;
    int program_size;
};

namespace {

/// Thrown where the automaton of a pattern does not fit into its memory for a text.
struct automaton_failed {};

/// Whether a search of this thread is to end when its automaton fails.
thread_local bool ends_with_automaton = false;

/// RE2 goes on without the automaton then, at 35 ns for each byte and instruction: 0.8 s for 64 KiB and `a[ab]{300}c`. It
/// has no option against that, but calls this hook in between, while it holds no lock and owns no memory but in objects
/// whose destructors free it.
void automaton_has_failed(const re2::hooks::DFASearchFailure &) {
    if (ends_with_automaton) throw automaton_failed{};
}

[[maybe_unused]] const bool is_hooked = [] {
    re2::hooks::SetDFASearchFailureHook(automaton_has_failed);
    return true;
}();

void fail(newswire_re2_error *error, const char *message, size_t offset, size_t length) {
    std::snprintf(error->message, sizeof error->message, "%s", message);
    error->offset = offset;
    error->length = length;
}

}  // namespace

newswire_re2 *newswire_re2_compile(const char *pattern, size_t length, int64_t max_memory, newswire_re2_error *error) {
    try {
        re2::RE2::Options options;
        options.set_case_sensitive(false);
        options.set_log_errors(false);
        options.set_max_mem(max_memory);
        const std::string text(pattern, length);
        auto compiled = std::unique_ptr<newswire_re2>(new newswire_re2{re2::RE2(text, options), 0});
        const re2::RE2 &re2 = compiled->pattern;
        if (!re2.ok()) {
            const std::string &part = re2.error_arg();
            const size_t place = part.empty() ? std::string::npos : text.find(part);
            const bool is_known = place != std::string::npos;
            fail(error, re2.error().c_str(), is_known ? place : 0, is_known ? part.size() : length);
            return nullptr;
        }
        // A program that could not be made backwards is counted as -1, and would be slow where it is needed.
        const int backwards = re2.ReverseProgramSize();
        if (backwards < 0) {
            fail(error, "pattern too large", 0, length);
            return nullptr;
        }
        compiled->program_size = std::max(re2.ProgramSize(), backwards);
        return compiled.release();
    } catch (...) {
        fail(error, "out of memory", 0, length);
        return nullptr;
    }
}

int newswire_re2_program_size(const newswire_re2 *pattern) { return pattern->program_size; }

newswire_re2_answer newswire_re2_search(
    const newswire_re2 *pattern, const char *text, size_t length, size_t max_work, size_t *start, size_t *end) {
    ends_with_automaton = length > max_work / static_cast<size_t>(std::max(pattern->program_size, 1));
    try {
        const re2::StringPiece whole(text, length);
        re2::StringPiece found;
        const bool wants_place = start && end;
        if (!pattern->pattern.Match(whole, 0, length, re2::RE2::UNANCHORED, &found, wants_place ? 1 : 0))
            return newswire_re2_absent;
        if (wants_place) {
            *start = static_cast<size_t>(found.data() - whole.data());
            *end = *start + found.size();
        }
        return newswire_re2_found;
    } catch (...) {
        return newswire_re2_undecided;
    }
}

void newswire_re2_free(newswire_re2 *pattern) { delete pattern; }
