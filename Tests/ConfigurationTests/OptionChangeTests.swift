import Testing

@testable import Configuration

@Suite("contract.md §1: what a reload changes")
struct OptionChangeTests {
    private let fixture = ConfigurationFixture()

    private func load(_ text: String) throws -> Configuration {
        try fixture.load("contact = \"https://example.org/bot\"\n" + text)
    }

    @Test("Every option of the program that has another value is named once, as in force or as waiting for a restart")
    func all() throws {
        let tables: Set<OptionTable> = [.fetch, .schedule, .store, .events, .fullText, .deliver, .status, .log]
        let old = try load("[store]\ndirectory = \"/srv/a\"")
        for option in Options.all {
            for table in option.tables where tables.contains(table) {
                guard let value = OptionTests.values.first(where: { $0.table == table && $0.key == "\(option.key)" })
                else { continue }
                let place = table == .store && value.key != "directory" ? "directory = \"/srv/a\"\n" : ""
                let store = table == .store ? "" : "\n[store]\ndirectory = \"/srv/a\"\n"
                let new = try load("[\(table.rawValue)]\n\(place)\(value.key) = \(value.value)\n\(store)")
                let waiting = old.changesAfterRestart(to: new).map(\.description)
                let inForce = old.changesOnReload(to: new).map(\.description)
                #expect(inForce + waiting == ["[\(table.rawValue)] \(value.key) = \(value.value)"])
                #expect(waiting.isEmpty == !["directory", "segment_size"].contains(value.key))
            }
        }
    }

    @Test("Another contact, and a host's table that came, changed or went, are named with what they are now")
    func others() throws {
        let old = try load("[host.\"a.example\"]\ndelay = \"5s\"\n[host.\"b.example\"]\npause_scope = \"host\"\n")
        let new = try fixture.load(
            """
            contact = "https://example.org/new"
            [host."a.example"]
            delay = "6s"
            """)
        let said = old.changesOnReload(to: new).map(\.description)
        #expect(said.contains("contact = \"https://example.org/new\""))
        #expect(said.contains("[host.\"a.example\"] delay = \"6s\""))
        #expect(said.contains("[host.\"b.example\"] pause_scope is not set"))
        #expect(old.changesOnReload(to: old).isEmpty && old.changesAfterRestart(to: old).isEmpty)
    }
}
