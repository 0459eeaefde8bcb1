internal import Fleet
internal import Logging

/// `FleetNews` is what has happened to a machine in its fleet that a person may want to know.
enum FleetNews: Sendable, Equatable {
    case joined(shards: Int)
    /// It has so many shards from now on.
    case shards(Int)
    /// Others have taken it for dead.
    case putOut
    case putsOut(run: String)
    case waits(Membership.Obstacle)
    /// The engine does not answer, or refuses.
    case away(String)
    case back(seconds: Int64)
    case ended(Membership.Ending)

    func log(_ logger: Logger) {
        switch self {
        case .joined(let shards): logger.notice("joined the fleet", metadata: ["shards": "\(shards)"])
        case .shards(let count): logger.notice("polls other shards", metadata: ["shards": "\(count)"])
        case .putOut:
            logger.error(
                "was put out of the fleet: the engine had not heard of this machine for a lease; it joins anew")
        case .putsOut(let run): logger.warning("puts a silent machine out of the fleet", metadata: ["run": "\(run)"])
        case .waits(.behind(let count)):
            logger.notice("reads the log before it joins the fleet", metadata: ["entries": "\(count)"])
        case .waits(.clock(let off)):
            logger.error("does not join the fleet: the clock is \(off) ms from the engine's; set it right, as with NTP")
        case .waits(.name): logger.warning("a machine of the fleet has this one's name; waiting whether it lives")
        case .away(let text):
            logger.error("the fleet's engine does not answer; polling stops when the lease ends: \(text)")
        case .back(let seconds): logger.notice("the fleet's engine answers again", metadata: ["seconds": "\(seconds)"])
        case .ended(.left): logger.notice("left the fleet")
        case .ended(.nameIsTaken):
            logger.error("another machine of the fleet is called as this one; give it another name: [fleet] node")
        }
    }
}

/// Tells what is new of a membership from what was said before, each thing once.
struct NewsOfMembership {
    private var run: String?
    private var shards: Int?
    private var timesPutOut = 0
    private var obstacle: Membership.Obstacle?
    private var failure: String?
    private(set) var awaySince: Int64?
    private(set) var answersSince: Int64?

    /// Milliseconds without an answer after which the engine is said to be away: a connection may be lost.
    private static let patience: Int64 = 2000

    /// - Parameter step: what the membership wants to do next.
    mutating func after(_ step: Membership.Step, _ membership: Membership) -> [FleetNews] {
        var news: [FleetNews] = []
        if membership.timesPutOut != timesPutOut {
            timesPutOut = membership.timesPutOut
            (run, shards) = (nil, nil)
            news.append(.putOut)
        }
        if let obstacle = membership.obstacle, !Self.isSame(obstacle, self.obstacle) { news.append(.waits(obstacle)) }
        obstacle = membership.obstacle
        if case .putOut(let run, _) = step { news.append(.putsOut(run: run)) }
        // What is claimed in a turn is told when the turn is over.
        guard case .wait = step, let own = membership.claims.run else { return news }
        let count = membership.claims.claims.count
        if own != run { news.append(.joined(shards: count)) } else if count != shards { news.append(.shards(count)) }
        (run, shards) = (own, count)
        return news
    }

    private static func isSame(_ one: Membership.Obstacle, _ other: Membership.Obstacle?) -> Bool {
        switch (one, other) {
        case (.behind, .behind?), (.clock, .clock?), (.name, .name?): true
        default: false
        }
    }

    mutating func failed(_ error: EngineFailure, at now: Int64) -> FleetNews? {
        let since = awaySince ?? now
        awaySince = since
        answersSince = nil
        guard error.kind != .away || now - since >= Self.patience else { return nil }
        // Another reason is news; the same one, and a further try, are not.
        let text = error.description
        guard failure == nil || error.kind != .away && failure != text else { return nil }
        failure = text
        return .away(text)
    }

    mutating func answered(at now: Int64) -> FleetNews? {
        defer { (awaySince, failure) = (nil, nil) }
        answersSince = answersSince ?? now
        guard failure != nil, let awaySince else { return nil }
        return .back(seconds: (now - awaySince) / 1000)
    }
}
