import SMPP
import TestSupport
import Testing

/// What a client may do on a connection, and what it is answered when it does something else.
@Suite(
    .enabled(if: PrivateMessageCentre.isAvailable, "message-centre is not built"), .timeLimit(.minutes(2)))
struct SessionTests {
    @Test func aWrongPasswordIsRefusedAndTheConnectionClosed() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.connect(to: centre)
            let answer = try await client.ask(.bind(.transceiver, SMPPBind(systemID: "youdai", password: "wrong")))
            #expect(answer.status == .invalidPassword)
            try await client.untilClosed()
            #expect(try await centre.figures().refusedBinds == 1)
        }
    }

    @Test func onlyWhoIsBoundToSubmitMaySubmit() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let stranger = try await SMPPClient.connect(to: centre)
            #expect(try await stranger.submit("你好", to: "19900000001").status == .incorrectBind)
            let receiver = try await SMPPClient.bound(to: centre, as: .receiver)
            #expect(try await receiver.submit("你好", to: "19900000001").status == .incorrectBind)
            let again = try await receiver.ask(
                .bind(.transceiver, SMPPBind(systemID: centre.systemID, password: centre.password)))
            #expect(again.status == .alreadyBound)
            #expect(try await centre.page().messages.isEmpty)
        }
    }

    /// A client with a connection for each direction: the receipt comes on the other one.
    @Test func receiptsComeOnTheConnectionThatReceives() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let transmitter = try await SMPPClient.bound(to: centre, as: .transmitter)
            let receiver = try await SMPPClient.bound(to: centre, as: .receiver)
            let answer = try await transmitter.submit("您好", to: "19900000001")
            let receipt = try await ServiceStand.eventually("a receipt") { receiver.receipts.first }
            #expect(answer.body == .submitResponse(messageID: receipt.messageID))
            #expect(receipt.state == .delivered && transmitter.deliveries.isEmpty)
            let delivery = try #require(receiver.deliveries.first)
            #expect(delivery.parameter(SMPPParameter.messageState) == [2])
            #expect(delivery.parameter(SMPPParameter.receiptedMessageID) == Array(receipt.messageID.utf8) + [0])
            #expect(delivery.source.number == "19900000001" && delivery.destination.number == "10690000")
        }
    }

    @Test func linkUnbindAndUnknownCommands() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            #expect(try await client.ask(.enquireLink).body == .enquireLinkResponse)
            // query_sm, which the centre does not know; then a deliver_sm, which is for clients only.
            client.sendOctets([0, 0, 0, 16, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 99])
            #expect(try await client.answer(to: 99).status == .invalidCommandID)
            let deliver = try await client.ask(.deliver(SMPPClient.message("x", to: "19900000001")))
            #expect(deliver.body == .genericNack && deliver.status == .invalidCommandID)
            #expect(try await client.ask(.unbind).body == .unbindResponse)
            try await client.untilClosed()
            #expect(try await centre.figures().malformed == 2)
        }
    }

    @Test func octetsThatAreNoSMPPEndTheirConnectionOnly() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let good = try await SMPPClient.bound(to: centre)
            for octets: [UInt8] in [
                Array("GET / HTTP/1.1\r\n\r\n".utf8), [0, 0, 0, 1, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF],
            ] {
                let hostile = try await SMPPClient.connect(to: centre)
                hostile.sendOctets(octets)
                try await hostile.untilClosed()
            }
            #expect(try await good.submit("您好", to: "19900000001").status == .ok)
        }
    }

    /// Nothing was answered to it: it goes to whoever comes next, also after the receipt was under way.
    @Test func whatAClientHasNotAnsweredGoesToTheNext() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            var settings = SMPPClient.Settings()
            settings.answersDeliveries = false
            let silent = try await SMPPClient.bound(to: centre, settings)
            _ = try await silent.submit("您好", to: "19900000001")
            let first = try await ServiceStand.eventually("a receipt") { silent.receipts.first }
            #expect(try await centre.figures().unanswered == 1)
            await silent.close()
            try await ServiceStand.eventually("it waits") { try await centre.figures().waiting == 1 ? true : nil }
            let next = try await SMPPClient.bound(to: centre)
            let second = try await ServiceStand.eventually("the receipt again") { next.receipts.first }
            #expect(first == second)
            try await ServiceStand.eventually("nothing waits") {
                let figures = try await centre.figures()
                return figures.waiting + figures.unanswered == 0 && figures.receiptsAnswered == 1 ? true : nil
            }
        }
    }

    @Test func aReceiptThatIsRefusedComesAgain() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            var settings = SMPPClient.Settings()
            settings.status = .systemError
            let client = try await SMPPClient.bound(to: centre, settings)
            _ = try await client.submit("您好", to: "19900000001")
            try await ServiceStand.eventually("it comes again") { client.receipts.count >= 2 ? true : nil }
            #expect(Set(client.receipts.map(\.messageID)).count == 1)
            #expect(try await centre.figures().receiptsAnswered == 0)
        }
    }

    @Test func theLinkGoesDownAndUp() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            try await centre.tell("POST", "/link", #"{"down":true}"#)
            try await client.untilClosed()
            let late = try await SMPPClient.connect(to: centre)
            try await late.untilClosed()
            let figures = try await centre.figures()
            #expect(figures.isDown && figures.sessions == 0)
            try await centre.tell("POST", "/link", #"{"down":false}"#)
            let again = try await SMPPClient.bound(to: centre)
            #expect(try await again.submit("您好", to: "19900000001").status == .ok)
        }
    }
}
