import FoundationEssentials
import SMPP
import Testing

struct ReceiptTests {
    /// 22 November 2026, 19:35 in Shanghai.
    private static let time = Date(timeIntervalSince1970: 1_795_347_300)

    @Test(arguments: DeliveryReceipt.State.allCases)
    func everyStateIsWrittenAndRead(state: DeliveryReceipt.State) throws {
        let receipt = DeliveryReceipt(
            messageID: "1795650933000001", state: state, errorCode: "034", submittedAt: Self.time,
            doneAt: Self.time.addingTimeInterval(60))
        #expect(try DeliveryReceipt(reading: receipt.text) == receipt)
        #expect((2...8).contains(state.number))
    }

    @Test func theTextIsThatOfAppendixB() {
        let receipt = DeliveryReceipt(
            messageID: "42", state: .delivered, errorCode: "000", submittedAt: Self.time,
            doneAt: Self.time.addingTimeInterval(60))
        #expect(
            receipt.text
                == "id:42 sub:001 dlvrd:001 submit date:2611221935 done date:2611221936 stat:DELIVRD err:000 text:")
    }

    @Test func whatOthersWriteIsRead() throws {
        let receipt = try DeliveryReceipt(
            reading: "Id:ab-1 SUB:1 stat:delivrd Submit Date:261122193500 err:MK:0001 text:id:9 stat:EXPIRED")
        #expect(receipt.messageID == "ab-1" && receipt.state == .delivered && receipt.errorCode == "MK:0001")
        #expect(receipt.submittedAt == Self.time && receipt.doneAt == .distantPast)
    }

    @Test(arguments: ["", "id: stat:DELIVRD", "id:1", "id:1 stat:FINE", "paid:1 stat:DELIVRD", "stat:DELIVRD"])
    func textsThatAreNone(text: String) {
        #expect(throws: SMPPError.self) { try DeliveryReceipt(reading: text) }
    }
}
