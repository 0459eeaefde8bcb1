/// What newswire thinks of a URL's scheme.
enum URLScheme {
    /// http and https: what articles link to.
    case web
    case mailto
    /// Any other: text only, never opened (security.md §10).
    case other

    /// The scheme of a URL or nil for a relative reference. Letters count in either case.
    init?(of url: UnsafeBufferPointer<UInt8>) {
        guard let length = URLParts.schemeLength(url) else { return nil }
        func matches(_ name: StaticString) -> Bool {
            guard length == name.utf8CodeUnitCount else { return false }
            return (0..<length).allSatisfy { url[$0] | 0x20 == name.utf8Start[$0] }
        }
        if matches("http") || matches("https") {
            self = .web
        } else if matches("mailto") {
            self = .mailto
        } else {
            self = .other
        }
    }
}
