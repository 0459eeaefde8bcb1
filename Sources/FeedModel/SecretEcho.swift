private import Text

/// `SecretEcho` tells whether words of a server may show what it was sent in confidence (security.md §14). Servers name the
/// path that they do not know, or the token that they do not like, each in its own way of writing.
///
/// It compares letters and digits alone, whatever their case, of the words as they are and of what they are when percent
/// signs, JSON's escapes and HTML's references are read, several times if need be. A secret counts as it is, in Base64
/// wherever that begins, and in hexadecimal digits. In doubt the answer is yes: whoever needs the words asks the server.
package struct SecretEcho: Sendable {
    /// So many letters and digits in a row, in both, are no accident.
    private static let run = 6
    /// So often words are read anew; what has an escape even then is not shown.
    private static let rounds = 5

    /// What is said in place of such words.
    package static let withheld = "its words are not shown, since they may hold a secret"

    /// All runs of the secrets, each packed into a number.
    private var runs: Set<UInt64> = []
    /// Secrets that are shorter than a run.
    private var short: Set<[UInt8]> = []
    /// A secret has neither letters nor digits, so that none can be compared.
    private var isUnknowable = false

    /// - Parameter secrets: each as it is sent; empty ones count for nothing.
    package init(_ secrets: [String]) {
        for secret in secrets where !secret.isEmpty {
            var bytes = Array(secret.utf8)
            for _ in 0..<Self.rounds {
                add(bytes)
                guard let read = Self.read(bytes) else { break }
                bytes = read
            }
        }
    }

    /// Tells whether a part of a secret may stand in a text. Linear in the text.
    package func mayShow(in text: String) -> Bool {
        if text.isEmpty || (runs.isEmpty && short.isEmpty && !isUnknowable) { return false }
        if isUnknowable { return true }
        var bytes = Array(text.utf8)
        for _ in 0..<Self.rounds {
            if holds(Self.reduced(bytes)) { return true }
            guard let read = Self.read(bytes) else { return false }
            bytes = read
        }
        return true
    }

    private mutating func add(_ secret: [UInt8]) {
        let plain = Self.reduced(secret)
        if plain.isEmpty { isUnknowable = true }
        add(reduced: plain)
        add(reduced: Self.reduced(secret.flatMap { Array("\($0 < 16 ? "0" : "")\(String($0, radix: 16))".utf8) }))
        // In Base64 what stands before it decides how a secret looks; its first and last digit are of others, too.
        for shift in 0..<3 {
            let digits = Array(Base64.string([UInt8](repeating: 0, count: shift) + secret).utf8)
                .filter { $0 != UInt8(ascii: "=") }
            let inner = digits.dropFirst(shift == 0 ? 0 : shift + 1).dropLast()
            if inner.count > 3 { add(reduced: Self.reduced(Array(inner))) }
        }
    }

    private mutating func add(reduced bytes: [UInt8]) {
        if bytes.isEmpty { return }
        if bytes.count < Self.run { short.insert(bytes) }
        forEachRun(of: bytes) { runs.insert($0) }
    }

    private func holds(_ bytes: [UInt8]) -> Bool {
        var found = false
        forEachRun(of: bytes) { if runs.contains($0) { found = true } }
        if found { return true }
        return short.contains { secret in
            bytes.count >= secret.count
                && bytes.indices.dropLast(secret.count - 1).contains { start in
                    bytes[start..<start + secret.count].elementsEqual(secret)
                }
        }
    }

    private func forEachRun(of bytes: [UInt8], _ body: (UInt64) -> Void) {
        var packed: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            packed = (packed << 8 | UInt64(byte)) & (1 << (8 * UInt64(Self.run)) - 1)
            if index + 1 >= Self.run { body(packed) }
        }
    }

    /// Letters and digits of ASCII in lower case, and all that is beyond ASCII.
    private static func reduced(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte >= 0x80 {
                result.append(byte)
            } else if byte.isASCIIAlphanumeric {
                result.append(byte.isASCIILetter ? byte | 0x20 : byte)
            }
        }
        return result
    }

    /// The text with each escape read once; nil where there is none. References by name stand for signs, and signs count
    /// for nothing.
    private static func read(_ bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var hasChanged = false
        var index = 0
        while index < bytes.count {
            guard let (value, length) = escape(bytes[index...]) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if let value, value < 0x100 {
                result.append(UInt8(value))
            } else if let value, let scalar = Unicode.Scalar(value) {
                result.append(contentsOf: String(scalar).utf8)
            }
            hasChanged = true
            index += length
        }
        return hasChanged ? result : nil
    }

    /// What an escape at the beginning stands for, nil for a sign, and its length.
    private static func escape(_ bytes: ArraySlice<UInt8>) -> (value: UInt32?, length: Int)? {
        func number(_ skipped: Int, digits: Int, radix: Int) -> UInt32? {
            let digits = bytes.dropFirst(skipped).prefix(digits)
            return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
        }
        let second = bytes.dropFirst().first
        switch bytes.first {
        case UInt8(ascii: "%"):
            guard bytes.dropFirst().prefix(2).allSatisfy(\.isASCIIAlphanumeric),
                let value = number(1, digits: 2, radix: 16)
            else { return nil }
            return (value, min(3, bytes.count))
        case UInt8(ascii: "\\"):
            let digits = second == UInt8(ascii: "u") ? 4 : second == UInt8(ascii: "x") ? 2 : 0
            guard digits > 0, bytes.count >= 2 + digits, let value = number(2, digits: digits, radix: 16) else {
                return nil
            }
            return (value, 2 + digits)
        case UInt8(ascii: "&"):
            let content = bytes.dropFirst().prefix { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "#") }.prefix(10)
            let length = 1 + content.count
            guard bytes.dropFirst(length).first == UInt8(ascii: ";"), content.count > 1 else { return nil }
            guard second == UInt8(ascii: "#") else { return (nil, length + 1) }
            let isHex = content.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "x")
            guard let value = number(isHex ? 3 : 2, digits: content.count - (isHex ? 2 : 1), radix: isHex ? 16 : 10)
            else { return nil }
            return (value, length + 1)
        default: return nil
        }
    }
}
