private import Text

/// `CanonicalURL` makes the form of a link by which two links are told to be the same (identity.md §7). It is a key for
/// comparing only: what is shown and stored is the link as it came.
package enum CanonicalURL {
    /// Links longer than this are no key (security.md §4).
    package static let maximumLength = 2048

    /// Returns the key of an http or https link, the same for both schemes; nil for any other text.
    ///
    /// - Parameter ownHosts: hosts of the feed and its site: a `ref` parameter that names one of them is dropped.
    package static func key(_ link: String, ownHosts: [String] = []) -> String? {
        var link = link
        return link.withUTF8 { text in
            if let plain = plainKey(text) { return plain }
            return key(cleaned(text), ownHosts: ownHosts)
        }
    }

    /// The key of a link that is its own normal form but for the scheme and a fragment, as most are; nil where that takes
    /// a closer look.
    private static func plainKey(_ link: UnsafeBufferPointer<UInt8>) -> String? {
        guard link.count <= maximumLength else { return nil }
        let start = starts(link, with: "https://") ? 6 : starts(link, with: "http://") ? 5 : 0
        guard start > 0 else { return nil }
        var index = start + 2
        while index < link.count, isPlainHostByte(link[index]) { index += 1 }
        guard index > start + 2 else { return nil }
        let path = index
        guard path == link.count || link[path] == slash else { return nil }
        while index < link.count {
            switch link[index] {
            case 0...0x20, question, hash, UInt8(ascii: "%"), UInt8(ascii: "\\"): return nil
            case UInt8(ascii: ".") where link[index - 1] == slash: return nil
            default: index += 1
            }
        }
        let key = UnsafeBufferPointer(rebasing: link[start...])
        if path < link.count { return String(decoding: key, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: key.count + 1) { bytes in
            _ = bytes.update(fromContentsOf: key)
            bytes[key.count] = slash
            return key.count + 1
        }
    }

    private static func starts(_ link: UnsafeBufferPointer<UInt8>, with scheme: StaticString) -> Bool {
        guard link.count > scheme.utf8CodeUnitCount else { return false }
        for index in 0..<scheme.utf8CodeUnitCount where link[index] != scheme.utf8Start[index] { return false }
        return true
    }

    private static func isPlainHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func key(_ bytes: [UInt8], ownHosts: [String]) -> String? {
        guard bytes.count <= maximumLength, let authorityStart = schemesEnd(bytes) else { return nil }
        let authorityEnd =
            bytes[authorityStart...].firstIndex { $0 == slash || $0 == question || $0 == hash } ?? bytes.count
        guard let authority = normalizedAuthority(bytes[authorityStart..<authorityEnd]) else { return nil }
        let fragmentStart = bytes[authorityEnd...].firstIndex(of: hash) ?? bytes.count
        let queryStart = bytes[authorityEnd..<fragmentStart].firstIndex(of: question) ?? fragmentStart

        var key: [UInt8] = Array("//".utf8)
        key.append(contentsOf: authority)
        key.append(contentsOf: removingDotSegments(percentNormalized(bytes[authorityEnd..<queryStart])))
        if queryStart < fragmentStart {
            let query = TrackingParameters.removed(from: bytes[(queryStart + 1)..<fragmentStart], ownHosts: ownHosts)
            if !query.isEmpty {
                key.append(question)
                key.append(contentsOf: percentNormalized(query[...]))
            }
        }
        // A fragment that begins with ! names another page, all others a place on this one.
        if fragmentStart + 1 < bytes.count, bytes[fragmentStart + 1] == UInt8(ascii: "!") {
            key.append(contentsOf: bytes[fragmentStart...])
        }
        return String(decoding: key, as: UTF8.self)
    }

    private static let slash = UInt8(ascii: "/")
    private static let question = UInt8(ascii: "?")
    private static let hash = UInt8(ascii: "#")

    /// Without white space and control characters at the ends and without line breaks and tabs within; backslashes in
    /// front of the query become slashes.
    private static func cleaned(_ link: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var bytes = Array(link)
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        if let first = bytes.firstIndex(where: { $0 > 0x20 }), first > 0 { bytes.removeFirst(first) }
        if bytes.contains(where: { $0 < 0x20 }) { bytes.removeAll { $0 == 0x09 || $0 == 0x0a || $0 == 0x0d } }
        for index in bytes.indices {
            if bytes[index] == question || bytes[index] == hash { break }
            if bytes[index] == UInt8(ascii: "\\") { bytes[index] = slash }
        }
        return bytes
    }

    /// Returns where the authority starts behind `http://`, `//`, `http:/` or a doubled scheme; nil for another scheme or none.
    private static func schemesEnd(_ bytes: [UInt8]) -> Int? {
        var index = 0
        var found = false
        while true {
            if let length = schemeLength(bytes[index...]) {
                index += length
                found = true
            } else if !found, bytes[index...].starts(with: [slash, slash]) {
                found = true
            } else if found {
                break
            } else {
                return nil
            }
            while index < bytes.count, bytes[index] == slash { index += 1 }
        }
        return index < bytes.count ? index : nil
    }

    private static func schemeLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first, first | 0x20 == UInt8(ascii: "h") else { return nil }
        for scheme in ["https:/", "http:/"] {
            guard bytes.count > scheme.utf8.count, zip(bytes, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
            else { continue }
            return scheme.utf8.count
        }
        return nil
    }

    private static func normalizedAuthority(_ authority: ArraySlice<UInt8>) -> [UInt8]? {
        var host = authority
        if let at = host.lastIndex(of: UInt8(ascii: "@")) { host = host[(at + 1)...] }
        var port: ArraySlice<UInt8> = []
        if let colon = host.lastIndex(of: UInt8(ascii: ":")),
            host[(colon + 1)...].allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        {
            port = host[(colon + 1)...].drop { $0 == UInt8(ascii: "0") }
            host = host[..<colon]
        }
        guard !host.isEmpty else { return nil }
        var result: [UInt8]
        if host.contains(where: { $0 >= 0x80 }) {
            result = Punycode.hostToASCII(String(decoding: host, as: UTF8.self))
        } else {
            result = host.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        }
        // Both default ports go, whatever the scheme was: the key does not know the scheme.
        if !port.isEmpty, !port.elementsEqual("80".utf8), !port.elementsEqual("443".utf8) {
            result.append(UInt8(ascii: ":"))
            result.append(contentsOf: port)
        }
        return result
    }

    /// RFC 3986 §6.2.2: `%` with upper-case digits, and none for what needs none.
    private static func percentNormalized(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "%")) else { return Array(bytes) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard let byte = PercentEncoding.byte(in: bytes, at: index) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if isUnreserved(byte) {
                result.append(byte)
            } else {
                result.append(UInt8(ascii: "%"))
                result.append(upperCased(bytes[index + 1]))
                result.append(upperCased(bytes[index + 2]))
            }
            index += 3
        }
        return result
    }

    private static func upperCased(_ digit: UInt8) -> UInt8 {
        digit >= UInt8(ascii: "a") ? digit & ~0x20 : digit
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "~")
    }

    /// RFC 3986 §5.2.4, on a path that is empty or begins with a slash; an empty one becomes `/`.
    private static func removingDotSegments(_ path: [UInt8]) -> [UInt8] {
        if path.isEmpty { return [slash] }
        guard path.contains(UInt8(ascii: ".")) else { return path }
        var kept: [ArraySlice<UInt8>] = []
        let segments = path.split(separator: slash, omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment.elementsEqual(".".utf8) {
                if isLast { kept.append([]) }
            } else if segment.elementsEqual("..".utf8) {
                if !kept.isEmpty { kept.removeLast() }
                if isLast { kept.append([]) }
            } else {
                kept.append(segment)
            }
        }
        return kept.reduce(into: []) { result, segment in
            result.append(slash)
            result.append(contentsOf: segment)
        }
    }
}

