import CardProgramme
import FoundationEssentials
import PostgreSQL

/// Takes messages whose time has come; whoever takes them holds them until the transaction ends.
struct DueMessageReader {
    let sql: PostgresTransaction

    /// What must be known before it is too late comes first.
    ///
    /// What else was said about a subject is looked for among the messages of the person (`OFFSET 0` keeps it so): they are few,
    /// where a campaign as a subject has one for everybody.
    func take(_ limit: Int, at now: Date) async throws -> [DueMessage] {
        var due = try await self.messages(
            """
            ARRAY(SELECT id FROM message WHERE state = 'planned' AND is_urgent AND due_at <= \(now)
                ORDER BY due_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            || ARRAY(SELECT id FROM message WHERE state = 'planned' AND NOT is_urgent AND due_at <= \(now)
                ORDER BY due_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            """)
        if due.isEmpty { return [] }
        let numbers = try await self.numbers(of: Array(Set(due.map(\.person))), at: now)
        for index in due.indices { due[index].numbers = numbers[due[index].person] ?? [] }
        return due
    }

    /// Messages as they stand now, without numbers.
    func read(_ ids: [UUID]) async throws -> [UUID: DueMessage] {
        Dictionary(uniqueKeysWithValues: try await self.messages("\(ids)::uuid[]").map { ($0.id, $0) })
    }

    private func messages(_ ids: SQL) async throws -> [DueMessage] {
        try await self.sql.query(
            """
            SELECT m.id, m.person_id, m.purpose, m.means, m.subject, m.subject_version, m.reason, m.tell_by, m.not_after,
                COALESCE(o.superseded, false),
                c.station, c.contact, c.born_year, c.silenced_at IS NOT NULL,
                EXISTS (SELECT FROM appointment p WHERE p.person_id = m.person_id AND p.state = 'missed'),
                COALESCE(o.told, false),
                a.version, a.state, a.station, a.starts_at, a.before_starts_at, a.coming_at IS NOT NULL,
                k.state, m.refused_by
            FROM message m
            LEFT JOIN contact_point c ON c.person_id = m.person_id
            LEFT JOIN appointment a ON a.id = m.subject
            LEFT JOIN campaign k ON k.id = m.subject
            LEFT JOIN LATERAL (
                SELECT bool_or(n.subject_version > m.subject_version) AS superseded,
                    -- Word of how it was before tells nobody how it is.
                    bool_or(n.state = 'delivered' AND n.subject_version = m.subject_version) AS told
                FROM (SELECT subject, subject_version, state FROM message WHERE person_id = m.person_id OFFSET 0) n
                WHERE n.subject = m.subject) o ON true
            WHERE m.id = ANY(\(ids)) ORDER BY m.is_urgent DESC, m.due_at, m.id
            """
        ).rows.map(Self.message)
    }

    private static func message(_ row: PostgresRow) throws -> DueMessage {
        let (
            id, person, purpose, means, subject, version, reason, lastDay, notAfter, isSuperseded, station, details,
            bornYear, isSilenced, hasMissed, wasTold, known, state, place, startsAt, before, isComing, campaign,
            refusedBy
        ) = try row.decode(
            UUID.self, UUID.self, MessagePurpose.self, String.self, UUID.self, Int.self, String?.self,
            CalendarDay?.self, Date.self, Bool.self, String?.self, [UInt8]?.self, Int?.self, Bool.self, Bool.self,
            Bool.self, Int?.self, AppointmentState?.self, String?.self, Date?.self, Date?.self, Bool.self,
            CampaignState?.self, [String].self)
        var reach: DueMessage.Reach?
        if let station, let details {
            reach = DueMessage.Reach(
                station: station, details: details, bornYear: bornYear, isSilenced: isSilenced, hasMissed: hasMissed,
                wasTold: wasTold)
        }
        var appointment: DueMessage.KnownAppointment?
        if let known, let state, let place {
            appointment = DueMessage.KnownAppointment(
                version: known, state: state, station: place, startsAt: startsAt, beforeStartsAt: before,
                isComing: isComing)
        }
        return DueMessage(
            id: id, person: person, purpose: purpose, means: try StoredText.value(means), subject: subject,
            subjectVersion: version, reason: reason, lastDay: lastDay, notAfter: notAfter, isSuperseded: isSuperseded,
            contact: reach, appointment: appointment, campaign: campaign,
            refusedBy: Set(refusedBy))
    }

    private func numbers(of people: [UUID], at now: Date) async throws -> [UUID: [DueMessage.Number]] {
        let rows = try await self.sql.query(
            """
            SELECT n.person_id, n.digest, n.place, n.owner = 'own', n.is_mobile, n.status = 'ok',
                ARRAY(SELECT s.scope FROM suppression s WHERE s.digest = n.digest),
                s.minute, s.day, s.week
            FROM contact_number n
            CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE m.submitted_at > \(now.addingTimeInterval(-60))) AS minute,
                    count(*) FILTER (WHERE m.submitted_at > \(now.addingTimeInterval(-86_400))) AS day, count(*) AS week
                FROM message m WHERE m.digest = n.digest AND m.submitted_at > \(now.addingTimeInterval(-7 * 86_400))
                    AND m.carried_by IS NULL) s
            WHERE n.person_id = ANY(\(people)::uuid[]) ORDER BY n.person_id, n.place
            """
        ).rows
        var numbers: [UUID: [DueMessage.Number]] = [:]
        for row in rows {
            let (person, digest, place, isOwn, isMobile, isGood, refuses, minute, day, week) = try row.decode(
                UUID.self, [UInt8].self, Int.self, Bool.self, Bool.self, Bool.self, [String].self, Int.self, Int.self,
                Int.self)
            numbers[person, default: []].append(
                DueMessage.Number(
                    digest: digest, place: place, isOwn: isOwn, isMobile: isMobile, isGood: isGood,
                    refuses: Set(refuses), sentInAMinute: minute, sentInADay: day, sentInAWeek: week))
        }
        return numbers
    }
}
