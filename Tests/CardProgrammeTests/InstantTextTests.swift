import CardProgramme
import FoundationEssentials
import Testing

@Suite struct InstantTextTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", 0.0), ("2022-03-01T01:02:03.456Z", 1_646_096_523.456),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199.999), ("1899-12-31T16:00:00.000Z", -2_209_017_600),
        ("2000-02-29T12:00:00.000Z", 951_825_600), ("9999-12-31T23:59:59.000Z", 253_402_300_799),
    ])
    func anInstantIsWrittenAndReadAlike(text: String, seconds: Double) {
        #expect(InstantText.format(Date(timeIntervalSince1970: seconds)) == text)
        #expect(InstantText.parse(text).map(InstantText.format) == text)
    }

    /// Against the library, which agrees wherever no milliseconds are involved.
    @Test func everyFewDaysOfTwoCenturiesAgreesWithTheLibrary() throws {
        let style = Date.ISO8601FormatStyle()
        for seconds in stride(from: -2_208_988_800, through: 4_102_444_800, by: 86_400 * 3 + 3_607) {
            let date = Date(timeIntervalSince1970: Double(seconds))
            let text = date.formatted(style)
            #expect(InstantText.parse(text) == date)
            #expect(InstantText.format(date) == "\(text.dropLast()).000Z")
        }
    }

    @Test func everyMillisecondOfASecondSurvives() {
        for millisecond in 0..<1000 {
            let text = "2022-11-30T23:59:59.\(String(1000 + millisecond).dropFirst())Z"
            #expect(InstantText.parse(text).map(InstantText.format) == text)
        }
    }

    @Test(arguments: [
        ("2022-03-01T09:02:03+08:00", "2022-03-01T01:02:03.000Z"),
        ("2022-03-01T00:00:00.5-00:30", "2022-03-01T00:30:00.500Z"),
    ])
    func offsetsAreTakenIntoAccount(text: String, utc: String) {
        #expect(InstantText.parse(text).map(InstantText.format) == utc)
    }

    @Test(arguments: [
        "", "2022", "2022-03-01", "2022-03-01T01:02:03", "2022-02-29T00:00:00Z", "2022-02-31T00:00:00Z",
        "2022-13-01T00:00:00Z",
        "2022-00-01T00:00:00Z", "2022-03-00T00:00:00Z", "2022-03-01T24:00:00Z", "2022-03-01T00:60:00Z",
        "2022-03-01T00:00:60Z",
        "2022-03-01 00:00:00Z", "2022-03-01T00:00:00.Z", "2022-03-01T00:00:00Zx", "２022-03-01T00:00:00Z",
        "+022-03-01T00:00:00Z",
        "2022-03-01T00:00:00+0800", "2022-03-01T00:00:00+24:00",
    ])
    func whatIsNoInstantIsRefused(text: String) {
        #expect(InstantText.parse(text) == nil)
    }
}
