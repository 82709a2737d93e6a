import CardProgramme
import FoundationEssentials

/// Registration and the personal file (建档立卡).
extension IntakeAPI {
    /// `POST /api/persons`: registration, the hard gate before any submission (R21). What is left out is not known yet.
    package struct Registration: Codable, Sendable {
        package var name: String
        /// 15 or 18 digits, as on the document.
        package var identityNumber: String
        package var categories: [CardProgramme.Category]
        /// Code of the station that keeps the file: `341602-01`.
        package var station: String
        package var phones: [String]
        package var address: String?
        /// A clerk has compared every element with the papers (R21, R22). The file is complete only if none is missing.
        package var fileComplete: Bool
        /// 户籍地 and 常住地: six digits of GB/T 2260 (R37).
        package var registeredDivision: String?
        package var residentDivision: String?
        /// What makes it hard to come to a counter (R35).
        package var circumstances: [Circumstance]?
        /// 部队或单位: tells people of one name apart where a number is wrong.
        package var serviceUnit: String?
        /// 户号: people of one number are one household (R26).
        package var household: String?
        /// Stated to have no phone at all, so that it is no gap in the file.
        package var hasNoPhone: Bool?
        package var civilCapacity: CivilCapacity?
        /// Guardian (N12), relatives and helpers with their own phones (R15); at most 5.
        package var related: [RelatedPerson]?

        package init(
            name: String, identityNumber: String, categories: [CardProgramme.Category], station: String,
            phones: [String], address: String? = nil, fileComplete: Bool, registeredDivision: String? = nil,
            residentDivision: String? = nil, circumstances: [Circumstance]? = nil, serviceUnit: String? = nil,
            household: String? = nil, hasNoPhone: Bool? = nil, civilCapacity: CivilCapacity? = nil,
            related: [RelatedPerson]? = nil
        ) {
            self.name = name
            self.identityNumber = identityNumber
            self.categories = categories
            self.station = station
            self.phones = phones
            self.address = address
            self.fileComplete = fileComplete
            self.registeredDivision = registeredDivision
            self.residentDivision = residentDivision
            self.circumstances = circumstances
            self.serviceUnit = serviceUnit
            self.household = household
            self.hasNoPhone = hasNoPhone
            self.civilCapacity = civilCapacity
            self.related = related
        }
    }

    /// Somebody who speaks and can be called for a person on the roster.
    package struct RelatedPerson: Codable, Sendable, Hashable {
        package var role: RelatedRole
        package var name: String
        /// 关系, in words: 配偶, 子女, 邻居 …
        package var relation: String
        package var phones: [String]

        package init(role: RelatedRole, name: String, relation: String, phones: [String]) {
            self.role = role
            self.name = name
            self.relation = relation
            self.phones = phones
        }
    }

    /// Answer to a registration: 201 the first time, 200 when the person was known.
    package struct Person: Codable, Sendable {
        package var id: UUID
        package var maskedIdentityNumber: String
        package var name: String
        package var categories: [CardProgramme.Category]
        package var station: String
        package var batch: Int?
        package var cardKinds: [CardKind]
        /// Nothing is missing: a submission may rest on it.
        package var fileComplete: Bool
        /// What the file still lacks (R21).
        package var missing: [FileElement]
        package var registeredDivision: String?
        package var residentDivision: String?

        package init(
            id: UUID, maskedIdentityNumber: String, name: String, categories: [CardProgramme.Category], station: String,
            batch: Int?, cardKinds: [CardKind], fileComplete: Bool, missing: [FileElement],
            registeredDivision: String? = nil, residentDivision: String? = nil
        ) {
            self.id = id
            self.maskedIdentityNumber = maskedIdentityNumber
            self.name = name
            self.categories = categories
            self.station = station
            self.batch = batch
            self.cardKinds = cardKinds
            self.fileComplete = fileComplete
            self.missing = missing
            self.registeredDivision = registeredDivision
            self.residentDivision = residentDivision
        }
    }
}
