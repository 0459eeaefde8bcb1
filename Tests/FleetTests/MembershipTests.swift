import Fleet
import Testing

/// One machine called `me` with a lease of 20 s, against an engine whose answers the test makes up.
private struct Driver {
    var membership = Membership(.init(name: "me", id: "m1", lease: 20_000)) { "run" }
    var nodes: [NodeRow] = []
    var owners = [String?](repeating: nil, count: 4)
    var position: UInt64 = 10

    static func node(_ run: String, _ name: String, machine: String = "m2", beat: UInt64 = 0, weight: Int = 1)
        -> NodeRow
    {
        NodeRow(
            run: run, name: name, machine: machine, beat: beat, applied: 0, lease: 20_000, weight: weight, about: "{}")
    }

    mutating func next(at now: Int64, busy: Set<Int> = []) -> Membership.Step {
        membership.next(at: now) { busy.contains($0) }
    }

    mutating func look(at now: Int64, off: Int64 = 0, applied: UInt64 = .max) {
        let view = FleetView(nodes: nodes, owners: owners, position: position, time: now + off, visited: [])
        membership.looked(view, applied: applied, at: now, timeOfDay: now)
    }

    /// Joins, takes all four shards, and has nothing more to do.
    mutating func joined() {
        _ = next(at: 0)
        look(at: 0)
        _ = next(at: 0)
        membership.done(at: 0)
        nodes.append(Self.node("run", "me", machine: "m1"))
        _ = next(at: 0)
        look(at: 0)
        _ = next(at: 0)
        membership.done(at: 0)
        owners = ["run", "run", "run", "run"]
        _ = next(at: 0)
        look(at: 0)
    }

    /// A turn in which the beat is answered and a look follows. Something of every shard is under way.
    mutating func turn(at now: Int64) {
        guard case .beat = next(at: now, busy: [0, 1, 2, 3]), let index = nodes.firstIndex(where: { $0.run == "run" })
        else { return }
        nodes[index].beat += 1
        membership.beaten(true, at: now)
        _ = next(at: now)
        look(at: now)
    }

    func standing(_ shard: Int, applied: UInt64 = .max, at now: Int64) -> ShardClaims.Standing {
        membership.claims.standing(of: shard, applied: applied, at: now)
    }
}

@Suite struct MembershipTests {
    @Test func `a machine looks, joins, claims what is free, and has what the next look shows`() {
        var driver = Driver()
        #expect(driver.next(at: 0) == .look)
        driver.look(at: 5)
        guard case .join(let row, replacing: nil) = driver.next(at: 5) else { Issue.record(); return }
        #expect(row.name == "me" && row.machine == "m1" && row.lease == 20_000)
        driver.membership.done(at: 8)
        driver.nodes = [row]
        #expect(driver.next(at: 8) == .look)
        driver.look(at: 9)
        #expect(driver.next(at: 9) == .claim([0, 1, 2, 3], run: "run"))
        driver.membership.done(at: 10)
        #expect(driver.standing(0, at: 10) == .elsewhere)
        driver.owners[0] = "run"
        #expect(driver.next(at: 10) == .look)
        driver.look(at: 12)
        // The lease counts from when the join was sent.
        #expect(driver.standing(0, at: 12) == .mine(since: 12, until: 15_005))
        #expect(driver.standing(1, at: 12) == .elsewhere)
    }

    @Test func `a lease counts from when its beat was sent, and not before a look has followed`() {
        var driver = Driver()
        driver.joined()
        #expect(driver.next(at: 0) == .wait(until: 5000))
        #expect(driver.next(at: 6000) == .beat(run: "run"))
        driver.membership.beaten(true, at: 9000)
        #expect(driver.membership.claims.until == 15_000)
        _ = driver.next(at: 9000)
        driver.look(at: 9500)
        #expect(driver.membership.claims.until == 21_000)
        #expect(driver.standing(0, at: 21_000) == .lapsed)
    }

    @Test func `the beat of a machine is the one that a look has shown`() {
        var driver = Driver()
        driver.joined()
        #expect(driver.membership.beat == 0)
        driver.turn(at: 5000)
        driver.turn(at: 10_000)
        #expect(driver.membership.beat == 2)
    }

    @Test func `a beat without an answer renews no lease`() {
        var driver = Driver()
        driver.joined()
        _ = driver.next(at: 5000)
        driver.membership.failed(at: 8000)
        #expect(driver.membership.claims.until == 15_000)
        #expect(driver.next(at: 8000) == .wait(until: 9000))
        #expect(driver.next(at: 9000) == .beat(run: "run"))
    }

