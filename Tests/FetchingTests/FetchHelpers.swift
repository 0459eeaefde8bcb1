import FeedModel
import TestSupport
import Web

@testable import Fetching

/// A fetch to its end.
struct Fetched {
    var head: ResponseHead?
    var body: [UInt8]
    var outcome: FetchOutcome

    var text: String { String(decoding: body, as: UTF8.self) }
    var failure: FetchFailure? { outcome.failure }
}

/// A request that may go to the loopback addresses of tests. What is not about time has plenty of it: the machine may
/// be busy with other tests.
func request(_ url: String, change: (inout FetchRequest) -> Void = { _ in }) -> FetchRequest {
    var request = FetchRequest(url: url, userAgent: "newswire/test (+https://example.org/bot)")
    request.addressPolicy = .allow
    request.limits.connectTimeout = .seconds(600)
    request.limits.timeout = .seconds(600)
    request.limits.lowSpeedSeconds = 600
    change(&request)
    return request
}

extension FetchEngine {
    func fetch(_ request: FetchRequest) async -> Fetched {
        let transfer = start(request)
        let head = await transfer.response()
        var body: [UInt8] = []
        while let chunk = await transfer.nextChunk() { body += chunk }
        return Fetched(head: head, body: body, outcome: await transfer.outcome())
    }

    func fetch(_ url: String, change: (inout FetchRequest) -> Void = { _ in }) async -> Fetched {
        await fetch(request(url, change: change))
    }
}

func text(count: Int) -> [UInt8] {
    // Not a power of two, so that a block out of place shows.
    (0..<count).map { UInt8(truncatingIfNeeded: $0 % 251) }
}

extension ProxyURL: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) {
        do {
            self = try ProxyURL(text)
        } catch {
            fatalError("\(text) is no proxy: \(error)")
        }
    }
}

extension AddressPolicy {
    static func naming(_ entry: String) -> AddressPolicy { .list([entry].compactMap(Entry.init)) }
}
