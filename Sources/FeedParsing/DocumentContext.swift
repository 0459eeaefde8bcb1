/// Where a document came from: what its relative URLs and its bytes are read by.
package struct DocumentContext: Sendable {
    /// The URL that answered, after redirects.
    package var url: String?
    /// The value of the Content-Location header; it may be relative to `url`.
    package var contentLocation: String?
    /// The value of the Content-Type header as it was sent.
    package var contentType: String?

    package init(url: String? = nil, contentLocation: String? = nil, contentType: String? = nil) {
        self.url = url
        self.contentLocation = contentLocation
        self.contentType = contentType
    }

    /// What relative URLs are resolved against where no xml:base says otherwise.
    var baseURL: String? {
        guard let contentLocation else { return url }
        return URLResolution.resolve(contentLocation, base: url) ?? url
    }
}
