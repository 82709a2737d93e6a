/// Checks of the short texts callers write.
enum PlainText {
    /// A tracking number as couriers print it: 6–40 letters, digits and hyphens, letters upper-cased.
    static func trackingNumber(_ text: String) throws(Refusal) -> String {
        let number = text.uppercased()
        guard (6...40).contains(number.utf8.count),
            number.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x41 && $0 <= 0x5A) || $0 == 0x2D })
        else {
            throw .invalid(
                "parcel.tracking_number", zh: "快递单号应为 6 至 40 位字母、数字或连字符，请按面单填写。",
                en: "A tracking number has 6 to 40 letters, digits or hyphens: write it as printed on the label.")
        }
        return number
    }

    /// Who signed: 1–40 characters on one line.
    static func signatory(_ text: String, zh: String, en: String) throws(Refusal) -> String {
        guard !text.isEmpty, text.count <= 40, text.contains(where: { !$0.isWhitespace }),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw .invalid("signature.missing", zh: zh, en: en)
        }
        return text
    }

    /// A remark on one line that goes into a paper others read: no control characters, and no long number, which could be
    /// that of somebody's identity card or account.
    ///
    /// - Throws: `Refusal` when it is empty, too long or holds a number of nine digits or more.
    static func remark(_ text: String, _ name: String, upTo length: Int) throws(Refusal) -> String {
        guard !text.isEmpty, text.count <= length, text.contains(where: { !$0.isWhitespace }),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw .invalid(
                "text.\(name)", zh: "请在 \(name) 中用 1 至 \(length) 个字符（一行）写明情况。",
                en: "Say it in “\(name)”, in 1 to \(length) characters on one line.")
        }
        var digits = 0
        for character in text {
            digits = character.isNumber ? digits + 1 : 0
            guard digits < 9 else {
                throw .invalid(
                    "text.has_number", zh: "\(name) 中不得填写证件号码、账号等号码，只写情况或证件种类。请去掉号码后重新提交。",
                    en: "“\(name)” must not hold a document or account number: leave the number out and send it again.")
            }
        }
        return text
    }
}
