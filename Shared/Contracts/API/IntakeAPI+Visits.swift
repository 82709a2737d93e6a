import CardProgramme
import FoundationEssentials

/// Base file forms sent from home, visits and collective sessions.
extension IntakeAPI {
    /// `PUT /api/base-forms/{id}`: 基础电子档案信息表, filled in by the person or a relative before registration (R74, R132).
    ///
    /// Taken as written: the station compares it with the papers and corrects it when it takes the form over.
    package struct BaseForm: Codable, Sendable, Equatable {
        package var name: String
        package var identityNumber: String
        package var categories: [CardProgramme.Category]
        /// Station that is to keep the file.
        package var station: String
        package var phones: [String]
        package var address: String?
        /// `self`, or the relation of whoever filled it in.
        package var filledInBy: String

        package init(
            name: String, identityNumber: String, categories: [CardProgramme.Category], station: String,
            phones: [String], address: String?, filledInBy: String
        ) {
            self.name = name
            self.identityNumber = identityNumber
            self.categories = categories
            self.station = station
            self.phones = phones
            self.address = address
            self.filledInBy = filledInBy
        }
    }

    package struct SentBaseForm: Codable, Sendable {
        package var id: UUID
        package var form: BaseForm
        package var sentAt: Date
        /// The file that came of it; nil while the station has not taken it over.
        package var personID: UUID?

        package init(id: UUID, form: BaseForm, sentAt: Date, personID: UUID?) {
            self.id = id
            self.form = form
            self.sentAt = sentAt
            self.personID = personID
        }
    }

    /// `GET /api/base-forms?limit=&offset=`: what waits to be taken over, longest first, without what is in it.
    package struct BaseFormList: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package var id: UUID
            package var station: String
            package var sentAt: Date

            package init(id: UUID, station: String, sentAt: Date) {
                self.id = id
                self.station = station
                self.sentAt = sentAt
            }
        }

        package var forms: [Item]
        package var total: Int

        package init(forms: [Item], total: Int) {
            self.forms = forms
            self.total = total
        }
    }

    /// `PUT /api/kits/{id}`: whom a team visits, or who comes to a collective session (R73, R76, R119). The id is the
    /// station's own, so that the call can be repeated.
    package struct NewKit: Codable, Sendable, Equatable {
        /// `home`, `collective` or `agreed`.
        package var channel: Channel
        /// Opaque id of the team's account, which alone may read the kit besides the station.
        package var team: String
        package var visitOn: CalendarDay
        /// At most 200 people, of the station's own.
        package var people: [UUID]

        package init(channel: Channel, team: String, visitOn: CalendarDay, people: [UUID]) {
            self.channel = channel
            self.team = team
            self.visitOn = visitOn
            self.people = people
        }
    }

    /// A kit as the team takes it along: only what the visit needs (R14). No identity numbers but masked ones, no categories.
    package struct Kit: Codable, Sendable {
        package struct Visit: Codable, Sendable {
            package var personID: UUID
            package var name: String
            package var maskedIdentityNumber: String
            package var phones: [String]
            package var address: String?
            /// What is to be brought, photographed and signed, by name.
            package var bring: [String]

            package init(
                personID: UUID, name: String, maskedIdentityNumber: String, phones: [String], address: String?,
                bring: [String]
            ) {
                self.personID = personID
                self.name = name
                self.maskedIdentityNumber = maskedIdentityNumber
                self.phones = phones
                self.address = address
                self.bring = bring
            }
        }

        package var id: UUID
        package var station: String
        package var channel: Channel
        package var team: String
        package var visitOn: CalendarDay
        /// In the order the station gave. Empty in lists of kits.
        package var visits: [Visit]

        package init(
            id: UUID, station: String, channel: Channel, team: String, visitOn: CalendarDay, visits: [Visit]
        ) {
            self.id = id
            self.station = station
            self.channel = channel
            self.team = team
            self.visitOn = visitOn
            self.visits = visits
        }
    }

    package struct KitList: Codable, Sendable {
        package var kits: [Kit]
        package init(kits: [Kit]) { self.kits = kits }
    }

    /// `POST /api/visits`: what was taken down away from the counter, up to 50 people a request, sent as often as needed.
    ///
    /// Each item is answered by itself and recognised by its id, so a request sent twice, or cut off and sent again, loses
    /// and doubles nothing.
    package struct Visits: Codable, Sendable {
        package struct Item: Codable, Sendable {
            /// Made by the device when the item was taken down, and kept.
            package var id: UUID
            package var registration: Registration
            package var cardKind: CardKind
            package var bank: String
            /// `home`, `collective` or `agreed`.
            package var channel: Channel
            package var applicationFormSigned: Bool
            package var bankConfirmationSigned: Bool
            package var originals: [MaterialKind]
            package var materials: [Material]

            package init(
                id: UUID, registration: Registration, cardKind: CardKind, bank: String, channel: Channel,
                applicationFormSigned: Bool, bankConfirmationSigned: Bool, originals: [MaterialKind],
                materials: [Material]
            ) {
                self.id = id
                self.registration = registration
                self.cardKind = cardKind
                self.bank = bank
                self.channel = channel
                self.applicationFormSigned = applicationFormSigned
                self.bankConfirmationSigned = bankConfirmationSigned
                self.originals = originals
                self.materials = materials
            }
        }

        package struct Material: Codable, Sendable {
            package var kind: MaterialKind
            /// `image/jpeg` …
            package var type: String
            /// Base64.
            package var bytes: Data

            package init(kind: MaterialKind, type: String, bytes: Data) {
                self.kind = kind
                self.type = type
                self.bytes = bytes
            }
        }

        package var items: [Item]
        package init(items: [Item]) { self.items = items }
    }

    package struct VisitOutcomes: Codable, Sendable {
        package struct Item: Codable, Sendable {
            package enum Result: String, Codable, Sendable { case taken, alreadyTaken, refused }

            package var id: UUID
            package var result: Result
            /// Also there when the registration went through and the submission was refused.
            package var personID: UUID?
            package var submissionID: UUID?
            package var code: String?
            package var chinese: String?
            package var english: String?

            package init(
                id: UUID, result: Result, personID: UUID?, submissionID: UUID?, code: String? = nil,
                chinese: String? = nil, english: String? = nil
            ) {
                self.id = id
                self.result = result
                self.personID = personID
                self.submissionID = submissionID
                self.code = code
                self.chinese = chinese
                self.english = english
            }
        }

        package var outcomes: [Item]
        package init(outcomes: [Item]) { self.outcomes = outcomes }
    }
}
