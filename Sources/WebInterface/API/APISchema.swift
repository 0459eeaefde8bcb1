/// What answers look like, as JSON Schema: what a program may rely on.
enum APISchema {
    static let record = object(
        #""id":{"type":"string"},"title":{"type":"string"},"url":{"type":"string"},"_newswire":"#
            + object(
                #""seq":{"type":"integer"},"uid":{"type":"string"},"feed":{"type":"string"},"kind":{"type":"string"},"#
                    + #""version":{"type":"integer"},"stored_at":{"type":"string"}"#,
                required: ["seq", "uid", "feed", "kind", "version", "stored_at"]), required: ["_newswire"])

    static let articles = object(
        #""articles":\#(list(record)),"next":{"type":"string"},"more":{"type":"boolean"},"#
            + #""searched_from":{"type":"integer"},"last_seq":{"type":"integer"}"#,
        required: ["articles", "last_seq"])

    static let versions = object(
        #""uid":{"type":"string"},"missing":{"type":"integer"},"versions":\#(list(object("", required: ["seq"])))"#,
        required: ["uid", "missing", "versions"])

    private static let rows = list(
        object(
            #""name":{"type":"string"},"text":{"type":"string"},"term":{"type":"boolean"}"#, required: ["name", "text"])
    )

    static let explanation = object(
        #""seq":{"type":"integer"},"subject":{"type":"string"},"rows":\#(rows)"#, required: ["seq", "subject", "rows"])

    static let feed = object(
        #""feed":{"type":"string"},"url":{"type":"string"},"title":{"type":"string"},"#
            + #""state":{"enum":["ok","failing","gone","paused","never"]},"failures":{"type":"integer"},"#
            + #""articles":{"type":"integer"}"#,
        required: ["feed", "url", "state", "failures", "articles"])

    static let feeds = object(
        #""feeds":\#(list(feed)),"next":{"type":"string"},"counts":{"type":"object"}"#, required: ["feeds", "counts"])

    static let feedExplanation = object(
        #""feed":{"type":"string"},"url":{"type":"string"},"next_poll":{"type":"string"},"terms":{"type":"object"},"#
            + #""rows":\#(rows)"#,
        required: ["feed", "url", "rows"])

    static let polls = object(
        #""feed":{"type":"string"},"polls":"#
            + list(
                object(
                    #""started_at":{"type":"string"},"outcome":{"type":"string"},"terms":{"type":"object"}"#,
                    required: ["started_at", "outcome", "terms"])),
        required: ["feed", "polls"])

    static let done = object(
        #""feed":{"type":"string"},"done":{"type":"string"}"#, required: ["feed", "done"])

    static let consumers = object(
        #""consumers":\#(list(object(#""name":{"type":"string"},"seq":{"type":"integer"}"#, required: ["name"])))"#,
        required: ["consumers"])

    static let filters = object(
        #""filters":\#(list(object(#""name":{"type":"string"},"action":{"type":"string"}"#, required: ["name", "action"])))"#,
        required: ["filters"])

    static let review = object(
        #""entries":"#
            + list(
                object(
                    #""url":{"type":"string"},"verdict":{"enum":["new","known","variant","refused"]}"#,
                    required: ["url", "verdict"]))
            + #","remarks":{"type":"array"},"toml":{"type":"string"},"taken":{"type":"integer"}"#,
        required: [])

    static let failure = object(
        #""error":{"type":"string"},"hint":{"type":"string"},"first_seq":{"type":"integer"},"last_seq":{"type":"integer"}"#,
        required: ["error"])

    private static func list(_ items: String) -> String { #"{"type":"array","items":\#(items)}"# }

    private static func object(_ properties: String, required: [String]) -> String {
        let names = required.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"type":"object","properties":{\#(properties)},"required":[\#(names)]}"#
    }
}
