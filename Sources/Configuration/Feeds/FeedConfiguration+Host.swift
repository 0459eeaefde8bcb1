extension FeedConfiguration {
    /// The host that is asked, in lower case and without a port; nil for a local file.
    package var host: String? { isLocalFile ? nil : Self.host(of: url) }

    /// The same of another http or https URL.
    package static func host(of url: String) -> String? {
        WebURL.authority(of: url)?.host.lowercased()
    }
}
