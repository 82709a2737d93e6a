import Access
import Crypto
import FoundationEssentials
import Testing

@Suite struct TokenTests {
    private let now = Date(timeIntervalSince1970: 1_646_100_000)
    private let station = Principal(subject: "staff-7", role: .station, division: "341602", station: "341602-01")

    private func pair() throws -> (TokenSigner, TokenVerifier) {
        let keys = TokenSigner.generatePair()
        return (try TokenSigner(privateKey: keys.privateKey), try TokenVerifier(publicKey: keys.publicKey))
    }

    private func base64URL(_ bytes: some DataProtocol) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }

    private func code(_ token: String, _ verifier: TokenVerifier, at instant: Date? = nil) -> AccessError.Code? {
        do throws(AccessError) {
            _ = try verifier.verify(token, at: instant ?? self.now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func aSignedTokenGivesItsPrincipalBack() throws {
        let (signer, verifier) = try self.pair()
        let person = Principal(subject: "p", role: .applicant, division: "341602", person: UUID())
        for principal in [self.station, person, Principal(subject: "b", role: .bureau, division: "341602")] {
            let token = try signer.sign(principal, issuedAt: self.now, lifetime: .seconds(60))
            #expect(try verifier.verify(token, at: self.now) == principal)
        }
    }

    /// Checked against the Crypto library alone, so that signer and verifier cannot agree on something of their own.
    @Test func aTokenIsAJWSOverEd25519() throws {
        let keys = TokenSigner.generatePair()
        let token = try TokenSigner(privateKey: keys.privateKey).sign(
            self.station, issuedAt: self.now, lifetime: .seconds(60))
        let parts = token.split(separator: ".")
        #expect(parts.count == 3)
        #expect(parts[0] == "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9")
        var signature = String(parts[2].map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        while signature.utf8.count % 4 != 0 { signature += "=" }
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: #require(Data(base64Encoded: keys.publicKey)))
        let bytes = try #require(Data(base64Encoded: signature))
        #expect(key.isValidSignature(bytes, for: Data("\(parts[0]).\(parts[1])".utf8)))
    }

    @Test func aTokenIsRefusedFromTheSecondItExpires() throws {
        let (signer, verifier) = try self.pair()
        let token = try signer.sign(self.station, issuedAt: self.now, lifetime: .seconds(60))
        #expect(self.code(token, verifier, at: self.now.addingTimeInterval(59.9)) == nil)
        #expect(self.code(token, verifier, at: self.now.addingTimeInterval(60)) == .tokenExpired)
        #expect(self.code(token, verifier, at: self.now.addingTimeInterval(-120)) == .tokenNotYetValid)
    }

    @Test func aTokenOfAnotherInstallationIsForeign() throws {
        let (signer, _) = try self.pair()
        let (_, verifier) = try self.pair()
        let token = try signer.sign(self.station, issuedAt: self.now, lifetime: .seconds(60))
        #expect(self.code(token, verifier) == .tokenForeign)
    }

    @Test func changingAnyPartBreaksTheToken() throws {
        let (signer, verifier) = try self.pair()
        let token = try signer.sign(self.station, issuedAt: self.now, lifetime: .seconds(60))
        let characters = Array(token)
        for index in stride(from: 0, to: characters.count, by: 7) where characters[index] != "." {
            var changed = characters
            changed[index] = changed[index] == "A" ? "B" : "A"
            #expect(self.code(String(changed), verifier) != nil, "character \(index)")
        }
    }

    @Test(arguments: ["none", "HS256", "ES256", "eddsa"])
    func onlyEdDSAIsAccepted(algorithm: String) throws {
        let (signer, verifier) = try self.pair()
        let parts = try signer.sign(self.station, issuedAt: self.now, lifetime: .seconds(60)).split(separator: ".")
        let header = self.base64URL(Data(#"{"alg":"\#(algorithm)","typ":"JWT"}"#.utf8))
        #expect(self.code("\(header).\(parts[1]).\(parts[2])", verifier) == .tokenForeign)
        #expect(self.code("\(header).\(parts[1]).", verifier) == .tokenForeign)
    }

    @Test(arguments: [
        "", ".", "..", "a.b", "a.b.c.d", "not a token", "eyJhbGciOiJFZERTQSJ9.e30.AA==", "eyJhbGciOiJFZERTQSJ9..",
        "Bearer x", "令牌",
    ])
    func garbageIsRefused(token: String) throws {
        let (_, verifier) = try self.pair()
        #expect(self.code(token, verifier) != nil)
    }

    @Test func anOverlongTextIsRefusedBeforeAnyWork() throws {
        let (_, verifier) = try self.pair()
        #expect(self.code(String(repeating: "A", count: 1_000_000), verifier) == .tokenMalformed)
    }

    @Test func aTokenForAnotherAudienceIsForeignEvenWithTheRightKey() throws {
        let key = Curve25519.Signing.PrivateKey()
        let verifier = try TokenVerifier(publicKey: key.publicKey.rawRepresentation.base64EncodedString())
        func token(_ claims: String) throws -> String {
            let input = "\(self.base64URL(Data(#"{"alg":"EdDSA"}"#.utf8))).\(self.base64URL(Data(claims.utf8)))"
            return "\(input).\(self.base64URL(try key.signature(for: Data(input.utf8))))"
        }
        let body = #""iss":"youdai","sub":"s","role":"bureau","division":"341602","iat":1646099990,"exp":1646100090"#
        #expect(self.code(try token(#"{"aud":"youdai",\#(body)}"#), verifier) == nil)
        #expect(self.code(try token(#"{"aud":"other",\#(body)}"#), verifier) == .tokenForeign)
        #expect(self.code(try token("{\(body)}"), verifier) == .tokenMalformed)
        // A station's token without its station would reach nothing, one of an applicant without person must not exist.
        let applicant = body.split(separator: "bureau").joined(separator: "applicant")
        #expect(self.code(try token(#"{"aud":"youdai",\#(applicant)}"#), verifier) == .tokenMalformed)
    }

    @Test func roleAndReachMustBelongTogether() throws {
        let (signer, _) = try self.pair()
        let wrong = [
            Principal(subject: "s", role: .station, division: "341602"),
            Principal(subject: "s", role: .applicant, division: "341602"),
            Principal(subject: "s", role: .bureau, division: "341602", station: "341602-01"),
            Principal(subject: "s", role: .centre, division: "341602", person: UUID()),
            Principal(subject: "", role: .centre, division: "341602"),
            Principal(subject: "s", role: .centre, division: ""),
            Principal(subject: "s", role: .centre, division: "3416*"),
        ]
        for principal in wrong {
            #expect(throws: AccessError.self) { try signer.sign(principal, issuedAt: self.now, lifetime: .seconds(1)) }
        }
    }

    @Test func severalPublicKeysMayBeValidAtOnce() throws {
        let old = TokenSigner.generatePair()
        let new = TokenSigner.generatePair()
        let verifier = try TokenVerifier(publicKey: "\(new.publicKey)\n\n\(old.publicKey)\r\n")
        for pair in [old, new] {
            let token = try TokenSigner(privateKey: pair.privateKey).sign(
                self.station, issuedAt: self.now, lifetime: .seconds(9))
            #expect(self.code(token, verifier) == nil)
        }
    }

    @Test(arguments: ["", "   ", "AAAA", "!", "令牌"])
    func aWrongKeyFileIsNamedAndNotQuoted(text: String) {
        #expect(throws: AccessError.self) { try TokenSigner(privateKey: text) }
        #expect(throws: AccessError.self) { try TokenVerifier(publicKey: text) }
        do throws(AccessError) {
            _ = try TokenVerifier(file: "/nonexistent/token.pub")
        } catch {
            #expect(error.en.contains("/nonexistent/token.pub"))
        }
    }
}
