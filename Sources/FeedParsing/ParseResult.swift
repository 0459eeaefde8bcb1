package import FeedModel

/// What a document turned out to be.
package enum ParseResult: Sendable {
    case feed(Feed)
    case notAFeed(NotAFeed)
}

/// A document that is no feed, and what it is instead.
package struct NotAFeed: Error, Sendable {
    package var kind: Kind
    /// One sentence for people: what it looked like, and what to do.
    package var message: String

    package enum Kind: String, Sendable {
        case html, json, xml, text, binary, empty
    }

    package init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    /// The sentence that fits a kind.
    ///
    /// - Parameter root: the name of an XML document's root element.
    init(_ kind: Kind, root: String? = nil) {
        self.kind = kind
        message =
            switch kind {
            case .html:
                "The document is an HTML page, not a feed; `newswire discover` finds the feeds that a page links to."
            case .json: "The document is JSON, but no JSON Feed; check the feed's URL."
            case .xml: "The document is XML, but no feed: its root element is <\(root ?? "?")>; check the feed's URL."
            case .text: "The document is plain text, not a feed; check the feed's URL."
            case .binary: "The document is binary data, not a feed; check the feed's URL."
            case .empty: "The document is empty; check the feed's URL, or try again later."
            }
    }
}
