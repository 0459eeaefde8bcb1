/// Sizes for people.
enum ByteCount {
    /// `812 bytes`, `4.2 MB`: powers of ten, three digits at most before the point.
    static func text(_ bytes: UInt64) -> String {
        if bytes < 1000 { return "\(bytes) bytes" }
        var value = Double(bytes)
        for unit in ["kB", "MB", "GB", "TB", "PB"] {
            value /= 1000
            if value < 999.95 { return "\((value * 10).rounded() / 10) \(unit)" }
        }
        return "\(value.rounded() / 1000) EB"
    }
}
