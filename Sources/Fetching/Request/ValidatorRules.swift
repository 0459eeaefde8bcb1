private import Digest
package import FeedModel

/// When validators are sent and what becomes of them: polling.md §2, as pure functions.
package enum ValidatorRules {
    /// Which half of a pair may be sent.
    package enum Mode: Sendable, Equatable {
        case both
        /// For servers whose ETag never matches (polling.md §2.9). Without a Last-Modified, the ETag is sent all the same.
        case lastModifiedOnly
        /// An unconditional request.
        case none
    }

    /// What to send with a request of that signature.
    package struct Conditions: Sendable, Equatable {
        package var ifNoneMatch: String?
        package var ifModifiedSince: String?
        package var isEmpty: Bool { ifNoneMatch == nil && ifModifiedSince == nil }
    }

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

    /// What to keep after a response.
    ///
    /// - Returns: nil to keep nothing; `previous` where the response changes nothing.
    package static func next(
        status: Int, headers: HeaderFields, signature: RequestSignature, previous: FeedState.Validators?, bodyIsOK: Bool
    ) -> FeedState.Validators? {
        switch status {
        case 200 where bodyIsOK:
            // What was answered may depend on anything: no validator says enough (§2.7).
            if headers.all("Vary").contains(where: { $0.split(separator: ",").contains { $0.contains("*") } }) {
                return nil
            }
            let etag = headers.first("ETag")
            let lastModified = headers.first("Last-Modified")
            if etag == nil, lastModified == nil { return nil }
            return .init(etag: etag, lastModified: lastModified, request: signature.hash)
        case 304:
            guard var pair = previous, pair.request == signature.hash else { return previous }
            if let etag = headers.first("ETag") { pair.etag = etag }
            if let lastModified = headers.first("Last-Modified") { pair.lastModified = lastModified }
            return pair
        default:
            return previous
        }
    }
}
