internal import FeedParsing
internal import Fetching

/// What `--version` prints.
enum Version {
    static let newswire = "0.1.0"

    static var text: String {
        "newswire \(newswire) (libcurl \(FetchEngine.libcurlVersion), libxml2 \(FeedParser.libxml2Version))"
    }
}
