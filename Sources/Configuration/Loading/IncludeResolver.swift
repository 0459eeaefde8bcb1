private import Glibc

/// Finds the files that an `include` entry means.
enum IncludeResolver {
    enum Resolution {
        /// Absolute paths, sorted by their bytes.
        case files([String])
        case failed(String)
    }

    /// A plain name means one file, whether it is there or not; a pattern means what matches it, which may be nothing.
    static func resolve(_ entry: String, in directory: String) -> Resolution {
        guard !entry.isEmpty else { return .failed("names no file") }
        guard entry.utf8.count <= 4095, !entry.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            return .failed("is no path: it holds a control character or is too long")
        }
        guard entry.utf8.contains(where: isWildcard) else { return .files([Path.join(directory, entry)]) }
        // What stands before the entry is a folder's name, though it may look like a pattern.
        let pattern = entry.hasPrefix("/") ? entry : Path.join(escaped(directory), entry)
        return matches(of: pattern)
    }

    private static func matches(of pattern: String) -> Resolution {
        var found = glob_t()
        defer { globfree(&found) }
        switch glob(pattern, 0, nil, &found) {
        case 0: break
        case GLOB_NOMATCH: return .files([])
        case GLOB_NOSPACE: return .failed("matches more files than memory can hold")
        default: return .failed("cannot be looked for: \(String(cString: strerror(errno)))")
        }
        let count = Int(clamping: found.gl_pathc)
        guard count <= LoadingState.Limit.files else {
            return .failed("matches \(count) files; \(LoadingState.Limit.files) are read at most")
        }
        let paths = (0..<count).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
        return .files(paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    private static func escaped(_ directory: String) -> String {
        var result = ""
        for character in directory.unicodeScalars {
            if character == "\\" || "*?[]".unicodeScalars.contains(character) { result += "\\" }
            result.unicodeScalars.append(character)
        }
        return result
    }

    private static func isWildcard(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
    }
}
