import CardProgramme

/// The last look at a file before card data can leave: no card is made on a file that is not sound (R22).
///
/// Intake closed this gate at registration and review decided on it; it is looked at once more because a card that was
/// made wrongly cannot be unmade.
enum OrderGate {
    /// - Returns: The holder, with the identity number in its normal form.
    /// - Throws: ``Unsound`` naming the rule, without any personal data.
    static func holder(
        name: String, identityNumber: String, categories: [CardProgramme.Category], cardKind: CardKind
    ) throws(Unsound) -> CardHolder {
        guard name.contains(where: { !$0.isWhitespace }) else { throw Unsound(rule: "the holder has no name") }
        let number: IdentityNumber
        do throws(IdentityNumberError) {
            number = try IdentityNumber(identityNumber)
        } catch {
            throw Unsound(rule: "the identity number is not valid")
        }
        guard CardKind.allowed(for: Set(categories)).contains(cardKind) else {
            throw Unsound(rule: "the card kind does not belong to the holder's categories")
        }
        return CardHolder(name: name, identityNumber: number.text, categories: categories)
    }

    /// An approval this service will not make a card from.
    struct Unsound: Error, Sendable, Equatable, CustomStringConvertible {
        let rule: String
        var description: String { "no card can be ordered: \(self.rule)" }
    }
}
