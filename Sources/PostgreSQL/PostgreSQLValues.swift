/// `TypeNumber` has the types of values by their numbers (pg_type).
package enum TypeNumber {
    package static let bytea: UInt32 = 17
    package static let int8: UInt32 = 20
    package static let int4: UInt32 = 23
    package static let text: UInt32 = 25
    package static let json: UInt32 = 114
    package static let timestamptz: UInt32 = 1184
    package static let int8s: UInt32 = 1016
    package static let int4s: UInt32 = 1007
    package static let texts: UInt32 = 1009
    package static let jsons: UInt32 = 199
    package static let timestamptzs: UInt32 = 1185
}

extension PostgreSQLConnection.Parameter {
    package static func text(_ text: String) -> Self { .init(type: TypeNumber.text, bytes: Array(text.utf8)) }

    package static func bytea(_ bytes: [UInt8]) -> Self { .init(type: TypeNumber.bytea, bytes: bytes) }

    package static func int8(_ number: Int64) -> Self {
        .init(type: TypeNumber.int8, bytes: withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }

    package static func int4s(_ numbers: [Int]) -> Self {
        var array = BinaryArray(of: TypeNumber.int4, count: numbers.count, size: 4 * numbers.count)
        for number in numbers { array.append(int4: Int32(clamping: number)) }
        return .init(type: TypeNumber.int4s, bytes: array.bytes)
    }
}
