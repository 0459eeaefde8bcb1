/// `SearchOptions` are what tests and benchmarks make smaller.
package struct SearchOptions: Sendable {
    /// So many records have a file together.
    package var spanLength = SearchSpan.length
    /// So many records are read and written at a time: others wait for as long as that takes to be in the index.
    package var runLength: UInt64 = 4096
    /// So many bytes of a sealed file are read at a time to see whether they are as they were written.
    package var pieceBytes = 8 << 20
    /// How long a question may take.
    package var limit = Duration.seconds(2)

    package init() {}
}
