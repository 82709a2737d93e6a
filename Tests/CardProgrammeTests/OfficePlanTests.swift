import CardProgramme
import FoundationEssentials
import Testing

@Suite("Plans owned by offices")
struct OfficePlanTests {
    static let binhai = Self.file("binhai-2022")
    static let qiaocheng = Self.file("qiaocheng-2022")

    static func file(_ name: String) -> String {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let data = try? Data(contentsOf: URL(filePath: root + "/compose/programmes/\(name).yaml"))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    private static let xinhe = "120116-01"
    private static let gulin = "120116-02"
    private static let zhongtang = "120116-06"

    private func programme() throws -> Programme { try Programme.parse(yaml: Self.binhai, file: "binhai-2022.yaml") }

    /// 古林's phase 1 is for them (R33).
    private func pensioner(registered: String? = "120116", born: String = "1950-01-01") -> Candidate {
        Candidate(
            categories: [.warVeteran, .pensionRecipient], birthDate: day(born), registeredDivision: registered,
            residentDivision: "120116")
    }

    @Test("of Binhai say what the article says, and what it does not say is marked")
    func binhai() throws {
        let programme = try self.programme()
        #expect(programme.divisionCode == "120116" && programme.batches.isEmpty && programme.stages.isEmpty)
        #expect(programme.stations.map(\.name) == ["新河街道", "古林街道", "北塘街道", "塘沽街道", "新村街道", "中塘镇"])
        #expect(programme.plans.map(\.phases.count) == [3, 3, 1, 1, 1, 3])
        let gulin = try #require(programme.plan(at: Self.gulin))
        #expect(gulin.phases.map(\.window?.from) == [day("2022-02-28"), day("2022-03-15"), day("2022-04-01")])
        #expect(gulin.phases.allSatisfy { $0.window?.through == nil && !$0.isAssumed })
        #expect(
            gulin.phases.map(\.modes) == [
                [.phoneBooking, .homeVisit, .agreed], [.phoneBooking, .homeVisit, .collective, .agreed],
                [.phoneBooking, .homeVisit, .agreed, .onSite, .online],
            ])
        #expect(gulin.banks == ["工商银行", "农业银行", "邮储银行"])
        #expect(programme.banks(at: Self.zhongtang) == ["农业银行", "邮储银行"])
        #expect(programme.banks(at: "120116-03").isEmpty)
        // Only these days are in the article; every other phase is an assumption and says so.
        let documented = [(Self.gulin, 1), (Self.gulin, 2), (Self.gulin, 3), (Self.zhongtang, 1)]
        for plan in programme.plans {
            for phase in plan.phases {
                let isDocumented = documented.contains { $0.0 == plan.station && $0.1 == phase.number }
                #expect(phase.isAssumed != isDocumented, "\(plan.station) phase \(phase.number)")
            }
        }
        let notes = programme.notes(file: "b.yaml")
        #expect(notes.count == 16)
        #expect(notes.contains { $0.en.contains("assumption (plans.120116-06.phases.2)") })
    }

    @Test("open Gulin's phases one after another, and none closes an earlier one")
    func gulin() throws {
        let programme = try self.programme()
        func ask(_ candidate: Candidate, _ date: String) -> Programme.Admission {
            programme.admission(of: candidate, at: Self.gulin, on: day(date))
        }
        #expect(ask(self.pensioner(), "2022-02-27") == .notYet(batch: 1, opens: day("2022-02-28")))
        for date in ["2022-02-28", "2022-03-15", "2022-06-01", "2022-12-31"] {
            #expect(ask(self.pensioner(), date) == .open(batch: 1))
        }
        #expect(ask(self.pensioner(), "2023-01-01") == .ended(batch: 1, on: day("2022-12-31")))
        // Registered elsewhere: not phase 1 (R33), but everybody has phase 3.
        #expect(ask(self.pensioner(registered: "341602"), "2022-03-20") == .notYet(batch: 3, opens: day("2022-04-01")))
        #expect(ask(self.pensioner(registered: "120116003"), "2022-03-20") == .open(batch: 1))
        // A retired officer living elsewhere is not meant by phase 2 (R34).
        let officer = Candidate(
            categories: [.retiredOfficer], birthDate: day("1950-01-01"), registeredDivision: "120116",
            residentDivision: "110101")
        #expect(ask(officer, "2022-03-20") == .notYet(batch: 3, opens: day("2022-04-01")))
        #expect(ask(officer, "2022-04-01") == .open(batch: 3))
        // Bedridden at forty (R35).
        let bedridden = Candidate(
            categories: [.otherVeteran], birthDate: day("1982-01-01"), circumstances: [.bedridden])
        #expect(ask(bedridden, "2022-03-14") == .notYet(batch: 2, opens: day("2022-03-15")))
        #expect(ask(bedridden, "2022-03-15") == .open(batch: 2))
        #expect(ask(Candidate(categories: [], birthDate: day("1950-01-01")), "2022-05-01") == .noBatch)
    }

