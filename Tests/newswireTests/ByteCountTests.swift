import Testing

@testable import newswire

@Suite("Sizes for people")
struct ByteCountTests {
    @Test(
        "Sizes are in powers of 1024 everywhere, as the configuration has them",
        arguments: [
            (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1535, "1.4 KiB"), (1536, "1.5 KiB"),
            (1 << 20, "1.0 MiB"), ((1 << 20) - 1, "1023.9 KiB"), (64 << 20, "64.0 MiB"), (1 << 30, "1.0 GiB"),
            (3 << 40, "3.0 TiB"), (.max, "15.9 EiB"),
        ] as [(UInt64, String)])
    func text(bytes: UInt64, text: String) {
        #expect(ByteCount.text(bytes) == text)
    }
}
