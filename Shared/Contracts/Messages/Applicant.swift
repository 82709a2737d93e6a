import CardProgramme
import FoundationEssentials

/// Who applies, as the deciders must see it (R80, R83). Travels only as `Sealed<Applicant>`.
package struct Applicant: Codable, Sendable, Hashable {
    package var name: String
    /// 18 digits, normalised.
    package var identityNumber: String
    package var categories: [CardProgramme.Category]
    /// 本人选择的合作银行 (R79): whom the bank's check and the card concern (N23, N4).
    package var bank: String?

    package init(
        name: String, identityNumber: String, categories: [CardProgramme.Category], bank: String? = nil
    ) {
        self.name = name
        self.identityNumber = identityNumber
        self.categories = categories
        self.bank = bank
    }
}

/// How a person is reached. Travels only as `Sealed<Contact>`.
package struct Contact: Codable, Sendable, Hashable {
    package var name: String
    /// As written on the registration form; may be empty, and may be shared with other people.
    package var phones: [String]
    /// Who can be called for them: guardian (N12), relatives and helpers (R15); nil when nobody is on file.
    package var related: [Related]?
    /// Who is old is better called than written to; the day itself stays with intake. Nil from before it was told.
    package var bornYear: Int?
    /// Where a letter finds them; nil when no address is on file.
    package var address: String?
    /// 常住地, six digits; nil when it is not on file. Who lives elsewhere is sought by campaigns (R25, R105).
    package var residentDivision: String?

    package init(
        name: String, phones: [String], related: [Related]? = nil, bornYear: Int? = nil, address: String? = nil,
        residentDivision: String? = nil
    ) {
        self.name = name
        self.phones = phones
        self.related = related
        self.bornYear = bornYear
        self.address = address
        self.residentDivision = residentDivision
    }

    /// Somebody with a contact point of their own.
    package struct Related: Codable, Sendable, Hashable {
        package var role: RelatedRole
        package var name: String
        /// In words: 配偶, 子女, 邻居 …
        package var relation: String
        package var phones: [String]

        package init(role: RelatedRole, name: String, relation: String, phones: [String]) {
            self.role = role
            self.name = name
            self.relation = relation
            self.phones = phones
        }
    }
}

/// Names a material that stays encrypted with intake; whoever decides fetches it there with their own token.
package struct MaterialReference: Codable, Sendable, Hashable {
    package var id: UUID
    package var kind: MaterialKind
    /// SHA-256 of the plain bytes, lower-case hexadecimal.
    package var sha256: String

    package init(id: UUID, kind: MaterialKind, sha256: String) {
        self.id = id
        self.kind = kind
        self.sha256 = sha256
    }
}
