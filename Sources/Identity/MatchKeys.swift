package import Digest
package import FeedModel

/// `MatchKeys` makes the further keys under which articles are found, beside their `uid` (identity.md §3, §5, §9).
///
/// They stand in the records, so that the index can be made from those alone. They are cut from SHA-256, because
/// publishers choose what goes in. Their form is fixed: other keys would not find what is stored. One value serves many
/// articles, so that its memory is used again.
struct MatchKeys: ~Copyable {
    private let feed: FeedIdentifier
    private var form: [UInt8] = []
    /// What the keys of all seconds have in common; nil as long as nobody has asked.
    private var seconds: Hash128?

    init(feed: FeedIdentifier) {
        self.feed = feed
    }

    /// Of all feeds, the article that was first to have the link has this key.
    mutating func link(_ link: String) -> Hash128 {
        begin("link")
        part(link)
        return key
    }

    /// Of all feeds, several articles have the link where this key is there, so the link tells none of them.
    mutating func sharedLink(_ link: String) -> Hash128 {
        begin("shared")
        part(link)
        return key
    }

    /// Of all feeds, the article that has the link and once had the title has this key.
    mutating func formerTitle(_ link: String, _ title: String) -> Hash128 {
        begin("former")
        part(link)
        part(title)
        return key
    }

    /// Of this feed, an article with that link and title which is not the one that `link` leads to has this key.
    mutating func linkAndTitle(_ link: String, _ title: String) -> Hash128 {
        begin("both")
        part(feed.text)
        part(link)
        part(title)
        return key
    }

    /// Of this feed, the article with that title and date of publishing has this key.
    mutating func titleAndDate(_ title: String, _ published: Timestamp) -> Hash128 {
        begin("dated")
        part(feed.text)
        part(title)
        part(String(published.seconds))
        return key
    }

    /// Of this feed, the article that was published in that second has this key, where no other item of its document was,
    /// and it is not midnight.
    ///
    /// Nearly every article has one, so that only one digest is made for all of them. Of a number of 64 bits nobody can
    /// choose two that collide.
    mutating func second(_ published: Timestamp) -> Hash128 {
        let common: Hash128
        if let seconds {
            common = seconds
        } else {
            begin("second")
            part(feed.text)
            common = key
            seconds = common
        }
        let spread = UInt64(bitPattern: published.seconds) &* Self.spread
        return Hash128(high: common.high, low: common.low &+ spread)
    }

    /// Of this feed, the article with that title, which has no date of publishing, has this key.
    mutating func title(_ title: String) -> Hash128 {
        begin("titled")
        part(feed.text)
        part(title)
        return key
    }

    /// Of this feed, the article whose id is a variant of the same URL has this key.
    mutating func variant(_ form: String) -> Hash128 {
        begin("variant")
        part(feed.text)
        part(form)
        return key
    }

    /// The newest of the further articles that have the same id as the article of that identity has this key; of those
    /// that one document brought, any.
    mutating func more(_ uid: ArticleIdentifier) -> Hash128 {
        begin("more")
        form.append(0)
        uid.appendDescription(to: &form)
        return key
    }

    /// What is the same for all articles of this feed with that title, text and file; `copy` makes the keys of it.
    mutating func content(_ title: String, _ text: TextWords, file: String) -> Hash128 {
        begin("content")
        part(feed.text)
        part(title)
        part(file)
        form.append(0)
        for word in text.words { withUnsafeBytes(of: word.littleEndian) { form.append(contentsOf: $0) } }
        return key
    }

    /// Of several articles of this feed that have the same content one has this key, counted from 0.
    static func copy(_ number: Int, of content: Hash128) -> Hash128 {
        Hash128(high: content.high, low: content.low &+ UInt64(number) &* spread)
    }

    /// Spreads small numbers over 64 bits, each to another one.
    private static let spread: UInt64 = 0x9e37_79b9_7f4a_7c15

    private mutating func begin(_ kind: StaticString) {
        form.removeAll(keepingCapacity: true)
        form.append(contentsOf: "newswire\0".utf8)
        form.append(contentsOf: UnsafeBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount))
    }

    private mutating func part(_ text: String) {
        form.append(0)
        form.append(contentsOf: text.utf8)
    }

    private var key: Hash128 { ArticleIdentifier(hashing: form).key }
}

