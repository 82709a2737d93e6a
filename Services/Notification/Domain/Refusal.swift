/// Why a call was not carried out, in words that say what to do. A refused call changed nothing.
///
/// The texts hold ids and codes only, never a name or an identity number.
struct Refusal: Error, Sendable, Equatable {
    /// What kind of answer it becomes; the interface maps it to a status.
    enum Kind: Sendable, Equatable {
        /// The call itself is wrong and stays wrong.
        case invalid
        /// There is no such thing.
        case unknown
        /// Something has changed meanwhile.
        case conflict
    }

    let kind: Kind
    /// Stable, for programs.
    let code: String
    let zh: String
    let en: String

    static func invalid(_ code: String, zh: String, en: String) -> Refusal {
        Refusal(kind: .invalid, code: code, zh: zh, en: en)
    }

    static func conflict(_ code: String, zh: String, en: String) -> Refusal {
        Refusal(kind: .conflict, code: code, zh: zh, en: en)
    }

    static func unknown(_ code: String, zh: String, en: String) -> Refusal {
        Refusal(kind: .unknown, code: code, zh: zh, en: en)
    }
}
