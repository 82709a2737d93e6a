/// Why the front desk does not do what it was asked, in words that say what to do next.
///
/// Nothing has changed when one of these is thrown. The texts repeat no personal data, because an answer's code and
/// sentence also reach logs.
struct IntakeRefusal: Error, Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// The request itself cannot be read.
        case malformed
        case unknown
        /// The request is well formed, but what is on record forbids it now.
        case conflict
        case tooLarge
        case unsupportedType
        /// The request is well formed, but its content cannot be accepted whatever is on record.
        case unfit
        /// The caller asks too often.
        case tooMany
        /// Not possible for some seconds, for nobody.
        case notReady
    }

    let kind: Kind
    /// Stable, for programs: `submission.file_incomplete`.
    let code: String
    let zh: String
    let en: String
    /// Seconds after which trying again makes sense.
    let retryAfter: Int?

    init(_ kind: Kind, _ code: String, zh: String, en: String, retryAfter: Int? = nil) {
        self.kind = kind
        self.code = code
        self.zh = zh
        self.en = en
        self.retryAfter = retryAfter
    }
}
