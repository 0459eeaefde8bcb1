/// A name of up to twenty ASCII characters in one integer, without regard to case: compared and switched on without making
/// a `String`.
///
/// Longer names, and those with other characters than letters, digits, `-` and `:`, are all `unknown`.
struct HTMLName: Hashable, RawRepresentable {
    let rawValue: UInt128

    static let unknown = HTMLName(rawValue: 0)

    init(rawValue: UInt128) {
        self.rawValue = rawValue
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.init(UnsafeBufferPointer(rebasing: bytes[range]))
    }

    init(_ name: StaticString) {
        self.init(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    init(_ name: UnsafeBufferPointer<UInt8>) {
        guard name.count <= 20 else {
            self = .unknown
            return
        }
        var packed: UInt128 = 0
        for byte in name {
            let code: UInt8
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): code = byte - UInt8(ascii: "a") + 1
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): code = byte - UInt8(ascii: "A") + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"): code = byte - UInt8(ascii: "0") + 27
            case UInt8(ascii: "-"): code = 37
            case UInt8(ascii: ":"): code = 38
            default:
                self = .unknown
                return
            }
            packed = packed << 6 | UInt128(code)
        }
        rawValue = packed
    }
}

extension HTMLName {
    private static let alphabet: StaticString = "abcdefghijklmnopqrstuvwxyz0123456789-:"

    /// Appends the name in lower case.
    func append(to bytes: inout [UInt8]) {
        var shift = 20 * 6
        while shift > 0 {
            shift -= 6
            let code = Int(truncatingIfNeeded: rawValue >> UInt128(shift)) & 63
            if code > 0 { bytes.append(Self.alphabet.utf8Start[code - 1]) }
        }
    }
}

/// Elements and attributes that some rule speaks of.
extension HTMLName {
    static let script = HTMLName("script")
    static let style = HTMLName("style")
    static let textarea = HTMLName("textarea")
    static let title = HTMLName("title")
    static let xmp = HTMLName("xmp")
    static let iframe = HTMLName("iframe")
    static let noembed = HTMLName("noembed")
    static let noframes = HTMLName("noframes")
    static let base = HTMLName("base")
    static let link = HTMLName("link")
    static let href = HTMLName("href")
    static let rel = HTMLName("rel")
    static let type = HTMLName("type")
}

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

/// What sanitised HTML may hold.
enum HTMLAllowList {
    enum AttributeKind {
        case text
        case url
        /// A URL that may be an image within itself.
        case image
        case sourceSet
        case style
    }

    static let elements = HTMLVocabulary.names([
        // Text
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i",
        "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
        "var", "wbr", "ruby", "rb", "rp", "rt", "rtc",
        // Blocks
        "address", "article", "aside", "blockquote", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
        "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "li", "main",
        "menu", "nav", "ol", "p", "pre", "section", "summary", "ul", "multicol", "spacer", "m", "nextid",
        // Tables
        "caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        // Pictures and sound
        "area", "audio", "canvas", "img", "map", "picture", "sound", "source", "track", "video",
        // Controls, which can do nothing without a form
        "button", "command", "datagrid", "datalist", "event-source", "fieldset", "input", "keygen", "label", "legend",
        "meter", "optgroup", "option", "output", "progress", "select", "textarea",
    ])

    /// Elements whose contents are nothing to be read, or are read by rules of their own.
    static let hidden = HTMLVocabulary.names([
        "annotation", "annotation-xml", "applet", "script", "style", "svg", "template",
    ])

    /// Elements without contents.
    static let void = HTMLVocabulary.names([
        "area", "br", "col", "hr", "img", "input", "source", "track", "wbr",
    ])

    static func kind(of attribute: HTMLName, on element: HTMLName) -> AttributeKind? {
        let kind = kinds[attribute]
        return kind == .url && attribute == source && element == image ? .image : kind
    }

    private static let source = HTMLName("src")
    private static let image = HTMLName("img")

    private static let kinds: [HTMLName: AttributeKind] = {
        var kinds: [HTMLName: AttributeKind] = [HTMLName("style"): .style, HTMLName("srcset"): .sourceSet]
        for name in texts { kinds[name] = .text }
        for name in urls { kinds[name] = .url }
        return kinds
    }()

    private static let urls = HTMLVocabulary.names([
        "action", "background", "cite", "data", "datasrc", "dynsrc", "href", "icon", "longdesc", "lowsrc", "poster",
        "src", "urn", "usemap", "vrml",
    ])

