import CardProgramme
import Contracts
import Crypto
import FoundationEssentials

/// What stands printed on one of the two forms (R65, R125, R126) and is signed with it.
///
/// The signature belongs to exactly this content (R66). Its digest is taken when the signature is recorded and compared at
/// the check, and its first characters are printed on the form, so that a paper of yesterday cannot be signed off for the
/// file of today.
struct FormContent: Sendable, Equatable {
    enum Form: String, Sendable, CaseIterable {
        case applicationForm
        case bankConfirmation

        /// A form whose wording changes is another form: raise the number.
        var edition: String { "\(self.rawValue).1" }

        /// The title in the documents (R65).
        var chinese: String {
            switch self {
            case .applicationForm: "退役军人、其他优抚对象优待证申领表"
            case .bankConfirmation: "优待证关联银行借记卡信息确认书"
            }
        }

        var english: String {
            switch self {
            case .applicationForm: "Application for the card of honour"
            case .bankConfirmation: "Confirmation of the bank debit card linked with the card of honour"
            }
        }
    }

    enum Field: String, Sendable {
        case name, sex, born, identityNumber, phones, address, categories, cardKind, bank, issuer

        var chinese: String {
            switch self {
            case .name: "姓名"
            case .sex: "性别"
            case .born: "出生日期"
            case .identityNumber: "公民身份号码"
            case .phones: "联系电话"
            case .address: "现住址"
            case .categories: "身份类别"
            case .cardKind: "优待证种类"
            case .bank: "合作银行"
            case .issuer: "发放省份"
            }
        }

        var english: String {
            switch self {
            case .name: "Name"
            case .sex: "Sex"
            case .born: "Born"
            case .identityNumber: "Identity number"
            case .phones: "Telephone"
            case .address: "Address"
            case .categories: "Categories"
            case .cardKind: "Kind of card"
            case .bank: "Bank"
            case .issuer: "Issued by"
            }
        }
    }

    struct Line: Sendable, Equatable {
        let field: Field
        let value: String
    }

    let form: Form
    let lines: [Line]

    func value(_ field: Field) -> String { self.lines.first { $0.field == field }?.value ?? "" }

    /// SHA-256 over the form's edition and every value.
    var digest: [UInt8] {
        var text = Array(self.form.edition.utf8)
        for line in self.lines {
            // The separator of units, which no printable text holds.
            text.append(0x1F)
            text.append(contentsOf: line.value.utf8)
        }
        return Array(SHA256.hash(data: text))
    }

    /// Printed on the form and typed in when it comes back signed: twelve hexadecimal digits in three groups.
    var code: String {
        let digits = Array(HexText.encode(self.digest.prefix(6)).uppercased())
        return stride(from: 0, to: 12, by: 4).map { String(digits[$0..<($0 + 4)]) }.joined(separator: "-")
    }

    /// Whether a form with this code has this content. Copied by hand: small letters and missing hyphens do no harm.
    func isPrinted(as code: String) -> Bool {
        let digits = code.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
        return digits.count == 12
            && String(decoding: digits, as: UTF8.self).uppercased() == self.code.filter { $0 != "-" }
    }

    static func applicationForm(_ submission: SubmissionRecord, _ facts: PersonFacts) -> FormContent {
        FormContent(
            form: .applicationForm,
            lines: Self.person(facts) + [
                Line(field: .categories, value: facts.categories.map(\.chinese).joined(separator: "、")),
                Line(field: .cardKind, value: submission.cardKind.chinese),
                Line(field: .bank, value: submission.bank),
                Line(field: .issuer, value: submission.issuer == .registered ? "户籍地省份" : "常住地省份"),
            ])
    }

    static func bankConfirmation(_ submission: SubmissionRecord, _ facts: PersonFacts) -> FormContent {
        FormContent(
            form: .bankConfirmation,
            lines: Self.person(facts) + [
                Line(field: .cardKind, value: submission.cardKind.chinese),
                Line(field: .bank, value: submission.bank),
            ])
    }

    static func content(_ form: Form, _ submission: SubmissionRecord, _ facts: PersonFacts) -> FormContent {
        switch form {
        case .applicationForm: .applicationForm(submission, facts)
        case .bankConfirmation: .bankConfirmation(submission, facts)
        }
    }

    private static func person(_ facts: PersonFacts) -> [Line] {
        let number = try? IdentityNumber(facts.identityNumber)
        return [
            Line(field: .name, value: facts.name), Line(field: .sex, value: number?.sex.chinese ?? ""),
            Line(field: .born, value: number?.birthDate.chinese ?? ""),
            Line(field: .identityNumber, value: facts.identityNumber),
            Line(field: .phones, value: facts.phones.joined(separator: "、")),
            Line(field: .address, value: facts.address ?? ""),
        ]
    }
}
