import CardProgramme
import PostgreSQL

extension AppointmentState: PostgresEncodable, PostgresDecodable {}
extension MessageState: PostgresEncodable, PostgresDecodable {}
extension MessagePurpose: PostgresEncodable, PostgresDecodable {}

/// `date`, as its text.
extension CalendarDay: PostgresDecodable {
    package static func decode(_ value: PostgresValue) throws(PostgresError) -> CalendarDay {
        guard let day = CalendarDay(try String.decode(value)) else { throw value.mismatch("CalendarDay") }
        return day
    }
}
