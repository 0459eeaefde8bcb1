private import Text

/// Which parameters of a URL hold secrets, by their names (security.md §12).
enum SecretParameter {
    /// No name of a secret is that long, and nothing longer has to be decoded.
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
