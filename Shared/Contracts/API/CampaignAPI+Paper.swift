import CardProgramme
import FoundationEssentials

/// Letters and inquiries of campaigns.
extension CampaignAPI {
    /// `POST /api/letter-batches`: the letters that are due, put together to be printed.
    package struct NewLetterBatch: Codable, Sendable {
        /// The caller's own, so that the same again makes no second one.
        package var id: UUID
        package var campaign: UUID
        /// 1 to 500.
        package var most: Int?

        package init(id: UUID, campaign: UUID, most: Int? = nil) {
            self.id = id
            self.campaign = campaign
            self.most = most
        }
    }

    /// `GET /api/letter-batches/{id}`; `…/letters.pdf` and `…/addresses.pdf` are what is printed.
    package struct LetterBatch: Codable, Sendable {
        package var id: UUID
        package var campaign: UUID
        /// Version of the words it is printed in; 0 for the standard ones.
        package var words: Int
        package var madeBy: String
        package var madeAt: Date
        package var letters: [Letter]

        package init(id: UUID, campaign: UUID, words: Int, madeBy: String, madeAt: Date, letters: [Letter]) {
            self.id = id
            self.campaign = campaign
            self.words = words
            self.madeBy = madeBy
            self.madeAt = madeAt
            self.letters = letters
        }
    }

    package struct Letter: Codable, Sendable, Equatable {
        /// As it is printed on the letter.
        package var number: String
        package var person: UUID
        package var state: LetterState
        /// The post office's number.
        package var trackingNumber: String?
        package var postedAt: Date?
        package var result: LetterResult?

        package init(
            number: String, person: UUID, state: LetterState, trackingNumber: String?, postedAt: Date?,
            result: LetterResult?
        ) {
            self.number = number
            self.person = person
            self.state = state
            self.trackingNumber = trackingNumber
            self.postedAt = postedAt
            self.result = result
        }
    }

    /// `POST /api/letters/{number}/posted` and `…/result`.
    package struct Posting: Codable, Sendable {
        /// 8 to 20 capital letters and digits.
        package var trackingNumber: String

        package init(trackingNumber: String) {
            self.trackingNumber = trackingNumber
        }
    }

    package struct LetterNews: Codable, Sendable {
        package var result: LetterResult

        package init(result: LetterResult) {
            self.result = result
        }
    }

    /// Raw values are codes that the database holds.
    package enum LetterState: String, Codable, Sendable, CaseIterable {
        /// To be printed.
        case planned
        /// In a batch.
        case printed
        case posted
        case ended
        /// Not needed any more.
        case void
    }

    /// What became of a letter. Raw values are codes that the database holds.
    package enum LetterResult: String, Codable, Sendable, CaseIterable {
        /// 本人签收
        case signedByPerson
        /// 家属签收
        case signedByFamily
        /// 他人代收: a neighbour, a gate: nobody is known to have read it.
        case signedByOther
        /// 查无此人
        case returnedUnknown
        /// 迁移新址不明
        case returnedMoved
        /// 地址欠详
        case returnedAddress
        /// 逾期未领
        case returnedUnclaimed
        /// 拒收
        case returnedRefused
        case lost
        /// A name or an address no printer prints: the system says so when the batch is made.
        case unprintable

        /// How it ends a line of a campaign; nil when it does not.
        package var outreach: OutreachOutcome? {
            switch self {
            case .signedByPerson: .informed
            case .signedByFamily: .familyInformed
            case .signedByOther, .returnedUnknown, .returnedMoved, .returnedAddress, .returnedUnclaimed,
                .returnedRefused, .lost, .unprintable:
                nil
            }
        }

        package var chinese: String {
            switch self {
            case .signedByPerson: "本人签收"
            case .signedByFamily: "家属签收"
            case .signedByOther: "他人代收"
            case .returnedUnknown: "退回：查无此人"
            case .returnedMoved: "退回：迁移新址不明"
            case .returnedAddress: "退回：地址欠详"
            case .returnedUnclaimed: "退回：逾期未领"
            case .returnedRefused: "退回：拒收"
            case .lost: "遗失"
            case .unprintable: "无法打印：姓名或地址有字库没有的字"
            }
        }
    }

    /// `GET /api/inquiries?station=&after=&limit=`: the open ones, the oldest first.
    package struct Inquiries: Codable, Sendable {
        package var inquiries: [Inquiry]

        package init(inquiries: [Inquiry]) {
            self.inquiries = inquiries
        }
    }

    /// 协查: somebody who may know is asked to find a person.
    package struct Inquiry: Codable, Sendable {
        package var id: UUID
        package var campaign: UUID
        package var person: UUID
        /// The station that keeps the file; its village is asked.
        package var station: String
        /// Where they live, six digits, whose station is asked; nil when it is not on file.
        package var division: String?
        package var openedAt: Date
        package var dueAt: Date

        package init(
            id: UUID, campaign: UUID, person: UUID, station: String, division: String?, openedAt: Date, dueAt: Date
        ) {
            self.id = id
            self.campaign = campaign
            self.person = person
            self.station = station
            self.division = division
            self.openedAt = openedAt
            self.dueAt = dueAt
        }
    }

    /// `POST /api/inquiries/{id}/answer`.
    package struct InquiryAnswer: Codable, Sendable {
        /// Nil when they could not be found.
        package var outcome: OutreachOutcome?
        /// Who answered what, 1 to 200 characters.
        package var evidence: String

        package init(outcome: OutreachOutcome?, evidence: String) {
            self.outcome = outcome
            self.evidence = evidence
        }
    }
}
