import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import ServiceRuntime
import Storage

/// 制证: turns what the province filed into card orders, a whole batch of approvals at a time.
struct OrderCards: Sendable {
    let district: District
    let keyRing: KeyRing
    let seal: HolderSeal
    let clock: ProgrammeClock

    /// - Throws: For the whole batch when one approval cannot become an order; the message layer then finds which.
    func callAsFunction(_ approvals: [Received<SubmissionApproved>], in work: UnitOfWork) async throws {
        let now = self.clock.now()
        let orders = try approvals.map { try self.order($0) }
            .sorted { $0.order.submissionID.uuidString < $1.order.submissionID.uuidString }
        let causes = Dictionary(
            approvals.map { ($0.message.submissionID, $0.envelope) }, uniquingKeysWith: { first, _ in first })
        let new = try await CardOrderWriter(sql: work.sql).insert(orders, at: now)
        for order in orders.map(\.order) {
            switch new[order.submissionID] {
            case .ordered:
                try work.emit(
                    NoticeRequested(
                        noticeID: UUIDv7.generate(), personID: order.personID, submissionID: order.submissionID,
                        purpose: .cardOrdered, requestedAt: now),
                    subject: order.submissionID, to: .notification, lane: order.lane,
                    because: causes[order.submissionID])
            case .cardWithdrawn:
                // Void before there was anything to make (N32): the applicant's view must not wait for a card.
                try work.emit(
                    SubmissionProgressed(
                        submissionID: order.submissionID, round: order.round, step: .cardRevoked, stage: .cardWithdrawn,
                        dueOn: nil, at: now),
                    subject: order.submissionID, to: .intake, lane: order.lane, because: causes[order.submissionID])
            default: break
            }
        }
    }

    private func order(_ approval: Received<SubmissionApproved>) throws -> SealedOrder {
        let approved = approval.message
        guard approved.submissionID == approval.envelope.subject else {
            throw OrderGate.Unsound(rule: "the approval travels under another subject")
        }
        guard approved.division == self.district.division, self.district.stations.contains(approved.station) else {
            throw OrderGate.Unsound(
                rule: "the submission belongs to another district or to no station of the programme")
        }
        let applicant = try self.keyRing.open(
            approved.applicant, type: SubmissionApproved.type, subject: approved.submissionID, field: "applicant")
        let holder = try OrderGate.holder(
            name: applicant.name, identityNumber: applicant.identityNumber, categories: applicant.categories,
            cardKind: approved.cardKind)
        let order = CardOrder(
            submissionID: approved.submissionID, personID: approved.personID, round: approved.round,
            station: approved.station,
            cardKind: approved.cardKind, batch: approved.batch, lane: approved.lane, filedAt: approved.filedAt,
            holder: holder)
        return SealedOrder(order: order, holder: try self.seal.seal(holder, submission: order.submissionID))
    }
}
