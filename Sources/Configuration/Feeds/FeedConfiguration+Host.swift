extension FeedConfiguration {
    /// The host that is asked, in lower case and without a port; nil for a local file.
    package var host: String? { isLocalFile ? nil : Self.host(of: url) }

    /// The same of another http or https URL; a dot at the end of a name does not make it another host.
    package static func host(of url: String) -> String? {
        guard var host = WebURL.authority(of: url)?.host.lowercased() else { return nil }
        if host.utf8.last == UInt8(ascii: ".") { host.removeLast() }
        return host
    }
}
