import Access
import CardProgramme
import Contracts
import FoundationEssentials
import HTTPCalls
import PostgreSQL
import TestSupport
import Testing

extension Integration {
    /// What offices publish, what becomes of it on days that are booked already, and what people are shown (R115–R120).
    @Suite struct CapacityTests {
        private static let station = BookingStand.station
        private static let path = "/api/stations/\(BookingStand.station)"

        private func seats(_ desk: BookingStand, _ slot: SlotID) async throws -> Int {
            try await desk.count("SELECT count(*) FROM seat WHERE slot = \(slot.description)")
        }

        private func exception(_ day: Int, desks: Int, stopsHome: Bool = false, reason: String = "停电检修") throws -> JSON
        {
            [
                "day": .string("\(CalendarDay(try BookingStand.at(day, 12)))"), "desks": .number(desks),
                "stopsHomeVisits": .bool(stopsHome), "reason": .string(reason),
            ]
        }

        private func session(_ day: Int, start: String = "14:00", minutes: Int = 120, seats: Int = 10) throws -> JSON {
            [
                "day": .string("\(CalendarDay(try BookingStand.at(day, 12)))"), "start": .string(start),
                "minutes": .number(minutes), "seats": .number(seats), "place": .string("测试礼堂"),
            ]
        }

        @Test(arguments: BookingStand.modes)
        func aVersionHoldsFromItsDayAndTheLastToBookLoseTheirSeats(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "version", desks: 2)
            let (before, after) = (try BookingStand.slot(11, "0900"), try BookingStand.slot(14, "0900"))
            _ = try await desk.slots()
            #expect(try await self.seats(desk, before) == 10)
            #expect(try await self.seats(desk, after) == 10)
            // More desks from Monday on: more seats there, none before.
            let more = try await desk.publish(BookingStand.capacity(desks: 4), from: 14)
            #expect(more.seatsAdded > 0 && more.seatsRemoved == 0 && more.orphaned.isEmpty)
            #expect(try await self.seats(desk, before) == 10)
            #expect(try await self.seats(desk, after) == 20)
            // The same again changes nothing.
            let same = try await desk.publish(BookingStand.capacity(desks: 4), from: 14)
            #expect(same == AppointmentAPI.CapacityChange(seatsAdded: 0, seatsRemoved: 0, orphaned: []))

            var booked: [(person: UUID, appointment: AppointmentAPI.Appointment)] = []
            for (index, person) in try await desk.register(7).enumerated() {
                desk.clock.set(ServiceStandClock.standard.addingTimeInterval(Double(index)))
                booked.append((person, try await desk.booked(person, after)))
            }
            // One desk is left: five seats for seven people, and the last two to book lose theirs.
            let fewer = try await desk.publish(BookingStand.capacity(desks: 1), from: 14)
            let last = booked.suffix(2)
            #expect(Set(fewer.orphaned) == Set(last.map(\.appointment.id)))
            #expect(try await self.seats(desk, after) == 5)
            let late = try await desk.register()
            try await desk.refuseBooking(late, after, as: Staff.station(), "slot.full")
            for (index, entry) in last.enumerated() {
                let lost = try await desk.read(entry.appointment.id)
                #expect(lost.state == .orphaned && lost.version == 2)
                let own = index == 0 ? Staff.applicant(entry.person) : Staff.station()
                try await desk.refuse("GET", "/api/appointments/\(lost.id)/slip", as: own, "appointment.state")
                // Who moves it knows of it; nobody has to tell them any more.
                let moved = try await desk.move(lost.id, to: before, lost.version, as: own)
                #expect(moved.state == .confirmed && moved.slot == before)
                let how = try await desk.database.query("SELECT told FROM appointment WHERE id = \(lost.id)")
                    .rows[0].decode(String?.self)
                #expect(how == (index == 0 ? "online" : "phone"))
            }
            let orphans = try await desk.ask(
                "GET", "/api/orphans?station=\(Self.station)", for: AppointmentAPI.AppointmentList.self)
            #expect(orphans.appointments.isEmpty)
            let list = try await desk.ask("GET", "\(Self.path)/capacity", for: AppointmentAPI.CapacityList.self)
            #expect(list.versions.map(\.version) == [3, 2, 1] && list.versions.map(\.capacity.desks) == [1, 4, 2])
        }

