import Access
import ArgumentParser
import FoundationEssentials

/// `youdai token`
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "签发接口令牌 · Mint a signed token for the interfaces.")

    @OptionGroup var installation: InstallationOptions
    @Option(help: "\(Role.allCases.map(\.rawValue).joined(separator: ", "))")
    var role: String
    @Option(help: "Opaque id of the member of staff or applicant.")
    var subject: String
    @Option(help: "GB/T 2260 code of the district.")
    var division = "341602"
    @Option(help: "Code of the station, for role station: 341602-01.")
    var station: String?
    @Option(help: "Id of the person, for role applicant.")
    var person: String?
    @Option(help: "Hours the token is good for (1–24).")
    var hours = 8

    func run() throws {
        guard let role = Role(rawValue: self.role) else {
            throw OperationsError(
                "There is no role \(self.role): take \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard (1...24).contains(self.hours) else { throw OperationsError("--hours is from 1 to 24.") }
        var personID: UUID?
        if let text = self.person {
            guard let id = UUID(uuidString: text) else { throw OperationsError("--person \(text) is not an id.") }
            personID = id
        }
        let signer = try self.installation.load().signer()
        do {
            let token = try signer.sign(
                Principal(
                    subject: self.subject, role: role, division: self.division, station: self.station, person: personID),
                issuedAt: Date.now, lifetime: .seconds(self.hours * 3600))
            Terminal.write(token + "\n")
        } catch {
            throw OperationsError("\(error)")
        }
    }
}
