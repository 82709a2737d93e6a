/// A programme's plan as its file states it: windows, batches, stations, levels, deadlines (R19, R38–R49, R149).
///
/// It comes from a `compose/programmes/*.yaml` file by ``parse(yaml:file:)``, which finds every mistake in it, so a value
/// of this type is consistent: the rules here need not check again.
package struct Programme: Hashable, Sendable {
    /// Days from one to another, both included; without an end it stays open (S1: 『…起』).
    package struct Window: Codable, Hashable, Sendable {
        package let from: CalendarDay
        package let through: CalendarDay?

        package init(from: CalendarDay, through: CalendarDay?) {
            self.from = from
            self.through = through
        }

        package func contains(_ day: CalendarDay) -> Bool {
            day >= self.from && self.through.map { day <= $0 } ?? true
        }
    }

    /// One of the plan's stages, such as 集中受理阶段 (R39).
    package struct Stage: Codable, Hashable, Sendable {
        package let code: String
        package let name: String
        package let window: Window
    }

    /// One of the intake stage's batches (R41–R44).
    package struct Batch: Codable, Hashable, Sendable {
        package let number: Int
        package let window: Window
        package let categories: Set<Category>
        /// How people are served in it (R119); empty where the plan says nothing, and then every way is open.
        package let modes: [ServiceMode]
    }

    /// A township or sub-district station (R1).
    package struct Station: Codable, Hashable, Sendable {
        /// The division's six digits, a hyphen and two digits: "341602-01".
        package let code: String
        package let name: String
    }

    /// What one level does and to whom it returns.
    package struct LevelDuty: Codable, Hashable, Sendable {
        package let level: Level
        /// 受理及检查, 核实, 初审, 审核, 备案.
        package let duty: String
        /// The office by its own name.
        package let office: String
        package let returnsTo: Holder?
    }

    /// The leading group's size (R6).
    package struct LeadingGroup: Codable, Hashable, Sendable {
        package let head: Int
        package let deputies: Int
        package let members: Int
        package let office: String
    }

    /// Something the plan does not say and the file assumes; `programme check` shows it as a note.
    package struct Assumption: Codable, Hashable, Sendable {
        /// The part of the file it is about, for example "stations".
        package let about: String
        package let zh: String
        package let en: String
        /// The line it stands on.
        package let line: Int
    }

    package let code: String
    /// 1, and one more with each amendment.
    package let version: Int
    /// The version this one amends; nil for a plan as first issued.
    package let amends: Int?
    package let title: String
    /// The number of the plan's document.
    package let document: String
    /// Six digits of GB/T 2260.
    package let divisionCode: String
    package let window: Window
    package let stages: [Stage]
    /// By number, beginning with 1; empty when every station has a plan of its own.
    package let batches: [Batch]
    package let stations: [Station]
    /// The stations' own plans (R149).
    package let plans: [OfficePlan]
    /// The banks an applicant may choose among (R12, A7); empty where the plan names none, and then any will do.
    package let banks: [String]
    /// Kinds of card by category where it is narrower than the national measure (N22).
    package let cardKinds: [Category: Set<CardKind>]
    /// What it asks for beyond the national table of materials (N22).
    package let materials: [ExtraMaterials]
    /// What it says about reasons for a return; the rest follow the standard catalogue.
    package let reasons: [ReasonRule]
    package let levels: [LevelDuty]
    package let deadlines: Deadlines
    package let deliveryModes: [DeliveryMode]
    package let outreachChannels: [OutreachChannel]
    /// Departments to match data with (R121).
    package let matchingDepartments: [String]
    /// What is matched (R122).
    package let matchingFields: [String]
    package let leadingGroup: LeadingGroup?
    /// Grounds of N21 that this province refuses outright instead of judging each (N22).
    package let refusedOutright: [Ground]
    package let assumptions: [Assumption]

    /// Whether the bank checks before a card is ordered (N23): the programme's levels say so.
    package var bankChecks: Bool { self.levels.contains { $0.level == .bank } }
}

extension Programme.Window: CustomStringConvertible {
    package var description: String { "\(self.from) – \(self.through?.description ?? "…")" }

    /// In the words of the documents: 『…起』 for one without an end.
    package var chinese: String {
        self.through.map { "\(self.from.chinese)至\($0.chinese)" } ?? "\(self.from.chinese)起"
    }
}

/// How a card reaches its holder (R95).
package enum DeliveryMode: String, Codable, Sendable, CaseIterable {
    case brought, ceremony, agreed

    package var chinese: String {
        switch self {
        case .brought: "主动送达"
        case .ceremony: "集体颁发"
        case .agreed: "双方约定"
        }
    }
}

/// How people away from home are reached (R105).
package enum OutreachChannel: String, Codable, Sendable, CaseIterable {
    case sms, wechat, phone, post

    package var chinese: String {
        switch self {
        case .sms: "短信"
        case .wechat: "微信"
        case .phone: "电话"
        case .post: "邮寄"
        }
    }
}
