private import Text

/// `URLResolution` makes absolute URLs of relative references: RFC 3986 §5, with the leniency of browsers.
package enum URLResolution {
    /// Longer URLs are not resolved.
    static let maximumLength = 65_536

    /// Returns the absolute URL that a reference means in a document at `base`, or nil where there is none.
    ///
    /// White space around it is cut off, tabs and line breaks inside are dropped, other spaces become `%20`; in http and
    /// https URLs a backslash is a slash and slashes missing behind the scheme are put in. Everything else stays as
    /// written: no case is changed, nothing decoded, an internationalised host is left alone. An absolute URL of
    /// another scheme comes back with only its white space changed: the caller judges schemes.
    package static func resolve(_ reference: String, base: String?) -> String? {
        var budget = ResolutionBudget(document: maximumLength)
        return resolve(reference, base: base, &budget)
    }

    /// Resolves one of many references of a document. The result is nil as well for one that needs the base where nothing is left of
    /// the budget.
    package static func resolve(_ reference: String, base: String?, _ budget: inout ResolutionBudget) -> String? {
        var reference = reference
        var result: [UInt8] = []
        let isResolved = reference.withUTF8 { reference in
            guard var base, !base.isEmpty else { return resolve(reference, base: nil, &budget, into: &result) }
            return base.withUTF8 { resolve(reference, base: $0, &budget, into: &result) }
        }
        return isResolved ? String(decoding: result, as: UTF8.self) : nil
    }

    /// The scheme in lower case, or nil for a relative reference.
    static func scheme(of url: String) -> String? {
        var url = url
        return url.withUTF8 { bytes in
            URLParts.schemeLength(bytes).map { length in
                String(decoding: bytes[..<length], as: UTF8.self).lowercased()
            }
        }
    }

    /// Whether it is an absolute http or https URL with a host.
    package static func isWeb(_ url: String) -> Bool {
        var url = url
        return url.withUTF8 { bytes in
            guard URLScheme(of: bytes) == .web else { return false }
            return URLParts(bytes).authority.map { !$0.isEmpty } ?? false
        }
    }

    /// Whether other URLs can be relative to it: http or https, with what can be a host and a port.
    static func isBase(_ url: String) -> Bool {
        var copy = url
        return isWeb(url)
            && copy.withUTF8 { bytes in
                guard let authority = URLParts(bytes).authority else { return false }
                let start = bytes[authority].lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.lowerBound
                var host = bytes[start..<authority.upperBound]
                if host.first == UInt8(ascii: "[") {
                    guard let end = host.firstIndex(of: UInt8(ascii: "]")),
                        host[(start + 1)..<end].allSatisfy({ $0.isASCIIAlphanumeric || ":.".utf8.contains($0) })
                    else { return false }
                    host = host[(end + 1)...]
                    return host.isEmpty || isPort(host)
                }
                if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
                    guard isPort(host[colon...]) else { return false }
                    host = host[..<colon]
                }
                return !host.isEmpty && !host.contains { $0 <= 0x20 || "%<>[]^|\\\"`{}".utf8.contains($0) }
            }
    }

    private static func isPort(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        bytes.first == UInt8(ascii: ":") && bytes.count <= 6 && bytes.dropFirst().allSatisfy { $0.isASCIIDigit }
    }

    /// Whether it may stand in a URL field: http, https with a host, or mailto (contract.md §3).
    static func isPublishable(_ url: String) -> Bool {
        var copy = url
        return isWeb(url) || copy.withUTF8 { URLScheme(of: $0) == .mailto }
    }

    /// Appends the absolute URL, or returns false and appends nothing.
    static func resolve(
        _ reference: UnsafeBufferPointer<UInt8>, base: UnsafeBufferPointer<UInt8>?, _ budget: inout ResolutionBudget,
        into result: inout [UInt8]
    ) -> Bool {
        let reference = reference.trimmed
        guard reference.count <= maximumLength else { return false }
        guard !isClean(reference) else { return resolve(clean: reference, base: base, &budget, into: &result) }
        return cleaned(reference).withUnsafeBufferPointer { resolve(clean: $0, base: base, &budget, into: &result) }
    }

    /// Appends the absolute URL for a reference that has no scheme; false for one that has and for one without a meaning.
    static func resolveRelative(
        _ reference: UnsafeBufferPointer<UInt8>, base: UnsafeBufferPointer<UInt8>, _ budget: inout ResolutionBudget,
        into result: inout [UInt8]
    ) -> Bool {
        let reference = reference.trimmed
        guard reference.count <= maximumLength else { return false }
        // Tabs and line breaks inside a scheme do not hide it.
        guard !isClean(reference) else {
            return URLScheme(of: reference) == nil && resolve(relative: reference, base: base, &budget, into: &result)
        }
        return cleaned(reference).withUnsafeBufferPointer {
            URLScheme(of: $0) == nil && resolve(relative: $0, base: base, &budget, into: &result)
        }
    }

    private static func resolve(
        clean reference: UnsafeBufferPointer<UInt8>, base: UnsafeBufferPointer<UInt8>?,
        _ budget: inout ResolutionBudget, into result: inout [UInt8]
    ) -> Bool {
        switch URLScheme(of: reference) {
        case .web: return resolveWeb(reference, base: base, &budget, into: &result)
        case .mailto, .other:
            result.append(contentsOf: reference)
            return true
        case nil: return resolve(relative: reference, base: base, &budget, into: &result)
        }
    }

    private static func resolve(
        relative reference: UnsafeBufferPointer<UInt8>, base: UnsafeBufferPointer<UInt8>?,
        _ budget: inout ResolutionBudget, into result: inout [UInt8]
    ) -> Bool {
        guard let base, base.count <= maximumLength, budget.take(base.count) else { return false }
        let parts = URLParts(base)
        guard let scheme = parts.scheme else { return false }
        guard URLScheme(of: base) == .web, reference.contains(UInt8(ascii: "\\")) else {
            return join(reference, base: base, parts, scheme: scheme, into: &result)
        }
        return withSlashes(reference) { join($0, base: base, parts, scheme: scheme, into: &result) }
    }

    /// RFC 3986 §5.2.2 for a reference without a scheme.
    private static func join(
        _ reference: UnsafeBufferPointer<UInt8>, base: UnsafeBufferPointer<UInt8>, _ baseParts: URLParts,
        scheme: Range<Int>, into result: inout [UInt8]
    ) -> Bool {
        let parts = URLParts(reference)
        let isWeb = URLScheme(of: base) == .web
        if let authority = parts.authority {
            if isWeb, authority.isEmpty { return false }
            result.append(contentsOf: base[scheme])
            result.append(UInt8(ascii: ":"))
            result.append(contentsOf: reference)
            return true
        }
        if isWeb, baseParts.authority?.isEmpty ?? true { return false }
        // Nothing is relative to mailto:someone or urn:something.
        let isHierarchical = baseParts.authority != nil || base[baseParts.path].first == UInt8(ascii: "/")
        guard isHierarchical else { return false }
        result.append(contentsOf: base[..<baseParts.path.lowerBound])
        let path = reference[parts.path]
        if path.isEmpty {
            result.append(contentsOf: base[baseParts.path])
            let query = parts.query.map { reference[$0] } ?? baseParts.query.map { base[$0] }
            append(query, after: UInt8(ascii: "?"), to: &result)
        } else {
            if path.first == UInt8(ascii: "/") {
                appendWithoutDotSegments(UnsafeBufferPointer(rebasing: path), to: &result)
            } else {
                let basePath = base[baseParts.path]
                let folder = basePath.lastIndex(of: UInt8(ascii: "/")).map { basePath[...$0] }
                var merged = folder.map { Array($0) } ?? [UInt8(ascii: "/")]
                merged.append(contentsOf: path)
                merged.withUnsafeBufferPointer { appendWithoutDotSegments($0, to: &result) }
            }
            append(parts.query.map { reference[$0] }, after: UInt8(ascii: "?"), to: &result)
        }
        append(parts.fragment.map { reference[$0] }, after: UInt8(ascii: "#"), to: &result)
        return true
    }

    /// `http:` and what stands for the two slashes in it: `http:/host`, `http:\\host`, `http:host`.
    private static func resolveWeb(
        _ reference: UnsafeBufferPointer<UInt8>, base: UnsafeBufferPointer<UInt8>?, _ budget: inout ResolutionBudget,
        into result: inout [UInt8]
    ) -> Bool {
        let colon = URLParts.schemeLength(reference) ?? 0
        let isSlash = { (byte: UInt8) in byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
        let start = reference[(colon + 1)...].firstIndex { !isSlash($0) } ?? reference.count
        guard start < reference.count, reference[start] != UInt8(ascii: "?"), reference[start] != UInt8(ascii: "#")
        else { return false }
        let isWhole = start == colon + 3 && reference[colon + 1] == UInt8(ascii: "/")
        if isWhole, reference[colon + 2] == UInt8(ascii: "/"), !reference.contains(UInt8(ascii: "\\")) {
            result.append(contentsOf: reference)
            return true
        }
        if start == colon + 1, let base, let length = URLParts.schemeLength(base), length == colon,
            (0..<length).allSatisfy({ base[$0] | 0x20 == reference[$0] | 0x20 })
        {
            // The old relative form with a scheme (RFC 3986 §5.2.2, "non-strict").
            let rest = UnsafeBufferPointer(rebasing: reference[start...])
            return resolve(relative: rest, base: base, &budget, into: &result)
        }
        result.append(contentsOf: reference[...colon])
        result.append(contentsOf: [UInt8(ascii: "/"), UInt8(ascii: "/")])
        withSlashes(UnsafeBufferPointer(rebasing: reference[start...])) { result.append(contentsOf: $0) }
        return true
    }

    private static func append(_ part: Slice<UnsafeBufferPointer<UInt8>>?, after mark: UInt8, to result: inout [UInt8])
    {
        guard let part else { return }
        result.append(mark)
        result.append(contentsOf: part)
    }

    /// RFC 3986 §5.2.4 for an absolute path; `%2e` is a dot as well, as browsers have it.
    private static func appendWithoutDotSegments(_ path: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
        let root = result.count
        // Up to here the path is in the result. What stands between two dot segments is copied at once, since paths may
        // have a slash at every second byte.
        var copied = 0
        var index = 0
        while true {
            while index < path.count, path[index] != UInt8(ascii: "."), path[index] != UInt8(ascii: "%") { index &+= 1 }
            if index == path.count { break }
            guard index > 0, path[index - 1] == UInt8(ascii: "/"), let (dots, end) = dotSegment(in: path, at: index)
            else {
                index &+= 1
                continue
            }
            result.append(contentsOf: path[copied..<index - 1])
            if dots == 2 {
                let folder = result[root...].lastIndex(of: UInt8(ascii: "/")) ?? root
                result.removeLast(result.count - folder)
            }
            if end == path.count { result.append(UInt8(ascii: "/")) }
            copied = end
            index = end
        }
        result.append(contentsOf: path[copied...])
    }

    /// 1 for `.` and 2 for `..`, and where the segment ends; nil for any other.
    private static func dotSegment(
        in path: UnsafeBufferPointer<UInt8>, at start: Int
    ) -> (dots: Int, end: Int)? {
        var dots = 0
        var index = start
        while index < path.count, path[index] != UInt8(ascii: "/") {
            if path[index] == UInt8(ascii: ".") {
                index &+= 1
            } else if path.count &- index >= 3, path[index] == UInt8(ascii: "%"), path[index + 1] == UInt8(ascii: "2"),
                path[index + 2] | 0x20 == UInt8(ascii: "e")
            {
                index &+= 3
            } else {
                return nil
            }
            dots &+= 1
            if dots > 2 { return nil }
        }
        return dots > 0 ? (dots, index) : nil
    }
}

