import JSONText
import TestSupport
import Testing

@testable import WebInterface

@Suite("The API describes itself")
struct APIDescriptionTests {
    @Test("The description names each operation that is answered, once, with the parameters of its path")
    func complete() throws {
        let fixture = try WebFixture([WebArticle("1")])
        let json = try fixture.call(.get, "/api/openapi.json").json()
        #expect(json["openapi"]?.string == "3.1.0")
        let paths = json["paths"]?.object ?? []
        var described: [String] = []
        for path in paths {
            for operation in path.value.object ?? [] {
                described.append("\(operation.key.uppercased()) \(path.key)")
                let names = path.key.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                    $0.dropFirst().dropLast()
                }
                let inPath = (operation.value["parameters"]?.array ?? []).filter { $0["in"]?.string == "path" }
                #expect(inPath.compactMap { $0["name"]?.string } == names.map(String.init))
                #expect(inPath.allSatisfy { $0["required"]?.bool == true })
            }
        }
        let answered = APIEndpoints.all.map { "\($0.method.rawValue) \($0.pattern)" }
            .filter { $0 != "GET /api/openapi.json" }
        #expect(Set(described) == Set(answered))
        #expect(described.count == answered.count)
        #expect(Set(APIEndpoints.operations.map(\.id)).count == APIEndpoints.operations.count)
    }

    @Test("All that may be asked without changing anything needs the right to read, and the rest to manage")
    func rights() {
        for endpoint in APIEndpoints.all {
            #expect(endpoint.needs == (endpoint.method == .get ? .read : .manage), "\(endpoint.pattern)")
            #expect(endpoint.section == .api)
        }
        for endpoint in OutputEndpoints.all { #expect(endpoint.needs == .read) }
    }
}
