#include "CTOML.h"

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

/// Thrown where toml++ meets a document that it took to be impossible: 3.3 does at `[[[`.
struct unexpected_document {};

[[noreturn]] void fail_on_unexpected_document() { throw unexpected_document(); }

}  // namespace

// An assertion of toml++ that does not hold must neither end the program nor be taken for a fact, which is what
// NDEBUG would make of it.
#undef NDEBUG
#define TOML_ASSERT(expression) ((expression) ? static_cast<void>(0) : fail_on_unexpected_document())
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#define TOML_HEADER_ONLY 1
// How deep arrays and inline tables may nest. With max_key_parts it bounds every recursion over the tree; a configuration
// needs far less of both.
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

namespace {

/// How many parts a key may have: a.b.c has three.
constexpr unsigned max_key_parts = 16;

/// How many keys and tables may have a dot in their names. toml++ keeps a list of the tables that such names imply, and
/// looks through all of it for each further one.
constexpr unsigned max_dotted_keys = 4096;

/// Finds, before toml++ reads a document, the keys that it cannot take well: those of very many parts, and very many with
/// dots. For each part of a key toml++ makes a table within the table before it, without a limit, and freeing them recurses
/// as deep, so that a long enough key overflows the stack.
///
/// It knows of TOML only what strings, comments, brackets and lines are, so that an array that ends in a number with a dot
/// counts as one such key. No option takes numbers with a dot.
class KeyScanner {
  public:
    explicit KeyScanner(std::string_view text) : text(text) {}

    /// What is wrong, where `scan` has found something.
    const char *message = "";

    /// The line of the first such key, or that of the first key too many; 0 where there is none.
    uint32_t scan() {
        while (position < text.size()) {
            switch (text[position]) {
            case '=':
            case ']':
                // A table [host."example.org"] implies no other than [host], and there may be as many as there are hosts.
                if (parts > 1 && text.compare(bracket, 6, "[host.") != 0 && ++dotted > max_dotted_keys) {
                    message = "more than 4096 keys and tables with a dot in their names";
                    return line;
                }
                parts = 1;
                break;
            case '[':
                bracket = position;
                parts = 1;
                break;
            case '\n':
                line++;
                bracket = position;
                [[fallthrough]];
            case ',':
            case '{':
                parts = 1;
                break;
            case '.':
                if (++parts > max_key_parts) {
                    message = "a key of more than 16 parts";
                    return line;
                }
                break;
            case '#':
                skip_comment();
                continue;
            case '"':
            case '\'':
                skip_string(text[position]);
                continue;
            default:
                break;
            }
            position++;
        }
        return 0;
    }

  private:
    std::string_view text;
    size_t position = 0;
    uint32_t line = 1;
    /// Of the key that is being read.
    unsigned parts = 1;
    /// How many keys and tables with a dot there were.
    unsigned dotted = 0;
    /// Where the last opening bracket or line break stands.
    size_t bracket = 0;

    /// Whether three quotes in a row stand here.
    bool three(char quote) const {
        return position + 2 < text.size() && text[position] == quote && text[position + 1] == quote
            && text[position + 2] == quote;
    }

    void skip_comment() {
        while (position < text.size() && text[position] != '\n') position++;
    }

    void skip_string(char quote) {
        const bool many = three(quote);
        position += many ? 3 : 1;
        while (position < text.size()) {
            const char character = text[position];
            if (character == '\n') {
                if (!many) return;
                line++;
            } else if (character == '\\' && quote == '"') {
                position++;
                if (position < text.size() && text[position] == '\n') line++;
            } else if (character == quote) {
                if (!many) {
                    position++;
                    return;
                }
                if (three(quote)) {
                    position += 3;
                    // One or two more quotes at the end belong to the text.
                    for (int more = 0; more < 2 && position < text.size() && text[position] == quote; more++) position++;
                    return;
                }
            }
            position++;
        }
    }
};

bool is_unexpected(std::string_view text) {
    try {
        static_cast<void>(toml::parse(text));
    } catch (const toml::parse_error &) {
    } catch (const unexpected_document &) {
        return true;
    }
    return false;
}

/// The line at which toml++ gives up without saying where: the last of the shortest beginning that it gives up on.
uint32_t first_unexpected_line(std::string_view text) {
    std::vector<size_t> ends;
    for (size_t position = 0; position < text.size(); position++) {
        if (text[position] == '\n') ends.push_back(position + 1);
    }
    ends.push_back(text.size());
    const auto first = std::partition_point(ends.begin(), ends.end(), [&](size_t end) {
        return !is_unexpected(text.substr(0, end));
    });
    return static_cast<uint32_t>(std::min<size_t>(first - ends.begin(), ends.size() - 1) + 1);
}

}  // namespace

