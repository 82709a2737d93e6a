import CardProgramme

/// A letter to one person, ready to be composed; what is wrong with it says ``LetterBatch/faults()``.
///
/// Its descriptions show the number and nothing of the person, so that one in a log by mistake tells nobody anything.
package struct Letter: Hashable, Sendable {
    /// To whom it goes: what is read through the envelope's window.
    package struct Recipient: Hashable, Sendable {
        package var name: String
        /// After the name, on the envelope and in the salutation.
        package var honorific: String
        /// As the post office wants it, from the province down; one element a line, long ones are broken.
        package var address: [String]
        /// Six digits.
        package var postcode: String?

        package init(name: String, honorific: String = "同志", address: [String], postcode: String? = nil) {
            self.name = name
            self.honorific = honorific
            self.address = address
            self.postcode = postcode
        }
    }

    /// The tracking reference, printed as text and as a Code 128 barcode: capital letters, digits and hyphens, at most
    /// ``Code128/mostCharacters``, and once in a batch. It must not be made from anything of the person: it stands on the
    /// slip that goes back openly.
    package var number: String
    package var recipient: Recipient
    /// The line above the text, with its colon; nil for “尊敬的张三同志：”.
    package var salutation: String?
    /// Each begins two characters in.
    package var paragraphs: [String]
    /// Below the text: the first line two characters in, those after it from the margin. Stays with the signature.
    package var closing: [String]
    /// Below the office's name.
    package var date: CalendarDay
    /// At the foot of the first page.
    package var replySlip: ReplySlip?

    package init(
        number: String, recipient: Recipient, salutation: String? = nil, paragraphs: [String],
        closing: [String] = ["此致", "敬礼！"], date: CalendarDay, replySlip: ReplySlip? = ReplySlip()
    ) {
        self.number = number
        self.recipient = recipient
        self.salutation = salutation
        self.paragraphs = paragraphs
        self.closing = closing
        self.date = date
        self.replySlip = replySlip
    }
}

/// What is torn off at the foot and sent back. It has boxes and the letter's number, but no name: it may come back open.
package struct ReplySlip: Hashable, Sendable {
    /// The answers, each with a box; at most ``mostOptions``. One that ends with a colon gets a line to write on.
    package var options: [String]

    /// More leave no room for the telephone number and the signature.
    package static let mostOptions = 8

    package static let usualOptions = [
        "本人已知晓，愿意预约办理", "本人已知晓，暂不办理", "已在外地申领", "行动不便，请上门办理",
        "收件人已搬离，现住：", "收件人已去世",
    ]

    package init(options: [String] = ReplySlip.usualOptions) { self.options = options }
}

/// Who writes: the head of the letter, the signature, and where the slip goes back to.
package struct LetterOffice: Hashable, Sendable {
    /// In full, as on the seal.
    package var name: String
    /// Where somebody answers; printed large.
    package var telephone: String
    /// When somebody answers, “工作日 8:30–11:30，14:30–17:30”.
    package var hours: String?
    /// In one line.
    package var address: String
    /// Six digits.
    package var postcode: String?

    package init(name: String, telephone: String, hours: String? = nil, address: String, postcode: String? = nil) {
        self.name = name
        self.telephone = telephone
        self.hours = hours
        self.address = address
        self.postcode = postcode
    }
}

extension Letter: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "letter \(self.number)" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: ["number": self.number]) }
}

extension Letter.Recipient: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "recipient" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
