/// `Bus` is one connection to a message bus or a database that articles are published to (publish.md).
///
/// It is made for one connection, used by one thread, and closed once; after a failure nothing but `close` is called. Every
/// call waits, for no longer than its `BusWait` says.
package protocol Bus: AnyObject {
    /// Says, in words for people and without secrets, what articles go to: `the table news of postgresql://db1:5432/desk`.
    var name: String { get }

    /// Tells whether it can say where it ends (P4).
    var saysWhereItEnds: Bool { get }

    /// A message's line has so many bytes at most; asked once it is connected.
    var largestLine: Int { get }

    /// Connects and logs in.
    func connect(_ wait: BusWait) throws(BusFailure)

    /// Looks whether articles can go where they are to go, and finds the last message that is there; nil where there is none.
    /// A last message that newswire has not written is a failure (`notOurs`). It is asked before anything is published.
    func end(_ wait: BusWait) throws(BusFailure) -> BusEnd?

    /// Publishes messages in their order, and returns when the bus has acknowledged each.
    ///
    /// - Parameter messages: as long as the call lasts, the bytes are there to which they point.
    func publish(_ messages: [BusMessage], _ wait: BusWait) throws(BusFailure)

    /// Makes what articles go to, where it is not there. It needs a connection, and nothing else.
    ///
    /// - Returns: a sentence about what was done.
    func setUp(_ wait: BusWait) throws(BusFailure) -> String

    /// Ends the connection, whatever state it is in. What was not acknowledged may arrive all the same.
    func close()
}

/// `BusEnd` is the last message that a bus has.
package struct BusEnd: Equatable, Sendable {
    /// The record has this number.
    package var seq: UInt64
    /// The message has this id; nil where the bus knows only the number.
    package var id: String?

    package init(seq: UInt64, id: String?) {
        self.seq = seq
        self.id = id
    }
}

/// `BusFailure` says why a bus did not do what it was asked for.
package struct BusFailure: Error, Equatable, Sendable {
    /// `Kind` says what a person, or time, can do about it.
    package enum Kind: Equatable, Sendable {
        /// It is not there, or went away: it will come again.
        case away
        /// It is there, and did not take the messages.
        case refused
        /// One message is larger than it takes.
        case tooLarge
        /// It does not let newswire in, or do that.
        case notPermitted
        /// It does not show by TLS that it is what the URL names, or there is no TLS with it.
        case untrusted
        /// The configuration asks for what there is not, such as a stream.
        case misconfigured
        /// What is there was not written by newswire.
        case notOurs
        /// newswire is to stop.
        case stopped
    }

    package var kind: Kind
    /// The reason is a sentence without a full stop, without secrets: `postgresql://db1:5432 was not reached: …`.
    package var reason: String

    package init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

/// `BusMaker` makes connections to all kinds of buses; a program has one or none.
package protocol BusMaker: Sendable {
    /// Makes a bus, which is not connected yet.
    func bus(_ settings: BusSettings) throws(BusFailure) -> any Bus
}
