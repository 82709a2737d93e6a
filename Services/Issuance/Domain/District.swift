import CardProgramme

/// The one district this installation makes cards for, as its programme says.
struct District: Sendable, Equatable {
    /// Code of GB/T 2260.
    let division: String
    /// Codes of its stations.
    let stations: Set<String>

    init(_ programme: Programme) {
        self.division = programme.divisionCode
        self.stations = Set(programme.stations.map(\.code))
    }

    init(division: String, stations: Set<String>) {
        self.division = division
        self.stations = stations
    }

    /// - Throws: `Refusal` when the programme has no such station.
    func requireStation(_ code: String) throws(Refusal) {
        guard self.stations.contains(code) else {
            throw .invalid(
                "station.unknown", zh: "本方案中没有该服务站，请填写服务站代码（如 \(self.division)-01）。",
                en: "The programme has no such station: give a station's code, such as \(self.division)-01.")
        }
    }
}