/// `ArticleKey` makes the identity of an article from what its publisher says (identity.md §2). One value serves many
/// articles, so that its memory is used again.
package struct ArticleKey: ~Copyable {
    private let feed: FeedIdentifier
    private let ownHosts: [String]
    /// The bytes that are digested next.
    private var form: [UInt8] = []

    package init(feed: FeedIdentifier, ownHosts: [String] = []) {
        self.feed = feed
        self.ownHosts = ownHosts
    }

    /// `Precision` says how closely an article is looked at, where its id alone does not tell it from others
    /// (identity.md §4).
    package enum Precision: Int, CaseIterable, Sendable, Comparable {
        case id, link, title
        /// The date tells apart what has one id, link and title in one document, as bulletins have.
        case published
        /// All that counts as content tells apart what has even one date, as notices of one second have.
        case content

        package static func < (left: Precision, right: Precision) -> Bool { left.rawValue < right.rawValue }
    }

    /// Returns the identity of an article at a look of this precision.
    ///
    /// - Parameters:
    ///   - content: the hash of the article's content, by which the closest look goes.
    ///   - generation: counts from 1; each later one is another article to which the publisher gave the same id, as
    ///     earlier stores have it (identity.md §3.1).
    package mutating func identifier(
        of article: Article, precision: Precision = .id, content: Hash128? = nil, generation: Int = 1
    ) -> ArticleIdentifier {
        form.removeAll(keepingCapacity: true)
        form.append(contentsOf: feed.text.utf8)
        if let id = article.id {
            part("id", id)
        } else if let link = article.url.flatMap({ CanonicalURL.key($0, ownHosts: ownHosts) }) {
            part("link", link)
        } else if let title = article.title {
            part("title", NormalizedText.title(title))
            part("day", article.published.map { String(Self.day($0)) } ?? "")
            part("enclosure", article.attachments.first?.url ?? "")
        } else {
            var content: [UInt8] = []
            NormalizedText.appendCollapsed(
                article.contentHTML ?? article.contentText ?? article.summary ?? "", to: &content)
            part("content", String(decoding: content, as: UTF8.self))
            part("enclosure", article.attachments.first?.url ?? "")
        }
        if precision >= .link {
            let link = article.url.flatMap { CanonicalURL.key($0, ownHosts: ownHosts) }
            part("with-link", link ?? article.url ?? "")
        }
        // What is told apart by its title keeps its identity where the fragment changes.
        if precision == .link, article.id == nil, let fragment = article.fragment { part("with-fragment", fragment) }
        if precision >= .title { part("with-title", NormalizedText.title(article.title ?? "")) }
        if precision >= .published { part("with-date", article.published.map { String($0.seconds) } ?? "") }
        if precision == .content { part("with-content", content?.hex ?? "") }
        if generation > 1 { part("generation", "~\(generation)") }
        return ArticleIdentifier(hashing: form)
    }

    /// A NUL before each part keeps `ab` + `c` from being `a` + `bc`; texts from feeds hold none.
    private mutating func part(_ kind: StaticString, _ text: String) {
        form.append(0)
        form.append(contentsOf: UnsafeBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount))
        form.append(0)
        form.append(contentsOf: text.utf8)
    }

    private static func day(_ time: Timestamp) -> Int64 {
        Int64((Double(time.seconds) / 86_400).rounded(.down))
    }
}

extension Article {
    /// What stands behind the `#` of the article's link; nil where there is none.
    var fragment: String? {
        guard let url, let mark = url.utf8.firstIndex(of: UInt8(ascii: "#")) else { return nil }
        return String(url[url.utf8.index(after: mark)...])
    }
}

/// `URLVariant` gives ids that are URLs and name the same thing one form (identity.md §3.2).
enum URLVariant {
    /// Returns what is left of an http or https URL without its scheme, a leading `www.`, the default port and a slash at the
    /// end; nil for any other id. Everything else counts as it stands.
    static func form(_ id: String) -> String? {
        var id = id
        return id.withUTF8 { bytes in
            guard let start = authorityStart(bytes) else { return nil }
            var rest = start
            while rest < bytes.count, !endsAuthority(bytes[rest]) { rest += 1 }
            var host = start..<rest
            for port in [":80", ":443"] as [StaticString] where host.count > port.utf8CodeUnitCount {
                let colon = host.upperBound - port.utf8CodeUnitCount
                guard matches(bytes, at: colon, port) else { continue }
                host = start..<colon
                break
            }
            if host.count > 4, matches(bytes, at: start, "www.") { host = (start + 4)..<host.upperBound }
            guard !host.isEmpty else { return nil }
            let end = rest < bytes.count && bytes[bytes.count - 1] == slash ? bytes.count - 1 : bytes.count
            return String(unsafeUninitializedCapacity: host.count + end - rest) { form in
                for (place, index) in host.enumerated() { form[place] = lower(bytes[index]) }
                for index in rest..<end { form[host.count + index - rest] = bytes[index] }
                return host.count + end - rest
            }
        }
    }

    private static let slash = UInt8(ascii: "/")

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == slash || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func authorityStart(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        for scheme in ["http://", "https://"] {
            let length = scheme.utf8.count
            guard bytes.count > length, zip(bytes, scheme.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else { continue }
            return length
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// Whether a text in lower case stands there, letters compared without regard to case.
    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, _ text: StaticString) -> Bool {
        guard bytes.count - start >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where lower(bytes[start + index]) != text.utf8Start[index] {
            return false
        }
        return true
    }
}
