import Access
import Hummingbird
import ServiceRuntime

extension Request {
    /// A condition of a list; one given without a value is none.
    func filter(_ name: String) -> String? {
        self.query(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The station a list is about: the one asked for, or the caller's own; nil for the whole district.
    ///
    /// - Throws: 403 when a station asks for another one's cards.
    func station(for action: Action, of district: District, _ context: APIContext) throws -> String? {
        let asked = self.filter("station")
        let station = asked ?? context.principal.station
        try context.require(action, on: Resource(division: district.division, station: station))
        if let asked { try district.requireStation(asked) }
        return station
    }

    /// A condition that is `true`, `false` or absent.
    func flag(_ name: String) throws(APIProblem) -> Bool? {
        switch self.filter(name) {
        case nil: nil
        case "true": true
        case "false": false
        default:
            throw APIProblem.badRequest(
                "query.\(name)", zh: "参数 \(name) 应为 true 或 false。",
                en: "The parameter “\(name)” must be true or false.")
        }
    }

    /// `limit` and `offset` of a list.
    func page(most: Int) throws(APIProblem) -> (limit: Int, offset: Int) {
        (
            try self.query("limit", standard: min(100, most), in: 1...most),
            try self.query("offset", standard: 0, in: 0...10_000_000)
        )
    }
}
