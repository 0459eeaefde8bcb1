package import ArticleStore
internal import Dispatch
package import Fleet
private import JSONText
package import Logging

/// `ConsumerDesk` holds consumers of the fleet for commands of this machine (docs/spec/fleet.md §7).
///
/// A command that takes articles has a consumer as long as its connection to the control socket is open. Meanwhile the
/// engine's cursor follows the one of this machine, which the command moves as on a machine that is alone. All of it runs on
/// a thread of its own; its calls may come from any.
package final class ConsumerDesk: Sendable {
    /// `Standing` is what this machine is in the fleet at a moment.
    package struct Standing: Sendable, Equatable {
        /// Its run.
        package var run: String
        /// Whether its lease lasts, so that what it holds is its own.
        package var isLeased: Bool

        package init(run: String, isLeased: Bool) {
            self.run = run
            self.isLeased = isLeased
        }
    }

    /// Milliseconds between two looks at the cursors here, and at who still waits for one.
    package static let look: Int64 = 250

    // Unchecked because the queue alone touches what is in it.
    private final class Holds: @unchecked Sendable {
        var byName: [String: Hold] = [:]
        var consumers: (any FleetConsumers)?
        var hasEnded = false
        var isTold = false
    }

    private struct Hold {
        var run: String
        /// Where the engine has it.
        var seq: UInt64
        /// Those for whom it is held: a dump or a delivery, and whoever moves its cursor by hand meanwhile.
        var replies: [ControlReply]
    }

    private let machine: String
    private let cursors: @Sendable () throws(StoreError) -> Cursors
    private let standing: @Sendable () -> Standing?
    private let connect: @Sendable () -> any FleetConsumers
    private let logger: Logger
    let queue = DispatchQueue(label: "newswire.consumers")
    private let holds = Holds()

    /// - Parameters:
    ///   - machine: this machine's name in the fleet.
    ///   - cursors: those of this machine's store.
    ///   - standing: nil while it is not in the fleet; asked on the desk's thread.
    ///   - connect: makes the desk's own way to the engine, once, on its thread.
    package init(
        machine: String, cursors: @escaping @Sendable () throws(StoreError) -> Cursors, logger: Logger,
        standing: @escaping @Sendable () -> Standing?, connect: @escaping @Sendable () -> any FleetConsumers
    ) {
        self.machine = machine
        self.cursors = cursors
        self.logger = logger
        self.standing = standing
        self.connect = connect
    }

    /// Looks from here on, until it is closed.
    package func open() { lookLater() }

    /// Lets all consumers go that are held, and takes none any more. Returns when the engine has it, or is away.
    package func close() {
        queue.sync {
            holds.hasEnded = true
            for name in holds.byName.keys.sorted() { end(name, "the service stops") }
        }
    }

    /// Takes a consumer for a command, and answers in one line; the answer ends when it is not held any more.
    ///
    /// - Parameter seq: where the command stands with it, or would begin; nil where it is not to begin.
    package func take(_ name: String, seq: UInt64?, _ reply: ControlReply) {
        queue.async { [self] in
            guard !holds.hasEnded else { return reply.fail("the service stops") }
            guard let standing = standing(), standing.isLeased else {
                return reply.fail("this machine is not in the fleet at the moment: `newswire fleet status` says more")
            }
            do throws(EngineFailure) {
                if seq == nil, try !consumers.all().contains(where: { $0.name == name }) {
                    reply.send { json in
                        json.beginObject()
                        json.flag("unknown", true)
                        json.endObject()
                    }
                    return reply.done()
                }
                answer(
                    try consumers.take(name, run: standing.run, machine: machine, seq: seq ?? 0), name,
                    standing.run, reply)
            } catch {
                reply.fail("\(error)")
            }
        }
    }

    /// Lets a consumer go at once whose commands have gone, so that another machine may have it. Answers when the engine has
    /// it.
    package func free(_ name: String, _ reply: ControlReply) {
        queue.async { [self] in
            holds.byName[name]?.replies.removeAll(where: \.isGone)
            if holds.byName[name]?.replies.isEmpty == true { end(name, "") }
            reply.done()
        }
    }

    /// Forgets a consumer of the fleet that no other machine holds. Answers when the engine has done it.
    package func forget(_ name: String, _ reply: ControlReply) {
        queue.async { [self] in
            guard let standing = standing(), standing.isLeased else {
                return reply.fail("this machine is not in the fleet at the moment: `newswire fleet status` says more")
            }
            do throws(EngineFailure) {
                switch try consumers.take(name, run: standing.run, machine: machine, seq: 0) {
                case .held:
                    try consumers.forget(name, run: standing.run)
                    holds.byName[name] = nil
                    reply.done()
                case .elsewhere(let other): Self.refuse(name, other, reply)
                case .putOut: reply.fail("this machine was put out of the fleet just now; try again")
                }
            } catch {
                reply.fail("\(error)")
            }
        }
    }

    /// All consumers of the fleet, for whoever must not take away what one of them has not had.
    package func all() throws(EngineFailure) -> [ConsumerRow] {
        let result = queue.sync { Result { () throws(EngineFailure) in try consumers.all() } }
        return try result.get()
    }

    // MARK: On the desk's thread

    private var consumers: any FleetConsumers {
        if let made = holds.consumers { return made }
        let made = connect()
        holds.consumers = made
        return made
    }

    private func answer(_ taking: ConsumerTaking, _ name: String, _ run: String, _ reply: ControlReply) {
        switch taking {
        case .held(let seq, let wasHere):
            // Another machine may have had it since an earlier run of this one.
            if let old = holds.byName[name], old.run != run { lose(name, Self.leaseEnded) }
            var hold = holds.byName[name] ?? Hold(run: run, seq: seq, replies: [])
            hold.seq = seq
            hold.replies.append(reply)
            holds.byName[name] = hold
            reply.send { json in
                json.beginObject()
                json.member("seq", seq)
                json.flag("was_here", wasHere)
                json.endObject()
            }
        case .elsewhere(let other): Self.refuse(name, other, reply)
        case .putOut: reply.fail("this machine was put out of the fleet just now; try again")
        }
    }

    private static func refuse(_ name: String, _ other: String, _ reply: ControlReply) {
        reply.send { json in
            json.beginObject()
            json.member("held_by", other)
            json.endObject()
        }
        reply.done()
    }

    private func lookLater() {
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(Self.look))) { [weak self] in
            guard let self, !holds.hasEnded else { return }
            lookNow()
            lookLater()
        }
    }

    /// Lets the engine follow, and lets go what nobody has any more. On the desk's thread.
    func lookNow() {
        for (name, hold) in holds.byName {
            holds.byName[name]?.replies.removeAll(where: \.isGone)
            if holds.byName[name]?.replies.isEmpty == true {
                end(name, "")
            } else if standing() != Standing(run: hold.run, isLeased: true) {
                lose(name, Self.leaseEnded)
            } else {
                follow(name)
            }
        }
    }

    private static let leaseEnded = "this machine's lease has ended, and another may have it by now"

    /// Tells the commands of a consumer that it is not theirs any more.
    private func lose(_ name: String, _ reason: String) {
        let hold = holds.byName.removeValue(forKey: name)
        for reply in hold?.replies ?? [] { reply.fail(reason) }
    }

    private func end(_ name: String, _ reason: String) {
        follow(name)
        guard let hold = holds.byName.removeValue(forKey: name) else { return }
        do throws(EngineFailure) { try consumers.free(name, run: hold.run) } catch {
            // It is free when this machine leaves the fleet, or is put out.
            logger.warning(
                "the consumer was not let go: \(error)", metadata: ["consumer": "\(name)", "cursor": "\(hold.seq)"])
        }
        for reply in hold.replies { reply.fail(reason) }
    }

    /// Moves the engine's cursor to where the one of this machine stands.
    private func follow(_ name: String) {
        guard let hold = holds.byName[name] else { return }
        do {
            // A command that has not got so far yet, or has nothing to deliver, may have made none.
            guard let seq = try cursors().read(name), seq != hold.seq else { return }
            guard try consumers.move(name, run: hold.run, to: seq) else {
                return lose(name, "another machine has it by now")
            }
            holds.byName[name]?.seq = seq
            holds.isTold = false
        } catch {
            // Each look tries again; what was delivered meanwhile comes again where another machine goes on.
            if !holds.isTold {
                logger.warning(
                    "the fleet's cursor does not follow: \(error)", metadata: ["consumer": "\(name)"])
            }
            holds.isTold = true
        }
    }
}
