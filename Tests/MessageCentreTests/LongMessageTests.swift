import SMPP
import TestSupport
import Testing

/// Parts, what is shown of a message, and what is forgotten.
@Suite(
    .enabled(if: PrivateMessageCentre.isAvailable, "message-centre is not built"), .timeLimit(.minutes(2)))
struct LongMessageTests {
    private static func parts(_ text: String, to number: String, at sizes: [Int]) throws -> [SMPPShortMessage] {
        var rest = SMPPDataCoding.ucs2Octets(of: text)[...]
        return try sizes.enumerated().map { index, size in
            let header = try UserDataHeader(part: UInt8(index + 1), of: UInt8(sizes.count), reference: 9)
            var message = SMPPShortMessage(
                from: SMPPAddress("10690000"), to: SMPPAddress(number), coding: .ucs2,
                octets: header.octets + rest.prefix(size * 2))
            message.hasUserDataHeader = true
            message.registeredDelivery = index == 0 ? 17 : 0
            rest = rest.dropFirst(size * 2)
            return message
        }
    }

    /// The cut is within 𠮷, and the second part comes first.
    @Test func partsInAnyOrderAreOneMessage() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            let text = String(repeating: "优", count: 66) + "𠮷同志"
            let parts = try Self.parts(text, to: "19900000001", at: [67, 3])
            _ = try await client.ask(.submit(parts[1]))
            #expect(try await centre.page().messages.isEmpty)
            #expect(try await centre.figures().incomplete == 1)
            _ = try await client.ask(.submit(parts[0]))
            let message = try #require(try await centre.page().messages.first)
            #expect(message.text == text && message.parts == [67, 3] && message.coding == 8 && message.octets == nil)
            // Only the first part asked for a receipt.
            try await ServiceStand.eventually("a receipt") { client.receipts.count == 1 ? true : nil }
            let figures = try await centre.figures()
            #expect(figures.acceptedParts == 2 && figures.messages == 1 && figures.incomplete == 0)
        }
    }

    @Test func allPartsShareTheFateOfTheFirst() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            for (digits, statuses) in [("9004", [UInt32(0x0B), 0x0B]), ("9001", [0, 0])] {
                var found: [UInt32] = []
                for part in try Self.parts("优待证办理", to: "1990000\(digits)", at: [3, 2]) {
                    found.append(try await client.ask(.submit(part)).status.rawValue)
                }
                #expect(found == statuses)
            }
            let messages = try await centre.page().messages
            #expect(messages.map(\.fate) == ["undelivered"] && messages.map(\.text) == ["优待证办理"])
        }
    }

    @Test func aSubmitIsCountedEachTime() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            for _ in 0..<2 {
                for part in try Self.parts("优待证办理", to: "19900000001", at: [3, 2]) {
                    _ = try await client.ask(.submit(part))
                }
            }
            for _ in 0..<3 { _ = try await client.submit("来了", to: "19900000002", receipt: false) }
            #expect(try await centre.messages(to: "19900000001").count == 2)
            #expect(try await centre.messages(to: "+8619900000002").map(\.text) == ["来了", "来了", "来了"])
            #expect(try await centre.page("?after=2&limit=2").messages.map(\.number) == [3, 4])
            #expect(try await centre.page().total == 5)
            try await centre.tell("DELETE", "/messages")
            let page = try await centre.page()
            #expect(page.messages.isEmpty && page.total == 5 && page.firstKept == 6)
        }
    }

    @Test func whatIsNoTextIsShownAsOctets() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            var message = SMPPShortMessage(
                from: SMPPAddress("10690000"), to: SMPPAddress("19900000001"), coding: .ucs2,
                octets: [0xD8, 0x42, 0x0A])
            _ = try await client.ask(.submit(message))
            message.coding = .standard
            message.octets = [0x48, 0x69, 0x1B, 0x65]
            _ = try await client.ask(.submit(message))
            let messages = try await centre.page().messages
            #expect(messages[0].text == nil && messages[0].octets == "d8420a")
            #expect(messages[1].text == "Hi€" && messages[1].parts == [4] && !messages[1].wantsReceipt)
            // A header that is none, and a destination that is no number.
            message.hasUserDataHeader = true
            #expect(try await client.ask(.submit(message)).status == .invalidMessageLength)
            let named = SMPPClient.message("Hi", to: "office")
            #expect(try await client.ask(.submit(named)).status == .invalidDestination)
            #expect(try await centre.page().total == 2)
        }
    }

    @Test func theOldestAreForgottenWhenTheMemoryIsFull() async throws {
        try await PrivateMessageCentre.withCentre(settings: ["MEMORY_MEGABYTES": "1"]) { centre in
            let client = try await SMPPClient.bound(to: centre)
            let text = String(repeating: "优", count: 70)
            var last: UInt32 = 0
            for number in 0..<8_000 {
                last = client.send(
                    .submit(SMPPClient.message(text, to: "\(19_900_000_000 + number % 900)", receipt: false)))
            }
            client.flush()
            _ = try await client.answer(to: last)
            let page = try await centre.page("?limit=10000")
            #expect(page.total == 8_000 && page.firstKept > 1)
            #expect(page.messages.map(\.number) == Array(page.firstKept...8_000))
            #expect(page.messages.count > 3_000 && page.messages.allSatisfy { $0.text == text })
            #expect(page.messages.last?.to == "\(19_900_000_000 + 7_999 % 900)")
        }
    }
}
