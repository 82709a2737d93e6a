import FoundationEssentials

/// The waiting room before an opening (线上候场).
extension IntakeAPI {
    /// `POST`, `GET` and `DELETE /api/room`: where one stands.
    package struct Room: Codable, Sendable, Equatable {
        package enum State: String, Codable, Sendable, CaseIterable {
            /// Nobody needs to wait.
            case free
            /// Before the hour: the order is drawn then.
            case present
            case waiting
            /// May book now, until `until`.
            case admitted
            /// Booked, or not in time; one may come again.
            case over
        }

        package var state: State
        /// To be sent along in the header `Youdai-Ticket`; the caller's own, of this opening.
        package var ticket: String?
        /// The opening's day and hour, `20220301T0900`.
        package var opening: String?
        package var opensAt: Date?
        /// In the whole order, from 1; it never changes.
        package var place: Int?
        /// Among those who wait; 1 is next.
        package var position: Int?
        /// How many wait; before the hour, how many are there.
        package var of: Int?
        /// About so many minutes until one's turn.
        package var minutes: Int?
        package var until: Date?
        package var chinese: String
        package var english: String

        package init(
            state: State, ticket: String? = nil, opening: String? = nil, opensAt: Date? = nil, place: Int? = nil,
            position: Int? = nil, of: Int? = nil, minutes: Int? = nil, until: Date? = nil, chinese: String,
            english: String
        ) {
            self.state = state
            self.ticket = ticket
            self.opening = opening
            self.opensAt = opensAt
            self.place = place
            self.position = position
            self.of = of
            self.minutes = minutes
            self.until = until
            self.chinese = chinese
            self.english = english
        }
    }

    /// `GET /api/room/figures`: the room as the answering instance knows it, at most a second or two old.
    package struct RoomFigures: Codable, Sendable, Equatable {
        /// Nil when there is no room now; the numbers are 0 then.
        package var opening: String?
        package var opensAt: Date?
        package var drawnAt: Date?
        /// Everybody who came; who came again after their turn counts again.
        package var joined: Int
        /// Before the draw: all who are there.
        package var waiting: Int
        package var admitted: Int
        package var inside: Int
        /// How many may be inside at once.
        package var window: Int
        /// How many a minute are let in, as measured.
        package var perMinute: Int
        /// SHA-256 of the seed, in hexadecimal digits: shown before the draw, so that the seed cannot be chosen after it.
        package var commitment: String?
        /// In hexadecimal digits, once the order is drawn: it is that of HMAC-SHA256 by this key over the person's id in
        /// lower case.
        package var seed: String?

        package init(
            opening: String?, opensAt: Date?, drawnAt: Date?, joined: Int, waiting: Int, admitted: Int, inside: Int,
            window: Int, perMinute: Int, commitment: String?, seed: String?
        ) {
            self.opening = opening
            self.opensAt = opensAt
            self.drawnAt = drawnAt
            self.joined = joined
            self.waiting = waiting
            self.admitted = admitted
            self.inside = inside
            self.window = window
            self.perMinute = perMinute
            self.commitment = commitment
            self.seed = seed
        }
    }
}
