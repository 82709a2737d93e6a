import Contracts
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The main job, on real servers: the same seed gives the same totals, whatever is killed on the way.
@Suite(.serialized, .enabled(if: ServiceStandInstallation.current != nil), .timeLimit(.minutes(5)))
struct RehearsalTests {
    @Test func theSameSeedGivesTheSameTotals() async throws {
        let first = try await Rehearsals.shared.undisturbed(seed: 1)
        let second = try await Rehearsals.play(seed: 1)
        #expect(first == second)
        #expect(first.processStarts == ServiceName.allCases.count)
        #expect(first.totals.hasPrefix("people \(Rehearsals.people), submitted \(Rehearsals.people), "))
    }

    /// Nobody is lost between booking and desk, and nobody who lost their seat was left without a word (R115–R120, R27).
    @Test func theAppointmentsAddUp() async throws {
        let summary = try await Rehearsals.shared.undisturbed(seed: 1)
        func count(_ name: String) throws -> Int { try #require(summary.appointments[name], "\(name)") }
        #expect(try count("booked") == count("done") + count("missed") + count("cancelled"))
        #expect(try count("orphaned") == count("told"))
        #expect(try count("first visits") == Rehearsals.people)
        #expect(try count("sufficed") <= count("first visits"))
        for name in ["booked", "missed", "cancelled", "moved", "orphaned", "walk-ins", "home visits"] {
            #expect(try count(name) > 0, "\(name)")
        }
        #expect(summary.seats.compared > 0)
        #expect(summary.seats.differing == 0)
    }

    /// Reminders through the real gateway, receipts, replies, no-answers, calls by staff, and a campaign led to its end.
    @Test func peopleAreToldAndWhoeverLivesElsewhereIsAccountedFor() async throws {
        let summary = try await Rehearsals.shared.undisturbed(seed: 1)
        func count(_ counts: [String: Int], _ name: String) throws -> Int { try #require(counts[name], "\(name)") }
        let ends = [
            "delivered", "failed", "without receipt", "cancelled", "expired", "suppressed", "handed over", "open",
        ]
        #expect(try count(summary.messages, "all") == ends.reduce(0) { $0 + (try count(summary.messages, $1)) })
        for name in ["delivered", "failed", "without receipt", "parts"] {
            #expect(try count(summary.messages, name) > 0, "\(name)")
        }
        #expect(try #require(summary.replies) > 0)
        #expect(summary.givenUp == 0)
        for name in ["made", "done", "unreached"] { #expect(try count(summary.calls, name) > 0, "\(name)") }
        #expect(try count(summary.campaign, "people") > 0)
        #expect(try count(summary.campaign, "accounted") == count(summary.campaign, "people"))
        #expect(try count(summary.campaign, "open") == 0)
        #expect(try count(summary.campaign, "closed") == 1)
        for name in ["letters", "inquiries", "signed"] { #expect(try count(summary.campaign, name) > 0, "\(name)") }
    }

    /// Without a gateway nothing is said, and the same happens to everybody.
    @Test func withoutAGatewayNobodyIsToldAndAllElseIsTheSame() async throws {
        try await Youdai().withTemporaryDirectory { directory in
            let file = try Rehearsals.configuration(["KANNEL_REHEARSAL_URL": nil], in: directory)
            let silent = try await Rehearsals.play(seed: 1, "--config", file)
            #expect(silent.messages.isEmpty && silent.calls.isEmpty && silent.campaign.isEmpty)
            #expect(try await Rehearsals.shared.undisturbed(seed: 1) == silent)
        }
    }

    @Test(arguments: ["KANNEL_URL", "MESSAGE_CENTRE_URL"])
    func aGatewayThatIsAwayIsSaidBeforeAnythingBegins(key: String) async throws {
        let youdai = try Youdai()
        let outcome = try await youdai.withTemporaryDirectory { directory in
            // Nobody listens on the port of a discarded service.
            let file = try Rehearsals.configuration([key: "http://127.0.0.1:9"], in: directory)
            return try await youdai.with(try Rehearsals.arguments(seed: 1) + ["--config", file]) { _ in }.outcome
        }
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errors.contains("does not answer at 127.0.0.1:9; run compose/up first"))
    }

    @Test func anotherSeedGivesOtherTotals() async throws {
        let first = try await Rehearsals.shared.undisturbed(seed: 1)
        let other = try await Rehearsals.play(seed: 2)
        #expect(first.digest != other.digest)
    }

    @Test func killingEveryServiceAgainAndAgainChangesNothing() async throws {
        let undisturbed = try await Rehearsals.shared.undisturbed(seed: 1)
        let (outcome, kills) = try await Youdai().with(try Rehearsals.arguments(seed: 1)) { process in
            let fleet = FleetWatch(youdai: process)
            try await fleet.untilPlaying()
            return try await fleet.killInTurn(times: 4, pause: .milliseconds(150))
        }
        let summary = try Rehearsals.summary(of: outcome)
        #expect(summary.digest == undisturbed.digest)
        #expect(summary.totals == undisturbed.totals)
        #expect(summary.appointments == undisturbed.appointments)
        for service in ServiceName.allCases { #expect(kills[service, default: 0] >= 2, "\(service) was hardly killed") }
        #expect(summary.processStarts >= ServiceName.allCases.count + kills.values.reduce(0, +))
    }

    @Test func noServiceOutlivesAStoppedRehearsal() async throws {
        let (outcome, services) = try await Youdai().with(try Rehearsals.arguments(seed: 3)) { process in
            let fleet = FleetWatch(youdai: process)
            try await fleet.untilPlaying()
            let services = try await fleet.all()
            process.signal(SIGTERM)
            return services
        }
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errors.contains("stopped"))
        #expect(services.filter(ProcessTable.isRunning) == [])
    }

    @Test func noServiceOutlivesAKilledRehearsal() async throws {
        let (outcome, services) = try await Youdai().with(try Rehearsals.arguments(seed: 3)) { process in
            let fleet = FleetWatch(youdai: process)
            try await fleet.untilPlaying()
            let services = try await fleet.all()
            process.signal(SIGKILL)
            return services
        }
        #expect(outcome.ending == .killed(signal: Int(SIGKILL)))
        // They notice within half a second, and then drain.
        let deadline = ContinuousClock.now + .seconds(30)
        while services.contains(where: ProcessTable.isRunning), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(services.filter(ProcessTable.isRunning) == [])
    }

    @Test(arguments: [
        ["--people", "0"], ["--people", "200001"], ["--concurrency", "0"], ["--desks", "0"],
        ["--config", "nowhere.env"],
    ])
    func aRehearsalThatCannotBeIsRefusedInOneSentence(words: [String]) async throws {
        let youdai = try Youdai()
        let outcome = try await youdai.with(["rehearse", youdai.installation.programmeFile] + words) { _ in }.outcome
        #expect(outcome.ending == .exited(1))
        #expect(outcome.errors.hasPrefix("youdai: "))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }
}
