/// What a personal file (建档立卡) must hold before anything can be submitted on it (R21, R22: 全要素信息采集登记).
///
/// Name, identity number, categories and station are not listed: without them there is no file at all. The raw values are
/// codes of the interface; they are never renamed.
package enum FileElement: String, Codable, Sendable, CaseIterable {
    /// A phone of the person's own or of somebody who speaks for them, or the statement that there is none (R15, R25).
    case contact
    /// 现住址.
    case address
    /// 户籍地, as a six-digit division (R37).
    case registeredDivision
    /// 常住地, as a six-digit division (R37).
    case residentDivision
    /// The guardian of somebody without, or with limited, civil capacity, who applies for them (N12).
    case guardian
    /// A clerk has compared the file with the papers.
    case comparedWithPapers

    package var chinese: String {
        switch self {
        case .contact: "联系方式（本人、亲属或监护人的电话；确无电话的须注明）"
        case .address: "现住址"
        case .registeredDivision: "户籍地行政区划代码"
        case .residentDivision: "常住地行政区划代码"
        case .guardian: "监护人姓名及电话"
        case .comparedWithPapers: "工作人员与证件材料核对"
        }
    }

    package var english: String {
        switch self {
        case .contact: "a phone of the person, a relative or the guardian, or the statement that there is none"
        case .address: "the present address"
        case .registeredDivision: "the division of household registration"
        case .residentDivision: "the division of residence"
        case .guardian: "name and phone of the guardian"
        case .comparedWithPapers: "a clerk's comparison with the papers"
        }
    }
}

/// Whether somebody can act for themselves (民法典 Arts. 17–24); otherwise the guardian applies (N12).
package enum CivilCapacity: String, Codable, Sendable, CaseIterable {
    case full, limited, none

    package var chinese: String {
        switch self {
        case .full: "完全民事行为能力"
        case .limited: "限制民事行为能力"
        case .none: "无民事行为能力"
        }
    }
}

/// How somebody else belongs to a person on the roster, who may speak and be called for them (N12, R15).
package enum RelatedRole: String, Codable, Sendable, CaseIterable {
    /// 监护人: acts in law for somebody without full civil capacity.
    case guardian
    /// 亲属.
    case relative
    /// 邻居、志愿者、村（社区）工作人员: accompanies or can be called.
    case helper

    package var chinese: String {
        switch self {
        case .guardian: "监护人"
        case .relative: "亲属"
        case .helper: "帮办人"
        }
    }
}

/// Codes of GB/T 2260 as people enter them.
package enum DivisionCode {
    /// The six digits, with blanks and full-width digits mended, and longer codes of a township or village cut to the
    /// county; nil when it is none.
    package static func read(_ text: String) -> String? {
        var digits: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: digits.append(UInt8(scalar.value))
            case 0xFF10...0xFF19: digits.append(UInt8(scalar.value - 0xFF10 + 0x30))
            case 0x20, 0x3000, 0x09: continue
            default: return nil
            }
        }
        guard [6, 9, 12].contains(digits.count), Self.isProvince(digits) else { return nil }
        return String(decoding: digits.prefix(6), as: UTF8.self)
    }

    /// Whether two counties lie in different provinces, which is where N10's choice of the issuing province begins.
    package static func areOfDifferentProvinces(_ one: String, _ other: String) -> Bool {
        one.utf8.prefix(2).elementsEqual(other.utf8.prefix(2)) == false
    }

    private static func isProvince(_ digits: [UInt8]) -> Bool {
        switch (Int(digits[0]) - 0x30) * 10 + Int(digits[1]) - 0x30 {
        case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81...83: true
        default: false
        }
    }
}
