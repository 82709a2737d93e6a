import FoundationEssentials
import Glibc
import HTTPCalls
import SMPP
import TestSupport
import Testing

/// The whole way with the real Kannel: sendsms, bearerbox, the centre, and back.
@Suite(
    .enabled(if: PrivateKannel.isAvailable, "kannel is not installed, or message-centre not built"),
    .timeLimit(.minutes(4)))
struct KannelTests {
    private static func withAll<T>(
        _ body: (PrivateKannel, PrivateMessageCentre, CallbackReceiver) async throws -> T
    ) async throws -> T {
        try await CallbackReceiver.with { receiver in
            try await PrivateKannel.withKannel(notificationURL: receiver.url) { kannel in
                try await body(kannel, kannel.centre, receiver)
            }
        }
    }

    private static func message(
        to number: String, at centre: PrivateMessageCentre
    ) async throws
        -> PrivateMessageCentre.Message
    {
        try await ServiceStand.eventually("the message to \(number)") { try await centre.messages(to: number).first }
    }

    /// Unit for unit, with rare names at every edge of a part; Kannel cuts at 67 units, through 𠮷 as well.
    @Test func chineseArrivesAsItWasSent() async throws {
        try await Self.withAll { kannel, centre, receiver in
            let cases: [(text: String, parts: [Int])] = [
                ("【谯城退役军人】𠮷𠀀同志，已约11月28日", [23]),
                (String(repeating: "优", count: 70), [70]),
                (String(repeating: "优", count: 68) + "𠮷", [70]),
                (String(repeating: "优", count: 71), [67, 4]),
                (String(repeating: "优", count: 134), [67, 67]),
                (String(repeating: "优", count: 66) + "𠮷" + String(repeating: "证", count: 66), [67, 67]),
                (String(repeating: "优", count: 135), [67, 67, 1]),
                ("T 1\r\n2 €&=%+~", [13]),
            ]
            for (index, item) in cases.enumerated() {
                let number = "1990000010\(index)"
                #expect(try await kannel.send(item.text, to: number, id: "m\(index)").status == 202)
                let message = try await Self.message(to: number, at: centre)
                #expect(message.text.map { Array($0.utf16) } == Array(item.text.utf16), "case \(index)")
                #expect(message.parts == item.parts && message.coding == 8 && message.wantsReceipt, "case \(index)")
            }
            #expect(try await centre.page().total == cases.count)
            for index in cases.indices {
                try await ServiceStand.eventually("receipts of \(index)") {
                    receiver.types(of: "m\(index)").contains(1) ? true : nil
                }
                #expect(receiver.types(of: "m\(index)").sorted() == [1, 8], "one receipt, for the first part only")
            }
        }
    }

    /// What happens without coding=2: accepted all the same, and delivered as question marks.
    @Test func withoutItsCodingChineseIsLost() async throws {
        try await Self.withAll { kannel, centre, _ in
            let reply = try await kannel.send("优待", to: "19900000001", id: "m", ["coding": "0"])
            #expect(reply.status == 202)
            let message = try await Self.message(to: "19900000001", at: centre)
            #expect(message.text == "??" && message.coding == 0)
        }
    }

    @Test func everyFateIsReported() async throws {
        try await Self.withAll { kannel, centre, receiver in
            // Kannel adds 32 for a message that has expired. A receipt that comes before the answer to the submit belongs to
            // nothing it knows: it is answered and dropped (9010), as is the second one of two (9009).
            let expected: [(digits: String, types: [Int])] = [
                ("0001", [1, 8]), ("9001", [2, 8]), ("9002", [8, 34]), ("9003", [2, 8]), ("9004", [16]),
                ("9005", [1, 8]), ("9006", [16]), ("9007", [8]), ("9009", [1, 8]), ("9010", [8]),
            ]
            for item in expected {
                #expect(try await kannel.send("您好", to: "1990000\(item.digits)", id: item.digits).status == 202)
            }
            for item in expected {
                try await ServiceStand.eventually("\(item.digits): \(item.types)", within: .seconds(40)) {
                    receiver.types(of: item.digits).sorted() == item.types ? true : nil
                }
            }
            try await ServiceStand.eventually("Kannel has answered every receipt") {
                let figures = try await centre.figures()
                return figures.waiting + figures.unanswered == 0 && figures.receiptsAnswered == 8 ? true : nil
            }
            #expect(receiver.types(of: "9010") == [8] && receiver.types(of: "9009").count == 2)
            let replies = receiver.calls.filter { $0.path.hasSuffix("/receipts") }
            #expect(replies.allSatisfy { $0.path == "/providers/kannel/\(kannel.receiptSecret)/receipts" })
            func reply(_ digits: String, _ type: String) -> String? {
                replies.first { $0.query["id"] == digits && $0.query["type"] == type }?.query["reply"]
            }
            #expect(reply("9004", "16") == "NACK/0x0000000b/Invalid Destination Address")
            #expect(reply("9006", "16") == "NACK/Retries Exceeded")
            #expect(try DeliveryReceipt(reading: reply("9001", "2") ?? "").state == .undelivered)
            #expect(try DeliveryReceipt(reading: reply("9002", "34") ?? "").state == .expired)
            #expect(try DeliveryReceipt(reading: reply("9003", "2") ?? "").state == .rejected)
            #expect(replies.allSatisfy { $0.query["from"]?.hasPrefix("1990000") == true })
            #expect(try await centre.figures().refused["0x00000058"] == 2)
        }
    }

    @Test func repliesArriveAsUTF8() async throws {
        try await Self.withAll { kannel, centre, receiver in
            _ = try await kannel.send("回T退订", to: "19900009013", id: "m")
            try await ServiceStand.eventually("退订") { receiver.texts(from: "19900009013") == ["退订"] ? true : nil }
            let long = String(repeating: "孩子在外地，请打电话。", count: 9) + "𠮷"
            for text in ["T", long] {
                try await centre.tell(
                    "POST", "/inbound", #"{"from":"19900000077","to":"10690000","text":"\#(text)"}"#)
            }
            // Kannel joins the parts of a long one.
            try await ServiceStand.eventually("both", within: .seconds(40)) {
                Set(receiver.texts(from: "19900000077")) == ["T", long] ? true : nil
            }
            let call = try #require(receiver.calls.first { $0.path.hasSuffix("/inbound") })
            #expect(call.path == "/providers/kannel/\(kannel.receiptSecret)/inbound")
            #expect(call.query["to"] == "10690000" && call.query["id"]?.isEmpty == false)
            // Nobody is answered on our behalf.
            #expect(try await centre.messages(to: "19900000077").isEmpty)
        }
    }

    @Test func wrongRequestsAreRefused() async throws {
        try await Self.withAll { kannel, centre, _ in
            for (number, extra, status) in [
                ("19900000001", ["password": "x"], 403), ("19900000001", ["dlr-mask": "127"], 400), ("", [:], 400),
            ] {
                let reply = try await kannel.send("您好", to: number, id: "m", extra)
                #expect(reply.status == status)
            }
            #expect(try await centre.page().total == 0)
        }
    }
}
