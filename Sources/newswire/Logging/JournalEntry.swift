/// An entry in the form that systemd's journal takes over its socket (systemd.io/JOURNAL_NATIVE_PROTOCOL).
struct JournalEntry: Equatable {
    private(set) var bytes: [UInt8] = []

    /// - Parameter name: as `fieldName` gives it.
    mutating func append(_ name: String, _ value: String) {
        bytes += name.utf8
        let value = Array(value.utf8)
        if value.contains(0x0a) {
            // A value of several lines is preceded by its length, 64 bits, the least significant byte first.
            bytes.append(0x0a)
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value.count >> shift))
            }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value
        bytes.append(0x0a)
    }

    /// The field for a key of the program's: those that people ask for by name, else the key in upper case.
    static func fieldName(_ key: String) -> String {
        switch key {
        case "feed": return "FEED_ID"
        case "class": return "ERROR_CLASS"
        default: break
        }
        let letters = key.uppercased().utf8.prefix(50).map { isNameByte($0) ? $0 : UInt8(ascii: "_") }
        let name = String(decoding: letters, as: UTF8.self)
        // The journal drops names that begin so, and takes these for something else.
        let isTaken = ["_", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].contains(name.prefix(1))
        let isReserved = ["MESSAGE", "PRIORITY", "SYSLOG_", "CODE_", "OBJECT_", "COREDUMP_"].contains(
            where: name.hasPrefix)
        return name.isEmpty || isTaken || isReserved ? "NEWSWIRE_\(name)" : name
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
