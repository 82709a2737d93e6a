import Access
import FoundationEssentials
import Testing

@Suite struct AccessPolicyTests {
    private static let person = UUID()

    private static func principal(_ role: Role) -> Principal {
        Principal(
            subject: "s", role: role, division: "341602",
            station: [.station, .homeTeam].contains(role) ? "341602-01" : nil,
            person: role == .applicant ? Self.person : nil)
    }

    /// What a division publishes is open to everybody in it.
    private static let published: [Action] = [.readStationPlan, .readSlots]

    private static let own = Resource(division: "341602", station: "341602-01", person: person)
    private static let ofAnotherStation = Resource(division: "341602", station: "341602-02", person: UUID())
    private static let ofAnotherDivision = Resource(division: "341621", station: "341621-01", person: UUID())

    @Test func aStationSeesItsOwnPeopleOnly() {
        let station = Self.principal(.station)
        for action in Action.allCases
        where AccessPolicy.roles(for: action).contains(.station) && !Self.published.contains(action) {
            #expect(AccessPolicy.allows(station, action, on: Self.own), "\(action)")
            #expect(!AccessPolicy.allows(station, action, on: Self.ofAnotherStation), "\(action)")
            #expect(!AccessPolicy.allows(station, action, on: Self.ofAnotherDivision), "\(action)")
            // A thing of the whole division is not a station's.
            #expect(!AccessPolicy.allows(station, action, on: Resource(division: "341602")), "\(action)")
        }
    }

    @Test func anApplicantSeesOnePersonOnly() {
        let applicant = Self.principal(.applicant)
        for action in Action.allCases
        where AccessPolicy.roles(for: action).contains(.applicant) && !Self.published.contains(action) {
            #expect(AccessPolicy.allows(applicant, action, on: Self.own), "\(action)")
            #expect(!AccessPolicy.allows(applicant, action, on: Self.ofAnotherStation), "\(action)")
            #expect(
                !AccessPolicy.allows(applicant, action, on: Resource(division: "341602", station: "341602-01")),
                "\(action)")
        }
    }

    @Test func nobodyReachesAnotherDivision() {
        for role in Role.allCases {
            for action in Action.allCases {
                #expect(
                    !AccessPolicy.allows(Self.principal(role), action, on: Self.ofAnotherDivision), "\(role) \(action)")
            }
        }
    }

    /// Who decides at a level is that level alone (R61, R80, R83, ARCHITECTURE §1): nobody may pass on their own work.
    @Test(
        arguments: [
            (Action.checkSubmission, Role.station), (.decideVerification, .centre), (.decideReview, .bureau),
            (.recordAudit, .superior), (.recordFiling, .superior), (.produceCards, .bureau),
            (.receiveParcel, .centre),
            (.deliverCard, .station), (.reportDamage, .centre),
            (.passDamageUp, .superior), (.settleTrace, .bureau), (.replaceCard, .station),
        ] as [(Action, Role)])
    func eachDecisionBelongsToItsLevel(action: Action, role: Role) {
        #expect(Role.allCases.filter { AccessPolicy.allows(Self.principal($0), action, on: Self.own) } == [role])
    }

    @Test func thoseWhoReadPersonalDataNeedIt() {
        for action in [Action.readPerson, .readMaterial, .readContacts, .readDamagePhoto] {
            #expect(AccessPolicy.roles(for: action).isDisjoint(with: [.cardMaker, .operator]), "\(action)")
        }
    }

    @Test func anAuditorChangesNothing() {
        let reading = Action.allCases.filter { AccessPolicy.roles(for: $0).contains(.auditor) }
        #expect(reading.allSatisfy { $0.rawValue.hasSuffix(".read") || $0.rawValue.hasSuffix(".list") })
    }

    @Test func aRefusalSaysWhoMayInBothLanguages() {
        do throws(AccessError) {
            try AccessPolicy.decide(Self.principal(.station), .decideVerification, on: Self.own)
            Issue.record("allowed")
        } catch {
            #expect(error.code == .denied)
            #expect(error.zh.contains("区退役军人服务中心"))
            #expect(error.en.contains("the district service centre"))
        }
        do throws(AccessError) {
            try AccessPolicy.decide(Self.principal(.station), .readPerson, on: Self.ofAnotherStation)
            Issue.record("allowed")
        } catch {
            #expect(error.zh.contains("所属服务站") && error.en.contains("station it belongs to"))
        }
    }

    @Test func everybodyInTheDivisionReadsItsPlan() {
        for role in Role.allCases {
            #expect(
                AccessPolicy.allows(Self.principal(role), .readStationPlan, on: Resource(division: "341602")), "\(role)"
            )
        }
    }

    @Test(arguments: [
        ("341602", "341602", true), ("341600", "341602", true), ("340000", "341602", true),
        ("341602", "341602001", true),
        ("341602", "341600", false), ("341602", "341621", false), ("341700", "341602", false), ("", "341602", false),
        ("341602", "", false), ("00", "341602", false), ("341602001", "341602", false),
    ])
    func aDivisionCoversWhatLiesInIt(outer: String, inner: String, covers: Bool) {
        #expect(AccessPolicy.covers(outer, inner) == covers)
    }

    @Test func theWiderReachOfACityHoldsForItsDistricts() {
        let city = Principal(subject: "c", role: .superior, division: "341600")
        #expect(AccessPolicy.allows(city, .recordAudit, on: Self.own))
        #expect(AccessPolicy.allows(city, .recordAudit, on: Self.ofAnotherDivision))
        #expect(!AccessPolicy.allows(city, .recordAudit, on: Resource(division: "341702")))
    }
}
