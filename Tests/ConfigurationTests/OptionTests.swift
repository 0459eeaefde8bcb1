import TestSupport
import Testing

@testable import Configuration

@Suite("One row an option: contract.md §2")
struct OptionTests {
    let fixture = ConfigurationFixture()

    /// The options of the contract, written down a second time so that one that goes missing is noticed, each with a
    /// value that is not its default, as it is printed.
    static let values: [(table: OptionTable, key: String, value: String)] = [
        (.top, "contact", "\"mailto:feeds@example.org\""), (.top, "include", "[\"more/*.toml\"]"),
        (.fetch, "concurrency", "7"), (.fetch, "host_concurrency", "3"), (.fetch, "host_delay", "\"0s\""),
        (.fetch, "connect_timeout", "\"4s\""), (.fetch, "timeout", "\"61s\""), (.fetch, "max_body", "\"2MiB\""),
        (.fetch, "private_networks", "[\"localhost:8080\", \"10.0.0.0/8\"]"),
        (.fetch, "proxy", "\"http://127.0.0.1:3128\""),
        (.fetch, "proxy_auth", "{ user = \"me\", password = { env = \"P\" } }"), (.fetch, "ca_file", "\"/ca.pem\""),
        (.host, "delay", "\"61s\""), (.host, "concurrency", "2"), (.host, "pause_scope", "\"feed\""),
        (.host, "max_age_cap", "\"2h\""),
        (.schedule, "min_interval", "\"7m\""), (.schedule, "max_interval", "\"2d\""),
        (.schedule, "initial_interval", "\"2h\""), (.schedule, "max_age_cap", "\"0s\""),
        (.store, "directory", "\"/srv/articles\""), (.store, "segment_size", "\"1MiB\""),
        (.store, "keep", "\"90d\""), (.store, "updates", "\"ignore\""), (.store, "duplicates", "\"keep\""),
        (.events, "failing_after", "\"6h\""), (.events, "stuck_after", "\"2h\""), (.events, "keep", "\"30d\""),
        (.fullText, "fulltext", "\"auto\""), (.fullText, "fulltext_initial", "7"),
        (.fullText, "fulltext_hosts", "[\"a.example\", \"b.example\"]"), (.fullText, "fulltext_max", "\"1MiB\""),
        (.fullText, "fulltext_pages", "3"), (.feed, "fulltext_pages", "10"),
        (.fullText, "fulltext_container", "\"#story .text\""),
        (.fullText, "fulltext_remove", "[\".promo\", \"aside\"]"),
        (.fullText, "concurrency", "3"), (.fullText, "robots", "false"),
        (.feed, "fulltext", "\"always\""), (.feed, "fulltext_initial", "0"),
        (.feed, "fulltext_hosts", "[\"a.example\"]"), (.feed, "fulltext_max", "\"2MiB\""),
        (.feed, "fulltext_container", "\"[itemprop=articleBody]\""), (.feed, "fulltext_remove", "[\".promo\"]"),
        (.fullText, "keep_pages", "true"), (.archive, "directory", "\"/srv/pages\""), (.archive, "retain", "\"30d\""),
        (.archive, "max_size", "\"1GiB\""), (.archive, "rotate_size", "\"64MiB\""), (.archive, "rotate_time", "\"1h\""),
        (.deliver, "private_networks", "[\"localhost:8080\", \"10.0.0.0/8\"]"),
        (.fleet, "engine", "\"postgresql://db1/other\""), (.fleet, "password", "{ credential = \"fleet\" }"),
        (.fleet, "node", "\"news1\""), (.fleet, "lease", "\"30s\""), (.fleet, "weight", "3"),
        (.fleet, "log_keep", "\"2d\""), (.fleet, "durability", "\"single\""),
        (.web, "listen", "[\"[::1]:8473\", \"/run/newswire-web/http.sock\"]"), (.web, "socket_mode", "\"0600\""),
        (.web, "hosts", "[\"news.example.org\"]"), (.web, "base_path", "\"/news\""),
        (.web, "state_directory", "\"/srv/web\""), (.web, "anonymous", "\"none\""),
        (.web, "proxy_header", "\"X-Remote-User\""), (.web, "trusted_proxies", "[\"10.0.0.0/8\", \"unix\"]"),
        (.web, "images", "\"publisher\""), (.web, "unread", "\"7d\""), (.web, "search", "false"),
        (.webAccount, "name", "\"night\""), (.webAccount, "password", "{ file = \"/p\" }"),
        (.webAccount, "token", "{ credential = \"t\" }"), (.webAccount, "rights", "\"manage\""),
        (.status, "textfile", "\"/run/newswire.prom\""), (.status, "feed_metrics", "true"),
        (.log, "level", "\"debug\""),
        (.feed, "url", "\"https://example.org/other.xml\""), (.feed, "id", "\"other\""),
        (.feed, "formerly", "[\"old\", \"older\"]"),
        (.feed, "title", "\"A \\\"title\\\"\""), (.feed, "tags", "[\"a\", \"b c\"]"), (.feed, "interval", "\"3h\""),
        (.feed, "hours", "\"06:00-22:00 UTC\""),
        (.feed, "silent_after", "\"3d\""),
        (.feed, "user_agent", "\"newswire/x\""),
        (.feed, "headers", "{ X-Api-Key = { file = \"/x.key\" }, \"X.Y\" = \"de\" }"),
        (.feed, "basic_auth", "{ user = \"me\", password = { credential = \"name\" } }"),
        (.feed, "digest_auth", "{ user = \"me\", password = { file = \"/p\" } }"),
        (.feed, "proxy_auth", "{ user = \"me\", password = { env = \"P\" } }"), (.feed, "cookies", "\"session\""),
        (.feed, "bearer", "{ env = \"TOKEN\" }"),
        (.feed, "client_cert", "{ cert = \"/c.pem\", key = { file = \"/k.pem\" } }"),
        (.feed, "connect_timeout", "\"4s\""), (.feed, "timeout", "\"61s\""), (.feed, "max_age_cap", "\"2h\""),
        (.feed, "private_networks", "\"allow\""), (.feed, "proxy", "\"socks5h://127.0.0.1:9050\""),
        (.feed, "ca_file", "\"/ca.pem\""), (.feed, "tls_verify", "false"), (.feed, "http2", "false"),
        (.feed, "keep_alive", "false"), (.feed, "aliases", "false"), (.feed, "updates", "\"ignore\""),
        (.feed, "enabled", "false"),
        (.filter, "name", "\"no-deals\""), (.filter, "action", "\"keep\""), (.filter, "label", "\"Drones\""),
        (.filter, "match", "'title:\"gift guide\"'"), (.filter, "feeds", "[\"a\", \"b\"]"),
        (.filter, "tags", "[\"Naval\"]"),
    ]

