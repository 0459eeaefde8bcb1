/// What a file is good for, as far as its type or the ending of its URL says.
enum MediaKind {
    case playable, picture

    /// - Parameter type: a media type, or what Media RSS has as `medium`, as it was written; nil where that says nothing of
    ///   the kind.
    init?(type: String) {
        let type = type.lowercasedASCII.mediaTypeEssence
        switch type.utf8.firstIndex(of: UInt8(ascii: "/")).map({ type[..<$0] }) ?? type[...] {
        case "audio", "video": self = .playable
        case "image": self = .picture
        default:
            guard ["application/ogg", "application/x-mpegurl", "application/vnd.apple.mpegurl"].contains(type) else {
                return nil
            }
            self = .playable
        }
    }

    /// - Parameter url: the name of the file is the last part of its path; nil for one without a known ending.
    init?(endingOf url: String) {
        var url = url
        let kind: MediaKind? = url.withUTF8 { bytes in
            let path = URLParts(bytes).path
            guard let dot = bytes[path].lastIndex(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }),
                bytes[dot] == UInt8(ascii: ".")
            else { return nil }
            return Self.endings[UnsafeBufferPointer(rebasing: bytes[dot + 1..<path.upperBound])]
        }
        guard let kind else { return nil }
        self = kind
    }

    private static let endings = NameTable<MediaKind>([
        ("aac", .playable), ("aif", .playable), ("aiff", .playable), ("amr", .playable), ("avi", .playable),
        ("flac", .playable), ("m3u8", .playable), ("m4a", .playable), ("m4b", .playable), ("m4v", .playable),
        ("mka", .playable), ("mkv", .playable), ("mov", .playable), ("mp2", .playable), ("mp3", .playable),
        ("mp4", .playable), ("mpeg", .playable), ("mpg", .playable), ("mpga", .playable), ("oga", .playable),
        ("ogg", .playable), ("ogv", .playable), ("opus", .playable), ("wav", .playable), ("webm", .playable),
        ("wma", .playable), ("wmv", .playable), ("3gp", .playable),
        ("avif", .picture), ("bmp", .picture), ("gif", .picture), ("heic", .picture), ("ico", .picture),
        ("jfif", .picture), ("jpeg", .picture), ("jpg", .picture), ("png", .picture), ("svg", .picture),
        ("tif", .picture), ("tiff", .picture), ("webp", .picture),
    ])
}
