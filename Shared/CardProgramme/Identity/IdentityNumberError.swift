/// Why a text is not a resident identity number, in words that tell its owner what to do.
///
/// No case carries any part of the number: errors end up in logs.
package enum IdentityNumberError: String, Error, Sendable, CaseIterable {
    case empty
    case length
    case character
    case division
    case date
    case notYetBorn
    case legacyCentury
    case checkCharacter
    /// Only from ``IdentityNumber/synthetic(division:birthDate:sequence:)``: the sequence is not within 0…999.
    case sequence

    /// The stable code that interfaces answer with.
    package var code: String { "identity_number_" + self.snakeCase }

    private var snakeCase: String {
        switch self {
        case .empty: "empty"
        case .length: "length"
        case .character: "character"
        case .division: "division"
        case .date: "date"
        case .notYetBorn: "not_yet_born"
        case .legacyCentury: "legacy_century"
        case .checkCharacter: "check_character"
        case .sequence: "sequence"
        }
    }

    /// What is wrong and what to do, for the applicant and the counter.
    package var zh: String {
        switch self {
        case .empty: "没有填写公民身份号码，请按身份证填写18位号码。"
        case .length: "公民身份号码应为18位（老号码15位），请对照身份证检查是否漏填或多填。"
        case .character: "公民身份号码只能是数字，最后一位可以是X；请去掉空格、横线和其他字符。"
        case .division: "公民身份号码前6位不是有效的行政区划代码，请对照身份证重新填写。"
        case .date: "公民身份号码中的出生日期不存在或早于1900年，请对照身份证检查第7至14位。"
        case .notYetBorn: "公民身份号码中的出生日期在今天之后，请对照身份证检查第7至14位。"
        case .legacyCentury: "该15位号码使用百岁老人专用顺序码，无法换算成18位，请填写身份证上的18位号码。"
        case .checkCharacter: "公民身份号码最后一位校验不符，请对照身份证逐位核对。"
        case .sequence: "顺序码须在0至999之间。"
        }
    }

    /// The same in English.
    package var en: String {
        switch self {
        case .empty: "No identity number was given; enter the 18 characters from the identity card."
        case .length:
            "An identity number has 18 characters (15 in the old form); compare with the card for missing or extra ones."
        case .character:
            "An identity number has digits only, the last may be X; remove spaces, hyphens and other characters."
        case .division: "The first six digits are not a valid division code; enter them again from the identity card."
        case .date:
            "The birth date in the identity number does not exist or lies before 1900; compare characters 7 to 14 with the card."
        case .notYetBorn:
            "The birth date in the identity number lies after today; compare characters 7 to 14 with the card."
        case .legacyCentury:
            "This 15-digit number uses a sequence code kept for centenarians and cannot be converted; enter the 18 characters from the card."
        case .checkCharacter:
            "The last character does not match the others; compare every character with the identity card."
        case .sequence: "The sequence lies outside 0 to 999."
        }
    }
}
