import FoundationEssentials
import Messaging
import Testing

@Suite("Deliberate crashes")
struct FaultPlanTests {
    @Test("Every step can be named, with and without its count", arguments: CrashPoint.allCases)
    func names(point: CrashPoint) {
        #expect(FaultPlan(point.rawValue) != nil)
        #expect(FaultPlan("\(point.rawValue):20") != nil)
    }

    @Test(
        "What names no step, or no positive count, is refused",
        arguments: [
            "", "consumer", "consumer.committed:", "consumer.committed:0", "consumer.committed:-1",
            "consumer.committed:1:2",
        ])
    func refused(text: String) {
        #expect(FaultPlan(text) == nil)
    }

    @Test("Keys that are not set plan nothing, and nonsense in one of them is an error")
    func keys() throws {
        let nothing = try FaultPlan(crashAt: nil, crashSubject: "")
        for point in CrashPoint.allCases { nothing.reached(point) }
        nothing.applying(UUID())
        #expect(throws: MessagingError.self) { try FaultPlan(crashAt: "somewhere", crashSubject: nil) }
        #expect(throws: MessagingError.self) { try FaultPlan(crashAt: nil, crashSubject: "somebody") }
    }

    @Test("Another step, another subject, or an earlier passing does not kill")
    func others() throws {
        let plan = try FaultPlan(crashAt: "consumer.committed:3", crashSubject: UUID().uuidString)
        plan.reached(.consumerCommitted)
        plan.reached(.consumerCommitted)
        plan.reached(.relayClaimed)
        plan.applying(UUID())
    }
}
