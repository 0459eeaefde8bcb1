extension FeedConfiguration {
    /// The host that is asked, in lower case and without a port; nil for a local file.
    package var host: String? {
        isLocalFile ? nil : WebURL.authority(of: url)?.host.lowercased()
    }
}
