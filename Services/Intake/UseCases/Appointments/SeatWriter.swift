import CardProgramme
import FoundationEssentials
import Messaging
import PostgreSQL
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
    private let groups: GroupedCalls<AppointmentRepository.Order, Appointment?>

    /// Orders in a transaction at most, and transactions at the same time: enough for a rush, and so few that other work
    /// still finds a connection.
    static let largestGroup = 64
    static let lanes = 3

    init(appointments: AppointmentRepository, endpoint: MessageEndpoint) {
        self.appointments = appointments
        self.endpoint = endpoint
        self.groups = GroupedCalls(largest: Self.largestGroup, lanes: Self.lanes) { orders in
            await Self.write(orders, endpoint)
        }
    }

    func take(_ order: AppointmentRepository.Order) async throws -> Outcome {
        if let taken = try await self.groups.run(order) { return .taken(taken) }
        // Nobody got anything; why is asked only now, since it is rare.
        if let known = try await self.appointments.find(order.id) { return Self.compare(known, order) }
        if let person = order.person, try await self.appointments.live(of: person, order.purpose) != nil {
            return .alreadyLive
        }
        // A seat may have been under somebody's hand: look once more, and wait for it.
        let late = try await self.endpoint.transaction { work in
            try await Self.take([order], patient: true, in: work)[0]
        }
        if let late { return .taken(late) }
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
