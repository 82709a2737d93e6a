import CardProgramme
import Letters

/// Letters to nobody.
enum Examples {
    static let office = LetterOffice(
        name: "某某县退役军人事务局", telephone: "199-0000-0001", hours: "工作日 8:30–11:30，14:30–17:30",
        address: "某某县测试大道1号政务服务中心三楼", postcode: "999900")

    static let paragraphs = [
        "您好！根据国家统一部署，退役军人、其他优抚对象可以申领优待证。我局在建档立卡数据中查到您的信息，但多次通过短信和电话都没有联系上您，特以此信告知。",
        "请您本人携带身份证、户口簿、退役证件，就近到乡镇（街道）退役军人服务站办理；行动不便的，可以拨打右上方的电话，由工作人员上门。办证不收取任何费用，也不需要您转账。",
        "无论是否办理，都请您填写下方回执寄回，或来电告知，以便我们不再打扰您。",
    ]

    static func day(_ text: String = "2022-11-03") -> CalendarDay { CalendarDay(text) ?? CalendarDay.earliest }

    static func number(_ index: Int) -> String { "TX2211-\(String(index + 1_000_000).dropFirst())" }

    static func letter(
        _ index: Int = 1, name: String = "测试甲", address: [String] = ["某某省某某市某某区测试街道测试路12号", "3号楼2单元501室"],
        postcode: String? = "999901", paragraphs: [String] = Self.paragraphs
    ) -> Letter {
        Letter(
            number: Self.number(index), recipient: Letter.Recipient(name: name, address: address, postcode: postcode),
            paragraphs: paragraphs, date: Self.day())
    }

    static func batch(
        _ letters: [Letter], office: LetterOffice = Self.office, sides: LetterBatch.Sides = .one
    )
        -> LetterBatch
    {
        LetterBatch(name: "2022年第三批", office: office, date: Self.day(), letters: letters, sides: sides)
    }

    /// A name of three characters, another for each number: the second and third go through some thousands of characters.
    static func name(_ index: Int) -> String {
        var name = "测"
        for value in [0x4E00 + index * 7 % 20_000, 0x2_0000 + index * 13 % 40_000] {
            if let scalar = Unicode.Scalar(UInt32(value)) { name.unicodeScalars.append(scalar) }
        }
        return name
    }
}
