import Glibc
import TestSupport
import Testing

@testable import newswire

@Suite("check looks with the rights of the service's user (contract.md §2)")
struct ServiceUserTests {
    @Test("The service's user owns the store; before there is one it is the user of the unit, and never root")
    func find() {
        let folder = TemporaryDirectory()
        // A user that every Debian has.
        let name = "daemon"
        guard geteuid() == 0, let entry = getpwnam(name)?.pointee else { return }
        let user = ServiceUser(name: name, user: entry.pw_uid, group: entry.pw_gid)
        #expect(ServiceUser.find(store: folder.file("none"), standard: name) == user)
        #expect(ServiceUser.find(store: nil, standard: name) == user)
        #expect(ServiceUser.find(store: nil, standard: "no-such-user") == nil)
        #expect(ServiceUser.find(store: nil, standard: "root") == nil)
        #expect(ServiceUser.find(store: folder.path, standard: name) == nil)
        chown(folder.path, entry.pw_uid, 54_321)
        #expect(ServiceUser.find(store: folder.path) == ServiceUser(name: name, user: entry.pw_uid, group: 54_321))
    }
}
