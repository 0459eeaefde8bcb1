import Glibc
import TestSupport
import Testing

@testable import ArticleStore

@Suite("Who may not do what, is told who may")
struct AccessAdviceTests {
    /// The advice for a file in the store's folder that this process was refused.
    private func advice(owner: uid_t, group: gid_t) throws -> String {
        let folder = TemporaryDirectory()
        #expect(chown(folder.path, owner, group) == 0)
        return StoreError.system("opening", folder.file("articles/1"), errno: EACCES).advice
    }

    @Test("Where the store belongs to a group, that is the group to be in, and its members need the owner or root")
    func group() throws {
        // Only root can give a folder to others.
        guard geteuid() == 0 else { return }
        // Not nil: every Debian has them.
        let (user, group) = (getpwnam("daemon")!.pointee.pw_uid, getgrnam("mail")!.pointee.gr_gid)
        let advice = try advice(owner: user, group: group)
        #expect(advice.contains("be a member of the group mail (`sudo adduser \"$USER\" mail`"), "\(advice)")
        #expect(try self.advice(owner: user, group: getegid()) == "run the command as the user daemon, or as root")
        #expect(try self.advice(owner: geteuid(), group: getegid()).contains("the user that newswire runs as"))
    }
}
