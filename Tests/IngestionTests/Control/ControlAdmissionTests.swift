import Testing

@testable import Ingestion

@Suite("Admission decides who may stay connected to the control socket")
struct ControlAdmissionTests {
    private let limits = ControlAdmission.Limits(unread: 2, waiting: 3, waitingOfUser: 2, connections: 6)

    @Test("The connection that has waited longest without a request goes where another comes")
    func unread() {
        var admission = ControlAdmission(limits)
        #expect(admission.enter(1) == nil)
        #expect(admission.enter(2) == nil)
        #expect(admission.enter(3) == 1)
        let isIn = admission.ask(2, user: 7, waits: false)
        #expect(isIn)
        #expect(admission.enter(4) == nil)
        #expect(admission.enter(5) == 3)
    }

    @Test("Connections that wait are bounded for each user and in all; what is answered at once gets in beside them")
    func waiting() {
        var admission = ControlAdmission(limits)
        var answers: [Bool] = []
        for (number, user) in [(1, 7), (2, 7), (3, 7), (4, 8), (5, 9)] as [(Int, UInt32)] {
            _ = admission.enter(number)
            answers.append(admission.ask(number, user: user, waits: true))
        }
        #expect(answers == [true, true, false, true, false])
        _ = admission.enter(6)
        let atOnce = admission.ask(6, user: 7, waits: false)
        #expect(atOnce)
        admission.leave(1)
        for number in [3, 5, 6] { admission.leave(number) }
        _ = admission.enter(8)
        let again = admission.ask(8, user: 7, waits: true)
        #expect(again)
    }

    @Test("A connection that is refused room to wait takes one place until it has read that, and not two")
    func noRoom() {
        var admission = ControlAdmission(
            ControlAdmission.Limits(unread: 2, waiting: 1, waitingOfUser: 1, connections: 3))
        for number in 1...2 {
            _ = admission.enter(number)
            _ = admission.ask(number, user: 7, waits: true)
        }
        // The server answers the second at once.
        let isIn = admission.ask(2, user: 7, waits: false)
        #expect(isIn)
        #expect(admission.enter(3) == nil, "there is room for a third")
        #expect(admission.enter(4) == 3)
    }

    @Test(
        "With all connections taken, one that has its answer goes for a new one, and none that still waits for an answer"
    )
    func full() {
        var admission = ControlAdmission(limits)
        for number in 1...6 {
            _ = admission.enter(number)
            _ = admission.ask(number, user: UInt32(number), waits: number <= 3)
        }
        #expect(admission.enter(7) == 4)
    }
}
