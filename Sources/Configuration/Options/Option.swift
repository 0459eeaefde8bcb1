/// One option of the configuration: everything that there is to know of it.
///
/// Reading, `check --print`, the advice in messages, the sample configuration and newswire.toml(5) are all made from
/// it, so that a new option is one row of `Options` and the field that it sets.
struct Option: Sendable {
    let key: StaticString
    /// What may be written: `Range: 1 to 4096`; empty where the summary says it.
    let form: String
    /// All that may be written, where that is a few words.
    let words: [String]
    /// Whole sentences for the manual and the sample.
    let summary: String
    /// A value as TOML that the sample shows in place of the default, and a message about a value of another type;
    /// may be empty.
    let example: String
    /// Whether the sample sets it to the example.
    let isSetInSample: Bool
    /// The tables in which it may stand; the manual describes it in the first of them.
    let tables: [OptionTable]
    /// What else the manual says of it in each of them; mostly empty.
    private let notes: [String]
    private let effects: [OptionEffect]
    private let rows: [any Sendable]
    private let defaults: [String?]

    /// - Parameter uses: the tables in which it may stand, each with the field that it sets there.
    init<Value>(
        _ key: StaticString, _ kind: OptionKind<Value>, _ summary: String, example: String = "",
        isSetInSample: Bool = false, in uses: OptionUse<Value>...
    ) {
        self.key = key
        self.summary = summary
        self.isSetInSample = isSetInSample
        self.example = example
        form = kind.form
        words = kind.words
        tables = uses.map(\.table)
        notes = uses.map(\.note)
        effects = uses.map(\.effect)
        let bound = uses.map { $0.bind(key, kind, example.isEmpty ? kind.example : example) }
        rows = bound.map(\.row)
        defaults = bound.map(\.standard)
    }

    /// How it is read and printed in the table of these values; nil where it may not stand there.
    func row<Values>(of values: Values.Type) -> OptionRow<Values>? {
        rows.lazy.compactMap { $0 as? OptionRow<Values> }.first
    }

    /// What else the manual says of it in that table, in whole sentences; empty where that is nothing.
    func note(in table: OptionTable) -> String {
        tables.firstIndex(of: table).map { notes[$0] } ?? ""
    }

    /// When another value in that table is in force; nil where it may not stand there.
    func effect(in table: OptionTable) -> OptionEffect? {
        tables.firstIndex(of: table).map { effects[$0] }
    }

    /// What holds in a table where it is not set, as TOML; nil where nothing does, or another table says it.
    func standard(in table: OptionTable) -> String? {
        tables.firstIndex(of: table).flatMap { defaults[$0] }
    }
}

/// `OptionEffect` says when another value of an option is in force, once the running service has read it.
enum OptionEffect: Sendable {
    case onReload
    /// The service goes on with the value of its start.
    case afterRestart
}

/// How one option of one table is read and printed.
struct OptionRow<Values>: Sendable {
    let key: StaticString
    /// What stands before a value: `timeout = `.
    let assignment: String
    let example: String
    /// Sets the field, or reports what is wrong and returns false.
    let read: @Sendable (TOMLNode, OptionContext, inout Values) -> Bool
    /// The field as TOML; nil where nothing is set that could be written.
    let text: @Sendable (Values) -> String?
}

/// A table in which an option may stand, and the field that it sets there.
struct OptionUse<Value: Sendable>: Sendable {
    typealias Field<Values, Type> = any WritableKeyPath<Values, Type> & Sendable

    let table: OptionTable
    fileprivate var note = ""
    /// What polls go by is read by each poll; the other tables say it option by option.
    fileprivate var effect = OptionEffect.onReload
    fileprivate let bind:
        @Sendable (StaticString, OptionKind<Value>, _ example: String) -> (row: any Sendable, standard: String?)

    private init<Values: OptionValues>(
        set: @escaping @Sendable (inout Values, Value) -> Void, get: @escaping @Sendable (Values) -> Value?
    ) {
        table = Values.table
        bind = { key, kind, example in
            let row = OptionRow<Values>(
                key: key, assignment: "\(key) = ", example: example,
                read: { node, context, values in
                    guard let value = kind.read(node, context) else { return false }
                    set(&values, value)
                    return true
                },
                text: { get($0).flatMap(kind.text) })
            return (row, Values.standard.flatMap(row.text))
        }
    }

    private init<Values: OptionValues>(_ field: Field<Values, Value>) {
        self.init(
            set: { (values: inout Values, value) in values[keyPath: field] = value },
            get: { (values: Values) in values[keyPath: field] })
    }

    private init<Values: OptionValues>(_ field: Field<Values, Value>, _ effect: OptionEffect) {
        self.init(field)
        self.effect = effect
    }

    /// A field that is nil where nothing is set.
    private init<Values: OptionValues>(ofOptional field: Field<Values, Value?>) {
        self.init(
            set: { (values: inout Values, value) in values[keyPath: field] = value },
            get: { (values: Values) in values[keyPath: field] })
    }

