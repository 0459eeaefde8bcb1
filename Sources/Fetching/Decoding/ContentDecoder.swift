import CDecoders

/// `ContentDecoder` undoes the codings of one body while it comes (polling.md §1, security.md §4), as browsers do: what
/// the bytes are counts more than what the header calls them.
///
/// It stays on one thread. What comes out is handed on in pieces of `CodingLayer.blockBytes`; who takes them says when it
/// is enough, so that the decoder never holds more than one piece a layer.
struct ContentDecoder {
    /// Why a body cannot be decoded.
    enum Problem: Error, Equatable {
        /// It is none of what its label says that could be read.
        case unreadable(String)
        /// It is damaged.
        case broken(String)
        /// It ends in the middle.
        case cut(String)
        /// There is no memory for a decoder.
        case memory
    }

    /// From the outermost on; the last one has no label and unpacks what has come packed in a file.
    private var layers: [CodingLayer]

    /// - Parameters:
    ///   - labels: those of Content-Encoding, in its order.
    ///   - limit: of layers.
    init(_ labels: [ContentCoding.Label], limit: Int) {
        layers = labels.reversed().map { CodingLayer($0) }
        if layers.count < limit { layers.append(CodingLayer(nil)) }
    }

    /// Takes a piece of the body as it came.
    ///
    /// - Parameter take: gets what comes out; returns false where that is enough.
    func decode(_ bytes: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Bool) throws(Problem) {
        _ = try run(bytes, layer: 0, take)
    }

    /// Says that nothing more comes. Throws where the body was to go on; what there was has been handed on then.
    func finish(_ take: (UnsafeRawBufferPointer) -> Bool) throws(Problem) {
        for index in layers.indices {
            var goesOn = true
            try layers[index].finish { bytes throws(Problem) in
                goesOn = try run(bytes, layer: index + 1, take)
                return goesOn
            }
            if !goesOn { return }
        }
        for layer in layers { try layer.checkEnd() }
    }

    private func run(
        _ bytes: UnsafeRawBufferPointer, layer index: Int, _ take: (UnsafeRawBufferPointer) -> Bool
    ) throws(Problem) -> Bool {
        guard index < layers.count else { return bytes.isEmpty || take(bytes) }
        return try layers[index].run(bytes) { bytes throws(Problem) in try run(bytes, layer: index + 1, take) }
    }
}

/// `CodingLayer` undoes one coding, once the first bytes have shown which it is.
final class CodingLayer {
    private enum State {
        case undecided
        case plain
        case coding(ContentCoding)
        /// A stream has ended; another one may follow.
        case between(ContentCoding)
        /// What follows a stream and is none is not looked at, as browsers do not.
        case over
    }

    typealias Take = (UnsafeRawBufferPointer) throws(ContentDecoder.Problem) -> Bool

    static let blockBytes = 32 << 10

    private let label: ContentCoding.Label?
    private var state = State.undecided
    /// Bytes that are too few to decide by.
    private var waiting: [UInt8] = []
    private var decoder: OpaquePointer?
    private var block: UnsafeMutablePointer<UInt8>?

    init(_ label: ContentCoding.Label?) {
        self.label = label
    }

    deinit {
        newswire_decoder_free(decoder)
        block?.deallocate()
    }

    private var name: String { label?.name ?? "gzip" }

    /// - Returns: false where `take` has had enough.
    func run(_ bytes: UnsafeRawBufferPointer, _ take: Take) throws(ContentDecoder.Problem) -> Bool {
        switch state {
        case .plain: return try take(bytes)
        case .over: return true
        case .coding: return try decode(bytes, take)
        case .undecided, .between:
            waiting.append(contentsOf: bytes)
            guard waiting.count >= wantedBytes else { return true }
            return try decide(take)
        }
    }

    private var wantedBytes: Int { if case .between = state { 4 } else { ContentCoding.openingBytes } }

    /// Goes by what there is, as nothing more comes.
    func finish(_ take: Take) throws(ContentDecoder.Problem) {
        if case .undecided = state, !waiting.isEmpty { _ = try decide(take) }
    }

    /// Throws where a stream was to go on.
    func checkEnd() throws(ContentDecoder.Problem) {
        if case .coding = state { throw .cut(name) }
    }

    private func decide(_ take: Take) throws(ContentDecoder.Problem) -> Bool {
        var bytes: [UInt8] = []
        swap(&bytes, &waiting)
        if case .between(let coding) = state {
            guard ContentCoding.signed(bytes) == coding else {
                state = .over
                return true
            }
            try begin(coding)
        } else {
            switch ContentCoding.choice(label, bytes.prefix(ContentCoding.openingBytes)) {
            case .plain: state = .plain
            case .coding(let coding): try begin(coding)
            case .unreadable: throw .unreadable(name)
            }
        }
        return try bytes.withUnsafeBytesTyped { bytes throws(ContentDecoder.Problem) in try run(bytes, take) }
    }

    private func begin(_ coding: ContentCoding) throws(ContentDecoder.Problem) {
        newswire_decoder_free(decoder)
        decoder = newswire_decoder_make(coding.library)
        guard decoder != nil else { throw .memory }
        state = .coding(coding)
    }

    private func decode(_ bytes: UnsafeRawBufferPointer, _ take: Take) throws(ContentDecoder.Problem) -> Bool {
        guard case .coding(let coding) = state, let decoder else { return true }
        let block = self.block ?? .allocate(capacity: Self.blockBytes)
        self.block = block
        var input = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var left = bytes.count
        while true {
            var room = Self.blockBytes
            let result = newswire_decoder_run(decoder, &input, &left, block, &room)
            let count = Self.blockBytes - room
            if count > 0, try !take(UnsafeRawBufferPointer(start: block, count: count)) { return false }
            switch result {
            case NEWSWIRE_DECODED_BROKEN: throw .broken(name)
            case NEWSWIRE_DECODED_END:
                state = .between(coding)
                return try run(UnsafeRawBufferPointer(start: input, count: left), take)
            default:
                // Room that is left says that all of the input was used.
                if left == 0, room > 0 { return true }
                if count == 0, room > 0 { throw .broken(name) }
            }
        }
    }
}

extension [UInt8] {
    fileprivate func withUnsafeBytesTyped<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var result: Swift.Result<Result, Failure>?
        withUnsafeBytes { bytes in
            do throws(Failure) { result = .success(try body(bytes)) } catch { result = .failure(error) }
        }
        // The closure has run.
        return try result!.get()
    }
}
