import Access
import Contracts

/// Bodies taken apart.
enum Body {
    static func members(_ bytes: [UInt8]) throws -> JSONValue {
        try ContractCoding.decode(JSONValue.self, from: bytes)
    }

    static func removing(_ name: String, from bytes: [UInt8]) throws -> [UInt8] {
        guard case .object(let members) = try Self.members(bytes) else { return bytes }
        return Array(JSONValue.object(members.filter { $0.name != name }).formatted.utf8)
    }

    /// The stored members of a contract with the names of their types, also of those its example leaves out.
    static func stored(_ contract: any MessageContract.Type) -> [(name: String, type: Any.Type)] {
        func open<M: MessageContract>(_ contract: M.Type) -> [(name: String, type: Any.Type)] {
            Mirror(reflecting: contract.example).children.map { ($0.label ?? "", Swift.type(of: $0.value)) }
        }
        return open(contract)
    }

    static func optionalMembers(of contract: any MessageContract.Type) -> Set<String> {
        Set(Self.stored(contract).filter { $0.type is any Absentable.Type }.map(\.name))
    }

    static func sealedMembers(of contract: any MessageContract.Type) -> Set<String> {
        Set(Self.stored(contract).filter { $0.type is any Closed.Type }.map(\.name))
    }

    /// Every name of a member, at any depth.
    static func allNames(_ value: JSONValue) -> Set<String> {
        switch value {
        case .object(let members):
            members.reduce(into: Set(members.map(\.name))) { $0.formUnion(Self.allNames($1.value)) }
        case .list(let values): values.reduce(into: []) { $0.formUnion(Self.allNames($1)) }
        default: []
        }
    }
}

private protocol Absentable {}
extension Optional: Absentable {}
private protocol Closed {}
extension Sealed: Closed {}
extension Optional: Closed where Wrapped: Closed {}
