import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Glibc
import NIOConcurrencyHelpers
import Portrait

/// People at the stations' counters: registered beforehand, then handing in their submission with a photo.
struct Applicants: Sendable {
    let people: [RehearsalPerson]
    let desk: Desk
    let log: WorkLog
    /// Size of every photo.
    let photoBytes: Int
    /// Ids of registered people, by index.
    private let registered: NIOLockedValueBox<[Int: UUID]>

    init(people: [RehearsalPerson], desk: Desk, log: WorkLog, photoBytes: Int) {
        self.people = people
        self.desk = desk
        self.log = log
        self.photoBytes = photoBytes
        self.registered = NIOLockedValueBox(Dictionary(minimumCapacity: people.count))
    }

    func register(_ range: Range<Int>, connections: Int) async throws {
        try await Self.loop(range, width: connections) { index in
            let person = self.people[index]
            let body = try ContractCoding.encode(person.registration)
            let made = try await self.log.record(.register, bytes: body.count, submissions: 1) {
                try await self.desk.call(
                    .intake, "POST", "/api/persons", as: .station, station: person.station, body: body,
                    answer: Made.self)
            }
            self.registered.withLockedValue { $0[index] = made.id }
        }
    }

    /// Closed loop: each connection takes the next person when it has finished with the one before.
    func submit(_ range: Range<Int>, connections: Int) async throws {
        try await Self.loop(range, width: connections) { index in _ = try await self.submit(index) }
    }

    /// One submission as it was answered, seconds since 1970.
    struct Arrival: Sendable {
        let submission: UUID
        let scheduled: Double
        let accepted: Double
        let photoStored: Double
    }

    /// Open loop: everybody comes at an hour of their own, whether or not those before have been answered.
    ///
    /// The gaps are exponential, as of people who know nothing of each other. Latencies count from the scheduled moment, so
    /// what a slow answer does to those who come after it is in them.
    func submit(_ range: Range<Int>, rate: Double, chance: Chance) async throws -> [Arrival] {
        let start = ContinuousClock.now
        let startWall = Date.now.timeIntervalSince1970
        return try await withThrowingTaskGroup(of: Arrival.self) { group in
            var due = 0.0
            for index in range {
                due += -log1p(-chance.unit(person: index, "bench.gap")) / rate
                let moment = start + .seconds(due)
                // Sleeping wakes up a millisecond late at times; several who are due by then come at once.
                if ContinuousClock.now < moment {
                    try await Task.sleep(until: moment, tolerance: .zero, clock: .continuous)
                }
                let scheduled = startWall + due
                group.addTask { try await self.submit(index, scheduled: scheduled) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func submit(_ index: Int, scheduled: Double = 0) async throws -> Arrival {
        let person = self.people[index]
        guard let id = self.registered.withLockedValue({ $0[index] }) else {
            throw OperationsError("person \(index) was not registered")
        }
        let form = IntakeAPI.NewSubmission(
            personID: id, cardKind: person.cardKind, bank: person.bank, channel: .onSite, applicationFormSigned: true,
            bankConfirmationSigned: true, originals: person.originals)
        let body = try ContractCoding.encode(form)
        let made = try await self.log.record(.submit, bytes: body.count, submissions: 1) {
            try await self.desk.call(
                .intake, "POST", "/api/submissions", as: .station, station: person.station, key: "bench-\(id)",
                body: body,
                answer: Made.self)
        }
        let accepted = Date.now.timeIntervalSince1970
        let photo = SyntheticPortrait.picture(of: index, bytes: self.photoBytes)
        _ = try await self.log.record(.photo, bytes: photo.count, submissions: 1) {
            try await self.desk.send(
                .intake, "PUT", "/api/submissions/\(made.id)/materials/photo", as: .station, station: person.station,
                body: photo, type: "image/jpeg")
        }
        return Arrival(
            submission: made.id, scheduled: scheduled, accepted: accepted, photoStored: Date.now.timeIntervalSince1970)
    }

    /// Only the id is of interest; a generator that decodes whole answers takes processors from what it measures.
    private struct Made: Decodable {
        let id: UUID
    }

    private static func loop(
        _ range: Range<Int>, width: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let next = NIOLockedValueBox(range.lowerBound)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, min(width, range.count)) {
                group.addTask {
                    while true {
                        let index = next.withLockedValue { next -> Int? in
                            guard next < range.upperBound else { return nil }
                            defer { next += 1 }
                            return next
                        }
                        guard let index else { return }
                        try await body(index)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
