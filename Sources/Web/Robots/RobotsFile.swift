import Text

/// `RobotsFile` is what a host's robots.txt says to one crawler (RFC 9309): which paths it may ask for.
///
/// It is made from whatever bytes a server sends, and keeps only the rules of the crawler's own group. A decision takes a
/// time that grows with the rules and with the path, and with nothing else.
package struct RobotsFile: Sendable, Equatable {
    /// Of a longer file only so many bytes are read (RFC 9309 §2.5); the rest says nothing.
    package static let longest = 500 << 10

    private let rules: [RobotsRule]

    /// Reads the rules for a crawler.
    ///
    /// - Parameters:
    ///   - bytes: the file as it came, in UTF-8 or UTF-16; what is no line of a robots.txt is passed over, so that a file in
    ///     another encoding forbids nothing but what its ASCII says (RFC 9309 §2.2).
    ///   - agent: the crawler's User-Agent, of which the product's name counts, in any case.
    package init(_ bytes: some BidirectionalCollection<UInt8>, agent: String) {
        let name = RobotsGroups.productName(agent.utf8)
        var groups = RobotsGroups(agent: name)
        for line in RobotsText.lines(of: bytes, longest: Self.longest) { groups.read(line) }
        // The longest rule decides, and of two as long the one that allows: the first that matches is the one.
        rules = groups.rules.sorted { ($0.length, $0.allows ? 1 : 0) > ($1.length, $1.allows ? 1 : 0) }
    }

    /// Tells whether the crawler may ask for a path of the host.
    ///
    /// - Parameter target: path and query as they are sent; of a URL that is `WebURL.target`.
    package func allows(_ target: some StringProtocol) -> Bool {
        let path = RobotsPath.normalized(target.utf8)
        if path == Array("/robots.txt".utf8) { return true }
        return rules.first { $0.matches(path) }?.allows ?? true
    }

    /// How many bytes of memory the rules take, about.
    package var size: Int { rules.reduce(0) { $0 + $1.length + 96 } }
}

/// Gathers the rules of one crawler while the lines of a file go by.
private struct RobotsGroups {
    private let agent: [UInt8]
    /// Rules of the groups that name the crawler, which count together (RFC 9309 §2.2.1).
    private var own: [RobotsRule] = []
    private var general: [RobotsRule] = []
    private var isNamed = false
    /// Whether the lines at hand are for the crawler, or for all.
    private var isOwn = false
    private var isGeneral = false
    /// A group begins with one User-agent line or several, and the first behind a rule begins the next group.
    private var hasRule = false

    init(agent: [UInt8]) { self.agent = agent }

    var rules: [RobotsRule] { isNamed ? own : general }

    mutating func read(_ line: some BidirectionalCollection<UInt8>) {
        let said = line.prefix { $0 != UInt8(ascii: "#") }
        guard let colon = said.firstIndex(of: UInt8(ascii: ":")) else { return }
        let key = said[..<colon].trimming(where: \.isASCIISpaceOrControl).map(\.asciiLowercased)
        let value = said[said.index(after: colon)...].trimming(where: \.isASCIISpaceOrControl)
        if key.elementsEqual("user-agent".utf8) {
            beginGroup(value)
        } else if key.elementsEqual("allow".utf8) {
            add(RobotsRule(value, allows: true))
        } else if key.elementsEqual("disallow".utf8) {
            add(RobotsRule(value, allows: false))
        }
    }

    private mutating func beginGroup(_ value: some Collection<UInt8>) {
        if hasRule { (isOwn, isGeneral, hasRule) = (false, false, false) }
        if value.first == UInt8(ascii: "*") {
            isGeneral = true
        } else if !agent.isEmpty, Self.productName(value) == agent {
            (isOwn, isNamed) = (true, true)
        }
    }

    private mutating func add(_ rule: RobotsRule?) {
        hasRule = true
        // An empty rule matches nothing: "Disallow:" forbids nothing.
        guard let rule else { return }
        if isOwn { own.append(rule) }
        if isGeneral { general.append(rule) }
    }

    /// The name by which a crawler is known, in lower case: `newswire` of `newswire/1.0 (+https://…)`.
    static func productName(_ text: some Collection<UInt8>) -> [UInt8] {
        text.prefix { $0.isASCIILetter || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }.map(\.asciiLowercased)
    }
}
