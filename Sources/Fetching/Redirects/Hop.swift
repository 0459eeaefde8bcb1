/// One redirect that was followed. The URLs may hold secrets: redact them where they are shown or stored.
package struct Hop: Sendable, Equatable {
    package let from: String
    package let to: String
    package let status: Int
    /// Whether none but servers on private addresses, this one and those before it, have led here.
    package let isAmongPrivate: Bool

    package init(from: String, to: String, status: Int, isAmongPrivate: Bool = false) {
        self.from = from
        self.to = to
        self.status = status
        self.isAmongPrivate = isAmongPrivate
    }

    /// 301 and 308 (RFC 9110 §15.4.2, §15.4.9).
    package var isPermanent: Bool { status == 301 || status == 308 }
}
