import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import TestSupport
import Testing

extension Integration {
    /// Names, identity numbers, phones and addresses are nowhere in the clear.
    @Suite struct PrivacyTests {
        /// The forms in which a text could stand somewhere: as it is, escaped in JSON, as hexadecimal, and in base64 at any
        /// of the three places it can begin in a longer text.
        private func forms(of text: String) -> [String] {
            let bytes = Array(text.utf8)
            let digits = Array("0123456789abcdef")
            let hex = String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
            let escaped = text.utf16.map { unit in
                unit < 0x80 ? String(Unicode.Scalar(UInt8(unit))) : "\\u" + String(unit, radix: 16)
            }.joined()
            let base64 = (0..<3).map { shift in
                let coded = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
                // The first and last characters also depend on what stands beside the text.
                return String(coded.dropFirst(shift == 0 ? 0 : shift + 1).prefix(bytes.count * 4 / 3 - 3))
            }
            return Array(Set([text, hex, escaped] + base64))
        }

        private func secrets(_ stand: ServiceStand) throws -> [String] {
            try (0..<stand.numbersGiven).flatMap { number in
                let person = TestPerson(number: number)
                let full = try person.identityNumber
                return [person.name, full, try person.legacyNumber, person.phone, person.address]
            } + ["测试签收人"]
        }

        private func found(in text: String, of secrets: [String]) -> [String] {
            // Only what could be there at all is looked for by each form: one pass per form over a few megabytes.
            let bytes = Array(text.utf8)
            return secrets.filter { secret in self.forms(of: secret).contains { Self.contains(bytes, Array($0.utf8)) } }
        }

        private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
            guard let first = part.first, part.count <= text.count else { return false }
            return unsafe text.withUnsafeBufferPointer { text in
                unsafe part.withUnsafeBufferPointer { part in
                    var index = 0
                    while index <= text.count - part.count {
                        if unsafe text[index] == first {
                            var offset = 1
                            while unsafe offset < part.count && text[index + offset] == part[offset] { offset += 1 }
                            if offset == part.count { return true }
                        }
                        index += 1
                    }
                    return false
                }
            }
        }

        @Test func theSearchFindsWhatItLooksFor() {
            let secret = TestPerson(number: 3).name
            for hidden in [secret, "x\(secret)y", Data("{\"n\":\"\(secret)\"}".utf8).base64EncodedString()] {
                #expect(self.found(in: "{\"a\":\"\(hidden)\"}", of: [secret]) == [secret], "\(hidden)")
            }
            #expect(self.found(in: "nothing", of: [secret]).isEmpty)
        }

        @Test func logsHoldNothingPersonal() async throws {
            let fixtures = try await Fixtures.shared()
            let secrets = try self.secrets(fixtures.stand)
            for service in ServiceName.allCases {
                // A refused body must not reach the log either.
                for route in Routes.all where route.service == service && route.hasBody {
                    _ = try await route.call(
                        fixtures, as: route.caller(fixtures),
                        body: Array("{\"name\":\"\(fixtures.registered.person.name)\",".utf8))
                }
                let log = try String(contentsOfFile: fixtures.stand.log(of: service), encoding: .utf8)
                #expect(log.utf8.count > 1000, "\(service) logs at debug")
                #expect(self.found(in: log, of: secrets).isEmpty, "\(service)")
                // Tokens give access for an hour.
                #expect(!log.contains("eyJ"), "\(service)")
            }
        }

        @Test func metricsHoldNothingPersonal() async throws {
            let fixtures = try await Fixtures.shared()
            let secrets = try self.secrets(fixtures.stand)
            for service in ServiceName.allCases {
                let text = try await fixtures.stand.call(service, "GET", "/metrics").text
                #expect(self.found(in: text, of: secrets).isEmpty, "\(service)")
                // No id of a person or submission either: a label per person would grow without end.
                #expect(
                    !text.contains(fixtures.registered.personID.uuidString)
                        && !text.contains(fixtures[.delivered].id.uuidString))
            }
        }

        @Test(arguments: ServiceName.allCases)
        func messagesAndTablesHoldNothingPersonalInTheClear(service: ServiceName) async throws {
            let fixtures = try await Fixtures.shared()
            try await fixtures.stand.settle()
            let secrets = try self.secrets(fixtures.stand)
            let rows = try await fixtures.stand.rows(of: service)
            #expect(rows.count > 20)
            #expect(service == .notification || rows.contains { $0.table.hasPrefix("emitted_") })
            for (table, text) in Dictionary(grouping: rows, by: \.table).mapValues({
                $0.map(\.text).joined(separator: "\n")
            }) {
                #expect(self.found(in: text, of: secrets).isEmpty, "\(service) \(table)")
            }
            // A photo at rest begins with nothing a viewer knows.
            #expect(!rows.contains { $0.table == "material" && $0.text.contains("\\\\xffd8ff") })
        }

        @Test func answersMaskTheNumber() async throws {
            let fixtures = try await Fixtures.shared()
            let calls: [(ServiceName, String, SubmissionStageOf)] = [
                (.intake, "/api/persons/", .person), (.issuance, "/api/orders/", .card),
            ]
            for (service, path, kind) in calls {
                let journey = kind == .person ? fixtures.registered : fixtures[.atStation]
                let reply = try await fixtures.stand.call(
                    service, "GET", "\(path)\(kind == .person ? journey.personID : journey.id)", as: Staff.station())
                #expect(reply.status == 200 && reply.text.contains("********"))
                #expect(try !reply.text.contains(journey.person.identityNumber))
                #expect(!reply.text.contains(journey.person.phone))
                #expect(reply.header("Cache-Control") == "no-store")
            }
        }

        private enum SubmissionStageOf { case person, card }
    }
}
