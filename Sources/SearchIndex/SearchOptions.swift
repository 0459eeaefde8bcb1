/// `SearchOptions` are what tests make smaller.
struct SearchOptions: Sendable {
    /// So many records have a file together.
    var spanLength = SearchSpan.length
    /// So many records are read and written at a time: others wait for as long as that takes to be in the index.
    var runLength: UInt64 = 4096
    /// How long a question may take.
    var limit = Duration.seconds(2)
}
