package import FeedModel

/// By what two articles are told to be the same, where their ids do not say so.
struct Sameness {
    /// Two dates further apart than this belong to two articles (identity.md §3.1).
    private static let reuseDistance: UInt64 = 24 * 3600 * 1000

    let ownHosts: [String]

    /// The form in which links are compared; nil for what is no http or https link.
    func link(_ url: String?) -> String? {
        url.flatMap { CanonicalURL.key($0, ownHosts: ownHosts) }
    }

    func title(_ article: Article) -> String { NormalizedText.title(article.title ?? "") }

    func isSameLink(_ left: Article, _ right: Article) -> Bool {
        if left.url == right.url { return true }
        guard let leftLink = link(left.url) else { return false }
        return leftLink == link(right.url)
    }

    func isSameTitle(_ left: Article, _ right: Article) -> Bool {
        left.title == right.title || title(left) == title(right)
    }

    /// Whether a look of that precision sees no difference.
    func isSame(_ left: Article, _ right: Article, at precision: ArticleKey.Precision) -> Bool {
        isSameLink(left, right) && (precision < .title || isSameTitle(left, right))
            && (precision < .published || left.published?.seconds == right.published?.seconds)
    }

    /// identity.md §3.1: with the same id, but link and title are others, and the date is more than a day away.
    func isReuse(_ old: Article, _ new: Article) -> Bool {
        guard new.id != nil, let oldDate = old.published, let newDate = new.published else { return false }
        let (distance, overflows) = oldDate.milliseconds.subtractingReportingOverflow(newDate.milliseconds)
        guard overflows || distance.magnitude > Self.reuseDistance else { return false }
        return !isSameLink(old, new) && !isSameTitle(old, new)
    }

    /// Whether two items with other ids, but one link and title, are two all the same: bulletins, episodes and
    /// questions of the day have the same link and title each time. They have another file, or another date and text.
    func isContradicted(_ old: StoredArticle, _ new: Article) -> Bool {
        if hasOtherFile(old, new) { return true }
        guard !old.isShort, let oldDate = old.article.published, let newDate = new.published,
            oldDate.seconds != newDate.seconds
        else { return false }
        let changed = ChangedFields.names(from: old.article, to: new)
        return !Set(changed).isDisjoint(with: ["content_html", "content_text", "summary"])
    }

    func hasOtherFile(_ old: StoredArticle, _ new: Article) -> Bool {
        guard !old.isShort, let oldFile = old.article.attachments.first, let newFile = new.attachments.first else {
            return false
        }
        return (link(oldFile.url) ?? oldFile.url) != (link(newFile.url) ?? newFile.url)
    }
}

/// Ids that are URLs and name the same thing (identity.md §3.2).
enum URLVariant {
    /// What is left of an http or https URL without its scheme, a leading `www.`, the default port and a slash at the
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

/// When an article counts as published, where what its publisher says cannot be (identity.md §10).
package enum PublishedDate {
    /// Clocks and zones may be wrong by this much, in milliseconds.
    private static let tolerance: Int64 = 48 * 3600 * 1000

    /// The time at which the article was first seen, where its date lies further in the future than clocks go wrong;
    /// nil where the date can be taken as it is, or there is none.
    package static func effective(of article: Article, firstSeen: Timestamp, now: Timestamp) -> Timestamp? {
        guard let published = article.published else { return nil }
        let (latest, overflows) = now.milliseconds.addingReportingOverflow(tolerance)
        return !overflows && published.milliseconds > latest ? firstSeen : nil
    }
}
