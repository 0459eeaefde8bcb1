import CDecoders
import Text

/// `ContentCoding` is a coding of bodies that can be undone (RFC 9110 §8.4.1), and what a body says of its own.
enum ContentCoding: CaseIterable {
    case gzip, zlib, deflate, brotli, zstd

    var library: newswire_coding {
        switch self {
        case .gzip: NEWSWIRE_CODING_GZIP
        case .zlib: NEWSWIRE_CODING_ZLIB
        case .deflate: NEWSWIRE_CODING_DEFLATE
        case .brotli: NEWSWIRE_CODING_BROTLI
        case .zstd: NEWSWIRE_CODING_ZSTD
        }
    }

    /// What is said in Accept-Encoding: what this machine can undo.
    static let accepted: [UInt8] = {
        let all: [(String, ContentCoding)] = [("gzip", .gzip), ("deflate", .zlib), ("br", .brotli), ("zstd", .zstd)]
        let names = all.filter { newswire_decoder_exists($0.1.library) }.map(\.0)
        return Array(names.joined(separator: ", ").utf8)
    }()

    /// So many bytes show what a body is.
    static let openingBytes = 64

    /// `Label` is one word of a Content-Encoding header. Servers write there what belongs into other headers: the name
    /// of a character set, `none`, `binary`.
    enum Label: Equatable {
        case gzip, deflate, brotli, zstd
        /// A word that is no coding, in lower case.
        case unknown(String)

        /// nil where it says that there is none.
        init?(_ word: Substring) {
            switch word.lowercased() {
            case "", "identity", "none", "utf-8", "utf8", "binary", "8bit", "7bit", "off": return nil
            case "gzip", "x-gzip", "gz": self = .gzip
            case "deflate", "x-deflate": self = .deflate
            case "br", "brotli": self = .brotli
            case "zstd", "x-zstd": self = .zstd
            case let other: self = .unknown(String(other.prefix(40)))
            }
        }

        var name: String {
            switch self {
            case .gzip: "gzip"
            case .deflate: "deflate"
            case .brotli: "br"
            case .zstd: "zstd"
            case .unknown(let word): word
            }
        }

        /// The words of Content-Encoding in the order in which the codings were applied.
        static func all(_ fields: HeaderFields) -> [Label] {
            fields.all("Content-Encoding").flatMap { value in
                value.split(separator: ",").compactMap { Label($0.trimming { $0 == " " || $0 == "\t" }) }
            }
        }
    }

    /// What becomes of bytes with a label.
    enum Choice: Equatable {
        case plain
        case coding(ContentCoding)
        case unreadable
    }

    /// Decides by the bytes first and by the label last, as browsers do: what is plain text stays so whatever it is
    /// called, and what begins as gzip or zstd is unpacked though nobody has said so.
    ///
    /// - Parameters:
    ///   - label: nil where none is left.
    ///   - opening: the first `openingBytes`, or fewer where there are no more.
    static func choice(_ label: Label?, _ opening: some Collection<UInt8>) -> Choice {
        if let coding = signed(opening) { return known(coding) }
        guard let label else { return .plain }
        if opening.isEmpty || isText(opening) { return .plain }
        switch label {
        case .gzip, .deflate:
            if hasZlibHeader(opening) { return .coding(.zlib) }
            return label == .deflate ? .coding(.deflate) : .unreadable
        case .brotli: return known(.brotli)
        case .zstd: return known(.zstd)
        case .unknown: return .unreadable
        }
    }

    private static func known(_ coding: ContentCoding) -> Choice {
        newswire_decoder_exists(coding.library) ? .coding(coding) : .unreadable
    }

    /// The coding that the first bytes are the sign of.
    static func signed(_ bytes: some Collection<UInt8>) -> ContentCoding? {
        if bytes.starts(with: [0x1f, 0x8b, 0x08]) { return .gzip }
        return bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) ? .zstd : nil
    }

    private static func hasZlibHeader(_ bytes: some Collection<UInt8>) -> Bool {
        let start = Array(bytes.prefix(2))
        return start.count == 2 && start[0] & 0x0f == 8 && (Int(start[0]) << 8 + Int(start[1])) % 31 == 0
    }

    /// Whether it begins as XML, HTML or JSON does and goes on as text. Packed data has a control character among its
    /// first bytes.
    private static func isText(_ opening: some Collection<UInt8>) -> Bool {
        var bytes = Array(opening)
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { return true }
        if bytes.starts(with: [0x3c, 0]) || bytes.starts(with: [0, 0x3c]) { return true }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
        let text = bytes.drop { $0 <= 0x20 && $0 >= 0x09 }
        guard let first = text.first else { return true }
        guard first == UInt8(ascii: "<") || first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            return false
        }
        return text.allSatisfy { $0 >= 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 || $0 == 0x0c }
    }
}
