import Glibc

/// Words of a subject's grammar, for the mutator.
enum Words {
    /// - Parameter fixtures: the folder with the dictionaries of `make fuzz`; one that is not there is as if it were empty.
    static func of(_ subject: Subject, fixtures: String) -> [[UInt8]] {
        let dictionaries: [String] =
            switch subject {
            case .xml, .identity: ["xml", "html", "dates", "urls"]
            case .opml: ["xml", "config"]
            case .json: ["json", "html"]
            case .html: ["html", "urls"]
            case .dates: ["dates"]
            case .urls, .headers: ["urls"]
            case .toml, .lists: ["config"]
            case .encodings: []
            }
        var words = dictionaries.flatMap { dictionary("\(fixtures)/\($0).dict") }
        for recipe in Ordinary.documents(of: subject) {
            words += (recipe.head + recipe.unit).split { $0 <= 0x20 || $0 == UInt8(ascii: ">") }.map { Array($0) }
                .filter { $0.count <= 40 }
        }
        return words + own.map { Array($0.utf8) }
    }

    /// What has been dear somewhere.
    private static let own = [
        "<a ", "b=x<a ", "<b>", "</b>", "<item>", "</item>", "<entry>", "<![CDATA[", "]]>", "<!--", "-->", "&amp;",
        "&am",
        "&#0;", "&#xff;", "&notit;", "&CounterClockwiseContourIntegral;", " xmlns:a=\"u\"", "<a:b ", "='", "=\"",
        "<li>", "<td>",
        "<p>", "<option>", "</i>", "\u{301}", "\u{1f1e9}\u{1f1ea}", "\u{85}", "../", "%2e", "@a.", "\\u0000", "\\ud800",
        "[[",
        "{\"a\":", "rgb(", "data:image/", "srcset=\"", "<title>", "</titl", "x", "\u{0}", "\u{feff}",
    ]

    /// A dictionary of libFuzzer: `name="text"` or `"text"` on each line, with escapes as in C.
    private static func dictionary(_ path: String) -> [[UInt8]] {
        guard let text = File.read(path) else { return [] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            guard !line.hasPrefix("#"), let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\""),
                first < last
            else { return nil }
            return Recipe("unit \(line[line.index(after: first)..<last])")?.unit
        }
    }
}

enum File {
    /// Nil for what cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func write(_ text: String, to path: String) {
        guard let file = fopen(path, "wb") else {
            print("cannot write \(path)")
            exit(74)
        }
        fputs(text, file)
        fclose(file)
    }

    /// The names in a folder that end so, sorted; none where there is no such folder.
    static func names(in folder: String, ending: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            // In place: a copy of the member would reach beyond the record.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name.hasSuffix(ending) { names.append(name) }
        }
        return names.sorted()
    }
}
