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