    static func top(_ field: Field<TopSettings, Value>) -> Self { Self(field) }
    static func top(_ field: Field<TopSettings, Value?>) -> Self { Self(ofOptional: field) }
    static func fetch(_ field: Field<FetchSettings, Value>) -> Self { Self(field) }
    static func fetch(_ field: Field<FetchSettings, Value?>) -> Self { Self(ofOptional: field) }
    static func host(_ field: Field<HostSettings, Value>) -> Self { Self(field) }
    static func host(_ field: Field<HostSettings, Value?>) -> Self { Self(ofOptional: field) }
    static func schedule(_ field: Field<ScheduleSettings, Value>) -> Self { Self(field) }
    static func store(_ field: Field<StoreSettings, Value>, _ effect: OptionEffect) -> Self { Self(field, effect) }
    static func events(_ field: Field<EventSettings, Value>, _ effect: OptionEffect) -> Self { Self(field, effect) }
    static func deliver(_ field: Field<DeliverSettings, Value>) -> Self { Self(field) }
    static func fullText(_ field: Field<FullTextSettings, Value>) -> Self { Self(field) }
    static func archive(_ field: Field<ArchiveSettings, Value>, _ effect: OptionEffect) -> Self { Self(field, effect) }
    static func status(_ field: Field<StatusSettings, Value>, _ effect: OptionEffect) -> Self { Self(field, effect) }
    static func log(_ field: Field<LogSettings, Value>, _ effect: OptionEffect) -> Self { Self(field, effect) }
    static func feed(_ field: Field<FeedSettings, Value>) -> Self { Self(field) }
    static func feed(_ field: Field<FeedSettings, Value?>, note: String = "") -> Self {
        var use = Self(ofOptional: field)
        use.note = note
        return use
    }
    static func filter(_ field: Field<FilterSettings, Value?>) -> Self { Self(ofOptional: field) }
    static func fleet(_ field: Field<FleetSettings, Value>) -> Self { Self(field, .afterRestart) }
    static func fleet(_ field: Field<FleetSettings, Value?>) -> Self {
        var use = Self(ofOptional: field)
        use.effect = .afterRestart
        return use
    }
    static func web(_ field: Field<WebSettings, Value>, _ effect: OptionEffect) -> Self { Self(field, effect) }
    static func web(_ field: Field<WebSettings, Value?>, _ effect: OptionEffect) -> Self {
        var use = Self(ofOptional: field)
        use.effect = effect
        return use
    }
    static func webAccount(_ field: Field<WebAccountSettings, Value>) -> Self { Self(field) }
    static func webAccount(_ field: Field<WebAccountSettings, Value?>) -> Self { Self(ofOptional: field) }
    static func publish(_ field: Field<PublishSettings, Value>) -> Self { Self(field) }
    static func publish(_ field: Field<PublishSettings, Value?>) -> Self { Self(ofOptional: field) }
    static func delivery(_ field: Field<DeliverySettings, Value?>) -> Self { Self(ofOptional: field) }
}

/// The tables of a configuration file, and what may stand in the file of a delivery.
enum OptionTable: String, CaseIterable, Sendable {
    case top, fetch, host, schedule, store, events
    case fullText = "fulltext"
    case archive, deliver, publish, fleet, web
    case webAccount = "web.account"
    case status, log, feed, filter, delivery

    /// The key of `[web]` whose tables are those of accounts.
    static let accounts: StaticString = "account"

    /// Whether the table is one of newswire.toml.
    var isOfMainFile: Bool { self != .delivery }

    /// Whether the table stands at the top of newswire.toml, and not in another.
    var isAtTop: Bool { isOfMainFile && self != .top && self != .webAccount }

    /// The table as people write it: `[fetch]`.
    var title: String {
        switch self {
        case .top: "the top of the file"
        case .delivery: "deliver.d/NAME.toml"
        case .publish: "[publish.NAME]"
        case .feed, .filter, .webAccount: "[[\(rawValue)]]"
        default: "[\(rawValue)]"
        }
    }

    /// What stands before a key in messages.
    var prefix: String { self == .top || self == .delivery ? "" : "\(title) " }
}

/// The values of one table, which its options set.
protocol OptionValues: Sendable {
    static var table: OptionTable { get }
    /// What holds where nothing is set; nil where that depends on other tables.
    static var standard: Self? { get }
    /// The options of the table, in the order in which they are printed.
    static var rows: [OptionRow<Self>] { get }
}

extension OptionValues {
    /// Every option that has something to say, as TOML, a line each.
    var text: String {
        var document = ""
        let rows = Self.rows
        for index in rows.indices {
            guard let value = rows[index].text(self) else { continue }
            document += rows[index].assignment
            document += value
            document += "\n"
        }
        return document
    }
}
