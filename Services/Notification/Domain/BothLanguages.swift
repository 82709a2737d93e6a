/// Text of the libraries that says a thing in Chinese and then in English, taken apart.
enum BothLanguages {
    static func split(_ text: String) -> (zh: String, en: String) {
        guard let end = text.lastIndex(of: "。") else { return (text, text) }
        return (String(text[...end]), String(text[text.index(after: end)...].drop { $0 == " " }))
    }
}
