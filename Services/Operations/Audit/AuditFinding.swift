import CardProgramme
import Contracts
import FoundationEssentials
import Messaging

/// Something that must not be.
enum AuditFinding: Sendable, Hashable {
    /// Emitted, and neither applied, nor waiting, nor in an outbox. On the broker, or lost: time tells.
    case unapplied(SubjectKey, numbers: [Int])
    /// Applied, and never emitted as far as its producer knows.
    case neverEmitted(SubjectKey, applied: Int, emitted: Int)
    /// The last applied message is not the one that was emitted with that number.
    case differentMessage(SubjectKey, number: Int)
    /// No service has the submission, or more than one has.
    case misplaced(UUID, view: SubmissionStage?, places: [ServiceName])
    /// Intake's view of where it is differs from who has it.
    case viewDiffers(UUID, view: SubmissionStage, actual: SubmissionStage)
    /// A campaign's people do not add up, or an outcome has no evidence.
    case campaign(UUID, problem: String)

    var subject: UUID {
        switch self {
        case .unapplied(let key, _), .neverEmitted(let key, _, _), .differentMessage(let key, _): key.subject
        case .misplaced(let id, _, _), .viewDiffers(let id, _, _), .campaign(let id, _): id
        }
    }

    var text: String {
        switch self {
        case .unapplied(let key, let numbers):
            "lost      \(key.stream) subject \(key.subject) numbers \(numbers.map(String.init).joined(separator: ","))"
        case .neverEmitted(let key, let applied, let emitted):
            "invented  \(key.stream) subject \(key.subject) applied \(applied), emitted \(emitted)"
        case .differentMessage(let key, let number):
            "replaced  \(key.stream) subject \(key.subject) number \(number) is another message than was emitted"
        case .misplaced(let id, let view, let places):
            "misplaced submission \(id) (\(view?.rawValue ?? "unknown to intake")) is with \(places.isEmpty ? "nobody" : places.map(\.rawValue).joined(separator: " and "))"
        case .viewDiffers(let id, let view, let actual):
            "stale     submission \(id) is \(actual.rawValue), intake says \(view.rawValue)"
        case .campaign(let id, let problem): "uncounted campaign \(id): \(problem)"
        }
    }
}

/// Compares the services' databases. Pure.
struct AuditComparison: Sendable {
    let snapshots: [ServiceName: AuditSnapshot]

    /// What does not agree now. Under live traffic some of it is merely under way.
    var findings: Set<AuditFinding> {
        var findings: Set<AuditFinding> = []
        for producer in self.snapshots.values {
            for (key, head) in producer.heads { self.compare(key, head, producer, &findings) }
        }
        for consumer in self.snapshots.values {
            for (key, cursor) in consumer.cursors where cursor.number > 0 {
                let emitted = self.producer(of: key)?.heads[key]?.number ?? 0
                if cursor.number > emitted {
                    findings.insert(.neverEmitted(key, applied: cursor.number, emitted: emitted))
                }
            }
        }
        self.comparePlaces(&findings)
        for campaign in self.snapshots[.notification]?.campaigns ?? [] {
            if let problem = campaign.problem { findings.insert(.campaign(campaign.id, problem: problem)) }
        }
        return findings
    }

    private func compare(
        _ key: SubjectKey, _ head: AuditSnapshot.Mark, _ producer: AuditSnapshot, _ findings: inout Set<AuditFinding>
    ) {
        guard let consumer = self.consumer(of: key) else { return }
        let cursor = consumer.cursors[key]
        let applied = cursor?.number ?? 0
        if applied == head.number, let last = cursor?.id, last != head.id {
            findings.insert(.differentMessage(key, number: applied))
        }
        guard applied < head.number else { return }
        let missing = (applied + 1...head.number).filter { number in
            consumer.waiting[key]?[number] == nil && producer.unsent[key]?.contains(number) != true
        }
        if !missing.isEmpty { findings.insert(.unapplied(key, numbers: missing)) }
    }

    /// Every submission is with exactly one service, and intake's view names that service's stage.
    private func comparePlaces(_ findings: inout Set<AuditFinding>) {
        let view = self.snapshots[.intake]?.stages ?? [:]
        var known = Set(view.keys)
        for service in [ServiceName.verification, .review, .issuance] {
            known.formUnion(self.snapshots[service]?.stages.keys.map { $0 } ?? [])
        }
        let underWay = self.subjectsUnderWay
        for id in known where !underWay.contains(id) {
            var places: [(ServiceName, SubmissionStage)] = []
            if let stage = view[id], stage.holder == .applicant || stage.holder == .station, !stage.isCard,
                !stage.isFinal
            {
                places.append((.intake, stage))
            }
            if let stage = self.snapshots[.verification]?.stages[id], stage.holder == .centre, !stage.isCard {
                places.append((.verification, stage))
            }
            if let stage = self.snapshots[.review]?.stages[id],
                [
                    .awaitingInitialReview, .returnedToBureau, .awaitingAudit, .awaitingFiling, .awaitingBankCheck,
                    .awaitingRuling, .refused, .discontinued,
                ].contains(stage)
            {
                places.append((.review, stage))
            }
            if let stage = self.snapshots[.issuance]?.stages[id] { places.append((.issuance, stage)) }
            guard places.count == 1, let place = places.first else {
                findings.insert(.misplaced(id, view: view[id], places: places.map(\.0)))
                continue
            }
            if let seen = view[id] {
                if seen != place.1 { findings.insert(.viewDiffers(id, view: seen, actual: place.1)) }
            } else {
                findings.insert(.misplaced(id, view: nil, places: [place.0]))
            }
        }
    }

    /// Subjects with a message in an outbox or waiting: where they are is not decided yet, and it is known why.
    private var subjectsUnderWay: Set<UUID> {
        var subjects: Set<UUID> = []
        for snapshot in self.snapshots.values {
            subjects.formUnion(snapshot.unsent.keys.map(\.subject))
            subjects.formUnion(snapshot.waiting.keys.map(\.subject))
        }
        return subjects
    }

    func producer(of key: SubjectKey) -> AuditSnapshot? {
        key.stream.split(separator: ">").first.flatMap { ServiceName(rawValue: String($0)) }.flatMap {
            self.snapshots[$0]
        }
    }

    func consumer(of key: SubjectKey) -> AuditSnapshot? {
        key.stream.split(separator: ">").last.flatMap { ServiceName(rawValue: String($0)) }.flatMap {
            self.snapshots[$0]
        }
    }
}
