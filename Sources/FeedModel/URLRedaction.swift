private import Digest
private import Text

/// `URLRedaction` makes a URL fit to be shown and stored: without what lets others in (security.md §12).
package enum URLRedaction {
    /// `Names` is which parameters hold secrets.
    package enum Names: Sendable {
        /// All that are known here.
        case all
        /// The parameters that an earlier newswire knew: only their values are missing in the ids that it made.
        case first
    }

    /// Replaces userinfo and the values of parameters that hold secrets with `***`; all else stays as it is.
    ///
    /// Parameters are looked for in path, query and fragment, and in a URL that stands percent-encoded in one of them. To
    /// redact the result again changes nothing. It works on bytes: to `Character`, an equals sign with an accent behind it
    /// is another character.
    package static func redacted(_ url: String, _ names: Names = .all) -> String {
        var url = url
        // Nearly all URLs hold nothing that could be a secret.
        guard url.utf8.contains(where: { $0 == equals || $0 == at || $0 == percent }) else { return url }
        return url.withUTF8 { bytes in
            var redactor = Redactor(names, capacity: bytes.count + 8)
            redactor.append(url: bytes)
            return String(decoding: redactor.result, as: UTF8.self)
        }
    }

    /// Returns sixteen bits of a URL's hash: enough to notice that what is hidden of it has changed, too few to guess
    /// it by. It is nil where nothing of the URL is hidden.
    package static func mark(of url: String) -> UInt16? {
        if redacted(url) == url { return nil }
        var url = url
        return url.withUTF8 { UInt16(truncatingIfNeeded: XXH3.hash64(UnsafeRawBufferPointer($0))) }
    }

    private static let equals = UInt8(ascii: "=")
    private static let percent = UInt8(ascii: "%")
    private static let at = UInt8(ascii: "@")
}

/// `Redactor` writes a URL without its secrets.
private struct Redactor {
    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private(set) var result: [UInt8] = []
    private let names: URLRedaction.Names

    init(_ names: URLRedaction.Names, capacity: Int) {
        self.names = names
        result.reserveCapacity(capacity)
    }

    private static let slash = UInt8(ascii: "/")
    private static let semicolon = UInt8(ascii: ";")
    private static let question = UInt8(ascii: "?")
    private static let hash = UInt8(ascii: "#")
    private static let ampersand = UInt8(ascii: "&")
    private static let equals = UInt8(ascii: "=")

    mutating func append(url: UnsafeBufferPointer<UInt8>) {
        let path = appendAuthority(of: url)
        let query = url[path...].firstIndex { $0 == Self.question || $0 == Self.hash } ?? url.endIndex
        // Nobody is let in by the path of a file.
        if names == .first || url.starts(with: "file:".utf8) {
            result.append(contentsOf: url[path..<query])
        } else {
            appendPairs(url[path..<query]) { $0 == Self.slash || $0 == Self.semicolon }
        }
        appendPairs(url[query...], between: Self.separatesPairs)
    }

    /// Tells whether the byte separates the parameters of a query or a fragment.
    private static func separatesPairs(_ byte: UInt8) -> Bool {
        byte == ampersand || byte == semicolon || byte == hash || byte == question
    }

    /// Appends the URL up to its host and returns where the host begins.
    private mutating func appendAuthority(of url: UnsafeBufferPointer<UInt8>) -> Int {
        guard let start = Self.authority(of: url) else { return 0 }
        let end = url[start...].firstIndex { $0 == Self.slash || $0 == Self.question || $0 == Self.hash } ?? url.count
        result.append(contentsOf: url[..<start])
        guard let at = url[start..<end].lastIndex(of: UInt8(ascii: "@")) else { return start }
        appendMask()
        return at
    }

    /// Returns where userinfo and host begin: behind two slashes, or behind one or three where libcurl takes them for two.
    private static func authority(of url: UnsafeBufferPointer<UInt8>) -> Int? {
        if let colon = url.prefix("https:".utf8.count).firstIndex(of: UInt8(ascii: ":")),
            url[..<colon].elementsEqual("http".utf8, by: isSameLetter)
                || url[..<colon].elementsEqual("https".utf8, by: isSameLetter)
        {
            return url[(colon + 1)...].firstIndex { $0 != slash }
        }
        return url.indices.dropLast().first { url[$0] == slash && url[$0 + 1] == slash }.map { $0 + 2 }
    }

    private static func isSameLetter(_ byte: UInt8, _ lower: UInt8) -> Bool { byte | 0x20 == lower }

    private mutating func appendPairs(_ text: Bytes, between isSeparator: (UInt8) -> Bool) {
        var rest = text
        while !rest.isEmpty {
            let end = rest.firstIndex(where: isSeparator) ?? rest.endIndex
            append(pair: rest[..<end])
            if end < rest.endIndex { result.append(rest[end]) }
            rest = rest[end...].dropFirst()
        }
    }

    /// `name=value`, or whatever else stands between two separators.
    private mutating func append(pair: Bytes) {
        if let equals = pair.firstIndex(of: Self.equals), isSecret(pair[..<equals]) {
            result.append(contentsOf: pair[...equals])
            appendMask()
        } else if names == .all, pair.contains(UInt8(ascii: "%")) {
            appendEncoded(pair)
        } else {
            result.append(contentsOf: pair)
        }
    }

