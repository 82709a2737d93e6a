import FoundationEssentials
import HTTPCalls

/// Speaks to WeChat for a mini-program: who somebody is there, and one subscription message to them (小程序订阅消息).
///
/// A message goes out only after its owner's own tap, one for each tap (一次性订阅), or until they stop it where WeChat has
/// granted that (长期订阅). WeChat has no key against doubles and nobody can ask it what became of a message: what is
/// unknown stays so.
package actor WeChatClient {
    package static let host = "api.weixin.qq.com"

    private let application: String
    private let secret: String
    private let caller: HTTPCaller
    private let now: @Sendable () -> Double
    private var token: (text: String, until: Double)?

    /// - Parameters:
    ///   - application: AppID of the mini-program.
    ///   - secret: Its AppSecret.
    ///   - now: Seconds that only go forward; a token's life is counted in them.
    package init(
        endpoint: CloudEndpoint, application: String, secret: String, connections: Int = 4,
        timeout: Duration = .seconds(10), now: @escaping @Sendable () -> Double
    ) {
        self.application = application
        self.secret = secret
        self.caller = endpoint.caller(authority: Self.host, connections: connections, timeout: timeout)
        self.now = now
    }

    /// Closes the connections. Calls that are running finish.
    package func shutdown() async { await self.caller.shutdown() }

    /// Why nobody knows who has logged in.
    package enum LoginError: Error, Sendable, Equatable {
        /// The code is wrong, used or older than five minutes: log in again.
        case code
        /// WeChat cannot be asked now.
        case unavailable(String)
    }

    /// Who somebody is in this mini-program (`openid`), by the code `wx.login` has given it.
    ///
    /// - Throws: ``LoginError``.
    package func user(loggedInWith code: String) async throws(LoginError) -> String {
        let query = PercentEncoding.query([
            ("appid", self.application), ("secret", self.secret), ("js_code", code),
            ("grant_type", "authorization_code"),
        ])
        let reply: HTTPReply
        do throws(HTTPCallError) {
            reply = try await self.caller.call("GET", "/sns/jscode2session?\(query)", headers: [], body: [])
        } catch {
            throw .unavailable(error.metricLabel)
        }
        guard let answer = try? CloudJSON.decoder(.snakeCase).decode(Session.self, from: Data(reply.body)) else {
            throw .unavailable("http-\(reply.status)")
        }
        switch answer.errcode ?? 0 {
        case 0: break
        // Not valid, used before, blocked.
        case 40_029, 40_163, 40_226: throw .code
        case let other: throw .unavailable("wechat-\(other)")
        }
        guard let user = answer.openid, !user.isEmpty, user.utf8.count <= 128 else { throw .unavailable("no-openid") }
        return user
    }

    /// Hands over one message.
    ///
    /// - Returns: What is known of it; never throws, since a call that fails is one of the outcomes.
    package func send(_ message: WeChatMessage) async -> WeChatOutcome {
        var outcome = WeChatOutcome.notSent(code: "no-token")
        // A token may end early; a fresh one is asked for once.
        for attempt in 0..<2 {
            switch await self.currentToken() {
            case .failure(let outcome): return outcome
            case .success(let token): outcome = await self.send(message, token)
            }
            guard outcome == .notSent(code: Self.staleToken), attempt == 0 else { break }
            self.token = nil
        }
        return outcome
    }

    private static let staleToken = "wechat-token"

    private enum Token {
        case success(String)
        case failure(WeChatOutcome)
    }

    private struct Session: Decodable {
        let openid: String?
        let errcode: Int?
    }

    private struct Grant: Decodable {
        let accessToken: String?
        let expiresIn: Int?
        let errcode: Int?
    }

    private struct Answer: Decodable {
        let errcode: Int
    }

    /// The token in force. WeChat gives every instance the same one (`stable_token`), so that none takes another's away.
    private func currentToken() async -> Token {
        if let token, token.until > self.now() { return .success(token.text) }
        let body = [
            "grant_type": "client_credential", "appid": self.application, "secret": self.secret,
        ]
        guard let data = try? JSONEncoder().encode(body) else { return .failure(.notSent(code: "no-token")) }
        do throws(HTTPCallError) {
            let reply = try await self.caller.call(
                "POST", "/cgi-bin/stable_token", headers: [("Content-Type", "application/json")], body: Array(data))
            guard let grant = try? CloudJSON.decoder(.snakeCase).decode(Grant.self, from: Data(reply.body)),
                let text = grant.accessToken,
                !text.isEmpty
            else {
                let code = (try? CloudJSON.decoder(.snakeCase).decode(Grant.self, from: Data(reply.body)))?.errcode
                return .failure(.notSent(code: code.map { "wechat-\($0)" } ?? "no-token"))
            }
            // Renewed before it ends: WeChat has the next one ready five minutes earlier.
            self.token = (text, self.now() + Double(max(0, (grant.expiresIn ?? 0) - 300)))
            return .success(text)
        } catch {
            return .failure(.notSent(code: "no-token"))
        }
    }

    private func send(_ message: WeChatMessage, _ token: String) async -> WeChatOutcome {
        guard let body = message.body() else { return .rejected(code: "unwritable") }
        let query = PercentEncoding.query([("access_token", token)])
        do throws(HTTPCallError) {
            let reply = try await self.caller.call(
                "POST", "/cgi-bin/message/subscribe/send?\(query)", headers: [("Content-Type", "application/json")],
                body: body)
            guard let answer = try? CloudJSON.decoder(.snakeCase).decode(Answer.self, from: Data(reply.body)) else {
                return .unknown(code: "http-\(reply.status)")
            }
            return Self.outcome(answer.errcode)
        } catch {
            return error == .refused ? .notSent(code: error.metricLabel) : .unknown(code: error.metricLabel)
        }
    }

    /// The codes of `subscribeMessage.send` and those every interface has (developers.weixin.qq.com).
    static func outcome(_ code: Int) -> WeChatOutcome {
        switch code {
        case 0: .accepted
        case 43_101: .refused
        case 40_003: .nobody
        case 40_001, 40_014, 42_001: .notSent(code: Self.staleToken)
        // Busy, over the day's or the minute's limit.
        case -1, 45_009, 45_011: .notSent(code: "wechat-\(code)")
        default: .rejected(code: "wechat-\(code)")
        }
    }
}
