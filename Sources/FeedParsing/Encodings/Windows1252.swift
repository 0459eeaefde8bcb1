/// The code page that most text which claims to be Latin-1, or fails to be UTF-8, is really in.
enum Windows1252 {
    /// What 0x80 to 0x9f mean; the five that mean nothing stay the control characters that they are.
    private static let punctuation: [UInt16] = [
        0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,
        0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
        0x0153, 0x9d, 0x017e, 0x0178,
    ]

    /// The scalar that a byte stands for.
    static func scalar(_ byte: UInt8) -> UInt32 {
        byte >= 0x80 && byte < 0xa0 ? UInt32(punctuation[Int(byte) - 0x80]) : UInt32(byte)
    }

    /// Appends the UTF-8 of one byte above ASCII.
    static func append(_ byte: UInt8, to output: inout [UInt8]) {
        UTF8Text.append(scalar(byte), to: &output)
    }
}
