internal import Digest

/// The files that pages are made of beside their HTML.
enum AssetEndpoints {
    static let all: [WebEndpoint] = [
        // Whoever may see a page that says what went wrong gets its style, too.
        WebEndpoint(.get, "/assets/{name}", .asset, needs: .nothing) { call in
            let name = call.parameters["name"] ?? ""
            guard let asset = Asset.all.first(where: { $0.name == name }) else {
                throw WebFailure(404, "there is no file \(name.cut(100))", hint: "Reload the page that asks for it.")
            }
            return WebAnswer(
                200, asset.contentType, .bytes(asset.bytes),
                headers: WebFields([.init("Cache-Control", "max-age=86400")]))
        }
    ]
}

/// `Asset` is one of the files. Its name holds a hash of it, so that who has an older one asks for the new one.
struct Asset: Sendable {
    let name: String
    let contentType: String
    let bytes: [UInt8]

    var path: [String] { ["assets", name] }

    private init(_ stem: String, _ ending: String, _ contentType: String, _ text: StaticString) {
        bytes = Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        let hash = bytes.withUnsafeBytes { XXH3.hash128($0) }
        name = "\(stem).\(String(hash.high, radix: 36)).\(ending)"
        self.contentType = contentType
    }

    static let style = Asset("style", "css", "text/css; charset=utf-8", styleSheet)
    static let script = Asset("keys", "js", "text/javascript; charset=utf-8", keysAndCounter)
    static let icon = Asset("icon", "svg", "image/svg+xml", drawing)
    static let all = [style, script, icon]

    /// A sheet with lines.
    private static let drawing: StaticString = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b57d0"/>\
        <path d="M3 4h10M3 8h10M3 12h6" stroke="#fff" stroke-width="2"/></svg>
        """
}
