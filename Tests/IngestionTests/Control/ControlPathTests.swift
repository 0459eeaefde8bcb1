import Glibc
import JSONText
import TestSupport
import Testing

@testable import Ingestion

@Suite("Commands find the socket of the service (contract.md §1)")
struct ControlPathTests {
    private let folder = TemporaryDirectory()

    @Test("A service's socket is in its runtime directory, else in the store")
    func ofService() {
        #expect(ControlPath.ofService(store: "/s", environment: [:]) == "/s/control")
        #expect(ControlPath.ofService(store: "/s", environment: ["RUNTIME_DIRECTORY": "/r:/other"]) == "/r/control")
        #expect(ControlPath.ofService(store: "/s", environment: ["RUNTIME_DIRECTORY": "relative"]) == "/s/control")
    }

    @Test("Commands look where services do, by whatever name and user, and follow no link in the store")
    func candidates() throws {
        let found = ["run/newswire", "run/newswire-second", "user/newswire", "run/user/1000/newswire"]
        for path in found + ["run/other", "s"] { folder.write("", to: "\(path)/x") }
        #expect(symlink(folder.file("run/newswire/control"), folder.file("s/control")) == 0)
        let environment = ["RUNTIME_DIRECTORY": "/r", "XDG_RUNTIME_DIR": folder.file("user")]
        let candidates = ControlPath.candidates(
            store: folder.file("s"), owner: 1000, environment: environment, root: folder.file("run"))
        #expect(candidates.first == .init(path: "/r/control", isNamed: true))
        #expect(Set(candidates.dropFirst().map(\.path)) == Set(found.map { folder.file("\($0)/control") }))
        #expect(candidates.dropFirst().allSatisfy { !$0.isNamed })
    }

    @Test("A service finds the store by its identity among all that listen; what 0.1 left in a store leads nowhere")
    func identity() async throws {
        for path in ["run/newswire", "run/newswire-second", "s", "copy"] { folder.write("", to: "\(path)/x") }
        let (store, copy) = (folder.file("s"), folder.file("copy"))
        let identities = try [store, copy].map { try #require(StoreIdentity(directory: $0)) }
        let live = try ControlServer(
            at: folder.file("run/newswire-second/control"), store: identities[0]
        ) { _, reply in
            reply.send { $0.string("live") }
            reply.done()
        }
        defer { live.stop() }
        for directory in [store, copy] {
            #expect(symlink(folder.file("run/newswire-second/control"), "\(directory)/control") == 0)
        }
        let root = folder.file("run")
        let answers = await BlockingCall.run {
            zip([store, copy], identities).map { directory, identity -> [String?] in
                let candidates = ControlPath.candidates(
                    store: directory, owner: identity.owner, environment: [:], root: root)
                var answers: [String?] = []
                if let client = try? ControlClient.connect(candidates, store: identity) {
                    _ = client.ask(.status) { answers.append($0.string) }
                }
                return answers
            }
        }
        #expect(answers == [["live"], []])
        ControlPath.removeLink(store: store)
        #expect(access("\(store)/control", F_OK) != 0)
        // What is no link is left alone.
        folder.write("", to: "s/control")
        ControlPath.removeLink(store: store)
        #expect(access("\(store)/control", F_OK) == 0)
    }

    @Test("A service says by which configuration it runs and on which store, whichever store the asker has")
    func sites() async throws {
        for path in ["run/newswire", "run/newswire-second", "s", "etc"] { folder.write("", to: "\(path)/x") }
        let store = try #require(StoreIdentity(directory: folder.file("s")))
        let site = ServiceSite(configuration: folder.file("etc/x"), store: folder.file("s"))
        // The loop, which may be busy, is not asked.
        let handler = site.handler { request, _ in Issue.record("\(request)") }
        let service = try ControlServer(at: folder.file("run/newswire/control"), store: store, handler: handler)
        defer { service.stop() }
        // One of another version does not know the question.
        let older = try ControlServer(at: folder.file("run/newswire-second/control"), store: store) { _, reply in
            reply.fail("unknown command")
        }
        defer { older.stop() }
        let root = folder.file("run")
        let sites = await BlockingCall.run {
            ControlClient.services(ControlPath.candidates(store: nil, owner: nil, environment: [:], root: root))
        }
        #expect(sites == [site])
        #expect(symlink(folder.file("etc/x"), folder.file("etc/link")) == 0)
        #expect(site.runs(by: folder.file("etc/link")) && !site.runs(by: folder.file("etc/y")))
    }

    @Test("A directory is the same by whatever path it is reached, and a copy of it is another")
    func sameness() throws {
        folder.write("", to: "a/x")
        folder.write("", to: "b/x")
        #expect(symlink(folder.file("a"), folder.file("link")) == 0)
        let identity = try #require(StoreIdentity(directory: folder.file("a")))
        #expect(StoreIdentity(directory: folder.file("link")) == identity)
        #expect(StoreIdentity(directory: folder.file("a/../a")) == identity)
        #expect(StoreIdentity(directory: folder.file("b")) != identity)
        #expect(StoreIdentity(directory: folder.file("a/x")) == nil)
        #expect(StoreIdentity(directory: folder.file("none")) == nil)
    }
}
