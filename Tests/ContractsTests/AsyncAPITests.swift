import Access
import CardProgramme
import Contracts
import FoundationEssentials
import Messaging
import RabbitMQ
import Testing

struct AsyncAPITests {
    @Test func theCheckedInDocumentIsCurrent() throws {
        let bytes = try #require(Repository.bytes("\(Repository.root)/Shared/Contracts/asyncapi.json"))
        #expect(
            String(decoding: bytes, as: UTF8.self) == AsyncAPIDocument().text,
            "Run: youdai contracts asyncapi > Shared/Contracts/asyncapi.json")
    }

    @Test func theDocumentIsJSON() throws {
        let document = AsyncAPIDocument()
        let read = try ContractCoding.decode(JSONValue.self, from: Array(document.text.utf8))
        #expect(read["asyncapi"] == "3.0.0")
        #expect(Body.allNames(read) == Body.allNames(document.value))
    }

    @Test func everyMemberHasATypeAndAMeaning() {
        #expect(AsyncAPIDocument().undescribed == [])
    }

    @Test func everyReferenceLeadsSomewhere() {
        let document = AsyncAPIDocument().value
        func check(_ value: JSONValue) {
            switch value {
            case .object(let members):
                for member in members {
                    if member.name == "$ref", case .text(let path) = member.value {
                        #expect(Self.follow(path, in: document) != nil, "\(path)")
                    }
                    check(member.value)
                }
            case .list(let values): values.forEach(check)
            default: break
            }
        }
        check(document)
    }

    /// A JSON pointer; a reference may lead through another one.
    private static func follow(_ path: String, in document: JSONValue) -> JSONValue? {
        var value = document
        for name in path.split(separator: "/").dropFirst() {
            guard let next = value[String(name)] else { return nil }
            if next.names == ["$ref"], case .text(let further)? = next["$ref"] {
                guard let target = Self.follow(further, in: document) else { return nil }
                value = target
            } else {
                value = next
            }
        }
        return value
    }

    @Test(arguments: ContractRegistry.all.map { $0.type })
    func anExampleHasWhatItsSchemaDemandsAndNothingElse(type: String) throws {
        let contract = try #require(ContractRegistry.contract(ofType: type))
        let payload = try #require(AsyncAPIDocument().value["components"]?["messages"]?[type]?["payload"])
        let body = try Body.members(ContractCoding.encode(contract.example))
        let described = Set(try #require(payload["properties"]).names)
        #expect(described == Set(Body.stored(contract).map(\.name)))
        #expect(described.isSuperset(of: body.names))
        guard case .list(let required)? = payload["required"] else {
            Issue.record("no list of required members")
            return
        }
        let names = Set(required.map { if case .text(let name) = $0 { name } else { "" } })
        #expect(names.isSubset(of: body.names))
        #expect(names.union(Body.optionalMembers(of: contract)) == described)
    }

    @Test func whatTheCodecWritesIsWhatTheDocumentSays() throws {
        let files = try KeyRing.generate(services: ServiceName.allCases.map(\.rawValue))
        let topology = MessageTopology(namespace: "youdai")
        let codec = EnvelopeCodec(keyRing: try KeyRing(json: try #require(files["intake"])), topology: topology)
        let envelope = Envelope(
            id: UUID(), type: SubmissionAccepted.type, subject: UUID(), stream: "intake>verification", number: 1,
            producer: .intake, lane: .first, sentAt: Date(timeIntervalSince1970: 0), correlation: UUID(),
            causation: UUID(), traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        let message = try codec.encode(
            envelope, body: ContractCoding.encode(SubmissionAccepted.example), to: .verification)
        let document = AsyncAPIDocument().value
        let headers = try #require(document["components"]?["messageTraits"]?["envelope"]?["headers"]?["properties"])
        #expect(Set(headers.names) == Set(message.properties.headers.keys))
        for name in headers.names {
            let isNumber = headers[name]?["type"] == "integer"
            #expect((message.properties.headers[name]?.int != nil) == isNumber, "\(name)")
        }
        let channel = try #require(document["channels"]?["verification.submission.accepted.v1"])
        guard case .text(let address)? = channel["address"] else {
            Issue.record("no address")
            return
        }
        #expect(address.replacing("{lane}", with: "first") == message.routingKey)
        #expect(channel["bindings"]?["amqp"]?["exchange"]?["name"] == .text(message.exchange))
    }

    @Test func theQueuesAreThoseTheServicesDeclare() throws {
        let topology = MessageTopology(namespace: "youdai")
        let channels = try #require(AsyncAPIDocument().value["channels"])
        for service in ServiceName.allCases {
            for lane in Lane.allCases {
                let channel = channels["\(service.rawValue).\(lane.rawValue)"]
                #expect(channel?["address"] == .text(topology.queue(of: service, lane)))
            }
        }
    }

    /// How two versions of a message live side by side during an upgrade.
    private struct SecondVersion: MessageContract {
        static let name = NoticeRequested.name
        static let version = 2
        static let producers = NoticeRequested.producers
        static let consumers = NoticeRequested.consumers
        static let example = Self(noticeID: UUID(), tellBy: nil)

        var noticeID: UUID
        var tellBy: CalendarDay?
    }

    @Test func twoVersionsOfAMessageStandBesideEachOther() {
        let document = AsyncAPIDocument(contracts: ContractRegistry.all + [SecondVersion.self])
        #expect(document.undescribed == [])
        for type in ["notice.requested.v1", "notice.requested.v2"] {
            #expect(document.value["components"]?["messages"]?[type] != nil)
            #expect(document.value["channels"]?["notification.\(type)"] != nil)
        }
    }

    @Test func controlCharactersAndQuotesAreEscaped() throws {
        let value: JSONValue = ["a\"b": "line\nbreak \u{1} \\ 优待证", "empty": [:], "none": .list([])]
        #expect(try ContractCoding.decode(JSONValue.self, from: Array(value.formatted.utf8)) == value)
    }
}
