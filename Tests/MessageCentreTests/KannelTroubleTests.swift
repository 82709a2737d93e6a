import FoundationEssentials
import Glibc
import HTTPCalls
import TestSupport
import Testing

/// Kannel killed, the link gone, notification away: what is lost, what comes twice, and what is written down.
@Suite(
    .enabled(if: PrivateKannel.isAvailable, "kannel is not installed, or message-centre not built"),
    .timeLimit(.minutes(5)))
struct KannelTroubleTests {
    private static func withAll<T>(
        _ body: (PrivateKannel, PrivateMessageCentre, CallbackReceiver) async throws -> T
    ) async throws -> T {
        try await CallbackReceiver.with { receiver in
            try await PrivateKannel.withKannel(notificationURL: receiver.url) { kannel in
                try await body(kannel, kannel.centre, receiver)
            }
        }
    }

    private static func linkDown(_ kannel: PrivateKannel) async throws {
        try await kannel.centre.tell("POST", "/link", #"{"down":true}"#)
        try await ServiceStand.eventually("Kannel notices") { try await kannel.isOnline() ? nil : true }
    }

    @Test func whatIsQueuedSurvivesAKilledBearerbox() async throws {
        try await Self.withAll { kannel, centre, receiver in
            try await Self.linkDown(kannel)
            for number in 0..<20 {
                let reply = try await kannel.send("第\(number)条", to: "\(19_900_000_100 + number)", id: "q\(number)")
                #expect(reply.status == 202 && reply.text.contains("3: Queued"))
            }
            #expect(try await kannel.stored() == 20)
            await kannel.end(.bearerbox)
            try await centre.tell("POST", "/link", #"{"down":false}"#)
            try await kannel.start(.bearerbox)
            try await ServiceStand.eventually("all 20", within: .seconds(40)) {
                try await centre.figures().messages >= 20 ? true : nil
            }
            let messages = try await centre.page().messages
            #expect(Set(messages.map(\.text)) == Set((0..<20).map { "第\($0)条" }) && messages.count == 20)
            // Their receipts too: smsbox has found bearerbox again.
            try await ServiceStand.eventually("their receipts", within: .seconds(60)) {
                (0..<20).allSatisfy { receiver.types(of: "q\($0)").contains(1) } ? true : nil
            }
        }
    }

    /// The receipt store is on disk: a receipt that comes after the kill is still known.
    @Test func receiptsThatAreAwaitedSurviveAKilledBearerbox() async throws {
        try await Self.withAll { kannel, centre, receiver in
            try await centre.tell("POST", "/fates", #"{"fates":[{"to":"*","receiptDelayMilliseconds":4000}]}"#)
            for number in 0..<5 {
                _ = try await kannel.send("您好", to: "\(19_900_000_200 + number)", id: "r\(number)")
            }
            try await ServiceStand.eventually("accepted") {
                (0..<5).allSatisfy { receiver.types(of: "r\($0)") == [8] } ? true : nil
            }
            await kannel.end(.bearerbox)
            try await kannel.start(.bearerbox)
            try await ServiceStand.eventually("their receipts", within: .seconds(60)) {
                (0..<5).allSatisfy { receiver.types(of: "r\($0)").contains(1) } ? true : nil
            }
        }
    }

    @Test func lostLinksRecover() async throws {
        try await Self.withAll { kannel, centre, receiver in
            for digits in ["9021", "9022", "9023"] {
                #expect(try await kannel.send("您好", to: "1990000\(digits)", id: digits).status == 202)
                try await ServiceStand.eventually("\(digits) arrives", within: .seconds(40)) {
                    receiver.types(of: digits).contains(1) ? true : nil
                }
            }
            // Taken without an answer: Kannel sends it again, and the person has it twice.
            #expect(try await centre.messages(to: "19900009021").count == 1)
            #expect(try await centre.messages(to: "19900009022").count == 2)
            #expect(try await centre.messages(to: "19900009023").count == 1)
            try await Self.linkDown(kannel)
            #expect(try await kannel.send("您好", to: "19900000001", id: "later").text.contains("Queued"))
            try await centre.tell("POST", "/link", #"{"down":false}"#)
            try await ServiceStand.eventually("it arrives", within: .seconds(40)) {
                receiver.types(of: "later").contains(1) ? true : nil
            }
        }
    }

    /// Kannel has taken it and cannot hand it on until its time is over: it never arrives, and that is said.
    @Test func whatIsTooLateWhenTheLinkIsBackIsNotSent() async throws {
        try await Self.withAll { kannel, centre, receiver in
            try await Self.linkDown(kannel)
            let start = ContinuousClock.now
            #expect(try await kannel.send("迟到", to: "19900000002", id: "late", ["validity": "1"]).status == 202)
            #expect(try await kannel.send("不迟", to: "19900000003", id: "timely", ["validity": "600"]).status == 202)
            // Kannel's own clock decides, and counts in minutes.
            try await ServiceStand.eventually("its minute is over", within: .seconds(90)) {
                ContinuousClock.now - start > .seconds(62) ? true : nil
            }
            try await centre.tell("POST", "/link", #"{"down":false}"#)
            try await ServiceStand.eventually("both are known", within: .seconds(60)) {
                receiver.types(of: "timely").contains(1) && !receiver.types(of: "late").isEmpty ? true : nil
            }
            #expect(Set(receiver.types(of: "late")).isDisjoint(with: [1, 8]), "\(receiver.types(of: "late"))")
            #expect(try await centre.messages(to: "19900000002").isEmpty)
        }
    }

    @Test func theCentreDiesAndComesBack() async throws {
        try await Self.withAll { kannel, centre, receiver in
            await centre.end()
            try await ServiceStand.eventually("Kannel notices") { try await kannel.isOnline() ? nil : true }
            #expect(try await kannel.send("您好", to: "19900000001", id: "m").status == 202)
            try await centre.start()
            try await ServiceStand.eventually("it arrives", within: .seconds(40)) {
                receiver.types(of: "m").contains(1) ? true : nil
            }
        }
    }

    /// Receipts and replies that notification does not take come again, and nothing of them is written into a log.
    @Test func whatNotificationRefusesComesAgainAndIsNotLogged() async throws {
        try await Self.withAll { kannel, centre, receiver in
            receiver.refuse(true)
            _ = try await kannel.send("机密内容", to: "19900009013", id: "m")
            _ = try await kannel.send("机密内容", to: "19900009004", id: "n")
            try await ServiceStand.eventually("refused", within: .seconds(40)) { receiver.refused >= 6 ? true : nil }
            receiver.refuse(false)
            try await ServiceStand.eventually("taken", within: .seconds(40)) {
                receiver.types(of: "m").sorted() == [1, 8] && receiver.types(of: "n") == [16]
                    && receiver.texts(from: "19900009013") == ["退订"] ? true : nil
            }
            // A receipt nobody knows, which Kannel complains about with the number in it from "warning" down.
            _ = try await kannel.send("机密内容", to: "19900009009", id: "o")
            try await ServiceStand.eventually("doubled") {
                try await centre.figures().receiptsAnswered == 3 && receiver.types(of: "o").contains(1) ? true : nil
            }
            for box in PrivateKannel.Box.allCases {
                let data = try Data(contentsOf: URL(filePath: kannel.log(of: box)))
                let log = String(decoding: data, as: UTF8.self)
                for word in ["1990000", "机密", "%E6", kannel.password, kannel.receiptSecret] {
                    #expect(!log.contains(word), "\(box) logs \(word)")
                }
            }
        }
    }

    /// What smsbox holds for notification is in its memory: the way a reply can be lost, and why receipts need a time-out.
    @Test func repliesHeldByAKilledSmsboxAreLost() async throws {
        try await Self.withAll { kannel, centre, receiver in
            receiver.refuse(true)
            try await centre.tell("POST", "/inbound", #"{"from":"19900000077","to":"10690000","text":"T"}"#)
            try await ServiceStand.eventually("refused once") { receiver.refused >= 1 ? true : nil }
            await kannel.end(.smsbox)
            receiver.refuse(false)
            try await kannel.start(.smsbox)
            try await centre.tell("POST", "/inbound", #"{"from":"19900000078","to":"10690000","text":"T"}"#)
            try await ServiceStand.eventually("the later one") {
                receiver.texts(from: "19900000078") == ["T"] ? true : nil
            }
            #expect(receiver.texts(from: "19900000077").isEmpty)
            try await ServiceStand.eventually("nothing is left in the store") {
                try await kannel.stored() == 0 ? true : nil
            }
        }
    }
}
