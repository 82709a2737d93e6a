import CardProgramme
import Configuration
import FoundationEssentials
import ServiceRuntime

/// What verification is configured by besides the keys all services share.
///
/// ## Configuration keys:
/// - `CLAIM_LEASE_SECONDS`: how long a claimed case stays with whoever claimed it.
/// - `PROGRAMME_FILE` (shared): the programme whose period of initial review is announced to the applicant (R47).
struct VerificationConfiguration: Sendable {
    let claimLease: Duration
    let programme: Programme

    static let claimLease = ConfigurationKey(
        "claim.lease.seconds", standard: "900", "Seconds a claimed case stays with whoever claimed it.")
    static let keys: [ConfigurationKey] = [Self.claimLease]

    /// - Throws: ``ConfigurationError``, or `ProgrammeMistakes` with file, line and reason.
    init(_ configuration: ConfigReader) throws {
        self.claimLease = .seconds(try configuration.integer(Self.claimLease, in: 1...86_400))
        let file = try configuration.required(.programmeFile)
        guard let data = try? Data(contentsOf: URL(filePath: file)), let yaml = String(validating: data, as: UTF8.self)
        else {
            throw ConfigurationError(
                key: .programmeFile,
                problem: "names \(file), which cannot be read as UTF-8 text: check the path and its permissions.")
        }
        self.programme = try Programme.parse(yaml: yaml, file: file)
    }
}
