import CCurl
import FeedModel

/// The body of an answer: unpacked, counted and handed over.
extension RunningTransfer {
    /// A piece of the body. Where the transfer is to rest, the same piece comes again when it goes on.
    func readBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard stop == nil else { return 0 }
        if mayBeFull {
            mayBeFull = transfer.pauseIfFull()
            if mayBeFull { return Int(CURL_WRITEFUNC_PAUSE) }
        }
        // A server may think before it answers for as long as `timeout` lets it; from here on it has to go on.
        if receivedBytes == 0 { handle?.set(CURLOPT_LOW_SPEED_TIME, request.limits.lowSpeedSeconds) }
        receivedBytes += bytes.count
        // Behind the end of a packed body anything may come; it is not looked at, but not without end.
        guard receivedBytes <= request.limits.maxBody + Self.slack else {
            return end(.bodyTooLarge(request.limits.maxBody))
        }
        do throws(ContentDecoder.Problem) {
            try decoder.decode(bytes, take)
        } catch {
            return end(failure(error))
        }
        return stop == nil && !hasEnough ? bytes.count : 0
    }

    /// What packing may add to a body that cannot be packed.
    private static let slack = 64 << 10

    /// Says that the body has ended, in whatever way.
    func finishBody() {
        guard isHeadComplete, stop == nil, !hasEnough else { return }
        do throws(ContentDecoder.Problem) {
            try decoder.finish(take)
        } catch {
            if carriesFeed { _ = end(failure(error)) }
        }
    }

    /// A piece of the decoded body. Returns false where no more of it is wanted.
    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard carriesFeed else {
            if opening.count < BrowserWall.openingBytes {
                opening.append(contentsOf: bytes.prefix(BrowserWall.openingBytes - opening.count))
            }
            droppedBytes += bytes.count
            hasEnough = droppedBytes > 64 << 10
            return !hasEnough
        }
        let limits = request.limits
        let room = limits.maxBody - outcome.decodedBytes
        outcome.decodedBytes += bytes.count
        if bytes.count > room {
            body.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes.prefix(max(0, room))))
            outcome.decodedBytes = limits.maxBody
            return stop(.bodyTooLarge(limits.maxBody))
        }
        if outcome.decodedBytes > limits.ratioFloor, outcome.decodedBytes / limits.maxRatio > receivedBytes {
            return stop(
                FetchFailure(
                    .bomb, "the body unpacks to more than \(limits.maxRatio) times its size",
                    advice: "no feed does that; check the feed's URL"))
        }
        body.append(contentsOf: bytes)
        if body.count >= TransferState.wakeBytes {
            transfer.deliver(takeBody(), head: takeHead())
            mayBeFull = true
        }
        return true
    }

    private func failure(_ problem: ContentDecoder.Problem) -> FetchFailure {
        let isBegun = outcome.decodedBytes > 0
        return switch problem {
        case .unreadable(let name):
            FetchFailure(
                .protocolError,
                "the body is called “\(FetchFailure.oneLine(name))” and is nothing of the kind, nor plain text",
                advice: "tell the publisher: its Content-Encoding is wrong")
        case .broken(let name):
            FetchFailure(
                isBegun ? .truncated : .protocolError, "the body, packed with \(name), is damaged",
                advice: "it is asked again; tell the publisher if this lasts")
        case .cut(let name):
            FetchFailure(
                .truncated, "the body, packed with \(name), ends in the middle",
                advice: "it is asked again; tell the publisher if this lasts")
        case .memory:
            FetchFailure(.resources, "not enough memory to unpack the body", advice: "poll fewer feeds at a time")
        }
    }

    private func stop(_ failure: FetchFailure) -> Bool {
        _ = end(failure)
        return false
    }
}
