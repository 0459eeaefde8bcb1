/// `WebFields` are names with values, in the order in which they came: of a query, of a form, of a head.
package struct WebFields: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var all: [Field]

    package init(_ all: [Field] = []) { self.all = all }

    /// The first value of a name; nil where it is not there.
    package subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// All values of a name, in their order.
    package func values(of name: String) -> [String] { all.filter { $0.name == name }.map(\.value) }
}
