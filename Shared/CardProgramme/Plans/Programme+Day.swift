extension Programme {
    /// Where a batch or a phase stands on a day.
    package enum Standing: String, Codable, Sendable, CaseIterable {
        case open, upcoming, notAnnounced
        /// The own window is over; who comes late is taken in what follows.
        case late
        case ended

        package var chinese: String {
            switch self {
            case .open: "受理中"
            case .upcoming: "未开始"
            case .notAnnounced: "日期未公布"
            case .late: "已过期限，仍受理补办"
            case .ended: "已结束"
            }
        }

        package var english: String {
            switch self {
            case .open: "open"
            case .upcoming: "not yet"
            case .notAnnounced: "not announced"
            case .late: "past, late-comers taken"
            case .ended: "ended"
            }
        }
    }

    /// What a station has for one group of people on a day.
    package struct Offer: Hashable, Sendable {
        package let number: Int
        package let window: Window?
        package let standing: Standing
        /// For whom, a line for each group.
        package let zh: [String]
        package let en: [String]
        package let modes: [ServiceMode]
        package let isAssumed: Bool
    }

    /// Every phase of a station on a day, or every batch where it has no plan of its own.
    package func offers(at station: String, on day: CalendarDay) -> [Offer] {
        let own = self.plan(at: station)
        let windows: [Window?] = own.map { $0.phases.map(\.window) } ?? self.batches.map(\.window)
        let standings = windows.indices.map { index in
            let standing = self.standing(of: windows[index], on: day)
            let isOpenLater = windows[index...].contains { self.standing(of: $0, on: day) == .open }
            return standing == .ended && isOpenLater ? .late : standing
        }
        if let own {
            return zip(own.phases, standings).map { phase, standing in
                Offer(
                    number: phase.number, window: phase.window, standing: standing, zh: phase.who.map(\.chinese),
                    en: phase.who.map(\.english), modes: phase.modes, isAssumed: phase.isAssumed)
            }
        }
        return zip(self.batches, standings).map { batch, standing in
            let categories = Category.allCases.filter(batch.categories.contains)
            return Offer(
                number: batch.number, window: batch.window, standing: standing,
                zh: [categories.map(\.chinese).joined(separator: "、")],
                en: [categories.map(\.english).joined(separator: ", ")], modes: batch.modes, isAssumed: false)
        }
    }

    private func standing(of window: Window?, on day: CalendarDay) -> Standing {
        guard let window else { return .notAnnounced }
        if day < window.from { return .upcoming }
        let last = self.lastIntakeDay ?? .latest
        return window.contains(day) && day <= last ? .open : .ended
    }
}
