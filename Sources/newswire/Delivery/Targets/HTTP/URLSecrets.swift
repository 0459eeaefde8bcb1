internal import Text

/// What of the URL of a delivery lets others post: chats have it in the path or the query, whoever has it.
enum URLSecrets {
    /// Words that stand in such URLs for everybody to know, so that a server may use them.
    private static let known: Set<String> = [
        "api", "channel", "channels", "hook", "hooks", "incoming", "message", "messages", "sendmessage", "service",
        "services",
        "token", "trigger", "triggers", "webhook", "webhooks", "workflow", "workflows",
    ]
    /// A word in a path has no more letters than this; a run of more is a key.
    private static let longestWord = 12

    /// Returns all of a URL that is a secret, but for its server, and words that everybody knows.
    static func all(of url: String) -> [String] {
        [parts(of: url).filter { !known.contains($0.lowercased()) }.joined(), userinfo(of: url)].filter { !$0.isEmpty }
    }

    /// Returns what may be a secret of a URL that stands where others can read it: values of the query, and parts of the path
    /// of eight characters or more that are no words. What an article fills in is none.
    static func likely(of url: String) -> [String] {
        let (path, query) = halves(of: url)
        let values = query.split(separator: "&").map { item in
            String(item.split(separator: "=", maxSplits: 1).last ?? "")
        }
        let names = path.split(separator: "/").filter { part in
            part.utf8.count >= 8
                && !part.utf8.split(whereSeparator: { "-_.".utf8.contains($0) }).allSatisfy { word in
                    word.count <= longestWord
                        && word.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
                }
        }
        return (values + names.map(String.init)).filter { $0.utf8.count >= 8 && !$0.contains("{{") }
    }

    private static func parts(of url: String) -> [String] {
        let (path, query) = halves(of: url)
        return "\(path)?\(query)".split { !($0.isLetter || $0.isNumber || $0 == "%") }.map(String.init)
    }

    /// Returns the login in front of the server; empty where there is none.
    static func userinfo(of url: String) -> String {
        let authority = behindScheme(url).prefix { !"/?#".contains($0) }
        return authority.lastIndex(of: "@").map { String(authority[..<$0]) } ?? ""
    }

    private static func halves(of url: String) -> (path: Substring, query: Substring) {
        let target = behindScheme(url).drop { !"/?#".contains($0) }
        let path = target.prefix { $0 != "?" }
        return (path, target.dropFirst(path.count + 1))
    }

    private static func behindScheme(_ url: String) -> Substring {
        url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    }
}
