internal import Digest
internal import FeedModel

/// The name of a batch, the same each time that it is sent, by which a receiver knows that it has had it.
enum WebhookID {
    /// Uid and version of an article that is sent alone; else what the lines of the batch hash to. There is no full stop in
    /// it: they separate the parts that are signed.
    static func of(_ batch: DeliveryBatch) -> String {
        if batch.count == 1, let line = batch.lines.first, let record = StoredRecord(line: line), let uid = record.uid {
            return "\(uid)_\(record.version ?? 1)"
        }
        // By the numbers alone, a batch of a store that was put back from an older copy would pass for one of before.
        return "batch_\(batch.bytes.withUnsafeBytes { SHA256.first160(of: $0) }.first.hex)"
    }
}
