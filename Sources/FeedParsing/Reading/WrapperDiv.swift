/// The one `div` that stands around Atom's XHTML and is no part of it (RFC 4287 §3.1.1.3).
enum WrapperDiv {
    /// It is not looked for, or something stands beside it or in its place: then nothing goes.
    case none
    /// Only white space has come.
    case awaited
    /// Only text has come.
    case bare
    /// What is in it begins there.
    case open(Int)
    /// It has ended, with this in it.
    case closed(Range<Int>)

    /// An element begins that no other one of the field is around.
    mutating func start(_ isDiv: Bool, at end: Int) {
        switch self {
        case .awaited where isDiv: self = .open(end)
        default: self = .none
        }
    }

    /// An element ends that no other one of the field is around.
    mutating func end(at index: Int) {
        if case .open(let start) = self { self = .closed(start..<max(start, index)) }
    }

    mutating func text(_ text: UnsafeBufferPointer<UInt8>) {
        switch self {
        case .none, .bare, .open: return
        case .awaited: if !text.trimmed.isEmpty { self = .bare }
        case .closed: if !text.trimmed.isEmpty { self = .none }
        }
    }
}
