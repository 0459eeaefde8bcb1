/// The part of a document that elements stand in.
enum DocumentPart {
    /// Outside the root element.
    case document
    /// Inside `rdf:RDF` or `rss`, beside the channel.
    case root
    case feed
    case item
    /// A group of items with a name of its own (CDF).
    case group
    case image, source, person, media, place, skipHours, skipDays
    /// An element of a podcast's that has others inside.
    case podcast
}

/// What an element is good for in the part of the document where it stands.
enum ElementUse {
    /// It has no meaning there, and is passed over with everything in it.
    case ignored
    /// It has been read, and the elements in it count as if they stood beside it.
    case transparent
    /// Its text is the value of a field, whose type its attributes say.
    case field
    /// Its text is a value without a type, of no more bytes than that.
    case plainText(limit: Int)
    /// It is a part of the document: the elements in it have a meaning of their own.
    case part(DocumentPart)
}

/// Where in the document the reader stands: how deep, in which parts, and whether what comes is passed over.
struct ElementStack {
    private struct OpenPart {
        var part: DocumentPart
        var depth: Int
    }

    /// How many elements are open.
    private(set) var depth = 0
    private var parts = [OpenPart(part: .document, depth: 0)]
    /// The depth of the element that is passed over with everything in it; 0 when there is none.
    private var skippedFrom = 0

    /// The innermost part that is open.
    var part: DocumentPart { parts[parts.count - 1].part }

    /// The depth of the element that opened the innermost part.
    var partDepth: Int { parts[parts.count - 1].depth }

    /// The part around the innermost one.
    var outerPart: DocumentPart { parts.count > 1 ? parts[parts.count - 2].part : .document }

    /// Whether the innermost element is passed over, or stands in one that is.
    var isSkipping: Bool { skippedFrom != 0 }

    // MARK: - Start tags

    mutating func push() {
        depth += 1
    }

    /// Makes the innermost element a part of the document.
    mutating func enter(_ part: DocumentPart) {
        parts.append(OpenPart(part: part, depth: depth))
    }

    /// Passes over the innermost element with everything in it.
    mutating func skip() {
        skippedFrom = depth
    }

    // MARK: - End tags

    /// Ends the passing over, if the innermost element is the one where it began.
    mutating func endSkipping() {
        if depth == skippedFrom { skippedFrom = 0 }
    }

    /// Whether the innermost element is the one that opened the innermost part.
    var endsPart: Bool { partDepth == depth }

    /// Closes the innermost part.
    mutating func leave() {
        parts.removeLast()
    }

    /// Closes the innermost element.
    mutating func pop() {
        depth -= 1
    }
}