    /// A URL in a parameter has its separators percent-encoded; what is encoded twice belongs to a value of it.
    private mutating func appendEncoded(_ text: Bytes) {
        var rest = text
        while !rest.isEmpty {
            let end = Self.firstEncoded(in: rest, where: Self.separatesPairs)
            append(encodedPair: rest[..<(end?.lowerBound ?? rest.endIndex)])
            if let end { result.append(contentsOf: rest[end]) }
            rest = rest[(end?.upperBound ?? rest.endIndex)...]
        }
    }

    private mutating func append(encodedPair pair: Bytes) {
        let encoded = Self.firstEncoded(in: pair) { $0 == Self.equals }
        let equals = encoded ?? pair.firstIndex(of: Self.equals).map { $0..<($0 + 1) }
        if let equals, isSecret(pair[..<equals.lowerBound]) {
            result.append(contentsOf: pair[..<equals.upperBound])
            appendMask()
        } else {
            result.append(contentsOf: pair)
        }
    }

    /// Returns where the first wanted byte stands percent-encoded, such as `%26`.
    private static func firstEncoded(in text: Bytes, where isWanted: (UInt8) -> Bool) -> Range<Int>? {
        var index = text.startIndex
        while let percent = text[index...].firstIndex(of: UInt8(ascii: "%")) {
            if let byte = PercentEncoding.byte(in: text, at: percent), isWanted(byte) { return percent..<(percent + 3) }
            index = percent + 1
        }
        return nil
    }

    private func isSecret(_ name: Bytes) -> Bool { SecretParameter.isSecret(name, names) }

    private mutating func appendMask() { result.append(contentsOf: "***".utf8) }
}

/// Which parameters of a URL hold secrets, by their names (security.md §12).
enum SecretParameter {
    /// No name of a secret is longer than this, and nothing longer has to be decoded.
    private static let longestName = 200

    /// Whether a parameter of that name holds a secret: `token`, `API_KEY`, `X-Amz-Signature`, `%74oken`, `passkey`.
    ///
    /// A name that says more than needs to be hidden costs nothing but a `***`, so that the end of a name is enough, in
    /// any case and whatever separates its words.
    static func isSecret(_ name: Slice<UnsafeBufferPointer<UInt8>>, _ names: URLRedaction.Names) -> Bool {
        guard name.count <= longestName else { return false }
        let name = String(decoding: PercentEncoding.decodedLeniently(name), as: UTF8.self).lowercased()
        let lastWord = name.split { "_-.[]".contains($0) }.last.map(String.init) ?? ""
        if first.contains(name) || first.contains(lastWord) { return true }
        guard names == .all else { return false }
        if words.contains(name) || words.contains(lastWord) { return true }
        var letters = name.utf8.filter(\.isASCIIAlphanumeric)[...]
        while let last = letters.last, last.isASCIIDigit { letters.removeLast() }
        if hasSecretEnding(letters) { return true }
        // `access-key-id` comes with the key, and `session_id` is one.
        return letters.count > 2 && letters.suffix(2).elementsEqual("id".utf8) && hasSecretEnding(letters.dropLast(2))
    }

    /// Whole names, or their last words, that an earlier newswire knew.
    private static let first: Set<String> = [
        "key", "token", "auth", "authorization", "sig", "signature", "password", "passwd", "pass", "pwd", "secret",
        "apikey", "authtoken", "accesskey", "accesstoken", "session", "sessionid", "jwt", "credential", "credentials",
    ]

    /// Others that are too short, or too usual as the end of a word, to be looked for there.
    private static let words: Set<String> = [
        "sas", "sid", "ssid", "mac", "sign", "otp", "nonce", "cred", "creds", "ticket", "magic", "csrf", "xsrf",
        "keypairid", "key-pair-id", "accessid",
    ]

    /// How such names end, and what ends alike and holds none.
    private static let endings: [(ending: StaticString, harmless: [StaticString])] = [
        ("key", ["monkey", "donkey", "turkey", "hockey", "jockey", "whiskey", "mickey", "lackey", "hotkey"]),
        ("token", []), ("secret", []), ("sig", []), ("signature", []), ("auth", []), ("authorization", []),
        ("pass", ["compass", "bypass", "trespass", "overpass", "underpass", "surpass"]), ("passphrase", []),
        ("password", []), ("passwd", []), ("pwd", []), ("pw", []), ("pin", ["spin", "chopin"]),
        (
            "code",
            [
                "countrycode", "zipcode", "postcode", "postalcode", "langcode", "languagecode", "localecode",
                "areacode",
                "regioncode", "statecode", "citycode", "currencycode", "statuscode", "errorcode", "colorcode",
                "barcode",
                "geocode", "unicode", "encode", "decode", "transcode", "opcode", "xcode",
            ]
        ),
        ("hash", []), ("hmac", []), ("jwt", []), ("session", ["obsession", "possession"]), ("sessid", []),
        ("credential", []), ("credentials", []), ("cookie", []), ("bearer", []),
    ]

    private static func hasSecretEnding(_ name: ArraySlice<UInt8>) -> Bool {
        endings.contains { ending, harmless in ends(name, in: ending) && !harmless.contains { ends(name, in: $0) } }
    }

    private static func ends(_ name: ArraySlice<UInt8>, in ending: StaticString) -> Bool {
        name.suffix(ending.utf8CodeUnitCount).elementsEqual(
            UnsafeBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount))
    }
}
