import CardProgramme
import FoundationEssentials
import Testing

@Suite("Seats and whom they are for")
struct SeatPoolTests {
    private func shares(_ online: Int, _ hotline: Int, _ walkIn: Int, _ home: Int = 0) -> ChannelShares {
        ChannelShares(online: online, hotline: hotline, walkIn: walkIn, home: home)
    }

    @Test("are divided by the largest remainder, the walk-ins' floor first of their share")
    func division() {
        #expect(SeatPool.divideCounter(0, self.shares(50, 20, 30)).isEmpty)
        #expect(
            SeatPool.divideCounter(20, self.shares(50, 20, 20, 10)) == [
                .online: 11, .hotline: 5, .walkIn: 3, .spare: 1,
            ])
        #expect(SeatPool.divideCounter(4, self.shares(50, 20, 20, 10)) == [.online: 2, .hotline: 1, .walkIn: 1])
        #expect(
            SeatPool.divideCounter(10, self.shares(20, 20, 60)) == [.online: 2, .hotline: 2, .walkIn: 2, .spare: 4])
        // The share alone would leave them none.
        #expect(SeatPool.divideCounter(2, self.shares(85, 0, 15)) == [.online: 1, .walkIn: 1])
        #expect(SeatPool.divideCounter(1, self.shares(60, 25, 15)) == [.online: 1], "a lone seat can be booked")
        #expect(SeatPool.divideCounter(7, self.shares(0, 0, 100)) == [.walkIn: 2, .spare: 5])
        #expect(SeatPool.divideBooked(6, self.shares(50, 20, 20, 10)) == [.online: 4, .hotline: 2])
        #expect(SeatPool.divideBooked(6, self.shares(0, 0, 100)) == [.hotline: 6])
        #expect(SeatPool.divideBooked(0, self.shares(50, 20, 20, 10)).isEmpty)
    }

    @Test("sum to what the slot holds, whatever the shares, and walk-ins never have less than their floor (R150)")
    func sums() {
        for walkIn in stride(from: 15, through: 100, by: 5) {
            for online in stride(from: 0, through: 100 - walkIn, by: 5) {
                for hotline in stride(from: 0, through: 100 - walkIn - online, by: 5) {
                    let shares = self.shares(online, hotline, walkIn, 100 - walkIn - online - hotline)
                    for seats in 1...70 {
                        let parts = SeatPool.divideCounter(seats, shares)
                        hold(parts.values.reduce(0, +) == seats && parts.values.allSatisfy { $0 > 0 })
                        hold(parts[.walkIn] ?? 0 == (seats == 1 ? 0 : Int((Double(seats) * 0.15).rounded(.up))))
                        // Nobody is further from the share than one seat, beyond what the floor takes.
                        let whole = online + hotline + walkIn
                        let online = parts[.online] ?? 0
                        hold(online * whole < seats * shares.online + whole)
                        let booked = SeatPool.divideBooked(seats, shares)
                        hold(booked.values.reduce(0, +) == seats && booked[.walkIn] == nil && booked[.spare] == nil)
                    }
                }
            }
        }
    }

    @Test("are open to other channels from 24 hours before, the walk-ins' floor never")
    func release() {
        let start = day("2022-03-02").startOfDay.addingTimeInterval(9 * 3600)
        let before = start.addingTimeInterval(-24 * 3600 - 0.001)
        let after = start.addingTimeInterval(-24 * 3600)
        #expect(SeatPool.order(for: .online, until: start, now: before) == [.online])
        #expect(SeatPool.order(for: .online, until: start, now: after) == [.online, .hotline, .spare])
        #expect(SeatPool.order(for: .hotline, until: start, now: before) == [.hotline, .online])
        #expect(SeatPool.order(for: .hotline, until: start, now: after) == [.hotline, .online, .spare])
        for now in [before, after, start] {
            #expect(SeatPool.order(for: .walkIn, until: start, now: now) == [.walkIn, .spare, .online, .hotline])
            for channel in [BookingChannel.online, .hotline] {
                #expect(!SeatPool.order(for: channel, until: start, now: now).contains(.walkIn))
            }
        }
    }
}
