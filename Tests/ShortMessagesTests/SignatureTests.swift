import FoundationEssentials
import ShortMessages
import Testing

/// The examples of the two clouds' own documents.
struct SignatureTests {
    private static func value(_ name: String, _ headers: [(String, String)]) -> String? {
        headers.first { $0.0.lowercased() == name }?.1
    }

    private static let machine = [
        ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"), ("RegionId", "cn-shanghai"),
    ]

    private static func aliyun(_ seconds: Double, _ nonce: String) -> [(String, String)] {
        AliyunSignature.headers(
            action: "RunInstances", version: "2014-05-26", host: "ecs.cn-shanghai.aliyuncs.com", query: Self.machine,
            key: CloudKey(id: "YourAccessKeyId", secret: "YourAccessKeySecret"),
            now: Date(timeIntervalSince1970: seconds), nonce: nonce)
    }

    @Test(arguments: [
        (
            1_698_315_752.0, "2023-10-26T10:22:32Z", "3156853299f313e23d1673dc12e1703d",
            "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
        ),
        (
            1_698_310_861.999, "2023-10-26T09:01:01Z", "d410180a5abf7fe235dd9b74aca91fc0",
            "e521358f7776c97df52e6b2891a8bc73026794a071b50c3323388c4e0df64804"
        ),
    ])
    func aliyunsExamples(seconds: Double, date: String, nonce: String, signature: String) {
        let headers = Self.aliyun(seconds, nonce)
        #expect(Self.value("x-acs-date", headers) == date)
        let authorization = Self.value("authorization", headers) ?? ""
        #expect(
            authorization == "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
                + "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=\(signature)")
    }

    @Test func aliyunsCanonicalRequest() {
        let headers = Self.aliyun(1_698_315_752, "3156853299f313e23d1673dc12e1703d").filter { $0.0 != "Authorization" }
        let request = CanonicalRequest(
            method: "POST", query: Self.machine.reversed(),
            headers: headers.reversed() + [("Host", "  ecs.cn-shanghai.aliyuncs.com ")], body: [])
        #expect(request.digest == "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259")
    }

    private static let payload = Array(
        #"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#.utf8)

    @Test func tencentsExample() {
        let request = CanonicalRequest(
            method: "POST",
            headers: [("Host", "cvm.tencentcloudapi.com"), ("Content-Type", TencentSignature.contentType)],
            body: Self.payload)
        #expect(CanonicalRequest.digest(Self.payload).hasPrefix("35e9c5b0"))
        #expect(CanonicalRequest.digest(Self.payload).hasSuffix("f064"))
        #expect(request.digest.hasPrefix("5ffe6a04") && request.digest.hasSuffix("7031"))
        #expect(
            TencentSignature.authorization(
                service: "cvm", host: "cvm.tencentcloudapi.com", body: Self.payload,
                key: CloudKey(id: "id", secret: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"),
                now: Date(timeIntervalSince1970: 1_551_113_065.9))
                == "TC3-HMAC-SHA256 Credential=id/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, "
                + "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")
    }

    @Test func theQueryIsSortedAndEncodedAsRFC3986Says() {
        #expect(
            CanonicalRequest.query([("b", "退订 *~/"), ("a+", "1"), ("B", "")])
                == "B=&a%2B=1&b=%E9%80%80%E8%AE%A2%20%2A~%2F")
    }
}
