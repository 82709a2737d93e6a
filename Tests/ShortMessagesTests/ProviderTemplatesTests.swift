import CardProgramme
import FoundationEssentials
import ShortMessages
import Testing

struct ProviderTemplatesTests {
    private static let reminder = "appointmentReminder=SMS_1:name,date,time,station,telephone"

    @Test func templatesAreFoundByPurposeAndVersion() throws {
        let templates = try ProviderTemplates(" \(Self.reminder) ; cardArrived@2 = 1110000 : name, station ;")
        let first = try #require(templates.template(for: .appointmentReminder, version: 0))
        #expect(first.code == "SMS_1" && first.variables == [.name, .date, .time, .station, .telephone])
        #expect(templates.template(for: .cardArrived, version: 2)?.code == "1110000")
        // Other words than the approved ones.
        #expect(templates.template(for: .cardArrived, version: 0) == nil)
        #expect(templates.template(for: .appointmentReminder, version: 1) == nil)
        #expect(templates.template(for: .outreach, version: 0) == nil)
        #expect(try ProviderTemplates("").isEmpty && ProviderTemplates.none.isEmpty && !templates.isEmpty)
    }

    @Test(arguments: [
        ("appointmentReminder", "purpose=CODE"), ("appointmentReminder=SMS_1", "purpose=CODE"),
        ("greeting=SMS_1:name", "no purpose “greeting”"), ("outreach=:name,telephone", "no code"),
        ("outreach=S MS:name,telephone", "no code"), ("outreach@x=S:name,telephone", "version"),
        ("outreach@-1=S:name,telephone", "version"), ("outreach@1@2=S:name,telephone", "version"),
        ("outreach=S:name,telephone,card", "no variable “card”"),
        ("outreach=S:name,telephone,date", "no variable “date”"),
        ("outreach=S:name,name,telephone", "twice"), ("outreach=S:name", "must say telephone"),
        ("outreach=S:name,telephone;outreach@0=T:name,telephone", "twice"),
    ])
    func aMistakeIsNamed(text: String, words: String) throws {
        let mistake = #expect(throws: ProviderTemplates.Mistake.self) { _ = try ProviderTemplates(text) }
        #expect(mistake?.description.contains(words) == true, "\(String(describing: mistake))")
    }

    private static func order(
        name: String = "测试甲", notAfter: Date = Sample.now.addingTimeInterval(3 * 3600), version: Int = 0
    ) throws -> SMSOrder {
        SMSOrder(
            id: UUID(), to: try PhoneNumber("19900000001"), text: "【谯城退役军人】\(name)同志，请来。",
            purpose: .cardArrived, version: version, values: [.name: name, .station: "薛阁街道服务站"], notAfter: notAfter)
    }

    private static func route(_ provider: any SMSProvider, signature: String? = nil) throws -> ProviderRoute {
        ProviderRoute(
            provider, weight: 1, figures: .init(rate: 1, burst: 1),
            templates: try ProviderTemplates("cardArrived=SMS_9:station,name"), signature: signature)
    }

    @Test func aCloudIsGivenCodeAndVariablesInItsOrder() throws {
        let route = try Self.route(try Sample.aliyun(.loopback(port: 9)), signature: "【别的签名】")
        let message = try #require(route.message(try Self.order(), at: Sample.now))
        #expect(message.templateCode == "SMS_9" && message.parameters.map(\.value) == ["薛阁街道服务站", "测试甲"])
        #expect(message.text == "【别的签名】测试甲同志，请来。" && message.signature == "别的签名")
    }

    @Test func whatACloudCannotSayIsNotGivenToIt() throws {
        let (aliyun, tencent) = (
            try Self.route(try Sample.aliyun(.loopback(port: 9))),
            try Self.route(try Sample.tencent(.loopback(port: 9)))
        )
        let long = try Self.order(name: "阿卜杜拉·买买提明·阿不都")
        #expect(aliyun.message(long, at: Sample.now) != nil && tencent.message(long, at: Sample.now) == nil)
        for route in [aliyun, tencent] {
            #expect(route.message(try Self.order(), at: Sample.now) != nil)
            #expect(route.message(try Self.order(version: 1), at: Sample.now) == nil)
            // A value that is missing would leave a hole.
            #expect(route.message(try Self.order(name: ""), at: Sample.now) == nil)
            // Nobody there drops it in time.
            let soon = try Self.order(notAfter: Sample.now.addingTimeInterval(ProviderRoute.margin - 1))
            #expect(route.message(soon, at: Sample.now) == nil)
        }
        let kannel = ProviderRoute(try Sample.kannel(port: 9), weight: 1, figures: .init(rate: 1, burst: 1))
        let soon = try Self.order(notAfter: Sample.now.addingTimeInterval(61), version: 7)
        #expect(kannel.message(soon, at: Sample.now)?.text == soon.text)
    }
}
