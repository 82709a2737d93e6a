import CardProgramme
import FoundationEssentials
import Messaging
import PostgreSQL
import SeatCount
import Storage

/// Writes appointments, those that come together in one transaction. Here it is decided who gets a seat.
final class SeatWriter: Sendable {
    enum Outcome: Sendable, Equatable {
        case taken(Appointment)
        /// This very wish was written before.
        case known(Appointment)
        /// The id belongs to something else.
        case idTaken
        case alreadyLive
        case full
    }

    private let appointments: AppointmentRepository
    private let endpoint: MessageEndpoint
    private let counter: any SeatCounter
    private let groups: GroupedCalls<AppointmentRepository.Order, Appointment?>
    private let obstacles: GroupedCalls<AppointmentRepository.Order, AppointmentRepository.Obstacle>

    /// Orders in a transaction at most, and transactions at the same time: enough for a rush, and so few that other work
    /// still finds a connection.
    static let largestGroup = 64
    static let lanes = 2

    /// - Parameter counter: is told of each group, after it and for all at once; nobody waits for that, since a seat that
    ///   was never settled is looked up.
    init(appointments: AppointmentRepository, endpoint: MessageEndpoint, counter: any SeatCounter, faults: FaultPlan) {
        self.appointments = appointments
        self.endpoint = endpoint
        self.counter = counter
        self.groups = GroupedCalls(largest: Self.largestGroup, lanes: Self.lanes) { orders in
            let results = await Self.write(orders, endpoint)
            let taken = results.compactMap { try? $0.get()?.counted }
            if !taken.isEmpty {
                Task {
                    await counter.settle(taken)
                    faults.reached(.seatSettled)
                }
            }
            return results
        }
        self.obstacles = GroupedCalls(largest: Self.largestGroup, lanes: 1) { orders in
            do {
                return try await appointments.obstacles(orders).map(Result.success)
            } catch {
                return orders.map { _ in .failure(error) }
            }
        }
    }

    func take(_ order: AppointmentRepository.Order) async throws -> Outcome {
        if let taken = try await self.groups.run(order) { return .taken(taken) }
        // Nothing was got; why is asked only now, for all at once who got nothing.
        let obstacle = try await self.obstacles.run(order)
        if obstacle.isIDTaken, let known = try await self.appointments.find(order.id) {
            return Self.compare(known, order)
        }
        if obstacle.isLive { return .alreadyLive }
        guard obstacle.hasSeat || order.seesReturned else { return .full }
        // A seat may have been under somebody's hand: look once more, and wait for it.
        let late = try await self.endpoint.transaction { work in
            try await Self.take([order], patient: true, in: work)[0]
        }
        if let late {
            if let seat = late.counted { await self.counter.settle([seat]) }
            return .taken(late)
        }
        if let known = try await self.appointments.find(order.id) { return Self.compare(known, order) }
        return .full
    }

    private static func compare(_ known: Appointment, _ order: AppointmentRepository.Order) -> Outcome {
        known.person == order.person && known.purpose == order.purpose && known.slot == order.slot
            && known.state.isLive
            ? .known(known) : .idTaken
    }

    private static func write(
        _ orders: [AppointmentRepository.Order], _ endpoint: MessageEndpoint
    ) async -> [Result<Appointment?, any Error>] {
        do {
            return try await endpoint.transaction { work in try await Self.take(orders, patient: false, in: work) }
                .map(Result.success)
        } catch let error as PostgresError where orders.count > 1 && !error.isOutage {
            // One of them cannot be written: the others shall not suffer for it.
            var results: [Result<Appointment?, any Error>] = []
            for order in orders { results += await Self.write([order], endpoint) }
            return results
        } catch {
            return orders.map { _ in .failure(error) }
        }
    }

    private static func take(
        _ orders: [AppointmentRepository.Order], patient: Bool, in work: UnitOfWork
    ) async throws -> [Appointment?] {
        let taken = try await AppointmentRepository.take(orders, patient: patient, in: work.sql)
        for (appointment, order) in zip(taken, orders) {
            guard let appointment, appointment.state == .confirmed else { continue }
            try work.emitChange(of: appointment, .confirm, at: order.at)
        }
        return taken
    }
}

extension Appointment {
    /// As a count knows its seat.
    fileprivate var counted: CountedSeat? { self.slot.map { CountedSeat(slot: $0, id: self.id) } }
}
