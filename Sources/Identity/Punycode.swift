/// Host names of other scripts in the ASCII form that DNS knows (RFC 3492), for comparing them.
enum Punycode {
    /// Each label lower-cased and, where it is not ASCII, encoded with `xn--` before it.
    static func hostToASCII(_ host: String) -> [UInt8] {
        // The ideographic full stops separate labels as the ASCII one does (RFC 3490 §3.1).
        let labels = host.lowercased().unicodeScalars.split(omittingEmptySubsequences: false) {
            [".", "\u{3002}", "\u{ff0e}", "\u{ff61}"].contains($0)
        }
        return Array(labels.map { encoded(Array($0)) }.joined(separator: [UInt8(ascii: ".")]))
    }

    private static let base = 36
    /// DNS has no longer label (RFC 1035 §2.3.4), and the effort is quadratic.
    private static let longestLabel = 63

    private static func encoded(_ label: [Unicode.Scalar]) -> [UInt8] {
        let basic = label.filter(\.isASCII).map { UInt8($0.value) }
        if basic.count == label.count { return basic }
        // A label that is too long is no name of DNS, and keeps its bytes.
        guard label.count <= longestLabel else { return Array(String(String.UnicodeScalarView(label)).utf8) }
        var output = Array("xn--".utf8) + basic
        if !basic.isEmpty { output.append(UInt8(ascii: "-")) }
        var next = 0x80
        var delta = 0
        var bias = 72
        var handled = basic.count
        while handled < label.count {
            // Not nil: a scalar that has not been handled is left.
            let smallest = label.lazy.map { Int($0.value) }.filter { $0 >= next }.min() ?? next
            delta += (smallest - next) * (handled + 1)
            next = smallest
            for scalar in label {
                let value = Int(scalar.value)
                if value < next { delta += 1 }
                guard value == next else { continue }
                append(delta, bias: bias, to: &output)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basic.count)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return output
    }

    private static func append(_ delta: Int, bias: Int, to output: inout [UInt8]) {
        var rest = delta
        var k = base
        while true {
            let threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias
            if rest < threshold { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            k += base
        }
        output.append(digit(rest))
    }

    private static func digit(_ value: Int) -> UInt8 {
        value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
    }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k = 0
        while delta > (base - 1) * 26 / 2 {
            delta /= base - 1
            k += base
        }
        return k + base * delta / (delta + 38)
    }
}
