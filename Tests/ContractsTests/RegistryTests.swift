import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Testing

struct RegistryTests {
    /// What must never stand readable in a queue (ARCHITECTURE §3.9), by the names such members have.
    private static let personal: Set<String> = [
        "address", "bankCard", "birthDate", "categories", "identityNumber", "name", "phone", "phones",
    ]

    @Test func noTwoContractsShareAType() {
        #expect(Set(ContractRegistry.all.map { $0.type }).count == ContractRegistry.all.count)
        for contract in ContractRegistry.all {
            #expect(ContractRegistry.contract(ofType: contract.type) == contract)
        }
        #expect(ContractRegistry.contract(ofType: "submission.accepted") == nil)
    }

    @Test func everyContractInTheFolderIsRegistered() throws {
        let folder = "\(Repository.root)/Shared/Contracts/Messages"
        var declared: Set<String> = []
        for file in try Repository.names(in: folder) {
            let text = String(decoding: try #require(Repository.bytes("\(folder)/\(file)")), as: UTF8.self)
            for line in text.split(separator: "\n") {
                guard let mark = line.firstRange(of: ": MessageContract"), let start = line.firstRange(of: "struct ")
                else {
                    continue
                }
                declared.insert(String(line[start.upperBound..<mark.lowerBound]))
            }
        }
        #expect(declared == Set(ContractRegistry.all.map { "\($0)" }))
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func aTypeIsAPastEventWithItsVersion(type: String) throws {
        let contract = try #require(ContractRegistry.contract(ofType: type))
        #expect(contract.version >= 1)
        #expect(type == "\(contract.name).v\(contract.version)")
        let words = contract.name.split(separator: ".", omittingEmptySubsequences: false)
        #expect(words.count == 2)
        // The name becomes part of a routing key: no wildcards, no spaces.
        #expect(
            words.allSatisfy {
                !$0.isEmpty && $0.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            })
        #expect(words.last?.hasSuffix("ed") == true)
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func sendersAndReceiversAreNamedOnceAndMeetSomebodyElse(type: String) throws {
        let contract = try #require(ContractRegistry.contract(ofType: type))
        #expect(!contract.producers.isEmpty && !contract.consumers.isEmpty)
        #expect(Set(contract.producers).count == contract.producers.count)
        #expect(Set(contract.consumers).count == contract.consumers.count)
        for producer in contract.producers { #expect(contract.consumers.contains { $0 != producer }) }
        for consumer in contract.consumers { #expect(contract.producers.contains { $0 != consumer }) }
    }

    @Test func everyServiceTakesPart() {
        for service in ServiceName.allCases {
            #expect(ContractRegistry.all.contains { $0.consumers.contains(service) }, "\(service) receives nothing")
        }
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func whatIsSealedIsClosedAndWhatIsPersonalIsSealed(type: String) throws {
        let contract = try #require(ContractRegistry.contract(ofType: type))
        let body = try Body.members(ContractCoding.encode(contract.example))
        #expect(Set(contract.sealedFields) == Body.sealedMembers(of: contract))
        for field in contract.sealedFields {
            let box = try #require(body[field], "\(field) is not in the body")
            #expect(box.names == ["box", "kid"])
            for part in ["box", "kid"] {
                guard case .text? = box[part] else {
                    Issue.record("\(field).\(part) is not text")
                    continue
                }
            }
        }
        #expect(Body.allNames(body).isDisjoint(with: Self.personal))
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func whatIsInABoxIsUnreadableWithoutItsKey(type: String) throws {
        let contract = try #require(ContractRegistry.contract(ofType: type))
        guard let field = contract.sealedFields.first, let receiver = contract.consumers.first else { return }
        let files = try KeyRing.generate(services: ServiceName.allCases.map(\.rawValue))
        let subject = UUID()
        let secret = Applicant(name: "测试甲", identityNumber: "341602199001010009", categories: [.otherVeteran])
        let box = try KeyRing(json: try #require(files["intake"])).seal(
            secret, for: receiver.rawValue, type: type, subject: subject, field: field)
        let text = String(decoding: try ContractCoding.encode(box), as: UTF8.self)
        for word in ["测试", "341602199001010009", "otherVeteran", "name"] { #expect(!text.contains(word)) }
        let opened: Applicant = try KeyRing(json: try #require(files[receiver.rawValue])).open(
            box, type: type, subject: subject, field: field)
        #expect(opened == secret)
        // Nobody can move a box to another person's message, nor to another type.
        #expect(throws: AccessError.self) {
            try KeyRing(json: try #require(files[receiver.rawValue])).open(
                box, type: type, subject: UUID(), field: field)
        }
        #expect(throws: AccessError.self) {
            try KeyRing(json: try #require(files[receiver.rawValue])).open(
                box, type: "\(type)x", subject: subject, field: field)
        }
    }
}
