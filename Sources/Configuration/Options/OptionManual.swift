/// `OptionManual` is what people read of the options: the sample configuration and the entries of newswire.toml(5).
/// `make man` writes both.
package enum OptionManual {
    /// Returns config/newswire.toml: every option with its default or an example.
    package static var sample: String {
        var lines = intro.split(separator: "\n", omittingEmptySubsequences: false).map { comment(String($0)) }
        for table in OptionTable.allCases where table.isOfMainFile {
            lines.append("")
            lines += comments(table.summary)
            if let header = table.sampleHeader { lines.append(header) }
            for option in Options.all where option.tables.contains(table) {
                // At the top of the file there is no header that would hold the options together.
                if table == .top, lines.last?.isEmpty == false { lines.append("") }
                lines += comments(option.sentences(in: table).joined(separator: " "))
                lines.append("\(option.isSetInSample ? "" : "#")\(option.key) = \(option.shown(in: table))")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let intro = """
        newswire: which feeds are polled, and how. `newswire check` says what is wrong with this file, and
        `newswire check --print` shows all effective values.

        A line that begins with "#" and a key shows the default of that key, or an example where there is none. Spans
        are written 30s, 15m, 2h, 7d; sizes 512KiB, 64MiB, 2GiB. Relative paths are relative to this file.

        Secrets are never written here, but where they are found: { credential = "NAME" } (LoadCredential= in the unit),
        { file = "PATH" } (not readable by everybody; 0640 root:newswire is fine) or { env = "NAME" }.
        """

    private static func comment(_ text: String) -> String { text.isEmpty ? "#" : "# \(text)" }

    /// The text in lines of a width that people read.
    private static func comments(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.utf8.count + word.utf8.count < 120 {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append("# \(word)")
            }
        }
        return lines
    }

    /// Returns the sections of newswire.toml(5) that describe the options, in mdoc(7).
    package static var mdoc: String {
        var lines: [String] = []
        for table in OptionTable.allCases {
            lines.append(".Ss \(table.mdocHeader)")
            lines += sentences(table.summary).map(mdoc)
            lines.append(".Bl -tag -width indent")
            for option in Options.all where option.tables.contains(table) {
                lines.append(".It Ic \(option.key)")
                lines += option.sentences(in: table).map(mdoc)
                // What an empty text stands for is in the summary.
                if option.example.isEmpty, table == option.tables[0], let value = option.standard(in: table),
                    value != "\"\""
                {
                    lines.append(mdoc("Default: \(value)."))
                }
            }
            lines.append(".El")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func mdoc(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
    }

    fileprivate static func sentences(_ text: String) -> [String] {
        var result: [String] = []
        for word in text.split(separator: " ") {
            if let last = result.last, !last.hasSuffix(".") || word.first?.isUppercase != true {
                result[result.count - 1] = "\(last) \(word)"
            } else {
                result.append(String(word))
            }
        }
        return result
    }
}

extension Option {
    /// What the manual says of it in that table.
    fileprivate func sentences(in table: OptionTable) -> [String] {
        if table != tables[0] { return ["As in \(tables[0].title)."] + OptionManual.sentences(note(in: table)) }
        let isExplained = !words.isEmpty && words.allSatisfy { summary.contains("\"\($0)\"") }
        return OptionManual.sentences(summary) + (form.isEmpty || isExplained ? [] : ["\(form)."])
    }

    /// The default or an example, as TOML.
    fileprivate func shown(in table: OptionTable) -> String {
        example.isEmpty ? standard(in: table) ?? standard(in: tables[0]) ?? "" : example
    }
}

extension OptionTable {
    fileprivate var summary: String {
        switch self {
        case .host:
            """
            A host, with all hosts below it, that wants to be treated in its own way; they share one allowance. What \
            is left out comes from [fetch] and [schedule].
            """
        case .feed: "One table for each feed, of which only the URL is needed."
        case .publish:
            """
            Articles for the consumer NAME go to a bus: newswire publish --as NAME, and newswire-publish@NAME.service, go by \
            this table. They are a package of their own, newswire-publish. The table is read when they start.
            """
        case .fleet:
            """
            Without this table newswire has its store for itself. With it several machines share the polling of the same feeds, \
            each with a copy of the whole store, by way of an engine: a PostgreSQL, which newswire fleet init makes ready. It \
            needs the package libpq5, and is read at the start.
            """
        case .web:
            """
            What newswire-web goes by, which shows what was stored in a browser, to programs, and to readers of feeds. It is a \
            package of its own, and where it is not installed nothing reads this.
            """
        case .webAccount:
            """
            One table for each account of newswire-web: somebody who says who it is, and may do more for it than who does not.
            """
        case .filter:
            """
            A rule about articles that come from now on: which are blocked, and which get a label. A blocked article is \
            stored as any other, and left out of what is read. There may be 1000 rules, and their order means nothing.
            """
        case .archive:
            """
            Where pages are kept as they came ([fulltext] keep_pages): files of WARC, which other programs read as well. \
            What needs the disk otherwise comes first: where less than a twentieth of it and 2 GiB is free, the oldest files \
            go, and then nothing is archived until there is room.
            """
        case .delivery:
            """
            A file beside newswire.toml, in the folder deliver.d, that describes a delivery: newswire deliver --as NAME, and \
            newswire-deliver@NAME.service, go by it. It says where articles go (one of to, command and mail) and has a key \
            for each option of newswire deliver. None of them may stand on the command line as well. In place of the file \
            there may be a program deliver.d/NAME.
            """
        default: ""
        }
    }

    /// The header of the table in the sample: nil for the top of the file, and a comment for tables of hosts and feeds.
    fileprivate var sampleHeader: String? {
        switch self {
        case .top: nil
        case .host: "#[host.\"reddit.com\"]"
        case .publish: "#[publish.index]"
        case .fleet, .webAccount, .feed, .filter: "#\(title)"
        default: title
        }
    }

    fileprivate var mdocHeader: String {
        switch self {
        case .top: "Top of the file"
        case .host: "[host.\\&\"NAME\\&\"]"
        default: title
        }
    }
}
