/// Which fate the next message to a number meets, and how far it has come in it.
///
/// A script is a list for a number, or for `*`; its first entry counts until it has been met as often as it says. Without
/// one the last four digits decide (``FateByNumber``).
struct FateBook: Sendable {
    /// The most numbers with scripts, and the most whose refusals are remembered.
    static let capacity = 100_000
    static let anyNumber = "*"

    enum Verdict: Sendable, Equatable {
        /// - cut: the connection is closed besides, before or after the answer.
        case accept(Fate, cut: Fate.Cut?)
        case refuse(status: UInt32)
        /// The connection is closed, and nothing was taken.
        case cut
    }

    private struct Entry: Sendable {
        let fate: Fate
        var uses: Int?
    }

    private let decidesByNumber: Bool
    private var scripts: [String: [Entry]] = [:]
    /// Refusals and cuts made for the message that a number waits for.
    private var steps: [String: Int] = [:]
    /// The fate of the long message whose first part came last: its other parts share it.
    private var ongoing: [String: Fate] = [:]

    init(decidesByNumber: Bool) { self.decidesByNumber = decidesByNumber }

    /// Adds to a number's script.
    ///
    /// - Parameter uses: How many messages meet it; `nil`: all from then on.
    /// - Returns: false when there are too many.
    mutating func add(_ fate: Fate, for number: String, uses: Int?) -> Bool {
        let key = Fate.key(of: number)
        guard self.scripts.count < Self.capacity || self.scripts[key] != nil,
            self.scripts[key, default: []].count < Self.capacity
        else { return false }
        self.scripts[key, default: []].append(Entry(fate: fate, uses: uses))
        return true
    }

    mutating func removeAll() {
        self.scripts = [:]
        self.steps = [:]
        self.ongoing = [:]
    }

    /// Decides about one submit.
    ///
    /// - Parameters:
    ///   - part: Its place when it is part of a long message.
    mutating func verdict(for number: String, part: Int?) -> Verdict {
        let key = Fate.key(of: number)
        if let part, part > 1, let fate = self.ongoing[key] {
            if let refusal = fate.refusal, refusal.times == nil { return .refuse(status: refusal.status) }
            return .accept(fate, cut: nil)
        }
        let (fate, owner) = self.present(key)
        if part != nil { self.remember(&self.ongoing, key, fate) }
        let step = self.steps[key] ?? 0
        if let refusal = fate.refusal {
            guard let times = refusal.times else {
                self.finish(key, owner)
                return .refuse(status: refusal.status)
            }
            if step < times {
                self.remember(&self.steps, key, step + 1)
                return .refuse(status: refusal.status)
            }
        }
        if let cut = fate.cut, step == fate.refusal?.times ?? 0 {
            switch cut {
            case .untaken:
                self.remember(&self.steps, key, step + 1)
                return .cut
            case .beforeAnswer: self.remember(&self.steps, key, step + 1)
            case .afterAnswer: self.finish(key, owner)
            }
            return .accept(fate, cut: cut)
        }
        self.finish(key, owner)
        return .accept(fate, cut: nil)
    }

    private func present(_ key: String) -> (fate: Fate, owner: String?) {
        for owner in [key, Self.anyNumber] {
            if let entry = self.scripts[owner]?.first { return (entry.fate, owner) }
        }
        return (self.decidesByNumber ? FateByNumber.fate(of: key) : Fate(), nil)
    }

    /// The message has met its fate: the next one begins anew.
    private mutating func finish(_ key: String, _ owner: String?) {
        self.steps[key] = nil
        guard let owner, var entries = self.scripts[owner], let uses = entries.first?.uses else { return }
        if uses > 1 { entries[0].uses = uses - 1 } else { entries.removeFirst() }
        self.scripts[owner] = entries.isEmpty ? nil : entries
    }

    /// Bounded by forgetting all: after so many numbers nobody knows any more which was half-way.
    private func remember<Value>(_ memory: inout [String: Value], _ key: String, _ value: Value) {
        if memory.count >= Self.capacity, memory[key] == nil { memory.removeAll() }
        memory[key] = value
    }
}
