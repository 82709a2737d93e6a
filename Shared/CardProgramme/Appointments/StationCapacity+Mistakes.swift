/// One thing that is wrong with what an office publishes.
package struct CapacityMistake: Error, Codable, Hashable, Sendable {
    /// Stable, for programs: `capacity.hours_overlap`.
    package let code: String
    /// What is wrong and what to do.
    package let zh: String
    /// The same in English.
    package let en: String

    package init(code: String, zh: String, en: String) {
        self.code = code
        self.zh = zh
        self.en = en
    }
}

extension StationCapacity {
    /// Everything that is wrong with it, at once; empty for one that slots can be made of.
    package var mistakes: [CapacityMistake] {
        self.hourMistakes + self.numberMistakes + self.shareMistakes
    }

    // MARK: - Hours

    private var hourMistakes: [CapacityMistake] {
        guard !self.hours.isEmpty else {
            return [
                CapacityMistake(
                    code: "capacity.no_hours", zh: "未填写开放时间，请至少填写一个时段。",
                    en: "There are no opening hours: give at least one period.")
            ]
        }
        var mistakes: [CapacityMistake] = []
        for hours in self.hours {
            guard (1...7).contains(hours.weekday) else {
                mistakes.append(
                    CapacityMistake(
                        code: "capacity.weekday", zh: "星期“\(hours.weekday)”无效，请用1（星期一）至7（星期日）。",
                        en: "Weekday \(hours.weekday) is none: use 1 (Monday) to 7 (Sunday)."))
                continue
            }
            let name = "\(Self.weekday(hours.weekday)) \(hours.from)–\(hours.to)"
            let english = "weekday \(hours.weekday), \(hours.from)–\(hours.to)"
            if hours.to <= hours.from {
                mistakes.append(
                    CapacityMistake(
                        code: "capacity.hours_reversed", zh: "\(name)：结束时间须晚于开始时间，请更正。",
                        en: "\(english): the end must come after the beginning."))
            } else if hours.minutes < self.slotMinutes {
                mistakes.append(
                    CapacityMistake(
                        code: "capacity.hours_too_short",
                        zh: "\(name)：不足一个时段（\(self.slotMinutes)分钟），请延长开放时间或缩短时段。",
                        en:
                            "\(english): shorter than one slot (\(self.slotMinutes) minutes); lengthen the hours or shorten the slots."
                    ))
            }
        }
        for weekday in 1...7 {
            let hours = self.hours(on: weekday)
            for (earlier, later) in zip(hours, hours.dropFirst()) where later.from < earlier.to {
                mistakes.append(
                    CapacityMistake(
                        code: "capacity.hours_overlap",
                        zh:
                            "\(Self.weekday(weekday))：\(earlier.from)–\(earlier.to) 与 \(later.from)–\(later.to) 重叠，请更正。",
                        en:
                            "Weekday \(weekday): \(earlier.from)–\(earlier.to) and \(later.from)–\(later.to) overlap; correct them."
                    ))
            }
        }
        return mistakes
    }

    private static func weekday(_ number: Int) -> String {
        "星期" + ["一", "二", "三", "四", "五", "六", "日"][number - 1]
    }

    // MARK: - Numbers

