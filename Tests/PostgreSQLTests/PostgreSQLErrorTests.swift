import Testing

@testable import PostgreSQL

@Suite("What PostgreSQL says of errors")
struct PostgreSQLErrorTests {
    @Test(
        "A code says whether time or a person can help, in whatever language the server speaks",
        arguments: [
            (
                "FATAL:  28P01: password authentication failed for user \"x\"\nLOCATION:  auth_failed, auth.c:335\n",
                "notPermitted"
            ),
            (
                "connection to server at \"127.0.0.1\", port 1 failed: FATAL:  3D000: database \"x\" does not exist",
                "misconfigured"
            ),
            ("FATAL:  57P03: das Datenbanksystem startet", "away"), ("FEHLER:  53300: zu viele Verbindungen", "away"),
            ("could not connect to server: Connection refused", "away"), ("", "away"),
            ("ERROR:  42501: permission denied for table x", "notPermitted"),
            ("ERROR:  42P01: relation \"x\" does not exist", "misconfigured"),
            ("ERROR:  22P02: invalid input syntax for type json", "refused"),
            ("ERROR:  25006: cannot execute INSERT in a read-only transaction", "away"),
        ])
    func kinds(text: String, kind: String) {
        let failure = PostgreSQLError(text: text).failure("postgresql://db", doing: "did it not")
        #expect("\(failure.kind)" == kind)
        #expect(failure.reason.hasPrefix("postgresql://db did it not: ") && !failure.reason.contains("LOCATION"))
        #expect(!failure.reason.contains("\n"))
    }

    @Test("A word of five letters is no code")
    func noCode() {
        #expect(PostgreSQLError(text: "FATAL:  PANIC: out of order").code == nil)
    }
}
