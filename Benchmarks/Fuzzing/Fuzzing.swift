import Glibc

/// What libFuzzer calls with each input, thousands of times a second; `make fuzz` builds and runs it.
///
/// `NEWSWIRE_FUZZ_TARGET` names the target. Without it the first byte of the input chooses one, and is not part of it.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var target = FuzzTarget.chosen
    if target == nil, let first = bytes.first {
        target = FuzzTarget.allCases[Int(first) % FuzzTarget.allCases.count]
        bytes.removeFirst()
    }
    target?.run(bytes)
    var source = FuzzSource(bytes)
    if let swollen = source.swollen(bytes) { target?.run(swollen) }
    return 0
}

/// The parsers that read what strangers wrote.
enum FuzzTarget: String, CaseIterable {
    case xml, json, html, page, dates, urls, query, config

    static let chosen: FuzzTarget? = {
        guard let name = getenv("NEWSWIRE_FUZZ_TARGET") else { return nil }
        guard let target = FuzzTarget(rawValue: String(cString: name)) else {
            fatalError("NEWSWIRE_FUZZ_TARGET is none of \(allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return target
    }()

    func run(_ bytes: [UInt8]) {
        switch self {
        case .xml: FeedFuzzing.run(bytes)
        case .json: JSONFuzzing.run(bytes)
        case .html: HTMLFuzzing.run(bytes)
        case .page: PageFuzzing.run(bytes)
        case .dates: DateFuzzing.run(bytes)
        case .urls: URLFuzzing.run(bytes)
        case .query: QueryFuzzing.run(bytes)
        case .config: ConfigurationFuzzing.run(bytes)
        }
    }
}

/// Stops the fuzzer, which keeps the input, where a parser breaks a promise that is no crash of itself.
func demand(_ holds: Bool, _ promise: StaticString, _ details: @autoclosure () -> String) {
    if holds { return }
    fatalError("broken promise: \(promise)\n\(details())")
}
