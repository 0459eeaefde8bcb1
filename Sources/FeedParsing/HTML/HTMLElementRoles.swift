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
