import Fleet
import Glibc
import JSONText
import TestSupport
import Testing

/// Guarantees of docs/spec/fleet.md §8 that need no network of their own; `.ci/check-fleet` has the others.
@Suite(
    "What a fleet guarantees",
    .enabled(if: PostgreSQLServer.isPossible, "PostgreSQL is not installed: apt install postgresql"), .serialized)
struct FleetGuaranteeTests {
    /// Lets the engine be as after a standby was promoted that had the log up to an entry: what came later is gone, and so are
    /// all connections.
    private func promote(_ fleet: FleetDesk, without rest: String) throws {
        try #require(
            fleet.sql(
                """
                UPDATE newswire.fleet f SET (pos, seq, chain) = (l.pos - 1, l.seq, l.chain) FROM newswire.log l \
                WHERE l.pos = \(rest) + 1; DELETE FROM newswire.log WHERE pos > \(rest)
                """) != nil)
        try #require(
            fleet.sql(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() \
                AND pid <> pg_backend_pid()
                """) != nil)
    }

    @Test("fleet.md F13: machines that have more than the engine say so, end with 65 and lose nothing")
    func diverged() async throws {
        let (one, two) = try await FleetDesk.pair()
        let publisher = one.desk.server
        publisher.on("/feed", FleetDesk.document(2))
        let feed = FleetDesk.schedule + FleetDesk.feed(publisher.url("/feed"), id: "wire")
        one.configure(more: feed)
        two.configure(more: feed)
        let services = [await one.service(), await two.service()]
        for machine in [one, two] { #expect(await machine.has(4)) }
        let end = try #require(one.sql("SELECT pos FROM newswire.fleet")?.first)
        publisher.on("/feed", FleetDesk.document(3))
        for machine in [one, two] { #expect(await machine.has(5)) }
        let before = await one.desk.run("dump").lines
        try promote(one, without: end)
        for service in services {
            let ending = await service.wait()
            #expect(ending.status == 65 && ending.errors.contains("seq 5"), "\(ending.errors)")
            #expect(ending.errors.contains("`newswire fleet rejoin` sets aside"), "\(ending.errors)")
        }
        // It is not for a service to decide, however often it is started.
        let again = await one.desk.service().wait()
        #expect(again.status == 65 && again.errors.contains("seq 5"), "\(again.errors)")
        for machine in [one, two] { #expect(await machine.desk.run("dump").lines == before) }
        #expect(one.sql("SELECT pos, (SELECT count(*) FROM newswire.node) FROM newswire.fleet") == ["\(end)|0"])
        for machine in [one, two] {
            let rejoin = await machine.fleet("rejoin")
            #expect(rejoin.status == 0 && rejoin.errors.contains("the records from 5 on"), "\(rejoin.errors)")
            let aside = await machine.desk.shell("cat $DIR/store/diverged/*").lines
            #expect(aside == [before[4]])
            #expect(await machine.desk.run("dump").lines == Array(before[..<4]))
        }
        // What the engine has lost comes again from its feed.
        let others = [await one.service(), await two.service()]
        for machine in [one, two] { #expect(await machine.has(5)) }
        for service in others { service.send(SIGTERM) }
        for service in others { #expect(await service.wait().status == 0) }
        let heads = [await one.desk.run("store", "verify"), await two.desk.run("store", "verify")]
        #expect(heads.allSatisfy { $0.status == 0 })
        #expect(heads[0].lines.last == heads[1].lines.last)
    }

    @Test("Machines whose configurations differ poll each its own shards' feeds of its own file, and status says so")
    func configurations() async throws {
        let (one, two) = try await FleetDesk.pair()
        let servers = (2...13).map { LoopbackServer(address: "127.0.0.\($0)") }
        for server in servers { server.on("/feed", FleetDesk.document(1, titled: server.address)) }
        // Four that both have, and four of each alone.
        let files = [one.node: servers[..<8], two.node: servers[4...]]
        for machine in [one, two] {
            let feeds = files[machine.node]!.map { FleetDesk.feed($0.url("/feed"), id: "at-\($0.address)") }
            machine.configure(
                contact: "https://example.org/\(machine.node)", more: FleetDesk.schedule + feeds.joined())
        }
        let owners = ShardMap.owners(among: [.init(name: one.node, weight: 1), .init(name: two.node, weight: 1)])
        let services = [await one.service(), await two.service()]
        func isOwners(_ shard: Int) -> Bool {
            let owner = "SELECT name FROM newswire.shard JOIN newswire.node USING (run) WHERE shard = \(shard)"
            return one.sql(owner) == [owners[shard]!]
        }
        var polled = [one.node: 0, two.node: 0]
        var unpolled = 0
        for server in servers {
            let shard = ShardMap.shard(ofSite: server.address)
            let owner = try #require(owners[shard])
            // At first the one that was there alone has all.
            #expect(await PublishDesk.waits { isOwners(shard) })
            let count = server.requests.count
            if files[owner]!.contains(where: { $0 === server }) {
                #expect(await PublishDesk.waits { server.requests.count >= count + 2 }, "\(server.address) of \(owner)")
                polled[owner]! += 1
            } else {
                unpolled += 1
            }
            let asking = server.requests.dropFirst(count).compactMap { $0.header("User-Agent") }
            #expect(asking.allSatisfy { $0.contains("/\(owner)") }, "\(server.address) of \(owner): \(asking)")
        }
        #expect(polled.values.allSatisfy { $0 > 0 } && unpolled > 0, "\(polled), \(unpolled): the test shows nothing")
        let text = await one.fleet("status").output
        #expect(text.contains("CONFIGURATIONS DIFFER"), "\(text)")
        let status = try JSONParser.parse(Array(await two.fleet("status", "--json").output.utf8)).value
        let hashes = status["machines"]?.array?.compactMap { $0["configuration"]?.string } ?? []
        #expect(hashes.count == 2 && Set(hashes).count == 2, "\(hashes)")
        for service in services { service.send(SIGTERM) }
        for service in services { #expect(await service.wait().status == 0) }
        let same = await one.desk.shell("diff -r $DIR/store/articles \(two.desk.folder.path)/store/articles")
        #expect(same.status == 0, "\(same.output)")
        let feeds = try await one.desk.dump().compactMap { $0["_newswire"]?["feed_url"]?.string }
        #expect(Set(feeds).count == feeds.count - 1, "each feed has one article, and that of before two: \(feeds)")
    }

    @Test("A damaged copy is told by its line, and whole again as another copy of the fleet's store")
    func damagedCopy() async throws {
        let (one, two) = try await FleetDesk.pair()
        let segment = "store/articles/00000000000000000001.jsonl"
        let text = try #require(two.desk.folder.text(segment))
        two.desk.folder.write(text.replacing("Article a", with: "Article X"), to: segment)
        let damaged = await two.desk.run("store", "verify")
        #expect(damaged.status == 65 && damaged.errors.contains("\(segment), line 1"), "\(damaged.errors)")
        let witness = await one.desk.run("store", "verify")
        let head = try #require(witness.lines.last?.split(separator: " ").last)
        #expect(witness.status == 0)
        #expect(await two.desk.run("store", "verify", "--head", String(head)).status == 65)
        let service = await one.service()
        #expect(await two.copyStore(of: one).status == 0)
        let other = await two.service()
        #expect(await two.desk.run("store", "verify", "--head", String(head)).status == 0)
        for service in [service, other] { service.send(SIGTERM) }
        for service in [service, other] { #expect(await service.wait().status == 0) }
    }
}
