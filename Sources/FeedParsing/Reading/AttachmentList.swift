import FeedModel

/// The files of one item, each URL once.
struct AttachmentList {
    private(set) var attachments: [Attachment] = []

    /// Adds a file, or what is said of one that is already there.
    ///
    /// - Parameters:
    ///   - type: the media type as it was written.
    ///   - size: a number of bytes as it was written.
    mutating func add(
        _ url: String, type: String?, size: String?, title: String? = nil, duration: Double? = nil,
        _ fields: inout FieldReader
    ) {
        let mimeType = type.flatMap { $0.isEmpty ? nil : $0.cut(toBytes: 256) }
        let sizeInBytes = size.flatMap(Self.bytes)
        let title = title?.isEmpty == true ? nil : title
        if let index = attachments.firstIndex(where: { $0.url == url }) {
            let known = attachments[index]
            attachments[index].mimeType = known.mimeType ?? mimeType
            attachments[index].title = known.title ?? title
            attachments[index].sizeInBytes = known.sizeInBytes ?? sizeInBytes
            attachments[index].durationInSeconds = known.durationInSeconds ?? duration
        } else if attachments.count < fields.limits.enclosures {
            attachments.append(
                Attachment(
                    url: url, mimeType: mimeType, title: title, sizeInBytes: sizeInBytes, durationInSeconds: duration))
        } else {
            fields.noteCut("attachments")
        }
    }

    /// Gives a title to the file of that URL, if it is there and has none.
    mutating func setTitle(_ title: String, of url: String) {
        guard let index = attachments.firstIndex(where: { $0.url == url }), attachments[index].title == nil else {
            return
        }
        attachments[index].title = title
    }

    /// A length in bytes; nil for what is none or means nothing.
    private static func bytes(_ text: String) -> Int64? {
        guard let size = Int64(text.whitespaceCollapsed), size > 0 else { return nil }
        return size
    }
}
