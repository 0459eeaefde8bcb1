import Fetching
import Testing

@Suite("A request keeps to what can be asked")
struct FetchRequestTests {
    @Test("A URL that can be asked is kept only where it would be asked just as it is")
    func askable() {
        for url in ["http://a.example/b?c", "https://[::1]:8080/", "http://a.example./"] {
            #expect(FetchRequest.canAsk(url))
        }
        for url in [
            "http://127.1/", "http://a.example/#b", "http://a.example", "http://a b/", "ftp://a/", "http://127.0.0.1./",
        ] {
            #expect(!FetchRequest.canAsk(url))
        }
    }
}
