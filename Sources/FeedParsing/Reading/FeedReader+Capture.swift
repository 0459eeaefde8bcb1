import FeedModel

/// Which elements' text is gathered, and where it goes.
extension FeedReader {
    /// Begins to gather the text of a field of the feed or of an item.
    mutating func beginField(_ element: Element, _ attributes: XMLAttributes) {
        let construct = Self.construct(element, attributes, isAtom: feed.format == .atom10 || feed.format == .atom03)
        capturedKind = construct.kind
        // RFC 4287 §4.1.3.2: content that is somewhere else.
        if element == .content, scope == .item, let source = attributes("src") {
            addLink("content", source, type: attributes("type"))
        }
        capture.begin(element, mode: construct.mode, depth: depth, limit: limit(of: element))
    }

    private static func construct(_ element: Element, _ attributes: XMLAttributes, isAtom: Bool) -> TextConstruct {
        switch element {
        case .body:
            var construct = TextConstruct(.none, usual: .html)
            construct.mode = .inlineHTML
            return construct
        case .encoded: return TextConstruct(attributes, usual: .html)
        case .content: return TextConstruct(attributes, usual: isAtom ? .text : .unknown, isContent: true)
        case .title, .subtitle, .summary, .rights:
            return TextConstruct(attributes, usual: isAtom ? .text : .unknown)
        default: return TextConstruct(attributes, usual: .unknown)
        }
    }

    private func limit(of element: Element) -> Int {
        switch element {
        case .content, .encoded, .body, .description, .summary, .secondaryDescription, .secondarySummary,
            .mediaDescription, .subtitle, .guid, .id, .identifier:
            limits.contentBytes
        default: limits.fieldBytes
        }
    }

    /// Whether an element that begins inside a capture belongs beside it or has a meaning of its own there, so that the
    /// capture is over.
    mutating func leavesCapture(_ element: Element) -> Bool {
        if capture.depth == scopeDepth {
            // A person, an image or a source: the text is only spaces between its parts.
            switch element {
            case .name, .email, .uri, .url, .title, .link, .id:
                capture.end()
                return true
            case .unknown where scope != .source: return false
            default:
                capture.end()
                return true
            }
        }
        // The end tag of a field that holds no markup is missing.
        switch capture.element {
        case .title, .link, .guid, .id, .published, .updated, .date, .category, .comments: break
        default: return false
        }
        guard capture.mode != .inlineHTML else { return false }
        switch element {
        case .item, .link, .guid, .published, .updated, .date, .description, .content, .encoded, .enclosure, .category:
            finishCapture()
            return true
        default: return false
        }
    }

    mutating func finishCapture() {
        let element = capture.element
        capture.end()
        switch scope {
        case .feed, .root: finishFeedField(element)
        case .item, .media, .place: finishItemField(element)
        case .person: finishPersonField(element)
        case .podcastOwner: finishPersonField(element)
        case .image: finishImageField(element)
        case .source: finishSourceField(element)
        case .skipHours, .skipDays: finishSkipEntry(element)
        case .group, .document: break
        }
    }

    /// What an element's end means for the scope that it opened.
    mutating func leave(_ scope: Scope) {
        switch scope {
        case .item: finishItem()
        case .person, .podcastOwner: finishPerson()
        case .image: finishImage()
        case .source: finishSource()
        default: break
        }
    }
}