    @Test("let somebody in from the day they pass eighty, not on the birthday (R35)")
    func eighty() throws {
        let programme = try self.programme()
        let veteran = Candidate(categories: [.otherVeteran], birthDate: day("1942-03-20"))
        #expect(
            programme.admission(of: veteran, at: Self.gulin, on: day("2022-03-20"))
                == .notYet(batch: 3, opens: day("2022-04-01")))
        #expect(programme.admission(of: veteran, at: Self.gulin, on: day("2022-03-21")) == .open(batch: 2))
        #expect(
            programme.nextOpening(of: veteran, at: Self.gulin, notBefore: day("2022-02-28")) == day("2022-03-21"))
        // 中塘 takes 60 and 80 completed, the birthday included (R36).
        let sixty = Candidate(categories: [.otherVeteran], birthDate: day("1962-03-20"))
        #expect(
            programme.nextOpening(of: sixty, at: Self.zhongtang, notBefore: day("2022-02-28")) == day("2022-03-20"))
    }

    @Test("offer the ways of all phases somebody belongs to (R119)")
    func modes() throws {
        let programme = try self.programme()
        func modes(_ candidate: Candidate, _ date: String, at station: String = Self.gulin) -> [ServiceMode] {
            programme.modes(of: candidate, at: station, on: day(date))
        }
        #expect(modes(self.pensioner(), "2022-03-01") == [.phoneBooking, .homeVisit, .agreed])
        #expect(modes(self.pensioner(), "2022-03-20") == [.phoneBooking, .homeVisit, .agreed])
        #expect(
            modes(self.pensioner(born: "1935-01-01"), "2022-03-20") == [
                .phoneBooking, .homeVisit, .collective, .agreed,
            ]
        )
        #expect(modes(self.pensioner(), "2022-04-01") == [.phoneBooking, .homeVisit, .agreed, .onSite, .online])
        #expect(modes(self.pensioner(), "2022-02-27").isEmpty)
        #expect(modes(self.pensioner(), "2022-03-01", at: "120116-03") == ServiceMode.allCases)
        // An offer, never a wall: the man of 77 who came on foot is served (R150).
        for mode in ServiceMode.allCases { #expect(mode.isAlwaysServed == (mode != .online)) }
    }

    @Test("win over the district's batches where a station has one, and only there")
    func plansWin() throws {
        let yaml =
            Self.qiaocheng + """

                plans:
                  - station: "341602-04"
                    banks: [农业银行]
                    phases:
                      - {number: 1, from: 2022-03-10, who: [{groups: [veterans, bereavedFamilies]}]}
                """
        let programme = try Programme.parse(yaml: yaml, file: "p.yaml")
        let veteran = Candidate(categories: [.otherVeteran], birthDate: day("1980-01-01"))
        #expect(programme.admission(of: veteran, at: "341602-04", on: day("2022-03-10")) == .open(batch: 1))
        #expect(
            programme.admission(of: veteran, at: "341602-05", on: day("2022-03-10"))
                == .notYet(batch: 3, opens: day("2022-05-01")))
        // Open-ended, but intake ends with its stage (R40).
        #expect(
            programme.admission(of: veteran, at: "341602-04", on: day("2022-09-21"))
                == .ended(batch: 1, on: day("2022-09-20")))
        #expect(programme.banks(at: "341602-04") == ["农业银行"] && programme.banks(at: "341602-05").isEmpty)
    }

    @Test("admit nobody through a phase without days, and say so as a note")
    func notAnnounced() throws {
        let yaml = Self.binhai.replacing(
            "from: 2022-04-01\n        who: *everybody\n        modes: [phoneBooking, homeVisit]\n",
            with: "who: *everybody\n        modes: [phoneBooking, homeVisit]\n")
        #expect(yaml != Self.binhai)
        let programme = try Programme.parse(yaml: yaml, file: "p.yaml")
        let young = Candidate(categories: [.otherVeteran], birthDate: day("1990-01-01"))
        #expect(programme.admission(of: young, at: Self.zhongtang, on: day("2022-06-01")) == .notAnnounced(batch: 3))
        #expect(programme.nextOpening(of: young, at: Self.zhongtang, notBefore: day("2022-02-28")) == nil)
        #expect(programme.modes(of: young, at: Self.zhongtang, on: day("2022-06-01")).isEmpty)
        // Another phase that is open counts.
        let old = Candidate(categories: [.otherVeteran], birthDate: day("1940-01-01"))
        #expect(programme.admission(of: old, at: Self.zhongtang, on: day("2022-06-01")) == .open(batch: 2))
        #expect(programme.notes(file: "p.yaml").contains { $0.en.contains("120116-06 phase 3 has no date yet") })
        #expect(
            programme.offers(at: Self.zhongtang, on: day("2022-06-01")).map(\.standing) == [
                .open, .open, .notAnnounced,
            ])
    }

    @Test("show where each batch and phase stands on a day")
    func offers() throws {
        let binhai = try self.programme()
        #expect(binhai.offers(at: Self.gulin, on: day("2022-03-20")).map(\.standing) == [.open, .open, .upcoming])
        #expect(binhai.offers(at: Self.gulin, on: day("2023-01-05")).map(\.standing) == [.ended, .ended, .ended])
        #expect(binhai.offers(at: Self.gulin, on: day("2022-03-20"))[0].zh == ["具有本区户籍的享受国家定期抚恤补助的优抚对象"])
        let qiaocheng = try Programme.parse(yaml: Self.qiaocheng, file: "q.yaml")
        #expect(qiaocheng.offers(at: "341602-01", on: day("2022-04-20")).map(\.standing) == [.late, .open, .upcoming])
        #expect(qiaocheng.offers(at: "341602-01", on: day("2022-10-01")).map(\.standing) == [.ended, .ended, .ended])
    }

    @Test("narrow card kinds, ask for more papers and word reasons, never wider than the national measure (N3, N22)")
    func catalogues() throws {
        let yaml =
            Self.qiaocheng + """

                card_kinds: [{category: pensionRecipient, kinds: [veteran]}]
                materials: [{kind: bereavedFamily, also: [entitlementProof]}]
                reasons:
                  - {reason: photoUnsuitable, levels: [station, centre], zh: 请到站重拍。, en: Have it taken again.}
                """
        let programme = try Programme.parse(yaml: yaml, file: "p.yaml")
        #expect(programme.cardKinds(for: [.pensionRecipient]) == [.veteran])
        #expect(programme.cardKinds(for: [.warVeteran, .martyrFamily]) == [.veteran, .bereavedFamily])
        #expect(programme.extraMaterials(for: .bereavedFamily) == ["entitlementProof"])
        #expect(programme.extraMaterials(for: .veteran).isEmpty)
        #expect(programme.allows(.photoUnsuitable, at: .station) && !programme.allows(.photoUnsuitable, at: .bureau))
        #expect(programme.allows(.other, at: .bureau))
        #expect(programme.guidance(.photoUnsuitable).zh == "请到站重拍。")
        #expect(programme.guidance(.other).en == ReturnReason.other.guidanceEnglish)
    }
}
