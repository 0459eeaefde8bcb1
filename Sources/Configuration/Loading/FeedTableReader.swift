private import FeedModel
import Web

/// Reads the `[[feed]]` tables of one file.
struct FeedTableReader {
    private let tables: TableReader
    private var file: ConfigurationFile { tables.file }
    private var state: LoadingState { tables.state }
    private let standard: Shared<FeedOptions>

    init(tables: TableReader) {
        self.tables = tables
        standard = tables.state.feeds.shared(tables.state.feedOptions)
    }

    func read(_ node: TOMLNode) {
        let place = file.place(node.line)
        guard node.kind == .table else {
            return state.error("[[feed]]: must be a table, not \(node.kind.name)", at: place)
        }
        var feed = FeedSettings(options: standard.value)
        tables.read(node, into: &feed)
        if node.member("proxy_auth") == nil, feed.options.proxy != standard.value.proxy {
            // The proxy of this feed is another one than that whose password [fetch] names.
            feed.options.proxyAuth = nil
        }
        let options = feed.options
        tables.warnOfLoginWithoutProxy(node, options.transfer, in: .feed)
        let authorizations = [
            options.basicAuth != nil, options.digestAuth != nil, options.bearer != nil,
            options.headers.contains { $0.name.lowercased() == "authorization" },
        ]
        if authorizations.count(where: { $0 }) > 1 {
            state.error(
                "[[feed]]: only one of basic_auth, digest_auth, bearer and headers.Authorization may be set", at: place)
        }
        switch feed.address {
        case .web(let url, let host): add(feed, url: url, .host(host), node, place)
        case .local(let path, let url): add(feed, url: url, .file(path), node, place)
        case .refused: break
        case nil:
            guard node.member("url") == nil else { break }
            state.error("[[feed]] url: is missing; each feed needs one", at: place)
        }
    }

    private func add(
        _ table: FeedSettings, url: String, _ origin: FeedOrigin, _ node: TOMLNode, _ place: SourcePlace
    ) {
        let feed = PendingFeed(
            url: url, origin: origin, id: table.id, title: table.title, tags: table.tags, place: place,
            options: table.options == standard.value ? standard : state.feeds.shared(table.options),
            hasOwnCap: node.member("max_age_cap") != nil,
            isPlain: table.options == standard.value && node.member("max_age_cap") == nil)
        func warn(_ message: String) {
            state.warning("[[feed]] url: \(URLRedaction.redacted(url)) \(message)", at: place)
        }
        switch state.feeds.add(feed) {
        case .added: break
        case .merged(let other):
            // That a table says more of a feed than a list does is no mistake.
            if other.otherURL != nil || !other.isOfList { warn(other.message) }
        case .alike(let other): warn("\(other.message), but has other options; keep one of them, or give each an id")
        case .sameURL(let other):
            state.error(
                "[[feed]] url: \(URLRedaction.redacted(url)) is already in \(other); two feeds of one URL "
                    + "each need an id = \"…\"", at: place)
        case .sameID(let other):
            state.error("[[feed]] id: \(TOMLText.quoted(feed.id ?? "")) is already in \(other)", at: place)
        case .tooMany:
            state.error("[[feed]]: there are more than \(LoadingState.Limit.feeds) feeds", at: place)
        }
    }
}

/// The tags of a feed as lists give them: each once, in whatever case it stands, and no more than a feed may have.
///
/// A tag is added in a time that grows with its length alone, however many there are: an OPML file may have a folder of
/// a few bytes within a hundred others again and again.
struct FeedTags {
    /// More are left out.
    static let most = 100
    /// Bytes of one tag.
    static let longest = 128

    /// In the order in which they came.
    private(set) var list: [String] = []
    private var known: Set<TagKey> = []

    init(_ tags: [String] = []) {
        for tag in tags {
            if isFull { break }
            add(tag)
        }
    }

    var isFull: Bool { list.count >= Self.most }

    /// Adds it made fit to be one.
    ///
    /// - Returns: false where nothing of it is left, it is there already, or there is no room.
    @discardableResult
    mutating func add(_ tag: String) -> Bool {
        guard !isFull else { return false }
        let tag = ListText.cleaned(tag, limit: Self.longest)
        guard !tag.isEmpty, known.insert(TagKey(tag)).inserted else { return false }
        list.append(tag)
        return true
    }

    mutating func removeLast() {
        if let last = list.popLast() { known.remove(TagKey(last)) }
    }

    /// The tags of one place where a feed stands, then those of another; both fit to be tags.
    static func joined(_ tags: [String], _ more: [String]) -> [String] {
        if more.isEmpty || tags.count >= most { return tags }
        var result = tags
        var known = Set(tags.lazy.map(TagKey.init))
        for tag in more where result.count < most && known.insert(TagKey(tag)).inserted { result.append(tag) }
        return result
    }
}

/// Values that stand in `[fetch]` as well as in `[[feed]]`.
extension OptionContext {
    /// `"deny"`, `"allow"` or a list of host:port and CIDR. A bare address becomes the CIDR of itself.
    func privateNetworks(_ node: TOMLNode) -> AddressPolicy? {
        switch (node.kind, node.text) {
        case (.string, "deny"): return .deny
        case (.string, "allow"): return .allow
        case (.array, _) where node.count <= 1024:
            var entries: [AddressPolicy.Entry] = []
            for element in node.children {
                guard let text = element.text, text.utf8.count <= 300, let entry = AddressPolicy.Entry(text) else {
                    error("must list host:port or CIDR such as \"localhost:8080\" or \"10.0.0.0/8\"", at: element)
                    continue
                }
                entries.append(entry)
            }
            return .list(entries)
        default:
            error("must be \"deny\", \"allow\" or a list of at most 1024 host:port or CIDR", at: node)
            return nil
        }
    }

    /// Reads the proxy that a text names, which is nil where the text is empty.
    ///
    /// - Returns: nil in the outer optional where it cannot be a proxy.
    func proxy(_ node: TOMLNode) -> ProxyURL?? {
        guard let text = text(node) else { return nil }
        if text.isEmpty { return .some(nil) }
        do throws(ProxyURL.Problem) {
            guard text.utf8.count <= FeedAddress.limit else { throw .scheme }
            return try ProxyURL(text)
        } catch {
            switch error {
            case .scheme, .url(.malformed):
                self.error("must be http://HOST:PORT, or with https, socks4, socks4a, socks5 or socks5h", at: node)
            case .user:
                self.error(
                    "holds a user name or password; use proxy_auth = { user = \"…\", password = { file = \"…\" } }",
                    at: node)
            case .path: self.error("has a path, a query or a fragment, which no proxy has", at: node)
            case .url(let problem): self.error(FeedAddress.refusal(of: problem), at: node)
            }
            return nil
        }
    }

    /// The absolute path that a text means, relative ones being relative to the file; empty as it is, and nil where it
    /// cannot be a path.
    func path(_ node: TOMLNode) -> String? {
        guard let text = text(node) else { return nil }
        guard text.utf8.count <= 4095, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            error("is no path: it holds a control character or is too long", at: node)
            return nil
        }
        return text.isEmpty ? text : Path.join(file.directory, text)
    }
}
