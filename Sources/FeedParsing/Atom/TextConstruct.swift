import FeedModel

/// How an element says that its text is to be taken: Atom's `type`, and Atom 0.3's `mode` beside a media type.
struct TextConstruct {
    var mode: TextCapture.Mode
    var kind: TextValue.Kind

    /// - Parameter usual: what it is where the element does not say.
    /// - Parameter isContent: it may be anything, such as a picture in base64.
    init(_ attributes: XMLAttributes, usual: TextValue.Kind, isContent: Bool = false) {
        mode = .text
        kind = usual
        guard !attributes.isEmpty else { return }
        let type = attributes("type")?.lowercased().mediaTypeEssence
        let given = attributes("mode")?.lowercased()
        switch type {
        case nil, "":
            // Atom 0.3 says text/plain then, and means it as rarely as RSS does.
            if given == "escaped" { kind = .unknown }
        case "text", "text/plain":
            kind = .text
        case "html", "text/html", "text/x-html":
            kind = .html
            mode = given == "xml" ? .inlineHTML : .escapedHTML
        case "xhtml", "application/xhtml+xml", "application/xhtml", "text/xhtml":
            kind = .html
            mode = given == "escaped" ? .escapedHTML : .inlineHTML
        case let type? where type.hasSuffix("+xml") || type.hasSuffix("/xml"):
            kind = given == "escaped" ? .text : .html
            mode = given == "escaped" ? .text : .inlineHTML
        case let type? where type.hasPrefix("text/"):
            kind = .text
        case let type? where type.contains("/"):
            kind = .text
            // RFC 4287 §4.1.3.3: any other media type is base64. Other elements can only mean it where they say bytes.
            if given == nil, isContent || type == "application/octet-stream" { mode = .base64 }
        default: break
        }
        if given == "base64" { mode = .base64 }
    }
}

extension String {
    /// A media type without its parameters.
    var mediaTypeEssence: String {
        let essence = utf8.firstIndex(of: UInt8(ascii: ";")).map { String(self[..<$0]) } ?? self
        return essence.whitespaceCollapsed
    }
}
