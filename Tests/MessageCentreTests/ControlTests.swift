import FoundationEssentials
import Glibc
import HTTPCalls
import SMPP
import TestSupport
import Testing

/// The HTTP interface, the process, and its configuration.
@Suite(
    .enabled(if: PrivateMessageCentre.isAvailable, "message-centre is not built"), .timeLimit(.minutes(2)))
struct ControlTests {
    @Test func nothingWithoutTheSecret() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let paths = [
                ("GET", "/messages"), ("DELETE", "/messages"), ("GET", "/figures"), ("POST", "/fates"),
                ("DELETE", "/fates"), ("POST", "/inbound"), ("POST", "/link"),
            ]
            for (method, path) in paths {
                for header in ["", "Bearer ", "Bearer \(centre.secret)x", "Basic \(centre.secret)", "Bearer 中"] {
                    let headers = header.isEmpty ? [] : [("Authorization", header)]
                    let reply = try await centre.caller.call(method, path, headers: headers)
                    #expect(reply.status == 401 && !reply.text.contains(centre.secret), "\(method) \(path) \(header)")
                }
            }
            #expect(try await centre.caller.call("GET", "/health/live").status == 200)
            #expect(try await centre.caller.call("GET", "/metrics").text.contains("message_centre_submits_total 0"))
        }
    }

    @Test(arguments: [
        ("/fates", #"{"fates":[{"to":"abc"}]}"#, 422), ("/fates", #"{"fates":[{"to":"1","uses":0}]}"#, 422),
        ("/fates", #"{"fates":[{"to":"1","ending":"lost"}]}"#, 400), ("/fates", #"{"fates":[{}]}"#, 400),
        ("/fates", #"{"fates":[{"to":"1","refuse":{"status":0}}]}"#, 422), ("/fates", "no", 400),
        ("/fates", #"{"fates":[{"to":"1","receiptCopies":11}]}"#, 422),
        ("/fates", #"{"fates":[{"to":"1","errorCode":"12"}]}"#, 422),
        ("/fates", #"{"fates":[{"to":"1","reply":""}]}"#, 422),
        ("/inbound", #"{"from":"x","to":"10690000","text":"1"}"#, 422), ("/inbound", #"{"from":"1"}"#, 400),
        ("/link", "{}", 400), ("/nowhere", "{}", 404),
    ])
    func whatCannotBeIsRefused(path: String, json: String, status: Int) async throws {
        try await PrivateMessageCentre.withCentre { centre in
            #expect(try await centre.call("POST", path, json).status == status)
            // A line that is wrong takes the good ones with it.
            let client = try await SMPPClient.bound(to: centre)
            let both = #"{"fates":[{"to":"19900000001","refuse":{"status":11}},{"to":"!"}]}"#
            #expect(try await centre.call("POST", "/fates", both).status == 422)
            #expect(try await client.submit("您好", to: "19900000001").status == .ok)
            for query in ["?after=-1", "?limit=0", "?limit=10001", "?after=x"] {
                #expect(try await centre.call("GET", "/messages\(query)").status == 400)
            }
        }
    }

    @Test func aLongReplyComesInParts() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre, as: .receiver)
            let text = String(repeating: "我下周回来办，", count: 20)
            let json = #"{"from":"19900000001","to":"10690000","text":"\#(text)"}"#
            #expect(try await centre.call("POST", "/inbound", json).text == #"{"parts":3}"#)
            try await ServiceStand.eventually("three parts") { client.deliveries.count == 3 ? true : nil }
            let octets = try client.deliveries.flatMap { try $0.parted().octets }
            #expect(try SMPPDataCoding.ucs2.text(of: octets) == text)
            #expect(try client.deliveries.map { try $0.concatenation()?.number } == [1, 2, 3])
        }
    }

    @Test func neitherNumberNorTextIsLogged() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let client = try await SMPPClient.bound(to: centre)
            _ = try await client.submit("机密内容", to: "19900009013")
            try await centre.tell("POST", "/inbound", #"{"from":"19900000077","to":"10690000","text":"机密回复"}"#)
            _ = try await centre.call("GET", "/messages?to=19900009013")
            try await ServiceStand.eventually("it has all come") { client.deliveries.count == 3 ? true : nil }
            #expect(await centre.end(SIGTERM) == .exited(0))
            #expect(centre.log.contains("stopped"))
            for word in ["1990000", "机密", centre.password, centre.secret] { #expect(!centre.log.contains(word)) }
        }
    }

    @Test(arguments: [
        ("MESSAGE_CENTRE_SECRET", "short"), ("SMPP_PASSWORD", "ninechars"), ("SMPP_PORT", "0"),
        ("HTTP_HOST", "0.0.0.0"),
        ("MEMORY_MEGABYTES", "0"), ("FATES_BY_NUMBER", "perhaps"), ("MESSAGE_CENTRE_SECRET", ""),
    ])
    func aWrongConfigurationIsNamed(key: String, value: String) async throws {
        var ports = ServiceStandPorts()
        let centre = try PrivateMessageCentre(ports: &ports, settings: [key: value])
        let process = try ServiceStandProcess.start(
            PrivateMessageCentre.executable, ["serve"], environment: centre.environment,
            outputFile: "\(centre.directory)/refused.log")
        #expect(await process.ending() == .exited(78))
        #expect(
            process.output.contains(key)
                && (value.isEmpty || !key.contains("SECRET") || !process.output.contains(value)))
        await centre.remove()
    }

    @Test func aPortInUseIsNamed() async throws {
        try await PrivateMessageCentre.withCentre { centre in
            let process = try ServiceStandProcess.start(
                PrivateMessageCentre.executable, ["serve"],
                environment: centre.environment.merging(["HTTP_PORT": "0"]) { $1 },
                outputFile: "\(centre.directory)/second.log")
            #expect(await process.ending() != .exited(0))
            #expect(process.output.contains("SMPP_PORT"))
        }
    }

    @Test func everyKeyIsExplained() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)").path
        let process = try ServiceStandProcess.start(
            PrivateMessageCentre.executable, ["configuration"], environment: [:], outputFile: file)
        #expect(await process.ending() == .exited(0))
        for key in ["SMPP_PORT", "MESSAGE_CENTRE_SECRET", "RECEIPT_MILLISECONDS", "HTTP_PORT", "PROCESS_PARENT"] {
            #expect(process.output.contains("\(key)="))
        }
        try FileManager.default.removeItem(atPath: file)
    }
}
