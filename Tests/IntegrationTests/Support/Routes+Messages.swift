import Access
import CardProgramme
import Contracts
import FoundationEssentials
import TestSupport

/// What is said to people, in which words, and what they do not want.
extension Routes {
    static let messages: [Route] = [
        Route(
            service: .notification, method: "GET", template: "/api/messages", action: .readNotices, about: .district,
            caller: { _ in Staff.centre() }, path: { _ in "/api/messages" }),
        Route(
            service: .notification, method: "GET", template: "/api/templates", action: .readTemplates, about: .district,
            caller: { _ in Staff.centre() }, path: { _ in "/api/templates" }),
        Route(
            service: .notification, method: "PUT", template: "/api/templates/:purpose", action: .saveTemplate,
            about: .whole, caller: { _ in Staff.centre() }, path: { _ in "/api/templates/cardOrdered" },
            body: { _ in ["body": .string("{name}同志，您的优待证正在制作，咨询{telephone}。"), "version": .number(0)] },
            probe: { _ in ["body": .string("{name}{card}"), "version": .number(0)] }),
        Route(
            service: .notification, method: "POST", template: "/api/opt-outs", action: .recordOptOut, about: .district,
            caller: { _ in Staff.centre() }, path: { _ in "/api/opt-outs" },
            body: { _ in
                [
                    "phone": .string("19900008888"), "scope": .string("outreach"), "refuses": .bool(true),
                    "reason": .string("本人来电"),
                ]
            },
            probe: { _ in
                [
                    "phone": .string("1"), "scope": .string("outreach"), "refuses": .bool(true),
                    "reason": .string("本人来电"),
                ]
            }),
        Route(
            service: .notification, method: "GET", template: "/api/replies", action: .readReplies, about: .whole,
            caller: { _ in Staff.centre() }, path: { _ in "/api/replies" }),
        Route(
            service: .notification, method: "GET", template: "/api/wechat", action: .subscribeWeChat, about: .own,
            caller: { Staff.applicant($0.registered.personID) }, path: { _ in "/api/wechat" }),
        Route(
            service: .notification, method: "POST", template: "/api/wechat", action: .subscribeWeChat, about: .own,
            caller: { Staff.applicant($0.registered.personID) }, path: { _ in "/api/wechat" },
            body: { _ in
                ["code": .string("code-1"), "purposes": .array([.string("cardArrived")]), "isLasting": .bool(false)]
            },
            probe: { _ in ["code": .string("code-1"), "purposes": .array([]), "isLasting": .bool(false)] }),
        Route(
            service: .notification, method: "DELETE", template: "/api/wechat", action: .subscribeWeChat, about: .own,
            caller: { Staff.applicant($0.registered.personID) }, path: { _ in "/api/wechat" }),
    ]
}
