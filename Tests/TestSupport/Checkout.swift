/// The checkout that the tests are built from.
package enum Checkout {
    /// The folder in which Package.swift stands: two above that of this file.
    package static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    /// The whole text of a file below the root; nil where it cannot be opened.
    package static func text(_ name: String) -> String? {
        WholeFile.read("\(root)/\(name)").map { String(decoding: $0, as: UTF8.self) }
    }
}
