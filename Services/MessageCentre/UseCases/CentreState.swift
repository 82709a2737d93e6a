import FoundationEssentials
import SMPP

/// Everything the centre knows, and what it does about what comes: a state machine without clock or connection.
///
/// Each event gives the actions to carry out, in order.
struct CentreState: Sendable {
    enum Action: Sendable {
        case send(session: Int, SMPPPDU)
        /// After everything that was sent to it before.
        case close(session: Int)
    }

    struct Session: Sendable {
        var kind: SMPPBindKind?
        /// Sent and not yet answered, by sequence.
        var inFlight: [UInt32: Delivery] = [:]
        var sequence: UInt32 = 0

        mutating func nextSequence() -> UInt32 {
            self.sequence = self.sequence >= 0x7FFF_FFFF ? 1 : self.sequence + 1
            return self.sequence
        }
    }

    static let largestSessions = 64
    /// Deliveries a session may leave unanswered.
    static let window = 100
    /// Deliveries that may wait; more are given up.
    static let largestQueue = 2_000_000
    /// How often a client may refuse a delivery before it is given up.
    static let largestRefusals = 8

    let settings: CentreSettings
    var book: FateBook
    var ring: RecordRing
    var joiner = PartJoiner<PartNote>()
    var queue = DueQueue()
    var figures = Figures()
    private(set) var sessions: [Int: Session] = [:]
    private var lastSession = 0
    private(set) var isDown = false
    private var lastMessageID: UInt64
    private var lastReference: UInt8 = 0

    /// - Parameter start: Message ids count from its second in millionths, so that a restarted centre gives no id again.
    init(settings: CentreSettings, start: Date) {
        self.settings = settings
        self.book = FateBook(decidesByNumber: settings.decidesByNumber)
        self.ring = RecordRing(limit: settings.memory)
        self.lastMessageID = UInt64(max(0, start.timeIntervalSince1970)) * 1_000_000
    }

    // MARK: - Connections

    /// - Returns: `nil` when the connection is to be closed at once: the centre plays dead, or has enough.
    mutating func opened() -> Int? {
        guard !self.isDown, self.sessions.count < Self.largestSessions else { return nil }
        self.lastSession += 1
        self.sessions[self.lastSession] = Session()
        return self.lastSession
    }

    /// What a session had not answered waits for the next one, first in line.
    mutating func closed(_ id: Int, now: Date) -> [Action] {
        guard let session = self.sessions.removeValue(forKey: id) else { return [] }
        for (_, delivery) in session.inFlight.sorted(by: { $0.key < $1.key }) { self.queue.add(delivery, due: now) }
        return self.pump(now: now)
    }

    /// Closes every connection and takes none until it is up again.
    mutating func setDown(_ isDown: Bool) -> [Action] {
        self.isDown = isDown
        return isDown ? self.sessions.keys.sorted().map { .close(session: $0) } : []
    }

    // MARK: - What clients send

    mutating func received(_ frame: SMPPFrame, from id: Int, now: Date) -> [Action] {
        guard let session = self.sessions[id] else { return [] }
        switch frame {
        case .malformed(let header, let error):
            self.figures.malformed += 1
            guard !header.isResponse else { return [] }
            return [.send(session: id, SMPPPDU(sequence: header.sequence, status: error.status, .genericNack))]
        case .pdu(let pdu): return self.received(pdu, from: id, session, now: now)
        }
    }

    private mutating func received(_ pdu: SMPPPDU, from id: Int, _ session: Session, now: Date) -> [Action] {
        func answer(_ body: SMPPPDU.Body, _ status: SMPPStatus = .ok) -> Action {
            .send(session: id, SMPPPDU(sequence: pdu.sequence, status: status, body))
        }
        switch pdu.body {
        case .bind(let kind, let bind): return self.bind(kind, bind, from: id, pdu.sequence, now: now)
        case .submit(let message):
            self.figures.submits += 1
            guard session.kind?.transmits == true else {
                return self.refuse(pdu.sequence, from: id, .incorrectBind)
            }
            return self.submit(message, pdu.sequence, from: id, now: now)
        case .deliverResponse: return self.answered(pdu, from: id, now: now)
        case .enquireLink: return [answer(.enquireLinkResponse)]
        case .unbind: return [answer(.unbindResponse), .close(session: id)]
        case .deliver, .bindResponse, .submitResponse, .enquireLinkResponse, .unbindResponse, .genericNack:
            // Responses to nothing, which nobody may answer; a deliver_sm is for clients only.
            guard !pdu.commandID.isResponse else { return [] }
            self.figures.malformed += 1
            return [answer(.genericNack, .invalidCommandID)]
        }
    }

