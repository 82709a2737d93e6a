import FoundationEssentials
import Glibc

/// What runs on this machine (proc(5)).
enum ProcessTable {
    /// One process. Its number alone is not enough: the kernel gives numbers out again.
    struct Entry: Hashable {
        let id: pid_t
        /// Clock ticks from the start of the machine to the start of the process.
        let started: String
        /// The name of the executable, cut off after 15 characters.
        let name: String
        let arguments: [String]
    }

    /// The processes that `parent` started and that still run, zombies left out.
    static func children(of parent: pid_t) -> [Entry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let id = pid_t(name), let entry = Self.entry(id), entry.parent == parent else { return nil }
            return entry.entry
        }
    }

    static func isRunning(_ process: Entry) -> Bool { Self.entry(process.id)?.entry == process }

    private static func entry(_ id: pid_t) -> (entry: Entry, parent: pid_t)? {
        guard let stat = Self.read("/proc/\(id)/stat"), let end = stat.lastIndex(of: ")"),
            let start = stat.firstIndex(of: "(")
        else { return nil }
        // After the name, which may hold anything: state, parent, … and as the 20th figure the start.
        let figures = stat[stat.index(after: end)...].split(separator: " ")
        guard figures.count > 19, let parent = pid_t(figures[1]), figures[0] != "Z", figures[0] != "X" else {
            return nil
        }
        let words = (Self.read("/proc/\(id)/cmdline") ?? "").split(separator: "\0").map { String($0) }
        let entry = Entry(
            id: id, started: String(figures[19]), name: String(stat[stat.index(after: start)..<end]),
            arguments: Array(words.dropFirst()))
        return (entry, parent)
    }

    private static func read(_ path: String) -> String? {
        (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
    }
}