    /// A configuration with that table, and that line in it.
    private func configuration(_ table: OptionTable, _ line: String) -> String {
        let contact = "contact = \"https://example.org/bot\"\n"
        return switch table {
        case .top: "\(line)\n"
        case .host: "[host.\"example.org\"]\n\(line)\n"
        case .feed: "\(contact)[[feed]]\n\(line.hasPrefix("url ") ? "" : "url = \"https://example.org/f\"\n")\(line)\n"
        case .fleet:
            "[fleet]\n\(line.hasPrefix("engine ") ? "" : "engine = \"postgresql://me@db1,db2/news\"\n")\(line)\n"
        case .web:
            "[web]\n\(line.hasPrefix("proxy_header ") ? "trusted_proxies = [\"unix\"]\n" : "")\(line)\n"
        case .webAccount:
            "[[web.account]]\n\(line.hasPrefix("name ") ? "" : "name = \"desk\"\n")"
                + "\(line.hasPrefix("password ") ? "" : "password = { env = \"P\" }\n")\(line)\n"
        case .filter: "[[filter]]\n\(otherLines(ofFilter: line))\(line)\n"
        default: "\(table.title)\n\(line)\n"
        }
    }

    /// The lines without which a rule with that one would be refused.
    private func otherLines(ofFilter line: String) -> String {
        let action = line.hasPrefix("label ") ? "label" : "block"
        return ["name = \"rule\"", "action = \"\(action)\"", "match = \"drone\""]
            .filter { $0.split(separator: " ")[0] != line.split(separator: " ").first ?? "" }
            .map { "\($0)\n" }.joined()
    }

    @Test("The rows of options are those of the contract, each in the tables in which it may stand")
    func complete() {
        let rows = Options.all.flatMap { option in
            // Those of [publish.NAME] go together only in part, and are those of PublishTableTests.
            option.tables.filter { $0.isOfMainFile && $0 != .publish }.map { "\($0.title) \(option.key)" }
        }
        let expected = Self.values.map { "\($0.table.title) \($0.key)" }
        #expect(rows.sorted() == expected.sorted())
    }

    @Test("Every option is read, and printed as it was written")
    func readAndPrinted() throws {
        for (table, key, value) in Self.values where key != "include" {
            let line = "\(key) = \(value)"
            let standard = table == .filter ? "" : "\n" + (try fixture.load(configuration(table, ""))).printEffective()
            let printed = "\n" + (try fixture.load(configuration(table, line))).printEffective()
            #expect(printed.contains("\n\(line)\n"), "\(table.title) \(key)")
            #expect(!standard.contains("\n\(line)\n"), "\(table.title) \(key)")
        }
        fixture.write("[[feed]]\nurl = \"/local.xml\"\n", to: "more/one.toml")
        #expect(try fixture.load("include = [\"more/*.toml\"]").feeds.map(\.localPath) == ["/local.xml"])
    }

    @Test("Every option refuses a value of another type, and says so by its name and line")
    func otherType() throws {
        for (table, key, _) in Self.values {
            let text = configuration(table, "\(key) = 1979-05-27")
            let errors = fixture.errors(text)
            let line = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            let start = "newswire.toml:\(line): error: \(table.prefix)\(key): must be "
            #expect(errors.count == 1 && errors[0].hasPrefix(start), "\(start) \(errors)")
        }
    }

    @Test("An option with one letter too many is refused, and the right one named, in each table")
    func slip() throws {
        for (table, key, value) in Self.values where key != "url" {
            let errors = fixture.errors(configuration(table, "\(key)x = \(value)"))
            let message = "\(table.prefix)\"\(key)x\": there is no such key; did you mean \(key)?"
            #expect(errors.count == 1 && errors[0].hasSuffix(message), "\(message) \(errors)")
        }
    }

    @Test("The range of an option is the same in the manual and in the message of a value outside it")
    func ranges() throws {
        let ranged = Self.values.compactMap { value in
            Options.all.first { "\($0.key)" == value.key && $0.tables.contains(value.table) }.map { (value.table, $0) }
        }
        .filter { $0.1.form.hasPrefix("Range: ") }
        #expect(ranged.count >= 15)
        for (table, option) in ranged {
            let range = option.form.split(separator: " ").suffix(3).joined(separator: " ")
            let isNumber = range.utf8.allSatisfy { !"smhdB".utf8.contains($0) }
            let value = isNumber ? "1000000" : range.hasSuffix("B") ? "\"1024GiB\"" : "\"36501d\""
            let errors = fixture.errors(configuration(table, "\(option.key) = \(value)"))
            let start = "error: \(table.prefix)\(option.key): must be \(range), not "
            #expect(errors.count == 1 && errors[0].contains(start), "\(start) \(errors)")
        }
    }

    @Test("Every word that an option may have stands in the manual")
    func words() {
        for option in Options.all {
            for word in option.words {
                // A key may mean one thing for a feed, and another for a delivery.
                let entries = OptionManual.mdoc.split(separator: ".It Ic ").filter { $0.hasPrefix("\(option.key)\n") }
                #expect(entries.contains { $0.contains("\"\(word)\"") }, "\(option.key) \(word)")
            }
        }
    }

    @Test("config/newswire.toml is the sample that the rows make: where it is not, make man writes it")
    func sample() throws {
        #expect(Checkout.text("config/newswire.toml") == OptionManual.sample)
    }

    @Test("newswire.toml(5) says what the rows say: where it does not, make man puts it in")
    func manual() throws {
        let page = try #require(Checkout.text("docs/man/newswire.toml.5"))
        let marks = (".\\\" BEGIN OPTIONS (make man)\n", ".\\\" END OPTIONS\n")
        let start = try #require(page.firstRange(of: marks.0)).upperBound
        let end = try #require(page.firstRange(of: marks.1)).lowerBound
        #expect(page[start..<end] == OptionManual.mdoc)
    }

    @Test("What holds of an option in one of its tables alone is said there, in the sample and in the manual")
    func notes() throws {
        let note = "redirects may lead there as well."
        for (text, start) in [(OptionManual.sample, "#[[feed]]\n"), (OptionManual.mdoc, ".Ss [[feed]]\n")] {
            let feed = try #require(text.firstRange(of: start)).lowerBound
            #expect(text[feed...].contains(note))
            #expect(!text[..<feed].contains(note))
        }
    }

    @Test("The sample and the manual have every option in its table")
    func documented() throws {
        let headers: [OptionTable: String] = [.top: "Top of the file", .host: "[host.\\&\"NAME\\&\"]"]
        let sample = "\n" + OptionManual.sample.replacing("\n#", with: "\n")
        for (table, key, _) in Self.values {
            let section = OptionManual.mdoc.split(separator: ".Ss ").first {
                $0.hasPrefix("\(headers[table, default: table.title])\n")
            }
            #expect(section?.contains(".It Ic \(key)\n") == true, "\(table.title) \(key)")
            let header = table == .top ? "\n" : table == .host ? "\n[host." : "\n\(table.title)\n"
            let start = try #require(sample.firstRange(of: header)).upperBound
            let rest = sample[start...]
            let end = rest.firstRange(of: "\n[")?.lowerBound ?? rest.endIndex
            #expect("\n\(rest[..<end])".contains("\n\(key) = "), "\(table.title) \(key)")
        }
    }
}
