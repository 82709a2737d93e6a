import CardProgramme
import Portrait
import Testing

/// The photo rule (N16) measured on drawn pictures, each of which violates one point.
@Suite struct PhotoRuleTests {
    private func faults(_ change: (inout SyntheticPortrait) -> Void = { _ in }) -> [PhotoFault] {
        var portrait = SyntheticPortrait()
        change(&portrait)
        return PortraitCheck.faults(of: portrait.jpeg())
    }

    @Test func theSampleSatisfiesEveryPoint() throws {
        #expect(self.faults() == [])
        for number in [0, 1, -7, .max, .min] {
            #expect(PortraitCheck.faults(of: SyntheticPortrait.picture(of: number)) == [], "\(number)")
        }
        let measure = try #require(PortraitCheck.measure(SyntheticPortrait.picture(of: 1)))
        let look = try #require(measure.look)
        let height = try #require(look.headHeight)
        #expect(abs(height - 2.0 / 3.0) < 0.05, "\(look)")
        #expect(look.whiteGround == 1 && look.lightClothes == 0 && !look.hasFrame, "\(look)")
    }

    @Test func twoPeoplesSamplesDifferAndTheSizeCanBeChosen() {
        #expect(SyntheticPortrait.picture(of: 1) != SyntheticPortrait.picture(of: 2))
        #expect(SyntheticPortrait.picture(of: 1).count == SyntheticPortrait.picture(of: 2).count)
        for bytes in [30_000, 50_000, 150_000] {
            #expect(abs(SyntheticPortrait.picture(of: 3, bytes: bytes).count - bytes) <= 4)
        }
    }

    @Test func thePixelsAreCounted() {
        #expect(
            self.faults {
                $0.width = 350
                $0.height = 441
            } == [.pixels(width: 350, height: 441)])
    }

    @Test(arguments: [nil, 72, 299, 301, 600] as [Int?]) func theDensityIsRead(density: Int?) {
        #expect(self.faults { $0.density = density } == [.density(density)])
    }

    @Test func theFileSizeIsReadAtBothEnds() {
        let small = self.faults { $0.quality = 30 }
        guard case .fileSize(let bytes) = small.first else { return #expect(Bool(false), "\(small)") }
        #expect(small.count == 1 && bytes < 20_000)
        let large = PortraitCheck.faults(of: SyntheticPortrait.picture(of: 1, bytes: 51_210))
        guard case .fileSize(let size) = large.first else { return #expect(Bool(false), "\(large)") }
        #expect(large.count == 1 && size > 51_200)
        #expect(PortraitCheck.faults(of: SyntheticPortrait.picture(of: 1, bytes: 51_000)) == [])
    }

    @Test func theGroundMustBeWhite() {
        let grounds: [SyntheticPortrait.Colour] = [(67, 142, 219), (200, 200, 200), (220, 30, 30), (250, 240, 215)]
        for ground in grounds { #expect(self.faults { $0.ground = ground } == [.ground], "\(ground)") }
        // What a camera makes of a white wall.
        for ground: SyntheticPortrait.Colour in [(255, 255, 255), (240, 240, 240), (238, 241, 246)] {
            #expect(self.faults { $0.ground = ground } == [], "\(ground)")
        }
    }

    @Test(arguments: [2, 4, 8, 16]) func aFrameIsSeen(thickness: Int) {
        #expect(self.faults { $0.frame = thickness } == [.frame])
    }

    @Test(arguments: [0.3, 0.4, 0.5, 0.84]) func theHeadMustBeTwoThirdsHigh(share: Double) throws {
        let faults = self.faults { $0.headHeight = share }
        guard faults.count == 1, case .headHeight(let percent) = faults[0] else {
            return #expect(Bool(false), "\(share): \(faults)")
        }
        #expect(abs(Double(percent) - share * 100) <= 6, "\(share): \(percent)")
    }

    @Test(arguments: [0.62, 0.66, 0.72]) func aboutTwoThirdsIsEnough(share: Double) {
        #expect(self.faults { $0.headHeight = share } == [])
    }

    @Test func lightClothesAreSeen() {
        for jacket: SyntheticPortrait.Colour in [(255, 255, 255), (215, 222, 235), (245, 225, 160), (190, 190, 190)] {
            #expect(self.faults { $0.jacket = jacket } == [.lightClothes], "\(jacket)")
        }
        for jacket: SyntheticPortrait.Colour in [(0, 0, 0), (90, 20, 20), (120, 120, 130)] {
            #expect(self.faults { $0.jacket = jacket } == [], "\(jacket)")
        }
    }

    @Test func aWhitePageHasNobodyOnIt() {
        let faults = self.faults {
            $0.hasPerson = false
            $0.grain = 7
        }
        #expect(faults.contains(.noPerson), "\(faults)")
    }

    @Test func allPointsAreToldAtOnce() {
        let faults = self.faults {
            $0.density = 72
            $0.width = 400
            $0.frame = 8
            $0.headHeight = 0.4
            $0.jacket = (250, 250, 250)
        }
        #expect(faults.count == 5, "\(faults)")
        for fault in faults {
            #expect(fault.chinese.hasSuffix("。") && fault.english.hasSuffix("."))
        }
    }

    // MARK: - What is no picture

    @Test func everyCutIsNoticedAndNoneCrashes() {
        let whole = SyntheticPortrait.picture(of: 5)
        for length in stride(from: 0, to: whole.count - 2, by: 97) {
            #expect(PortraitCheck.faults(of: Array(whole.prefix(length))) == [.unreadable], "\(length)")
        }
    }

    @Test func damagedBytesNeverCrash() {
        let whole = SyntheticPortrait.picture(of: 6)
        var state: UInt64 = 2022
        for _ in 0..<600 {
            var bytes = whole
            for _ in 0..<8 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 24)
            }
            _ = PortraitCheck.faults(of: bytes)
        }
    }

    @Test(
        arguments: [[], [0xFF], [0xFF, 0xD8], [0xFF, 0xD8, 0xFF], [0xFF, 0xD8, 0xFF, 0xD9], [0, 0, 0, 0]] as [[UInt8]])
    func bytesThatAreNoneAreSaidToBe(bytes: [UInt8]) {
        #expect(PortraitCheck.faults(of: bytes) == [.unreadable])
        #expect(PortraitCheck.faults(of: bytes + [UInt8](repeating: 0xFF, count: 5_000)) == [.unreadable])
    }

    @Test func onePixelAndAClaimOfThousandsAreToldBySizeAlone() throws {
        let one = self.faults {
            $0.width = 1
            $0.height = 1
        }
        #expect(one.contains(.pixels(width: 1, height: 1)))
        // The same picture with another size in its frame header: nothing of it is decoded, so nothing is allocated.
        var claimed = SyntheticPortrait.picture(of: 7)
        let frame = try #require(
            claimed.indices.dropLast(9).first { claimed[$0] == 0xFF && claimed[$0 + 1] == 0xC0 })
        for index in 5...8 { claimed[frame + index] = 0xFF }
        #expect(PortraitCheck.faults(of: claimed) == [.pixels(width: 65_535, height: 65_535)])
        for index in 5...8 { claimed[frame + index] = 0 }
        #expect(PortraitCheck.faults(of: claimed) == [.unreadable])
    }
}
