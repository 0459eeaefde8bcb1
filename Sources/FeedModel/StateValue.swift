internal import Digest
internal import JSONText

/// `StateValue` is what a field of a feed's state can be: one value of JSON in the file, and a few bytes in memory.
protocol StateValue: Equatable {
    func write(to json: inout JSONWriter)
    /// Makes the value that `write` wrote; nil where the JSON is none.
    init?(json: JSONPiece)
    func pack(into pack: inout StatePacker)
    /// Makes the value that `pack` put there.
    init(from pack: inout StateUnpacker)
    /// Passes over the value that `pack` put there.
    static func skip(in pack: inout StateUnpacker)
    /// Writes the value that `pack` put there.
    static func move(from pack: inout StateUnpacker, to json: inout JSONWriter)
}

extension StateValue {
    static func skip(in pack: inout StateUnpacker) { _ = Self(from: &pack) }

    static func move(from pack: inout StateUnpacker, to json: inout JSONWriter) {
        Self(from: &pack).write(to: &json)
    }
}

/// Integers take as many bytes of memory as they need. One that does not fit its type is malformed in a file.
extension StateValue where Self: FixedWidthInteger & Sendable {
    func write(to json: inout JSONWriter) {
        if let value = Int(exactly: self) {
            json.integer(value)
        } else {
            json.integer(self)
        }
    }

    init?(json: JSONPiece) {
        guard let value: Self = json.count() else { return nil }
        self = value
    }

    func pack(into pack: inout StatePacker) {
        if Self.isSigned {
            pack.put(signed: Int64(truncatingIfNeeded: self))
        } else {
            pack.put(UInt64(truncatingIfNeeded: self))
        }
    }

    init(from pack: inout StateUnpacker) {
        self = Self.isSigned ? Self(truncatingIfNeeded: pack.signed()) : Self(truncatingIfNeeded: pack.unsigned())
    }
}

extension Int: StateValue {}
extension Int32: StateValue {}
extension UInt8: StateValue {}
extension UInt16: StateValue {}
extension UInt32: StateValue {}
extension UInt64: StateValue {}

extension Bool: StateValue {
    func write(to json: inout JSONWriter) { json.bool(self) }

    init?(json: JSONPiece) {
        guard let value = json.bool else { return nil }
        self = value
    }

    func pack(into pack: inout StatePacker) { pack.put(self) }
    init(from pack: inout StateUnpacker) { self = pack.flag() }
}

extension String: StateValue {
    func write(to json: inout JSONWriter) { json.string(self) }

    init?(json: JSONPiece) {
        guard let value = json.string else { return nil }
        self = value
    }

    func pack(into pack: inout StatePacker) { pack.put(self) }
    init(from pack: inout StateUnpacker) { self = pack.text() }

    // No text is made where its bytes are all that is looked at.
    static func skip(in pack: inout StateUnpacker) { _ = pack.textBytes() }

    static func move(from pack: inout StateUnpacker, to json: inout JSONWriter) {
        json.string(utf8: pack.textBytes().assumingMemoryBound(to: UInt8.self))
    }
}

extension Array: StateValue where Element: StateValue {
    func write(to json: inout JSONWriter) {
        json.beginArray()
        for element in self { element.write(to: &json) }
        json.endArray()
    }

    /// Elements that are malformed are left out.
    init?(json: JSONPiece) {
        guard let pieces = json.array else { return nil }
        self = pieces.compactMap { Element(json: $0) }
    }

    func pack(into pack: inout StatePacker) {
        pack.put(UInt64(count))
        for element in self { element.pack(into: &pack) }
    }

    init(from pack: inout StateUnpacker) {
        self = []
        for _ in 0..<pack.unsigned() { append(Element(from: &pack)) }
    }
}

extension Timestamp: StateValue {
    func write(to json: inout JSONWriter) { withRFC3339 { json.string(utf8: $0) } }

    init?(json: JSONPiece) {
        guard let value = json.time else { return nil }
        self = value
    }

    func pack(into pack: inout StatePacker) { pack.put(signed: milliseconds) }
    init(from pack: inout StateUnpacker) { self.init(milliseconds: pack.signed()) }
}

extension CompactTime: StateValue {
    func write(to json: inout JSONWriter) { (wrappedValue ?? Timestamp(seconds: 0)).write(to: &json) }

    init?(json: JSONPiece) {
        guard let time = json.time else { return nil }
        self.init(wrappedValue: time)
    }

    func pack(into pack: inout StatePacker) { seconds.pack(into: &pack) }
    init(from pack: inout StateUnpacker) { self.init(seconds: UInt32(from: &pack)) }
}

extension Hash128: StateValue {
    func write(to json: inout JSONWriter) { json.string(hex: high, low) }

    init?(json: JSONPiece) {
        guard let value = json.hash else { return nil }
        self = value
    }

    func pack(into pack: inout StatePacker) { pack.put(self) }
    init(from pack: inout StateUnpacker) { self = pack.hash() }
}

extension PollTerms.Reason: StateValue {
    func write(to json: inout JSONWriter) { json.string(word) }

    init?(json: JSONPiece) {
        guard let word = json.string else { return nil }
        self.init(word: word)
    }

    func pack(into pack: inout StatePacker) { rawValue.pack(into: &pack) }
    init(from pack: inout StateUnpacker) { self = Self(rawValue: UInt8(from: &pack)) ?? .none }
}

extension FeedState.Pause.Scope: StateValue {
    func write(to json: inout JSONWriter) { json.string(rawValue) }

    init?(json: JSONPiece) {
        guard let word = json.string else { return nil }
        self.init(rawValue: word)
    }

    func pack(into pack: inout StatePacker) { pack.put(self == .host) }
    init(from pack: inout StateUnpacker) { self = pack.flag() ? .host : .feed }
}

/// In a file the gaps are in seconds, the newest first; in memory they are the bytes that a rhythm keeps them in.
extension Rhythm.Gaps: StateValue {
    func write(to json: inout JSONWriter) {
        Rhythm(latestSeconds: 0, recent: recent, older: older, oldest: oldest).gaps.write(to: &json)
    }

    init?(json: JSONPiece) {
        guard let pieces = json.array else { return nil }
        let rhythm = Rhythm(latest: nil, gaps: pieces.prefix(Rhythm.maximumGaps).compactMap { Int(json: $0) })
        self.init(recent: rhythm.recent, older: rhythm.older, oldest: rhythm.oldest)
    }

    func pack(into pack: inout StatePacker) {
        pack.put(recent)
        pack.put(older)
        pack.put(oldest)
    }

    init(from pack: inout StateUnpacker) {
        self.init(recent: pack.unsigned(), older: pack.unsigned(), oldest: pack.unsigned())
    }
}

extension JSONPiece {
    var time: Timestamp? { rawText.flatMap { Timestamp(rfc3339: $0) } }
    var hash: Hash128? { rawText.flatMap { Hash128(hex: $0) } }

    /// The integer, where it fits the type.
    func count<Count: BinaryInteger & Sendable>() -> Count? { integer.flatMap(Count.init(exactly:)) }
}
