private import FeedModel

/// What is wrong with a file that is no TOML, in the words of a person who wrote it: toml++ says what it met, and not what is
/// missing.
enum SyntaxMessage {
    private static let secretWords = ["password", "bearer", "token", "secret", "key", "auth", "headers", "cookie"]

    /// What toml++ says, by parts of it that all have to be there, and what a person has done then. The first that fits
    /// counts. Nothing here quotes the line, which may hold a secret.
    private static let slips: [(said: [String], meant: String)] = [
        (["control characters"], "a quotation mark is missing at the end of a text"),
        (["parsing string", "end-of-file"], "a quotation mark is missing at the end of a text"),
        (["parsing literal string", "end-of-file"], "a quotation mark is missing at the end of a text"),
        (["escape"], #"a \ in a text between " is written \\; between ' it stands for itself"#),
        (
            ["determine value type"],
            #"quotation marks are missing around a text, or it is no value: "…", 3, true or [ "…" ]"#
        ),
        (["parsing boolean"], "write true or false in small letters, or a text between quotation marks"),
        (["parsing floating-point"], "no such value; write true or false, or a text between quotation marks"),
        (
            ["parsing decimal integer"],
            #"a number with something behind it; spans and sizes are texts, such as "2h" or "64MiB""#
        ),
        (["expected '='"], "an equals sign is missing behind a key: KEY = VALUE, with the key in one word"),
        (["expected value"], "a value is missing behind the equals sign"),
        (["parsing array", "expected comma"], "a comma, a quotation mark or the closing ] of a list is missing"),
        (["parsing inline table"], "a comma or the closing } is missing"),
        (
            ["redefine existing table 'filter'", "array-of-tables"],
            "write [[filter]] with two brackets before each rule"
        ),
        (["redefine existing table", "array-of-tables"], "write [[feed]] with two brackets before each feed"),
        (["redefine existing table"], "this table is there before; write what it holds below that one"),
        (["redefine existing"], "this key is there before in the same table; keep one of them"),
        (["parsing table header"], "the brackets around the name of a table do not match: [fetch], [[feed]]"),
        (
            ["expected a comment or whitespace"],
            #"something stands behind the value: a comment begins with #, each key has its own line, and a " in a text is \""#
        ),
        (
            ["expected keys, tables"],
            "neither a key nor a table; a list of feeds is named by include, as .opml or anything else"
        ),
        (["end-of-file"], "the file ends too early"),
    ]

    /// - Parameter bytes: the file. Where the line could hold a secret, toml++, which may quote it, is not quoted.
    static func text(_ error: TOMLDocument.SyntaxError, in bytes: [UInt8]) -> String {
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: max(error.line, 1), omittingEmptySubsequences: false)
        let index = min(max(error.line - 1, 0), lines.count - 1)
        let line = String(decoding: lines[index], as: UTF8.self).lowercased()
        if line.unicodeScalars.contains(where: { "“”„‟‘’‚«»".unicodeScalars.contains($0) }),
            error.message.contains("value type")
        {
            return #"is not TOML: quotation marks are the plain ones of the keyboard, " or '"#
        }
        if let slip = slips.first(where: { $0.said.allSatisfy(error.message.contains) }) {
            return "is not TOML: \(slip.meant)"
        }
        if secretWords.contains(where: { line.contains($0) }) { return "is not TOML in this line" }
        return "is not TOML: \(ListText.cleaned(error.message, limit: 300))"
    }
}
