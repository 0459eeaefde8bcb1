/// Elements of HTML that are met in feeds where they are not meant as XML.
enum HTMLJunk {
    /// What a web server's error message before the feed is made of.
    static func contains(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let names: [StaticString] = [
            "br", "b", "p", "i", "a", "hr", "div", "span", "font", "pre", "script", "style", "strong", "em", "table",
            "tr", "td", "th", "h1", "h2", "h3", "center", "small", "code", "link", "meta", "img", "noscript",
        ]
        return names.contains { name.count == $0.utf8CodeUnitCount && name.hasPrefixIgnoringCase($0) }
    }

    /// What a page has around its contents. A feed may stand in one that some server put around it; if none does, the
    /// first element that is of neither kind makes it a page.
    static func framesPage(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let names: [StaticString] = ["html", "head", "title", "base", "body"]
        return names.contains { name.count == $0.utf8CodeUnitCount && name.hasPrefixIgnoringCase($0) }
    }

    /// Elements without an end tag that no feed format knows by that name.
    static func isVoid(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        switch name.count {
        case 2: name.hasPrefixIgnoringCase("br") || name.hasPrefixIgnoringCase("hr")
        case 3: name.hasPrefixIgnoringCase("img")
        default: false
        }
    }
}