    private static let texts = HTMLVocabulary.names([
        "abbr", "accept", "accept-charset", "accesskey", "align", "alt", "autocomplete", "autofocus", "axis", "balance",
        "bgcolor", "bgproperties", "border", "bordercolor", "bordercolordark", "bordercolorlight", "bottompadding",
        "cellpadding", "cellspacing", "ch", "challenge", "char", "charoff", "charset", "checked", "choff", "class",
        "clear", "color", "cols", "colspan", "compact", "contenteditable", "controls", "coords", "datafld",
        "datapagesize", "datetime", "decoding", "default", "delay", "dir", "disabled", "draggable", "enctype", "end",
        "face", "for", "form", "frame", "galleryimg", "gutter", "headers", "height", "hidden", "hidefocus", "high",
        "hreflang", "hspace", "id", "inputmode", "ismap", "keytype", "kind", "label", "lang", "leftspacing", "list",
        "loading", "loop", "loopcount", "loopend", "loopstart", "low", "max", "maxlength", "media", "method", "min",
        "multiple", "name", "nohref", "noshade", "nowrap", "open", "optimum", "pattern", "point-size", "pqg", "preload",
        "prompt", "radiogroup", "readonly", "rel", "repeat-max", "repeat-min", "replace", "required", "rev", "reversed",
        "rightspacing", "rows", "rowspan", "rules", "scope", "selected", "shape", "size", "sizes", "span", "srclang",
        "start", "step", "summary", "suppress", "tabindex", "target", "template", "title", "toppadding", "translate",
        "type", "unselectable", "valign", "value", "variable", "volume", "vspace", "width", "wrap", "xml:lang",
    ])
}

/// What an element of sanitised HTML may do to others: found once for each tag.
struct HTMLElementRoles: OptionSet {
    let rawValue: UInt32

    /// May be written.
    static let allowed = HTMLElementRoles(rawValue: 1 << 0)
    /// Has no contents.
    static let void = HTMLElementRoles(rawValue: 1 << 1)
    /// Is left out with its contents.
    static let hidden = HTMLElementRoles(rawValue: 1 << 2)
    /// Ends a paragraph.
    static let block = HTMLElementRoles(rawValue: 1 << 3)
    static let paragraph = HTMLElementRoles(rawValue: 1 << 4)
    static let listItem = HTMLElementRoles(rawValue: 1 << 5)
    /// List items inside it do not end those outside.
    static let list = HTMLElementRoles(rawValue: 1 << 6)
    static let cell = HTMLElementRoles(rawValue: 1 << 7)
    static let row = HTMLElementRoles(rawValue: 1 << 8)
    static let rowGroup = HTMLElementRoles(rawValue: 1 << 9)
    static let table = HTMLElementRoles(rawValue: 1 << 10)
    static let link = HTMLElementRoles(rawValue: 1 << 11)
    static let option = HTMLElementRoles(rawValue: 1 << 12)
    static let optionGroup = HTMLElementRoles(rawValue: 1 << 13)
    /// Parts of `ruby`.
    static let annotation = HTMLElementRoles(rawValue: 1 << 14)
    /// No end tag of something else reaches out of it.
    static let barrier = HTMLElementRoles(rawValue: 1 << 15)

    static let tablePart: HTMLElementRoles = [.cell, .row, .rowGroup, .table]

    /// The roles of an element; none for what sanitised HTML does not know.
    init(of name: HTMLName) {
        self = Self.roles[name] ?? []
    }

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    private static let roles: [HTMLName: HTMLElementRoles] = {
        var roles: [HTMLName: HTMLElementRoles] = [:]
        func add(_ role: HTMLElementRoles, _ names: some Sequence<HTMLName>) {
            for name in names { roles[name, default: []].formUnion(role) }
        }
        func add(_ role: HTMLElementRoles, _ names: [StaticString]) { add(role, names.map(HTMLName.init(_:))) }
        add(.allowed, HTMLAllowList.elements)
        add(.hidden, HTMLAllowList.hidden)
        add(.void, HTMLAllowList.void)
        add(.block, HTMLVocabulary.blocks.subtracting(HTMLVocabulary.names(["br", "option"])))
        add(.paragraph, ["p"])
        add(.listItem, ["li", "dd", "dt"])
        add(.list, ["blockquote", "dl", "menu", "ol", "table", "td", "th", "ul"])
        add(.cell, ["td", "th"])
        add(.row, ["tr"])
        add(.rowGroup, ["caption", "colgroup", "tbody", "tfoot", "thead"])
        add(.table, ["table"])
        add(.link, ["a"])
        add(.option, ["option"])
        add(.optionGroup, ["optgroup"])
        add(.annotation, ["rb", "rp", "rt", "rtc"])
        add(.barrier, ["caption", "table", "td", "th"])
        return roles
    }()
}