    @Test func `a claimed shard is polled once the log is read to where it ended at the claim`() {
        var driver = Driver()
        driver.joined()
        #expect(driver.standing(0, applied: 9, at: 0) == .behind)
        #expect(driver.standing(0, applied: 10, at: 0) == .mine(since: 0, until: 15_000))
    }

    @Test func `who is put out has no shard, and joins anew with another run`() {
        var driver = Driver()
        driver.joined()
        _ = driver.next(at: 5000)
        driver.membership.beaten(false, at: 5001)
        #expect(driver.standing(0, at: 5001) == .lapsed)
        #expect(driver.membership.claims.run == nil)
        #expect(driver.membership.timesPutOut == 1)
        #expect(driver.next(at: 5001) == .look)
    }

    @Test func `an append that is refused puts out the run that it was of, and no later one`() {
        var driver = Driver()
        driver.joined()
        driver.membership.learnedPutOut(run: "another", at: 100)
        #expect(driver.membership.claims.run == "run")
        driver.membership.learnedPutOut(run: "run", at: 100)
        #expect(driver.membership.claims.run == nil)
    }

    @Test func `a machine that is silent for a lease is put out, and its shards are claimed in the same turn`() {
        var driver = Driver()
        driver.joined()
        driver.nodes.append(Driver.node("x", "other", weight: 0))
        driver.owners = ["run", "run", "x", "x"]
        for time: Int64 in [5000, 10_000, 15_000, 20_000] { driver.turn(at: time) }
        #expect(driver.next(at: 20_000) == .wait(until: 25_000))
        driver.turn(at: 25_000)
        #expect(driver.next(at: 25_000) == .putOut(run: "x", beat: 0))
        driver.membership.done(at: 25_000)
        #expect(driver.next(at: 25_000) == .claim([2, 3], run: "run"))
    }

    @Test func `a machine that beats once in its lease is not put out`() {
        var driver = Driver()
        driver.joined()
        driver.nodes.append(Driver.node("x", "other", weight: 0))
        for time: Int64 in [5000, 10_000, 15_000, 20_000] { driver.turn(at: time) }
        driver.nodes[1].beat += 1
        driver.turn(at: 25_000)
        #expect(driver.next(at: 25_000) == .wait(until: 30_000))
    }

    @Test func `nobody is put out before the engine has answered for two heartbeats`() {
        var driver = Driver()
        driver.joined()
        driver.nodes.append(Driver.node("x", "other", weight: 0))
        driver.turn(at: 5000)
        _ = driver.next(at: 10_000)
        driver.membership.failed(at: 13_000)
        driver.turn(at: 40_000)
        #expect(driver.next(at: 40_000) == .wait(until: 45_000))
        driver.turn(at: 45_000)
        driver.turn(at: 50_000)
        #expect(driver.next(at: 50_000) == .putOut(run: "x", beat: 0))
    }

    @Test func `nobody is put out right after an engine has stood still, as others could not beat either`() {
        var driver = Driver()
        driver.joined()
        driver.nodes.append(Driver.node("x", "other", weight: 0))
        driver.turn(at: 5000)
        _ = driver.next(at: 10_000)
        driver.nodes[0].beat += 1
        driver.membership.beaten(true, at: 40_000)
        _ = driver.next(at: 40_000)
        driver.look(at: 40_000)
        #expect(driver.standing(0, at: 40_000) == .lapsed)
        guard case .beat = driver.next(at: 40_000) else { Issue.record(); return }
    }

    @Test func `what should be another's begins nothing, and is given up when nothing of it is under way`() throws {
        var driver = Driver()
        driver.joined()
        driver.nodes.append(Driver.node("x", "other"))
        driver.turn(at: 5000)
        let leaving = driver.membership.claims.claims.filter(\.value.isLeaving).keys.sorted()
        let first = try #require(leaving.first)
        #expect(driver.standing(first, at: 5000) == .leaving)
        #expect(driver.next(at: 5000, busy: Set(leaving)) == .wait(until: 10_000))
        driver.turn(at: 10_000)
        #expect(driver.next(at: 10_000) == .giveUp(leaving, run: "run", beat: 2))
        driver.membership.done(at: 10_001)
        #expect(driver.standing(first, at: 10_001) == .elsewhere)
    }