struct newswire_toml_document {
    toml::table table;
    std::deque<newswire_toml_node> nodes;
    std::string error;
    uint32_t error_line = 0;
    uint32_t error_column = 0;

    const newswire_toml_node *root() const { return error.empty() && !nodes.empty() ? &nodes.front() : nullptr; }

    void fail(std::string_view message, uint32_t line, uint32_t column) {
        error.assign(message.empty() ? std::string_view("not TOML") : message);
        error_line = line;
        error_column = column;
    }

    newswire_toml_node *append(const toml::node &value) {
        newswire_toml_node &node = nodes.emplace_back();
        const auto begin = value.source().begin;
        node.line = begin.line;
        node.column = begin.column;
        const auto end = value.source().end;
        node.end_line = end.line;
        node.end_column = end.column;
        node.key_line = begin.line;
        fill(node, value);
        return &node;
    }

  private:
    void fill(newswire_toml_node &node, const toml::node &value) {
        switch (value.type()) {
        case toml::node_type::table:
            node.kind = newswire_toml_table;
            append_members(node, *value.as_table());
            break;
        case toml::node_type::array:
            node.kind = newswire_toml_array;
            append_elements(node, *value.as_array());
            break;
        case toml::node_type::string: {
            const std::string &text = value.as_string()->get();
            node.kind = newswire_toml_string;
            node.text = text.data();
            node.text_length = text.size();
            break;
        }
        case toml::node_type::integer:
            node.kind = newswire_toml_integer;
            node.integer = value.as_integer()->get();
            break;
        case toml::node_type::floating_point:
            node.kind = newswire_toml_float;
            node.real = value.as_floating_point()->get();
            break;
        case toml::node_type::boolean:
            node.kind = newswire_toml_boolean;
            node.integer = value.as_boolean()->get() ? 1 : 0;
            break;
        default:
            node.kind = newswire_toml_date;
            break;
        }
    }

    void append_members(newswire_toml_node &node, const toml::table &table) {
        std::vector<newswire_toml_node *> members;
        members.reserve(table.size());
        for (auto &&[key, value] : table) {
            newswire_toml_node *member = append(value);
            member->key = key.str().data();
            member->key_length = key.str().size();
            member->key_line = key.source().begin.line ? key.source().begin.line : member->line;
            if (!member->line) member->line = member->key_line;
            members.push_back(member);
        }
        // toml++ keeps members by name.
        std::sort(members.begin(), members.end(), [](auto left, auto right) {
            return std::tie(left->key_line, left->column) < std::tie(right->key_line, right->column);
        });
        link(node, members);
    }

    void append_elements(newswire_toml_node &node, const toml::array &array) {
        std::vector<newswire_toml_node *> elements;
        elements.reserve(array.size());
        for (auto &&element : array) elements.push_back(append(element));
        link(node, elements);
    }

    static void link(newswire_toml_node &node, const std::vector<newswire_toml_node *> &children) {
        node.child_count = children.size();
        if (children.empty()) return;
        node.first_child = children.front();
        for (size_t index = 1; index < children.size(); index++) children[index - 1]->next = children[index];
    }
};

// An exception must not reach Swift: the only one left here is that of an allocation.
newswire_toml_document *newswire_toml_parse(const char *bytes, size_t length) try {
    auto document = new newswire_toml_document;
    try {
        const std::string_view text(bytes ? bytes : "", bytes ? length : 0);
        KeyScanner scanner(text);
        if (const uint32_t line = scanner.scan()) {
            document->fail(scanner.message, line, 1);
            return document;
        }
        try {
            document->table = toml::parse(text);
            document->append(document->table);
        } catch (const toml::parse_error &error) {
            const auto begin = error.source().begin;
            document->fail(error.description(), begin.line, begin.column);
        } catch (const unexpected_document &) {
            document->fail("nothing that could stand here", first_unexpected_line(text), 1);
        }
        return document;
    } catch (...) {
        delete document;
        throw;
    }
} catch (...) {
    return nullptr;
}

const newswire_toml_node *newswire_toml_root(const newswire_toml_document *document) { return document->root(); }

const char *newswire_toml_error(const newswire_toml_document *document, uint32_t *line, uint32_t *column) {
    if (document->error.empty()) return nullptr;
    *line = document->error_line;
    *column = document->error_column;
    return document->error.c_str();
}

void newswire_toml_free(newswire_toml_document *document) { delete document; }
