import Text

/// The host of a URL as libcurl's parser gives it, judged by what resolvers and proxies make of it.
///
/// To libcurl `127.0.0.1.` is a name like any other, though whoever looks it up takes it for the address. So each host is
/// either a name in its one form or not asked at all.
enum HostName: Equatable {
    /// In lower case and without the dot at its end: a name, or an IPv4 address as four numbers.
    case name(String)
    /// The same host in a form that libcurl's parser has to read once more.
    case written(String)
    /// None that could be asked.
    case none

    /// - Parameter text: of a URL without brackets, percent-decoded, in ASCII.
    init(_ text: String) {
        let isRooted = text.utf8.last == UInt8(ascii: ".")
        let host = (isRooted ? String(text.dropLast()) : text).lowercased()
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard host.utf8.allSatisfy(Self.mayStandInName), labels.allSatisfy({ !$0.isEmpty }) else {
            self = .none
            return
        }
        // No name ends in a number (WHATWG URL, "ends in a number"): it is an address, in whatever form.
        guard let last = labels.last, Self.isNumber(last) else {
            self = .name(host)
            return
        }
        if isRooted {
            self = .written(host)
        } else {
            self = IPAddress(host) == nil ? .none : .name(host)
        }
    }

    private static func mayStandInName(_ byte: UInt8) -> Bool {
        byte.isASCIIDigit || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || "-._~".utf8.contains(byte)
    }

    private static func isNumber(_ label: Substring.UTF8View) -> Bool {
        if label.allSatisfy(\.isASCIIDigit) { return true }
        return label.starts(with: "0x".utf8)
            && label.dropFirst(2).allSatisfy { $0.hexadecimalValue != nil }
    }
}
