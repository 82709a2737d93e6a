import Access
import CardProgramme
import FoundationEssentials
import Testing

@Suite struct KeyRingTests {
    private let subject = UUID()
    private let type = "submission.accepted.v1"

    private func rings(_ files: [String: String]) throws -> [String: KeyRing] {
        try files.mapValues { try KeyRing(json: $0) }
    }

    private func pair() throws -> (intake: KeyRing, verification: KeyRing) {
        let rings = try self.rings(KeyRing.generate(services: ["intake", "verification"]))
        return (try #require(rings["intake"]), try #require(rings["verification"]))
    }

    private func code<Value>(_ body: () throws -> Value) -> AccessError.Code? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? AccessError)?.code
        }
    }

    private struct Details: Codable, Sendable, Equatable {
        let name: String
        let phones: [String]
    }

    @Test func theReceiverReadsWhatTheSenderSealed() throws {
        let (intake, verification) = try self.pair()
        let details = Details(name: "测试甲", phones: ["13900000000"])
        let sealed = try intake.seal(
            details, for: "verification", type: self.type, subject: self.subject, field: "details")
        #expect(try verification.open(sealed, type: self.type, subject: self.subject, field: "details") == details)
        #expect(sealed.keyID == "verification-1")
    }

    @Test func onTheWireItIsAKeyIDAndABox() throws {
        let (intake, _) = try self.pair()
        let sealed = try intake.seal("测试甲", for: "verification", type: self.type, subject: self.subject, field: "name")
        let json = String(decoding: try JSONEncoder().encode(sealed), as: UTF8.self)
        #expect(json.contains(#""kid":"verification-1""#))
        #expect(json.contains(#""box":""#))
        #expect(!json.contains("测试甲"))
        #expect(try JSONDecoder().decode(Sealed<String>.self, from: Data(json.utf8)) == sealed)
    }

    @Test func sealingTwiceNeverGivesTheSameBox() throws {
        let (intake, _) = try self.pair()
        let boxes = try (0..<100).map { _ in
            try intake.seal(1, for: "verification", type: self.type, subject: self.subject, field: "n").box
        }
        #expect(Set(boxes).count == 100)
    }

    @Test func aBoxOpensAtItsOwnPlaceOnly() throws {
        let (intake, verification) = try self.pair()
        let sealed = try intake.seal("测试甲", for: "verification", type: self.type, subject: self.subject, field: "name")
        #expect(
            self.code {
                try verification.open(sealed, type: "person.registered.v1", subject: self.subject, field: "name")
            } == .unsealable)
        #expect(
            self.code { try verification.open(sealed, type: self.type, subject: UUID(), field: "name") } == .unsealable)
        #expect(
            self.code { try verification.open(sealed, type: self.type, subject: self.subject, field: "phone") }
                == .unsealable)
    }

    @Test func anAlteredBoxOrAnotherTypeDoesNotOpen() throws {
        let (intake, verification) = try self.pair()
        let sealed = try intake.seal("测试甲", for: "verification", type: self.type, subject: self.subject, field: "name")
        var bytes = try #require(Data(base64Encoded: sealed.box))
        bytes[bytes.count / 2] ^= 1
        for box in [bytes.base64EncodedString(), "", "AAAA", "not base64", String(sealed.box.dropLast(4))] {
            let altered = Sealed<String>(keyID: sealed.keyID, box: box)
            #expect(
                self.code { try verification.open(altered, type: self.type, subject: self.subject, field: "name") }
                    == .unsealable)
        }
        let asNumber = Sealed<Int>(keyID: sealed.keyID, box: sealed.box)
        #expect(
            self.code { try verification.open(asNumber, type: self.type, subject: self.subject, field: "name") }
                == .unsealable)
    }

    @Test func anUnknownKeyIsNamedButNotWithWhatIsUnprintable() throws {
        let (_, verification) = try self.pair()
        let sealed = Sealed<String>(keyID: "x\n\u{1B}[31m" + String(repeating: "y", count: 200), box: "AAAA")
        do throws(AccessError) {
            _ = try verification.open(sealed, type: self.type, subject: self.subject, field: "name")
            Issue.record("opened")
        } catch {
            #expect(error.code == .unknownKey)
            #expect(!error.en.contains("\u{1B}") && error.en.utf8.count < 200)
        }
    }

    @Test func afterRotationBothGenerationsOpenAndTheNewOneSeals() throws {
        let before = try KeyRing.generate(services: ["intake", "verification"])
        let after = try KeyRing.rotate(before, service: "verification")
        let old = try #require(self.rings(before)["intake"])
        let new = try self.rings(after)
        let intake = try #require(new["intake"])
        let verification = try #require(new["verification"])
        let oldBox = try old.seal("旧", for: "verification", type: self.type, subject: self.subject, field: "name")
        let newBox = try intake.seal("新", for: "verification", type: self.type, subject: self.subject, field: "name")
        #expect(newBox.keyID == "verification-2")
        #expect(try verification.open(oldBox, type: self.type, subject: self.subject, field: "name") == "旧")
        #expect(try verification.open(newBox, type: self.type, subject: self.subject, field: "name") == "新")
        #expect(intake.keyIDs == ["intake-1", "verification-2"])
        #expect(verification.keyIDs == ["intake-1", "verification-1", "verification-2"])

        let signed = try old.signature(for: "verification", over: [1, 2, 3])
        #expect(verification.isValidSignature(keyID: signed.keyID, signature: signed.signature, over: [1, 2, 3]))
        let kept = try #require(self.rings(before)["verification"]).sealLocal([4, 5], context: "material|1")
        #expect(try verification.openLocal(kept, context: "material|1") == [4, 5])
        #expect(
            try self.rings(KeyRing.rotate(after, service: "verification"))["intake"]?.keyIDs == [
                "intake-1", "verification-3",
            ])
    }

    @Test func aServiceHoldsOnlyTheKeysOfThoseItSendsTo() throws {
        let files = try KeyRing.generate(
            services: ["intake", "review", "issuance"], recipients: ["intake": ["review"]])
        let intake = try #require(self.rings(files)["intake"])
        #expect(intake.keyIDs == ["intake-1", "review-1"])
        #expect(
            self.code { try intake.seal(1, for: "issuance", type: self.type, subject: self.subject, field: "n") }
                == .unknownKey)
    }

    @Test func aSignatureHoldsForItsBytesAndReceiverOnly() throws {
        let (intake, verification) = try self.pair()
        let bytes: [UInt8] = Array("envelope".utf8)
        let (keyID, signature) = try intake.signature(for: "verification", over: bytes)
        #expect(signature.count == 32)
        #expect(verification.isValidSignature(keyID: keyID, signature: signature, over: bytes))
        #expect(!verification.isValidSignature(keyID: keyID, signature: signature, over: bytes + [0]))
        #expect(!verification.isValidSignature(keyID: keyID, signature: Array(signature.dropLast()), over: bytes))
        #expect(!verification.isValidSignature(keyID: "verification-9", signature: signature, over: bytes))
        // Signed for another service, and the key of that other service happens to be held.
        let foreign = try verification.signature(for: "intake", over: bytes)
        #expect(!verification.isValidSignature(keyID: foreign.keyID, signature: foreign.signature, over: bytes))
    }

    @Test func whatIsKeptAtRestOpensInItsContextOnly() throws {
        let (intake, verification) = try self.pair()
        let photo = (0..<30_000).map { UInt8(truncatingIfNeeded: $0) }
        let kept = try intake.sealLocal(photo, context: "material|1")
        #expect(try intake.openLocal(kept, context: "material|1") == photo)
        #expect(try intake.openLocal(intake.sealLocal([], context: "e"), context: "e") == [])
        #expect(self.code { try intake.openLocal(kept, context: "material|2") } == .unsealable)
        // Verification holds intake's key for sending, and still reads nothing of intake's own files from elsewhere.
        let broken: [[UInt8]] = [
            [], [1], [1, 0], [1, 255, 1], [2] + kept.dropFirst(), Array(kept.dropLast()), [1, 3] + kept.dropFirst(2),
        ]
        for broken in broken {
            #expect(self.code { try intake.openLocal(broken, context: "material|1") } != nil)
        }
        #expect(verification.service == "verification")
    }

    @Test func bothFormsOfAnIdentityNumberHashAlikeInEveryService() throws {
        let (intake, verification) = try self.pair()
        let long = try IdentityNumber("341602195304120018")
        let short = try IdentityNumber("341602530412001")
        #expect(intake.identityHash(long).count == 32)
        #expect(intake.identityHash(long) == intake.identityHash(short))
        #expect(intake.identityHash(long) == verification.identityHash(long))
        #expect(try intake.identityHash(long) != self.pair().intake.identityHash(long))
    }

    @Test(arguments: [
        ("", "JSON"), ("{}", "JSON"), (#"{"service":"intake","keys":[],"identityHashKey":"AAAA"}"#, "no active key"),
        (
            #"{"service":"intake","keys":[{"id":"intake-1","service":"intake","secret":"AAAA","active":true}],"identityHashKey":"AAAA"}"#,
            "intake-1"
        ),
    ])
    func aWrongKeyFileSaysWhatIsWrong(text: String, words: String) {
        do throws(AccessError) {
            _ = try KeyRing(json: text)
            Issue.record("accepted")
        } catch {
            #expect(error.code == .keyMaterial)
            #expect(error.en.contains(words))
        }
    }

    @Test func twoActiveKeysOrTwoOfOneIDAreRefused() throws {
        let secret = Data(repeating: 7, count: 32).base64EncodedString()
        func file(_ ids: [String]) -> String {
            let keys = ids.map { #"{"id":"\#($0)","service":"intake","secret":"\#(secret)","active":true}"# }
            return #"{"service":"intake","keys":[\#(keys.joined(separator: ","))],"identityHashKey":"\#(secret)"}"#
        }
        #expect(self.code { try KeyRing(json: file(["intake-1"])) } == nil)
        #expect(self.code { try KeyRing(json: file(["intake-1", "intake-1"])) } == .keyMaterial)
        #expect(self.code { try KeyRing(json: file(["intake-1", "intake-2"])) } == .keyMaterial)
    }

    @Test func noSecretShowsInADump() throws {
        let files = try KeyRing.generate(services: ["intake"])
        let text = try #require(files["intake"])
        let secret = try #require(text.split(separator: "\"secret\" : \"").last?.split(separator: "\"").first)
        let ring = try KeyRing(json: text)
        var dumped = ""
        dump(ring, to: &dumped)
        #expect(!dumped.contains(secret) && !"\(ring)".contains(secret))
        #expect("\(ring)" == "KeyRing(intake: intake-1)")
    }
}
