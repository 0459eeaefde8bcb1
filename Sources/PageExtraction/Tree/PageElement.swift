/// What a node of a page is: text, or an element by its name.
///
/// Elements that no rule speaks of are `unknown`: their names are in the page's bytes (`PageTree.name(of:)`).
enum PageElement: UInt8, CaseIterable {
    case text, unknown
    // The page and its head.
    case html, head, body, title, meta, link, base, script, style, noscript, template, svg, math
    // Sections.
    case div, section, article, main, aside, nav, header, footer, form, fieldset, dialog, menu, details, summary,
        address
    case center, hgroup, search
    // Blocks of text.
    case p, h1, h2, h3, h4, h5, h6, pre, blockquote, ul, ol, li, dl, dt, dd, hr, legend
    // Pictures and what is embedded.
    case figure, figcaption, picture, source, img, iframe, object, embed, video, audio, canvas, map, area, track
    // Tables.
    case table, caption, colgroup, col, thead, tbody, tfoot, tr, td, th
    // Parts of a line.
    case a, abbr, b, big, cite, code, data, del, dfn, em, font, i, ins, kbd, label, mark, q, s, samp, small, span,
        strike
    case strong, sub, sup, time, tt, u, `var`, br, wbr
    // A word with how to read it, which `rp` puts in brackets.
    case ruby, rt, rp
    // Controls.
    case button, input, select, option, optgroup, textarea, datalist, output, progress, meter
}

extension PageElement {
    /// What an element does to the text around it and to the elements that are open.
    struct Roles: OptionSet {
        let rawValue: UInt8

        /// It begins on a line of its own.
        static let block = Roles(rawValue: 1)
        /// It has no contents and no end tag.
        static let void = Roles(rawValue: 2)
        /// An end tag of something that stands in a line does not reach beyond it ("special" in WHATWG HTML §13.2.4.2).
        static let barrier = Roles(rawValue: 4)
        /// No end tag but that of its like or its table reaches beyond it.
        static let scope = Roles(rawValue: 8)
        /// Nothing in it is to be read.
        static let unread = Roles(rawValue: 16)
        /// `h1` to `h6`.
        static let heading = Roles(rawValue: 32)
        /// A part of a table below the table itself.
        static let tablePart = Roles(rawValue: 64)
        /// It may hold the text of an article: a section, a list or a cell, but nothing that stands in a line.
        static let container = Roles(rawValue: 128)
    }

    var roles: Roles { Self.roles[Int(rawValue)] }

    private static let roles: [Roles] = allCases.map { element in
        switch element {
        case .html, .body: [.block, .barrier, .scope, .container]
        case .head: [.block, .barrier]
        case .div, .section, .article, .main, .aside, .nav, .header, .footer, .form, .fieldset, .dialog, .menu,
            .details,
            .summary, .address, .center, .hgroup, .search:
            [.block, .barrier, .container]
        case .p, .pre, .legend, .dt, .figcaption: [.block, .barrier]
        case .h1, .h2, .h3, .h4, .h5, .h6: [.block, .barrier, .heading]
        case .blockquote, .ul, .ol, .li, .dl, .dd, .figure: [.block, .barrier, .container]
        case .table: [.block, .barrier, .scope, .container]
        case .td, .th: [.block, .barrier, .scope, .tablePart, .container]
        case .caption: [.block, .barrier, .scope, .tablePart]
        case .thead, .tbody, .tfoot, .tr, .colgroup: [.block, .barrier, .tablePart]
        case .col: [.void, .tablePart]
        case .hr: [.block, .void]
        case .meta, .link, .base, .br, .wbr, .img, .source, .embed, .area, .track, .input: [.void]
        case .script, .style, .noscript, .template, .svg, .math, .title, .textarea, .iframe, .object, .canvas, .audio,
            .video, .select, .datalist, .rt:
            [.unread]
        case .option, .optgroup: [.unread, .block]
        case .button: [.barrier]
        default: []
        }
    }
}

extension PageElement {
    /// The element of that name, in any case; `unknown` where no rule knows it.
    init(name: Slice<UnsafeBufferPointer<UInt8>>) {
        guard let key = Self.key(name) else {
            self = .unknown
            return
        }
        let slots = Self.slots
        var slot = Self.slot(of: key)
        while slots[slot].key != 0 {
            if slots[slot].key == key {
                self = slots[slot].element
                return
            }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        self = .unknown
    }

    private static let slotCount = 512

    /// The elements by their names, most in the first slot that is looked at.
    private static let slots: [(key: UInt64, element: PageElement)] = {
        var slots = [(key: UInt64, element: PageElement)](repeating: (0, .unknown), count: slotCount)
        for element in allCases where element != .text && element != .unknown {
            let name = Array(String(describing: element).utf8)
            let key = name.withUnsafeBufferPointer { Self.key($0[...]) } ?? 0
            var slot = Self.slot(of: key)
            while slots[slot].key != 0 { slot = (slot + 1) & (slotCount - 1) }
            slots[slot] = (key, element)
        }
        return slots
    }()

    private static func slot(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 55) & (slotCount - 1)
    }

    /// A name of up to ten letters and digits in one number; nil for all others, which no element has.
    private static func key(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        guard name.count <= 10 else { return nil }
        var key: UInt64 = 0
        for byte in name {
            let code: UInt8
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): code = byte - UInt8(ascii: "a") + 1
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): code = byte - UInt8(ascii: "A") + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"): code = byte - UInt8(ascii: "0") + 27
            default: return nil
            }
            key = key << 6 | UInt64(code)
        }
        return key
    }
}
