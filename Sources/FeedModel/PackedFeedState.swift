internal import Digest

/// `PackedFeedState` is a feed's state as it lies in memory between polls, without the feed's id: a few hundred bytes
/// in one piece, where the value itself takes several times as much in a dozen. The bytes follow `FeedState.visit`.
package struct PackedFeedState: Sendable {
    let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(_ state: FeedState) {
        var state = state
        var pack = StatePacker()
        state.visit(&pack)
        bytes = pack.bytes
    }

    /// Returns what was packed, as the state of that feed.
    package func state(of feed: FeedIdentifier) -> FeedState {
        bytes.withUnsafeBytes { bytes in
            var pack = StateUnpacker(bytes)
            var state = FeedState(feed: feed, url: "")
            state.visit(&pack)
            return state
        }
    }

    /// The state as far as planning looks at it: the rest stays packed.
    private var plan: FeedState {
        bytes.withUnsafeBytes { bytes in
            var pack = StateUnpacker(bytes)
            var state = FeedState(feed: FeedIdentifier(""), url: "")
            state.visitPlan(&pack)
            return state
        }
    }

    /// Returns what planning needs of the state, without making the rest.
    ///
    /// - Parameter url: the feed's as configured.
    package func outlook(at url: String) -> FeedOutlook { FeedOutlook(plan, at: url) }

    /// The part of the state that is asked of feeds whose URL does not matter.
    package var schedule: FeedState.Schedule { plan.schedule }

    /// Returns what planning needs of a feed whose URL does not matter: `isOfURL` says nothing.
    package var outlook: FeedOutlook { FeedOutlook(plan, at: "") }

    /// The URLs that `FeedState.knownURLs` tells.
    package var knownURLs: [String] { plan.knownURLs }
}

/// `StatePacker` puts fields into bytes, one behind the other and without their keys. Integers take seven bits a byte,
/// texts have their length before them, and what may be missing has a byte that says whether it is there.
struct StatePacker: StateCoder, ~Copyable {
    /// An array would be asked for each byte whether it is shared and has room.
    private var memory: UnsafeMutableRawPointer
    private var capacity = 512
    private var count = 0

    init() {
        memory = .allocate(byteCount: capacity, alignment: 1)
    }

    deinit { memory.deallocate() }

    /// What was put so far, in an array of that size.
    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: memory, count: count)) }

    @inline(__always)
    private mutating func makeRoom(for size: Int) {
        if capacity - count < size { grow(by: size) }
    }

    private mutating func grow(by size: Int) {
        capacity = max(capacity * 2, count + size)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
        larger.copyMemory(from: memory, byteCount: count)
        memory.deallocate()
        memory = larger
    }

    @inline(__always)
    private mutating func put(inRoom byte: UInt8) {
        memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Puts what another packer has put.
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        makeRoom(for: bytes.count)
        (memory + count).copyMemory(from: start, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        put(value != nil)
        value?.pack(into: &self)
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        value.pack(into: &self)
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        value.pack(into: &self)
    }

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) { members(of: &part) }

    mutating func members<Part: StatePart>(of part: inout Part?) {
        put(part != nil)
        part?.visit(&self)
    }

    mutating func put(_ value: UInt64) {
        makeRoom(for: Self.longestInteger)
        var value = value
        while value >= 0x80 {
            put(inRoom: UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        put(inRoom: UInt8(value))
    }

    /// Bytes of 64 bits at seven a byte.
    private static let longestInteger = 10

    /// Puts the sign into the lowest bit, so that small numbers below 0 are short as well.
    mutating func put(signed value: Int64) { put(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    mutating func put(_ flag: Bool) {
        makeRoom(for: 1)
        put(inRoom: flag ? 1 : 0)
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 {
            put(UInt64($0.count))
            put(UnsafeRawBufferPointer($0))
        }
    }

    mutating func put(_ hash: Hash128) {
        withUnsafeBytes(of: (hash.high, hash.low)) { put($0) }
    }
}

/// `StateUnpacker` takes fields out in the order in which `StatePacker` put them. The bytes are this process's own, so
/// what is asked for is there.
struct StateUnpacker: StateCoder {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// What was taken out since there.
    func bytes(since start: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start..<offset]) }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value?) {
        value = flag() ? Value(from: &self) : nil
    }

    mutating func field<Value: StateValue>(_ key: StaticString, _ value: inout Value, absent: Value) {
        value = Value(from: &self)
    }

    mutating func field<Value: StateValue>(required key: StaticString, _ value: inout Value) {
        value = Value(from: &self)
    }

    mutating func object<Part: StatePart>(_ key: StaticString, _ part: inout Part?) { members(of: &part) }

    mutating func members<Part: StatePart>(of part: inout Part?) {
        guard flag() else { return part = nil }
        var found = Part()
        found.visit(&self)
        part = found
    }

    mutating func unsigned() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func signed() -> Int64 {
        let value = unsigned()
        return Int64(bitPattern: value >> 1) ^ -Int64(value & 1)
    }

    mutating func flag() -> Bool {
        defer { offset += 1 }
        return bytes[offset] != 0
    }

    mutating func text() -> String { String(decoding: textBytes(), as: UTF8.self) }

    /// The bytes of a text, which was a `String`: they are UTF-8.
    mutating func textBytes() -> UnsafeRawBufferPointer {
        let length = Int(unsigned())
        let end = offset + length
        defer { offset = end }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
    }

    /// Passes over what may be missing.
    mutating func skip<Value: StateValue>(optional type: Value.Type) {
        if flag() { type.skip(in: &self) }
    }

    mutating func hash() -> Hash128 {
        defer { offset += 16 }
        return Hash128(
            high: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            low: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
    }
}
