extension MendedDocument {
    /// The text of the document in the encoding that a feed with the same bytes would be read in.
    mutating func decode(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { bytes in
            // Blank lines before a declaration are common, and their number counts; UTF-16 has NULs beside each space.
            let blanks = bytes.prefix(4).contains(0) ? 0 : bytes.prefix { $0.isXMLSpace }.count
            line += Self.lines(UnsafeBufferPointer(rebasing: bytes[..<blanks]))
            let document = UnsafeBufferPointer(rebasing: bytes[blanks...])
            let window = UnsafeBufferPointer(rebasing: document.prefix(EncodingDecision.windowBytes))
            guard let decision = EncodingDecision(window: window, isLast: true, contentType: nil) else { return [] }
            for warning in decision.warnings { note(Self.clause(warning), line: line) }
            let rest = UnsafeBufferPointer(rebasing: document.dropFirst(decision.skipped))
            var decoder = TextDecoder(decision.encoding)
            var text: [UInt8] = []
            text.reserveCapacity(rest.count)
            decoder.decode(rest, isFinal: true, into: &text)
            if decoder.flaws > 0 { noteFlaws(decoder, decision, rest) }
            note(
                "has control characters, which were read as windows-1252", if: decoder.findings.c1Controls > 0,
                line: line)
            return text
        }
    }

    private mutating func noteFlaws(
        _ decoder: borrowing TextDecoder, _ decision: EncodingDecision, _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        let place = line + Self.line(ofFirstFlawIn: bytes, decision.encoding)
        let findings = decoder.findings
        if case .utf8 = decision.encoding.form, findings.foreignBytes > 0 {
            // Where nothing says UTF-8 and nothing is, one encoding explains all of it.
            let isGuessed = !decision.isNamed && !findings.hasNonASCII
            note(
                isGuessed
                    ? "is not UTF-8 and names no encoding; it was read as windows-1252"
                    : "has bytes that are not UTF-8 (\(findings.foreignBytes)), which were read as windows-1252",
                line: place, isLoss: !isGuessed)
        }
        note(
            "has broken characters of UTF-8 (\(findings.cutSequences))", if: findings.cutSequences > 0, line: place,
            isLoss: true)
        note(
            "has characters that cannot be read as \(decision.encoding.name) (\(decoder.unreadable))",
            if: decoder.unreadable > 0, line: place, isLoss: true)
        note(
            "has characters that XML forbids, which were left out (\(findings.controls))", if: findings.controls > 0,
            line: place, isLoss: true)
    }

    /// How many lines are before the first flaw: decoded again, since that is only asked of documents that have one.
    private static func line(ofFirstFlawIn bytes: UnsafeBufferPointer<UInt8>, _ encoding: CharacterEncoding) -> Int {
        let block = 4096
        var blocks = 0
        var decoder = TextDecoder(encoding)
        var text: [UInt8] = []
        while blocks * block < bytes.count, decoder.flaws == 0 {
            let piece = UnsafeBufferPointer(rebasing: bytes.dropFirst(blocks * block).prefix(block))
            text.removeAll(keepingCapacity: true)
            decoder.decode(piece, isFinal: false, into: &text)
            blocks += 1
        }
        var again = TextDecoder(encoding)
        text.removeAll(keepingCapacity: true)
        let sure = min(max(0, blocks - 1) * block, bytes.count)
        again.decode(UnsafeBufferPointer(rebasing: bytes[..<sure]), isFinal: false, into: &text)
        var count = 0
        for index in sure..<bytes.count {
            // What comes with the byte that shows the flaw is behind it.
            count = text.count
            again.decode(UnsafeBufferPointer(rebasing: bytes[index...index]), isFinal: false, into: &text)
            if again.flaws > 0 { break }
        }
        return text.withUnsafeBufferPointer { lines(UnsafeBufferPointer(rebasing: $0[..<count])) }
    }

    /// `The document is UTF-8.` as it goes on behind a colon.
    private static func clause(_ sentence: String) -> String {
        let rest = sentence.hasSuffix(".") ? sentence.dropLast() : sentence[...]
        return rest.prefix(1).lowercased() + rest.dropFirst()
    }
}

extension TextDecoder {
    /// How many characters are not surely what was meant.
    fileprivate var flaws: Int {
        var count = findings.cutSequences + findings.controls + unreadable
        if case .utf8 = encoding.form { count += findings.foreignBytes }
        return count
    }
}
