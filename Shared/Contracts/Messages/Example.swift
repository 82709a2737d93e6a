import Access
import CardProgramme
import FoundationEssentials

/// The values the contracts' examples are made of. None of them belongs to a person.
enum Example {
    static let submission = UUID(uuid: (1, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1))
    static let person = UUID(uuid: (1, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 2))
    static let notice = UUID(uuid: (1, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 3))
    /// 2022-03-09T02:00:00Z
    static let instant = Date(timeIntervalSince1970: 1_646_791_200)
    static let material = MaterialReference(
        id: UUID(uuid: (1, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 4)), kind: .photo,
        sha256: String(repeating: "ab", count: 32))

    /// A box that looks sealed and opens for nobody; `youdai seal` replaces it with a real one.
    static func sealed<Value>() -> Sealed<Value> { Sealed(keyID: "example-1", box: "") }
}
