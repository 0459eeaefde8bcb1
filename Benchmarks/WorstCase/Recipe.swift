/// A document of any length, written in a few bytes: what stands in front, what is repeated to make room for trouble,
/// what is repeated to the end, and what stands behind.
///
/// Work that a parser does for each byte shows only where there are many of them, so that no document is looked at that
/// is shorter than some thousand bytes.
struct Recipe: Hashable {
    var head: [UInt8] = []
    /// Repeated at most `setups` times, and over no more than half of the document: what is open, declared or known
    /// when the rest comes.
    var setup: [UInt8] = []
    var setups = 0
    var unit: [UInt8] = []
    var tail: [UInt8] = []

    /// The document of about that length, never much shorter; longer only where head and tail alone are.
    func document(_ length: Int) -> [UInt8] {
        var result = head
        result.reserveCapacity(length + unit.count + tail.count)
        if !setup.isEmpty {
            var left = min(setups, length / 2 / setup.count)
            while left > 0 {
                result += setup
                left -= 1
            }
        }
        if !unit.isEmpty { while result.count + tail.count < length { result += unit } }
        return result + tail
    }

    /// How many bytes have to be remembered for it.
    var size: Int { head.count + setup.count + unit.count + tail.count }
}

/// As files and reports have it: a line for each part, with all but printable ASCII escaped.
extension Recipe: CustomStringConvertible {
    var description: String {
        var lines: [String] = []
        func add(_ name: String, _ bytes: [UInt8]) {
            if !bytes.isEmpty { lines.append("\(name) \(Self.escaped(bytes))") }
        }
        add("head", head)
        if !setup.isEmpty { add("setup \(setups)", setup) }
        add("unit", unit)
        add("tail", tail)
        return lines.joined(separator: "\n") + "\n"
    }

    /// - Returns: nil for what is no recipe.
    init?(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            var words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2 else { return nil }
            switch words[0] {
            case "head": head = Self.bytes(words[1])
            case "unit": unit = Self.bytes(words[1])
            case "tail": tail = Self.bytes(words[1])
            case "setup":
                words = words[1].split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
                guard words.count == 2, let count = Int(words[0]) else { return nil }
                setups = count
                setup = Self.bytes(words[1])
            default: return nil
            }
        }
        guard !unit.isEmpty else { return nil }
    }

    static func escaped(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        var text = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): text += "\\\\"
            case 0x0a: text += "\\n"
            case 0x20..<0x7f: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return text
    }

    private static func bytes(_ text: Substring) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                result.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "x"):
                result.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: result.append(escape)
            }
        }
        return result
    }
}
