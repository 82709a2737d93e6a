import Testing

/// Where the compiler's guarantees are waived, and what is never written.
struct SafetyTests {
    private let tree = SourceTree.this

    /// The files that may call what takes pointers: the owners of C handles and of threads, and the system calls.
    private static let handleFiles: Set<String> = [
        "Services/Operations/Roster/TextConverter.swift",
        "Services/Operations/Run/FreePorts.swift",
        "Shared/Letters/FontHandle.swift",
        "Shared/Letters/PDFHandle.swift",
        "Shared/Letters/TextHandle.swift",
        "Shared/PollExecutor/PollExecutor.swift",
        "Shared/Portrait/JPEGHandle.swift",
        "Shared/PostgreSQL/PostgresBufferHandle.swift",
        "Shared/PostgreSQL/PostgresCancelHandle.swift",
        "Shared/PostgreSQL/PostgresHandle.swift",
        "Shared/PostgreSQL/PostgresWakeHandle.swift",
        "Shared/QRCode/QRHandle.swift",
        "Shared/RabbitMQ/AMQPHandle+Frames.swift",
        "Shared/RabbitMQ/AMQPHandle+Open.swift",
        "Shared/RabbitMQ/AMQPHandle+Tables.swift",
        "Shared/RabbitMQ/AMQPHandle.swift",
        "Shared/Redis/RedisHandle.swift",
        "Shared/ServiceRuntime/Process/SystemCalls.swift",
    ]

    /// Actors that name their executor, in one line each.
    private static let executorFiles: Set<String> = [
        "Shared/PostgreSQL/PostgresConnection.swift",
        "Shared/RabbitMQ/AMQPConnection.swift",
        "Shared/RabbitMQ/ConsumerLink.swift",
        "Shared/RabbitMQ/PublisherLink.swift",
        "Shared/Redis/RedisLink.swift",
    ]

    /// An expression or a type marked `unsafe`; a label of that name is none.
    private static func isUnsafe(_ line: String) -> Bool {
        line.ranges(of: "unsafe").contains { range in
            if range.lowerBound > line.startIndex {
                let before = line[line.index(before: range.lowerBound)]
                if before.isLetter || before.isNumber || before == "_" { return false }
                if before == "@" { return true }
            }
            let rest = line[range.upperBound...]
            guard rest.first == " " else { return false }
            // `unsafe text: String` is a parameter.
            let word = rest.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            return rest.drop { $0 == " " }.dropFirst(word.count).first != ":"
        }
    }

    @Test func pointersAreTouchedOnlyInTheHandleFiles() {
        for file in self.tree.swift(under: "Services/", "Shared/") {
            guard !Self.handleFiles.contains(file.path) else { continue }
            let places = file.places(of: ["unsafe"], where: Self.isUnsafe)
            if Self.executorFiles.contains(file.path) {
                #expect(places.count <= 1, "only the executor's line: \(places)")
            } else {
                #expect(places == [], "not a handle file")
            }
        }
    }

    @Test func everyNamedHandleFileExists() {
        for path in Self.handleFiles.union(Self.executorFiles) { #expect(self.tree.text(path) != nil, "\(path)") }
    }

    @Test(arguments: [
        ".strictMemorySafety()", "ExistentialAny", "MemberImportVisibility", "swiftLanguageModes: [.v6]",
    ])
    func theCompilerChecksEveryTarget(setting: String) throws {
        let package = try #require(self.tree.text("Package.swift"))
        #expect(package.text.contains(setting))
        // Every target of ours is made by a function or a declaration that passes the settings on.
        #expect(package.text.ranges(of: "swiftSettings: strict").count >= 4)
        #expect(!package.text.contains("unsafeFlags"))
    }

    @Test(arguments: [
        "@unchecked " + "Sendable", "nonisolated" + "(unsafe)", "try" + "!", "fatal" + "Error(", "Thread" + ".sleep",
        "as" + "! ", "@preconcurrency " + "import",
    ])
    func neverWritten(words: String) {
        for file in self.tree.swift { #expect(file.places(of: [words]) == []) }
    }

    @Test func nothingIsLeftForLater() {
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
        for file in self.tree.texts where marks.contains(where: { file.text.has($0) }) {
            for (index, line) in file.lines.enumerated() where marks.contains(where: { line.hasWord($0) }) {
                Issue.record("\(file.path):\(index + 1): \(line)")
            }
        }
    }

    @Test func rulesAndUseCasesTakeTheTimeFromTheirClock() {
        let words = ["Date()", "Date.now", "Date(timeIntervalSinceNow", "ContinuousClock.now", "SuspendingClock.now"]
        for file in self.tree.swift(under: "Services/", "Shared/CardProgramme/")
        where file.room == "Domain" || file.room == "UseCases" || file.target == "Shared/CardProgramme" {
            guard file.target != "Services/Operations" else { continue }
            #expect(file.places(of: words) == [])
        }
    }
}
