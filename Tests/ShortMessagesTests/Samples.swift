import FoundationEssentials
import HTTPCalls
import ShortMessages
import Testing

/// What the tests send, to numbers nobody has.
enum Sample {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let clock = ProviderClock { Sample.now }
    static let secretText = "a-secret-of-the-path_01"
    static let text = "【谯城退役军人】测试甲同志，您的优待证已到站，请带身份证领取。"

    static func secret() throws -> PathSecret { try #require(PathSecret(Self.secretText)) }

    static func message(
        id: UUID = UUID(), to: String = "199-0000-0001", text: String = Sample.text, template: String? = "SMS_1",
        parameters: [(String, String)] = [("name", "测试甲"), ("station", "薛阁街道服务站")],
        notAfter: Date = Sample.now.addingTimeInterval(3 * 3600 + 59), extend: String? = nil
    ) throws -> OutboundSMS {
        OutboundSMS(
            id: id, to: try PhoneNumber(to), text: text, templateCode: template,
            parameters: parameters.map { .init(name: $0.0, value: $0.1) }, notAfter: notAfter, extend: extend)
    }

    static func callback(
        _ purpose: String, query: [(String, String)] = [], body: String = "", secret: String = Sample.secretText
    ) throws -> InboundHTTP {
        try InboundHTTP(
            method: body.isEmpty ? "GET" : "POST", path: "/\(secret)/\(purpose)",
            query: query.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
    }

    static func kannel(port: Int, timeout: Duration = .seconds(20), connections: Int = 4) throws -> KannelProvider {
        var configuration = KannelConfiguration(
            port: port, username: "youdai", password: "pass word", sender: "10690001",
            callbackBase: "http://127.0.0.1:9/callbacks/kannel", secret: try Self.secret())
        configuration.timeout = timeout
        configuration.connections = connections
        return KannelProvider(configuration: configuration, clock: Self.clock)
    }

    static func aliyun(
        _ endpoint: CloudEndpoint, timeout: Duration = .seconds(20)
    ) throws -> AliyunProvider {
        AliyunProvider(
            endpoint: endpoint, key: CloudKey(id: "key-id", secret: "key-secret"), secret: try Self.secret(),
            timeout: timeout, clock: Self.clock)
    }

    static func tencent(
        _ endpoint: CloudEndpoint, timeout: Duration = .seconds(20)
    ) throws -> TencentProvider {
        TencentProvider(
            endpoint: endpoint, key: CloudKey(id: "key-id", secret: "key-secret"), application: "1400000000",
            secret: try Self.secret(), timeout: timeout, clock: Self.clock)
    }
}
