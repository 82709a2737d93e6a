import SMPP
import TestSupport
import Testing

/// Every fate of the README's table, and what scripts add to it.
@Suite(
    .enabled(if: PrivateMessageCentre.isAvailable, "message-centre is not built"), .timeLimit(.minutes(2)))
struct FateTests {
    @Test(arguments: [
        ("19900009001", DeliveryReceipt.State.undelivered), ("+8619900009002", .expired),
        ("008619900009003", .rejected),
        ("8619900000000", .delivered),
    ])
    func theReceiptSaysIt(number: String, state: DeliveryReceipt.State) async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            #expect(try await client.submit("您好", to: number).status == .ok)
            let receipt = try await ServiceStand.eventually("a receipt") { client.receipts.first }
            #expect(receipt.state == state && receipt.errorCode == (state == .delivered ? "000" : "001"))
            #expect(try await centre.page().messages.map(\.fate) == [Self.word(state)])
        }
    }

    private static func word(_ state: DeliveryReceipt.State) -> String {
        switch state {
        case .undelivered: "undelivered"
        case .expired: "expired"
        case .rejected: "rejected"
        default: "delivered"
        }
    }

    @Test func refusalsForEverAndForAWhile() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            var statuses: [String: [UInt32]] = [:]
            for digits in ["9004", "9005", "9006", "9015"] {
                for _ in 0..<4 {
                    let answer = try await client.submit("您好", to: "1990000\(digits)")
                    statuses[digits, default: []].append(answer.status.rawValue)
                }
            }
            #expect(statuses["9004"] == [0x0B, 0x0B, 0x0B, 0x0B])
            // Two refusals for each message: the fourth submit is the second message.
            #expect(statuses["9005"] == [0x58, 0x58, 0, 0x58])
            #expect(statuses["9006"] == [0x14, 0x14, 0x14, 0x14])
            #expect(statuses["9015"] == [0x14, 0x14, 0, 0x14])
            let figures = try await centre.figures()
            #expect(figures.submits == 16 && figures.messages == 2)
            #expect(figures.refused == ["0x0000000B": 4, "0x00000058": 3, "0x00000014": 7])
        }
    }

    @Test func silentDoubledAndEarlyReceipts() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            let silent = try await client.submit("您好", to: "19900009007")
            let doubled = try await client.submit("您好", to: "19900009009")
            let early = try await client.submit("您好", to: "19900009010")
            try await ServiceStand.eventually("three receipts") { client.receipts.count >= 3 ? true : nil }
            let ids = client.receipts.map { SMPPPDU.Body.submitResponse(messageID: $0.messageID) }
            #expect(ids.count { $0 == doubled.body } == 2 && ids.count { $0 == early.body } == 1)
            #expect(!ids.contains(silent.body))
            let order = client.received
            let answered = try #require(order.firstIndex { $0.body == early.body })
            let receipted = try #require(
                order.firstIndex { pdu in
                    if case .deliver(let message) = pdu.body { message.source.number == "19900009010" } else { false }
                })
            #expect(receipted < answered)
            #expect(try await centre.figures().waiting == 0)
        }
    }

    @Test func delaysAreKept() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            _ = try await client.submit("您好", to: "19900009008")
            _ = try await client.submit("您好", to: "19900000001")
            // The later message's receipt comes; the earlier one's, after a minute, waits.
            try await ServiceStand.eventually("a receipt") { client.receipts.isEmpty ? nil : true }
            #expect(client.deliveries.map(\.source.number) == ["19900000001"])
            #expect(try await centre.figures().waiting == 1)
            let begun = ContinuousClock.now
            try await centre.tell(
                "POST", "/fates", #"{"fates":[{"to":"19900000002","receiptDelayMilliseconds":300}]}"#)
            _ = try await client.submit("您好", to: "19900000002")
            try await ServiceStand.eventually("the second") { client.receipts.count == 2 ? true : nil }
            #expect(ContinuousClock.now - begun >= .milliseconds(300))
        }
    }

    @Test(arguments: [("9011", "1"), ("9012", "2"), ("9013", "退订"), ("9014", "T")])
    func repliesComeAfterTheReceipt(digits: String, text: String) async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            _ = try await client.submit("您好", to: "1990000\(digits)")
            try await ServiceStand.eventually("receipt and reply") { client.deliveries.count == 2 ? true : nil }
            let reply = client.deliveries[1]
            #expect(client.deliveries[0].isReceipt && !reply.isReceipt)
            #expect(try reply.coding.text(of: reply.content) == text)
            #expect(reply.source.number == "1990000\(digits)" && reply.destination.number == "10690000")
        }
    }

    @Test func cutBeforeItWasTaken() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            client.send(.submit(SMPPClient.message("您好", to: "19900009021")))
            client.flush()
            try await client.untilClosed()
            #expect(try await centre.page().messages.isEmpty)
            let next = try await SMPPClient.bound(to: centre)
            #expect(try await next.submit("您好", to: "19900009021").status == .ok)
            #expect(try await centre.messages(to: "19900009021").count == 1)
        }
    }

    /// It was taken, and nobody was told: whoever sends it again has sent it twice, and the centre shows it.
    @Test func cutBeforeTheAnswer() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            let sequence = client.send(.submit(SMPPClient.message("您好", to: "19900009022")))
            client.flush()
            try await client.untilClosed()
            #expect(!client.received.contains { $0.sequence == sequence && $0.commandID == .submitResponse })
            #expect(try await centre.messages(to: "19900009022").count == 1)
            let next = try await SMPPClient.bound(to: centre)
            #expect(try await next.submit("您好", to: "19900009022").status == .ok)
            let messages = try await centre.messages(to: "19900009022")
            #expect(messages.count == 2 && Set(messages.map(\.id)).count == 2)
            try await ServiceStand.eventually("a receipt for each") { next.receipts.count == 2 ? true : nil }
        }
    }

    @Test func cutAfterTheAnswer() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            let answer = try await client.submit("您好", to: "19900009023")
            #expect(answer.status == .ok)
            try await client.untilClosed()
            let next = try await SMPPClient.bound(to: centre)
            let receipt = try await ServiceStand.eventually("its receipt") { next.receipts.first }
            #expect(answer.body == .submitResponse(messageID: receipt.messageID))
        }
    }

    @Test func scriptsAreMetInOrderAndThenTheNumberDecides() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            try await centre.tell(
                "POST", "/fates",
                """
                {"fates":[{"to":"+8619900009001","uses":1,"ending":"rejected","errorCode":"034"},
                {"to":"19900009001","uses":1,"refuse":{"status":88,"times":1},"ending":"expired"},
                {"to":"*","uses":1,"ending":"unknown"}]}
                """)
            let client = try await SMPPClient.bound(to: centre)
            var statuses: [UInt32] = []
            for _ in 0..<4 { statuses.append(try await client.submit("您好", to: "19900009001").status.rawValue) }
            #expect(statuses == [0, 0x58, 0, 0])
            try await ServiceStand.eventually("three receipts") { client.receipts.count == 3 ? true : nil }
            // The one for all numbers comes before what the digits say.
            #expect(client.receipts.map(\.state) == [.rejected, .expired, .unknown])
            #expect(client.receipts[0].errorCode == "034")
            _ = try await client.submit("您好", to: "19900009001")
            try await ServiceStand.eventually("the fourth") { client.receipts.count == 4 ? true : nil }
            #expect(client.receipts[3].state == .undelivered)
            try await centre.tell("POST", "/fates", #"{"fates":[{"to":"*","refuse":{"status":11}}]}"#)
            #expect(try await client.submit("您好", to: "19900000001").status == .invalidDestination)
            try await centre.tell("DELETE", "/fates")
            #expect(try await client.submit("您好", to: "19900000001").status == .ok)
        }
    }

    @Test func digitsDecideNothingWhenSwitchedOff() async throws {
        try await PrivateMessageCentre.withCentre(settings: ["FATES_BY_NUMBER": "no"]) { centre in
            let client = try await SMPPClient.bound(to: centre)
            #expect(try await client.submit("您好", to: "19900009004").status == .ok)
        }
    }
}
