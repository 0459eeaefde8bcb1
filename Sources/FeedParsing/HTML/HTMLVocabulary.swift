/// Which names are elements of HTML, old ones included.
enum HTMLVocabulary {
    /// Elements that begin on a line of their own, and the line break.
    static let blocks = names([
        "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details", "dialog", "dir", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hr", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody",
        "td", "tfoot", "th", "thead", "tr", "ul",
    ])

    private static let others = names([
        "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "bdi", "bdo", "big", "blink", "body", "button",
        "canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em", "embed", "font", "frame",
        "frameset", "head", "hgroup", "html", "i", "iframe", "img", "input", "ins", "kbd", "label", "link", "map",
        "mark", "marquee", "math", "meta", "meter", "nobr", "noembed", "noframes", "noscript", "object", "optgroup",
        "output", "param", "picture", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "script", "search",
        "select", "slot", "small", "source", "span", "strike", "strong", "style", "sub", "sup", "svg", "template",
        "textarea", "time", "title", "track", "tt", "u", "var", "video", "wbr", "xmp",
    ])

    static func knows(_ name: HTMLName) -> Bool {
        blocks.contains(name) || others.contains(name)
    }

    static func names(_ names: [StaticString]) -> Set<HTMLName> { Set(names.map(HTMLName.init(_:))) }
}