        @Test(arguments: BookingStand.modes)
        func whoLostTheirSeatMayGiveUpComeAnywayOrBeTold(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "orphans")
            let slot = try BookingStand.slot(11, "0900")
            let people = try await desk.register(3)
            var booked: [AppointmentAPI.Appointment] = []
            for person in people { booked.append(try await desk.booked(person, slot)) }
            let id = UUID()
            let closure = try self.exception(11, desks: 0, stopsHome: true)
            let change = try await desk.ask(
                "PUT", "\(Self.path)/exceptions/\(id)", closure, for: AppointmentAPI.CapacityChange.self)
            #expect(Set(change.orphaned) == Set(booked.map(\.id)))
            let again = try await desk.ask(
                "PUT", "\(Self.path)/exceptions/\(id)", closure, for: AppointmentAPI.CapacityChange.self)
            #expect(again.orphaned.isEmpty)
            try await desk.refuse(
                "PUT", "\(Self.path)/exceptions/\(id)", try self.exception(14, desks: 1), "capacity.differs")
            // A closed day has no slots, whoever asks.
            let late = try await desk.register()
            for principal in [Staff.applicant(late), Staff.station()] {
                try await desk.refuseBooking(late, slot, as: principal, 404, "slot.unknown")
            }
            _ = try await desk.cancel(booked[0].id, 2, as: Staff.applicant(people[0]))
            desk.clock.set(try BookingStand.at(11, 9))
            let came = try await desk.arrive(["appointment": .string(booked[1].id.uuidString)])
            #expect(came.state == .checkedIn)
            let orphans = try await desk.ask(
                "GET", "/api/orphans?station=\(Self.station)", for: AppointmentAPI.AppointmentList.self)
            #expect(orphans.appointments.map(\.appointment.id) == [booked[2].id])
            desk.clock.set(try BookingStand.at(12, 9))
            let close = "\(Self.path)/days/2022-03-11/close"
            let refused = try await desk.refuse("POST", close, nil, "day.people_not_told")
            #expect(refused.text.contains("1人") && !refused.text.contains(people[2].uuidString))
            let path = "/api/appointments/\(booked[2].id)/told"
            try await desk.refuse("POST", path, ["how": .string("pigeon")], 400, "field.invalid")
            let told = try await desk.ask(
                "POST", path, ["how": .string("relative")], for: AppointmentAPI.Appointment.self)
            #expect(
                try await desk.ask("POST", path, ["how": .string("sms")], for: AppointmentAPI.Appointment.self) == told)
            _ = try await desk.ask("POST", close, for: AppointmentAPI.DayAccount.self)
            try await desk.refuse(
                "POST", "/api/appointments/\(booked[0].id)/told", ["how": .string("phone")], "appointment.state")
        }

        @Test(arguments: BookingStand.modes)
        func sessionsCallsAndHomeVisitsAreBookedAsTheyAreMeant(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "kinds")
            let person = try await desk.register()
            let own = Staff.applicant(person)
            // A session: ten seats, of which online half and more.
            let id = UUID()
            let made = try await desk.ask(
                "PUT", "\(Self.path)/sessions/\(id)", try self.session(11), for: AppointmentAPI.CapacityChange.self)
            _ = try await desk.slots(.collective)
            let session = try BookingStand.slot(11, "1400", "s")
            #expect(made.orphaned.isEmpty)
            let shown = try await ServiceStand.eventually("the session is shown") {
                try await desk.slots(.collective, as: own).slots.first { $0.id == session }
            }
            #expect(shown.seats == 10 && shown.minutes == 120)
            try await desk.refuse("PUT", "\(Self.path)/sessions/\(id)", try self.session(14), "capacity.differs")
            let seat = try await desk.book(UUID(), person, session, confirm: true, as: own)
            #expect(seat.kind == .collective && seat.minutes == 120)
            _ = try await desk.cancel(seat.id, 1, as: own)

            // A call at an agreed time, and a home visit: online for the old, for others by telephone.
            let call = try await desk.book(
                UUID(), person, try BookingStand.slot(11, "0930", "t"), confirm: true, as: own)
            #expect(call.kind == .call && call.minutes == 30)
            let moved = try await desk.refuse(
                "POST", "/api/appointments/\(call.id)/move",
                BookingStand.move(try BookingStand.slot(11, "0900", "h"), 1), as: own, "booking.not_for_home_visits")
            #expect(moved.text.contains("80周岁"))
            _ = try await desk.cancel(call.id, 1, as: own)
            let visit = try BookingStand.slot(11, "0900", "h")
            try await desk.refuseBooking(person, visit, as: own, "booking.not_for_home_visits")
            let agreed = try await desk.booked(person, visit)
            #expect(agreed.kind == .homeVisit && agreed.minutes == 180)
            let old = try await desk.register(born: "1941-05-01")
            let ofOld = try await desk.book(UUID(), old, visit, confirm: true, as: Staff.applicant(old))
            #expect(ofOld.channel == .online && ofOld.kind == .homeVisit)
        }

        @Test(arguments: BookingStand.modes)
        func whatIsShownIsOpenQuietestFirstAndElsewhereWhenFull(_ mode: BookingStand.Mode) async throws {
            let desk = try await BookingStand(mode, name: "shown", desks: 1)
            let person = try await desk.register()
            let own = Staff.applicant(person)
            let shown = try await desk.slots(as: own)
            // Fourteen days and no more; the fifteenth opens at nine.
            #expect(shown.slots.last?.id.day == CalendarDay("2022-03-23"))
            #expect(shown.slots.allSatisfy { $0.startsAt >= ServiceStandClock.standard.addingTimeInterval(1800) })
            #expect(shown.nextOpening == (try BookingStand.at(10, 9)))
            let next = try BookingStand.slot(24, "0900")
            desk.clock.set(try BookingStand.at(10, 8, 59))
            let early = try await desk.refuse(
                "PUT", "/api/appointments/\(UUID())", BookingStand.booking(person, next, confirm: true), as: own,
                "slot.not_open")
            #expect(early.text.contains("3月10日") && early.text.contains("09:00"))
            desk.clock.set(try BookingStand.at(10, 9))
            let id = UUID()
            // On the hour the waiting room is read first.
            let booked = try await ServiceStand.eventually("the room has been read") {
                let reply = try await desk.call(
                    "PUT", "/api/appointments/\(id)", BookingStand.booking(person, next, confirm: true), as: own)
                return reply.status == 503 ? nil : reply
            }
            #expect(booked.status == 201, "\(booked.text)")
            // The slot just booked is no longer among the quietest.
            let now = try await ServiceStand.eventually("the seat is counted") {
                let list = try await desk.slots(as: own)
                return list.slots.first { $0.id == next }?.free == 2 ? list : nil
            }
            #expect(now.slots.contains { $0.id.day == next.day } && now.elsewhere.isEmpty)
            let free = Dictionary(uniqueKeysWithValues: now.slots.map { ($0.id, $0.free) })
            let ranks = now.quietest.compactMap { free[$0] }
            #expect(ranks == ranks.sorted(by: >) && ranks.count == now.slots.count(where: { $0.free > 0 }))
            #expect(now.quietest.last == next)

            // Full on its days: the station that has room is named, with how much.
            try await desk.publish(BookingStand.capacity(desks: 3), from: 10, at: "341602-05")
            try await desk.publish(BookingStand.capacity(desks: 1), from: 10, at: Staff.otherStation)
            for closed in [11, 14] {
                _ = try await desk.ask(
                    "PUT", "\(Self.path)/exceptions/\(UUID())", try self.exception(closed, desks: 0),
                    for: AppointmentAPI.CapacityChange.self)
            }
            let full = try await ServiceStand.eventually("full from the 11th to the 14th") {
                let list = try await desk.ask(
                    "GET", "/api/slots?station=\(Self.station)&from=2022-03-11&days=4", as: own,
                    for: AppointmentAPI.SlotList.self)
                return list.quietest.isEmpty ? list : nil
            }
            #expect(full.elsewhere.map(\.station) == ["341602-05", Staff.otherStation])
            #expect(full.elsewhere.allSatisfy { $0.free > 0 && !$0.name.isEmpty })
        }

        @Test func whatCannotBeIsRefusedWithEachMistake() async throws {
            let desk = try await BookingStand(.safe, name: "mistakes")
            func spoiled(_ changes: [(String, JSON)]) -> JSON {
                guard case .object(var members) = BookingStand.capacity(desks: 4) else { return .null }
                for (name, value) in changes {
                    members.removeAll { $0.name == name }
                    members.append((name: name, value: value))
                }
                return .object(members)
            }
            func hours(_ list: [(Int, String, String)]) -> JSON {
                .array(list.map { ["weekday": .number($0.0), "from": .string($0.1), "to": .string($0.2)] })
            }
            func shares(_ online: Int, _ hotline: Int, _ walkIn: Int, _ home: Int) -> JSON {
                [
                    "online": .number(online), "hotline": .number(hotline), "walkIn": .number(walkIn),
                    "home": .number(home),
                ]
            }
            let mistakes: [([(String, JSON)], String)] = [
                ([("hours", .array([]))], "未填写开放时间"), ([("hours", hours([(8, "09:00", "12:00")]))], "星期"),
                ([("hours", hours([(1, "12:00", "09:00")]))], "结束时间须晚于开始时间"),
                ([("hours", hours([(1, "09:00", "09:15")]))], "不足一个时段"),
                ([("hours", hours([(1, "09:00", "12:00"), (1, "11:00", "13:00")]))], "重叠"),
                ([("desks", .number(201))], "窗口数"), ([("minutesPerVisit", .number(0))], "每人办理分钟数"),
                ([("slotMinutes", .number(45))], "15、20、30或60"), ([("arrivalsPerHalfHour", .number(0))], "每半小时"),
                ([("waitingSeats", .number(0))], "等候座位"), ([("homeTeams", .number(-1))], "入户小组"),
                ([("minutesPerCall", .number(31))], "通话分钟"),
                ([("slotMinutes", .number(15)), ("minutesPerVisit", .number(20))], "长于一个时段"),
                ([("desks", .number(0)), ("homeTeams", .number(0)), ("callDesks", .number(0))], "至少填写一项"),
                ([("shares", shares(50, 30, 20, 10))], "合计为110%"), ([("shares", shares(60, 30, 10, 0))], "不得低于15%"),
                ([("shares", shares(-1, 30, 20, 51))], "0至100"),
            ]
            let path = "\(Self.path)/capacity/2022-03-14"
            for (changes, said) in mistakes {
                let reply = try await desk.refuse("PUT", path, spoiled(changes), 422, "capacity.content")
                #expect(reply.text.contains(said), "\(said): \(reply.text)")
            }
            // All at once, not one by one.
            let both = try await desk.refuse(
                "PUT", path, spoiled([("desks", .number(201)), ("minutesPerVisit", .number(0))]), 422,
                "capacity.content")
            #expect(both.text.contains("窗口数") && both.text.contains("每人办理分钟数"))
            for day in ["2022-03-08", "2024-03-10"] {
                try await desk.refuse(
                    "PUT", "\(Self.path)/capacity/\(day)", BookingStand.capacity(desks: 4), 422, "capacity.day")
            }
            try await desk.refuse(
                "PUT", "\(Self.path)/capacity/tomorrow", BookingStand.capacity(desks: 4), 400, "path.day")
            try await desk.refuse(
                "PUT", "/api/stations/nowhere/capacity/2022-03-14", BookingStand.capacity(desks: 4),
                as: Staff.centre(), 422, "person.station")
            for unfit in [
                try self.exception(8, desks: 0), try self.exception(11, desks: 51), try self.exception(11, desks: -1),
                try self.exception(11, desks: 0, reason: ""), try self.exception(11, desks: 0, reason: "a\u{7}"),
            ] {
                try await desk.refuse(
                    "PUT", "\(Self.path)/exceptions/\(UUID())", unfit, 422, "capacity.exception")
            }
            for unfit in [
                try self.session(8), try self.session(11, minutes: 14), try self.session(11, minutes: 481),
                try self.session(11, start: "23:00"), try self.session(11, seats: 0), try self.session(11, seats: 501),
            ] {
                try await desk.refuse("PUT", "\(Self.path)/sessions/\(UUID())", unfit, 422, "capacity.session")
            }
        }
    }
}
