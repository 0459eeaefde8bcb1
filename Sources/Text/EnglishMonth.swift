/// `EnglishMonth` knows the months as the dates of HTTP, e-mail and feeds name them.
package enum EnglishMonth {
    /// Returns the month from 1 to 12 that three letters of lower case stand for, the first of them in the highest byte.
    @inlinable package static func number(packed letters: UInt64) -> Int? {
        switch letters {
        case 0x6a616e: 1
        case 0x666562: 2
        case 0x6d6172: 3
        case 0x617072: 4
        case 0x6d6179: 5
        case 0x6a756e: 6
        case 0x6a756c: 7
        case 0x617567: 8
        case 0x736570: 9
        case 0x6f6374: 10
        case 0x6e6f76: 11
        case 0x646563: 12
        default: nil
        }
    }

    /// Returns the month that `Jan` to `Dec` stand for, in just this case (RFC 9110 §5.6.7).
    package static func number(_ name: some Collection<UInt8>) -> Int? {
        guard name.count == 3, let first = name.first, first & 0x20 == 0 else { return nil }
        return number(packed: name.dropFirst().reduce(UInt64(first | 0x20)) { $0 << 8 | UInt64($1) })
    }
}
