/// `CanonicalLink` is the URL by which a page wants to be known, as far as it can be believed.
enum CanonicalLink {
    /// The `canonical` link, else `og:url`; nil where it is of another site, or of the front page while the page is none.
    ///
    /// - Parameter page: where the page came from; nil where that is not known, so that anything is believed.
    static func url(of head: PageHead, page: String?) -> String? {
        let said = head.canonical + head.metas.all(of: ["og:url"])
        return said.lazy.compactMap { PageAddress.absolute($0, base: head.base) }.first { isBelieved($0, page: page) }
    }

    private static func isBelieved(_ url: String, page: String?) -> Bool {
        guard let page, let host = PageAddress.host(of: page) else { return true }
        guard let other = PageAddress.host(of: url), PageAddress.areOfOneSite(host, other) else { return false }
        return isFrontPage(page) || !isFrontPage(url)
    }

    private static func isFrontPage(_ url: String) -> Bool {
        let path = PageAddress.path(of: url)
        return path.isEmpty || path == "/"
    }
}
