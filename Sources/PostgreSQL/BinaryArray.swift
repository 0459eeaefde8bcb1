/// `BinaryArray` is a one-dimensional array in PostgreSQL's binary form: nothing has to be quoted, and the server parses nothing.
package struct BinaryArray {
    package private(set) var bytes: [UInt8]
    private let count: Int

    /// - Parameters:
    ///   - element: the type of the elements.
    ///   - count: how many will be appended.
    ///   - size: about how many bytes they have.
    package init(of element: UInt32, count: Int, size: Int) {
        bytes = []
        bytes.reserveCapacity(20 + 4 * count + size)
        self.count = count
        // Dimensions, no NULL, type, length, first index.
        for number in [count == 0 ? 0 : 1, 0, element] { append(number) }
        if count > 0 { for number in [UInt32(count), 1] { append(number) } }
    }

    package mutating func append(text: UnsafeRawBufferPointer) {
        append(UInt32(text.count))
        bytes.append(contentsOf: text)
    }

    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(text: UnsafeRawBufferPointer($0)) }
    }

    package mutating func append(int8 number: Int64) {
        append(8)
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func append(int4 number: Int32) {
        append(4)
        append(UInt32(bitPattern: number))
    }

    private mutating func append(_ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