    private var numberMistakes: [CapacityMistake] {
        var mistakes: [CapacityMistake] = []
        func check(_ value: Int?, _ range: ClosedRange<Int>, _ code: String, _ zh: String, _ en: String) {
            guard let value, !range.contains(value) else { return }
            mistakes.append(
                CapacityMistake(
                    code: "capacity.\(code)",
                    zh: "\(zh)为\(value)，须在\(range.lowerBound)至\(range.upperBound)之间。",
                    en: "\(en) is \(value): it must be from \(range.lowerBound) to \(range.upperBound)."))
        }
        check(self.desks, 0...200, "desks", "窗口数", "The number of desks")
        check(self.minutesPerVisit, 1...60, "minutes_per_visit", "每人办理分钟数", "The minutes per visit")
        check(
            self.arrivalsPerHalfHour, 1...10_000, "arrivals", "每半小时到站人数上限", "The limit of arrivals per half hour")
        check(self.waitingSeats, 1...10_000, "waiting_seats", "等候座位数", "The number of waiting seats")
        check(self.homeTeams, 0...200, "home_teams", "入户小组数", "The number of home-visit teams")
        check(
            self.visitsPerHalfDay, (self.homeTeams > 0 ? 1 : 0)...50, "visits_per_half_day", "每组每半天入户户数",
            "The visits of a team per half-day")
        check(self.callDesks, 0...200, "call_desks", "电话办理席位数", "The number of call desks")
        check(
            self.minutesPerCall, 1...Self.callMinutes, "minutes_per_call", "每次通话分钟数", "The minutes per call")
        guard Self.slotLengths.contains(self.slotMinutes) else {
            mistakes.append(
                CapacityMistake(
                    code: "capacity.slot_minutes", zh: "时段长度为\(self.slotMinutes)分钟，须为15、20、30或60分钟。",
                    en: "A slot is \(self.slotMinutes) minutes long: it must be 15, 20, 30 or 60."))
            return mistakes
        }
        // A slot holds at least one person, so each must have room for one: else the crowd would come all the same.
        if (1...60).contains(self.minutesPerVisit), self.minutesPerVisit > self.slotMinutes {
            mistakes.append(
                CapacityMistake(
                    code: "capacity.visit_longer_than_slot",
                    zh: "每人办理\(self.minutesPerVisit)分钟，长于一个时段（\(self.slotMinutes)分钟），请加长时段。",
                    en:
                        "A visit of \(self.minutesPerVisit) minutes is longer than a slot (\(self.slotMinutes) minutes); use longer slots."
                ))
        }
        if let arrivals = self.arrivalsPerHalfHour, (1...10_000).contains(arrivals), arrivals * self.slotMinutes < 30 {
            mistakes.append(
                CapacityMistake(
                    code: "capacity.arrivals_below_one",
                    zh: "每半小时至多\(arrivals)人，则\(self.slotMinutes)分钟的时段不足一人，请加长时段。",
                    en:
                        "With \(arrivals) arrivals in half an hour a slot of \(self.slotMinutes) minutes has no room for one person; use longer slots."
                ))
        }
        if self.desks == 0, self.homeTeams == 0, self.callDesks == 0 {
            mistakes.append(
                CapacityMistake(
                    code: "capacity.nothing_offered", zh: "没有窗口、入户小组或电话席位，请至少填写一项。",
                    en: "There is neither a desk nor a home-visit team nor a call desk: give at least one."))
        }
        return mistakes
    }

    // MARK: - Shares

    private var shareMistakes: [CapacityMistake] {
        let shares = [self.shares.online, self.shares.hotline, self.shares.walkIn, self.shares.home]
        guard shares.allSatisfy((0...100).contains) else {
            return [
                CapacityMistake(
                    code: "capacity.share_range", zh: "各渠道比例须为0至100的整数百分比，请更正。",
                    en: "Each share is a whole percentage from 0 to 100; correct them.")
            ]
        }
        var mistakes: [CapacityMistake] = []
        let sum = shares.reduce(0, +)
        if sum != 100 {
            mistakes.append(
                CapacityMistake(
                    code: "capacity.share_sum", zh: "各渠道比例合计为\(sum)%，须为100%。",
                    en: "The shares sum to \(sum) %: they must make 100 %."))
        }
        if self.shares.walkIn < ChannelShares.leastWalkIn {
            mistakes.append(
                CapacityMistake(
                    code: "capacity.walk_in_share",
                    zh: "现场取号比例为\(self.shares.walkIn)%，不得低于\(ChannelShares.leastWalkIn)%，请调高，以便直接来站的群众得到办理。",
                    en:
                        "The walk-in share is \(self.shares.walkIn) %: it must be at least \(ChannelShares.leastWalkIn) %, so that whoever simply comes is served."
                ))
        }
        return mistakes
    }
}
