internal import FeedModel
internal import FeedParsing
internal import Fetching

/// `Version` is what `--version` prints.
package enum Version {
    package static let newswire = "0.1.0"

    /// When that version was made, to the day: no clock is right that says it is earlier (contract.md §6). It is set
    /// with the version, to the date in CHANGELOG.md.
    static let released = Timestamp(year: 2026, month: 11, day: 28)

    static var text: String {
        "newswire \(newswire) (libcurl \(FetchEngine.libcurlVersion), libxml2 \(FeedParser.libxml2Version))"
    }
}
