import Access
import Contracts
import FoundationEssentials
import HTTPCalls
import NIOConcurrencyHelpers

/// The services' interfaces as applicants and staff call them, with tokens of the right role.
///
/// A call whose answer is lost is made again until it is answered: every call here is safe to repeat, because the services
/// recognise what they already did. A refusal with 409 after a lost answer therefore means that the first call was heard.
final class Desk: Sendable {
    /// A refusal by a service, with its own sentence.
    struct Refusal: Error, Sendable, CustomStringConvertible {
        let status: Int
        let code: String
        let english: String
        /// An earlier try of the same call may have been carried out.
        let afterLostAnswer: Bool

        var description: String { "\(self.status) \(self.code): \(self.english)" }
    }

    /// Counts of what happened on the wire.
    struct Figures: Sendable {
        var calls = 0
        var lostAnswers = 0
        var refusals = 0
        var open = 0
    }

    private let callers: [ServiceName: HTTPCaller]
    private let signer: TokenSigner
    private let division: String
    /// Opaque id in every token; nil for one by role.
    private let subject: String?
    private let tokens = NIOLockedValueBox<[String: String]>([:])
    private let counted = NIOLockedValueBox(Figures())
    /// How long a call is repeated before it is given up.
    let patience: Duration

    init(
        addresses: [ServiceName: (host: String, port: Int)], signer: TokenSigner, division: String, connections: Int,
        patience: Duration = .seconds(90), subject: String? = nil
    ) {
        self.subject = subject
        self.callers = addresses.mapValues {
            HTTPCaller(host: $0.host, port: $0.port, connections: connections, timeout: .seconds(15))
        }
        self.signer = signer
        self.division = division
        self.patience = patience
    }

    convenience init(run: Run, division: String, connections: Int, patience: Duration = .seconds(90)) throws {
        self.init(
            addresses: run.ports.mapValues { ("127.0.0.1", $0) }, signer: try run.installation.signer(),
            division: division, connections: connections, patience: patience)
    }

    func shutdown() async {
        for caller in self.callers.values { await caller.shutdown() }
    }

    var figures: Figures { self.counted.withLockedValue { $0 } }

    /// - Throws: ``Refusal`` for an answer of 400 and above other than 429 and 503, ``OperationsError`` when patience ends.
    func call<Answer: Decodable>(
        _ service: ServiceName, _ method: String, _ path: String, as role: Role, station: String? = nil,
        person: UUID? = nil,
        key: String? = nil, body: [UInt8] = [], type: String = "application/json", answer: Answer.Type
    ) async throws -> Answer {
        let reply = try await self.send(
            service, method, path, as: role, station: station, person: person, key: key, body: body, type: type)
        return try ContractCoding.decode(Answer.self, from: reply.body)
    }

    func post<Answer: Decodable>(
        _ service: ServiceName, _ path: String, _ value: some Encodable, as role: Role, station: String? = nil,
        person: UUID? = nil, key: String? = nil, answer: Answer.Type
    ) async throws -> Answer {
        try await self.call(
            service, "POST", path, as: role, station: station, person: person, key: key,
            body: try ContractCoding.encode(value), answer: answer)
    }

    /// - Parameter clerk: opaque id of one among several who do the same work; nil for the only one.
    @discardableResult
    func send(
        _ service: ServiceName, _ method: String, _ path: String, as role: Role, station: String? = nil,
        person: UUID? = nil, by clerk: String? = nil,
        key: String? = nil, body: [UInt8] = [], type: String = "application/json"
    ) async throws -> HTTPReply {
        guard let caller = self.callers[service] else { throw OperationsError("no address for \(service.rawValue)") }
        var headers = [("Authorization", "Bearer \(try self.token(role, station: station, person: person, clerk))")]
        if !body.isEmpty { headers.append(("Content-Type", type)) }
        if let key { headers.append(("Idempotency-Key", key)) }
        let deadline = ContinuousClock.now + self.patience
        var lostAnswer = false
        var pause = Duration.milliseconds(20)
        self.counted.withLockedValue { $0.open += 1 }
        defer { self.counted.withLockedValue { $0.open -= 1 } }
        while true {
            try Task.checkCancellation()
            do {
                let reply = try await caller.call(method, path, headers: headers, body: body)
                self.counted.withLockedValue { $0.calls += 1 }
                if reply.status < 400 { return reply }
                if reply.status != 503 && reply.status != 429 {
                    self.counted.withLockedValue { $0.refusals += 1 }
                    throw Self.refusal(reply, afterLostAnswer: lostAnswer)
                }
                // 503 may follow a commit whose outcome the service could not learn.
                lostAnswer = true
            } catch let error as HTTPCallError {
                if error != .refused {
                    lostAnswer = true
                    self.counted.withLockedValue { $0.lostAnswers += 1 }
                }
            }
            guard ContinuousClock.now < deadline else {
                throw OperationsError("\(service.rawValue) did not answer \(method) \(path) for \(self.patience).")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    private func token(_ role: Role, station: String?, person: UUID?, _ clerk: String?) throws -> String {
        let name = "\(role.rawValue)|\(station ?? "")|\(person?.uuidString ?? "")|\(clerk ?? "")"
        if let token = self.tokens.withLockedValue({ $0[name] }) { return token }
        let byRole =
            switch role {
            case .station: "\(station ?? "")-clerk"
            case .applicant: "applicant-\(person?.uuidString ?? "")"
            default: "\(role.rawValue)-clerk"
            }
        let token = try self.signer.sign(
            Principal(
                subject: clerk ?? self.subject ?? byRole, role: role, division: self.division, station: station,
                person: person),
            issuedAt: Date.now, lifetime: .seconds(24 * 3600))
        self.tokens.withLockedValue { $0[name] = token }
        return token
    }

    private struct Problem: Decodable {
        struct Body: Decodable {
            let code: String
            let en: String
        }
        let error: Body
    }

    private static func refusal(_ reply: HTTPReply, afterLostAnswer: Bool) -> Refusal {
        let problem = try? ContractCoding.decode(Problem.self, from: reply.body)
        return Refusal(
            status: reply.status, code: problem?.error.code ?? "unreadable", english: problem?.error.en ?? "",
            afterLostAnswer: afterLostAnswer)
    }
}
