import TestSupport
import Testing

@testable import Configuration

@Suite("With whom polling is shared ([fleet]): fleet.md §2")
struct FleetSettingsTests {
    private let fixture = ConfigurationFixture()

    private static let engine = "engine = \"postgresql://newswire@db1,db2:5433/newswire\"\n"

    @Test("Without the table polling is shared with nobody")
    func absent() throws {
        let alone = try fixture.load("")
        #expect(alone.fleet == nil)
        #expect(!alone.printEffective().contains("[fleet]"))
    }

    @Test("What is left out is what the manual says, and what is set is printed as it is read again")
    func defaults() throws {
        let configuration = try fixture.load("[fleet]\n\(Self.engine)password = { file = \"/secret\" }\n")
        let fleet = try #require(configuration.fleet)
        #expect(fleet.engine == "postgresql://newswire@db1,db2:5433/newswire" && fleet.node.isEmpty)
        #expect(fleet.lease == .seconds(20) && fleet.weight == 1 && fleet.logKeep == .seconds(86_400))
        #expect(fleet.durability == .synchronous)
        let printed = configuration.printEffective()
        #expect(printed.contains("[fleet]\n\(Self.engine)password = { file = \"/secret\" }\nnode = \"\"\n"))
        #expect(try fixture.load(printed) == configuration)
    }

    @Test("Another fleet, and a fleet where there was none, are in force after the next start alone")
    func afterRestart() throws {
        let before = try fixture.load("[fleet]\n\(Self.engine)")
        let after = try fixture.load("[fleet]\n\(Self.engine)lease = \"30s\"\n")
        #expect(before.changesAfterRestart(to: after).map(\.name) == ["[fleet] lease"])
        #expect(before.changesOnReload(to: after).isEmpty)
        #expect(try fixture.load("").changesAfterRestart(to: before).contains { $0.name == "[fleet] engine" })
        #expect(before != after)
    }

    @Test(
        "A URL of an engine may say what libpq knows, but for secrets and what weakens the promise",
        arguments: [
            ("postgresql://newswire@db1,db2,db3/newswire", nil),
            ("postgres://[2001:db8::1]:5432/news?sslcert=/c.pem&sslkey=/k.pem&sslrootcert=/ca.pem", nil),
            ("postgresql:///news", nil), ("postgresql://%2Frun%2Fpostgresql/news?sslmode=disable", nil),
            ("postgresql://127.0.0.1/news?sslmode=disable", nil), ("postgresql://db/news?sslmode=verify-full", nil),
            ("mysql://db/news", "must begin with postgresql://"), ("host=db dbname=news", "must begin with"),
            ("postgresql://me:pw@db/news", "takes no password"), ("postgresql://me:@db/news", "takes no password"),
            ("postgresql://db/news?password=pw", "takes no password"),
            ("postgresql://db/news?sslpassword=pw", "takes no password"),
            ("postgresql://db/news?passfile=/x", "takes no passfile"), ("postgresql://db/news?service=x", "no service"),
            ("postgresql://db/news?host=other", "names its servers"),
            ("postgresql://db/news?options=-cfsync=off", "no options"),
            ("postgresql://db/news?%70assword=pw", "no name=value"), ("postgresql://db/news?sslmode", "no name=value"),
            ("postgresql://db/news?sslmode=require", "sslmode=require"),
            ("postgresql://127.0.0.1,db/news?sslmode=disable", "sslmode=disable"),
            ("postgresql://db/news?target_session_attrs=any", "target_session_attrs=any"),
            ("postgresql://db", "must name a database"), ("postgresql://a b/news", "space"),
            ("postgresql://db/news#x", "#"), ("postgresql://db:x/news", "port"),
        ] as [(String, String?)])
    func engines(url: String, refusal: String?) {
        let found = EngineURL.refusal(url)
        if let refusal {
            #expect(found?.contains(refusal) == true, "\(found ?? "none")")
        } else {
            #expect(found == nil)
        }
    }

    @Test("A password in the URL of the engine is refused at its line, and not repeated")
    func password() {
        let errors = fixture.errors("[fleet]\nengine = \"postgresql://me:geheim@db1/news\"\n")
        #expect(errors.count == 1 && errors[0].contains(":2: error: [fleet] engine: takes no password"), "\(errors)")
        #expect(!errors[0].contains("geheim"))
        #expect(
            fixture.errors("[fleet]\n\(Self.engine)password = \"geheim\"\n").first?.contains("must not be written")
                == true
        )
    }

    @Test(
        "What cannot be is refused at its line, by its key",
        arguments: [
            ("", ":1: error: [fleet] engine: is missing"),
            ("\(engine)node = \"a b\"", ":3: error: [fleet] node: must be"),
            ("\(engine)lease = \"5s\"", ":3: error: [fleet] lease: must be 6s to 5m"),
            ("\(engine)weight = 17", ":3: error: [fleet] weight: must be 0 to 16"),
            ("\(engine)durability = \"none\"", ":3: error: [fleet] durability: must be"),
            ("\(engine)nodes = 3", ":3: error: [fleet] \"nodes\": there is no such key"),
        ])
    func refusals(table: String, start: String) {
        let errors = fixture.errors("[fleet]\n\(table)\n")
        #expect(errors.count == 1 && errors[0].contains(start), "\(errors)")
    }

    @Test("A table of a host that spans sites is refused in a fleet, and in no other place")
    func hosts() throws {
        let host = "[host.\"co.uk\"]\ndelay = \"9s\"\n"
        #expect(try fixture.load(host).hosts.count == 1)
        let errors = fixture.errors("\(host)[fleet]\n\(Self.engine)")
        #expect(errors.count == 1 && errors[0].contains(":1: error: [host.\"co.uk\"]: several sites"), "\(errors)")
        #expect(fixture.errors("[host.\"www.bbc.co.uk\"]\n[host.\"10.0.0.1\"]\n[fleet]\n\(Self.engine)").isEmpty)
    }

    @Test("The check looks for the password, or says why it cannot")
    func references() throws {
        let file = fixture.write("geheim\n", to: "secret")
        #expect(
            try fixture.load("[fleet]\n\(Self.engine)password = { file = \"\(file)-none\" }\n").checkReferences(
                environment: [:]
            )
            .contains { $0.severity == .error && $0.line == 3 && $0.message.contains("[fleet] password") })
        let unseen = try fixture.load("[fleet]\n\(Self.engine)password = { credential = \"fleet\" }\n")
        #expect(unseen.checkReferences(environment: [:]).map(\.severity) == [.note])
    }
}
