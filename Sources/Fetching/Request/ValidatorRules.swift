internal import Digest
package import FeedModel

/// `ValidatorRules` decides when validators are sent and what becomes of them: polling.md §2, as pure functions.
package enum ValidatorRules {
    /// `Mode` says which half of a pair may be sent.
    package enum Mode: Sendable, Equatable {
        case both
        /// Only Last-Modified, for servers whose ETag never matches (polling.md §2.9). Without a Last-Modified, the ETag is sent all the same.
        case lastModifiedOnly
        /// An unconditional request.
        case none
    }

    /// `Conditions` are the validators that one request sends.
    package struct Conditions: Sendable, Equatable {
        /// The ETag is sent as the server wrote it; nil where none is.
        package var ifNoneMatch: String?
        /// The Last-Modified is sent as the server wrote it; nil where none is.
        package var ifModifiedSince: String?
        /// Tells whether the request is unconditional.
        package var isEmpty: Bool { ifNoneMatch == nil && ifModifiedSince == nil }
    }

    /// Returns what is sent of the validators with a request of that signature.
    package static func conditions(
        of validators: FeedState.Validators?, mode: Mode, signature: RequestSignature, now: Timestamp
    ) -> Conditions {
        guard let validators, mode != .none, validators.request == signature.hash else { return Conditions() }
        var result = Conditions(ifNoneMatch: validators.etag, ifModifiedSince: validators.lastModified)
        // A date of the year 2038 would be answered with 304 for ever (§2.8).
        if let date = validators.lastModified.flatMap(HTTPDate.parse), date.seconds > now.seconds + 86_400 {
            result.ifModifiedSince = nil
        }
        if mode == .lastModifiedOnly, result.ifModifiedSince != nil { result.ifNoneMatch = nil }
        return result
    }

    /// Returns the mode of a request after the last answer.
    ///
    /// A server that says that the request itself is at fault (400, 412, 431) may mean what it once sent: it is asked once
    /// without, and the pair stays as it is (§2.5).
    package static func mode(_ mode: Mode, afterStatus status: Int?) -> Mode {
        switch status {
        case 400, 412, 431: .none
        default: mode
        }
    }

    /// `Kept` is what is kept after a response.
    package struct Kept: Sendable, Equatable {
        /// These validators are kept; nil for none.
        package var validators: FeedState.Validators?
        /// Says what of the response cannot be kept and why, a sentence each.
        package var refusals: [String] = []
    }

    /// Returns what is kept after a response (polling.md §2.3–§2.7).
    ///
    /// - Returns: `previous` where the response changes nothing.
    package static func next(
        status: Int, headers: HeaderFields, signature: RequestSignature, previous: FeedState.Validators?, bodyIsOK: Bool
    ) -> Kept {
        switch status {
        case 200 where bodyIsOK:
            // What was answered may depend on anything: no validator says enough (§2.7).
            if headers.all("Vary").contains(where: { $0.split(separator: ",").contains { $0.contains("*") } }) {
                return Kept()
            }
            return kept(headers, signature.hash, else: nil)
        case 304:
            guard let previous, previous.request == signature.hash else { return Kept(validators: previous) }
            return kept(headers, signature.hash, else: previous)
        default:
            return Kept(validators: previous)
        }
    }

    /// - Parameter previous: keeps its place where a response does not speak of it. Where one does, and what it says
    ///   cannot be kept, what was known before is outdated all the same.
    private static func kept(
        _ headers: HeaderFields, _ request: Hash128, else previous: FeedState.Validators?
    ) -> Kept {
        let (etag, lastModified) = (headers.first("ETag"), headers.first("Last-Modified"))
        let pair = FeedState.Validators(
            etag: etag ?? previous?.etag, lastModified: lastModified ?? previous?.lastModified, request: request)
        var kept = Kept(validators: pair.isEmpty ? nil : pair)
        if let etag, pair.etag == nil { kept.refuse("ETag", .etag, etag) }
        if let lastModified, pair.lastModified == nil { kept.refuse("Last-Modified", .lastModified, lastModified) }
        return kept
    }
}

extension ValidatorRules.Kept {
    fileprivate mutating func refuse(_ name: String, _ field: FeedState.Validators.Field, _ value: String) {
        guard let reason = field.refusal(value) else { return }
        refusals.append("the server's \(name) \(reason), so it is not sent back")
    }
}

/// `ETagTrap` finds servers whose ETag never matches, and so answer every conditional request with the same body
/// (Apache's `-gzip` suffix; polling.md §2.9). A value to keep with a feed's state.
package struct ETagTrap: Sendable, Equatable {
    /// So many repeats show the trap.
    package static let repeatsNeeded = 3
    /// Both validators are tried again after so many seconds.
    package static let secondsUntilProbe: Int64 = 30 * 86_400

    /// So many conditional requests in a row were answered with 200 and the body known already.
    package var repeats = 0
    /// Only Last-Modified has been sent since this time; nil where both are.
    package var since: Timestamp?

    /// Begins with nothing seen.
    package init() {}

    /// Goes on from what was kept with the feed's state.
    package init(repeats: Int, since: Timestamp?) {
        self.repeats = repeats
        self.since = since
    }

    /// Returns what to send with the next request. After 30 days both are tried once more.
    package func mode(at now: Timestamp) -> ValidatorRules.Mode {
        guard let since, now.seconds - since.seconds < Self.secondsUntilProbe else { return .both }
        return .lastModifiedOnly
    }

    /// Takes in a response to a request that sent an ETag, or to one that `mode` kept it from.
    ///
    /// - Parameters:
    ///   - isSameBody: the decoded body has the hash of the one before.
    ///   - hasLastModified: there is something else to send.
    package mutating func after(
        status: Int, wasConditional: Bool, isSameBody: Bool, hasLastModified: Bool, at now: Timestamp
    ) {
        let isTrying = mode(at: now) == .both
        switch status {
        case 304 where isTrying: self = ETagTrap()
        case 200 where wasConditional && isSameBody && isTrying:
            repeats = min(repeats + 1, Self.repeatsNeeded)
            // A probe that finds the trap again needs no second proof.
            if repeats == Self.repeatsNeeded { since = hasLastModified ? now : nil }
        case 200 where isTrying: repeats = since == nil ? 0 : repeats
        default: break
        }
    }
}
