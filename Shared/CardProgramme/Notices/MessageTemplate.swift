/// The words of a message, with `{name}` and the like where a recipient's own facts stand.
///
/// A template is checked when it is saved, so that nothing is found out only when it should be sent: every variable is one its
/// purpose knows, those that must be there are, and there is neither a personal number nor a link in it (fraud lives on those).
package struct MessageTemplate: Sendable, Hashable {
    package let purpose: MessagePurpose
    package let channel: TemplateChannel
    /// Without the signature, which comes before it.
    package let body: String
    private let parts: [Part]

    private enum Part: Sendable, Hashable {
        case text(String)
        case variable(MessageVariable)
    }

    /// What is wrong with a text, in words that say what to do.
    package struct Mistake: Sendable, Hashable {
        package let zh: String
        package let en: String
    }

    package struct Mistakes: Error, Sendable, Hashable {
        package let list: [Mistake]
    }

    /// The most parts a message may have for an ordinary recipient.
    package static let mostParts = 3

    /// - Throws: every mistake at once.
    package init(
        purpose: MessagePurpose, channel: TemplateChannel = .message, body: String
    ) throws(Mistakes) {
        self.purpose = purpose
        self.channel = channel
        self.body = body
        var mistakes: [Mistake] = []
        if !channel.speaks(of: purpose) {
            mistakes.append(
                Mistake(
                    zh: "“\(purpose.chinese)”不寄信件，信件只用于“\(MessagePurpose.outreach.chinese)”。",
                    en: "No letter is sent for “\(purpose.english)”, only for “\(MessagePurpose.outreach.english)”."))
        }
        let parts = Self.parse(body, &mistakes)
        self.parts = parts
        let used = Set(parts.compactMap { if case .variable(let variable) = $0 { variable } else { nil } })
        let (required, allowed) = channel.variables(of: purpose)
        for variable in used.subtracting(allowed).sorted(by: { $0.rawValue < $1.rawValue }) {
            mistakes.append(
                Mistake(
                    zh: "“\(purpose.chinese)”不能使用变量{\(variable.rawValue)}，请删去。",
                    en: "{\(variable.rawValue)} is not known for “\(purpose.english)”: take it out."))
        }
        for variable in required.subtracting(used).sorted(by: { $0.rawValue < $1.rawValue }) {
            mistakes.append(
                Mistake(
                    zh: "“\(purpose.chinese)”必须写明{\(variable.rawValue)}，请补上。",
                    en: "“\(purpose.english)” must say {\(variable.rawValue)}: add it."))
        }
        Self.checkText(parts, channel, &mistakes)
        if let longest = channel.longest, !(1...longest).contains(body.count) {
            mistakes.append(
                Mistake(
                    zh: "\(channel.chinese)的文字应为1至\(longest)个字，现在是\(body.count)个字。",
                    en: "The words of a \(channel.english) have 1 to \(longest) characters; these have \(body.count)."))
        }
        if mistakes.isEmpty, channel == .message {
            let longest = SMSLength("【优待证服务中心】" + Self.render(parts, Self.longest)).parts
            if longest > Self.mostParts {
                mistakes.append(
                    Mistake(
                        zh: "按较长的姓名、站名计算要拆成\(longest)条短信，最多\(Self.mostParts)条，请精简。",
                        en:
                            "With a long name and station it takes \(longest) parts, \(Self.mostParts) at most: shorten it."
                    ))
            }
        }
        if !mistakes.isEmpty { throw Mistakes(list: mistakes) }
    }

    /// The text for a recipient.
    ///
    /// - Parameters:
    ///   - signature: `【…】`, which comes first.
    ///   - values: A value for each variable in use; one without is left out.
    package func text(signature: String, _ values: [MessageVariable: String]) -> String {
        signature + Self.render(self.parts, values)
    }

    /// The paragraphs of a letter to a recipient.
    package func paragraphs(_ values: [MessageVariable: String]) -> [String] {
        Self.render(self.parts, values).split(separator: "\n").map(String.init)
    }

    /// The variables in use.
    package var variables: Set<MessageVariable> {
        Set(self.parts.compactMap { if case .variable(let variable) = $0 { variable } else { nil } })
    }

    // MARK: - Inside

    private static let longest: [MessageVariable: String] = [
        .name: "阿卜杜拉·买买提明", .date: "12月28日", .time: "上午10:30", .station: "古井镇退役军人服务站",
        .telephone: "0000-00000000", .reason: "照片不合规格", .lastDay: "12月28日",
    ]

    private static func render(_ parts: [Part], _ values: [MessageVariable: String]) -> String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .text(let fixed): text += fixed
            case .variable(let variable): text += values[variable] ?? ""
            }
        }
    }

    private static func parse(_ body: String, _ mistakes: inout [Mistake]) -> [Part] {
        var parts: [Part] = []
        var rest = body[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                mistakes.append(
                    Mistake(zh: "花括号不成对，请检查变量写法，例如{name}。", en: "Braces do not match: a variable is written {name}."))
                return parts
            }
            let name = String(rest[rest.index(after: open)..<close])
            if let variable = MessageVariable(rawValue: name) {
                parts.append(.variable(variable))
            } else {
                let known = MessageVariable.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")
                mistakes.append(
                    Mistake(
                        zh: "没有变量{\(name.prefix(30))}，可用的有：\(known)。",
                        en: "There is no {\(name.prefix(30))}; there are \(known)."))
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return parts
    }

    private static func checkText(_ parts: [Part], _ channel: TemplateChannel, _ mistakes: inout [Mistake]) {
        let texts = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        let all = texts.joined()
        // The paragraphs of a letter are lines.
        let isLetter = channel == .letter
        if all.unicodeScalars.contains(where: {
            $0.properties.generalCategory == .control && !(isLetter && $0 == "\n")
        }) {
            mistakes.append(
                isLetter
                    ? Mistake(zh: "除换行分段外，不能含控制字符。", en: "It has no control characters but line breaks.")
                    : Mistake(zh: "不能换行或含控制字符。", en: "It has no line breaks or control characters."))
        }
        if all.contains("【") || all.contains("】") {
            mistakes.append(Mistake(zh: "签名由系统添加，正文中不要写【】。", en: "The signature is added by the system: leave out 【】."))
        }
        let lower = all.lowercased()
        if ["http", "www.", "://", ".com", ".cn"].contains(where: lower.contains) {
            mistakes.append(
                Mistake(zh: "不得含网址，以防冒充诈骗。", en: "A message has no link in it: people are defrauded by such."))
        }
        for text in texts where Self.longestNumber(in: text) >= 11 {
            mistakes.append(
                Mistake(
                    zh: "正文中有11位以上的号码，可能是身份证号、手机号或卡号；联系电话请用{telephone}。",
                    en: "There is a number of 11 digits or more, perhaps somebody's: the office's own is {telephone}."))
        }
    }

    private static func longestNumber(in text: String) -> Int {
        var (longest, run) = (0, 0)
        for scalar in text.unicodeScalars {
            // Full-width digits too; spaces and hyphens do not end a number.
            if scalar.properties.numericType == .decimal || scalar == "X" || scalar == "x" && run >= 10 {
                run += 1
                longest = max(longest, run)
            } else if scalar != " " && scalar != "-" {
                run = 0
            }
        }
        return longest
    }
}

extension TemplateChannel {
    /// What words of this way may speak of, and what they must. On the page of a call, and at the head of a letter, stands
    /// what a message has to say itself.
    package func variables(
        of purpose: MessagePurpose
    ) -> (required: Set<MessageVariable>, allowed: Set<MessageVariable>) {
        self == .message ? purpose.variables : ([], [.name, .telephone])
    }
}
