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

    @Test(
        "A request that is moved from http to https of the same host goes on among private servers, without any secret")
    func upgraded() {
        var request = FetchRequest(url: "http://10.0.0.5/a", userAgent: "x")
        request.leadsAmongPrivate = false
        request.headers = [.init(name: "X-Key", value: "secret")]
        request.credentials = .bearer("secret")
        let moved = request.moved(to: "https://10.0.0.5/robots.txt")
        #expect(moved.isAmongPrivate && moved.headers.isEmpty && moved.credentials == nil)
        for other in ["https://10.0.0.6/", "http://10.0.0.5:81/", "https://10.0.0.5:8443/", "ftp://10.0.0.5/"] {
            #expect(!request.moved(to: other).isAmongPrivate)
        }
        var secure = request
        secure.url = "https://10.0.0.5/a"
        #expect(!secure.moved(to: "http://10.0.0.5/a").isAmongPrivate)
        let same = request.moved(to: "http://10.0.0.5/b")
        #expect(same.isAmongPrivate && same.headers == request.headers)
    }
}