/// Query parameters that say where a reader came from and not which page it is (identity.md §7).
enum TrackingParameters {
    private static let prefixes = ["utm_", "mtm_", "ga_", "pk_", "piwik_", "hsa_", "_hs", "__hs", "itm_", "hmb_"]
        .map { Array($0.utf8) }

    private static let names: Set<String> = [
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "msclkid", "twclid", "yclid", "ysclid",
        "_openstat", "igshid", "mc_cid", "mc_eid", "mc_tc", "mkt_tok", "vero_id", "vero_conv", "oly_anon_id",
        "oly_enc_id", "rb_clickid", "wickedid", "sc_cid", "ns_mchannel", "ns_campaign", "ns_source", "fb_action_ids",
        "fb_action_types", "fb_source", "fb_ref", "fb_comment_id", "action_object_map", "action_type_map",
        "action_ref_map", "campaign_id", "campaign_medium", "campaign_name", "campaign_source", "campaign_term",
        "campaign_content", "_branch_match_id", "_branch_referrer", "_bhlid", "hsctatracking", "__readwiselocation",
        "wprss", "feedname", "feedtype", "at_medium", "at_campaign", "cmpid", "xtor", "ocid", "smid",
    ]
    private static let longestName = 20

    /// The query without them, the rest in the order in which it stood.
    static func removed(from query: ArraySlice<UInt8>, ownHosts: [String]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(query.count)
        for parameter in query.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
            let equals = parameter.firstIndex(of: UInt8(ascii: "=")) ?? parameter.endIndex
            if isTracking(parameter[..<equals]) { continue }
            if parameter[..<equals].elementsEqual("ref".utf8), equals < parameter.endIndex,
                ownHosts.contains(where: { $0.utf8.elementsEqual(parameter[(equals + 1)...]) })
            {
                continue
            }
            if !result.isEmpty { result.append(UInt8(ascii: "&")) }
            result.append(contentsOf: parameter)
        }
        return result
    }

    /// Whether a parameter of that name, in any case, is one of them.
    static func isTracking(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first, name.count <= 64 else { return false }
        // Most parameters are told by their first letter.
        let initial = first | 0x20
        guard initial != UInt8(ascii: "q"), initial != UInt8(ascii: "l") else { return false }
        let lower = name.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
        if prefixes.contains(where: { lower.starts(with: $0) }) { return true }
        return lower.count <= longestName && names.contains(String(decoding: lower, as: UTF8.self))
    }
}