// MARK: - White space and slashes

extension URLResolution {
    private static func isClean(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.allSatisfy { $0 > 0x20 && $0 != 0x7f }
    }

    private static func cleaned(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16)
        for byte in bytes {
            switch byte {
            case 0x20: result.append(contentsOf: "%20".utf8)
            case 0..<0x20, 0x7f: break
            default: result.append(byte)
            }
        }
        return result
    }

    /// Hands on the reference with its backslashes in front of query and fragment turned.
    private static func withSlashes<Result>(
        _ reference: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        var copy = Array(reference)
        for index in copy.indices {
            if copy[index] == UInt8(ascii: "?") || copy[index] == UInt8(ascii: "#") { break }
            if copy[index] == UInt8(ascii: "\\") { copy[index] = UInt8(ascii: "/") }
        }
        return copy.withUnsafeBufferPointer(body)
    }
}

extension String {
    /// Whether it is an http or https URL that needs no mending.
    var isPlainWebURL: Bool {
        var text = self
        return text.withUTF8 { bytes in
            let scheme = bytes.hasPrefix("https://") ? 8 : bytes.hasPrefix("http://") ? 7 : 0
            guard scheme > 0, bytes.count > scheme, bytes[scheme] != UInt8(ascii: "/") else { return false }
            for byte in bytes where byte <= 0x20 || byte == UInt8(ascii: "\\") { return false }
            return true
        }
    }

    /// Whether it may be followed: http, https or mailto.
    var isFollowable: Bool { URLResolution.isWeb(self) || URLResolution.scheme(of: self) == "mailto" }
}
