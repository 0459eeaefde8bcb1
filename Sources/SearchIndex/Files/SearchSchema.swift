internal import Digest
internal import Querying

/// `SearchSchema` is what stands in a file of the index.
///
/// - `record` has a row for each record that is a version of an article or a copy. `entry` is NULL where it is the first version
///   that is shown to readers, and so the entry itself; the number of that one in later versions that are; 0 in what readers
///   are not shown: what rules have blocked, copies of what another feed had before.
/// - `words` holds the texts, cut by `RecordTerms`. The body comes first, because SQLite writes down of each word in which
///   column it stands but for the first.
/// - `standing` has one row: from which record to which the file is complete, and the chain of the last one.
enum SearchSchema {
    /// Goes up when the tables change, or what stands in them.
    private static let version: UInt32 = 1

    /// What `PRAGMA user_version` of a file has to say: another number is of other tables or other words.
    static let userVersion = Int32(bitPattern: (TokenizerPrint.bits &+ version) & 0x7fff_ffff)

    static let creation = """
        CREATE TABLE standing(
            span_first INTEGER NOT NULL, span_last INTEGER NOT NULL, complete_from INTEGER NOT NULL,
            complete_through INTEGER NOT NULL, mark_seq INTEGER NOT NULL, chain TEXT NOT NULL,
            from_time INTEGER NOT NULL, earliest INTEGER NOT NULL, latest INTEGER NOT NULL);
        CREATE TABLE feed(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
        CREATE TABLE record(
            seq INTEGER PRIMARY KEY, entry INTEGER, feed INTEGER NOT NULL, stored_at INTEGER NOT NULL,
            flags INTEGER NOT NULL, dated INTEGER, entry_at INTEGER);
        CREATE INDEX entry_of_feed ON record(feed) WHERE entry IS NULL;
        CREATE INDEX version_of_entry ON record(entry) WHERE entry > 0;
        CREATE VIRTUAL TABLE words USING fts5(
            body, title, author, url, facet, content='', columnsize=0, detail=full, tokenize='ascii');
        """
}

/// `TokenizerPrint` tells one tokeniser from another: it is made of what it makes of every character, alone and beside
/// those around it.
private enum TokenizerPrint {
    /// Of what is behind there whole planes are of one kind.
    private static let end: UInt32 = 0x2_0000

    static let bits: UInt32 = {
        var stream = XXH3Stream()
        for start in stride(from: UInt32(0), to: end, by: 4096) {
            var alone: [UInt8] = []
            var together: [UInt8] = []
            for scalar in (start..<start + 4096).lazy.compactMap(Unicode.Scalar.init) {
                let bytes = UTF8.encode(scalar)!
                together += bytes
                alone += bytes
                alone.append(0x20)
            }
            for text in [alone, together] {
                text.withUnsafeBufferPointer { text in
                    Tokenizer.scan(text) { token, _ in
                        stream.update(UnsafeRawBufferPointer(token))
                        withUnsafeBytes(of: UInt8(0x20)) { stream.update($0) }
                    }
                }
            }
        }
        return UInt32(truncatingIfNeeded: stream.hash128().low)
    }()
}
