import Access
import CardProgramme
import Contracts
import FoundationEssentials
import PostgreSQL
import TestSupport

/// Outreach: campaigns, letters, inquiries.
extension Routes {
    static let campaigns: [Route] = [
        Route(
            service: .notification, method: "POST", template: "/api/campaigns", action: .planCampaign, about: .whole,
            caller: { _ in Staff.centre() }, path: { _ in "/api/campaigns" }, body: { _ in Self.newCampaign("外出对象联系") },
            optional: ["partPrice"], probe: { _ in Self.newCampaign("") }),
        Route(
            service: .notification, method: "GET", template: "/api/campaigns", action: .readCampaign, about: .whole,
            caller: { _ in Staff.centre() }, path: { _ in "/api/campaigns" }),
        Route(
            service: .notification, method: "GET", template: "/api/campaigns/:id", action: .readCampaign,
            about: .whole, caller: { _ in Staff.centre() }, path: { "/api/campaigns/\($0.campaign)" }),
        Route(
            service: .notification, method: "POST", template: "/api/campaigns/:id/acts", action: .planCampaign,
            about: .whole, caller: { _ in Staff.centre() }, path: { "/api/campaigns/\($0.campaign)/acts" },
            body: { _ in ["act": .string("resume"), "version": .number(1)] }),
        Route(
            service: .notification, method: "GET", template: "/api/campaigns/:id/people", action: .readCampaign,
            about: .whole, caller: { _ in Staff.centre() }, path: { "/api/campaigns/\($0.campaign)/people" }),
        Route(
            service: .notification, method: "POST", template: "/api/campaigns/:id/people", action: .planCampaign,
            about: .whole, caller: { _ in Staff.centre() }, path: { "/api/campaigns/\($0.campaign)/people" },
            body: { ["person": .string($0.registered.personID.uuidString), "reason": .string("村里报来")] },
            probe: { _ in ["person": .string(UUID().uuidString), "reason": .string("村里报来")] }),
        Route(
            service: .notification, method: "POST", template: "/api/campaigns/:id/people/:person/outcome",
            action: .accountForPerson, about: .whole, caller: { _ in Staff.centre() },
            path: { "/api/campaigns/\($0.campaign)/people/\($0.registered.personID)/outcome" },
            body: { _ in ["outcome": .string("declined"), "evidence": .string("本人来电")] }),
        Route(
            service: .notification, method: "POST", template: "/api/letter-batches", action: .sendLetters,
            about: .whole, caller: { _ in Staff.centre() }, path: { _ in "/api/letter-batches" },
            body: { ["id": .string(UUID().uuidString), "campaign": .string($0.campaign.uuidString)] }),
        Route(
            service: .notification, method: "GET", template: "/api/letter-batches/:id", action: .sendLetters,
            about: .whole, caller: { _ in Staff.centre() }, path: { "/api/letter-batches/\($0.campaign)" }),
        Route(
            service: .notification, method: "GET", template: "/api/letter-batches/:id/:document",
            action: .sendLetters, about: .whole, caller: { _ in Staff.centre() },
            path: { "/api/letter-batches/\($0.campaign)/letters.pdf" }),
        Route(
            service: .notification, method: "POST", template: "/api/letters/:number/posted", action: .sendLetters,
            about: .whole, caller: { _ in Staff.centre() }, path: { _ in "/api/letters/YD20220000000/posted" },
            body: { _ in ["trackingNumber": .string("XA123456789CN")] }),
        Route(
            service: .notification, method: "POST", template: "/api/letters/:number/result", action: .sendLetters,
            about: .whole, caller: { _ in Staff.centre() }, path: { _ in "/api/letters/YD20220000000/result" },
            body: { _ in ["result": .string("signedByPerson")] }),
        Route(
            service: .notification, method: "GET", template: "/api/inquiries", action: .listInquiries,
            about: .district, caller: { _ in Staff.centre() }, path: { _ in "/api/inquiries" }),
        Route(
            service: .notification, method: "POST", template: "/api/inquiries/:id/answer", action: .answerInquiry,
            about: .district, caller: { _ in Staff.centre() }, path: { _ in "/api/inquiries/\(UUID())/answer" },
            body: { _ in ["evidence": .string("村委会答复：不知去向")] }),
    ]

    private static func newCampaign(_ title: String) -> JSON {
        [
            "id": .string(UUID().uuidString), "title": .string(title),
            "rule": ["livesElsewhere": .bool(false), "notApplied": .bool(false)], "messagesPerHour": .number(1),
            "callsPerDay": .number(1), "partPrice": .number(50),
        ]
    }
}

extension Fixtures {
    /// A campaign that is paused, so that nothing of it happens beside the tests.
    static func campaign(_ journey: Journey) async throws -> UUID {
        let id = UUID()
        try await journey.stand.database(.notification).execute(
            """
            INSERT INTO campaign (id, version, title, state, rule, ladder, messages_per_hour, calls_per_day, created_by, created_at,
                drawn, approved_by)
            VALUES (\(id), 7, '测试', 'paused', '{"livesElsewhere":true,"notApplied":true}',
                '{"steps":[{"means":"letter","waitDays":9}]}', 1, 1, 'centre-x', \(ServiceStandClock.standard), 0, 'bureau-x')
            """)
        // With a batch of the same id: a letter to the registered person.
        try await journey.stand.database(.notification).execute(
            """
            INSERT INTO letter_batch (id, campaign_id, made_by, made_at)
            VALUES (\(id), \(id), 'centre-x', \(ServiceStandClock.standard))
            """)
        try await journey.stand.database(.notification).execute(
            """
            INSERT INTO letter (id, number, campaign_id, person_id, step, state, planned_at, batch, place)
            VALUES (\(id), 'YD20229999999', \(id), \(journey.personID), 0, 'printed', \(ServiceStandClock.standard), \(id), 1)
            """)
        return id
    }
}