    private mutating func bind(
        _ kind: SMPPBindKind, _ bind: SMPPBind, from id: Int, _ sequence: UInt32, now: Date
    ) -> [Action] {
        func answer(_ status: SMPPStatus) -> Action {
            let isBound = status == .ok
            return .send(
                session: id,
                SMPPPDU(
                    sequence: sequence, status: status,
                    .bindResponse(
                        kind, systemID: isBound ? self.settings.systemID : "",
                        parameters: isBound
                            ? [SMPPParameter(tag: SMPPParameter.scInterfaceVersion, value: [0x34])] : [])))
        }
        guard self.sessions[id]?.kind == nil else { return [answer(.alreadyBound)] }
        guard bind.systemID == self.settings.systemID, bind.password == self.settings.password else {
            self.figures.refusedBinds += 1
            return [answer(.invalidPassword), .close(session: id)]
        }
        self.figures.binds += 1
        self.sessions[id]?.kind = kind
        return [answer(.ok)] + self.pump(now: now)
    }

    mutating func refuse(_ sequence: UInt32, from id: Int, _ status: SMPPStatus) -> [Action] {
        self.figures.refused[status.description, default: 0] += 1
        return [.send(session: id, SMPPPDU(sequence: sequence, status: status, .submitResponse(messageID: "")))]
    }

    mutating func nextMessageID() -> UInt64 {
        self.lastMessageID += 1
        return self.lastMessageID
    }

    mutating func nextReference() -> UInt8 {
        self.lastReference &+= 1
        return self.lastReference
    }

    // MARK: - Deliveries

    /// Sends what is due to the sessions that take it.
    mutating func pump(now: Date) -> [Action] {
        var actions: [Action] = []
        while let id = self.receivingSession, var session = self.sessions[id],
            let delivery = self.queue.take(at: now)
        {
            let sequence = session.nextSequence()
            session.inFlight[sequence] = delivery
            self.sessions[id] = session
            if delivery.isReceipt { self.figures.receiptsSent += 1 } else { self.figures.inboundSent += 1 }
            actions.append(.send(session: id, SMPPPDU(sequence: sequence, .deliver(delivery.message))))
        }
        return actions
    }

    /// When ``pump(now:)`` has something to do again; `nil` while nobody takes anything or nothing waits.
    var nextDue: Date? { self.receivingSession == nil ? nil : self.queue.earliest }

    /// The least busy of those that take deliveries.
    private var receivingSession: Int? {
        self.sessions.lazy.filter { $0.value.kind?.receives == true && $0.value.inFlight.count < Self.window }
            .min { ($0.value.inFlight.count, $0.key) < ($1.value.inFlight.count, $1.key) }?.key
    }

    private mutating func answered(_ pdu: SMPPPDU, from id: Int, now: Date) -> [Action] {
        guard var delivery = self.sessions[id]?.inFlight.removeValue(forKey: pdu.sequence) else { return [] }
        if pdu.status == .ok {
            if delivery.isReceipt { self.figures.receiptsAnswered += 1 } else { self.figures.inboundAnswered += 1 }
        } else if delivery.refusals + 1 < Self.largestRefusals {
            delivery.refusals += 1
            self.queue.add(delivery, due: now.addingTimeInterval(Double(1 << delivery.refusals) / 2))
        } else {
            self.figures.deliveriesLost += 1
        }
        return self.pump(now: now)
    }

    /// Lets a delivery wait for its time.
    mutating func owe(_ delivery: Delivery, due: Date) {
        guard self.queue.count < Self.largestQueue else {
            self.figures.deliveriesLost += 1
            return
        }
        self.queue.add(delivery, due: due)
    }

    // MARK: - What an operator asks

    func currentFigures() -> Figures {
        var figures = self.figures
        figures.sessions = self.sessions.values.count { $0.kind != nil }
        figures.waiting = self.queue.count
        figures.unanswered = self.sessions.values.reduce(0) { $0 + $1.inFlight.count }
        figures.incomplete = self.joiner.openCount
        figures.incompleteLost = self.joiner.lost
        figures.repeatedParts = self.joiner.repeated
        figures.firstKept = self.ring.first
        figures.isDown = self.isDown
        return figures
    }

    /// Forgets the messages, whole and in parts; what is owed stays owed, and numbers count on.
    mutating func forgetMessages() {
        self.ring.removeAll()
        self.joiner.removeAll()
    }
}
