import ArgumentParser
import Contracts
import FoundationEssentials
import Messaging
import PostgreSQL

/// `youdai parked list|show|replay|discard`
struct ParkedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked", abstract: "待人工处理的消息 · Messages that need a person.",
        subcommands: [List.self, Show.self, Replay.self, Discard.self])

    struct Place: ParsableArguments {
        @OptionGroup var installation: InstallationOptions
        @Option(help: "A rehearsal or measurement by its name instead of the installation itself.")
        var run: String?
        @Option(help: "The service: \(ServiceName.allCases.map(\.rawValue).joined(separator: ", ")).")
        var service: String

        func withMessages<T: Sendable>(_ body: @Sendable (ParkedMessages) async throws -> T) async throws -> T {
            guard let name = ServiceName(rawValue: self.service) else {
                throw OperationsError(
                    "There is no service \(self.service): take \(ServiceName.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
            return try await ServiceDatabases(
                installation: try self.installation.load(), run: self.run, services: [name]
            ).withPools { pools in
                guard let pool = pools[name] else { throw OperationsError("no database for \(name.rawValue)") }
                return try await body(ParkedMessages(pool: pool))
            }
        }
    }

    struct Choice: ParsableArguments {
        @Argument(help: "Ids of messages; all parked ones when none is given.")
        var ids: [String] = []
        @Option(help: "Only this type, such as submission.accepted.v1.")
        var type: String?
        @Option(help: "Only those whose cause contains this text.")
        var cause: String?

        func filter() throws -> ParkedMessages.Filter {
            ParkedMessages.Filter(
                ids: try self.ids.map { text in
                    guard let id = UUID(uuidString: text) else { throw OperationsError("\(text) is not an id.") }
                    return id
                }, type: self.type, cause: self.cause)
        }
    }

    struct List: AsyncParsableCommand {
        @OptionGroup var place: Place
        @OptionGroup var choice: Choice

        func run() async throws {
            let filter = try self.choice.filter()
            let messages = try await self.place.withMessages { try await $0.list(filter) }
            var rows = [["id", "type", "stream", "subject", "number", "failures", "behind it", "cause"]]
            for message in messages {
                rows.append([
                    message.id.uuidString, message.type ?? "-", message.stream ?? "-",
                    message.subject?.uuidString ?? "-",
                    message.number.map(String.init) ?? "-", "\(message.failures)", "\(message.followers)",
                    message.cause ?? "-",
                ])
            }
            Terminal.write(messages.isEmpty ? "  none parked\n" : Terminal.table(rows))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a message's body as it arrived.")
        @OptionGroup var place: Place
        @Argument(help: "Id of the message.") var id: String

        func run() async throws {
            guard let id = UUID(uuidString: self.id) else { throw OperationsError("\(self.id) is not an id.") }
            do {
                let body = try await self.place.withMessages { try await $0.body(of: id) }
                Terminal.write(String(decoding: body, as: UTF8.self) + "\n")
            } catch let error as MessagingError {
                throw OperationsError(error.message)
            }
        }
    }

    struct Act: ParsableArguments {
        @Option(help: "Who does this, for the audit line.") var actor: String
        @Option(help: "Why, for the audit line.") var reason: String
        @Flag(help: "Only say which messages it would be.") var dryRun = false
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let messages be tried again now.")
        @OptionGroup var place: Place
        @OptionGroup var choice: Choice
        @OptionGroup var act: Act

        func run() async throws {
            let filter = try self.choice.filter()
            let act = self.act
            let ids = try await self.place.withMessages {
                try await $0.replay(filter, actor: act.actor, reason: act.reason, dryRun: act.dryRun)
            }
            report(ids, act.dryRun ? "would be tried again" : "will be tried again")
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give messages up; what waits behind them goes on.")
        @OptionGroup var place: Place
        @OptionGroup var choice: Choice
        @OptionGroup var act: Act

        func run() async throws {
            let filter = try self.choice.filter()
            let act = self.act
            let ids = try await self.place.withMessages {
                try await $0.discard(filter, actor: act.actor, reason: act.reason, dryRun: act.dryRun)
            }
            report(ids, act.dryRun ? "would be discarded" : "discarded")
        }
    }

    private static func report(_ ids: [UUID], _ what: String) {
        for id in ids { Terminal.write("  \(id)\n") }
        Terminal.write("  \(ids.count) \(what)\n")
    }
}
