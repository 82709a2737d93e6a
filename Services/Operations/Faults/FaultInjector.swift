import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import Messaging
import RabbitMQ
import Storage

/// Lets one fault happen, several times, while submissions flow.
struct FaultInjector: Sendable {
    /// What the strikes were, and what they must leave behind.
    struct Result: Sendable {
        var strikes: [String] = []
        var expectedParked = 0
        var expectedHeld = 0
    }

    let fault: Fault
    let session: RunSession
    let servers: ServerControl
    let ledger: FlowLedger
    let programme: Programme
    let proxy: CuttableProxy?
    let crashSubject: UUID

    /// Where in the flow strikes come, as parts of its work: never before its beginning and never at its end.
    private static let often = [0.12, 0.28, 0.44, 0.6, 0.76]
    private static let seldom = [0.2, 0.5]

    func run() async throws -> Result {
        switch self.fault.kind {
        case .none, .tap, .crash: return Result()
        case .kill(let service):
            return try await self.strike(Self.often) {
                self.session.fleet.signal(.init(service: service, instance: 1), SIGKILL)
            }
        case .killServer(let server):
            return try await self.strike(Self.seldom) {
                try await self.servers.killAndStart(server)
                return true
            }
        case .stop(let service):
            return try await self.strike([0.3]) {
                let member = Fleet.Member(service: service, instance: 1)
                guard self.session.fleet.signal(member, SIGSTOP) else { return false }
                defer { self.session.fleet.signal(member, SIGCONT) }
                try await Task.sleep(for: .seconds(20))
                return true
            }
        case .stopServer(let server):
            return try await self.strike([0.3]) {
                try await self.servers.freeze(server, for: .seconds(20))
                return true
            }
        case .cut: return try await self.cut()
        case .memoryAlarm:
            return try await self.strike(Self.seldom) {
                try await self.servers.memoryAlarm(for: .seconds(4))
                return true
            }
        case .undecodableBody:
            return try await self.inject(from: .intake, to: .notification, type: NoticeRequested.type, followed: true) {
                _, subject in
                [Array("{\"noticeID\": \"甲".utf8), try Injection.notice(about: subject, person: UUIDv7.generate())]
            }
        case .alwaysFailing:
            return try await self.inject(from: .review, to: .issuance, type: SubmissionApproved.type, followed: false) {
                injection, subject in
                [try injection.impossibleApproval(of: subject, programme: self.programme)]
            }
        case .processCrasher: return try await self.crasher()
        case .hostileMessages: return try await self.hostile()
        }
    }

    private func strike(
        _ moments: [Double], _ body: () async throws -> Bool
    ) async throws -> Result {
        var result = Result()
        for moment in moments {
            guard try await self.reach(moment) else { break }
            let progress = self.ledger.progress
            // A process that is just starting again is struck a moment later.
            while try await !body() { try await Task.sleep(for: .milliseconds(10)) }
            result.strikes.append("\(Int(progress * 100)) %")
        }
        return result
    }

    /// Waits until so much of the work is done. - Returns: false when the flow has ended.
    private func reach(_ moment: Double) async throws -> Bool {
        while self.ledger.progress < moment {
            if self.ledger.isFinished { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return !self.ledger.isFinished
    }

    private func cut() async throws -> Result {
        guard let proxy = self.proxy else { throw OperationsError("there is no proxy to cut") }
        let number = Counter()
        return try await self.strike(Self.often) {
            guard proxy.count > 0 else { return false }
            switch number.next() % 3 {
            case 0: proxy.cut()
            case 1:
                proxy.freeze(true)
                try await Task.sleep(for: .seconds(3))
                proxy.cut()
                proxy.freeze(false)
            default: proxy.halfClose()
            }
            return true
        }
    }

    private func inject(
        from producer: ServiceName, to receiver: ServiceName, type: String, followed: Bool,
        _ bodies: (Injection, UUID) throws -> [[UInt8]]
    ) async throws -> Result {
        let injection = Injection(
            session: self.session, installation: self.session.run.installation, producer: producer, receiver: receiver)
        var result = try await self.strike([0.15, 0.4, 0.6]) {
            let subject = UUIDv7.generate()
            try await injection.send(try bodies(injection, subject), type: type, subject: subject)
            return true
        }
        result.expectedParked = result.strikes.count
        result.expectedHeld = followed ? result.strikes.count : 0
        return result
    }

    private func crasher() async throws -> Result {
        let injection = Injection(
            session: self.session, installation: self.session.run.installation, producer: .intake,
            receiver: .notification)
        let subject = self.crashSubject
        var result = try await self.strike([0.15]) {
            try await injection.send(
                [try Injection.notice(about: subject, person: UUIDv7.generate())], type: NoticeRequested.type,
                subject: subject)
            return true
        }
        result.expectedParked = result.strikes.count
        return result
    }

    private func hostile() async throws -> Result {
        let run = self.session.run
        let hostile = HostileMessages(
            topology: MessageTopology(namespace: run.namespace), receiver: .verification,
            keyRing: try .init(file: "\(run.installation.keysDirectory)/intake.json"), producer: .intake)
        let messages = try hostile.all()
        var result = try await self.strike([0.2]) {
            _ = try await hostile.send(messages, over: run.installation.broker)
            return true
        }
        result.expectedParked = result.strikes.isEmpty ? 0 : messages.count
        return result
    }
}

/// Counts strikes.
private final class Counter {
    private var value = -1
    func next() -> Int {
        self.value += 1
        return self.value
    }
}
