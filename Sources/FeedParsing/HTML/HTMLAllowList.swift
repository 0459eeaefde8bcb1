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
