import Access
import Crypto
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Who is not known is let in nowhere.
    @Suite struct TokenTests {
        /// What arrives instead of a good token: the header's value and the code it is answered with.
        private func badTokens(
            _ stand: ServiceStand, _ principal: Principal
        ) throws -> [(what: String, header: String?, code: String)] {
            let good = try stand.token(principal)
            let parts = good.split(separator: ".").map(String.init)
            let foreign = try TokenSigner(privateKey: TokenSigner.generatePair().privateKey)
            let none = Self.base64URL(Data(#"{"alg":"none","typ":"JWT"}"#.utf8))
            let hmacHeader = Self.base64URL(Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
            // The public key as an HMAC secret: the classic confusion (RFC 8725 §2.1).
            let secret = SymmetricKey(
                data: (try? Data(contentsOf: URL(filePath: "\(stand.installation.keysDirectory)/token.pub"))) ?? Data())
            let hmac = Self.base64URL(
                Data(HMAC<SHA256>.authenticationCode(for: Data("\(hmacHeader).\(parts[1])".utf8), using: secret)))
            let mighty = Self.base64URL(
                Data(
                    #"{"aud":"youdai","division":"340000","exp":99999999999,"iat":1,"iss":"youdai","role":"bureau","sub":"x"}"#
                        .utf8))
            return [
                ("none", nil, "token.missing"),
                ("another scheme", "Basic \(good)", "token.missing"),
                ("empty", "Bearer ", "token.missing"),
                ("no token at all", "Bearer abc", "token.malformed"),
                ("cut off", "Bearer \(good.dropLast(3))", "token."),
                ("two parts", "Bearer \(parts[0]).\(parts[1])", "token.malformed"),
                (
                    "expired",
                    "Bearer \(try stand.signer.sign(principal, issuedAt: Date.now - 7200, lifetime: .seconds(3600)))",
                    "token.expired"
                ),
                (
                    "of tomorrow",
                    "Bearer \(try stand.signer.sign(principal, issuedAt: Date.now + 86400, lifetime: .seconds(3600)))",
                    "token.not_yet_valid"
                ),
                (
                    "another key", "Bearer \(try foreign.sign(principal, issuedAt: .now, lifetime: .seconds(3600)))",
                    "token.foreign"
                ),
                ("tampered", "Bearer \(parts[0]).\(mighty).\(parts[2])", "token.foreign"),
                ("alg none", "Bearer \(none).\(parts[1]).", "token."),
                ("alg none with a signature", "Bearer \(none).\(parts[1]).\(parts[2])", "token."),
                ("HMAC", "Bearer \(hmacHeader).\(parts[1]).\(hmac)", "token."),
                ("of 100 KB", "Bearer \(String(repeating: "a", count: 30_000))", "token.malformed"),
            ]
        }

        private static func base64URL(_ data: Data) -> String {
            String(data.base64EncodedString().compactMap { $0 == "=" ? nil : $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        }

        @Test func everyRouteRefusesEveryBadTokenWith401AndChangesNothing() async throws {
            let fixtures = try await Fixtures.shared()
            let before = try await fixtures.stand.digests()
            for route in Routes.all {
                for token in try self.badTokens(fixtures.stand, route.caller(fixtures)) {
                    let reply = try await route.call(
                        fixtures, headers: token.header.map { [("Authorization", $0)] } ?? [])
                    let call = "\(route) with a token: \(token.what)"
                    // Some tokens are too long for a header; then it need not be 401, but never anything below 400.
                    guard reply.status == 401 else {
                        #expect(
                            token.what == "of 100 KB" && (400..<500).contains(reply.status), "\(call): \(reply.status)")
                        continue
                    }
                    let told = reply.told(call)
                    #expect(told?.code.hasPrefix(token.code) == true, "\(call): \(told?.code ?? "")")
                    #expect(reply.header("WWW-Authenticate") == "Bearer", "\(call)")
                }
            }
            #expect(try await fixtures.stand.digests() == before)
        }

        @Test func aTokenWhoseRoleAndReachDoNotBelongTogetherIsRefused() async throws {
            let stand = try await ServiceStand.shared()
            #expect(throws: AccessError.self) {
                try stand.token(Principal(subject: "x", role: .station, division: Staff.division))
            }
            #expect(throws: AccessError.self) {
                try stand.token(
                    Principal(subject: "x", role: .centre, division: Staff.division, station: Staff.ownStation))
            }
            #expect(throws: AccessError.self) {
                try stand.token(Principal(subject: "x", role: .applicant, division: Staff.division))
            }
        }
    }
}
