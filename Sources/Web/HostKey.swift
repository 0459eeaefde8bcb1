import Text

/// `HostKey` makes the name under which a host is known to all that count requests to it: allowances, pauses, tables of
/// the configuration (polling.md §7).
///
/// All forms in which a URL can write one host have one key. It is in lower case, without a port, a dot at its end or
/// brackets; a name in another script has its ASCII form.
package enum HostKey {
    /// Returns the key of the host that a URL is asked of; nil where no request could be made for it.
    package static func of(url text: String) -> String? {
        (try? WebURL(text)).map(of)
    }

    /// Returns the key of the host of a URL that was read.
    package static func of(_ url: WebURL) -> String {
        // An IPv4 address may be wrapped in one of IPv6.
        guard url.host.utf8.contains(UInt8(ascii: ":")), let address = IPAddress(url.host)?.mappedV4 else {
            return url.host
        }
        return "\(address)"
    }

    /// Returns the key of a host that is written alone, an IPv6 address with or without brackets; nil where it is none.
    package static func of(host: String) -> String? {
        let isBare = host.utf8.contains(UInt8(ascii: ":")) && host.utf8.first != UInt8(ascii: "[")
        // What else a URL may have begins with one of these.
        guard !host.utf8.contains(where: { "/?#@\\".utf8.contains($0) }) else { return nil }
        do {
            let url = try ParsedURL("http://\(isBare ? "[\(host)]" : host)/".utf8, keepsPath: true)
            return url.writtenPort == nil ? of(try WebURL(url, keepsUser: false)) : nil
        } catch {
            return nil
        }
    }
}

/// The host of a URL as libcurl's parser gives it, judged by what resolvers and proxies make of it.
///
/// To libcurl `127.0.0.1.` is a name like any other, though whoever looks it up takes it for the address. So each host
/// is either a name in its one form or not asked at all.
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
