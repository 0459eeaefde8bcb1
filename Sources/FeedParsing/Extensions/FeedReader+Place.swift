import FeedModel

/// Where on Earth an item is: a point of GeoRSS, in any of its forms, or two numbers of the older vocabularies.
extension FeedReader {
    mutating func startInPlace(_ element: Element, _ attributes: XMLAttributes) {
        switch element {
        case .point, .latitude, .longitude: beginField(element, attributes)
        case .place: enter(.place)
        default: skip()
        }
    }

    mutating func finishPlace(_ element: Element) {
        guard let text = capturedText else { return }
        switch element {
        case .latitude: item.latitude = item.latitude ?? Double(text)
        case .longitude: item.longitude = item.longitude ?? Double(text)
        default:
            let numbers = text.split { $0 == " " || $0 == "," || $0.isNewline || $0 == "\t" }.map(String.init)
            guard numbers.count >= 2 else { return }
            note(latitude: Double(numbers[0]), longitude: Double(numbers[1]))
            return
        }
        note(latitude: item.latitude, longitude: item.longitude)
    }

    private mutating func note(latitude: Double?, longitude: Double?) {
        guard item.location == nil, let latitude, let longitude, abs(latitude) <= 90, abs(longitude) <= 180 else {
            return
        }
        item.location = Article.Location(latitude: latitude, longitude: longitude)
    }
}
