import Contracts
import FoundationEssentials
import Testing

/// What stands on the wire, byte for byte. A body that was published must be readable for as long as one may still arrive.
struct GoldenFixtureTests {
    /// Said by every failure here.
    private static func advice(_ type: String) -> Comment {
        """
        How to change a message: never in place. Copy the contract to a type with the next `version`, register it in \
        ContractRegistry beside the old one, handle both until nothing of the old one can still arrive, and write its \
        fixture with
          youdai contracts fixture \(type) > Tests/ContractsTests/Fixtures/\(type).json
          youdai contracts asyncapi > Shared/Contracts/asyncapi.json
        The fixture of a version that was ever deployed is not edited.
        """
    }

    /// The fixture without the line feed that ends the file.
    private func fixture(_ type: String) throws -> [UInt8] {
        var bytes = try #require(Repository.bytes("\(Repository.fixtures)/\(type).json"), Self.advice(type))
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return bytes
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func aFixtureDecodesAndComesBackByteForByte(type: String) throws {
        let bytes = try self.fixture(type)
        let contract = try #require(ContractRegistry.contract(ofType: type))
        func check<M: MessageContract>(_ contract: M.Type) throws {
            let message = try ContractCoding.decode(contract, from: bytes)
            #expect(message == contract.example, Self.advice(type))
            let again = try ContractCoding.encode(message)
            #expect(String(decoding: again, as: UTF8.self) == String(decoding: bytes, as: UTF8.self), Self.advice(type))
        }
        try check(contract)
    }

    @Test func everyFixtureBelongsToARegisteredContract() throws {
        let types = try Repository.names(in: Repository.fixtures).filter { $0.hasSuffix(".json") }.map {
            $0.dropLast(5)
        }
        for type in types {
            #expect(
                ContractRegistry.contract(ofType: String(type)) != nil,
                "\(type) is no longer registered: a message of it that still arrives would park.")
        }
        #expect(types.count == ContractRegistry.all.count)
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func aBodyWithAMemberMissingIsRefused(type: String) throws {
        let bytes = try self.fixture(type)
        let contract = try #require(ContractRegistry.contract(ofType: type))
        let members = Body.optionalMembers(of: contract)
        for name in try Body.members(bytes).names where !members.contains(name) {
            let cut = try Body.removing(name, from: bytes)
            func check<M: MessageContract>(_ contract: M.Type) {
                #expect(throws: DecodingError.self, "\(type) without \(name)") {
                    try ContractCoding.decode(contract, from: cut)
                }
            }
            check(contract)
        }
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func aMemberOfALaterMinorAdditionIsIgnored(type: String) throws {
        let bytes = try self.fixture(type)
        let contract = try #require(ContractRegistry.contract(ofType: type))
        let longer = Array(#"{"aaa":{"new":[1,2,null]},"#.utf8) + bytes.dropFirst()
        func check<M: MessageContract>(_ contract: M.Type) throws {
            #expect(try ContractCoding.decode(contract, from: longer) == contract.example)
        }
        try check(contract)
    }
}
