import FeedModel
import Glibc
import TestSupport
import Testing

@testable import WebInterface

@Suite struct GoogleReaderClaimTests {
    private let key = GoogleReaderKey()

    private func request(
        _ path: String, body: String = "", query: [(String, String)] = [], authorization: String? = nil
    ) -> WebRequest {
        WebRequest(
            method: .post, path: path, segments: path.split(separator: "/").map(String.init),
            query: WebFields(query.map { WebFields.Field($0.0, $0.1) }),
            headers: WebFields(authorization.map { [WebFields.Field("authorization", $0)] } ?? []),
            body: Array(body.utf8), receivedAt: Timestamp(seconds: 0))
    }

    private func logIn(_ body: String, password: String) -> String? {
        guard let claim = GoogleReaderClaim(request("/accounts/ClientLogin", body: body)) else { return nil }
        #expect(claim.account == "desk")
        return claim.verdict(password: password, key: key)?.proof
    }

    @Test(arguments: [
        "/accounts/ClientLogin", "/greader/accounts/ClientLogin", "/api/greader.php/accounts/ClientLogin",
    ])
    func `a login is looked at below each folder that readers know`(path: String) throws {
        let claim = try #require(GoogleReaderClaim(request(path, body: "Email=desk&Passwd=secret")))
        let verdict = try #require(claim.verdict(password: "secret", key: key))
        #expect(verdict.proof == key.proof(account: "desk", password: "secret"))
        #expect(!verdict.isForReading)
        #expect(claim.verdict(password: "Secret", key: key) == nil)
    }

    @Test func `a login may stand in the query`() throws {
        let claim = try #require(
            GoogleReaderClaim(request("/accounts/ClientLogin", query: [("Email", "desk"), ("Passwd", "secret")])))
        #expect(claim.verdict(password: "secret", key: key) != nil)
    }

    @Test(arguments: [
        ("Email=desk&Passwd=p%40ss+word", "p@ss word"), ("Email=desk&Passwd=p+w", "p+w"),
        ("Email=desk&Passwd=50%", "50%"),
        ("Email=desk&Passwd=50%25", "50%25"), ("service=reader&Email=desk&Passwd=a&b&source=liferea", "a&b"),
        ("Email=desk&Passwd=a=b", "a=b"), ("Email=desk&Passwd=p%C3%A4ss", "päss"), ("Email=desk&Passwd=päss", "päss"),
        ("service=reader&Email=desk&Passwd=secret&source=liferea&continue=http://127.0.0.1:18090", "secret"),
    ]) func `a password is right however it was escaped`(body: String, password: String) {
        #expect(logIn(body, password: password) == key.proof(account: "desk", password: password))
    }

    @Test(arguments: ["Email=desk&Passwd=", "Email=desk", "Email=desk&Passwd=wrong", "Email=desk&passwd=secret"])
    func `a wrong password is wrong`(body: String) {
        #expect(logIn(body, password: "secret") == nil)
    }

    @Test func `the key of a login proves who asks until the password is another`() throws {
        let proof = key.proof(account: "desk", password: "secret")
        let claim = try #require(
            GoogleReaderClaim(request("/reader/api/0/token", authorization: "GoogleLogin auth=\(proof)")))
        #expect(claim.account == "desk")
        #expect(claim.verdict(password: "secret", key: key) == .init(proof: nil, isForReading: false))
        #expect(claim.verdict(password: "other", key: key) == nil)
        #expect(claim.verdict(password: "secret", key: GoogleReaderKey()) == nil)
    }

    @Test func `a key of one account is none of another with the same password`() throws {
        let proof = "two" + key.proof(account: "one", password: "secret").dropFirst(3)
        let claim = try #require(GoogleReaderClaim(request("/x", authorization: "GoogleLogin auth=\(proof)")))
        #expect(claim.account == "two")
        #expect(claim.verdict(password: "secret", key: key) == nil)
    }

    @Test(arguments: [
        "Basic ZGVzazpzZWNyZXQ=", "GoogleLogin", "GoogleLogin auth=", "GoogleLogin auth=desk", "GoogleLogin auth=/x",
    ])
    func `any other header is no claim of this kind`(value: String) {
        #expect(GoogleReaderClaim(request("/reader/api/0/token", authorization: value)) == nil)
    }

    @Test func `a token alone proves reading, and that only where items are read`() throws {
        let proof = key.proof(account: "desk", password: "secret")
        let body = "output=json&mediaRss=true&T=\(proof)&i=58"
        let claim = try #require(GoogleReaderClaim(request("/reader/api/0/stream/items/contents", body: body)))
        #expect(claim.verdict(password: "secret", key: key) == .init(proof: nil, isForReading: true))
        for path in ["edit-tag", "mark-all-as-read", "stream/items/ids", "stream/contents", "subscription/list"] {
            #expect(GoogleReaderClaim(request("/reader/api/0/\(path)", body: body)) == nil, "\(path)")
        }
    }

    @Test func `the key's file is made once, is readable by its owner alone, and keeps logins over a restart`() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("web/key")
        let first = try GoogleReaderKey(stateDirectory: folder.file("web")) { _ in Issue.record("nothing is damaged") }
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        let second = try GoogleReaderKey(stateDirectory: folder.file("web")) { _ in Issue.record("nothing is damaged") }
        let proof = first.proof(account: "desk", password: "secret")
        #expect(second.proof(account: "desk", password: "secret") == proof)
        // 160 bits in base32.
        #expect(proof.count == "desk/".count + 32)
    }

    @Test func `a key that cannot be one is said and made anew`() throws {
        let folder = TemporaryDirectory()
        folder.write("abc\n", to: "web/key")
        var said = 0
        _ = try GoogleReaderKey(stateDirectory: folder.file("web")) { _ in said += 1 }
        _ = try GoogleReaderKey(stateDirectory: folder.file("web")) { _ in said += 1 }
        #expect(said == 1)
    }
}
