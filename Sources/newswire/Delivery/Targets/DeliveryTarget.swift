internal import ArticleStore
internal import Publishing

/// Who takes a consumer's batches. `Delivery` offers them one at a time, in order, and offers one again until it is taken.
protocol DeliveryTarget: Sendable {
    /// Offers a batch and waits for the answer, on the delivery's thread, which it blocks.
    ///
    /// It may be offered again after any answer, `.delivered` included: the process may end before the cursor has moved.
    func take(_ batch: DeliveryBatch, _ attempt: DeliveryAttempt) -> DeliveryAnswer

    /// Whether it has to be offered a batch before there is anything in it, because it has to find out where it stands.
    var isUnsettled: Bool { get }

    /// Whether it can tell after a crash what it has, so that the cursor may move a little later than it takes batches.
    var tellsWhereItStands: Bool { get }

    /// What it has counted, for others to see; nil where it counts nothing.
    var figures: PublishFigures? { get }

    /// Ends what it has running, once nothing is offered any more: threads must not end at the same time as the process.
    func shutDown() async
}

extension DeliveryTarget {
    var isUnsettled: Bool { false }
    var tellsWhereItStands: Bool { false }
    var figures: PublishFigures? { nil }
    func shutDown() async {}
}

/// What a target is told beside the batch itself.
struct DeliveryAttempt {
    let consumer: String
    /// Which attempt at this batch it is, from 1.
    let number: Int
    /// Milliseconds that the target may take.
    let timeout: Int64
    /// Readable once newswire is to stop: the target then finishes what is nearly done, or answers `.stopped`.
    let stop: Int32
    /// A descriptor that stands for the right to be at work for the consumer. A target that starts processes lets them
    /// hold it open, so that they keep the right where newswire is killed; it stays open until the answer.
    let right: Int32
}

/// What a target says to a batch.
enum DeliveryAnswer: Equatable {
    /// It has the batch, and the cursor may move past it.
    case delivered
    /// It has not taken the batch, or nobody knows whether it has.
    ///
    /// - Parameters:
    ///   - reason: a sentence without a full stop, such as `the command ended with status 1`; without secrets, and safe to
    ///     show.
    ///   - atLeast: seconds; it is not offered again before that, however short the backoff is.
    case refused(_ reason: String, atLeast: Int = 0)
    /// It never wants a batch again: the delivery ends. The reason is as that of a refusal.
    case ended(_ reason: String)
    /// It is not there, and will be again; the reason is as that of a refusal.
    case away(_ reason: String)
    /// It cannot work before a person has done something about it: the command ends with that status.
    case broken(_ status: ExitStatus, _ reason: String)
    /// It has not taken the batch yet, since it has just found out where it stands: at the last message that it has, or nil
    /// where it has none. It is offered what comes behind that.
    case stands(BusEnd?)
    /// newswire is to stop, and the batch was not taken.
    case stopped
}
