/// When a station is open on a weekday; a day may have several, such as a morning and an afternoon.
package struct OpeningHours: Codable, Hashable, Sendable {
    /// Monday = 1 to Sunday = 7.
    package let weekday: Int
    package let from: DayTime
    /// The closing time: nothing begins or lasts beyond it.
    package let to: DayTime

    package init(weekday: Int, from: DayTime, to: DayTime) {
        self.weekday = weekday
        self.from = from
        self.to = to
    }

    /// Between the two, never negative.
    package var minutes: Int { max(0, self.to.minute - self.from.minute) }
}

/// How an office divides what it can do, in whole percent that sum to 100.
package struct ChannelShares: Codable, Hashable, Sendable {
    package let online: Int
    package let hotline: Int
    /// At least ``leastWalkIn``: whoever comes on foot is served (R150).
    package let walkIn: Int
    /// The share of desk time that staff out on home visits do not give to the counters (R73).
    package let home: Int

    package static let leastWalkIn = 15

    package init(online: Int, hotline: Int, walkIn: Int, home: Int) {
        self.online = online
        self.hotline = hotline
        self.walkIn = walkIn
        self.home = home
    }
}

/// What a station can do, as its office publishes it (R115, R116).
///
/// ``mistakes`` says everything that is wrong with it; ``SlotRule`` makes slots only of one without mistakes.
package struct StationCapacity: Codable, Hashable, Sendable {
    package let hours: [OpeningHours]
    /// Windows at which people are served.
    package let desks: Int
    package let minutesPerVisit: Int
    /// 15, 20, 30 or 60.
    package let slotMinutes: Int
    /// How many may arrive in half an hour; nil for no limit beside the desks.
    package let arrivalsPerHalfHour: Int?
    /// How many may wait; nil for no limit beside the desks. A slot asks no more people to come than can sit down.
    package let waitingSeats: Int?
    package let shares: ChannelShares
    /// Teams that go to people's homes (R73).
    package let homeTeams: Int
    /// Homes one team visits in a morning or an afternoon.
    package let visitsPerHalfDay: Int
    /// Desks that call people at an agreed time (R107).
    package let callDesks: Int
    package let minutesPerCall: Int

    package init(
        hours: [OpeningHours], desks: Int, minutesPerVisit: Int, slotMinutes: Int, arrivalsPerHalfHour: Int? = nil,
        waitingSeats: Int? = nil, shares: ChannelShares, homeTeams: Int = 0, visitsPerHalfDay: Int = 0,
        callDesks: Int = 0, minutesPerCall: Int = 10
    ) {
        self.hours = hours
        self.desks = desks
        self.minutesPerVisit = minutesPerVisit
        self.slotMinutes = slotMinutes
        self.arrivalsPerHalfHour = arrivalsPerHalfHour
        self.waitingSeats = waitingSeats
        self.shares = shares
        self.homeTeams = homeTeams
        self.visitsPerHalfDay = visitsPerHalfDay
        self.callDesks = callDesks
        self.minutesPerCall = minutesPerCall
    }

    package static let slotLengths = [15, 20, 30, 60]
    /// Length of a call slot in minutes.
    package static let callMinutes = 30

    /// The hours of a weekday (1 to 7), in order.
    package func hours(on weekday: Int) -> [OpeningHours] {
        self.hours.filter { $0.weekday == weekday }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }
}
