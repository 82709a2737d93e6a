/// A telephone number of the Chinese mainland: a mobile one, which takes short messages, or a landline with its area code.
///
/// Its description is masked, so that a number that gets into a log by mistake cannot be read there. Only ``e164`` and
/// ``national`` show it; whoever calls them sends it somewhere on purpose.
package struct PhoneNumber: Hashable, Sendable {
    /// `+8619900000001`, `+865585500000` (E.164: landlines without the area code's leading zero).
    package let e164: String
    /// Whether it takes short messages: eleven digits, 1[3-9]….
    package let isMobile: Bool

    /// As it is dialled within the country: `19900000001`, `05585500000`.
    package var national: String {
        let digits = self.e164.dropFirst(3)
        return self.isMobile ? String(digits) : "0\(digits)"
    }

    /// Reads a number as people write it: with or without `+86`, `0086` or `86`, with spaces, dashes and brackets, in
    /// half or full width.
    ///
    /// Nothing is guessed. A landline without its area code, an extension, or a number of another country is refused.
    package init(_ text: String) throws(PhoneNumberError) {
        guard text.utf8.count <= 64 else { throw .length }
        var digits = try Self.digits(of: text)
        var isInternational = false
        for prefix in ["+86", "0086"] where digits.starts(with: prefix.unicodeScalars.map { Character($0) }) {
            digits.removeFirst(prefix.count)
            isInternational = true
            break
        }
        if digits.first == "+" || digits.starts(with: "00") { throw .otherCountry }
        // Without a plus sign only thirteen digits can be nothing else.
        if !isInternational, digits.count == 13, digits.starts(with: "861") { digits.removeFirst(2) }
        if digits.first == "1", digits.count > 4 {
            guard digits.count == 11 else {
                // 10 is Peking's area code, which abroad is written without its zero.
                guard isInternational, digits.count == 10, digits[1] == "0" else { throw .length }
                self.e164 = try Self.landline(digits)
                self.isMobile = false
                return
            }
            guard ("3"..."9").contains(digits[1]) else { throw .unassigned }
            self.e164 = "+86" + String(digits)
            self.isMobile = true
            return
        }
        if digits.first == "0" {
            digits.removeFirst()
        } else if !isInternational {
            throw digits.count == 7 || digits.count == 8 ? .areaCodeMissing : .notReachable
        }
        self.e164 = try Self.landline(digits)
        self.isMobile = false
    }

    /// - Parameter digits: Area code without its zero, then the number.
    private static func landline(_ digits: [Character]) throws(PhoneNumberError) -> String {
        guard let first = digits.first, digits.count > 1 else { throw .length }
        // 10 and 2x are the area codes of the great cities, of two digits here; all others have three (YD/T 1167).
        let area: Int
        switch first {
        case "1":
            guard digits[1] == "0" else { throw .unassigned }
            area = 2
        case "2": area = 2
        default: area = 3
        }
        let local = digits.count - area
        guard local == 7 || local == 8 else { throw .length }
        // Numbers that begin with 0, 1 or 9 are trunk codes and services.
        guard ("2"..."8").contains(digits[area]) else { throw .unassigned }
        return "+86" + String(digits)
    }

    /// Digits and a leading plus sign, all in half width.
    private static func digits(of text: String) throws(PhoneNumberError) -> [Character] {
        var digits: [Character] = []
        for scalar in text.unicodeScalars {
            let value = (0xFF01...0xFF5E).contains(scalar.value) ? scalar.value - 0xFEE0 : scalar.value
            guard let plain = Unicode.Scalar(value) else { throw .characters }
            switch plain {
            case "0"..."9": digits.append(Character(plain))
            case "+":
                guard digits.isEmpty else { throw .characters }
                digits.append("+")
            // Spaces of every kind and the dashes people type; marks of direction come with what is copied from a page.
            case " ", "\t", "\u{A0}", "\u{2002}"..."\u{200B}", "\u{3000}", "-", "\u{2010}"..."\u{2015}", "\u{2212}",
                "(", ")", ".", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{FEFF}":
                continue
            default: throw .characters
            }
        }
        guard !digits.isEmpty, digits != ["+"] else { throw .empty }
        return digits
    }
}

extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `199****0001`, `0558*****00`: enough for staff to recognise one they know.
    package var description: String {
        let national = self.national
        guard self.isMobile else {
            return national.prefix(4) + String(repeating: "*", count: national.count - 6) + national.suffix(2)
        }
        return national.prefix(3) + "****" + national.suffix(4)
    }

    package var debugDescription: String { self.description }
    /// `dump` and failed expectations print an object's parts: none of these.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a text is no number we could reach.
package enum PhoneNumberError: Error, Sendable, Equatable, CaseIterable, CustomStringConvertible {
    case empty
    /// Letters, an extension, two numbers in one field.
    case characters
    case length
    case areaCodeMissing
    case otherCountry
    /// Eleven digits that begin with 10, 11 or 12, or an area that does not exist.
    case unassigned
    /// A service number (95…, 400…): not somebody's own.
    case notReachable

    /// For the person who typed it. Never contains what was typed.
    package var description: String {
        switch self {
        case .empty: "未填写电话号码。No telephone number was given: enter one."
        case .characters:
            "电话号码只能有数字、空格和短横线，不含分机号。Enter one number of digits only, without an extension."
        case .length:
            "电话号码位数不对：手机号 11 位，固定电话含区号 10 至 12 位。"
                + "Count the digits: a mobile number has 11, a landline 10 to 12 with its area code."
        case .areaCodeMissing: "固定电话请加区号，例如 0558。Add the area code of the landline, for example 0558."
        case .otherCountry: "只能使用中国大陆的电话号码。Only numbers of the Chinese mainland can be used."
        case .unassigned: "没有这样的号段，请核对。No such numbers exist: check the number."
        case .notReachable:
            "这是服务号码，请填写本人的手机号或带区号的固定电话。"
                + "This is a service number: enter the person's own mobile number or a landline with its area code."
        }
    }
}
