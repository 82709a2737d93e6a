/// Which texts a session has prepared, and under which names.
///
/// Pure bookkeeping; the connection prepares and deallocates. Least recently used goes first.
package struct StatementCache {
    /// A text prepared for other types of binds is another statement.
    package struct Key: Hashable {
        package let text: String
        package let types: [UInt32]

        package init(text: String, types: [UInt32]) {
            self.text = text
            self.types = types
        }
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private var lastName: UInt64 = 0
    private let capacity: Int
    /// Names no longer used that the server still holds.
    package private(set) var orphans: [String] = []

    package init(capacity: Int = 256) {
        self.capacity = capacity
    }

    package var count: Int { self.entries.count }

    /// The name of a prepared statement.
    package mutating func name(for key: Key) -> String? {
        self.clock += 1
        self.entries[key]?.lastUse = self.clock
        return self.entries[key]?.name
    }

    /// A name for a statement about to be prepared.
    package mutating func newName() -> String {
        self.lastName += 1
        return "s\(self.lastName)"
    }

    /// The server has prepared it.
    package mutating func prepared(_ key: Key, as name: String) {
        if self.entries.count >= self.capacity,
            let oldest = self.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            self.forget(oldest.key, existsAtServer: true)
        }
        self.clock += 1
        self.entries[key] = Entry(name: name, lastUse: self.clock)
    }

    /// The statement no longer fits.
    package mutating func forget(_ key: Key, existsAtServer: Bool) {
        guard let entry = self.entries.removeValue(forKey: key) else { return }
        if existsAtServer { self.orphans.append(entry.name) }
    }

    /// The statement of this name no longer fits.
    package mutating func forget(named name: String, existsAtServer: Bool) {
        guard let key = self.entries.first(where: { $0.value.name == name })?.key else { return }
        self.forget(key, existsAtServer: existsAtServer)
    }

    /// The names to deallocate now.
    package mutating func takeOrphans() -> [String] {
        defer { self.orphans.removeAll() }
        return self.orphans
    }
}