    @Test func `a machine of its own name and id is replaced by run`() {
        var driver = Driver()
        driver.nodes = [Driver.node("before", "me", machine: "m1")]
        _ = driver.next(at: 0)
        driver.look(at: 0)
        guard case .join(_, replacing: "before") = driver.next(at: 0) else { Issue.record(); return }
    }

    @Test func `another machine that lives under this name ends it, after a lease`() {
        var driver = Driver()
        driver.nodes = [Driver.node("x", "me")]
        _ = driver.next(at: 0)
        driver.look(at: 0)
        #expect(driver.membership.obstacle == .name)
        driver.nodes[0].beat = 4
        _ = driver.next(at: 19_000)
        driver.look(at: 19_000)
        #expect(driver.next(at: 19_000) == .wait(until: 20_000))
        _ = driver.next(at: 20_000)
        driver.look(at: 20_000)
        #expect(driver.next(at: 20_000) == .end(.nameIsTaken))
    }

    @Test func `another machine that died under this name is put out, and its name taken`() {
        var driver = Driver()
        driver.nodes = [Driver.node("x", "me")]
        for time: Int64 in [0, 10_000, 20_000] {
            _ = driver.next(at: time)
            driver.look(at: time)
        }
        #expect(driver.next(at: 20_000) == .putOut(run: "x", beat: 0))
        driver.membership.done(at: 20_000)
        driver.nodes = []
        _ = driver.next(at: 20_000)
        driver.look(at: 20_000)
        guard case .join = driver.next(at: 20_000) else { Issue.record(); return }
    }

    @Test func `a store that has not read the log, or a clock that is off, keeps a machine from joining`() {
        var driver = Driver()
        _ = driver.next(at: 0)
        driver.look(at: 0, applied: 3)
        #expect(driver.membership.obstacle == .behind(by: 7))
        driver.position = 20
        _ = driver.next(at: 1000)
        driver.look(at: 1000, off: 10_001, applied: 10)
        #expect(driver.membership.obstacle == .clock(off: 10_001))
        #expect(driver.next(at: 1000) == .wait(until: 2000))
        _ = driver.next(at: 2000)
        driver.look(at: 2000, off: -10_000, applied: 10)
        guard case .join = driver.next(at: 2000) else { Issue.record(); return }
    }

    @Test func `a machine that is ill for a minute says so, and gives its shards to one that is well`() {
        var driver = Driver()
        driver.joined()
        driver.nodes.append(Driver.node("x", "other"))
        driver.membership.report(isIll: true, at: 5000)
        #expect(driver.membership.isWell(at: 64_999))
        #expect(!driver.membership.isWell(at: 65_000))
        driver.nodes[0].about = NodeAbout(version: "", configuration: "", feeds: 0, isWell: false).text
        driver.turn(at: 65_000)
        #expect(driver.membership.claims.claims.values.allSatisfy { $0.isLeaving })
        // Where none is well, those that are ill go on.
        driver.nodes[1].about = driver.nodes[0].about
        driver.turn(at: 70_000)
        #expect(!driver.membership.claims.claims.values.allSatisfy { $0.isLeaving })
        driver.membership.report(isIll: false, at: 71_000)
        #expect(driver.membership.isWell(at: 71_000))
    }

    @Test func `who leaves begins nothing more, waits for what is under way, and gives up all it has at once`() {
        var driver = Driver()
        driver.joined()
        driver.membership.leave(at: 100)
        #expect(driver.standing(2, at: 100) == .leaving)
        #expect(driver.next(at: 100, busy: [2]) == .wait(until: 300))
        #expect(driver.next(at: 300) == .leave(run: "run"))
        #expect(driver.standing(2, at: 300) == .lapsed)
        driver.membership.failed(at: 400)
        #expect(driver.next(at: 400) == .wait(until: 1400))
        #expect(driver.next(at: 1400) == .leave(run: "run"))
        driver.membership.done(at: 1401)
        #expect(driver.next(at: 1401) == .end(.left))
    }

    @Test func `who leaves waits ten seconds at most`() {
        var driver = Driver()
        driver.joined()
        driver.membership.leave(at: 100)
        #expect(driver.next(at: 10_100, busy: [2]) == .leave(run: "run"))
        driver.membership.failed(at: 10_200)
        #expect(driver.next(at: 10_200) == .end(.left))
    }
}
